use super::*;
use model::{
    ContractId, Reason,
    contract::ContractKind,
    trace::{Finding, Stage},
};
use pack::Bytes;
use proptest::prelude::*;

fn back<T: Pack + PartialEq + std::fmt::Debug>(value: &T) {
    let mut bytes = Vec::new();
    value.put(&mut bytes);
    let mut from = Bytes(&bytes);
    assert_eq!(T::take(&mut from).as_ref(), Some(value));
    assert!(from.0.is_empty());
}

proptest! {
    #[test]
    fn numbers_read_back(wide in any::<u64>(), signed in any::<i64>(), small in any::<i32>()) {
        back(&wide);
        back(&signed);
        back(&small);
        back(&Some(wide % 300));
        back(&vec![signed, i64::MIN, i64::MAX, 0, -1]);
    }
}

#[test]
fn small_numbers_are_short() {
    for (value, length) in [(0, 1), (127, 1), (128, 2), (u64::MAX, 10)] {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        assert_eq!(bytes.len(), length, "{value}");
    }
}

#[test]
fn reasons_are_kept_by_their_code() {
    for reason in Reason::ALL {
        back(reason);
    }
    let mut bytes = Vec::new();
    Reason::NoBid.put(&mut bytes);
    assert_eq!(&bytes[1..], Reason::NoBid.code().as_bytes());
}

#[test]
fn every_event_reads_back() {
    let (entrant, reason) = (3, Reason::BuyerGeo);
    let finding = Finding::about(Stage::Post, Reason::CapFilledMeanwhile, "contract day", "25", "25");
    for event in [
        Event::Bid { entrant, price: Micros::cents(1_234), good_for: None },
        Event::Bid { entrant, price: Micros(-1), good_for: Some(60_000_000) },
        Event::NoBid { entrant, reason: None },
        Event::NoBid { entrant, reason: Some(reason) },
        Event::PingFailed { entrant, reason },
        Event::PostAccepted { entrant, price: Some(Micros::units(9)) },
        Event::PostAccepted { entrant, price: None },
        Event::PostRejected { entrant, reason },
        Event::PostNotSent { entrant, reason },
        Event::PostUnknown { entrant },
        Event::PostWithheld { entrant, finding },
        Event::Tick,
    ] {
        back(&event);
    }
}

/// Bytes that were written once have to be read for as long as their format's number is [`FORMAT`]. Who changes what is
/// written changes this text, and the number.
#[test]
fn the_format_is_what_it_was() {
    let text = concat!(
        "01c08db701c0843d80897a030701c0cf2400000001010000000000000000000000000000000101018092f40100000000",
        "00000000000000000000c0843d0000c0843d000101008092f40101c0843d00882703000001020001008092f401",
    );
    let auction = Auction {
        deadline: 3_000_000,
        post_reserve: 1_000_000,
        floor: Micros::units(1),
        posts: 3,
        seed: 7,
        payout: model::source::Payout::Share(600_000),
        min_margin: Micros::ZERO,
        tiers: Vec::new(),
        look_ahead: model::campaign::LookAhead::Off,
        max_buyers: 1,
        entrants: vec![crate::auction::Entrant {
            contract: ContractId::from_bits(1),
            kind: ContractKind::Direct,
            fixed: Some(Micros::units(2)),
            floor: None,
            max_bid: None,
            delivery_cost: Micros::ZERO,
            return_share: 0,
            priority: 0,
            backup: false,
            routing: Default::default(),
            served: Default::default(),
            odds: Default::default(),
            ping_timeout: 0,
            post_timeout: 1_000_000,
            on_unknown: Default::default(),
        }],
    };
    let (mut machine, _) = Taped::start(auction);
    machine.step(5_000, Event::PostAccepted { entrant: 0, price: None });
    assert_eq!(hex::encode(machine.tape()), text);
}

#[test]
fn other_formats_are_named_and_damage_is_told() {
    assert_eq!(Tape::read(&[]), Err(Unreadable::Damaged));
    assert_eq!(Tape::read(&[FORMAT]), Err(Unreadable::Damaged));
    assert_eq!(Tape::read(&[FORMAT + 1, 1, 2, 3]), Err(Unreadable::Format(FORMAT + 1)));
}

/// A tape of ten buyers that all bid stays small: it is written with every lead.
#[test]
fn a_tape_stays_small() {
    let entrant = |number: u128| crate::auction::Entrant {
        contract: ContractId::from_bits((0x0196_0000_0000_7000_8000 << 48) + number),
        kind: ContractKind::Auction,
        fixed: None,
        floor: Some(Micros::units(3)),
        max_bid: None,
        delivery_cost: Micros::cents(2),
        return_share: 20_000,
        priority: 0,
        backup: false,
        routing: Default::default(),
        served: crate::auction::Served { today: 120, last: 1_778_169_600_000_000 },
        odds: Default::default(),
        ping_timeout: 800_000,
        post_timeout: 2_000_000,
        on_unknown: Default::default(),
    };
    let auction = Auction {
        deadline: 3_000_000,
        post_reserve: 1_000_000,
        floor: Micros::units(1),
        posts: 3,
        seed: u64::MAX / 3,
        payout: model::source::Payout::Share(600_000),
        min_margin: Micros::ZERO,
        tiers: Vec::new(),
        look_ahead: model::campaign::LookAhead::Off,
        max_buyers: 1,
        entrants: (0..10).map(entrant).collect(),
    };
    let (mut machine, _) = Taped::start(auction);
    for entrant in 0..10 {
        let price = Micros::cents(1_000 + i64::try_from(entrant).unwrap_or(0));
        machine.step(40_000 + entrant as u64 * 977, Event::Bid { entrant, price, good_for: None });
    }
    machine.step(60_000, Event::PostAccepted { entrant: 9, price: None });
    let bytes = machine.tape().len();
    assert!((200..1_000).contains(&bytes), "{bytes} bytes");
}
