//! A call in a form: where it goes, what it says and how its answer is read. A row's source and its replacements are put into
//! shapes that inputs can show; what a row has beyond them goes along unchanged.

use crate::{
    components::form::{Rows, checkbox, input, number, rows, section, select, text},
    form::{Form, Reading},
    pages::campaign::pairs,
};
use leptos::prelude::*;
use serde_json::{Value, json};

const METHODS: [(&str, &str); 2] = [("post", "POST"), ("get", "GET")];
const FORMATS: [(&str, &str); 7] = [
    ("json", "JSON"),
    ("form", "Form"),
    ("query", "Query in the address"),
    ("xml", "XML"),
    ("soap", "SOAP"),
    ("json_field", "JSON in one form field"),
    ("table", "E-mail: a table for people"),
];
const USES: [(&str, &str); 6] = [
    ("header", "Header"),
    ("bearer", "Bearer token"),
    ("basic", "Basic: the name is the user"),
    ("query", "Parameter in the address"),
    ("oauth", "Fetches a token (OAuth): the name is the client's id"),
    ("named", "Only where a row names it"),
];
const CLIENTS: [(&str, &str); 2] = [("basic", "In a header (Basic)"), ("body", "In the body")];
const METAS: [&str; 14] = [
    "lead_id",
    "campaign",
    "test",
    "received_at",
    "price",
    "has_trusted_form",
    "has_jornaya",
    "trusted_form",
    "jornaya",
    "consent_text",
    "consent_at",
    "consent_url",
    "consent_ip",
    "consent_user_agent",
];
const STYLES: [&str; 45] = [
    "plain",
    "text",
    "number",
    "upper",
    "lower",
    "title",
    "digits",
    "first_word",
    "other_words",
    "yes_no",
    "yes_no_upper",
    "yes_no_lower",
    "y_n",
    "true_false",
    "one_zero",
    "one_two",
    "phone_digits",
    "phone_national",
    "phone_dashes",
    "phone_e164",
    "phone_area",
    "phone_exchange",
    "phone_line",
    "zip3",
    "state_name",
    "date_iso",
    "date_us",
    "date_us_dashes",
    "date_day_first",
    "date_compact",
    "date_year",
    "date_month",
    "date_day",
    "age",
    "date_time",
    "unix",
    "decimal",
    "cents",
    "whole",
    "domain",
    "mailbox",
    "last_segment",
    "md5",
    "sha1",
    "sha256",
];
const GIVEN: [(&str, &str); 4] = [
    ("constant", "Fixed text"),
    ("template", "Template"),
    ("secret", "Secret of this name"),
    ("carried", "Value carried from the ping"),
];

/// A call nothing is known of yet.
pub fn blank() -> Value {
    json!({
        "url": "", "method": "post", "format": "json", "headers": [], "rows": [], "timeout_ms": 1500,
        "response": { "accept": { "path": "status", "values": ["accepted"] }, "reject": { "path": "status", "values": ["rejected"] } },
    })
}

/// Puts a call into the shape its inputs show.
pub fn spread(call: &mut Value) {
    for row in call.get_mut("rows").and_then(Value::as_array_mut).into_iter().flatten() {
        let from = row["from"].clone();
        let (source, given) = match &from {
            Value::String(word) => (word.clone(), String::new()),
            Value::Object(members) => {
                members.iter().next().map_or_else(Default::default, |(word, what)| match word.as_str() {
                    "field" | "meta" => (format!("{word}:{}", what.as_str().unwrap_or_default()), String::new()),
                    _ => (word.clone(), what.as_str().unwrap_or_default().to_owned()),
                })
            }
            _ => Default::default(),
        };
        let swap = |swap: &Value| {
            let side = |name: &str| swap[name].as_str().unwrap_or_default().to_owned();
            Value::from(format!("{} = {}", side("ours"), side("theirs")))
        };
        let swaps: Vec<_> = row["replace"].as_array().into_iter().flatten().map(swap).collect();
        if row.is_object() {
            row["source"] = source.into();
            row["given"] = given.into();
            row["swaps"] = swaps.into();
        }
    }
}

/// Takes a call back out of that shape.
pub fn fold(call: &mut Value) {
    // Without an address there is no token.
    if let Some(members) = call.as_object_mut()
        && members.get("oauth").is_some_and(|oauth| oauth["url"].is_null())
    {
        members.remove("oauth");
    }
    for row in call.get_mut("rows").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(members) = row.as_object_mut() else { continue };
        let given = members.remove("given").unwrap_or_default();
        let given = given.as_str().unwrap_or_default();
        if let Some(source) = members.remove("source") {
            let from = match source.as_str().unwrap_or_default() {
                "ping_token" => "ping_token".into(),
                source => match source.split_once(':') {
                    Some((word, name)) => json!({ word: name }),
                    None if source.is_empty() => Value::Null,
                    None => json!({ source: given }),
                },
            };
            members.insert("from".to_owned(), from);
        }
        if let Some(Value::Array(swaps)) = members.remove("swaps") {
            let swap = |line: &Value| {
                let (ours, theirs) = line.as_str().unwrap_or_default().split_once('=').unwrap_or((line.as_str()?, ""));
                Some(json!({ "ours": ours.trim(), "theirs": theirs.trim() }))
            };
            members.insert("replace".to_owned(), swaps.iter().filter_map(swap).collect::<Vec<_>>().into());
        }
        members.retain(|name, value| !(value.is_null() && matches!(name.as_str(), "otherwise" | "missing")));
    }
}

/// Draws the ping or the post.
pub fn call(form: &Form, part: &'static str, fields: &[Value]) -> AnyView {
    let (title, intro) = match part {
        "ping" => ("Ping", "Asks for a bid. Personal fields cannot be in it, whatever a row names."),
        _ => ("Post", "Hands over the whole record to who was awarded it."),
    };
    let base = format!("delivery.{part}");
    let path = |member: &str| format!("{base}.{member}");
    let sign = |name: &str, label: &'static str| {
        let path = |member: &str| format!("{base}.response.{name}.{member}");
        view! {
            {text(form, path("path"), format!("{label}: where")).hint("Such as status or result.code.").view()}
            {input(form, path("values"), format!("{label}: when it is"), Reading::Words).hint("Between commas; none means: when it is there.").view()}
        }
    };
    let optional = |member: &str, label: &'static str| {
        input(form, format!("{base}.response.{member}"), label, Reading::Optional).view()
    };
    let edit = format!("edit.json.{part}");
    let address = match part {
        "ping" => "http or https.",
        _ => "http or https; or by e-mail, as a table: mailto:leads@buyer.example?subject=New lead {zip}",
    };
    let body = view! {
        <div class="fields">
            <div class="broad">{text(form, path("url"), "Address").kind("url").hint(address).view()}</div>
            {select(form, &path("method"), "Method", &pairs(&METHODS), None)}
            {select(form, &path("format"), "Format", &pairs(&FORMATS), None)}
            {number(form, path("timeout_ms"), "Time to answer").unit("ms").view()}
        </div>
        {headers(form, &path("headers"))}
        {token(form, &base)}
        {mapping(form, &path("rows"), fields)}
        <fieldset class="field list">
            <legend>"How its answer is read"</legend>
            <div class="fields">
                {sign("accept", "Yes")}
                {sign("reject", "No")}
                {optional("price", "Price: where")}
                {optional("reference", "Its id or token: where")}
                {optional("reason", "Its reason: where")}
                {optional("redirect", "Where the consumer goes: where")}
            </div>
        </fieldset>
        <details>
            <summary>"As JSON"</summary>
            {checkbox(form, &format!("edit.use_json.{part}"), "Take what stands here in the place of the fields above", Some("For conditions, envelopes, tests, further signs and whatever else the fields do not show."))}
            {input(form, edit, "The whole call", Reading::Json).lines(16).view()}
        </details>
    };
    section(part, title, Some(intro), body.into_any())
}

fn headers(form: &Form, path: &str) -> AnyView {
    let list = Rows {
        legend: "Headers and secrets",
        row: "secret",
        blank: json!({ "name": "", "value": "", "as": "header" }),
        ordered: false,
        none: "Nothing beside what the server sends itself.",
    };
    let each = |at: &str, _: usize| {
        view! {
            {text(form, format!("{at}.name"), "Name").view()}
            {text(form, format!("{at}.value"), "Value").kind("password").hint("Kept sealed and never shown again; ••• keeps it.").view()}
            {select(form, &format!("{at}.as"), "Sent as", &pairs(&USES), None)}
        }
        .into_any()
    };
    rows(form, path, &list, each)
}

/// Where a token is fetched.
fn token(form: &Form, base: &str) -> AnyView {
    let path = |member: &str| format!("{base}.oauth.{member}");
    let optional = |member: &str, label: &'static str| input(form, path(member), label, Reading::Optional);
    let open = !form.at(&path("url")).is_null();
    view! {
        <details open=open>
            <summary>"OAuth token"</summary>
            <p class="hint">"Fetched with the client's credentials, kept until shortly before it ends, and carried as a bearer token. The client's id and secret stand among the secrets above."</p>
            <div class="fields">
                <div class="broad">{optional("url", "Address of the token").kind("url").view()}</div>
                {optional("scope", "Scope").view()}
                {optional("audience", "Audience").view()}
                {select(form, &path("client"), "The client says who it is", &pairs(&CLIENTS), None)}
            </div>
        </details>
    }
    .into_any()
}

fn mapping(form: &Form, path: &str, fields: &[Value]) -> AnyView {
    let list = Rows {
        legend: "What is sent",
        row: "member",
        blank: json!({ "to": "", "source": "", "given": "", "swaps": [], "style": "plain" }),
        ordered: true,
        none: "Nothing is sent yet.",
    };
    let field = |field: &Value| {
        let name = field["name"].as_str().unwrap_or_default();
        (format!("field:{name}"), format!("Field: {}", field["label"].as_str().unwrap_or(name)))
    };
    let plain = |word: &str| word.replace('_', " ");
    let sources: Vec<_> = fields
        .iter()
        .map(field)
        .chain(METAS.iter().map(|word| (format!("meta:{word}"), format!("Lead: {}", plain(word)))))
        .chain([("ping_token".to_owned(), "The ping's token".to_owned())])
        .chain(pairs(&GIVEN))
        .collect();
    let styles: Vec<_> = STYLES.iter().map(|word| ((*word).to_owned(), plain(word))).collect();
    let each = |at: &str, _: usize| {
        let source = form.shown(&format!("{at}.source"), Reading::Text);
        let given = GIVEN.iter().any(|(word, _)| *word == source);
        let shown = if given || source.is_empty() { "Text or name" } else { "Not used" };
        view! {
            {text(form, format!("{at}.to"), "Their name").view()}
            {select(form, &format!("{at}.source"), "From", &sources, None)}
            {(given || source.is_empty()).then(|| text(form, format!("{at}.given"), shown).view())}
            {select(form, &format!("{at}.style"), "Written as", &styles, None)}
            {input(form, format!("{at}.swaps"), "Replaced", Reading::Lines).lines(2).hint("One in a line: ours = theirs").view()}
        }
        .into_any()
    };
    rows(form, path, &list, each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_survives_the_form() {
        let mut call = blank();
        call["rows"] = json!([
            { "to": "zip", "from": { "field": "zip" }, "style": "plain", "replace": [], "when": { "from": { "meta": "test" } } },
            { "to": "token", "from": "ping_token", "style": "text", "replace": [{ "ours": "a", "theirs": "b" }] },
            { "to": "v", "from": { "constant": "2" }, "style": "plain", "replace": [] },
        ]);
        let mut shown = call.clone();
        spread(&mut shown);
        assert_eq!(
            (&shown["rows"][0]["source"], &shown["rows"][1]["swaps"][0]),
            (&json!("field:zip"), &json!("a = b"))
        );
        fold(&mut shown);
        assert_eq!(shown, call);
    }

    #[test]
    fn every_word_is_one_of_the_model() {
        for word in STYLES {
            assert!(serde_json::from_value::<model::mapping::Style>(word.into()).is_ok(), "{word}");
        }
        for word in METAS {
            assert!(serde_json::from_value::<model::mapping::Meta>(word.into()).is_ok(), "{word}");
        }
    }
}
