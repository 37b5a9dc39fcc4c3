//! What is told to others: postbacks, signatures, answers and the schedule, from a file of examples.

use connectors::{
    endpoint_faults,
    postback::{Macro, Template},
    retry::{Verdict, judge, next_at},
    webhook::{Disbelief, Secret, body, sign, verify},
};
use model::{
    BuyerId, CampaignId, Currency, EndpointId, LeadId, MessageId, Micros, Money, SourceId, Timestamp,
    endpoint::{Endpoint, Event, Facts, LeadFacts, Message, Method, Target},
    lead::Tracking,
};
use proptest::prelude::*;
use serde_json::Value;

/// 2026-08-21T10:00:00Z.
const NOW: Timestamp = Timestamp(1_787_306_400_000_000);

fn examples(of: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("outward.json")).expect("JSON");
    file[of].as_array().expect("a list").clone()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// A message about a lead, changed.
fn with(change: impl FnOnce(&mut LeadFacts)) -> Message {
    let mut message = message();
    if let Facts::Lead(facts) = &mut message.data {
        change(facts);
    }
    message
}

fn message() -> Message {
    let label = |text: &str| Some(text.to_owned());
    let money = |cents| Some(Money { amount: Micros::cents(cents), currency: Currency::USD });
    Message {
        id: MessageId::from_bits(1),
        event: Event::Sold,
        at: NOW,
        data: Facts::Lead(LeadFacts {
            lead_id: LeadId::from_bits(7),
            sequence: 1,
            state: "sold".to_owned(),
            reason: None,
            campaign_id: CampaignId::from_bits(2),
            campaign: "auto-insurance".to_owned(),
            source_id: SourceId::from_bits(3),
            source: "own-form".to_owned(),
            external_id: label("form 8812"),
            tracking: Tracking {
                sub1: label("fb&amount=999"),
                sub2: label("/../?x#y"),
                sub3: label("ü +%"),
                sub4: None,
                sub5: label(".."),
                click_id: label("ef_9a1"),
            },
            payout: money(1104),
            revenue: money(1840),
            buyer_id: Some(BuyerId::from_bits(4)),
            contract_id: None,
            test: false,
        }),
    }
}

fn endpoint(target: Target) -> Endpoint {
    Endpoint {
        id: EndpointId::from_bits(1),
        name: "Tracker".to_owned(),
        active: true,
        disabled_reason: None,
        test: false,
        source_id: None,
        campaign_id: None,
        on: vec![Event::Sold],
        target,
    }
}

fn postback(url: &str) -> Endpoint {
    endpoint(Target::Postback { method: Method::Get, url: url.to_owned() })
}

#[test]
fn macros_are_filled_and_encoded() {
    for example in examples("postbacks") {
        let template = Template::new(text(&example, "url")).expect("a right address");
        assert_eq!(template.fill(&message()), text(&example, "filled"));
        assert_eq!(endpoint_faults(&postback(text(&example, "url"))), [""; 0]);
    }
}

#[test]
fn every_fault_of_an_address_is_named() {
    for example in examples("refused") {
        let faults = Template::new(text(&example, "url")).expect_err(text(&example, "url"));
        assert_eq!(serde_json::to_value(faults).unwrap(), example["faults"], "{}", text(&example, "url"));
    }
    assert!(Template::new(&format!("https://t.example/{}", "a".repeat(3000))).is_err());
}

#[test]
fn plain_http_is_for_the_own_network() {
    for url in
        ["http://127.0.0.1:3801/postback/a?x={lead_id}", "http://10.1.2.3/", "http://[::1]/", "http://[fd00::1]/"]
    {
        assert_eq!(endpoint_faults(&postback(url)), [""; 0], "{url}");
    }
}

#[test]
fn a_sources_own_postback_never_carries_revenue() {
    let mut own = postback("https://t.example/?p={payout}&r={revenue}");
    assert_eq!(endpoint_faults(&own), [""; 0]);
    own.source_id = Some(SourceId::from_bits(1));
    assert_eq!(endpoint_faults(&own), ["a source's own postback may not carry {revenue}: use {payout}"]);
    own.target = Target::Webhook { url: "https://t.example/".to_owned() };
    assert_eq!(endpoint_faults(&own), [""; 0]);
    own.target = postback("https://t.example/?r={revenue}&x={email}").target;
    assert_eq!(endpoint_faults(&own).len(), 2);
}

#[test]
fn every_fault_of_an_endpoint_is_named() {
    let mut wrong = endpoint(Target::Webhook { url: "http://hook.example/".to_owned() });
    wrong.name = "  ".to_owned();
    wrong.on.clear();
    assert_eq!(endpoint_faults(&wrong).len(), 3, "{:?}", endpoint_faults(&wrong));
}

#[test]
fn of_alerts_only_a_webhook_of_the_tenants_own_is_told() {
    let told = |target, source_id| {
        endpoint_faults(&Endpoint { on: vec![Event::Sold, Event::AlertOpened], source_id, ..endpoint(target) })
    };
    let hook = || Target::Webhook { url: "https://hook.example/".to_owned() };
    assert!(told(hook(), None).is_empty());
    assert_eq!(told(hook(), Some(SourceId::from_bits(3))).len(), 1);
    let tracker = Target::Postback { method: Method::Get, url: "https://t.example/".to_owned() };
    assert_eq!(told(tracker, None).len(), 1);
}

#[test]
fn nothing_of_an_unsold_lead_is_zero_money() {
    let unsold = with(|facts| (facts.payout, facts.revenue) = (None, None));
    let template = Template::new("https://t.example/?p={payout}&r={revenue}&c={currency}").unwrap();
    assert_eq!(template.fill(&unsold), "https://t.example/?p=0.00&r=0.00&c=");
    assert!(template.has(Macro::Payout) && !template.has(Macro::ClickId));
}

#[test]
fn signatures_are_those_of_the_contract() {
    for example in examples("signatures") {
        let secret = Secret::read(text(&example, "secret")).expect("a secret");
        let (id, sent) = (text(&example, "id"), example["timestamp"].as_i64().unwrap());
        let (body, expected) = (text(&example, "body").as_bytes(), text(&example, "signature"));
        assert_eq!(sign(std::slice::from_ref(&secret), id, sent, body), expected);
        assert_eq!(secret.shown(), text(&example, "secret"));
        let stamp = sent.to_string();
        let check = |headers, body: &[u8], now| verify(&secret, headers, body, now);
        let right = (Some(id), Some(stamp.as_str()), Some(expected));
        for now in [sent, sent + 300, sent - 300] {
            assert_eq!(check(right, body, now), Ok(()));
        }
        for now in [sent + 301, sent - 301, i64::MAX, i64::MIN] {
            assert_eq!(check(right, body, now), Err(Disbelief::Stale));
        }
        assert_eq!(check((None, right.1, right.2), body, sent), Err(Disbelief::Missing));
        assert_eq!(check((right.0, None, right.2), body, sent), Err(Disbelief::Missing));
        assert_eq!(check((right.0, right.1, None), body, sent), Err(Disbelief::Missing));
        assert_eq!(check((right.0, Some("now"), right.2), body, sent), Err(Disbelief::Timestamp));
        assert_eq!(check(right, b"{}", sent), Err(Disbelief::Signature));
        assert_eq!(check((Some("msg_other"), right.1, right.2), body, sent), Err(Disbelief::Signature));
        for bad in ["", "v1", "v1,", "v1,!!!", "v1a,AAAA", &expected[3..], &expected.replace("v1", "v2")] {
            assert_eq!(check((right.0, right.1, Some(bad)), body, sent), Err(Disbelief::Signature), "{bad}");
        }
    }
}

#[test]
fn while_a_secret_changes_both_are_right() {
    let (old, new) = (Secret::new(vec![1; 32]).unwrap(), Secret::new(vec![2; 32]).unwrap());
    let header = sign(&[new.clone(), old.clone()], "msg_1", 5, b"{}");
    assert_eq!(header.split(' ').count(), 2);
    for secret in [old, new] {
        let future = format!("v9,abc {header}");
        assert_eq!(verify(&secret, (Some("msg_1"), Some("5"), Some(&future)), b"{}", 5), Ok(()));
    }
}

#[test]
fn what_is_no_secret_is_refused_and_none_is_printed() {
    for bad in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whpk_AAAA"] {
        assert!(Secret::read(bad).is_err(), "{bad}");
    }
    assert!(Secret::new(vec![0; 65]).is_err());
    assert_eq!(format!("{:?}", Secret::new(vec![7; 24]).unwrap()), "Secret(…)");
}

#[test]
fn the_body_is_the_contracts() {
    let body: Value = serde_json::from_str(&body(&message())).unwrap();
    assert_eq!((&body["type"], &body["timestamp"]), (&"lead.sold".into(), &"2026-08-21T10:00:00.000Z".into()));
    assert_eq!(body["data"]["payout"], serde_json::json!({ "amount": "11.04", "currency": "USD" }));
    assert_eq!(body["data"]["sequence"], 1);
    assert!(body["data"].get("reason").is_none(), "what is not there is left out");
}

#[test]
fn answers_mean_what_the_contract_says() {
    for example in examples("answers") {
        let status = u16::try_from(example["status"].as_u64().unwrap()).unwrap();
        let expected = match text(&example, "is") {
            "delivered" => Verdict::Delivered,
            "gone" => Verdict::Gone,
            _ => Verdict::Failed {
                wait_ms: example["wait_ms"].as_i64(),
                overloaded: example["overloaded"].as_bool().unwrap_or_default(),
            },
        };
        assert_eq!(judge(status, example["retry_after"].as_str(), NOW), expected, "{example}");
    }
}

#[test]
fn the_schedule_is_the_contracts() {
    let waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map(|seconds| seconds * 1000_i64);
    for (wait, tries) in waits.into_iter().zip(1..) {
        for bits in 0..200 {
            let next = next_at(MessageId::from_bits(bits), tries, None, NOW).expect("another try").millis_since(NOW);
            assert!((wait - wait / 10..=wait + wait / 10).contains(&next), "try {tries}: {next}");
            assert_eq!(next_at(MessageId::from_bits(bits), tries, None, NOW).unwrap().millis_since(NOW), next);
        }
    }
    assert_eq!(next_at(MessageId::from_bits(1), 8, None, NOW), None, "the eighth was the last");
    let spread: std::collections::HashSet<_> =
        (0..200).map(|bits| next_at(MessageId::from_bits(bits), 2, None, NOW)).collect();
    assert!(spread.len() > 150, "what failed together does not come back together");
}

#[test]
fn a_receiver_puts_us_off_but_never_hurries_us() {
    let wait = |wait_ms| next_at(MessageId::from_bits(1), 1, wait_ms, NOW).unwrap().millis_since(NOW);
    assert_eq!(wait(Some(90_000)), 90_000);
    assert_eq!(wait(Some(0)), wait(None));
}

proptest! {
    /// Whatever a source writes into its labels, host and parameters stay those of the template.
    #[test]
    fn labels_stay_values(sub1 in any::<String>(), click in any::<String>()) {
        let message = with(|facts| {
            facts.tracking.sub1 = Some(sub1.clone());
            facts.tracking.click_id = Some(click.clone());
        });
        let filled = Template::new("https://t.example/a/{click_id}/b?x={sub1}&y=2").unwrap().fill(&message);
        let url = url::Url::parse(&filled).unwrap();
        prop_assert_eq!(url.host_str(), Some("t.example"));
        prop_assert!(url.path().starts_with("/a/") && url.path().ends_with("/b"));
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let expected = if matches!(sub1.as_str(), "." | "..") { String::new() } else { sub1 };
        prop_assert_eq!(pairs, vec![("x".to_owned(), expected), ("y".to_owned(), "2".to_owned())]);
    }
}
