//! The filter in a form: a tree of groups and rules, each rule a field, a test and its values. The document's filter is spread
//! into the tree when the form is drawn and folded from it when the form comes back; what is not whole yet survives both.

use crate::{
    backend::configure::TemplateView,
    components::form::{Rows, checks, input, number, rows, select},
    form::{Form, Reading},
    pages::campaign::pairs,
};
use leptos::prelude::*;
use model::{
    field::{Field, FieldKind, Visibility},
    part::{Place, paths, place},
};
use serde_json::{Value, json};

/// Groups are offered this deep.
const DEEPEST: usize = 3;
/// A choice of more values is entered as text.
const MOST_CHECKS: usize = 40;
const MATCHES: [(&str, &str); 3] =
    [("all", "All of these hold"), ("any", "At least one of these holds"), ("none", "None of these holds")];

/// The tree of a filter.
pub fn spread(filter: &Value) -> Value {
    let tree = node(filter);
    if tree["match"].is_string() { tree } else { json!({ "match": "all", "rules": [tree] }) }
}

fn node(filter: &Value) -> Value {
    for word in ["all", "any", "none"] {
        if let Some(parts) = filter[word].as_array() {
            return json!({ "match": word, "rules": parts.iter().map(node).collect::<Vec<_>>() });
        }
    }
    if filter.is_null() {
        return json!({ "match": "all", "rules": [] });
    }
    let (field, test) = (&filter["is"]["field"], &filter["is"]["test"]);
    let (op, values) = match test {
        Value::String(word) => (word.clone(), &Value::Null),
        Value::Object(members) => {
            members.iter().next().map_or((String::new(), &Value::Null), |(word, values)| (word.clone(), values))
        }
        _ => (String::new(), &Value::Null),
    };
    let op = match (op.as_str(), values) {
        ("flag", Value::Bool(true)) => "yes".to_owned(),
        ("flag", _) => "no".to_owned(),
        _ => op,
    };
    let list = if values.is_array() { values.clone() } else { json!([]) };
    json!({ "field": field, "op": op, "values": list, "min": values["min"], "max": values["max"] })
}

/// The filter of a tree.
pub fn fold(tree: &Value) -> Value {
    if let Some(word) = tree["match"].as_str() {
        let parts: Vec<_> = tree["rules"].as_array().into_iter().flatten().map(fold).collect();
        let word = if MATCHES.iter().any(|(have, _)| *have == word) { word } else { "all" };
        return json!({ word: parts });
    }
    let values = if tree["values"].is_array() { tree["values"].clone() } else { json!([]) };
    let test = match tree["op"].as_str().unwrap_or_default() {
        "yes" => json!({ "flag": true }),
        "no" => json!({ "flag": false }),
        word @ ("present" | "absent") => word.into(),
        "between" => json!({ "between": { "min": tree["min"], "max": tree["max"] } }),
        word @ ("in" | "not_in" | "prefix") => json!({ word: values }),
        _ => Value::Null,
    };
    json!({ "is": { "field": tree["field"].as_str().unwrap_or_default(), "test": test } })
}

/// The tests that fit what a path leads to, as `exchange` judges them.
fn fitting(place: &Place<'_>) -> Vec<(String, String)> {
    let personal = place.visibility() == Visibility::Personal;
    let mut all: Vec<(&str, &str)> = Vec::new();
    if place.is_flag() && !personal {
        all.extend([("yes", "is yes"), ("no", "is no")]);
    }
    if place.compares() && !personal {
        all.push(("between", "is between"));
    }
    if place.lists() && !personal {
        all.extend([("in", "is one of"), ("not_in", "is none of")]);
    }
    let closed = place.part.is_none() && !values(place).is_empty();
    if place.begins() && !personal && !closed {
        all.push(("prefix", "begins with"));
    }
    all.extend([("present", "is there"), ("absent", "is not there")]);
    pairs(&all)
}

/// The values of a closed list.
fn values(place: &Place<'_>) -> Vec<String> {
    match &place.field.kind {
        FieldKind::Choice { values } => values.clone(),
        FieldKind::Band { bands } => bands.iter().map(|band| band.name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The fields as their type, as far as they can be read: a campaign that is there has no others.
fn typed(fields: &[Value]) -> Vec<Field> {
    fields.iter().filter_map(|field| serde_json::from_value(field.clone()).ok()).collect()
}

/// Filters that buyers of such leads often have, each a button that adds it: those of the template whose fields are most alike.
pub fn starters(templates: &[TemplateView], path: &str, fields: &[Value]) -> Option<AnyView> {
    let has = |name: &Value| fields.iter().any(|field| field["name"] == *name);
    let own = |template: &TemplateView| template.campaign["fields"].as_array().cloned().unwrap_or_default();
    let alike = |template: &&TemplateView| own(template).iter().filter(|field| has(&field["name"])).count();
    let nearest = templates.iter().rev().max_by_key(alike)?;
    let typed = typed(fields);
    let fits = |filter: &Value| whole(filter, &typed);
    let buttons: Vec<_> = nearest
        .filters
        .iter()
        .filter(|(_, filter)| fits(filter))
        .map(|(name, filter)| {
            let add = format!("add:{path}.rules:{}", node(filter));
            view! { <button class="button small quiet" type="submit" name="do" value=add>{name.clone()}</button> }
        })
        .collect();
    (!buttons.is_empty()).then(|| {
        view! { <div class="begin"><span class="hint">"Often wanted:"</span>{buttons.collect_view()}</div> }.into_any()
    })
}

/// Whether every condition of a filter is about something that is there.
fn whole(filter: &Value, fields: &[Field]) -> bool {
    let groups = ["all", "any", "none"].into_iter().filter_map(|word| filter[word].as_array()).flatten();
    let mut inner = groups.peekable();
    match filter["is"]["field"].as_str() {
        Some(path) => place(fields, path).is_some(),
        None => inner.peek().is_some() && inner.all(|part| whole(part, fields)),
    }
}

/// Draws the group at a path of the form.
pub fn group(form: &Form, path: &str, fields: &[Value], depth: usize) -> AnyView {
    let list = Rows {
        legend: "Rules",
        row: "rule",
        blank: json!({ "field": "", "op": "", "values": [], "min": null, "max": null }),
        ordered: false,
        none: "No rules: every lead passes.",
    };
    let each = |at: &str, _: usize| match form.at(at)["match"].is_string() {
        true => view! { <div class="broad">{group(form, at, fields, depth + 1)}</div> }.into_any(),
        false => rule(form, at, fields),
    };
    let inner = format!("{path}.rules");
    let nest = (depth < DEEPEST).then(|| {
        let add = format!("add:{inner}:{}", json!({ "match": "any", "rules": [list.blank] }));
        view! { <div><button class="button small" type="submit" name="do" value=add>"Add group"</button></div> }
    });
    view! {
        <div class="filter-group">
            {select(form, &format!("{path}.match"), "Passes when", &pairs(&MATCHES), None)}
            {rows(form, &inner, &list, each)}
            {nest}
        </div>
    }
    .into_any()
}

fn rule(form: &Form, at: &str, fields: &[Value]) -> AnyView {
    let path = |member: &str| format!("{at}.{member}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = typed(fields);
    let label = |path: &str| place(&fields, path).map_or_else(|| path.to_owned(), |place| place.label());
    let mut names: Vec<_> = paths(&fields).into_iter().map(|path| (path.clone(), label(&path))).collect();
    let chosen = text(form.at(&path("field")));
    let found = place(&fields, &chosen);
    // A certain record of a list can be named over the API; it stays to be chosen under its name.
    if found.is_some() && !names.iter().any(|(path, _)| *path == chosen) {
        names.push((chosen.clone(), label(&chosen)));
    }
    let op = found.map(|place| select(form, &path("op"), "Test", &fitting(&place), None));
    let values = found.map(|place| match form.at(&path("op")).as_str().unwrap_or_default() {
        "between" => view! {
            {number(form, path("min"), "From").view()}
            {number(form, path("max"), "To").hint("Both included; empty is open.").view()}
        }
        .into_any(),
        "in" | "not_in" | "prefix" => match values(&place) {
            list if (1..=MOST_CHECKS).contains(&list.len()) && place.part.is_none() => {
                let options: Vec<_> = list.into_iter().map(|value| (value.clone(), value)).collect();
                checks(form, &path("values"), "Values", &options, None)
            }
            _ => input(form, path("values"), "Values", Reading::Words).hint("Between commas.").lines(2).view(),
        },
        _ => ().into_any(),
    });
    view! {
        {select(form, &path("field"), "Field", &names, None)}
        {op}
        {values}
        <div class="choose"><button class="button small quiet" type="submit" name="do" value="show">"Show its choices"</button></div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_fit_fields_and_parts() {
        let field = |name: &str, kind: Value, seen: &str| json!({ "name": name, "label": name, "kind": kind, "required": true, "visibility": seen });
        let bands = json!({ "type": "band", "bands": [{ "name": "good", "from": 680, "to": 719 }] });
        let members = json!([field("gender", json!({ "type": "choice", "values": ["male"] }), "pingable")]);
        let fields = typed(&[
            field("phone", json!({ "type": "phone" }), "personal"),
            field("loan", json!({ "type": "money", "min": 0, "max": 9 }), "pingable"),
            field("credit", bands, "pingable"),
            field("drivers", json!({ "type": "list", "max": 3, "members": members }), "pingable"),
        ]);
        let fit = |path: &str| -> Vec<String> {
            fitting(&place(&fields, path).unwrap()).into_iter().map(|(test, _)| test).collect()
        };
        assert_eq!(fit("phone"), ["present", "absent"]);
        assert_eq!(fit("phone.area"), ["in", "not_in", "prefix", "present", "absent"]);
        assert_eq!(fit("loan"), ["between", "present", "absent"]);
        assert_eq!(fit("credit"), ["between", "in", "not_in", "present", "absent"]);
        assert_eq!(fit("credit.low"), ["between", "in", "not_in", "present", "absent"]);
        assert_eq!(fit("drivers.count"), ["between", "in", "not_in", "present", "absent"]);
        assert_eq!(fit("drivers.gender"), ["in", "not_in", "present", "absent"]);
        let is = |path: &str| json!({ "is": { "field": path, "test": "present" } });
        assert!(whole(&json!({ "all": [is("phone.area"), { "none": [is("drivers.gender")] }] }), &fields));
        assert!(
            !whole(&json!({ "all": [is("phone.area"), is("fax")] }), &fields) && !whole(&json!({ "all": [] }), &fields)
        );
    }

    #[test]
    fn a_filter_survives_the_form() {
        let is = |field: &str, test: Value| json!({ "is": { "field": field, "test": test } });
        let filter = json!({ "all": [
            is("state", json!({ "in": ["MI", "OH"] })),
            is("age", json!({ "between": { "min": 25, "max": null } })),
            { "none": [is("insured", json!({ "flag": false })), is("zip", json!({ "prefix": ["48"] }))] },
            is("email", json!("present")),
            is("", Value::Null),
        ] });
        assert_eq!(fold(&spread(&filter)), filter);
        let alone = is("age", json!({ "not_in": ["1"] }));
        assert_eq!(fold(&spread(&alone)), json!({ "all": [alone] }));
        assert_eq!(fold(&spread(&Value::Null)), json!({ "all": [] }));
    }
}
