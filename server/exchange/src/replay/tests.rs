use super::*;
use crate::auction::{Auction, Decision, Entrant, Event, Taped};
use model::{
    BuyerId, CampaignId, Reason, SourceId, Timestamp,
    contract::ContractKind,
    rerun::Rests,
    source::Payout,
    trace::{CallTrace, Standing, Verdict},
};

fn entrant(number: u128) -> Entrant {
    Entrant {
        contract: ContractId::from_bits(number),
        kind: ContractKind::Auction,
        fixed: None,
        floor: None,
        max_bid: None,
        delivery_cost: Micros::ZERO,
        return_share: 0,
        priority: 0,
        backup: false,
        routing: Default::default(),
        served: Default::default(),
        odds: Default::default(),
        ping_timeout: 500_000,
        post_timeout: 1_000_000,
        on_unknown: Default::default(),
    }
}

/// Two bid, the better one refuses or is silent, the other takes it; recorded as a server does.
fn recorded(doubt: bool) -> Recorded {
    let auction = Auction {
        deadline: 3_000_000,
        post_reserve: 1_000_000,
        floor: Micros::units(1),
        posts: 3,
        seed: 1,
        payout: Payout::Share(500_000),
        min_margin: Micros::ZERO,
        tiers: Vec::new(),
        look_ahead: Default::default(),
        max_buyers: 1,
        entrants: vec![entrant(1), entrant(2)],
    };
    let (mut machine, _) = Taped::start(auction.clone());
    machine.step(10_000, Event::Bid { entrant: 0, price: Micros::units(5), good_for: None });
    machine.step(20_000, Event::Bid { entrant: 1, price: Micros::units(9), good_for: None });
    if doubt {
        machine.step(1_020_000, Event::PostUnknown { entrant: 1 });
    } else {
        machine.step(40_000, Event::PostRejected { entrant: 1, reason: Reason::BuyerGeo });
        machine.step(60_000, Event::PostAccepted { entrant: 0, price: None });
    }
    let verdict = |index: usize, name: &str| {
        let (standing, findings) = machine.standing(index);
        Verdict {
            contract_id: auction.entrants[index].contract,
            contract: name.to_owned(),
            buyer_id: BuyerId::from_bits(u128::try_from(index).unwrap_or_default()),
            buyer: name.to_owned(),
            kind: ContractKind::Auction,
            standing,
            findings,
            price: machine.price(index),
            rank: machine.rank(index),
            ping: Some(CallTrace { start_us: 0, took_us: 1, status: None, said: None, reference: None }),
            post: None,
        }
    };
    let trace = Trace {
        started_at: Timestamp(0),
        deadline_ms: 3_000,
        decided_us: Some(20_000),
        done_us: 60_000,
        floor: Micros::units(1),
        steps: Vec::new(),
        verdicts: vec![verdict(0, "Ann"), verdict(1, "Bob")],
    };
    let post = |number, ordinal, price, end, paid| Posted {
        contract: ContractId::from_bits(number),
        ordinal,
        price: Micros::units(price),
        end,
        paid,
    };
    let mut posts = vec![post(2, 1, 9, if doubt { PostEnd::Unknown } else { PostEnd::Rejected }, None)];
    posts.extend((!doubt).then(|| post(1, 2, 5, PostEnd::Accepted, Some(Micros::units(5)))));
    let (state, money) = if doubt { (LeadState::Unknown, 0) } else { (LeadState::Sold, 5) };
    // As it is stored, so that what figures need beside it does not matter here.
    let fact = serde_json::json!({
        "campaign": CampaignId::from_bits(1), "source": SourceId::from_bits(1), "state": state,
        "reason": doubt.then_some(Reason::PostUnknown), "buyer": (!doubt).then(|| BuyerId::from_bits(0)),
        "revenue": Micros::units(money), "payout": Micros::cents(money * 50),
    });
    let fact = serde_json::from_value(fact).expect("a fact");
    let lead = LeadId::from_bits(1);
    Recorded {
        lead,
        round: 0,
        state,
        tape: Some(machine.tape().to_vec()),
        trace: Some(trace),
        posts,
        facts: vec![fact],
    }
}

fn told(recorded: &Recorded) -> Vec<String> {
    match replay(recorded) {
        Replayed::Different(found) => found.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_recorded_as_it_was_is_the_same() {
    for doubt in [false, true] {
        assert_eq!(replay(&recorded(doubt)), Replayed::Same { later: 0 });
    }
}

#[test]
fn a_doubt_that_was_resolved_later_is_counted_and_not_judged() {
    let mut later = recorded(true);
    later.state = LeadState::Sold;
    later.posts[0].end = PostEnd::Accepted;
    later.posts[0].paid = Some(Micros::units(9));
    let resolved = LeadFact { state: LeadState::Sold, was: Some(LeadState::Unknown), ..later.facts[0].clone() };
    later.facts.insert(0, resolved);
    assert_eq!(replay(&later), Replayed::Same { later: 1 });
    // A post to somebody else after it: the lead went on, and its server died before it could say so.
    let mut more = recorded(true);
    more.posts.push(Posted { contract: ContractId::from_bits(1), ordinal: 2, ..more.posts[0] });
    assert_eq!(replay(&more), Replayed::Same { later: 1 });
}

#[test]
fn every_kind_of_difference_is_one_readable_line() {
    let mut price = recorded(false);
    price.posts[1].price = Micros::units(6);
    assert_eq!(
        told(&price),
        ["post 2: then number 2 to Ann at 6.00, accepted for 5.00; now number 2 to Ann at 5.00, accepted for 5.00"]
    );
    let mut lost = recorded(false);
    lost.posts.pop();
    assert_eq!(told(&lost), ["post 2: then none; now number 2 to Ann at 5.00, accepted for 5.00"]);
    let mut payout = recorded(false);
    payout.facts[0].payout = Micros::units(3);
    assert_eq!(
        told(&payout),
        ["the outcome: then sold to Ann for 5.00, payout 3.00; now sold to Ann for 5.00, payout 2.50"]
    );
    let mut verdict = recorded(false);
    let trace = verdict.trace.as_mut().expect("a trace");
    trace.verdicts[1].rank = Some(2);
    trace.decided_us = None;
    assert_eq!(
        told(&verdict),
        [
            "the plan was made at: then none; now 20.000 ms",
            "the verdict on Bob: then rejected, geo (post), at 9.00, place 2; now rejected, geo (post), at 9.00, place 1",
        ]
    );
    let mut bid = recorded(false);
    let mut tape = Tape::read(&bid.tape.take().expect("a tape")).expect("it reads");
    tape.inputs[1].event = Event::Bid { entrant: 1, price: Micros::units(2), good_for: None };
    bid.tape = Some(tape.bytes());
    let lines = told(&bid);
    assert_eq!(
        lines[0],
        "at 20.000 ms, when Bob bid 2.00: then post 1 to Bob for 9.00, until 1020.000 ms; now post 1 to Ann for 5.00, until \
         1020.000 ms"
    );
    assert!(lines.len() > 2, "{lines:?}");
}

#[test]
fn what_cannot_be_run_again_says_why() {
    let of = |tape| replay(&Recorded { tape, ..recorded(false) });
    assert_eq!(of(None), Replayed::Cannot(Cannot::NotTaped));
    assert_eq!(of(Some(Vec::new())), Replayed::Cannot(Cannot::NotTaped));
    assert_eq!(of(Some(vec![9, 1, 2])), Replayed::Cannot(Cannot::Format(9)));
    assert!(matches!(of(Some(vec![FORMAT, 1, 2])), Replayed::Different(_)));
    assert_eq!(replay(&Recorded { trace: None, ..recorded(false) }), Replayed::NoAuction);
    assert_eq!(replay(&Recorded { state: LeadState::Processing, ..recorded(false) }), Replayed::UnderWay);
}

/// The auction of [`recorded`] again under other terms, and who it would go to.
fn again_with(change: impl FnOnce(&mut Auction)) -> (Anew, Auction) {
    let tape = Tape::read(&recorded(false).tape.expect("a tape")).expect("a tape of this program");
    let mut auction = tape.auction.clone();
    change(&mut auction);
    (anew(auction.clone(), &Answers::of(&tape)), auction)
}

fn sold_to(anew: &Anew) -> Option<(usize, Micros)> {
    match &anew.decision {
        Decision::Sold { sales } => Some((sales[0].entrant, sales[0].revenue)),
        _ => None,
    }
}

#[test]
fn under_the_same_terms_it_goes_as_it_went() {
    let (anew, _) = again_with(|_| ());
    assert_eq!(sold_to(&anew), Some((0, Micros::units(5))));
    assert_eq!(anew.machine.standing(1).0, Standing::Rejected);
    assert_eq!(anew.rests, [Rests::Known, Rests::Known]);
}

#[test]
fn answers_follow_the_contract_and_not_its_place() {
    let (anew, auction) = again_with(|auction| auction.entrants.reverse());
    let (entrant, revenue) = sold_to(&anew).expect("sold");
    assert_eq!((auction.entrants[entrant].contract, revenue), (ContractId::from_bits(1), Micros::units(5)));
}

#[test]
fn a_floor_of_today_counts_for_bids_of_then() {
    let (anew, _) = again_with(|auction| auction.floor = Micros::units(6));
    assert_eq!(anew.decision, Decision::Unsold { reason: Reason::AllRejected });
    let (anew, _) = again_with(|auction| auction.floor = Micros::units(10));
    assert_eq!(anew.decision, Decision::Unsold { reason: Reason::BelowFloor });
}

#[test]
fn what_nobody_said_is_not_made_up() {
    // A contract that is new is not known to bid, and one that was not posted to then is taken to accept.
    let (anew, _) = again_with(|auction| {
        auction.entrants.remove(0);
        auction.entrants.push(entrant(3));
        let direct = Entrant { kind: ContractKind::Direct, fixed: Some(Micros::units(2)), ..entrant(4) };
        auction.entrants.push(direct);
    });
    assert_eq!(anew.rests, [Rests::Known, Rests::Unheard, Rests::Assumed]);
    assert_eq!(sold_to(&anew), Some((2, Micros::units(2))));
}

#[test]
fn who_said_nothing_then_says_nothing_now() {
    let mut auction = Tape::read(&recorded(false).tape.expect("a tape")).expect("readable").auction;
    auction.entrants.truncate(1);
    let (mut machine, _) = Taped::start(auction.clone());
    machine.step(600_000, Event::Tick);
    let tape = Tape::read(machine.tape()).expect("readable");
    let anew = anew(auction, &Answers::of(&tape));
    assert_eq!(anew.decision, Decision::Unsold { reason: Reason::NoBid });
    assert_eq!((anew.machine.standing(0).0, anew.rests), (Standing::Failed, vec![Rests::Known]));
}

#[test]
fn verdicts_stand_side_by_side() {
    let then = recorded(false).trace.expect("a trace").verdicts;
    let new = Verdict { contract_id: ContractId::from_bits(7), ..then[1].clone() };
    let silent = Verdict { kind: ContractKind::Silent, contract_id: ContractId::from_bits(8), ..then[1].clone() };
    let now = vec![(then[1].clone(), Rests::Known), (new, Rests::Unheard), (silent, Rests::Known)];
    let rows = beside(&then, now);
    let shape: Vec<_> = rows.iter().map(|row| (row.then.is_some(), row.now.is_some())).collect();
    assert_eq!(shape, [(true, true), (false, true), (true, false)]);
}
