//! Whatever comes in as a request of another platform or a tool is read or refused, and answered; nothing personal of it
//! stays in a ping.

use connectors::intake::{
    Aliases, Fault, HookFormat, Member, Moment, Platform, Request, Told, answer, place, read, read_hook,
};
use model::{
    Timestamp,
    field::{Field, FieldKind, Visibility},
    intake::Intake,
};
use proptest::prelude::*;

const PATHS: [&str; 9] = [
    "",
    "ping",
    "post",
    "new_api/api.php",
    "lead/check-lead-status",
    "restapi/v1.3/apiqueue/é",
    "flows/a/sources/b/submit",
    "v1/authorization/token",
    "processor/insert/AutoRedirect",
];

/// Bytes that look like what is sent, and bytes that do not.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let nearly = r#"[ -~é\n]{0,80}"#.prop_map(String::into_bytes);
    let form = proptest::collection::vec(("[A-Za-z_.\\[\\]%]{0,12}", "[ -~]{0,20}"), 0..12).prop_map(|pairs| {
        pairs.iter().map(|(name, value)| format!("{name}={value}&")).collect::<String>().into_bytes()
    });
    let json = "[a-z\\[\\]{}\":,0-9\\\\]{0,60}".prop_map(|text| format!("{{{text}").into_bytes());
    let xml = "[a-z<>/!\\[\\]CDAT&;='\"-]{0,60}".prop_map(|text| format!("<{text}").into_bytes());
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..120), nearly, form, json, xml]
}

proptest! {
    #[test]
    fn nothing_that_is_sent_ends_badly(body in sent(), query in "[ -~]{0,40}", accept in "[ -~]{0,30}", path in 0..PATHS.len()) {
        let request = Request {
            method: "POST", path: PATHS[path], query: &query, content_type: "text/xml", accept: &accept, key: None, body: &body,
        };
        let at = Moment { now: Timestamp(1), took_ms: 1, request: 1 };
        for platform in Platform::ALL {
            let asked = read(*platform, &request);
            for fault in [Fault::Key, Fault::Often(1), Fault::Busy(1), Fault::Used, Fault::Unreadable("JSON".into())] {
                let reply = answer(*platform, &asked, &Told::Refused(fault), at);
                prop_assert!((200..=599).contains(&reply.status) && !reply.kind.is_empty());
            }
        }
        for format in HookFormat::ALL {
            let _ = read_hook(*format, &request);
        }
    }

    #[test]
    fn a_ping_keeps_nothing_personal(names in proptest::collection::vec(0..NAMES.len(), 0..20)) {
        let fields: Vec<_> = FIELDS.iter().map(|(name, visibility)| Field {
            name: (*name).to_owned(), label: String::new(), kind: FieldKind::Text { max: 80 }, required: false,
            visibility: *visibility, example: String::new(),
        }).collect();
        let members: Vec<Member> = names.iter().map(|at| Member { name: NAMES[*at].to_owned(), value: format!("secret-{at}"), number: false }).collect();
        for platform in Platform::ALL.iter().map(|one| Some(*one)).chain([None]) {
            let intake = Intake::default();
            let placed = place(&members, Aliases { intake: &intake, platform, fields: &fields }, true);
            prop_assert!(placed.body["fields"].as_object().is_some_and(|fields| fields.keys().all(|name| name == "vehicle")));
            prop_assert!(!placed.body.contains_key("consent"));
        }
    }
}

const FIELDS: [(&str, Visibility); 4] = [
    ("vehicle", Visibility::Pingable),
    ("email", Visibility::Personal),
    ("phone", Visibility::Personal),
    ("first_name", Visibility::Personal),
];
const NAMES: [&str; 12] = [
    "Vehicle",
    "Email",
    "email_address",
    "Primary_Phone",
    "phone1",
    "First_Name",
    "full_name",
    "IP_Address",
    "TCPA_Language",
    "userAgent",
    "anything",
    "consent.text",
];
