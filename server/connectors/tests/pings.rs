//! No personal value of any lead occurs in any rendered ping, whatever a mapping tries to send.

mod common;

use common::{campaign, lead, meta, posted};
use connectors::Prepared;
use model::{
    Micros,
    mapping::{BodyFormat, Call, From, Meta, ResponseRules, Row, Sign, Style},
};
use proptest::prelude::*;
use serde_json::json;

/// A mapping that tries to send everything there is, by every name and in every style.
fn greedy(format: BodyFormat, style: Style) -> Prepared {
    let mut rows = Vec::new();
    let mut row = |to: String, from| rows.push(Row { to, from, style, ..Row::default() });
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
        ("consent_at", Meta::ConsentAt),
        ("consent_url", Meta::ConsentUrl),
        ("consent_ip", Meta::ConsentIp),
        ("consent_ua", Meta::ConsentUserAgent),
    ] {
        row(format!("meta.{name}"), From::Meta(meta));
    }
    row("token".into(), From::PingToken);
    let sign = |path: &str| Sign { path: path.into(), ..Sign::default() };
    let response = ResponseRules {
        accept: sign("ok"),
        reject: sign("no"),
        price: None,
        reference: None,
        redirect: None,
        reason: None,
        reasons: Vec::new(),
        ..ResponseRules::default()
    };
    let url = "https://buyer.example/ping".into();
    let call = Call { url, format, headers: Vec::new(), rows, response, timeout_ms: 500, ..Call::default() };
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_personal_value_is_in_any_ping((personal, body) in person(), form: bool, style in 0..STYLES.len()) {
        let format = if form { BodyFormat::Form } else { BodyFormat::Json };
        let (lead, greedy) = (lead(body), greedy(format, STYLES[style]));
        let ping = lead.ping_view(meta());
        let request = greedy.ping(&ping, Some(&lead.contact_hashes())).expect("sent");
        let text = String::from_utf8(request.body).expect("text");
        for value in &personal {
            prop_assert!(!says(&text, value), "{value} is in {text}");
            prop_assert!(!says(&format!("{ping:?}"), value), "{value} is in the view");
        }
        // The ping is not simply empty.
        let telling = matches!(STYLES[style], Style::Plain | Style::Text | Style::Upper | Style::YesNo | Style::DateIso);
        prop_assert!(!telling || (text.contains("48226") && text.contains("41")), "{text}");
        // And a person is recognised by neither Debug nor mask.
        let shown = format!("{:?}{:?}", lead, lead.mask());
        prop_assert!(personal.iter().all(|value| !shown.contains(value.as_str())), "{shown}");
    }

    /// The counter-proof: the same mappings of the same leads do say it all in a post, so the test above would see it.
    #[test]
    fn every_personal_value_is_in_the_post((personal, body) in person(), form: bool) {
        let format = if form { BodyFormat::Form } else { BodyFormat::Json };
        let text = posted(&greedy(format, Style::Plain), &lead(body), Micros::cents(1250), Some("tok-1"));
        // A field the schema does not know is never sent, and a phone number is sent in one form only.
        for value in personal.iter().filter(|value| !value.starts_with('(')) {
            prop_assert!(says(&text, value), "{value} is not in {text}");
        }
        prop_assert!(says(&text, "tok-1") && says(&text, "12.50"));
    }
}

const STYLES: [Style; 45] = [
    Style::Plain,
    Style::Text,
    Style::Number,
    Style::Upper,
    Style::Lower,
    Style::Title,
    Style::Digits,
    Style::FirstWord,
    Style::OtherWords,
    Style::YesNo,
    Style::YesNoUpper,
    Style::YesNoLower,
    Style::YN,
    Style::TrueFalse,
    Style::OneZero,
    Style::OneTwo,
    Style::PhoneDigits,
    Style::PhoneNational,
    Style::PhoneDashes,
    Style::PhoneE164,
    Style::PhoneArea,
    Style::PhoneExchange,
    Style::PhoneLine,
    Style::Zip3,
    Style::StateName,
    Style::DateIso,
    Style::DateUs,
    Style::DateUsDashes,
    Style::DateDayFirst,
    Style::DateCompact,
    Style::DateYear,
    Style::DateMonth,
    Style::DateDay,
    Style::Age,
    Style::DateTime,
    Style::Unix,
    Style::Decimal,
    Style::Cents,
    Style::Whole,
    Style::Domain,
    Style::Mailbox,
    Style::LastSegment,
    Style::Md5,
    Style::Sha1,
    Style::Sha256,
];

/// Whether a body says a value, in any case, encoded or not.
fn says(body: &str, value: &str) -> bool {
    let (body, value) = (body.to_lowercase(), value.to_lowercase());
    body.contains(&value) || percent_decoded(&body).contains(&value)
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(text.as_bytes()).map(|(name, value)| format!("{name}={value}&")).collect()
}
