//! The rows of caps, which buyers and contracts have alike.

use crate::{
    components::form::{Choice, Rows, checkbox, input, money, number, pick, rows, select, text},
    form::{Form, Reading},
    pages::campaign::pairs,
};
use leptos::prelude::*;
use serde_json::json;

const WINDOWS: [(&str, &str); 5] = [
    ("hour", "In an hour"),
    ("day", "In a day"),
    ("week", "In a week"),
    ("month", "In a month"),
    ("total", "For ever"),
];

/// The caps at `caps`.
pub fn caps(form: &Form, currency: &str) -> AnyView {
    let list = Rows {
        legend: "Caps",
        row: "cap",
        blank: json!({ "window": "day", "limit": { "count": 50 }, "per": "all", "paced": false }),
        ordered: false,
        none: "Nothing limits it: it buys every lead it can.",
    };
    let windows = pairs(&WINDOWS);
    let each = |at: &str, _: usize| {
        let path = |member: &str| format!("{at}.{member}");
        let limits = vec![
            Choice::with("count", "So many leads", number(form, path("limit.count"), "Leads").view()),
            Choice::with("money", "So much money", money(form, path("limit.money"), "Revenue", currency).view()),
        ];
        let value = view! {
            {text(form, path("per.value.field"), "Field").hint("The field's name in the API.").view()}
            {input(form, path("per.value.only"), "Only these values", Reading::Words).hint("Between commas; none means each of them.").view()}
        };
        let per = vec![
            Choice::plain("all", "Everything together"),
            Choice::plain("source", "Each source by itself"),
            Choice::with("value", "Each value of a field by itself", value.into_any()),
        ];
        view! {
            {select(form, &path("window"), "Window", &windows, None)}
            {pick(form, &path("limit"), "At most", limits, None)}
            {pick(form, &path("per"), "Counts", per, None)}
            {checkbox(form, &path("paced"), "Spread evenly over the open hours", None)}
        }
        .into_any()
    };
    rows(form, "caps", &list, each)
}
