//! What stands on a tape, member by member. A change of any list here is another [`super::FORMAT`].

use super::{
    Said,
    pack::{Bytes, Pack, cases, members},
};
use crate::auction::{Auction, Decision, Entrant, Event, Odds, Sale, Served};
use model::{
    campaign::{Falls, LookAhead, Strategy, Tier},
    contract::{ContractKind, OnUnknown, Routing, Sharing},
    source::{Band, Payout},
    trace::{Finding, Stage},
};

members!(Auction {
    deadline,
    post_reserve,
    floor,
    posts,
    seed,
    payout,
    min_margin,
    tiers,
    look_ahead,
    max_buyers,
    entrants,
});
members!(Entrant {
    contract,
    kind,
    fixed,
    floor,
    max_bid,
    delivery_cost,
    return_share,
    priority,
    backup,
    routing,
    served,
    odds,
    ping_timeout,
    post_timeout,
    on_unknown,
});
members!(Routing { exclusive_rank, first_refusal, tier, weight, sharing, competitor_group });
members!(Served { today, last });
members!(Odds { accept, unknown });
members!(Tier { name, strategy, falls });
members!(Falls { no_bid, rejected, timeout });
members!(Band { from, share });
members!(Finding { stage, reason, subject, have, want });
members!(Sale { entrant, revenue });

cases!(Payout { 0 = Fixed(amount), 1 = Share(ppm), 2 = Between { share, min, max }, 3 = Less(margin), 4 = Bands(bands) });
cases!(ContractKind { 0 = Auction, 1 = Direct, 2 = Silent });
cases!(OnUnknown { 0 = Hold, 1 = Retry, 2 = Continue });
cases!(Sharing { 0 = Exclusive, 1 = Shared });
cases!(Strategy { 0 = NetValue, 1 = Priority, 2 = Weighted, 3 = RoundRobin });
cases!(LookAhead { 0 = Off, 1 = Advise, 2 = On });
cases!(Stage { 0 = Eligibility, 1 = Ping, 2 = Plan, 3 = Post });
cases!(Event {
    0 = Bid { entrant, price, good_for },
    1 = NoBid { entrant, reason },
    2 = PingFailed { entrant, reason },
    3 = PostAccepted { entrant, price },
    4 = PostRejected { entrant, reason },
    5 = PostNotSent { entrant, reason },
    6 = PostUnknown { entrant },
    7 = PostWithheld { entrant, finding },
    8 = Tick,
});
cases!(Said {
    0 = Ping { entrant, give_up_at },
    1 = Post { entrant, price, ordinal, give_up_at, again },
    2 = Done { decision },
});
cases!(Decision { 0 = Sold { sales }, 1 = Unsold { reason }, 2 = Unknown { entrant } });
