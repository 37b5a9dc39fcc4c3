//! Sellers' programs that were written for another platform, as clients: each speaks by its platform's preset, the same data
//! that speaks to such a platform as a buyer. So what our routes for it answer is read by that platform's own rules: what
//! those do not understand is no answer.

use super::Sandbox;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use connectors::{PingReading, PostReading, Prepared, Request, preset};
use exchange::lead::{LeadMeta, Rehearsal, Schema};
use model::{
    LeadId, Micros,
    campaign::Campaign,
    mapping::{Call, Carried, Delivery, Method, Row},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// A program waits so long for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a program is to send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Errand {
    /// What stands in the preset's places: the address, the key, the campaign.
    values: BTreeMap<String, String>,
    /// Values beside the preset's own, under the names the platform's sellers use.
    #[serde(default)]
    beside: BTreeMap<String, String>,
    /// The person: fields of the preset's rows.
    #[serde(default)]
    person: BTreeMap<String, String>,
}

/// `POST /__control/clients/{preset}`: a lead is pinged, where the platform pings, and posted. 200 with what was answered,
/// byte for byte, and how the platform's rules read it.
pub(super) async fn run(
    State(sandbox): State<Sandbox>,
    Path(name): Path<String>,
    Json(errand): Json<Errand>,
) -> Response {
    match errand.run(&sandbox, &name).await {
        Ok(told) => Json(told).into_response(),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, why).into_response(),
    }
}

impl Errand {
    async fn run(&self, sandbox: &Sandbox, name: &str) -> Result<Value, String> {
        let delivery = self.delivery(name)?;
        let schema = self.schema()?;
        let lead = Rehearsal::invented(&schema, sandbox.0.clock.now());
        let meta = LeadMeta { lead_id: LeadId::from_bits(self.number()), campaign: "client".into(), test: false };
        let (mut told, mut carried, mut price) = (json!({}), Carried::default(), Micros::ZERO);
        if let Some(ping) = &delivery.ping {
            let call = prepared(ping)?;
            let request = call.ping(&lead.ping_view(meta.clone()), None).map_err(|error| error.to_string())?;
            let got = send(&call, request).await?;
            let read = call.read_ping(got.status, got.kind.as_deref(), &got.body);
            told["ping"] = got.told(&ping_words(&read));
            let PingReading::Bid { price: bid, token, carried: values, .. } = read else { return Ok(told) };
            (price, carried) = (bid, Carried { token, values, good_until: None });
        }
        let call = prepared(&delivery.post)?;
        let request = call.post(&lead.post_view(&meta, price), &carried).map_err(|error| error.to_string())?;
        let got = send(&call, request).await?;
        told["post"] = got.told(&post_words(&call.read_post(got.status, got.kind.as_deref(), &got.body)));
        Ok(told)
    }

    fn delivery(&self, name: &str) -> Result<Delivery, String> {
        let preset = preset(name).ok_or("there is no such preset")?;
        let mut delivery = preset.fill(&self.values).map_err(|faults| format!("{faults:?}"))?;
        let beside = self.beside.iter().map(|(to, value)| json!({ "to": to, "from": { "constant": value } }));
        let beside: Result<Vec<Row>, _> = beside.map(serde_json::from_value).collect();
        let beside = beside.map_err(|error| error.to_string())?;
        for call in delivery.ping.iter_mut().chain([&mut delivery.post]) {
            call.rows.extend(beside.iter().cloned());
        }
        Ok(delivery)
    }

    /// The fields that presets name, with the person's values as their examples.
    fn schema(&self) -> Result<Schema, String> {
        let kinds = [
            ("zip", json!({ "type": "zip" }), "pingable"),
            ("state", json!({ "type": "state" }), "pingable"),
            ("first_name", json!({ "type": "text", "max": 80 }), "personal"),
            ("last_name", json!({ "type": "text", "max": 80 }), "personal"),
            ("email", json!({ "type": "email" }), "personal"),
            ("phone", json!({ "type": "phone" }), "personal"),
        ];
        let field = |(name, kind, visibility): &(&str, Value, &str)| {
            let example = self.person.get(*name).cloned().unwrap_or_default();
            json!({ "name": name, "label": name, "kind": kind, "visibility": visibility, "example": example })
        };
        let campaign: Campaign = serde_json::from_value(json!({
            "id": model::CampaignId::from_bits(1), "slug": "client", "name": "Client", "active": true, "currency": "USD",
            "vertical_id": model::VerticalId::from_bits(1), "fallback_url": "https://form.example/",
            "auction": { "floor": 0, "posts": 1, "deadline_ms": 3000, "post_reserve_ms": 1000 },
            "fields": kinds.iter().map(field).collect::<Vec<_>>(),
        }))
        .map_err(|error| error.to_string())?;
        Schema::new(&campaign).map_err(|faults| faults.join("; "))
    }

    /// The program's own number of the lead: another person, another number.
    fn number(&self) -> u128 {
        let each = self.person.values().flat_map(|value| value.bytes());
        each.fold(7, |number: u128, byte| number.wrapping_mul(257).wrapping_add(byte.into()))
    }
}

fn prepared(call: &Call) -> Result<Prepared, String> {
    Prepared::new(call).map_err(|faults| faults.join("; "))
}

struct Got {
    status: u16,
    kind: Option<String>,
    body: Vec<u8>,
}

impl Got {
    fn told(&self, read: &Value) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        json!({ "status": self.status, "kind": self.kind, "body": body, "read": read })
    }
}

async fn send(call: &Prepared, request: Request) -> Result<Got, String> {
    let told = |error: reqwest::Error| error.without_url().to_string();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    let client = client.build().map_err(told)?;
    let mut sent = match request.method {
        Method::Get => client.get(request.url),
        Method::Post => client.post(request.url).header("content-type", call.content_type()),
    };
    for (name, value) in call.headers().iter().chain(&request.headers) {
        sent = sent.header(name.as_str(), value.as_str());
    }
    let answer = sent.body(request.body).send().await.map_err(told)?;
    let (status, kind) = (answer.status().as_u16(), answer.headers().get("content-type").cloned());
    let kind = kind.and_then(|kind| Some(kind.to_str().ok()?.to_owned()));
    Ok(Got { status, kind, body: answer.bytes().await.map_err(told)?.to_vec() })
}

fn ping_words(read: &PingReading) -> Value {
    match read {
        PingReading::Bid { price, token, .. } => json!({ "bid": price.to_decimal(), "token": token }),
        PingReading::NoBid { reason, said } => json!({ "no_bid": reason, "said": said }),
        PingReading::Invalid { why } => json!({ "not_understood": why }),
    }
}

fn post_words(read: &PostReading) -> Value {
    match read {
        PostReading::Accepted { price, reference, redirect, .. } => {
            json!({ "accepted": price.map(Micros::to_decimal), "reference": reference, "redirect": redirect })
        }
        PostReading::Rejected { reason, said } => json!({ "rejected": reason, "said": said }),
        PostReading::Pending { reference } => json!({ "pending": reference }),
        PostReading::Unclear { why } => json!({ "not_understood": why }),
    }
}
