//! What holds for every auction, whatever buyers do and in whatever order.

use exchange::auction::{Auction, Award, Command, Decision, Entrant, Event, Machine};
use model::{
    ContractId, Micros, Reason,
    contract::{ContractKind, OnUnknown},
};
use proptest::prelude::*;

fn entrants() -> impl Strategy<Value = Vec<Entrant>> {
    let one = (
        any::<bool>(),
        0_i64..20,
        proptest::option::of(0_i64..20),
        -2_i32..3,
        any::<bool>(),
        1_u64..800,
        any::<bool>(),
    );
    let made = one.prop_map(|(direct, price, max, priority, backup, timeout, goes_on)| Entrant {
        contract: ContractId::from_bits(0),
        kind: if direct { ContractKind::Direct } else { ContractKind::Auction },
        fixed: direct.then(|| Micros::units(price)),
        floor: None,
        max_bid: max.map(Micros::units),
        priority,
        backup,
        ping_timeout: timeout * 1000,
        post_timeout: 1_000_000,
        on_unknown: if goes_on { OnUnknown::Continue } else { OnUnknown::Hold },
    });
    proptest::collection::vec(made, 0..7).prop_map(|mut all| {
        for (number, entrant) in all.iter_mut().enumerate() {
            entrant.contract = ContractId::from_bits(number as u128 * 7919 + 1);
        }
        all
    })
}

fn auction() -> impl Strategy<Value = Auction> {
    (entrants(), 0_i64..12, 1_u8..4, any::<u64>()).prop_map(|(entrants, floor, posts, seed)| Auction {
        deadline: 3_000_000,
        post_reserve: 1_000_000,
        floor: Micros::units(floor),
        posts,
        seed,
        entrants,
    })
}

/// What a buyer will do: its bid (none: a no), when (microseconds), and its answers to a post.
type Habit = (Option<i64>, u64, u8);

/// Plays an auction to its end: pings are answered when each buyer answers, posts at once.
fn play(auction: &Auction, habits: &[Habit], early: bool) -> (Vec<Award>, Vec<Decision>, Machine) {
    let mut auction = auction.clone();
    if !early {
        auction.entrants.iter_mut().for_each(|entrant| entrant.max_bid = None);
    }
    let (mut machine, mut commands) = Machine::start(auction.clone());
    let mut answers: Vec<(u64, usize)> = (0..auction.entrants.len())
        .filter(|i| auction.entrants[*i].kind == ContractKind::Auction)
        .map(|i| (habits[i].1, i))
        .collect();
    answers.sort_unstable();
    let (mut awards, mut ends, mut now) = (Vec::new(), Vec::new(), 0);
    let mut answers = answers.into_iter().peekable();
    loop {
        if let Some(command) = (!commands.is_empty()).then(|| commands.remove(0)) {
            match command {
                Command::Ping { .. } => {}
                Command::Done(decision) => ends.push(decision),
                Command::Post(award) => {
                    let entrant = award.entrant();
                    awards.push(award);
                    let event = match habits[entrant].2 % 4 {
                        0 => Event::PostAccepted { entrant, price: None },
                        1 => Event::PostRejected { entrant, reason: Reason::BuyerOther },
                        2 => Event::PostUnknown { entrant },
                        _ => Event::PostNotSent { entrant, reason: Reason::NotSent },
                    };
                    commands.extend(machine.step(now, event));
                }
            }
            continue;
        }
        let wake = machine.wake_at();
        match (answers.peek().copied(), wake) {
            (Some((at, entrant)), _) if wake.is_none_or(|wake| at <= wake) => {
                answers.next();
                now = now.max(at);
                let most = auction.entrants[entrant].max_bid.unwrap_or(Micros(i64::MAX));
                let event = match habits[entrant].0 {
                    Some(bid) => Event::Bid { entrant, price: Micros::units(bid).min(most) },
                    None => Event::NoBid { entrant, reason: None },
                };
                commands.extend(machine.step(now, event));
            }
            (_, Some(wake)) => {
                now = now.max(wake);
                commands.extend(machine.step(now, Event::Tick));
            }
            (_, None) => return (awards, ends, machine),
        }
    }
}

fn habits() -> impl Strategy<Value = Vec<Habit>> {
    proptest::collection::vec((proptest::option::of(0_i64..20), 1_u64..900_000, any::<u8>()), 7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn ends_once_never_below_floor_and_never_twice(auction in auction(), habits in habits()) {
        let (awards, ends, machine) = play(&auction, &habits, true);
        // Our player never answers late, so every auction has exactly one end.
        prop_assert_eq!(ends.len(), 1, "{:?}", ends);
        let mut contracts: Vec<_> = awards.iter().map(Award::contract).collect();
        contracts.sort_unstable();
        contracts.dedup();
        prop_assert_eq!(contracts.len(), awards.len(), "a contract was posted to twice");
        prop_assert!(awards.iter().all(|award| award.price() >= auction.floor));
        let main = awards.iter().filter(|award| !auction.entrants[award.entrant()].backup).count();
        prop_assert!(main <= usize::from(auction.posts));
        let accepting = awards.iter().filter(|award| habits[award.entrant()].2 % 4 == 0).count();
        prop_assert!(accepting <= 1, "went on after an accept");
        match ends[0] {
            Decision::Sold { entrant, revenue } => {
                prop_assert_eq!(Some(entrant), awards.last().map(Award::entrant));
                prop_assert_eq!(Some(revenue), awards.last().map(Award::price));
            }
            Decision::Unknown { .. } => prop_assert!(awards.iter().any(|a| habits[a.entrant()].2 % 4 == 2)),
            Decision::Unsold { .. } => prop_assert!(awards.iter().all(|a| matches!(habits[a.entrant()].2 % 4, 1 | 3))),
        }
        // Everybody has a verdict, and whoever did not get the lead has a reason.
        for entrant in 0..auction.entrants.len() {
            let (standing, findings) = machine.standing(entrant);
            prop_assert!(standing == model::trace::Standing::Sold || !findings.is_empty());
        }
    }

    #[test]
    fn repeats_exactly(auction in auction(), habits in habits()) {
        let (one, two) = (play(&auction, &habits, true), play(&auction, &habits, true));
        prop_assert_eq!(one.0, two.0);
        prop_assert_eq!(one.1, two.1);
    }

    /// Closing early loses nothing, ever: the same posts, and the same end, as waiting for everybody.
    #[test]
    fn early_close_changes_no_plan(auction in auction(), habits in habits()) {
        // The bids must respect the maxima in both plays.
        let habits: Vec<Habit> = habits
            .iter()
            .enumerate()
            .map(|(i, habit)| {
                let most = auction.entrants.get(i).and_then(|entrant| entrant.max_bid).map(|m| m.0 / 1_000_000);
                (habit.0.map(|bid| most.map_or(bid, |most| bid.min(most))), habit.1, habit.2)
            })
            .collect();
        let (early, patient) = (play(&auction, &habits, true), play(&auction, &habits, false));
        let order = |awards: &[Award]| awards.iter().map(|a| (a.contract(), a.price())).collect::<Vec<_>>();
        prop_assert_eq!(order(&early.0), order(&patient.0));
        let sale = |ends: &[Decision]| ends.iter().any(|end| matches!(end, Decision::Sold { .. }));
        prop_assert_eq!(sale(&early.1), sale(&patient.1));
    }
}
