//! What is fuzzed: every parser that reads what strangers or operators send. Each takes any bytes and has to return; what it
//! returns is judged elsewhere. Whatever panics, hangs or takes memory without bound is a fault.

use connectors::{
    Prepared, import,
    intake::{Aliases, HookFormat, Moment, Platform, Request, Told, answer, place, read, read_hook, verify},
    presets, read_price, read_xml,
};
use exchange::{
    eligibility::CompiledContract,
    lead::{LeadMeta, Rehearsal, Schema, advice, form_to_json, read_lead, read_ping, read_submission},
};
use model::{
    LeadId, Timestamp,
    campaign::Campaign,
    document::{Document, Kind},
    intake::Intake,
    mapping::Call,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::LazyLock};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

static CALLS: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let all = presets().iter().filter_map(|preset| {
        let blank = preset.placeholders.iter().filter(|placeholder| placeholder.default.is_none());
        let values: BTreeMap<_, _> =
            blank.map(|placeholder| (placeholder.name.clone(), "https://b.example".to_owned())).collect();
        preset.fill(&values).ok()
    });
    all.flat_map(|delivery| delivery.ping.into_iter().chain([delivery.post]))
        .filter_map(|call| Prepared::new(&call).ok())
        .collect()
});

static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
    let kinds = [
        ("zip", json!({ "type": "zip" }), "pingable"),
        ("state", json!({ "type": "state" }), "pingable"),
        ("age", json!({ "type": "integer", "min": 0, "max": 120 }), "pingable"),
        ("insured", json!({ "type": "boolean" }), "pingable"),
        ("timing", json!({ "type": "choice", "values": ["now", "later"] }), "pingable"),
        ("born", json!({ "type": "date" }), "internal"),
        ("site", json!({ "type": "url" }), "internal"),
        ("ip", json!({ "type": "ip" }), "internal"),
        ("name", json!({ "type": "text", "max": 80 }), "personal"),
        ("email", json!({ "type": "email" }), "personal"),
        ("phone", json!({ "type": "phone" }), "personal"),
    ];
    let fields: Vec<_> = kinds
        .iter()
        .map(|(name, kind, visibility)| json!({ "name": name, "label": name, "kind": kind, "visibility": visibility }))
        .collect();
    serde_json::from_value(json!({
        "id": model::CampaignId::from_bits(1), "slug": "auto", "name": "Auto", "active": true, "currency": "USD",
        "vertical_id": model::VerticalId::from_bits(1), "fallback_url": "https://form.example/",
        "auction": { "floor": 0, "posts": 1, "deadline_ms": 3000, "post_reserve_ms": 1000 }, "fields": fields,
    }))
    .expect("a campaign")
});

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(&CAMPAIGN).expect("a schema"));

/// Any bytes as a buyer's answer, read by the rules of every preset.
pub fn answers(bytes: &[u8]) {
    let status = bytes.first().map_or(200, |first| 100 + u16::from(*first));
    for call in CALLS.iter() {
        let _ = call.read_ping(200, None, bytes);
        let _ = call.read_post(status, Some("application/x-www-form-urlencoded"), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = read_xml(text);
        let _ = read_price(&Value::from(text));
    }
}

/// Any text as a call: templates, names, paths, patterns and addresses are read or refused; what is read writes a request for
/// a lead, and reads the same text as an answer.
pub fn calls(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut calls = vec![json!({
        "url": format!("https://b.example/{text}"), "timeout_ms": 1,
        "rows": [
            { "to": text, "from": { "template": text } }, { "to": "x", "from": { "field": text }, "place": "query" },
            { "to": "t", "from": { "template": text }, "place": "query" },
        ],
        "response": { "accept": { "path": text }, "reject": { "path": "a", "pattern": text }, "price": text },
    })];
    // Or the text is a whole call.
    calls.extend(serde_json::from_str::<Value>(text));
    let lead = Rehearsal::invented(&SCHEMA, NOW);
    let meta = LeadMeta { lead_id: LeadId::from_bits(7), campaign: "auto".into(), test: false };
    for call in calls {
        let Ok(call) = serde_json::from_value::<Call>(call) else { continue };
        let Ok(call) = Prepared::new(&call) else { continue };
        let _ = call.ping(&lead.ping_view(meta.clone()), Some(&lead.contact_hashes()));
        let _ = call.post(&lead.post_view(&meta, model::Micros::units(3)), &Default::default());
        let _ = call.read_ping(200, None, bytes);
    }
}

/// Any bytes as a request to every platform's routes and every hook; what it asks for is answered.
pub fn intake(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    // The first line chooses the path; the rest is what is sent there.
    let (path, query) = text.split_once('\n').unwrap_or(("ping", text));
    let request =
        |method, content_type| Request { method, path, query, content_type, accept: query, key: None, body: bytes };
    let intake = Intake::default();
    let at = Moment { now: NOW, took_ms: 1, request: 7 };
    for platform in Platform::ALL {
        for (method, kind) in [("POST", "application/json"), ("GET", ""), ("POST", "application/xml")] {
            let asked = read(*platform, &request(method, kind));
            for ping in [false, true] {
                let aliases = Aliases { intake: &intake, platform: Some(*platform), fields: &CAMPAIGN.fields };
                let _ = place(&asked.members, aliases, ping);
            }
            let fault = asked.fault.clone().unwrap_or(connectors::intake::Fault::Key);
            let _ = answer(*platform, &asked, &Told::Refused(fault), at);
            let _ = answer(*platform, &asked, &Told::NoSuchLead, at);
        }
    }
    for format in HookFormat::ALL {
        let _ = read_hook(*format, &request("POST", "application/json"));
        let _ = read_hook(*format, &request("GET", ""));
    }
    let _ = verify(b"secret", bytes, text);
}

/// Any text as a buyer's posting document in every place where one is pasted: a proposal is made or refused, and what is
/// proposed can be used.
pub fn imports(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (document, answer) = text.split_once("\n\n").unwrap_or((text, text));
    let one = |document: &str, table: Option<&str>| {
        let answers = ["bid", "no_bid", "accepted", "rejected"].map(|means| json!({ "means": means, "body": answer }));
        json!({ "document": document, "table": table, "url": "https://b.example/post", "answers": answers })
    };
    let asked = [
        json!({ "post": one(document, None) }),
        json!({ "ping": one(document, None), "post": one(document, Some(answer)) }),
        json!({ "post": { "document": "", "table": text, "url": text } }),
    ];
    for asked in asked.into_iter().chain(serde_json::from_str::<Value>(text).ok()) {
        let Ok(asked) = serde_json::from_value(asked) else { continue };
        let Ok(proposal) = import::propose(&CAMPAIGN.fields, &asked) else { continue };
        let delivery = proposal.delivery;
        for call in delivery.ping.iter().chain([&delivery.post]) {
            let _ = Prepared::new(call);
        }
    }
}

/// Any bytes as what a source sends: JSON or a form, read to a lead or refused; and any text as a value of every kind.
pub fn leads(bytes: &[u8]) {
    let bodies = [serde_json::from_slice(bytes).ok(), form_to_json(bytes).ok()];
    for body in bodies.into_iter().flatten() {
        if let Ok(submission) = read_submission(body) {
            let _ = read_lead(&SCHEMA, submission.clone(), NOW);
            let _ = read_ping(&SCHEMA, submission, NOW);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let fields: serde_json::Map<_, _> =
        CAMPAIGN.fields.iter().map(|field| (field.name.clone(), Value::from(text))).collect();
    if let Ok(submission) = read_submission(json!({ "campaign": "auto", "fields": fields })) {
        let _ = read_lead(&SCHEMA, submission, NOW);
    }
    let _ = (advice::phone(text), advice::email(text));
    let (address, state) = text.split_once('\n').unwrap_or((text, text));
    let own = ToOwned::to_owned;
    let _ = advice::address(&advice::Address {
        address: own(address),
        city: own(address),
        state: own(state),
        zip: own(state),
    });
}

/// Any JSON as a document of every kind, and as the filter, schedule and caps of a contract: compiled or refused.
pub fn documents(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    for kind in Kind::ALL {
        match Document::read(kind, &value) {
            Ok(Document::Campaign(campaign)) => drop(Schema::new(&campaign)),
            Ok(Document::Contract(contract)) => compile(&json!(contract)),
            _ => {}
        }
    }
    let contract = |name: &str| {
        let mut contract = contract();
        contract[name] = value.clone();
        contract
    };
    for name in ["filter", "schedule", "caps", "price", "routing", "delivery", "sources", "returns"] {
        compile(&contract(name));
    }
}

fn contract() -> Value {
    let call = json!({
        "url": "https://b.example/", "timeout_ms": 1000,
        "response": { "accept": { "path": "status", "values": ["yes"] }, "price": "price" },
    });
    json!({
        "id": model::ContractId::from_bits(1), "campaign_id": model::CampaignId::from_bits(1),
        "buyer_id": model::BuyerId::from_bits(1), "name": "A", "kind": "auction", "active": true,
        "delivery": { "ping": call, "post": call },
    })
}

fn compile(contract: &Value) {
    let Ok(Document::Contract(contract)) = Document::read(Kind::Contract, contract) else { return };
    let buyer = json!({
        "id": model::BuyerId::from_bits(1), "slug": "b", "name": "B", "legal_name": "B", "active": true, "zone": "America/Detroit",
    });
    let Ok(buyer) = serde_json::from_value(buyer) else { return };
    let calls = contract.delivery.ping.iter().chain([&contract.delivery.post]);
    for call in calls {
        let _ = Prepared::new(call);
    }
    let _ = CompiledContract::new(contract, buyer, &SCHEMA);
}

/// Writes what a target begins from into `corpus/{target}/`, beside what earlier runs found.
pub fn sow(target: &str) {
    let folder = std::path::Path::new("corpus").join(target);
    std::fs::create_dir_all(&folder).expect("a folder");
    for (at, (_, bytes)) in seeds().into_iter().filter(|(own, _)| *own == target).enumerate() {
        std::fs::write(folder.join(format!("seed-{at:04}")), bytes).expect("a seed");
    }
}

/// What each target begins from: the presets' own documents and answers, and a few of ours.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    for preset in presets() {
        for example in &preset.examples {
            seeds.push(("answers", example.body.clone().into_bytes()));
            seeds.push(("intake", format!("ping\n{}", example.body).into_bytes()));
        }
        let blank = preset.placeholders.iter().filter(|placeholder| placeholder.default.is_none());
        let values: BTreeMap<_, _> =
            blank.map(|placeholder| (placeholder.name.clone(), "https://b.example".to_owned())).collect();
        let Ok(delivery) = preset.fill(&values) else { continue };
        for call in delivery.ping.iter().chain([&delivery.post]) {
            seeds.push(("calls", json!(call).to_string().into_bytes()));
            let sample: BTreeMap<_, _> = call.rows.iter().map(|row| (row.to.clone(), "48226")).collect();
            seeds.push(("imports", format!("{}\n\n{{\"status\":\"bid\",\"price\":1}}", json!(sample)).into_bytes()));
        }
        let mut whole = contract();
        whole["delivery"] = json!(delivery);
        seeds.push(("documents", whole.to_string().into_bytes()));
    }
    for text in [
        r#"{"campaign":"auto","fields":{"zip":"48226","state":"MI","age":41,"insured":true,"timing":"now","born":"1984-05-31","email":"a@b.co","phone":"3135550142"},"consent":{"text":"x","granted_at":"2026-05-07T19:04:11Z","signature":"checkbox"},"certificates":{"trustedform":"https://cert.trustedform.com/a"}}"#,
        "campaign=auto&fields.zip=48226&fields[state]=MI&consent.text=x&source.sub1=a&t[]=1&t[]=2",
        "(313) 555-0142",
        "dana@gmial.con",
        "1 Main St\nMI",
        "10k-20k",
        "05/31/1984",
    ] {
        seeds.push(("leads", text.as_bytes().to_vec()));
    }
    for text in [
        "new_api/api.php\nKey=k&API_Action=pingPostLead&Mode=ping&TYPE=21&Zip=48226&Format=JSON",
        "flows/f/sources/s/submit\n<lead><postal_code>48226</postal_code></lead>",
        "feedback\nevent_id=led_1&type=return&reason=bad+phone&key=k",
        "processor/insert/general\n{\"source\":{\"vid\":1},\"leads\":[{\"properties\":{\"reference\":\"a\"},\"fields\":{\"Zip\":\"1\"}}]}",
        "ping.do\nlp_campaign_key=k&lp_response=JSON",
        "restapi/v1.3/leads\n{\"key\":\"k\",\"campid\":\"1\"}",
        "x\n{\"object\":\"page\",\"entry\":[{\"changes\":[{\"value\":{\"leadgen_id\":\"1\",\"field_data\":[{\"name\":\"a\",\"values\":[\"b\"]}]}}]}]}",
        "x\n{\"lead_id\":\"1\",\"google_key\":\"k\",\"user_column_data\":[{\"column_id\":\"EMAIL\",\"string_value\":\"a@b.c\"}]}",
        "x\ndata.json=%7B%22a%22%3A%5B%22b%22%5D%7D",
    ] {
        seeds.push(("intake", text.as_bytes().to_vec()));
    }
    for text in [
        "curl -X POST https://b.example/ping -H 'X-Api-Key: abc' -d 'key=k&zip=48226&state=MI&email=a%40b.c'\n\nstatus=ok",
        "POST /post HTTP/1.1\nHost: b.example\nContent-Type: application/json\n\n{\"zip\":\"48226\",\"dob\":\"05/31/1984\"}",
        "Field\tRequired\tPing\tPost\tAllowed values\nzip\tyes\tyes\tyes\t5 digits\nowner\tno\tno\tyes\tYes, No",
        "<table><tr><th>Name</th><th>Type</th></tr><tr><td>first_name</td><td>string</td></tr></table>",
        "<lead><zip>48226</zip><phone>3135550142</phone></lead>\n\n<response><status>Matched</status></response>",
    ] {
        seeds.push(("imports", text.as_bytes().to_vec()));
    }
    for text in
        ["{{ zip }}", "{{ phone | digits }}", "{% if insured %}a{% endif %}", "a.b[0].c", "^ok|yes$", "//bid/@price"]
    {
        seeds.push(("calls", text.as_bytes().to_vec()));
    }
    for text in [
        r#"{"all":[{"is":{"field":"age","test":{"between":{"min":18,"max":35}}}},{"none":[{"is":{"field":"zip","test":{"prefix":["482"]}}}]}]}"#,
        r#"{"spans":[{"weekday":0,"start":480,"end":1200}],"holidays":["2026-01-01"]}"#,
        r#"[{"window":"day","limit":{"count":25}},{"window":"month","limit":{"money":100000000}}]"#,
    ] {
        seeds.push(("documents", text.as_bytes().to_vec()));
    }
    seeds
}
