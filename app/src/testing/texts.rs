//! The consent texts the fake knows.

use super::{Fake, NOW};
use crate::{
    backend::texts::{TextCampaign, TextCheck, TextDifference, TextLine, TextView, Texts, UseLine, VersionLine},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    CampaignId, ConsentTextId, FieldError,
    consent::{ConsentText, Finding, Piece, Severity, Standing, Wording},
};
use serde_json::Value;

/// The text that [`Fake`] knows.
#[must_use]
pub const fn text_id() -> ConsentTextId {
    ConsentTextId::from_bits(15)
}

fn text() -> ConsentText {
    ConsentText { id: text_id(), slug: "auto-en".into(), name: "Auto insurance".into(), locale: "en-US".into() }
}

fn check() -> TextCheck {
    let finding = |code: &str, severity, words: &str| Finding {
        code: code.into(),
        severity,
        message: "Many are meant whom the consumer cannot know.".into(),
        fix: "Name each seller in the text itself.".into(),
        words: words.into(),
    };
    TextCheck {
        findings: vec![finding("E005", Severity::Error, "our partners"), finding("W017", Severity::Warning, "")],
        preview: "I agree to calls from our partners.".into(),
        invented: true,
    }
}

fn whole() -> TextView {
    let version = |n, share| VersionLine {
        n,
        at: NOW,
        author: "Dana".into(),
        note: "First <words>".into(),
        code: "ctv_1".into(),
        week: 120,
        share,
    };
    let used = |version, standing| UseLine {
        source: "Own form".into(),
        campaign: "Auto".into(),
        version,
        standing,
        leads: 12,
        last: NOW,
    };
    TextView {
        text: text(),
        revision: 4,
        wording: Wording { body: "I agree to calls from our partners.".into(), ..Wording::default() },
        draft: Some(("Dana".into(), NOW)),
        versions: vec![version(2, Some(86)), version(1, Some(14))],
        check: check(),
        campaigns: vec![TextCampaign {
            id: CampaignId::from_bits(2),
            name: "Auto".into(),
            buyers: 3,
            unnamed: vec!["Acme Inc.".into()],
        }],
        uses: vec![
            used(Some(2), Standing::Published),
            used(Some(1), Standing::Published),
            used(None, Standing::Unknown),
        ],
    }
}

#[async_trait]
impl Texts for Fake {
    async fn texts(&self) -> Result<Vec<TextLine>, UiError> {
        let line = TextLine {
            text: text(),
            newest: Some((2, NOW)),
            draft: true,
            campaigns: vec![(CampaignId::from_bits(2), "Auto".into())],
            sources: 1,
            leads: 1240,
        };
        self.answer(vec![line], Vec::new())
    }

    async fn text(&self, id: ConsentTextId) -> Result<TextView, UiError> {
        if id == text_id() { self.answer(whole(), whole()) } else { Err(UiError::NotFound) }
    }

    async fn check_text(&self, _: Option<ConsentTextId>, _: Value) -> Result<TextCheck, UiError> {
        self.answer(check(), check())
    }

    async fn create_text(&self, value: Value) -> Result<ConsentTextId, UiError> {
        if value["name"] == "" {
            return Err(UiError::Invalid(vec![FieldError::new("name", "not_allowed", "The name is needed.")]));
        }
        self.answer(text_id(), text_id())
    }

    async fn save_text(&self, _: ConsentTextId, _: i64, value: Value) -> Result<(), UiError> {
        self.create_text(value).await.map(|_| ())
    }

    async fn publish_text(&self, _: ConsentTextId, _: i64, _: String) -> Result<u32, UiError> {
        self.answer(3, 3)
    }

    async fn text_difference(
        &self,
        _: ConsentTextId,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<TextDifference, UiError> {
        let found = TextDifference {
            name: "Auto insurance".into(),
            versions: vec![2, 1],
            draft: true,
            from: from.unwrap_or(2),
            to,
            pieces: vec![
                Piece::Same("I agree to ".into()),
                Piece::Removed("calls ".into()),
                Piece::Added("marketing calls ".into()),
                Piece::Same("from Acme.".into()),
            ],
            others: vec!["Calls: allowed now.".into()],
        };
        self.answer(found.clone(), found)
    }
}
