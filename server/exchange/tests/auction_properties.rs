//! What holds for every auction, whatever buyers do and in whatever order.

use exchange::{
    auction::{
        Auction, Award, Command, Decision, Entrant, Event, Odds, Sale, Served, Taped,
        tape::{Tape, Unreadable},
    },
    ledger,
    replay::first_difference,
};
use model::{
    BuyerId, ContractId, Currency, Micros, Reason, SourceId,
    campaign::{Falls, LookAhead, Strategy as Order, Tier},
    contract::{ContractKind, OnUnknown, Routing, Sharing},
    source::{Band, Payout},
    trace::Standing,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn routing() -> impl Strategy<Value = Routing> {
    let sparse = |values: std::ops::Range<u32>| proptest::option::weighted(0.2, values);
    (sparse(1..4), sparse(0..500_000), 0_u8..3, sparse(1..4), any::<bool>(), proptest::option::of(0_u8..3)).prop_map(
        |(exclusive_rank, first_refusal, tier, weight, shared, group)| Routing {
            exclusive_rank,
            first_refusal,
            tier,
            weight,
            sharing: if shared && exclusive_rank.is_none() { Sharing::Shared } else { Sharing::Exclusive },
            competitor_group: group.map(|group| format!("g{group}")),
        },
    )
}

fn entrants() -> impl Strategy<Value = Vec<Entrant>> {
    let terms = (0_i64..20, proptest::option::of(0_i64..20), 0_i64..3, 0_u32..500_000, -2_i32..3);
    let habits = (1_u64..800, 0_u8..3, 0_u32..3, 0_u32..1_000_000);
    let one = (any::<bool>(), proptest::bool::weighted(0.2), terms, routing(), habits);
    let made = one.prop_map(|(direct, backup, (price, max, cost, returns, priority), routing, habits)| {
        let (timeout, unknown, today, accept) = habits;
        Entrant {
            contract: ContractId::from_bits(0),
            kind: if direct { ContractKind::Direct } else { ContractKind::Auction },
            fixed: direct.then(|| Micros::units(price)),
            floor: None,
            max_bid: max.map(Micros::units),
            delivery_cost: Micros::units(cost),
            return_share: returns,
            priority,
            backup,
            on_unknown: match (unknown, routing.sharing) {
                (0, Sharing::Exclusive) => OnUnknown::Continue,
                (1, _) => OnUnknown::Retry,
                _ => OnUnknown::Hold,
            },
            routing,
            served: Served { today, last: i64::from(today) },
            odds: Odds { accept, unknown: (1_000_000 - accept) / 4 },
            ping_timeout: timeout * 1000,
            post_timeout: 1_000_000,
        }
    });
    proptest::collection::vec(made, 0..7).prop_map(|mut all| {
        for (number, entrant) in all.iter_mut().enumerate() {
            entrant.contract = ContractId::from_bits(number as u128 * 7919 + 1);
        }
        all
    })
}

fn payout() -> impl Strategy<Value = Payout> {
    prop_oneof![
        (0_i64..8).prop_map(|amount| Payout::Fixed(Micros::units(amount))),
        (0_u32..1_100_000).prop_map(Payout::Share),
        (0_u32..900_000, 0_i64..5).prop_map(|(share, min)| Payout::Between {
            share,
            min: Some(Micros::units(min)),
            max: None
        }),
        (0_i64..5).prop_map(|margin| Payout::Less(Micros::units(margin))),
        (0_u32..900_000, 0_u32..900_000).prop_map(|(low, high)| Payout::Bands(vec![
            Band { from: Micros::ZERO, share: low },
            Band { from: Micros::units(8), share: high }
        ])),
    ]
}

fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    let order =
        prop_oneof![Just(Order::NetValue), Just(Order::Priority), Just(Order::Weighted), Just(Order::RoundRobin)];
    let tier =
        (order, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(strategy, no_bid, rejected, timeout)| Tier {
            name: "tier".into(),
            strategy,
            falls: Falls { no_bid, rejected, timeout },
        });
    proptest::collection::vec(tier, 0..3)
}

fn auction() -> impl Strategy<Value = Auction> {
    let look_ahead = prop_oneof![Just(LookAhead::Off), Just(LookAhead::Advise), Just(LookAhead::On)];
    let money = (0_i64..12, payout(), 0_i64..3);
    (entrants(), money, 1_u8..4, any::<u64>(), tiers(), look_ahead, 0_u8..4).prop_map(
        |(entrants, (floor, payout, margin), posts, seed, tiers, look_ahead, max_buyers)| Auction {
            deadline: 3_000_000,
            post_reserve: 1_000_000,
            floor: Micros::units(floor),
            posts,
            seed,
            payout,
            min_margin: Micros::units(margin),
            tiers,
            look_ahead,
            max_buyers,
            entrants,
        },
    )
}

/// What a buyer will do: its bid (none: a no), when (microseconds), and its answers to a post.
type Habit = (Option<i64>, u64, u8);

/// Plays an auction to its end: pings are answered when each buyer answers, posts at once.
fn play(auction: &Auction, habits: &[Habit], early: bool) -> (Vec<Award>, Vec<Decision>, Taped) {
    let mut auction = auction.clone();
    if !early {
        auction.entrants.iter_mut().for_each(|entrant| entrant.max_bid = None);
    }
    let (mut machine, mut commands) = Taped::start(auction.clone());
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
                    Some(bid) => Event::Bid { entrant, price: Micros::units(bid).min(most), good_for: None },
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
    fn a_tape_reads_back_and_gives_the_same_again(auction in auction(), habits in habits(), cut in any::<u16>(), bit in any::<u16>()) {
        let (.., machine) = play(&auction, &habits, true);
        let tape = Tape::read(machine.tape()).unwrap();
        prop_assert_eq!(&tape.auction, &auction);
        prop_assert_eq!(tape.bytes(), machine.tape());
        prop_assert_eq!(first_difference(&tape), None);
        // Whatever was changed in it, it is read or not, and replayed or not, and nothing panics.
        let mut bent = machine.tape().to_vec();
        let at = usize::from(bit / 8) % bent.len();
        bent[at] ^= 1 << (bit % 8);
        match Tape::read(&bent) {
            Ok(tape) => drop(first_difference(&tape)),
            Err(Unreadable::Format(_)) => prop_assert_eq!(at, 0),
            Err(Unreadable::Damaged) => {}
        }
        bent.truncate(usize::from(cut) % bent.len());
        if let Ok(tape) = Tape::read(&bent) {
            drop(first_difference(&tape));
        }
    }

    #[test]
    fn ends_once_never_below_floor_and_never_twice(auction in auction(), habits in habits()) {
        let (awards, ends, machine) = play(&auction, &habits, true);
        // Our player never answers late, so every auction has exactly one end.
        prop_assert_eq!(ends.len(), 1, "{:?}", ends);
        let entrant = |award: &Award| &auction.entrants[award.entrant()];
        let answer = |award: &Award| habits[award.entrant()].2 % 4;
        let first: Vec<&Award> = awards.iter().filter(|award| !award.again()).collect();
        let contracts: BTreeSet<_> = first.iter().map(|award| award.contract()).collect();
        prop_assert_eq!(contracts.len(), first.len(), "a contract was posted to twice");
        for award in &first {
            let stays = award.price() - entrant(award).delivery_cost - auction.payout.of(award.price());
            prop_assert!(award.price() >= auction.floor && stays >= auction.min_margin);
        }
        let kind = |exclusive: bool, backup: bool| first.iter().filter(|award| {
            let entrant = entrant(award);
            let ranked = entrant.kind == ContractKind::Direct && entrant.routing.exclusive_rank.is_some();
            entrant.backup == backup && (ranked && !backup) == exclusive
        }).count();
        let (posts, more) = (usize::from(auction.posts), usize::from(auction.max_buyers).saturating_sub(1));
        prop_assert!(kind(true, false) <= posts && kind(false, false) <= posts + more && kind(false, true) <= posts);
        let accepting: Vec<&&Award> = first.iter().filter(|award| answer(award) == 0).collect();
        let sold: Vec<Sale> = match &ends[0] {
            Decision::Sold { sales } => sales.clone(),
            Decision::Unknown { .. } => {
                prop_assert!(first.iter().any(|award| answer(award) == 2));
                Vec::new()
            }
            Decision::Unsold { .. } => {
                prop_assert!(first.iter().all(|award| matches!(answer(award), 1 | 3)));
                Vec::new()
            }
        };
        // Whoever accepted has a sale, and nobody else.
        prop_assert_eq!(accepting.len(), sold.len());
        prop_assert!(accepting.iter().all(|award| sold.iter().any(|sale| sale.entrant == award.entrant() && sale.revenue == award.price())));
        if sold.len() > 1 {
            let routing = |sale: &Sale| &auction.entrants[sale.entrant].routing;
            prop_assert!(sold.len() <= usize::from(auction.max_buyers));
            prop_assert!(sold.iter().all(|sale| routing(sale).sharing == Sharing::Shared), "an exclusive sale beside another");
            let groups: Vec<_> = sold.iter().filter_map(|sale| routing(sale).competitor_group.as_ref()).collect();
            prop_assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), groups.len(), "competitors share a lead");
        }
        // Money is conserved, to the micro.
        let paid: Vec<_> = sold.iter().map(|sale| (BuyerId::from_bits(sale.entrant as u128), sale.revenue)).collect();
        let revenue: Micros = paid.iter().map(|(_, amount)| *amount).sum();
        let entries = ledger::sales(&paid, SourceId::from_bits(1), auction.payout.of(revenue), Currency::USD);
        prop_assert_eq!(entries.iter().map(|entry| entry.amount).sum::<Micros>(), Micros::ZERO);
        // Everybody has a verdict, and whoever did not get the lead has a reason.
        for entrant in 0..auction.entrants.len() {
            let (standing, findings) = machine.standing(entrant);
            prop_assert!(standing == Standing::Sold || !findings.is_empty());
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
