//! Posts whose outcome nobody can know, one kind after the other, for each thing a contract may want done about it: what
//! the lead becomes, what the cap holds, what the money is, and above all who has the lead by the buyers' own books.
//!
//! Time stands still and is moved: an answer that is late by 29 seconds takes no second.

use crate::{
    admin::{buyer, operator, tenant},
    harness::World,
    loopback::{Act, Loopback, Still, answer, json, still},
};
use exchange::caps::Scope;
use gavel::pipeline::{LiveEvent, ResolveError, Verdict};
use model::{
    ContractId, LeadId, Micros, Reason, TenantId,
    campaign::Doubts,
    lead::LeadState,
    trace::{Stage, Standing},
    user::Role,
};
use serde_json::{Value, json as value};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;

/// How long a contract here waits for the answer to a post.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a post in doubt is read on.
const READ_ON: Duration = Duration::from_secs(30);
const A_BIT: Duration = Duration::from_millis(1);

/// The doubtful buyer pays more and is posted to first; the sound one takes what is left.
struct Shop<'a> {
    world: &'a World,
    still: &'a Still,
    loopback: Loopback,
    tenant: TenantId,
    key: String,
    doubtful: ContractId,
    count: std::cell::Cell<u32>,
}

/// How a lead stands.
#[derive(Debug, PartialEq, Eq)]
struct Stands {
    state: LeadState,
    revenue: Option<Micros>,
    /// Of the doubtful buyer's cap: used and held.
    cap: (i64, i64),
    /// How often each buyer has it.
    bought: [usize; 2],
}

fn sold(cents: i64, cap: (i64, i64), bought: [usize; 2]) -> Stands {
    Stands { state: LeadState::Sold, revenue: Some(Micros::cents(cents)), cap, bought }
}

fn in_doubt(cap: (i64, i64)) -> Stands {
    Stands { state: LeadState::Unknown, revenue: None, cap, bought: [1, 0] }
}

/// The doubtful buyer has bought the lead, and this is how nobody gets to know it.
struct Doubt {
    name: &'static str,
    acts: Vec<Act>,
    /// Whether it takes the whole time-out to notice.
    late: bool,
    /// When the answer comes after all, behind the time-out.
    answers: Option<Duration>,
}

fn doubts() -> Vec<Doubt> {
    let now = |name, acts: Vec<Act>| Doubt { name, acts, late: false, answers: None };
    let late = |name, seconds| {
        let answers = Duration::from_secs(seconds);
        Doubt {
            name,
            acts: vec![Act::Wait(TIMEOUT + answers), Act::Say(accepts())],
            late: true,
            answers: Some(answers),
        }
    };
    let whole = accepts();
    let cut = |bytes: usize| vec![Act::Say(whole[..bytes].to_vec()), Act::Close];
    vec![
        Doubt { name: "hangs", acts: vec![Act::Hang], late: true, answers: None },
        now("breaks the connection", vec![Act::Reset]),
        now("ends the connection", vec![Act::Close]),
        now("half an answer", cut(whole.len() - ACCEPT.len() / 2)),
        now("half a head", cut(20)),
        now("HTTP 500", vec![Act::Say(json(500, &value!({ "error": "down" })))]),
        now("garbage", vec![Act::Say(answer(200, "application/json", b"\0\x01<<<not an answer>>>"))]),
        now("nothing", vec![Act::Say(answer(200, "application/json", b""))]),
        late("5 s late", 5),
        late("29 s late", 29),
        late("31 s late", 31),
    ]
}

impl Doubt {
    fn acts(&self) -> Vec<Act> {
        [&[Act::Take][..], &self.acts[..]].concat()
    }
}

const ACCEPT: &str = r#"{"status":"accepted","id":"A-1","redirect_url":"https://a.example/thanks"}"#;

fn accepts() -> Vec<u8> {
    answer(200, "application/json", ACCEPT.as_bytes())
}

fn rejects() -> Vec<u8> {
    json(200, &value!({ "status": "rejected", "reason": "criteria" }))
}

fn contract(loopback: &str, campaign: &str, of: &str, name: &str, price: &str, mode: &str) -> Value {
    let row = |name: &str| value!({ "to": name, "from": { "field": name } });
    let sign = |word: &str| value!({ "path": "status", "values": [word] });
    value!({
        "campaign_id": campaign, "buyer_id": of, "name": name, "kind": "direct", "price": { "fixed": price },
        "on_unknown": mode, "caps": [{ "window": "day", "limit": { "count": 100 }, "per": "all", "paced": false }],
        "delivery": { "post": {
            "url": format!("{loopback}/{name}"), "timeout_ms": TIMEOUT.as_millis(),
            "rows": [{ "to": "lead_id", "from": { "meta": "lead_id" } }, row("zip"), row("email")],
            "response": {
                "accept": sign("accepted"), "reject": sign("rejected"), "pending": sign("pending"), "reason": "reason",
                "reference": "id", "redirect": "redirect_url",
                "poll": { "url": format!("{loopback}/poll"), "every_ms": 1000 },
            },
        } },
    })
}

impl<'a> Shop<'a> {
    async fn open(world: &'a World, still: &'a Still, mode: &'static str) -> Self {
        let loopback = Loopback::open().await;
        let fresh = tenant(world, "fresh").await;
        let admin = operator(world, &fresh, Role::Operator).await;
        let made = async |path: &str, body: Value| {
            let reply = admin.post(path, &body).await;
            assert_eq!(reply.status, 201, "{path}: {}", reply.body);
            reply
        };
        made("sources", value!({ "slug": "web", "name": "Web", "payout": { "share": 500_000 } })).await;
        let field = |name: &str, visibility: &str| value!({ "name": name, "label": name, "kind": { "type": name }, "required": true, "visibility": visibility });
        let campaign = value!({
            "slug": "matrix", "name": "Matrix", "currency": "USD", "fallback_url": "https://form.example/thanks",
            // Every kind of doubt comes to one buyer here: nobody is to be spared.
            "auction": { "floor": "1.00", "posts": 3, "deadline_ms": 20_000, "post_reserve_ms": 1000, "doubts": { "most": 0, "of": 20 } },
            "fields": [field("zip", "pingable"), field("email", "personal")],
        });
        let campaign = made("campaigns", campaign).await.id();
        let mut contracts = Vec::new();
        for (name, price, mode) in [("doubtful", "9.00", mode), ("sound", "5.00", "hold")] {
            let of = made("buyers", buyer(name)).await.id();
            contracts.push(made("contracts", contract(&loopback.url, &campaign, &of, name, price, mode)).await.id());
        }
        let key = made("keys", value!({ "source": "web", "name": "web", "campaigns": ["matrix"] })).await.body;
        loopback.plays("/sound", [vec![Act::Take, Act::Say(accepts())]]);
        loopback.plays("/poll", [vec![Act::Say(json(200, &value!({ "status": "pending", "id": "A-1" })))]]);
        still.begin(&world.opened.store);
        Self {
            world,
            still,
            loopback,
            tenant: fresh.id,
            key: key["key"].as_str().expect("a key").to_owned(),
            doubtful: contracts[0].parse().expect("an id"),
            count: 0.into(),
        }
    }

    /// Sends one lead; what it became, and what its source was told. The doubtful buyer does this with it, and that when it
    /// is posted to once more; so often its time is over before there is an answer.
    async fn sell(&self, first: Vec<Act>, then: Vec<Act>, late: usize) -> (LeadId, String) {
        self.loopback.plays("/doubtful", [first, then]);
        let posts = self.loopback.requests("/doubtful").len();
        let number = self.count.replace(self.count.get() + 1);
        let lead = value!({
            "campaign": "matrix", "external_id": format!("matrix-{number}"),
            "fields": { "zip": "48226", "email": format!("dana{number}@example.com") },
        });
        let request = self.world.client().post(self.world.url("/api/v1/leads")).bearer_auth(&self.key).json(&lead);
        // The server ends connections that nobody used for a while, and here a while is soon over.
        let request = request.header("connection", "close");
        let passing = async {
            for post in 1..=late {
                self.loopback.asked("/doubtful", posts + post).await;
                self.still.passes(TIMEOUT + A_BIT).await;
            }
        };
        let (answer, ()) = futures::join!(self.world.answer(request), passing);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let id = answer.body["lead_id"].as_str().expect("an id").parse().expect("an id");
        (id, answer.body["status"].as_str().expect("a status").to_owned())
    }

    async fn stands(&self, lead: LeadId) -> Stands {
        let store = &self.world.opened.store;
        for invariant in store.check().await.expect("the store is checked") {
            assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
        }
        let row = store.tenant(self.tenant).lead_detail(lead).await.expect("the lead").row;
        let counters = store.all_live_counters(self.world.opened.clock.now()).await.expect("the counters");
        let of = counters.iter().find(|((_, key), _)| key.scope == Scope::Contract(self.doubtful));
        let bought = ["/doubtful", "/sound"].map(|path| self.loopback.bought(path, &lead.to_string()));
        let cap = of.map_or((0, 0), |(_, counter)| (counter.used, counter.held));
        Stands { state: row.state, revenue: row.revenue.map(|revenue| revenue.amount), cap, bought }
    }

    /// Somebody asked the buyer and says what became of the post.
    async fn says(&self, lead: LeadId, verdict: Verdict) -> Result<LeadState, ResolveError> {
        let rows = self.world.opened.store.tenant(self.tenant);
        let detail = rows.lead_stands(lead).await.expect("the lead");
        let post = detail.attempts.iter().find(|post| post.contract_id == self.doubtful).expect("a post");
        self.world.pipeline.resolve(self.tenant, lead, post.id, verdict).await
    }
}

/// The next state that a lead comes to.
async fn comes_to(events: &mut Receiver<LiveEvent>, lead: LeadId) -> LeadState {
    loop {
        let event = events.recv().await.expect("the pipeline runs");
        if event.lead == lead && event.state != LeadState::Unknown {
            return event.state;
        }
    }
}

#[test]
fn what_is_held_stays_with_one_buyer_until_it_is_known() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "hold").await;
        let mut events = world.pipeline.events();
        for (used, doubt) in (0..).zip(doubts()) {
            let name = doubt.name;
            let hung_up = shop.loopback.hung_up();
            let (lead, told) = shop.sell(doubt.acts(), vec![Act::Close], doubt.late.into()).await;
            assert_eq!((told.as_str(), shop.stands(lead).await), ("pending", in_doubt((used, 1))), "{name}");
            if let Some(late) = doubt.answers.filter(|late| *late < READ_ON) {
                shop.still.passes(late).await;
                assert_eq!(comes_to(&mut events, lead).await, LeadState::Sold, "{name}");
            } else {
                // Nobody listens for longer than this; nobody says anything either.
                shop.still.passes(READ_ON).await;
                if doubt.late {
                    shop.loopback.until(|book| book.hung_up > hung_up).await;
                }
                shop.still.passes(doubt.answers.unwrap_or_default().saturating_sub(READ_ON)).await;
                assert_eq!(shop.stands(lead).await, in_doubt((used, 1)), "{name}");
                assert_eq!(shop.says(lead, Verdict::Accepted { paid: None }).await, Ok(LeadState::Sold), "{name}");
            }
            assert_eq!(shop.stands(lead).await, sold(900, (used + 1, 0), [1, 0]), "{name}");
            assert_eq!(shop.says(lead, Verdict::Rejected).await, Err(ResolveError::NotInDoubt), "{name}");
        }
        assert_eq!(shop.loopback.requests("/doubtful").len(), doubts().len(), "each once");
        still.end();
        drop(shop);
        world.stop().await;
    });
}

#[test]
fn a_buyer_that_knows_repeats_is_asked_once_more_and_buys_once() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "retry").await;
        let mut events = world.pipeline.events();
        for (used, doubt) in (0..).zip(doubts()) {
            let (name, hung_up) = (doubt.name, shop.loopback.hung_up());
            // What is late answers the first sending after all, and not the second.
            let then = if doubt.answers.is_some() { Act::Hang } else { Act::Say(accepts()) };
            let times = usize::from(doubt.late) + usize::from(doubt.answers.is_some());
            let (lead, told) = shop.sell(doubt.acts(), vec![Act::Take, then], times).await;
            if let Some(late) = doubt.answers {
                assert_eq!((told.as_str(), shop.stands(lead).await), ("pending", in_doubt((used, 1))), "{name}");
                shop.still.passes(late.min(READ_ON) - TIMEOUT).await;
                if late < READ_ON {
                    assert_eq!(comes_to(&mut events, lead).await, LeadState::Sold, "{name}");
                } else {
                    shop.loopback.until(|book| book.hung_up > hung_up).await;
                    shop.still.passes(late - READ_ON).await;
                    assert_eq!(shop.stands(lead).await, in_doubt((used, 1)), "{name}");
                    assert_eq!(shop.says(lead, Verdict::Accepted { paid: None }).await, Ok(LeadState::Sold), "{name}");
                }
            } else {
                assert_eq!(told, "sold", "{name}");
            }
            assert_eq!(shop.stands(lead).await, sold(900, (used + 1, 0), [1, 0]), "{name}");
            let posts = shop.loopback.requests("/doubtful");
            let ours = posts.iter().filter(|body| body["lead_id"] == lead.to_string()).count();
            assert_eq!(ours, 2, "{name}: once more, and no more");
        }
        still.end();
        drop(shop);
        world.stop().await;
    });
}

#[test]
fn a_contract_that_goes_on_past_its_doubts_holds_its_place_and_the_next_one_buys() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "continue").await;
        for (held, doubt) in (1..).zip(doubts()) {
            let (name, said) = (doubt.name, shop.loopback.said());
            let (lead, told) = shop.sell(doubt.acts(), vec![Act::Close], doubt.late.into()).await;
            // Both have it: that is the risk this contract takes. What is known is one sale, and one post in doubt.
            let stands = || sold(500, (0, held), [1, 1]);
            assert_eq!((told.as_str(), shop.stands(lead).await), ("sold", stands()), "{name}");
            if let Some(late) = doubt.answers {
                shop.still.passes(late).await;
                // The sound buyer's answer is in it already.
                shop.loopback.until(|book| book.said > said + accepts().len()).await;
            }
            // Its late word alone does not sell a lead twice: a person has to say so.
            assert_eq!(shop.stands(lead).await, stands(), "{name}");
        }
        still.end();
        drop(shop);
        world.stop().await;
    });
}

#[test]
fn a_buyer_that_says_yes_twice_is_paid_for_once() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "hold").await;
        let mut events = world.pipeline.events();
        let (twice, told) =
            shop.sell(vec![Act::Take, Act::Say(accepts()), Act::Say(accepts())], vec![Act::Close], 0).await;
        assert_eq!((told.as_str(), shop.stands(twice).await), ("sold", sold(900, (1, 0), [1, 0])));
        // The second yes is nobody's: least of all the next lead's.
        let (next, told) = shop.sell(vec![Act::Say(rejects())], vec![Act::Close], 0).await;
        assert_eq!((told.as_str(), shop.stands(next).await), ("sold", sold(500, (1, 0), [0, 1])));

        // It will say later, is asked, and says yes; nobody asks again.
        let pending = Act::Say(json(200, &value!({ "status": "pending", "id": "A-1" })));
        shop.loopback.plays("/poll", [vec![Act::Say(accepts())]]);
        let asking = async {
            shop.loopback.asked("/doubtful", 3).await;
            while shop.loopback.requests("/poll").is_empty() {
                shop.still.passes(Duration::from_millis(100)).await;
            }
        };
        let ((lead, told), ()) = futures::join!(shop.sell(vec![Act::Take, pending], vec![Act::Close], 0), asking);
        if told != "sold" {
            assert_eq!(comes_to(&mut events, lead).await, LeadState::Sold);
        }
        assert_eq!(shop.stands(lead).await, sold(900, (2, 0), [1, 0]));
        shop.still.passes(READ_ON).await;
        assert_eq!(shop.loopback.requests("/poll").len(), 1);

        // Its late yes and a person's, in either order.
        let late = |seconds| vec![Act::Take, Act::Wait(TIMEOUT + Duration::from_secs(seconds)), Act::Say(accepts())];
        let (lead, told) = shop.sell(late(5), vec![Act::Close], 1).await;
        assert_eq!(told, "pending");
        assert_eq!(shop.says(lead, Verdict::Accepted { paid: Some(Micros::cents(850)) }).await, Ok(LeadState::Sold));
        let said = shop.loopback.said();
        shop.still.passes(Duration::from_secs(5)).await;
        shop.loopback.until(|book| book.said > said).await;
        let (other, told) = shop.sell(late(5), vec![Act::Close], 1).await;
        assert_eq!((told.as_str(), shop.stands(lead).await), ("pending", sold(850, (3, 1), [1, 0])));
        shop.still.passes(Duration::from_secs(5)).await;
        assert_eq!(comes_to(&mut events, other).await, LeadState::Sold);
        let again = shop.says(other, Verdict::Accepted { paid: Some(Micros::cents(100)) }).await;
        assert_eq!(again, Err(ResolveError::NotInDoubt));
        assert_eq!(shop.stands(other).await, sold(900, (4, 0), [1, 0]));
        still.end();
        drop(shop);
        world.stop().await;
    });
}

#[test]
fn both_sendings_of_a_repeated_post_say_yes_and_it_is_one_sale() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "retry").await;
        let first = vec![Act::Take, Act::Wait(TIMEOUT + Duration::from_secs(1)), Act::Say(accepts())];
        let (lead, told) = shop.sell(first, vec![Act::Take, Act::Say(accepts())], 1).await;
        assert_eq!((told.as_str(), shop.stands(lead).await), ("sold", sold(900, (1, 0), [1, 0])));
        let said = shop.loopback.said();
        shop.still.passes(Duration::from_secs(1)).await;
        shop.loopback.until(|book| book.said > said).await;
        assert_eq!(shop.stands(lead).await, sold(900, (1, 0), [1, 0]));
        still.end();
        drop(shop);
        world.stop().await;
    });
}

/// A contract that leaves us in doubt again and again is not asked any more, and is tried again by itself.
#[test]
fn a_contract_that_leaves_too_many_leads_in_doubt_is_spared_and_probed() {
    still(async |still| {
        let world = World::start().await;
        let shop = Shop::open(&world, &still, "hold").await;
        let rows = world.opened.store.tenant(shop.tenant);
        let mut campaign = rows.campaigns().await.expect("read").remove(0);
        campaign.auction.doubts = Doubts { most: 3, of: 6 };
        rows.put_campaign(&campaign).await.expect("stored");
        world.pipeline.refresh().await.expect("read again");
        let doubt = || vec![Act::Take, Act::Close];
        let clear = || vec![Act::Say(rejects())];
        let sells = async |acts: Vec<Act>| {
            let (lead, told) = shop.sell(acts, vec![Act::Close], 0).await;
            (told, verdict(&shop, lead).await)
        };
        for acts in [doubt(), clear(), clear(), doubt(), clear()] {
            assert_ne!(sells(acts).await.1, Standing::Excluded);
        }
        // The third of the last six: from now on the sound buyer has every lead.
        assert_eq!(sells(doubt()).await, ("pending".to_owned(), Standing::Unknown));
        let posts = shop.loopback.requests("/doubtful").len();
        for _ in 0..3 {
            assert_eq!(sells(doubt()).await, ("sold".to_owned(), Standing::Excluded));
        }
        assert_eq!(shop.loopback.requests("/doubtful").len(), posts, "nothing was sent");
        world.clock.advance_millis(60_000);
        assert_eq!(sells(doubt()).await, ("pending".to_owned(), Standing::Unknown), "the probe");
        assert_eq!(sells(clear()).await, ("sold".to_owned(), Standing::Excluded), "which brought nothing");
        world.clock.advance_millis(60_000);
        assert_eq!(sells(clear()).await, ("sold".to_owned(), Standing::Excluded), "twice as long");
        world.clock.advance_millis(60_000);
        assert_eq!(sells(clear()).await, ("sold".to_owned(), Standing::Rejected), "the next probe has a clear answer");
        for acts in [doubt(), doubt()] {
            assert_eq!(sells(acts).await.1, Standing::Unknown, "what was before is forgotten");
        }
        still.end();
        drop(shop);
        world.stop().await;
    });
}

/// How the doubtful buyer's contract stands with a lead. When it is spared, that is said with its numbers.
async fn verdict(shop: &Shop<'_>, lead: LeadId) -> Standing {
    let detail = shop.world.opened.store.tenant(shop.tenant).lead_detail(lead).await.expect("the lead");
    let trace = detail.trace.expect("a trace");
    let verdict = trace.verdicts.iter().find(|verdict| verdict.contract_id == shop.doubtful).expect("a verdict");
    if verdict.standing == Standing::Excluded {
        let finding = &verdict.findings[0];
        assert_eq!((finding.stage, finding.reason), (Stage::Eligibility, Reason::TooManyUnknown));
        assert_eq!(finding.want.as_deref(), Some("fewer than 3 of the last 6"));
    }
    verdict.standing
}
