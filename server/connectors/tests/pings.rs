//! No personal value of any lead occurs in any rendered ping, whatever a mapping tries to send.

use connectors::Prepared;
use exchange::lead::{Lead, LeadMeta, Schema, read_lead, read_submission};
use model::{
    CampaignId, Currency, LeadId, Micros, Timestamp, VerticalId,
    campaign::{Auction, Campaign, Duplicates},
    field::{Field, FieldKind, Visibility},
    mapping::{BodyFormat, Call, From, Meta, ResponseRules, Row, Sign, Style},
};
use proptest::prelude::*;
use serde_json::json;

fn campaign() -> Campaign {
    let field = |name: &str, kind, visibility| Field {
        name: name.into(),
        label: name.into(),
        kind,
        required: false,
        visibility,
        example: String::new(),
    };
    let choices = FieldKind::Choice { values: vec!["Other".into(), "Geico".into()] };
    use Visibility::{Internal, Personal, Pingable};
    let fields = vec![
        field("zip", FieldKind::Zip, Pingable),
        field("state", FieldKind::State, Pingable),
        field("age", FieldKind::Integer { min: 16, max: 110 }, Pingable),
        field("insured", FieldKind::Boolean, Pingable),
        field("carrier", choices, Pingable),
        field("note", FieldKind::Text { max: 200 }, Internal),
        field("first_name", FieldKind::Text { max: 80 }, Personal),
        field("last_name", FieldKind::Text { max: 80 }, Personal),
        field("address", FieldKind::Text { max: 120 }, Personal),
        field("email", FieldKind::Email, Personal),
        field("phone", FieldKind::Phone, Personal),
        field("birth_date", FieldKind::Date, Personal),
        field("site", FieldKind::Url, Personal),
        field("ip", FieldKind::Ip, Personal),
    ];
    Campaign {
        id: CampaignId::from_bits(1),
        slug: "auto".into(),
        name: "Auto".into(),
        vertical_id: VerticalId::from_bits(1),
        active: true,
        currency: Currency::USD,
        fields,
        consent_required: false,
        duplicates: Duplicates::default(),
        auction: Auction { floor: Micros::ZERO, ..Auction::default() },
        fallback_url: "https://quotes.example/".into(),
    }
}

/// A mapping that tries to send everything there is, by every name and in every style.
fn greedy(format: BodyFormat, style: Style) -> Prepared {
    let mut rows = Vec::new();
    let mut row = |to: String, from| rows.push(Row { to, from, style, replace: Vec::new() });
    for field in campaign().fields {
        row(format!("all.{}", field.name), From::Field(field.name));
    }
    for name in ["something_unknown", "consent.text", "consent.ip", "trustedform", "jornaya"] {
        row(format!("guess.{}", name.replace('.', "_")), From::Field(name.into()));
    }
    for (name, meta) in [
        ("lead", Meta::LeadId),
        ("campaign", Meta::Campaign),
        ("test", Meta::Test),
        ("price", Meta::Price),
        ("has_tf", Meta::HasTrustedForm),
        ("has_jo", Meta::HasJornaya),
        ("tf", Meta::TrustedForm),
        ("jo", Meta::Jornaya),
        ("consent", Meta::ConsentText),
    ] {
        row(format!("meta.{name}"), From::Meta(meta));
    }
    row("token".into(), From::PingToken);
    let sign = Sign { path: "ok".into(), values: Vec::new() };
    let response = ResponseRules {
        accept: sign.clone(),
        reject: sign,
        price: None,
        reference: None,
        redirect: None,
        reason: None,
        reasons: Vec::new(),
    };
    let url = "https://buyer.example/ping".into();
    let call = Call { url, format, headers: Vec::new(), rows, response, timeout_ms: 500 };
    Prepared::new(&call).expect("a sound mapping")
}

/// Words that cannot be part of anything else in a ping: they are marked.
fn word() -> impl Strategy<Value = String> {
    "[a-z]{4,9}".prop_map(|word| format!("q{word}z"))
}

fn person() -> impl Strategy<Value = (Vec<String>, serde_json::Value)> {
    let phone = (2_u16..10, 20_u16..99, 200_u16..999, 0_u16..10_000)
        .prop_filter("no service codes", |(a, b, e, _)| !(*a * 100 + b).to_string().ends_with("11") && e % 100 != 11)
        .prop_map(|(a, b, e, n)| format!("{a}{b:02}{e}{n:04}"));
    let parts = (word(), word(), word(), word(), word(), word(), phone, 1_u8..250);
    parts.prop_map(|(first, last, street, local, unknown, consent, phone, ip)| {
        let email = format!("{local}@{last}.example");
        let (address, address_ip) = (format!("12 {street} St"), format!("203.0.113.{ip}"));
        let site = format!("https://{unknown}.example/{first}");
        let personal = vec![
            first.clone(), last.clone(), street, email.clone(), phone.clone(), address.clone(), address_ip.clone(),
            site.clone(), unknown.clone(), consent.clone(), "1984-05-31".into(), "cert.example/abc".into(),
            "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f".into(), format!("({}) {}-{}", &phone[..3], &phone[3..6], &phone[6..]),
        ];
        let body = json!({
            "campaign": "auto",
            "fields": {
                "zip": "48226", "state": "Michigan", "age": "41", "insured": "yes", "carrier": "geico",
                "note": format!("{consent} internal"), "first_name": first, "last_name": last, "address": address,
                "email": email, "phone": phone, "birth_date": "1984-05-31", "site": site, "ip": address_ip,
                "something_unknown": unknown,
            },
            "consent": { "text": consent, "ip": address_ip, "granted_at": "2026-05-07T19:04:11Z" },
            "certificates": { "trustedform": "https://cert.example/abc", "jornaya": "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f" },
        });
        (personal, body)
    })
}

fn lead(body: serde_json::Value) -> Lead {
    let schema = Schema::new(&campaign()).expect("a sound schema");
    let submission = read_submission(body).expect("a sound body");
    read_lead(&schema, submission, Timestamp(1_800_000_000_000_000)).expect("a sound lead")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_personal_value_is_in_any_ping((personal, body) in person(), form: bool, style in 0_usize..7) {
        let styles =
            [Style::Plain, Style::Text, Style::Upper, Style::Lower, Style::YesNo, Style::PhoneDigits, Style::PhoneNational];
        let format = if form { BodyFormat::Form } else { BodyFormat::Json };
        let lead = lead(body);
        let meta = LeadMeta { lead_id: LeadId::from_bits(7), campaign: "auto".into(), test: false };
        let ping = lead.ping_view(meta);
        let sent = greedy(format, styles[style]).render_ping(&ping);
        let text = String::from_utf8(sent).expect("text").to_lowercase();
        let decoded = percent_decoded(&text);
        for value in &personal {
            let value = value.to_lowercase();
            prop_assert!(!text.contains(&value) && !decoded.contains(&value), "{value} is in {text}");
            prop_assert!(!format!("{ping:?}").to_lowercase().contains(&value), "{value} is in the view");
        }
        // The ping is not simply empty.
        prop_assert!(text.contains("48226") && text.contains("41"));
        // And a person is recognised by neither Debug nor mask.
        let shown = format!("{:?}{:?}", lead, lead.mask());
        prop_assert!(personal.iter().all(|value| !shown.contains(value.as_str())), "{shown}");
    }
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(text.as_bytes()).map(|(name, value)| format!("{name}={value}&")).collect()
}
