//! What the fake has configured.

use super::{Fake, NOW};
use crate::{
    backend::configure::{
        Changed, Changes, Configuring, DraftView, FieldLine, FormLinks, HistoryAsked, Instructions, NewKey, Opened,
        TemplateView,
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    BuyerId, CampaignId, ContractId, FieldError, KeyId, SourceId,
    document::{DocumentId, Kind},
    tenant::{ApiKey, Mode},
    user::Role,
};
use serde_json::{Value, json};

/// The documents the fake knows, one of each kind.
#[must_use]
pub fn document(kind: Kind) -> Value {
    match kind {
        Kind::Campaign => json!({
            "id": CampaignId::from_bits(2), "slug": "auto", "name": "Auto insurance", "active": false,
            "vertical_id": "ver_00000000000000000000000001", "currency": "USD",
            "fields": [
                { "name": "zip", "label": "ZIP code", "kind": { "type": "zip" }, "required": true, "visibility": "pingable", "example": "48226" },
                { "name": "age", "label": "Age", "kind": { "type": "integer", "min": 16, "max": 110 }, "required": true, "visibility": "pingable", "example": "41" },
            ],
            "consent_required": true,
            "duplicates": { "same_buyer_days": 30, "cross_buyer_days": 7, "by": ["phone", "email"] },
            "auction": {
                "floor": "5.00", "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000,
                "tiers": [{ "name": "First", "strategy": "priority", "falls": { "no_bid": true, "rejected": true, "timeout": true } }],
                "look_ahead": "off", "max_buyers": 1, "min_margin": "0.00", "doubts": { "most": 5, "of": 20 },
            },
            "fallback_url": "https://form.example/thanks",
        }),
        Kind::Source => json!({
            "id": SourceId::from_bits(3), "slug": "web", "name": "Own form", "active": true,
            "payout": { "between": { "share": 600_000, "min": "2.00" } }, "floor": null, "pings": { "per_minute": 600 },
        }),
        Kind::Buyer => json!({
            "id": BuyerId::from_bits(5), "slug": "acme", "name": "Acme", "legal_name": "Acme Inc.", "active": true,
            "zone": "UTC", "caps": [{ "window": "day", "limit": { "count": 25 }, "per": "all", "paced": false }],
        }),
        Kind::Contract => json!({
            "id": ContractId::from_bits(4), "campaign_id": CampaignId::from_bits(2), "buyer_id": BuyerId::from_bits(5),
            "name": "Standard", "kind": "auction", "active": true, "price": { "floor": "2.00" }, "priority": 100,
            "delivery": { "post": {
                "url": "https://buyer.example/", "format": "json", "rows": [],
                "response": { "accept": { "path": "status", "values": ["yes"] } }, "timeout_ms": 1000,
            } },
        }),
    }
}

/// The id of the document the fake knows of a kind.
#[must_use]
pub fn document_id(kind: Kind) -> DocumentId {
    let bits = match kind {
        Kind::Campaign => 2,
        Kind::Source => 3,
        Kind::Buyer => 5,
        Kind::Contract => 4,
    };
    DocumentId::from_bits(kind, bits)
}

impl Fake {
    /// A document without a name is faulty; every other one is taken.
    fn judge(self, value: &Value) -> Result<(), UiError> {
        if self.role == Role::Viewer {
            return Err(UiError::Forbidden);
        }
        if value["name"].as_str().is_none_or(str::is_empty) {
            let message = "A name has 1 to 120 characters in one line.";
            return Err(UiError::Invalid(vec![FieldError::new("name", "not_allowed", message)]));
        }
        self.answer((), ())
    }
}

#[async_trait]
impl Configuring for Fake {
    async fn documents(&self, kind: Kind) -> Result<Vec<Value>, UiError> {
        self.answer(vec![document(kind)], Vec::new())
    }

    async fn templates(&self) -> Result<Vec<TemplateView>, UiError> {
        let template = |id: &str, name: &str| {
            let mut campaign = document(Kind::Campaign);
            (campaign["slug"], campaign["name"]) = (id.into(), name.into());
            campaign.as_object_mut().map(|members| members.remove("id"));
            TemplateView {
                id: id.to_owned(),
                name: name.to_owned(),
                group: "insurance".to_owned(),
                about: format!("{name}, in a sentence."),
                consent: "By clicking I agree.".to_owned(),
                campaign,
                filters: vec![(
                    "Grown up".to_owned(),
                    json!({ "is": { "field": "age", "test": { "between": { "min": 18, "max": null } } } }),
                )],
            }
        };
        self.answer(vec![template("auto", "Auto insurance"), template("contact", "Contact details")], Vec::new())
    }

    async fn document(&self, id: DocumentId) -> Result<Opened, UiError> {
        if id != document_id(id.kind()) {
            return Err(UiError::NotFound);
        }
        let mut value = document(id.kind());
        value["name"] = "Next".into();
        let draft = DraftView {
            value,
            base: 3,
            author: "Vera Viewer".into(),
            own: false,
            at: NOW,
            differences: vec!["The name changes.".into()],
        };
        let full = Opened {
            value: document(id.kind()),
            version: 3,
            draft: Some(draft),
            warnings: vec!["The kept answer <A> reads differently.".into()],
            four_eyes: false,
        };
        let empty = Opened { draft: None, warnings: Vec::new(), ..full.clone() };
        self.answer(full, empty)
    }

    async fn conceal(&self, mut value: Value) -> Result<Value, UiError> {
        for path in ["/delivery/ping/headers/0/value", "/delivery/post/headers/0/value", "/preset/values/KEY"] {
            if let Some(secret) = value.pointer_mut(path).filter(|secret| **secret != "•••" && **secret != "") {
                *secret = "typed:sealed".into();
            }
        }
        Ok(value)
    }

    async fn create_document(&self, kind: Kind, value: Value, _: String) -> Result<DocumentId, UiError> {
        self.judge(&value).map(|()| document_id(kind))
    }

    async fn save_document(&self, _: DocumentId, value: Value, version: i64, _: String) -> Result<i64, UiError> {
        self.judge(&value).map(|()| version + 1)
    }

    async fn save_draft(&self, _: DocumentId, value: Value, _: i64) -> Result<(), UiError> {
        self.judge(&value)
    }

    async fn discard_draft(&self, _: DocumentId) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn publish_draft(&self, _: DocumentId, _: String) -> Result<i64, UiError> {
        self.answer(4, 4)
    }

    async fn roll_back(&self, _: DocumentId, _: i64, _: i64, _: String) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn set_document_active(&self, _: DocumentId, _: bool) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn delete_document(&self, _: DocumentId, _: i64) -> Result<(), UiError> {
        Err(UiError::Refused("It is in use. Pause it instead.".into()))
    }

    async fn changes(&self, asked: HistoryAsked) -> Result<Changes, UiError> {
        let change = |version| Changed {
            id: asked.id.unwrap_or(document_id(Kind::Campaign)),
            name: "Auto insurance".into(),
            version,
            at: NOW,
            author: "usr_00000000000000000000000001".into(),
            author_name: "Ola Operator".into(),
            note: "Higher floor.".into(),
            sentences: vec!["Campaign \"Auto insurance\": the floor goes from 4.00 to 5.00.".into()],
            deleted: false,
        };
        self.answer(Changes { rows: vec![change(3), change(2)], next: None }, Changes::default())
    }

    async fn instructions(&self, _: SourceId, _: CampaignId) -> Result<Instructions, UiError> {
        let field = FieldLine {
            name: "zip".into(),
            label: "ZIP code".into(),
            kind: "zip".into(),
            required: true,
            personal: false,
            allowed: String::new(),
            example: "48226".into(),
        };
        let told = Instructions {
            source: "Own form".into(),
            campaign: "Auto insurance".into(),
            active: false,
            url: "https://gavel.example/api/v1/leads".into(),
            consent_required: true,
            words: Some(("By selecting <I agree> …".into(), "ctv_1".into())),
            known_only: true,
            fields: vec![field],
            curl: "curl …".into(),
            example: [("zip".to_owned(), "48226".into())].into_iter().collect(),
        };
        self.answer(told.clone(), told)
    }

    async fn form_links(&self, _: CampaignId) -> Result<FormLinks, UiError> {
        let url = "https://gavel.example/f/northwind/auto".to_owned();
        self.answer(
            FormLinks { active: true, url, snippet: "<form data-gavel></form>".to_owned() },
            FormLinks {
                active: false,
                url: "https://gavel.example/f/northwind/auto".to_owned(),
                snippet: String::new(),
            },
        )
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, UiError> {
        let key = ApiKey {
            id: KeyId::from_bits(8),
            source_id: SourceId::from_bits(3),
            name: "Form".into(),
            hint: "gvl_live_ab".into(),
            mode: Mode::Live,
            campaigns: Vec::new(),
            used_as: model::intake::KeyUse::Api,
            origins: Vec::new(),
            created_at: NOW,
            revoked_at: None,
        };
        self.answer(vec![key], Vec::new())
    }

    async fn create_api_key(&self, wanted: NewKey) -> Result<(ApiKey, String), UiError> {
        self.judge(&json!({ "name": wanted.name }))?;
        let key = self.api_keys().await?.into_iter().next().ok_or(UiError::NotFound)?;
        Ok((key, "gvl_live_shown_once".into()))
    }

    async fn revoke_api_key(&self, _: KeyId) -> Result<(), UiError> {
        self.answer((), ())
    }
}
