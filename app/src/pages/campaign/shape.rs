//! What a campaign begins from, and what a form of it is put right in before it is sent.

use crate::form::Form;
use serde_json::{Value, json};

/// What a new campaign may begin from: the word in the address, and what people read.
pub const TEMPLATES: [(&str, &str); 4] =
    [("contact", "Contact details"), ("auto", "Auto insurance"), ("home", "Home services"), ("solar", "Solar")];

fn field(name: &str, label: &str, kind: Value, visibility: &str, example: &str) -> Value {
    json!({
        "name": name, "label": label, "kind": kind, "required": true, "visibility": visibility, "example": example,
    })
}

fn choice(values: &[&str]) -> Value {
    json!({ "type": "choice", "values": values })
}

/// A new campaign of this template; contact details only for a word that is none.
pub fn template(word: &str) -> Value {
    let plain = |kind: &str| json!({ "type": kind });
    let mut fields = vec![
        field("zip", "ZIP code", plain("zip"), "pingable", "48226"),
        field("state", "State", plain("state"), "pingable", "MI"),
    ];
    match word {
        "auto" => fields.extend([
            field("age", "Age", json!({ "type": "integer", "min": 16, "max": 110 }), "pingable", "41"),
            field("insured", "Insured now", plain("boolean"), "pingable", "true"),
            field("vehicles", "Vehicles", json!({ "type": "integer", "min": 1, "max": 9 }), "pingable", "2"),
        ]),
        "home" => fields.extend([
            field(
                "service",
                "Service",
                choice(&["roofing", "windows", "hvac", "plumbing", "bath"]),
                "pingable",
                "roofing",
            ),
            field("owner", "Owns the home", plain("boolean"), "pingable", "true"),
            field("timing", "When", choice(&["now", "one_month", "three_months", "later"]), "pingable", "now"),
        ]),
        "solar" => fields.extend([
            field("owner", "Owns the home", plain("boolean"), "pingable", "true"),
            field(
                "bill",
                "Electric bill a month",
                json!({ "type": "integer", "min": 0, "max": 5000 }),
                "pingable",
                "180",
            ),
            field("shade", "Shade on the roof", choice(&["none", "some", "much"]), "pingable", "none"),
        ]),
        _ => {}
    }
    let text = json!({ "type": "text", "max": 80 });
    fields.extend([
        field("first_name", "First name", text.clone(), "personal", "Dana"),
        field("last_name", "Last name", text, "personal", "Reyes"),
        field("email", "E-mail", plain("email"), "personal", "dana@example.com"),
        field("phone", "Phone", plain("phone"), "personal", "(313) 555-0142"),
    ]);
    json!({
        "slug": "", "name": "", "currency": "USD", "active": true, "fallback_url": "", "consent_required": true,
        "fields": fields,
        "duplicates": { "same_buyer_days": 30, "cross_buyer_days": 7, "by": ["phone", "email"] },
        "auction": {
            "floor": "1.00", "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000, "tiers": [], "look_ahead": "off",
            "max_buyers": 1, "min_margin": "0.00",
        },
    })
}

/// A copy of a campaign, without what only one may have.
pub fn copy(campaign: &Value) -> Value {
    let mut copy = campaign.clone();
    if let Some(members) = copy.as_object_mut() {
        members.remove("id");
        members.insert("slug".to_owned(), "".into());
        let name = format!("{} (copy)", campaign["name"].as_str().unwrap_or_default());
        members.insert("name".to_owned(), name.into());
    }
    copy
}

/// What inputs leave empty goes. Of each field's kind, what belongs to its type: the form shows limits of numbers and values of choices side by side.
pub fn tidy(form: &mut Form) {
    // Without anything in them there are no further rounds.
    let blank = |members: &serde_json::Map<String, Value>| members.values().all(Value::is_null);
    if form.at("reoffer").as_object().is_some_and(blank)
        && let Some(campaign) = form.value.as_object_mut()
    {
        campaign.remove("reoffer");
    }
    let Some(fields) = form.value.get_mut("fields").and_then(Value::as_array_mut) else { return };
    for kind in fields.iter_mut().filter_map(|field| field.get_mut("kind")).filter_map(Value::as_object_mut) {
        let own: &[&str] = match kind.get("type").and_then(Value::as_str) {
            Some("text") => &["max"],
            Some("integer") => &["min", "max"],
            Some("choice") => &["values"],
            _ => &[],
        };
        kind.retain(|name, _| name == "type" || own.contains(&name.as_str()));
        let blank = kind.get("max").is_none_or(Value::is_null);
        if blank && own == ["max"] {
            kind.insert("max".to_owned(), 200.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::campaign::Campaign;

    #[test]
    fn every_template_is_a_campaign() {
        for (word, _) in TEMPLATES {
            let mut value = template(word);
            value["id"] = "cmp_00000000000000000000000001".into();
            value["vertical_id"] = "ver_00000000000000000000000001".into();
            value["auction"]["floor"] = 1_000_000.into();
            value["auction"]["min_margin"] = 0.into();
            let ids = [model::CampaignId::from_bits(1).to_string(), model::VerticalId::from_bits(1).to_string()];
            (value["id"], value["vertical_id"]) = (ids[0].clone().into(), ids[1].clone().into());
            let read = serde_json::from_value::<Campaign>(value).unwrap();
            assert!(read.fields.iter().any(|field| field.kind.can_ping()), "{word}");
        }
    }

    #[test]
    fn a_kind_keeps_what_belongs_to_its_type() {
        let kind = |kind: &str| json!({ "kind": { "type": kind, "min": 1, "max": null, "values": ["a"] } });
        let mut form = Form::new(json!({ "fields": [kind("zip"), kind("integer"), kind("choice"), kind("text")] }));
        tidy(&mut form);
        let wanted = json!([
            { "kind": { "type": "zip" } }, { "kind": { "type": "integer", "min": 1, "max": null } },
            { "kind": { "type": "choice", "values": ["a"] } }, { "kind": { "type": "text", "max": 200 } },
        ]);
        assert_eq!(form.value["fields"], wanted);
    }

    #[test]
    fn further_rounds_are_there_or_not() {
        let terms =
            |times: Value| json!({ "reoffer": { "after_minutes": null, "times": times, "fresh_minutes": null } });
        let mut form = Form::new(terms(Value::Null));
        tidy(&mut form);
        assert_eq!(form.value, json!({}));
        let mut form = Form::new(terms(json!(2)));
        tidy(&mut form);
        assert_eq!(form.value, terms(json!(2)), "what is missing is for the checks to name");
    }

    #[test]
    fn a_copy_has_no_identity() {
        let copied = copy(&json!({ "id": "cmp_1", "slug": "auto", "name": "Auto", "currency": "USD" }));
        assert_eq!(copied, json!({ "slug": "", "name": "Auto (copy)", "currency": "USD" }));
    }
}
