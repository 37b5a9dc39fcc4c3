//! What a campaign begins from, and what a form of it is put right in before it is sent.

use crate::{backend::configure::TemplateView, form::Form};
use serde_json::{Map, Value};

/// A new campaign of a template, under a short name that no other campaign has.
pub fn template(template: &TemplateView, campaigns: &[Value]) -> Value {
    let mut value = template.campaign.clone();
    let taken = |slug: &str| campaigns.iter().any(|campaign| campaign["slug"] == slug);
    if taken(&template.id) {
        let free = (2..).find(|number| !taken(&format!("{}-{number}", template.id))).unwrap_or_default();
        value["slug"] = format!("{}-{free}", template.id).into();
        value["name"] = format!("{} {free}", template.name).into();
    }
    value["active"] = true.into();
    value
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

/// What inputs leave empty goes. Of each field's kind, what belongs to its type: the form shows limits of numbers and values
/// of choices side by side.
pub fn tidy(form: &mut Form) {
    // Without anything in them there are no further rounds, no form of ours, and no consent text.
    let blank = |value: &Value| value.is_null() || *value == false || *value == "";
    for name in ["reoffer", "hosted_form", "consent"] {
        if form.at(name).as_object().is_some_and(|members: &Map<String, Value>| members.values().all(blank))
            && let Some(campaign) = form.value.as_object_mut()
        {
            campaign.remove(name);
        }
    }
    if let Some(text) = form.value.get_mut("consent").and_then(|consent| consent.get_mut("text"))
        && text.is_null()
    {
        *text = "".into();
    }
    if let Some(fields) = form.value.get_mut("fields").and_then(Value::as_array_mut) {
        kinds(fields);
    }
}

fn kinds(fields: &mut [Value]) {
    for kind in fields.iter_mut().filter_map(|field| field.get_mut("kind")).filter_map(Value::as_object_mut) {
        let own: &[&str] = match kind.get("type").and_then(Value::as_str) {
            Some("text") => &["max"],
            Some("integer" | "money" | "range") => &["min", "max"],
            Some("decimal") => &["min", "max", "places"],
            Some("choice") => &["values"],
            Some("band") => &["bands"],
            Some("list") => &["max", "members"],
            _ => &[],
        };
        kind.retain(|name, _| name == "type" || own.contains(&name.as_str()));
        let blank = |kind: &Map<String, Value>, name: &str| kind.get(name).is_none_or(Value::is_null);
        let usual = match own {
            ["max"] => 200,
            ["max", "members"] => 10,
            _ => 0,
        };
        if usual > 0 && blank(kind, "max") {
            kind.insert("max".to_owned(), usual.into());
        }
        if own.contains(&"places") && blank(kind, "places") {
            kind.insert("places".to_owned(), 2.into());
        }
        for list in ["bands", "members"].into_iter().filter(|list| own.contains(list)) {
            if blank(kind, list) {
                kind.insert(list.to_owned(), Value::Array(Vec::new()));
            }
        }
        if let Some(members) = kind.get_mut("members").and_then(Value::as_array_mut) {
            kinds(members);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_gets_a_free_short_name() {
        let view = TemplateView {
            id: "solar".to_owned(),
            name: "Solar".to_owned(),
            group: String::new(),
            about: String::new(),
            consent: String::new(),
            campaign: json!({ "slug": "solar", "name": "Solar" }),
            filters: Vec::new(),
        };
        let made = |slugs: &[&str]| {
            let campaigns: Vec<_> = slugs.iter().map(|slug| json!({ "slug": slug })).collect();
            let value = template(&view, &campaigns);
            (value["slug"].as_str().unwrap().to_owned(), value["name"].as_str().unwrap().to_owned())
        };
        assert_eq!(made(&["auto"]), ("solar".to_owned(), "Solar".to_owned()));
        assert_eq!(made(&["solar", "solar-2"]), ("solar-3".to_owned(), "Solar 3".to_owned()));
    }

    #[test]
    fn a_kind_keeps_what_belongs_to_its_type() {
        let kind = |kind: &str| json!({ "kind": { "type": kind, "min": 1, "max": null, "values": ["a"] } });
        let mut form = Form::new(json!({ "fields": [
            kind("zip"), kind("integer"), kind("choice"), kind("text"), kind("decimal"), kind("band"),
            { "kind": { "type": "list", "members": [kind("boolean")] } },
        ] }));
        tidy(&mut form);
        let wanted = json!([
            { "kind": { "type": "zip" } }, { "kind": { "type": "integer", "min": 1, "max": null } },
            { "kind": { "type": "choice", "values": ["a"] } }, { "kind": { "type": "text", "max": 200 } },
            { "kind": { "type": "decimal", "min": 1, "max": null, "places": 2 } }, { "kind": { "type": "band", "bands": [] } },
            { "kind": { "type": "list", "max": 10, "members": [{ "kind": { "type": "boolean" } }] } },
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
