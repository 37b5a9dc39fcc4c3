//! Every vertical template: its schema compiles, every example and every sample is taken, its filters fit and let some of its
//! samples through, and what is personal is not in a ping.

mod common;

use common::{NOON, campaign};
use exchange::{
    eligibility::CompiledContract,
    lead::{Lead, LeadMeta, Schema, read_lead, read_submission},
    vertical::{Template, templates},
};
use model::{
    LeadId,
    campaign::Campaign,
    contract::Contract,
    document::{Document, DocumentId, Kind},
    field::{Field, FieldKind, Visibility},
    filter::Filter,
};
use serde_json::json;
use std::collections::HashSet;

/// The verticals of requirements.md, R3.
const WANTED: [&str; 18] = [
    "auto-insurance",
    "home-insurance",
    "health-insurance",
    "medicare",
    "life-insurance",
    "final-expense",
    "mortgage",
    "refinance",
    "personal-loan",
    "debt-settlement",
    "personal-injury",
    "mass-tort",
    "social-security-disability",
    "solar",
    "roofing",
    "windows",
    "hvac",
    "home-warranty",
];

fn schema(template: &Template) -> Schema {
    let campaign = Campaign { fields: template.fields.clone(), ..campaign() };
    Schema::new(&campaign).unwrap_or_else(|faults| panic!("{}: {faults:?}", template.id))
}

fn samples(template: &Template) -> Vec<Lead> {
    let schema = schema(template);
    let read = |sample: &exchange::vertical::SampleLead| {
        let submission = read_submission(json!({ "fields": sample.fields })).expect("sound");
        let lead = read_lead(&schema, submission, NOON);
        lead.unwrap_or_else(|faults| panic!("{} {}: {faults:?}", template.id, sample.name))
    };
    template.samples.iter().map(read).collect()
}

#[test]
fn every_vertical_is_there_once() {
    let ids: HashSet<_> = templates().iter().map(|template| template.id.as_str()).collect();
    assert_eq!(ids.len(), templates().len());
    for wanted in WANTED {
        assert!(ids.contains(wanted), "{wanted}");
    }
    for template in templates() {
        assert!(template.about.ends_with('.') && template.about.len() < 120, "{}", template.about);
        assert!(template.consent.contains("not a condition") && template.consent.contains("[your company]"));
        assert!(template.filters.len() >= 2 || template.id == "contact", "{}", template.id);
        assert!(template.samples.len() >= 2, "{}", template.id);
    }
}

#[test]
fn every_sample_and_every_example_is_taken() {
    for template in templates() {
        let schema = schema(template);
        for (sample, lead) in template.samples.iter().zip(samples(template)) {
            // Nothing of a sample is a name that nobody knows: numbered names belong to a list.
            for name in sample.fields.keys() {
                let list =
                    |field: &Field| matches!(field.kind, FieldKind::List { .. }) && name.starts_with(&field.name);
                let known = schema.field(name).is_some() || schema.fields().any(list);
                assert!(known, "{} has no field {name}", template.id);
            }
            assert!(lead.has("zip") && lead.has("phone"), "{}", template.id);
        }
        let nested = |field: &Field| match &field.kind {
            FieldKind::List { members, .. } => members.clone(),
            _ => vec![field.clone()],
        };
        for field in template.fields.iter().flat_map(nested).filter(|field| !field.example.is_empty()) {
            let alone = Campaign { fields: vec![Field { required: true, ..field.clone() }], ..campaign() };
            let body = json!({ "fields": { &field.name: field.example } });
            let read = read_lead(&Schema::new(&alone).unwrap(), read_submission(body).unwrap(), NOON);
            assert!(read.is_ok(), "{} {}: {:?}", template.id, field.name, read.err());
        }
    }
}

#[test]
fn personal_values_are_in_no_ping() {
    for (template, lead) in
        templates().iter().flat_map(|template| samples(template).into_iter().map(move |lead| (template, lead)))
    {
        let meta = LeadMeta { lead_id: LeadId::from_bits(1), campaign: "a".into(), test: false };
        let ping = format!("{:?}", lead.ping_view(meta));
        for value in ["Dana", "Reyes", "O'Brien", "example.com", "5550142", "5550188", "Main St", "1984-05-31"] {
            assert!(!ping.contains(value), "{}: {value} in {ping}", template.id);
        }
        let personal =
            ["first_name", "last_name", "email", "phone", "birth_date", "address", "description", "employer"];
        for field in template.fields.iter().filter(|field| personal.contains(&field.name.as_str())) {
            assert_eq!(field.visibility, Visibility::Personal, "{} {}", template.id, field.name);
        }
        assert!(ping.contains("48226") || ping.contains("Zip"), "the ping is not empty");
    }
}

fn compiled(filter: &Filter, schema: &Schema) -> CompiledContract {
    let sign = |value: &str| json!({ "path": "s", "values": [value] });
    let call = json!({ "url": "https://b.example/", "rows": [], "timeout_ms": 9,
        "response": { "accept": sign("y"), "reject": sign("n") } });
    let id = |kind| DocumentId::from_bits(kind, 1).to_string();
    let contract: Contract = serde_json::from_value(json!({
        "id": id(Kind::Contract), "campaign_id": id(Kind::Campaign), "buyer_id": id(Kind::Buyer), "name": "A",
        "kind": "auction", "active": true, "price": {}, "filter": filter, "delivery": { "ping": call, "post": call },
    }))
    .expect("a contract");
    let buyer =
        json!({ "id": id(Kind::Buyer), "slug": "a", "name": "A", "legal_name": "A", "active": true, "zone": "UTC" });
    let Ok(Document::Buyer(buyer)) = Document::read(Kind::Buyer, &buyer) else { panic!("a buyer") };
    CompiledContract::new(contract, buyer, schema).unwrap_or_else(|faults| panic!("{filter:?}: {faults:?}"))
}

#[test]
fn every_filter_fits_and_lets_a_sample_through() {
    for template in templates() {
        let schema = schema(template);
        for starter in &template.filters {
            let sample = compiled(&starter.filter, &schema).sample(samples(template).into_iter());
            assert!(sample.pass > 0, "{}: nobody passes {}: {:?}", template.id, starter.name, sample.failing);
        }
    }
}

/// A template becomes the document of a campaign as it is.
#[test]
fn every_template_is_a_campaign() {
    for template in templates() {
        let mut value = template.campaign();
        value["id"] = DocumentId::from_bits(Kind::Campaign, 1).to_string().into();
        value["vertical_id"] = model::VerticalId::from_bits(1).to_string().into();
        value["active"] = true.into();
        // Amounts are decimals to people and millionths to the type; the door turns one into the other.
        for amount in ["floor", "min_margin"] {
            value["auction"][amount] = 1_000_000.into();
        }
        let Ok(Document::Campaign(read)) = Document::read(Kind::Campaign, &value) else { panic!("{}", template.id) };
        assert_eq!(read.fields, template.fields);
    }
}
