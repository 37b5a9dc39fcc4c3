//! Posting documents as buyers write them, and the delivery each is taken to mean.

use connectors::{Prepared, import::propose};
use model::{
    CampaignId,
    bench::Phase,
    field::{Field, FieldKind, Visibility},
    import::{CallDocument, ImportAsked, Proposal, ProposedRow},
    mapping::{Call, From, Place, Row, Style},
    secret::Secret,
};
use serde::Deserialize;

/// In every document, and in no proposal.
const SECRET: &str = "k-7f3a9";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    ping: Option<CallDocument>,
    post: CallDocument,
    kind: String,
    rows: Vec<String>,
    rules: Vec<String>,
    secrets: Vec<String>,
}

fn fields() -> Vec<Field> {
    use Visibility::{Personal, Pingable};
    let field = |name: &str, kind, visibility| Field {
        name: name.into(),
        label: name.replace('_', " "),
        kind,
        required: false,
        visibility,
        example: String::new(),
    };
    let choice = |values: &[&str]| FieldKind::Choice { values: values.iter().map(|text| (*text).to_owned()).collect() };
    let text = || FieldKind::Text { max: 80 };
    vec![
        field("zip", FieldKind::Zip, Pingable),
        field("state", FieldKind::State, Pingable),
        field("age", FieldKind::Integer { min: 16, max: 110 }, Pingable),
        field("currently_insured", FieldKind::Boolean, Pingable),
        field("current_insurer", choice(&["Geico", "State Farm", "Progressive", "Allstate", "Other"]), Pingable),
        field("owns_home", FieldKind::Boolean, Pingable),
        field("credit_rating", choice(&["Excellent (720+)", "Good", "Fair", "Poor"]), Pingable),
        field("first_name", text(), Personal),
        field("last_name", text(), Personal),
        field("address", text(), Personal),
        field("email", FieldKind::Email, Personal),
        field("phone", FieldKind::Phone, Personal),
        field("birth_date", FieldKind::Date, Personal),
    ]
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn source(from: &From) -> String {
    match from {
        From::Field(name) => format!("field {name}"),
        From::Constant(text) => format!("constant {text}"),
        From::Meta(meta) => format!("meta {}", word(meta)),
        From::PingToken => "ping_token".to_owned(),
        From::Carried(name) => format!("carried {name}"),
        From::Secret(name) => format!("secret {name}"),
        From::Template(text) => format!("template {text}"),
    }
}

fn row(row: &Row) -> String {
    let mut text = source(&row.from);
    if row.style != Style::Plain {
        text.push_str(&format!(" {}", word(row.style)));
    }
    if !row.replace.is_empty() {
        let swaps: Vec<_> = row.replace.iter().map(|swap| format!("{}={}", swap.ours, swap.theirs)).collect();
        text.push_str(&format!(" replace {}", swaps.join(";")));
    }
    if !row.spans.is_empty() {
        let spans: Vec<_> = row.spans.iter().map(|span| span.theirs.clone()).collect();
        text.push_str(&format!(" spans {}", spans.join(";")));
    }
    if let Some(otherwise) = &row.otherwise {
        text.push_str(&format!(" otherwise {otherwise}"));
    }
    for style in &row.then {
        text.push_str(&format!(" then {}", word(style)));
    }
    text
}

fn told(proposal: &Proposal, told: &ProposedRow) -> String {
    let star = if told.required { "*" } else { "" };
    let call = call(proposal, told.phase);
    let found = told.row.map(|at| &call.rows[at]);
    let (place, what) = match found {
        None => ("", "out".to_owned()),
        Some(found) => {
            let place = match found.place {
                Place::Body => "",
                Place::Query => " @query",
                Place::Header => " @header",
            };
            (place, format!("<- {}", row(found)))
        }
    };
    format!("{} {}{star}{place} {what} {}", told.phase.name(), told.to, told.confidence.name())
}

fn call(proposal: &Proposal, phase: Phase) -> &Call {
    match phase {
        Phase::Ping => proposal.delivery.ping.as_ref().expect("a ping"),
        Phase::Post => &proposal.delivery.post,
    }
}

fn rules(phase: &str, call: &Call) -> String {
    let rules = &call.response;
    let mut text = format!(
        "{phase} accept {}={} reject {}={}",
        rules.accept.path,
        rules.accept.values.join(","),
        rules.reject.path,
        rules.reject.values.join(",")
    );
    if let Some(bids) = &rules.bids {
        text.push_str(&format!(" bids {}/{}/{}", bids.path, bids.price, bids.token.as_deref().unwrap_or("-")));
    }
    for (name, path) in [
        ("price", &rules.price),
        ("reference", &rules.reference),
        ("good_for", &rules.good_for),
        ("redirect", &rules.redirect),
        ("reason", &rules.reason),
    ] {
        if let Some(path) = path {
            text.push_str(&format!(" {name} {path}"));
        }
    }
    text
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("import.json")).expect("sound cases")
}

#[test]
fn documents_become_the_deliveries_they_mean() {
    let mut wrong = Vec::new();
    for case in cases() {
        let asked = ImportAsked { campaign_id: CampaignId::from_bits(1), ping: case.ping, post: case.post };
        let proposal = match propose(&fields(), &asked) {
            Ok(proposal) => proposal,
            Err(faults) => {
                wrong.push(format!("{}: {faults:?}", case.name));
                continue;
            }
        };
        let mut same = |what: &str, is: Vec<String>, expected: Vec<String>| {
            for (is, expected) in is.iter().zip(&expected).filter(|(is, expected)| is != expected) {
                wrong.push(format!("{}: {what} is\n    {is}\n  not\n    {expected}", case.name));
            }
            if is.len() != expected.len() {
                wrong.push(format!("{}: {what} are {is:#?}", case.name));
            }
        };
        same("a row", proposal.rows.iter().map(|row| told(&proposal, row)).collect(), case.rows);
        let calls = proposal.delivery.ping.iter().map(|call| ("ping", call)).chain([("post", &proposal.delivery.post)]);
        same("a rule", calls.map(|(phase, call)| rules(phase, call)).collect(), case.rules);
        let secret = |secret: &model::import::ProposedSecret| {
            let header = &call(&proposal, secret.phase).headers[secret.header];
            format!("{} {} {}", secret.phase.name(), header.name, word(header.used))
        };
        same("a secret", proposal.secrets.iter().map(secret).collect(), case.secrets);
        same("the kind", vec![proposal.kind.name().to_owned()], vec![case.kind]);
        let whole = serde_json::to_string(&proposal).expect("JSON");
        assert!(!whole.contains(SECRET), "{}: a credential came out: {whole}", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_proposed_can_be_used_and_reads_its_own_samples() {
    for case in cases() {
        let asked = ImportAsked { campaign_id: CampaignId::from_bits(1), ping: case.ping, post: case.post };
        let proposal = propose(&fields(), &asked).unwrap_or_else(|faults| panic!("{}: {faults:?}", case.name));
        let mut delivery = proposal.delivery.clone();
        for call in delivery.ping.iter_mut().chain([&mut delivery.post]) {
            call.headers.iter_mut().for_each(|header| header.value = Secret::new("given-later"));
            Prepared::new(call).unwrap_or_else(|faults| panic!("{}: {faults:?}", case.name));
        }
        let contradicted = proposal.notes.iter().find(|note| note.contains("is read as"));
        assert_eq!(contradicted, None, "{}", case.name);
    }
}

#[test]
fn what_is_no_document_is_said_so() {
    let asked = |ping: Option<&str>, post: &str| ImportAsked {
        campaign_id: CampaignId::from_bits(1),
        ping: ping.map(|document| CallDocument { document: document.to_owned(), ..CallDocument::default() }),
        post: CallDocument { document: post.to_owned(), ..CallDocument::default() },
    };
    let faults = |asked: ImportAsked| {
        let faults = propose(&fields(), &asked).expect_err("not understood");
        faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect::<Vec<_>>()
    };
    assert_eq!(faults(asked(None, "")), ["post.document missing", "post.url missing"]);
    assert_eq!(faults(asked(None, "{\"zip\": ")), ["post.document not_understood"]);
    assert_eq!(faults(asked(None, "<Lead><Zip>")), ["post.document not_understood"]);
    assert_eq!(faults(asked(None, "curl 'https://b.example/")), ["post.document not_understood"]);
    assert_eq!(faults(asked(None, "Dear partner, please send us leads.")), ["post.document not_understood"]);
    assert_eq!(faults(asked(Some("{\"zip\":1}"), "{\"zip\":1}")), ["ping.url missing", "post.url missing"]);
    let mut strange = asked(None, "{\"zip\":1}");
    strange.post.url = Some("ftp://b.example/".to_owned());
    assert_eq!(faults(strange), ["post.url not_allowed"]);
    let long = asked(None, &format!("{{\"zip\":\"{}\"}}", "1".repeat(300_000)));
    assert_eq!(faults(long), ["post.document too_long"]);
}

#[test]
fn no_text_brings_it_down() {
    let pieces = [
        "{",
        "}",
        "<a",
        ">",
        "curl ",
        "'",
        "\"",
        "\\",
        "\n",
        "\t",
        "|",
        "&",
        "=",
        "[0]",
        "é",
        "\u{0}",
        "POST ",
        "https://b.example/?",
        "<td>",
        "%",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap_or_default() % pieces.len()]);
        }
        let answers = vec![model::import::SampleAnswer { means: None, status: 200, body: text.clone() }];
        let table = Some(text.clone());
        let post = CallDocument { document: text, table, url: Some("https://b.example/".to_owned()), answers };
        let _: Result<_, _> =
            propose(&fields(), &ImportAsked { campaign_id: CampaignId::from_bits(1), ping: None, post });
    }
}
