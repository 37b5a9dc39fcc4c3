//! From a buyer's posting document to a delivery: rows, secrets and response rules, proposed for somebody to confirm. Nothing
//! that was pasted is sent or stored, and no credential in it comes out again.

mod answers;
mod curl;
mod found;
mod members;
mod names;
mod parts;
mod pasted;
mod rows;
mod table;
mod values;
mod words;

use crate::Prepared;
use answers::Learned;
use model::{
    FieldError,
    bench::{Expected, Phase},
    contract::ContractKind,
    field::Field,
    import::{CallDocument, ImportAsked, Proposal, ProposedExample, ProposedRow, ProposedSecret},
    mapping::{Call, Delivery, Header},
    secret::Secret,
};
use rows::Told;

/// Longest document, in bytes.
const LONGEST: usize = 256 * 1024;
/// Most members of one.
const MOST_MEMBERS: usize = 300;
/// Milliseconds a ping and a post have when nobody says.
const TIMES: [u32; 2] = [1500, 10_000];

/// What is known while one call is made.
struct Making<'a> {
    fields: &'a [Field],
    phase: Phase,
    /// What the answer to the ping gives, with its value in the samples.
    token: Option<&'a Learned>,
    /// Whether there is a ping before it.
    pinged: bool,
}

/// Proposes a delivery for what was pasted.
///
/// # Errors
/// Every fault, by the members of the request: a document that cannot be read or has no members, an address that is none.
pub fn propose(fields: &[Field], asked: &ImportAsked) -> Result<Proposal, Vec<FieldError>> {
    let (mut faults, mut out) = (Vec::new(), Parts::default());
    let ping = asked.ping.as_ref().filter(|ping| !is_empty(ping));
    let pinged = ping.is_some();
    let mut learned = None;
    let ping = ping.and_then(|document| {
        let making = Making { fields, phase: Phase::Ping, token: None, pinged };
        let (call, own) = call(&making, document, &mut out, &mut faults)?;
        learned = own;
        Some(call)
    });
    let making = Making { fields, phase: Phase::Post, token: learned.as_ref(), pinged };
    let post = call(&making, &asked.post, &mut out, &mut faults);
    let (Some((post, _)), true) = (post, faults.is_empty()) else { return Err(faults) };
    if ping.is_some() && !post.rows.iter().any(goes_back) && !post.url.contains("{ping:") {
        out.notes.push("Nothing of the ping's answer goes back in the post: look for the buyer's token.".to_owned());
    }
    let kind = if ping.is_some() { ContractKind::Auction } else { ContractKind::Direct };
    let delivery = Delivery { ping, post };
    let Parts { rows, secrets, notes, examples } = out;
    Ok(Proposal { kind, delivery, rows, secrets, notes, examples })
}

/// What is told beside the delivery.
#[derive(Default)]
struct Parts {
    rows: Vec<ProposedRow>,
    secrets: Vec<ProposedSecret>,
    notes: Vec<String>,
    examples: Vec<ProposedExample>,
}

fn is_empty(document: &CallDocument) -> bool {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    document.document.trim().is_empty() && blank(&document.table)
}

fn goes_back(row: &model::mapping::Row) -> bool {
    use model::mapping::From;
    match &row.from {
        From::PingToken | From::Carried(_) => true,
        From::Template(text) => text.contains("{ping:"),
        _ => false,
    }
}

fn call(
    making: &Making<'_>,
    document: &CallDocument,
    out: &mut Parts,
    faults: &mut Vec<FieldError>,
) -> Option<(Call, Option<Learned>)> {
    let (phase, before) = (making.phase, faults.len());
    let fault =
        |member: &str, code: &str, message: &str| FieldError::new(format!("{}.{member}", phase.name()), code, message);
    let texts = [Some(&document.document), document.table.as_ref(), document.url.as_ref()];
    let long = |text: &&String| text.len() > LONGEST;
    if texts.into_iter().flatten().chain(document.answers.iter().map(|answer| &answer.body)).any(|text| long(&text)) {
        faults.push(fault("document", "too_long", "At most 256 kB each."));
        return None;
    }
    let mut pasted = match pasted::read(&document.document, phase) {
        Ok(pasted) => pasted,
        Err(why) => {
            faults.push(fault("document", "not_understood", &why));
            return None;
        }
    };
    if let Some(text) = document.table.as_deref().filter(|text| !text.trim().is_empty()) {
        match table::read(text, phase) {
            Ok(found) => pasted.describe(found),
            Err(why) => faults.push(fault("table", "not_understood", &why)),
        }
    }
    if let Some(url) = document.url.as_deref().map(str::trim).filter(|url| !url.is_empty()) {
        pasted.address(url);
    }
    if pasted.members.is_empty() {
        faults.push(fault("document", "missing", "No member of the call was found in it."));
    } else if pasted.members.len() > MOST_MEMBERS {
        faults.push(fault("document", "too_long", "At most 300 members."));
    }
    match url::Url::parse(&pasted.url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {}
        _ if pasted.url.is_empty() => faults.push(fault("url", "missing", "Enter where the buyer takes it.")),
        _ => faults.push(fault("url", "not_allowed", "This has to be an http or https address.")),
    }
    if faults.len() > before {
        return None;
    }
    let (rules, learned) = answers::rules(phase, &document.answers, &mut out.notes);
    let mut headers: Vec<Header> = Vec::new();
    let rows = rows::of(making, &pasted, &mut headers, &mut out.rows);
    let ping = phase == Phase::Ping;
    let call = Call {
        url: pasted.url.clone(),
        method: pasted.method,
        format: pasted.format,
        envelope: pasted.envelope.clone(),
        rows,
        headers,
        response: rules,
        timeout_ms: TIMES[usize::from(!ping)],
        ..Call::default()
    };
    let named = |(header, secret): (usize, &Header)| ProposedSecret { phase, header, name: secret.name.clone() };
    out.secrets.extend(call.headers.iter().enumerate().map(named));
    out.notes.extend(pasted.notes.iter().map(|note| format!("{}: {note}", phase.name())));
    tried(phase, &call, document, &mut *out);
    Some((call, learned))
}

/// Reads the samples with the rules that were made of them.
fn tried(phase: Phase, call: &Call, document: &CallDocument, out: &mut Parts) {
    let mut whole = call.clone();
    // The real ones are not known here.
    whole.headers.iter_mut().for_each(|header| header.value = Secret::new("secret"));
    let prepared = match Prepared::new(&whole) {
        Ok(prepared) => prepared,
        Err(faults) => {
            out.notes.extend(faults.into_iter().map(|why| format!("{}: {why}", phase.name())));
            return;
        }
    };
    for (nth, answer) in document.answers.iter().enumerate().filter(|(_, answer)| !answer.body.trim().is_empty()) {
        let expected = Expected::of(&prepared.answer(phase, answer.status, None, answer.body.as_bytes()));
        let meant = answers::meant(phase, answer);
        if meant.is_some_and(|meant| meant != expected.outcome) {
            let (is, meant) = (expected.outcome.words(), meant.map_or("", model::bench::Outcome::words));
            let note = format!("{}: sample answer {} is read as {is} and means {meant}", phase.name(), nth + 1);
            out.notes.push(format!("{note}: look at how its answer is read."));
        }
        let name = format!("sample {}: {}", nth + 1, expected.outcome.words());
        out.examples.push(ProposedExample { name, phase, status: answer.status, body: answer.body.clone(), expected });
    }
}

/// What a document tells of a member.
fn told(making: &Making<'_>, to: &str, told: Told) -> ProposedRow {
    let Told { row, sample, required, confidence, why } = told;
    ProposedRow { phase: making.phase, to: to.to_owned(), row, sample, required, confidence, why }
}
