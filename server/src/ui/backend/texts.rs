//! [`Texts`]: the pages' way to the consent texts.

use super::RequestBackend;
use crate::service::admin::{self as service, TextChecked, TextListed, TextOpened, TextWanted};
use app::{
    backend::texts::{TextCampaign, TextCheck, TextDifference, TextLine, TextView, Texts, UseLine, VersionLine},
    error::UiError,
};
use async_trait::async_trait;
use model::ConsentTextId;
use serde_json::Value;
use std::collections::HashMap;
use store::TextUse;

fn named(names: &HashMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

fn check(checked: TextChecked) -> TextCheck {
    let TextChecked { findings, preview, invented } = checked;
    TextCheck { findings, preview, invented }
}

/// The share of a version in per cent, of all leads that were to come with the text.
fn share(day: &[TextUse], n: u32) -> Option<u32> {
    let all: i64 = day.iter().map(|used| used.leads).sum();
    let own: i64 = day.iter().filter(|used| used.version == Some(n)).map(|used| used.leads).sum();
    (all > 0).then(|| u32::try_from((own * 100 + all / 2) / all).unwrap_or(100))
}

fn view(opened: TextOpened) -> TextView {
    let TextOpened { row, authors, checked, campaigns, week, day, names } = opened;
    let version = |version: &model::consent::ConsentVersion| VersionLine {
        n: version.n,
        at: version.at,
        author: named(&authors, &version.author),
        note: version.note.clone(),
        code: version.code.clone(),
        week: week.iter().filter(|used| used.version == Some(version.n)).map(|used| used.leads).sum(),
        share: share(&day, version.n),
    };
    let versions: Vec<_> = row.versions.iter().rev().map(version).collect();
    let newest = row.versions.last().map(|version| version.wording.clone());
    let (draft, wording) = match row.draft {
        Some(draft) => (Some((named(&authors, &draft.author), draft.at)), draft.wording),
        None => (None, newest.unwrap_or_default()),
    };
    let used = |used: TextUse| UseLine {
        source: named(&names, &used.source_id.to_string()),
        campaign: named(&names, &used.campaign_id.to_string()),
        version: used.version,
        standing: used.standing,
        leads: used.leads,
        last: used.last,
    };
    TextView {
        text: row.text,
        revision: row.revision,
        wording,
        draft,
        versions,
        check: check(checked),
        campaigns: campaigns
            .into_iter()
            .map(|one| TextCampaign { id: one.id, name: one.name, buyers: one.buyers.len(), unnamed: one.unnamed })
            .collect(),
        uses: week.into_iter().map(used).collect(),
    }
}

#[async_trait]
impl Texts for RequestBackend {
    async fn texts(&self) -> Result<Vec<TextLine>, UiError> {
        let listed = self.services.admin().texts(self.actor().await?).await.map_err(|error| self.told(error))?;
        let line = |listed: TextListed| TextLine {
            newest: listed.row.versions.last().map(|version| (version.n, version.at)),
            draft: listed.row.draft.is_some(),
            text: listed.row.text,
            campaigns: listed.campaigns,
            sources: listed.sources,
            leads: listed.leads,
        };
        Ok(listed.into_iter().map(line).collect())
    }

    async fn text(&self, id: ConsentTextId) -> Result<TextView, UiError> {
        self.services.admin().text(self.actor().await?, id).await.map(view).map_err(|error| self.told(error))
    }

    async fn check_text(&self, id: Option<ConsentTextId>, value: Value) -> Result<TextCheck, UiError> {
        let wanted = TextWanted::read(&value).map_err(|error| self.told(error))?;
        let checked = self.services.admin().check_text(self.actor().await?, id, &wanted.wording, &wanted.locale).await;
        checked.map(check).map_err(|error| self.told(error))
    }

    async fn create_text(&self, value: Value) -> Result<ConsentTextId, UiError> {
        let wanted = TextWanted::read(&value).map_err(|error| self.told(error))?;
        self.services.admin().create_text(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }

    async fn save_text(&self, id: ConsentTextId, revision: i64, value: Value) -> Result<(), UiError> {
        let wanted = TextWanted::read(&value).map_err(|error| self.told(error))?;
        let saved = self.services.admin().save_text(self.actor().await?, id, revision, wanted).await;
        saved.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn publish_text(&self, id: ConsentTextId, revision: i64, note: String) -> Result<u32, UiError> {
        let published = self.services.admin().publish_text(self.actor().await?, id, revision, &note).await;
        published.map_err(|error| self.told(error))
    }

    async fn text_difference(
        &self,
        id: ConsentTextId,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<TextDifference, UiError> {
        let found = self.services.admin().text_difference(self.actor().await?, id, from, to).await;
        let found = found.map_err(|error| self.told(error))?;
        let service::TextDifference { name, versions, draft, from, to, pieces, others } = found;
        Ok(TextDifference { name, versions, draft, from, to, pieces, others })
    }
}
