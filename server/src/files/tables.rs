//! The columns of every table that is a file, under stable names.

use super::{Cell, Table};
use crate::service::PersonalRow;
use app::query::mode_name;
use model::{
    Currency, Money, Reason,
    affiliate::AffiliateLead,
    breakdown::{self, Breakdown, ReasonRow, When},
    lead::LeadRow,
    lost::LostRow,
    portal::DeliveredRow,
    scorecard::CardRow,
    tenant::Mode,
    trace::Stage,
};

fn amount(money: Option<Money>) -> Cell {
    money.map_or(Cell::Nothing, |money| Cell::Amount(money.amount))
}

fn named(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| (*name).to_owned()).collect()
}

/// The leads list with personal columns after its own.
pub(super) fn personal(fields: Vec<String>) -> Table<PersonalRow> {
    let list = leads();
    let mut columns = list.columns;
    columns.extend(fields.iter().map(|field| format!("personal.{field}")));
    let own = list.cells;
    let cells = move |one: &PersonalRow| {
        let mut cells = own(&one.row);
        cells.extend(fields.iter().map(|field| value(&one.values, field)));
        cells
    };
    Table { name: "leads-personal", columns, cells: Box::new(cells) }
}

/// The value of a field, or the values of the members of a list.
fn value(values: &[(String, String)], field: &str) -> Cell {
    if let Some((_, value)) = values.iter().find(|(name, _)| name == field) {
        return Cell::text(value);
    }
    let inside = |name: &str| name.strip_prefix(field).is_some_and(|rest| rest.starts_with('['));
    let members: Vec<_> = values.iter().filter(|(name, _)| inside(name)).cloned().collect();
    if members.is_empty() { Cell::Nothing } else { Cell::Pairs(members) }
}

/// The leads list.
pub(super) fn leads() -> Table<LeadRow> {
    let columns = [
        "lead",
        "received_at",
        "state",
        "reason",
        "campaign",
        "source",
        "sub1",
        "buyer",
        "revenue",
        "payout",
        "currency",
        "took_ms",
        "mode",
        "lost",
        "lost_to",
        "lost_by",
    ];
    let cells = |row: &LeadRow| {
        vec![
            Cell::text(row.id),
            Cell::text(row.received_at),
            Cell::text(row.state.name()),
            Cell::maybe(row.reason.map(Reason::code)),
            Cell::text(&row.campaign),
            Cell::text(&row.source),
            Cell::maybe(row.sub1.as_ref()),
            Cell::maybe(row.buyer.as_ref()),
            amount(row.revenue),
            amount(row.payout),
            Cell::maybe(row.revenue.or(row.payout).or(row.missed.map(|one| one.amount)).map(|money| money.currency)),
            row.duration_ms.map_or(Cell::Nothing, |ms| Cell::Count(i64::from(ms))),
            Cell::text(mode_name(row.mode)),
            amount(row.missed.map(|one| one.amount)),
            Cell::maybe(row.missed.map(|one| one.contract)),
            Cell::maybe(row.missed.map(|one| one.reason.code())),
        ]
    };
    Table { name: "leads", columns: named(&columns), cells: Box::new(cells) }
}

/// What a buyer took. Each kind of lead has fields of its own: they stand as one cell of names and values.
pub(super) fn delivered() -> Table<DeliveredRow> {
    let columns = ["lead", "taken_at", "campaign", "contract", "your_id", "price", "currency", "fields", "returned_at"];
    let cells = |row: &DeliveredRow| {
        vec![
            Cell::text(row.lead_id),
            Cell::text(row.at),
            Cell::text(&row.campaign),
            Cell::text(&row.contract),
            Cell::maybe(row.reference.as_ref()),
            Cell::Amount(row.pays.amount),
            Cell::text(row.pays.currency),
            Cell::Pairs(row.fields.clone()),
            Cell::maybe(row.returned_at),
        ]
    };
    Table { name: "leads", columns: named(&columns), cells: Box::new(cells) }
}

/// What an affiliate's source sent.
pub(super) fn sent() -> Table<AffiliateLead> {
    let columns =
        ["lead", "received_at", "state", "reason", "meaning", "campaign", "sub1", "payout", "currency", "mode"];
    let cells = |row: &AffiliateLead| {
        vec![
            Cell::text(row.id),
            Cell::text(row.at),
            Cell::text(row.state.name()),
            Cell::maybe(row.reason.map(Reason::code)),
            Cell::maybe(row.reason.map(Reason::meaning)),
            Cell::text(&row.campaign),
            Cell::maybe(row.sub1.as_ref()),
            amount(row.payout),
            Cell::maybe(row.payout.map(|money| money.currency)),
            Cell::text(mode_name(if row.test { Mode::Test } else { Mode::Live })),
        ]
    };
    Table { name: "leads", columns: named(&columns), cells: Box::new(cells) }
}

/// The figures of a report.
pub(super) fn figures(found: &Breakdown) -> Table<breakdown::Row> {
    match found.when {
        When::Moved => moved(found),
        When::Came => came(found),
    }
}

/// Money alone, of a report in which it counts when it moved.
fn moved(found: &Breakdown) -> Table<breakdown::Row> {
    let currency = found.currency;
    let columns = vec![found.by.name(), "name", "revenue", "payout", "margin", "currency"];
    let cells = move |row: &breakdown::Row| {
        let t = row.totals;
        let mut cells = vec![Cell::text(&row.key), Cell::text(&row.name)];
        cells.extend([t.revenue, t.payout, t.margin()].map(Cell::Amount));
        cells.push(Cell::text(currency));
        cells
    };
    Table { name: "figures", columns: named(&columns), cells: Box::new(cells) }
}

fn came(found: &Breakdown) -> Table<breakdown::Row> {
    let currency = found.currency;
    let columns = [
        found.by.name(),
        "name",
        "received",
        "sold",
        "unsold",
        "duplicate",
        "unknown",
        "returned",
        "refused",
        "revenue",
        "payout",
        "margin",
        "currency",
        "pinged",
        "took",
        "lost",
        "said_no",
        "failed",
        "not_asked",
        "gave_back",
    ];
    let cells = move |row: &breakdown::Row| {
        let (t, c) = (row.totals, row.chances);
        let counts = [t.received, t.sold, t.unsold, t.duplicate, t.unknown, t.returned, t.rejected];
        let chances = [c.pinged, c.sold, c.lost, c.rejected, c.failed, c.excluded, c.returned];
        let mut cells = vec![Cell::text(&row.key), Cell::text(&row.name)];
        cells.extend(counts.map(Cell::Count));
        cells.extend([t.revenue, t.payout, t.margin()].map(Cell::Amount));
        cells.push(Cell::text(currency));
        cells.extend(chances.map(Cell::Count));
        cells
    };
    Table { name: "figures", columns: named(&columns), cells: Box::new(cells) }
}

/// What stood in the way.
pub(super) fn reasons() -> Table<ReasonRow> {
    let cells = |row: &ReasonRow| {
        vec![
            Cell::text(row.reason.code()),
            Cell::text(row.reason.meaning()),
            Cell::text(row.stage.map_or("lead", Stage::name)),
            Cell::text(&row.name),
            Cell::Count(row.count),
        ]
    };
    Table { name: "reasons", columns: named(&["reason", "meaning", "where", "buyer", "times"]), cells: Box::new(cells) }
}

/// What was probably lost.
pub(super) fn lost(currency: Currency) -> Table<LostRow> {
    let columns = vec!["reason", "meaning", "contract", "name", "buyer", "leads", "lost", "currency"];
    let cells = move |row: &LostRow| {
        vec![
            Cell::text(row.reason.code()),
            Cell::text(row.reason.meaning()),
            Cell::text(row.contract),
            Cell::text(&row.contract_name),
            Cell::text(&row.buyer_name),
            Cell::Count(row.lost.leads),
            Cell::Amount(row.lost.amount),
            Cell::text(currency),
        ]
    };
    Table { name: "lost", columns: named(&columns), cells: Box::new(cells) }
}

/// Scorecards. How long calls took is in microseconds.
pub(super) fn scorecards(currency: Currency) -> Table<CardRow> {
    let columns = [
        "buyer",
        "buyer_name",
        "contract",
        "contract_name",
        "considered",
        "cap_full",
        "pinged",
        "bids",
        "declined",
        "late",
        "timed_out",
        "failed",
        "posted",
        "took",
        "refused",
        "in_doubt",
        "not_sent",
        "gave_back",
        "bid_sum",
        "cap_full_lost",
        "late_lost",
        "timed_out_lost",
        "currency",
        "ping_p50_us",
        "ping_p95_us",
        "ping_p99_us",
        "post_p50_us",
        "post_p95_us",
        "post_p99_us",
    ];
    let cells = move |row: &CardRow| {
        let c = &row.card;
        let counts = [
            c.considered,
            c.full,
            c.pinged,
            c.bids,
            c.declined,
            c.late,
            c.silent,
            c.broken,
            c.posts(),
            c.accepted,
            c.refused,
            c.doubtful,
            c.unsent,
            c.returned,
        ];
        let mut cells = vec![
            Cell::text(row.buyer),
            Cell::text(&row.buyer_name),
            Cell::maybe(row.contract),
            Cell::text(&row.contract_name),
        ];
        cells.extend(counts.map(Cell::Count));
        cells.extend([c.bid_sum, c.full_lost.amount, c.late_lost.amount, c.silent_lost.amount].map(Cell::Amount));
        cells.push(Cell::text(currency));
        let lengths = [c.ping, c.post].into_iter().flat_map(|speed| [speed.p50_us, speed.p95_us, speed.p99_us]);
        cells.extend(lengths.map(|us| us.map_or(Cell::Nothing, |us| Cell::Count(i64::from(us)))));
        cells
    };
    Table { name: "scorecards", columns: named(&columns), cells: Box::new(cells) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_cell_and_what_is_not_there_is_nothing() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let values = [pair("email", "=cmd@example.com"), pair("drivers[1].name", "Dana"), pair("drivers_x", "no")];
        assert_eq!(value(&values, "email").csv(), "'=cmd@example.com");
        assert_eq!(value(&values, "drivers"), Cell::Pairs(vec![pair("drivers[1].name", "Dana")]));
        assert_eq!(value(&values, "phone"), Cell::Nothing);
    }
}
