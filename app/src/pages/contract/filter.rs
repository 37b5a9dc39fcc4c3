//! The filter in a form: a tree of groups and rules, each rule a field, a test and its values. The document's filter is spread
//! into the tree when the form is drawn and folded from it when the form comes back; what is not whole yet survives both.

use crate::{
    components::form::{Rows, checks, input, number, rows, select},
    form::{Form, Reading},
    pages::campaign::pairs,
};
use leptos::prelude::*;
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

/// The tests that fit a field, as `exchange` judges them.
fn fitting(field: &Value) -> Vec<(String, String)> {
    let there = [("present", "is there"), ("absent", "is not there")];
    let own: &[(&str, &str)] = match field["kind"]["type"].as_str().unwrap_or_default() {
        _ if field["visibility"] == "personal" => &[],
        "boolean" => &[("yes", "is yes"), ("no", "is no")],
        "integer" => &[("between", "is between"), ("in", "is one of"), ("not_in", "is none of")],
        "choice" | "state" => &[("in", "is one of"), ("not_in", "is none of")],
        _ => &[("in", "is one of"), ("not_in", "is none of"), ("prefix", "begins with")],
    };
    pairs(own).into_iter().chain(pairs(&there)).collect()
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
    let names: Vec<_> = fields.iter().map(|field| (text(&field["name"]), text(&field["label"]))).collect();
    let chosen = form.at(&path("field"));
    let field = fields.iter().find(|field| field["name"] == *chosen);
    let op = field.map(|field| select(form, &path("op"), "Test", &fitting(field), None));
    let values = field.map(|field| match form.at(&path("op")).as_str().unwrap_or_default() {
        "between" => view! {
            {number(form, path("min"), "From").view()}
            {number(form, path("max"), "To").hint("Both included; empty is open.").view()}
        }
        .into_any(),
        "in" | "not_in" | "prefix" => match field["kind"]["values"].as_array() {
            Some(list) if list.len() <= MOST_CHECKS => {
                let options: Vec<_> = list.iter().map(|value| (text(value), text(value))).collect();
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
