//! What it costs to write a ping and to read its answer, for every preset that pings: the figure is printed, nothing is
//! asserted. `cargo run --release -p connectors --example cost`

use connectors::{Prepared, presets};
use exchange::lead::{LeadMeta, Schema, read_lead, read_submission};
use model::{LeadId, Timestamp};
use serde_json::json;
use std::{collections::BTreeMap, error::Error, hint::black_box, time::Instant};

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let field = |name: &str, kind: &str, visibility: &str| json!({ "name": name, "label": name, "kind": { "type": kind }, "visibility": visibility });
    let campaign = serde_json::from_value(json!({
        "id": model::CampaignId::from_bits(1), "slug": "auto", "name": "Auto", "active": true, "currency": "USD",
        "vertical_id": model::VerticalId::from_bits(1), "fallback_url": "https://form.example/",
        "auction": { "floor": 0, "posts": 1, "deadline_ms": 3000, "post_reserve_ms": 1000 },
        "fields": [field("zip", "zip", "pingable"), field("state", "state", "pingable"),
            field("home_owner", "boolean", "pingable"), field("phone", "phone", "personal")],
    }))?;
    let schema = Schema::new(&campaign).map_err(|faults| faults.join("; "))?;
    let body = json!({ "campaign": "auto", "fields": { "zip": "48226", "state": "MI", "home_owner": true, "phone": "3135550142" } });
    let submission = read_submission(body).map_err(|faults| format!("{faults:?}"))?;
    let lead =
        read_lead(&schema, submission, Timestamp(1_800_000_000_000_000)).map_err(|faults| format!("{faults:?}"))?;
    let view = lead.ping_view(LeadMeta { lead_id: LeadId::from_bits(7), campaign: "auto".into(), test: false });
    println!("{:<14} {:>12} {:>12}", "preset", "write µs", "read µs");
    for preset in presets() {
        let blank = preset.placeholders.iter().filter(|placeholder| placeholder.default.is_none());
        let values: BTreeMap<_, _> =
            blank.map(|placeholder| (placeholder.name.clone(), "https://buyer.example".to_owned())).collect();
        let delivery = preset.fill(&values).map_err(|faults| format!("{}: {faults:?}", preset.id))?;
        let Some(ping) = &delivery.ping else { continue };
        let call = Prepared::new(ping).map_err(|faults| faults.join("; "))?;
        let Some(answer) = preset.examples.iter().find(|example| example.reads.starts_with("bid")) else { continue };
        let each = |began: Instant| began.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
        let began = Instant::now();
        for _ in 0..ROUNDS {
            black_box(call.ping(black_box(&view), None)?);
        }
        let write = each(began);
        let began = Instant::now();
        for _ in 0..ROUNDS {
            black_box(call.read_ping(200, answer.kind.as_deref(), black_box(answer.body.as_bytes())));
        }
        println!("{:<14} {write:>12.2} {:>12.2}", preset.id, each(began));
    }
    Ok(())
}
