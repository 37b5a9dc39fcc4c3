//! What form tools and lead ads send: each delivery becomes events, each event one lead.

use super::{
    request::{self, Member, Request, Unreadable, body, flat, form},
    write::{Val, object, text},
};
use model::intake::HookFormat;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most events of one delivery that are read.
const MOST_EVENTS: usize = 1_000;

/// One form that somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What was entered, and what the tool says beside it.
    pub members: Vec<Member>,
    /// The sender's id of it.
    pub id: Option<String>,
    /// What may name the campaign: a form, a page.
    pub campaigns: Vec<String>,
    /// Whether the sender says it is a test.
    pub test: bool,
    /// Whether only ids came and nothing that was entered.
    pub empty: bool,
}

/// What a request to a hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Somebody filled in forms.
    Events(Vec<Event>),
    /// Meta asks whether the address is ours: the token it was given, and what to answer.
    Challenge {
        /// The token.
        token: String,
        /// What is to be answered.
        challenge: String,
    },
    /// Events, with the key that Google was given.
    Keyed {
        /// The key.
        key: String,
        /// The event.
        event: Box<Event>,
    },
}

/// What came of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, under this id; the same id for a repeat.
    Stored(String),
    /// It was refused; why, in a word, and the fields it is about.
    Rejected(&'static str, Vec<String>),
}

/// Reads a delivery.
///
/// # Errors
/// When the body is not in the format it seems to be in.
pub fn read(format: HookFormat, request: &Request<'_>) -> Result<Delivery, Unreadable> {
    match format {
        HookFormat::Unbounce => unbounce(request.body),
        HookFormat::Gravity => Ok(gravity(body(request.body, &[])?)),
        HookFormat::Elementor => Ok(elementor(body(request.body, &[])?)),
        HookFormat::Meta if request.method == "GET" => Ok(challenge(request.query)),
        HookFormat::Meta => meta(request.body),
        HookFormat::Google => google(request.body),
        HookFormat::Json => Ok(generic(body(request.body, &[])?)),
    }
}

fn one(event: Event) -> Delivery {
    Delivery::Events(vec![event])
}

fn all(members: &[Member], names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| request::find(members, name).map(ToOwned::to_owned)).collect()
}

fn unbounce(bytes: &[u8]) -> Result<Delivery, Unreadable> {
    let outer = body(bytes, &[])?;
    let find = |names: [&str; 2]| names.iter().find_map(|name| request::find(&outer, name)).map(ToOwned::to_owned);
    let mut members = match (find(["data.json", "data_json"]), find(["data.xml", "data_xml"])) {
        (Some(json), _) => {
            let plain = request::json(json.as_bytes());
            // Some relays put a backslash before every quote.
            flat(plain.or_else(|_| request::json(json.replace("\\\"", "\"").as_bytes()))?)
        }
        (None, Some(xml)) => body(xml.as_bytes(), &[])?,
        (None, None) => Vec::new(),
    };
    let empty = members.is_empty();
    let page = outer.iter().filter(|member| member.name == "page_url").cloned();
    members.extend(page);
    members.retain(|member| !["page_uuid", "page_name", "variant"].contains(&member.name.as_str()));
    let campaigns = all(&outer, &["page_id", "page_uuid", "page_name"]);
    Ok(one(Event { members, campaigns, empty, ..Event::default() }))
}

fn gravity(mut members: Vec<Member>) -> Delivery {
    let columns = [
        "id",
        "form_id",
        "status",
        "date_created",
        "date_updated",
        "is_starred",
        "is_read",
        "currency",
        "created_by",
        "post_id",
        "is_fulfilled",
        "transaction_id",
        "transaction_type",
    ];
    let id = request::find(&members, "form_id").zip(request::find(&members, "id"));
    let id = id.map(|(form, entry)| format!("{form}-{entry}"));
    let campaigns = all(&members, &["form_id"]);
    members.retain(|member| !columns.contains(&member.name.as_str()) && !member.name.starts_with("payment_"));
    for member in &mut members {
        // A form cannot send a point in a name.
        let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((field, input)) = member.name.split_once('_').filter(|(a, b)| number(a) && number(b)) {
            member.name = format!("{field}.{input}");
        }
    }
    let empty = members.is_empty();
    one(Event { members, id, campaigns, empty, ..Event::default() })
}

fn elementor(members: Vec<Member>) -> Delivery {
    let campaigns = all(&members, &["form_id", "form.id", "form_name", "form.name"]);
    let mut plain: Vec<Member> = Vec::new();
    let mut values: BTreeMap<String, Member> = BTreeMap::new();
    for member in members {
        let mut parts = member.name.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            // What was entered stands under both names; the raw value is what the person typed.
            (Some("fields" | "meta"), Some(name), Some("raw_value")) => {
                values.insert(name.to_owned(), Member::new(name, member.value.as_str()));
            }
            (Some("fields" | "meta"), Some(name), Some("value")) => {
                values.entry(name.to_owned()).or_insert_with(|| Member::new(name, member.value.as_str()));
            }
            (Some("fields" | "meta" | "form"), Some(_), _) => {}
            _ if ["form_id", "form_name", "Date", "Time", "Powered by"].contains(&member.name.as_str()) => {}
            _ => plain.push(member),
        }
    }
    plain.extend(values.into_values());
    let empty = plain.is_empty();
    one(Event { members: plain, campaigns, empty, ..Event::default() })
}

fn challenge(query: &str) -> Delivery {
    let members = form(query.as_bytes());
    let get = |name: &str| request::find(&members, name).unwrap_or_default().to_owned();
    if get("hub.mode") == "subscribe" {
        return Delivery::Challenge { token: get("hub.verify_token"), challenge: get("hub.challenge") };
    }
    Delivery::Events(Vec::new())
}

fn meta(bytes: &[u8]) -> Result<Delivery, Unreadable> {
    let root = request::json(bytes)?;
    let mut events = Vec::new();
    // A relay that has fetched the lead sends it as it is.
    if root.get("field_data").is_some() {
        events.push(meta_event(&root));
    }
    for entry in root["entry"].as_array().into_iter().flatten() {
        for change in entry["changes"].as_array().into_iter().flatten() {
            if change["field"] == "leadgen" {
                events.push(meta_event(&change["value"]));
            }
        }
    }
    events.truncate(MOST_EVENTS);
    Ok(Delivery::Events(events))
}

fn meta_event(value: &Value) -> Event {
    let id = scalar(&value["leadgen_id"]).or_else(|| scalar(&value["id"]));
    let members = flat(value["field_data"].clone());
    let test = members.iter().any(|member| member.value.starts_with("<test lead:"));
    let campaigns = ["form_id", "ad_id", "adgroup_id", "page_id"].iter().filter_map(|name| scalar(&value[*name]));
    Event { empty: members.is_empty(), id, campaigns: campaigns.collect(), test, members }
}

/// An id as text: some senders write numbers beyond what others can hold.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn google(bytes: &[u8]) -> Result<Delivery, Unreadable> {
    let root = request::json(bytes)?;
    let mut members = flat(root["user_column_data"].clone());
    let empty = members.is_empty();
    members.extend(scalar(&root["gcl_id"]).map(|id| Member::new("click_id", id)));
    let campaigns = ["form_id", "campaign_id"].iter().filter_map(|name| scalar(&root[*name])).collect();
    let event = Event { members, id: scalar(&root["lead_id"]), campaigns, test: root["is_test"] == true, empty };
    Ok(Delivery::Keyed { key: scalar(&root["google_key"]).unwrap_or_default(), event: Box::new(event) })
}

fn generic(members: Vec<Member>) -> Delivery {
    let id = ["external_id", "event_id", "submission_id"].iter().find_map(|name| request::find(&members, name));
    let id = id.map(ToOwned::to_owned);
    let campaigns = all(&members, &["campaign", "form_id", "form"]);
    let control = ["campaign", "external_id", "event_id", "submission_id", "ping_id", "price", "source_id"];
    let members: Vec<_> = members.into_iter().filter(|member| !control.contains(&member.name.as_str())).collect();
    let empty = members.is_empty();
    one(Event { members, id, campaigns, test: false, empty })
}

/// The answer: a status and its JSON. What a sender would show a visitor, or send again for nothing, is 200.
#[must_use]
pub fn answer(format: HookFormat, outcomes: &[Outcome]) -> (u16, String) {
    let rejected = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Rejected(reason, fields) => Some((*reason, fields)),
        Outcome::Stored(_) => None,
    });
    match (format, rejected) {
        (HookFormat::Google, None) => (200, "{}".to_owned()),
        (HookFormat::Google, Some((reason, fields))) => {
            let message =
                if fields.is_empty() { reason.to_owned() } else { format!("{reason}: {}", fields.join(", ")) };
            (400, object([("message", text(message))]).json())
        }
        (_, None) => {
            let ids: Vec<&str> = outcomes.iter().filter_map(Outcome::id).collect();
            let head = object([("status", text("accepted"))]);
            let id = (ids.len() == 1).then(|| text(ids.first().copied().unwrap_or_default()));
            let list = (ids.len() > 1).then(|| Val::List(ids.iter().map(|id| text(*id)).collect()));
            (200, head.and("lead_id", id).and("lead_ids", list).json())
        }
        (_, Some((reason, fields))) => {
            let status = if reason == NO_DATA { 422 } else { 200 };
            let head = object([("status", text("rejected")), ("reason", text(reason))]);
            let message = (reason == NO_DATA).then(|| text(NO_DATA_ADVICE));
            let names = fields.iter().map(|name| text(name.as_str())).collect::<Vec<_>>();
            let names = (!names.is_empty()).then_some(Val::List(names));
            (status, head.and("message", message).and("fields", names).json())
        }
    }
}

/// Only ids came.
pub const NO_DATA: &str = "no_field_data";
const NO_DATA_ADVICE: &str = "Meta sends only ids here. Fetching the lead needs access to the Graph API of the page, which this \
     server does not have: send the lead with its field_data, through a relay that fetches it.";

impl Outcome {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Stored(id) if !id.is_empty() => Some(id),
            Self::Stored(_) | Self::Rejected(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(format: HookFormat, sent: &str) -> Vec<Event> {
        let request = Request {
            method: "POST",
            path: "",
            query: "",
            content_type: "",
            accept: "",
            key: None,
            body: sent.as_bytes(),
        };
        match read(format, &request).unwrap() {
            Delivery::Events(events) => events,
            Delivery::Keyed { event, .. } => vec![*event],
            Delivery::Challenge { .. } => panic!("a challenge"),
        }
    }

    fn pairs(event: &Event) -> Vec<(&str, &str)> {
        event.members.iter().map(|member| (member.name.as_str(), member.value.as_str())).collect()
    }

    #[test]
    fn unbounce_puts_json_in_a_form() {
        let json = "page_id=7648&variant=a&page_url=https%3A%2F%2Fgo.example%2F&data.json=%7B%22email%22%3A%5B%22a%40b.c%22%5D%2C%22x%22%3A%5B%221%22%2C%222%22%5D%7D";
        let event = &events(HookFormat::Unbounce, json)[0];
        assert_eq!(pairs(event), [("email", "a@b.c"), ("x", "1"), ("x", "2"), ("page_url", "https://go.example/")]);
        assert_eq!(event.campaigns, ["7648"]);
        let slashed = "data_json=%7B%5C%22email%5C%22%3A%5B%5C%22a%40b.c%5C%22%5D%7D";
        assert_eq!(pairs(&events(HookFormat::Unbounce, slashed)[0]), [("email", "a@b.c")]);
        let xml = "data.xml=%3C%3Fxml%20version%3D%221.0%22%3F%3E%3Cform_data%3E%3Cemail%3Ea%40b.c%3C%2Femail%3E%3C%2Fform_data%3E";
        assert_eq!(pairs(&events(HookFormat::Unbounce, xml)[0]), [("email", "a@b.c")]);
        assert!(events(HookFormat::Unbounce, "page_id=1")[0].empty);
    }

    #[test]
    fn gravity_counts_its_fields() {
        let json = r#"{"id":"812","form_id":"3","ip":"203.0.113.9","status":"active","1.3":"Jane","4.5":"78701"}"#;
        let event = &events(HookFormat::Gravity, json)[0];
        assert_eq!((event.id.as_deref(), event.campaigns.as_slice()), (Some("3-812"), &["3".to_owned()][..]));
        assert_eq!(pairs(event), [("ip", "203.0.113.9"), ("1.3", "Jane"), ("4.5", "78701")]);
        assert_eq!(
            pairs(&events(HookFormat::Gravity, "1_3=Jane&first_name=J")[0]),
            [("1.3", "Jane"), ("first_name", "J")]
        );
    }

    #[test]
    fn elementor_sends_labels_or_all_it_knows() {
        let simple = "First+Name=Jane&Remote+IP=203.0.113.9&Date=today&form_id=a1&form_name=Quote";
        let event = &events(HookFormat::Elementor, simple)[0];
        assert_eq!(pairs(event), [("First Name", "Jane"), ("Remote IP", "203.0.113.9")]);
        assert_eq!(event.campaigns, ["a1", "Quote"]);
        let all = "form[id]=a1&fields[email][id]=email&fields[email][value]=A%40b.c&fields[email][raw_value]=a%40b.c&meta[remote_ip][value]=203.0.113.9&meta[remote_ip][title]=IP";
        let event = &events(HookFormat::Elementor, all)[0];
        assert_eq!(pairs(event), [("email", "a@b.c"), ("remote_ip", "203.0.113.9")]);
        assert_eq!(event.campaigns, ["a1"]);
    }

    #[test]
    fn meta_sends_ids_or_what_was_entered() {
        let ids = r#"{"object":"page","entry":[{"id":"1","changes":[{"field":"leadgen","value":{"leadgen_id":12312312312312312319,"form_id":"7"}},{"field":"feed","value":{}}]}]}"#;
        let all = events(HookFormat::Meta, ids);
        assert_eq!((all.len(), all[0].empty, all[0].id.as_deref()), (1, true, Some("12312312312312312319")));
        let filled = r#"{"id":"9","field_data":[{"name":"email","values":["a@b.c"]},{"name":"city","values":["<test lead: dummy data for city>"]}]}"#;
        let event = &events(HookFormat::Meta, filled)[0];
        assert_eq!(pairs(event), [("email", "a@b.c"), ("city", "<test lead: dummy data for city>")]);
        assert!(event.test && !event.empty);
        let asked = Request {
            method: "GET",
            path: "",
            query: "hub.mode=subscribe&hub.challenge=11&hub.verify_token=t",
            content_type: "",
            accept: "",
            key: None,
            body: b"",
        };
        assert_eq!(
            read(HookFormat::Meta, &asked).unwrap(),
            Delivery::Challenge { token: "t".into(), challenge: "11".into() }
        );
    }

    #[test]
    fn google_and_others_name_their_columns() {
        let sent = r#"{"lead_id":"L1","form_id":40000000000,"gcl_id":"g","google_key":"s","is_test":true,"user_column_data":[{"column_name":"Full Name","column_id":"FULL_NAME","string_value":"Jane Doe"}]}"#;
        let event = &events(HookFormat::Google, sent)[0];
        assert_eq!(pairs(event), [("FULL_NAME", "Jane Doe"), ("click_id", "g")]);
        assert!(event.test && event.campaigns == ["40000000000"]);
        let event =
            &events(HookFormat::Json, r#"{"contact":{"email":"a@b.c"},"event_id":"e1","campaign":"auto","price":"9"}"#)
                [0];
        assert_eq!((pairs(event), event.id.as_deref()), (vec![("contact.email", "a@b.c")], Some("e1")));
    }

    #[test]
    fn answers_are_what_each_sender_takes_for_success() {
        let stored = [Outcome::Stored("led_1".into())];
        assert_eq!(answer(HookFormat::Json, &stored), (200, r#"{"status":"accepted","lead_id":"led_1"}"#.into()));
        assert_eq!(answer(HookFormat::Google, &stored), (200, "{}".into()));
        let refused = [Outcome::Rejected("invalid_lead", vec!["zip".into()])];
        assert_eq!(answer(HookFormat::Google, &refused), (400, r#"{"message":"invalid_lead: zip"}"#.into()));
        assert_eq!(
            answer(HookFormat::Elementor, &refused),
            (200, r#"{"status":"rejected","reason":"invalid_lead","fields":["zip"]}"#.into())
        );
        assert_eq!(answer(HookFormat::Meta, &[Outcome::Rejected(NO_DATA, Vec::new())]).0, 422);
    }
}
