//! The planner against brute force: every order of every choice of posts, and every set of shared buyers, of 100 000 small
//! auctions.

use exchange::auction::{Auction, Command, Entrant, Event, Machine, Odds, Served, best_order, best_set, expected};
use model::{
    ContractId, Micros, Reason,
    campaign::LookAhead,
    contract::{ContractKind, OnUnknown, Routing, Sharing},
    source::Payout,
};
use std::collections::BTreeSet;

/// SplitMix64 (G. Steele et al., 2014): the same auctions in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn odds(&mut self) -> Odds {
        let accept = u32::try_from(self.roll(1_000_001)).unwrap();
        let unknown = u32::try_from(self.roll(u64::from(1_000_001 - accept))).unwrap();
        Odds { accept, unknown }
    }
}

/// Calls `visit` with every order of every choice of at most `most` of `count` things.
fn orders(count: usize, most: usize, chosen: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
    visit(chosen);
    if chosen.len() == most {
        return;
    }
    for next in 0..count {
        if !chosen.contains(&next) {
            chosen.push(next);
            orders(count, most, chosen, visit);
            chosen.pop();
        }
    }
}

/// Rounding at each place of a plan, in millionths of a micro-unit.
const ROUNDING: i128 = 8;

#[test]
fn no_order_of_posts_is_expected_to_bring_more() {
    let mut dice = Dice(1);
    for number in 0..100_000 {
        let count = usize::try_from(dice.roll(6)).unwrap();
        let most = usize::try_from(dice.roll(4)).unwrap();
        let posts: Vec<(i64, Odds)> =
            (0..count).map(|_| (i64::try_from(dice.roll(20_000_000)).unwrap(), dice.odds())).collect();
        let mut best = 0;
        orders(count, most, &mut Vec::new(), &mut |order| {
            best = best.max(expected(order.iter().map(|index| posts[*index])));
        });
        let planned = best_order(&posts, most);
        assert!(planned.len() <= most && planned.iter().collect::<BTreeSet<_>>().len() == planned.len());
        let brings = expected(planned.iter().map(|index| posts[*index]));
        assert!(brings + ROUNDING >= best, "auction {number}: {posts:?}, at most {most}: {planned:?}");
    }
}

#[test]
fn no_set_of_shared_buyers_brings_more() {
    let mut dice = Dice(2);
    for number in 0..100_000 {
        let count = usize::try_from(dice.roll(8)).unwrap();
        let most = usize::try_from(dice.roll(4)).unwrap();
        let groups = ["a", "b", "c"];
        let offers: Vec<(i64, Option<&str>)> = (0..count)
            .map(|_| {
                let value = i64::try_from(dice.roll(40)).unwrap() - 5;
                (value, groups.get(usize::try_from(dice.roll(6)).unwrap()).copied())
            })
            .collect();
        let apart = |set: &[usize]| {
            let named: Vec<_> = set.iter().filter_map(|index| offers[*index].1).collect();
            named.iter().collect::<BTreeSet<_>>().len() == named.len()
        };
        let sum = |set: &[usize]| set.iter().map(|index| offers[*index].0).sum::<i64>();
        let sets = (0..1_usize << count).map(|bits| (0..count).filter(|i| bits >> i & 1 == 1).collect::<Vec<_>>());
        let best = sets.filter(|set| set.len() <= most && apart(set)).map(|set| sum(&set)).max().unwrap_or(0);
        let planned = best_set(&offers, most);
        assert!(planned.len() <= most && apart(&planned), "auction {number}: {offers:?}: {planned:?}");
        assert_eq!(sum(&planned), best, "auction {number}: {offers:?}, at most {most}: {planned:?}");
    }
}

fn entrant(number: usize, dice: &mut Dice) -> Entrant {
    Entrant {
        contract: ContractId::from_bits(number as u128 + 1),
        kind: ContractKind::Auction,
        fixed: None,
        floor: None,
        max_bid: None,
        delivery_cost: Micros::cents(i64::try_from(dice.roll(100)).unwrap()),
        return_share: u32::try_from(dice.roll(300_000)).unwrap(),
        priority: 0,
        backup: false,
        routing: Routing {
            sharing: if dice.roll(2) == 0 { Sharing::Shared } else { Sharing::Exclusive },
            competitor_group: [Some("x".to_owned()), None][usize::try_from(dice.roll(2)).unwrap()].clone(),
            ..Routing::default()
        },
        served: Served::default(),
        odds: dice.odds(),
        ping_timeout: 500_000,
        post_timeout: 500_000,
        on_unknown: OnUnknown::Hold,
    }
}

/// What a sale brings, written down again from the rule (exchange.md section 3, number 5).
fn net(entrant: &Entrant, price: i64, share: i64) -> i64 {
    let kept = i128::from(price - entrant.delivery_cost.0) * i128::from(1_000_000 - entrant.return_share);
    let round = |ppm: i128| i64::try_from((ppm + if ppm < 0 { -500_000 } else { 500_000 }) / 1_000_000).unwrap();
    round(kept) - round(i128::from(price) * i128::from(share))
}

/// The whole machine, with everybody's bid and everybody refusing: who it posts to first, and in which order.
#[test]
fn the_machine_posts_as_the_best_of_all_plans_says() {
    let mut dice = Dice(3);
    for number in 0..100_000 {
        let count = usize::try_from(dice.roll(5)).unwrap();
        let posts = u8::try_from(dice.roll(3)).unwrap() + 1;
        let max_buyers = u8::try_from(dice.roll(3)).unwrap();
        let share = i64::try_from(dice.roll(6)).unwrap() * 100_000;
        let auction = Auction {
            deadline: 3_000_000,
            post_reserve: 1_000_000,
            floor: Micros::ZERO,
            posts,
            seed: dice.roll(u64::MAX),
            payout: Payout::Share(u32::try_from(share).unwrap()),
            min_margin: Micros::ZERO,
            tiers: Vec::new(),
            look_ahead: LookAhead::On,
            max_buyers,
            entrants: (0..count).map(|number| entrant(number, &mut dice)).collect(),
        };
        // High enough for every margin.
        let bids: Vec<i64> =
            (0..count).map(|_| i64::try_from(dice.roll(20)).unwrap() * 1_000_000 + 4_000_000).collect();
        let worth = |index: usize| net(&auction.entrants[index], bids[index], share);
        let shared = |index: &usize| max_buyers > 1 && auction.entrants[*index].routing.sharing == Sharing::Shared;

        let (mut machine, _) = Machine::start(auction.clone());
        let mut posted = Vec::new();
        let mut waiting = std::collections::VecDeque::new();
        for (entrant, bid) in bids.iter().enumerate() {
            let event = Event::Bid { entrant, price: Micros(*bid), good_for: None };
            waiting.extend(machine.step(1, event));
        }
        let together = waiting.iter().filter(|command| matches!(command, Command::Post(_))).count();
        while let Some(command) = waiting.pop_front() {
            if let Command::Post(award) = command {
                posted.push(award.entrant());
                let event = Event::PostRejected { entrant: award.entrant(), reason: Reason::BuyerOther };
                waiting.extend(machine.step(2, event));
            }
        }

        // Every set that may share the lead, and every plan of those who want it alone.
        let sets = (0..1_usize << count).map(|bits| (0..count).filter(|i| bits >> i & 1 == 1).collect::<Vec<_>>());
        let apart = |set: &[usize]| {
            set.iter().filter(|index| auction.entrants[**index].routing.competitor_group.is_some()).count() <= 1
        };
        let may = |set: &Vec<usize>| {
            !set.is_empty() && set.len() <= usize::from(max_buyers) && set.iter().all(shared) && apart(set)
        };
        let best_set = sets.filter(may).map(|set| set.iter().map(|index| worth(*index)).sum::<i64>()).max();
        let alone: Vec<usize> = (0..count).filter(|index| !shared(index)).collect();
        let best_alone = alone.iter().map(|index| worth(*index)).max();
        let told = format!("auction {number}: {auction:?} {bids:?} {posted:?}");
        if best_set.is_some() && best_set > best_alone {
            let first = &posted[..together];
            assert!(first.iter().all(shared) && apart(first), "{told}");
            assert_eq!(Some(first.iter().map(|index| worth(*index)).sum()), best_set, "{told}");
        } else if alone.len() == count {
            let odds = |index: usize| (worth(index), auction.entrants[index].odds);
            let mut best = 0;
            orders(alone.len(), usize::from(posts), &mut Vec::new(), &mut |order| {
                best = best.max(expected(order.iter().map(|place| odds(alone[*place]))));
            });
            let brings = expected(posted.iter().map(|index| odds(*index)));
            assert!(brings + ROUNDING >= best, "{told}: {brings} of {best}");
        } else {
            // After a refusal what is left is weighed again, so only the first post is the plan's.
            assert!(posted.first().is_none_or(|first| !shared(first)), "{told}");
        }
    }
}
