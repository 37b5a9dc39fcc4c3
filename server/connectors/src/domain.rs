//! What of our own values a buyer cannot understand, told before the first silent rejection.

use crate::{
    preset::calls,
    rows::replacement,
    style::{apply, plain},
    view::Out,
};
use model::{
    field::{Field, FieldKind},
    mapping::{Delivery, From, Row},
    part::place,
};
use std::fmt;

/// Values of a field that become none of the values a buyer takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// `ping` or `post`.
    pub phase: &'static str,
    /// The index of the row.
    pub row: usize,
    /// The buyer's member.
    pub member: String,
    /// Our field.
    pub field: String,
    /// Our values with what is sent for each.
    pub values: Vec<(String, String)>,
    /// The row names no values the buyer takes, but replaces some: these are sent as they are.
    pub unmapped: bool,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ours: Vec<_> = self.values.iter().take(5).map(|(ours, _)| format!("\"{ours}\"")).collect();
        let more = self.values.len().saturating_sub(5);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let ours = ours.join(", ");
        let Self { phase, member, field, .. } = self;
        if self.unmapped {
            write!(f, "{phase}: {member} has no value of the buyer's for {ours}{more} of {field}: sent as they are.")
        } else {
            write!(f, "{phase}: {ours}{more} of {field} become nothing that the buyer takes as {member}.")
        }
    }
}

/// Which values of our fields do not reach the buyer: for every row of a choice, a band, a flag or a number that says which values the
/// buyer takes, or that replaces some values without saying what becomes of the others.
#[must_use]
pub fn unreachable_values(fields: &[Field], delivery: &Delivery) -> Vec<Unreachable> {
    let rows = calls(delivery).flat_map(|(phase, call)| call.rows.iter().enumerate().map(move |row| (phase, row)));
    rows.filter_map(|(phase, (index, row))| {
        let From::Field(name) = &row.from else { return None };
        let field = place(fields, name).filter(|place| place.part.is_none())?.field;
        let maps = !row.replace.is_empty() || !row.spans.is_empty();
        if row.allowed.is_empty() && (!maps || row.otherwise.is_some()) {
            return None;
        }
        let unmapped = row.allowed.is_empty();
        let lost = values(field, row).into_iter().filter_map(|ours| lost(row, &ours, unmapped)).collect::<Vec<_>>();
        (!lost.is_empty()).then(|| Unreachable {
            phase,
            row: index,
            member: row.to.clone(),
            field: name.clone(),
            values: lost,
            unmapped,
        })
    })
    .collect()
}

/// The values a field can have, as far as they can be counted. Of a whole number only those at the edges of the row's
/// ranges and of the field.
fn values<'a>(field: &'a Field, row: &Row) -> Vec<Out<'a>> {
    match &field.kind {
        FieldKind::Choice { values } => values.iter().map(|value| Out::Text(value.as_str().into())).collect(),
        FieldKind::Band { bands } => bands.iter().map(|band| Out::Text(band.name.as_str().into())).collect(),
        FieldKind::Boolean => vec![Out::Flag(true), Out::Flag(false)],
        FieldKind::Integer { min, max } => {
            let edges = row.spans.iter().flat_map(|span| [span.from.map(|from| from - 1), span.to.map(|to| to + 1)]);
            let mut all: Vec<i64> = edges.flatten().chain([*min, *max]).filter(|n| (min..=max).contains(&n)).collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter().map(Out::Integer).collect()
        }
        _ => Vec::new(),
    }
}

/// One of our values and what is sent for it, when that reaches nobody.
fn lost(row: &Row, ours: &Out<'_>, unmapped: bool) -> Option<(String, String)> {
    let text = plain(ours).into_owned();
    let replaced = replacement(&row.replace, &row.spans, row.otherwise.as_deref(), &text);
    if unmapped {
        return replaced.is_none().then(|| (text.clone(), text));
    }
    let today = (2000, 1, 1);
    let out = match replaced {
        Some(theirs) => Some(Out::Text(theirs.into())),
        None => apply(row.style, ours.clone(), today),
    };
    let out = out.and_then(|out| row.then.iter().try_fold(out, |out, style| apply(*style, out, today)));
    let sent = out.as_ref().map_or_else(String::new, |out| plain(out).into_owned());
    (!row.allowed.contains(&sent)).then_some((text, sent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::field::Visibility;
    use serde_json::json;

    #[test]
    fn values_that_reach_nobody_are_named() {
        let field = |name: &str, kind| Field {
            name: name.into(),
            label: name.into(),
            kind,
            required: false,
            visibility: Visibility::Pingable,
            example: String::new(),
        };
        let when = ["Now", "Later", "Never"].map(str::to_owned).to_vec();
        let fields = [
            field("when", FieldKind::Choice { values: when }),
            field("owner", FieldKind::Boolean),
            field("credit", FieldKind::Integer { min: 300, max: 850 }),
        ];
        let rows = json!([
            {"to": "A", "from": {"field": "when"}},
            {"to": "B", "from": {"field": "when"}, "replace": [{"ours": "now", "theirs": "Immediately"}]},
            {"to": "C", "from": {"field": "when"}, "replace": [{"ours": "now", "theirs": "Immediately"}], "otherwise": "Flexible"},
            {"to": "D", "from": {"field": "when"}, "replace": [{"ours": "now", "theirs": "Immediately"}], "otherwise": "Soon",
             "allowed": ["Immediately", "Flexible"]},
            {"to": "E", "from": {"field": "owner"}, "style": "yes_no", "allowed": ["Yes", "No"]},
            {"to": "F", "from": {"field": "owner"}, "style": "yes_no", "allowed": ["Own", "No"]},
            {"to": "G", "from": {"field": "credit"}, "spans": [
                {"from": 720, "to": null, "theirs": "1"}, {"from": 620, "to": 719, "theirs": "2"}]},
        ]);
        let sign = |value: &str| json!({"path": "s", "values": [value]});
        let delivery = json!({"post": {"url": "https://b.example/", "rows": rows, "timeout_ms": 9,
            "response": {"accept": sign("y"), "reject": sign("n")}}});
        let delivery: Delivery = serde_json::from_value(delivery).unwrap();
        let found = unreachable_values(&fields, &delivery);
        let told: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "post: B has no value of the buyer's for \"Later\", \"Never\" of when: sent as they are.",
                "post: \"Later\", \"Never\" of when become nothing that the buyer takes as D.",
                "post: \"true\" of owner become nothing that the buyer takes as F.",
                "post: G has no value of the buyer's for \"300\", \"619\" of credit: sent as they are.",
            ]
        );
    }
}
