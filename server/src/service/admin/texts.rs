//! Consent texts: written as a draft, checked, and published as versions that never change.

mod words;

use super::{Admin, NOT_THE_AUTHOR, ServiceError};
use crate::{
    clock::new_id,
    context::Actor,
    service::{activity, people::is_slug},
};
use exchange::consent::{self, Shown, lint, may_publish};
use model::{
    CampaignId, ConsentTextId, FieldError,
    consent::{ConsentText, ConsentVersion, Finding, Piece, Severity, Wording},
    user::Right,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use store::{StoreError, TextDraft, TextRow, TextUse};

/// How long back the use of a text is counted, in milliseconds: 7 days.
const WEEK_MS: i64 = 7 * 86_400_000;
/// How long back it is asked which version is sent, in milliseconds: a day.
const DAY_MS: i64 = 86_400_000;
/// Longest name, note and button, in characters.
const LINE: usize = 120;
const NOTE: usize = 500;

/// A text in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextListed {
    /// The text with its versions.
    pub row: TextRow,
    /// Short name and name of each campaign that chose it.
    pub campaigns: Vec<(CampaignId, String)>,
    /// Live leads of the last 7 days.
    pub leads: i64,
    /// Sources whose live leads came with it in the last 7 days.
    pub sources: usize,
}

/// A text with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextOpened {
    /// The text with its versions and draft.
    pub row: TextRow,
    /// Names of authors by their ids.
    pub authors: HashMap<String, String>,
    /// What the check says of the draft, or of the newest version when there is none.
    pub checked: TextChecked,
    /// Each campaign that chose it.
    pub campaigns: Vec<TextCampaign>,
    /// How many live leads came with which version in the last 7 days.
    pub week: Vec<TextUse>,
    /// The same of the last 24 hours.
    pub day: Vec<TextUse>,
    /// Names of sources and campaigns by their ids.
    pub names: HashMap<String, String>,
}

/// What the check says of words, and how a consumer sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TextChecked {
    /// What is missing, or should not be there; errors first.
    pub findings: Vec<Finding>,
    /// The words with their placeholders filled in.
    pub preview: String,
    /// Whether the sellers in it are invented, because no campaign has any.
    pub invented: bool,
}

/// A campaign that chose a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCampaign {
    /// The campaign.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// What its consumers are shown; none while nothing is published.
    pub shown: Option<Shown>,
    /// Legal names of the buyers that may have its leads.
    pub buyers: Vec<String>,
    /// Those of them that the newest version does not name.
    pub unnamed: Vec<String>,
}

/// How two versions differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextDifference {
    /// The text's name.
    pub name: String,
    /// The versions there are, newest first.
    pub versions: Vec<u32>,
    /// Whether there is a draft.
    pub draft: bool,
    /// The older version's number.
    pub from: u32,
    /// The newer version's number; none is the draft.
    pub to: Option<u32>,
    /// The words, piece by piece.
    pub pieces: Vec<Piece>,
    /// What else differs, in sentences.
    pub others: Vec<String>,
}

/// What somebody writes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextWanted {
    /// Short name; read when the text is made.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The language it is written in.
    pub locale: String,
    /// What the next version is to say.
    pub wording: Wording,
}

impl TextWanted {
    /// Reads `slug`, `name`, `locale` and `wording`.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with every member that cannot be read.
    pub fn read(value: &Value) -> Result<Self, ServiceError> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let mut faults = Vec::new();
        for name in value.as_object().into_iter().flat_map(|members| members.keys()) {
            if !["slug", "name", "locale", "wording"].contains(&name.as_str()) {
                faults.push(FieldError::new(name, "unknown", "There is no such member."));
            }
        }
        let wording = match value.get("wording") {
            None => Wording::default(),
            Some(wording) => serde_json::from_value(wording.clone()).unwrap_or_else(|error| {
                let message = format!("A wording has body, button, calls, texts and automated: {error}.");
                faults.push(FieldError::new("wording", "not_understood", message));
                Wording::default()
            }),
        };
        if !value.is_object() {
            faults.push(FieldError::new("", "not_understood", "This has to be an object."));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        Ok(Self { slug: text("slug"), name: text("name"), locale: text("locale"), wording })
    }
}

/// What is wrong with what a text is called.
pub(super) fn head_faults(name: &str, locale: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if name.trim().is_empty() || name.chars().count() > LINE || name.chars().any(char::is_control) {
        faults.push(FieldError::new("name", "not_allowed", "A name has 1 to 120 characters in one line."));
    }
    let parts = locale.split('-').collect::<Vec<_>>();
    let language = parts.first().is_some_and(|part| matches!(part.len(), 2 | 3));
    if !language
        || parts.len() > 3
        || !parts.iter().all(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric()))
    {
        faults.push(FieldError::new("locale", "not_allowed", "A language is written as browsers say it: en-US, es."));
    }
    faults
}

/// What cannot be kept of a wording, whatever it says.
pub(super) fn wording_faults(wording: &Wording) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if wording.body.chars().count() > consent::LONGEST {
        faults.push(FieldError::new("wording.body", "too_long", "At most 4000 characters."));
    }
    if wording.button.chars().count() > LINE || wording.button.chars().any(char::is_control) {
        faults.push(FieldError::new("wording.button", "not_allowed", "At most 120 characters in one line."));
    }
    faults
}

/// The errors of the check, as faults of the words.
pub(super) fn lint_faults(wording: &Wording, locale: &str, names: &[String]) -> Vec<FieldError> {
    let errors = lint(wording, locale, names).into_iter().filter(|finding| finding.severity == Severity::Error);
    let told = |finding: Finding| {
        let place =
            if finding.code == "E002" && wording.button.trim().is_empty() { "wording.button" } else { "wording.body" };
        FieldError::new(
            place,
            &finding.code.to_lowercase(),
            format!("{} {} ({})", finding.message, finding.fix, finding.code),
        )
    };
    errors.map(told).collect()
}

impl Admin {
    /// Every text with where it is used.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn texts(&self, actor: &Actor) -> Result<Vec<TextListed>, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let uses = desk.rows.text_uses(self.clock.now().plus_millis(-WEEK_MS)).await?;
        let listed = |row: &TextRow| {
            let own: Vec<_> =
                uses.iter().filter(|used| used.text_id == row.text.id && used.version.is_some()).collect();
            let mut sources: Vec<_> = own.iter().map(|used| used.source_id).collect();
            sources.sort();
            sources.dedup();
            TextListed {
                row: row.clone(),
                campaigns: desk.campaigns_of(&row.text).map(|campaign| (campaign.id, campaign.name.clone())).collect(),
                leads: own.iter().map(|used| used.leads).sum(),
                sources: sources.len(),
            }
        };
        Ok(desk.whole.texts.iter().map(listed).collect())
    }

    /// A text with its versions, its draft, what the check says of it, and where it is used.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn text(&self, actor: &Actor, id: ConsentTextId) -> Result<TextOpened, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let row = desk.whole.texts.iter().find(|row| row.text.id == id).ok_or(ServiceError::NotFound)?.clone();
        let now = self.clock.now();
        let own = |uses: Vec<TextUse>| uses.into_iter().filter(|used| used.text_id == id).collect();
        let words =
            row.draft.as_ref().map(|draft| &draft.wording).or(row.versions.last().map(|version| &version.wording));
        let names = desk.whole.documents.iter();
        let names = names.map(|have| (have.document.id().to_string(), have.document.name().to_owned())).collect();
        Ok(TextOpened {
            checked: words
                .map(|words| desk.checked(Some(&row), words, &row.text.locale, &actor.tenant.name))
                .unwrap_or_default(),
            authors: self.authors(actor).await?,
            campaigns: desk
                .campaigns_of(&row.text)
                .map(|campaign| desk.text_campaign(campaign, &actor.tenant.name))
                .collect(),
            week: own(desk.rows.text_uses(now.plus_millis(-WEEK_MS)).await?),
            day: own(desk.rows.text_uses(now.plus_millis(-DAY_MS)).await?),
            names,
            row,
        })
    }

    /// What the check says of words that are not saved, of a text that is there or is to be made.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn check_text(
        &self,
        actor: &Actor,
        id: Option<ConsentTextId>,
        wording: &Wording,
        locale: &str,
    ) -> Result<TextChecked, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let row = match id {
            Some(id) => Some(desk.whole.texts.iter().find(|row| row.text.id == id).ok_or(ServiceError::NotFound)?),
            None => None,
        };
        Ok(desk.checked(row, wording, locale, &actor.tenant.name))
    }

    /// Makes a text with a draft.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; every fault; taken for a short name that another text has.
    pub async fn create_text(&self, actor: &Actor, wanted: TextWanted) -> Result<ConsentTextId, ServiceError> {
        let rows = self.rows(actor, Right::Configure)?;
        let mut faults = head_faults(&wanted.name, &wanted.locale);
        if !is_slug(&wanted.slug) {
            let message = "A short name has 1 to 40 lower case letters, digits and hyphens.";
            faults.push(FieldError::new("slug", "not_allowed", message));
        }
        faults.extend(wording_faults(&wanted.wording));
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let now = self.clock.now();
        let TextWanted { slug, name, locale, wording } = wanted;
        let text = ConsentText { id: ConsentTextId::from_bits(new_id(now)), slug, name, locale };
        let draft = TextDraft { wording, author: actor.by(), at: now };
        let taken = || vec![FieldError::new("slug", "taken", "This short name is taken.")];
        let line = activity::line(actor, &*self.clock, "consent_text_made", &text.id.to_string(), &text.name);
        rows.add_text(&text, Some(&draft)).await.map_err(|error| match error {
            StoreError::Conflict => ServiceError::Taken(taken()),
            error => error.into(),
        })?;
        rows.add_activity(&line).await?;
        self.changed().await;
        Ok(text.id)
    }

    /// Saves what a text is called and what its next version is to say; the new revision.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's; every fault; stale when it was changed since.
    pub async fn save_text(
        &self,
        actor: &Actor,
        id: ConsentTextId,
        expected: i64,
        wanted: TextWanted,
    ) -> Result<i64, ServiceError> {
        let rows = self.rows(actor, Right::Configure)?;
        let have = rows.text(id).await?;
        let mut faults = head_faults(&wanted.name, &wanted.locale);
        if !wanted.slug.is_empty() && wanted.slug != have.text.slug {
            let message = "The short name stays: campaigns name the text by it.";
            faults.push(FieldError::new("slug", "not_allowed", message));
        }
        faults.extend(wording_faults(&wanted.wording));
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let TextWanted { name, locale, wording, .. } = wanted;
        let text = ConsentText { name, locale, ..have.text.clone() };
        let mut revision = expected;
        if text != have.text {
            revision = rows.rename_text(&text, revision).await?;
            self.changed().await;
        }
        let newest = have.draft.as_ref().map(|draft| &draft.wording);
        let newest = newest.or(have.versions.last().map(|version| &version.wording));
        if newest != Some(&wording) {
            let draft = TextDraft { wording, author: actor.by(), at: self.clock.now() };
            revision = rows.draft_text(id, &draft, revision).await?;
        }
        if revision == expected && have.revision != expected {
            return Err(ServiceError::Stale);
        }
        let line = activity::line(actor, &*self.clock, "consent_text_saved", &id.to_string(), &text.name);
        rows.add_activity(&line).await?;
        Ok(revision)
    }

    /// Publishes the draft as the next version; its number. From then on our forms show it.
    ///
    /// # Errors
    /// Without [`Right::Configure`] and [`Right::Publish`]; not found for another tenant's; every error of the check; refused
    /// when there is nothing to publish; four eyes when the author would do it alone; stale when it was changed since.
    pub async fn publish_text(
        &self,
        actor: &Actor,
        id: ConsentTextId,
        expected: i64,
        note: &str,
    ) -> Result<u32, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        Self::publishing(actor)?;
        let row = desk.whole.texts.iter().find(|row| row.text.id == id).ok_or(ServiceError::NotFound)?;
        let Some(draft) = &row.draft else {
            return Err(ServiceError::Refused("There is no draft: what is there is published".to_owned()));
        };
        let names = desk.legal_names();
        if !may_publish(&lint(&draft.wording, &row.text.locale, &names)) {
            return Err(ServiceError::Invalid(lint_faults(&draft.wording, &row.text.locale, &names)));
        }
        if row.versions.last().is_some_and(|version| version.wording == draft.wording) {
            return Err(ServiceError::Refused("The draft says what the newest version says".to_owned()));
        }
        if desk.four_eyes && draft.author == actor.by() {
            return Err(ServiceError::FourEyes(NOT_THE_AUTHOR));
        }
        let n = row.versions.last().map_or(1, |version| version.n + 1);
        let version = ConsentVersion {
            n,
            code: consent::code(&draft.wording.body),
            wording: draft.wording.clone(),
            author: actor.by(),
            at: self.clock.now(),
            note: note.trim().chars().take(NOTE).collect(),
        };
        desk.rows.publish_text(id, &version, expected).await?;
        let said = format!("{}, version {n}", row.text.name);
        let line = activity::line(actor, &*self.clock, "consent_text_published", &id.to_string(), &said);
        desk.rows.add_activity(&line).await?;
        tracing::info!(text = %id, version = n, by = %actor.by(), "consent text: published");
        self.changed().await;
        Ok(n)
    }

    /// How a version differs from another, or from the draft. When none is named, the newest version and the draft; without a
    /// draft the last two versions.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for a version that is not there, or when there is no draft.
    pub async fn text_difference(
        &self,
        actor: &Actor,
        id: ConsentTextId,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<TextDifference, ServiceError> {
        let row = self.rows(actor, Right::SeeExchange)?.text(id).await?;
        let versions: Vec<_> = row.versions.iter().rev().map(|version| version.n).collect();
        let (newest, draft) = (*versions.first().ok_or(ServiceError::NotFound)?, row.draft.is_some());
        let (from, to) = match (from, to) {
            (Some(from), to) => (from, to.or((!draft).then_some(newest))),
            (None, Some(to)) => (to.saturating_sub(1).max(1), Some(to)),
            (None, None) if draft => (newest, None),
            (None, None) => (newest.saturating_sub(1).max(1), Some(newest)),
        };
        let version = |n: u32| row.versions.iter().find(|version| version.n == n).map(|version| &version.wording);
        let older = version(from).ok_or(ServiceError::NotFound)?;
        let newer = match to {
            Some(to) => version(to),
            None => row.draft.as_ref().map(|draft| &draft.wording),
        };
        let newer = newer.ok_or(ServiceError::NotFound)?;
        let mut others = Vec::new();
        if older.button != newer.button {
            others.push(format!("Button: \"{}\" became \"{}\".", older.button, newer.button));
        }
        for (name, was, is) in [
            ("Calls", older.calls, newer.calls),
            ("Text messages", older.texts, newer.texts),
            ("Automated technology", older.automated, newer.automated),
        ] {
            if was != is {
                others.push(format!("{name}: {}.", if is { "allowed now" } else { "not allowed any more" }));
            }
        }
        let pieces = consent::difference(&older.body, &newer.body);
        Ok(TextDifference { name: row.text.name, versions, draft, from, to, pieces, others })
    }
}
