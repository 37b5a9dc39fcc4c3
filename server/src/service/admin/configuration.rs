//! A tenant's whole configuration as one document: exported, compared, and applied in one transaction.

mod examples;
mod target;
mod texts;

use super::{
    Admin, Desk, NOT_ALONE, ServiceError,
    check::{self, World},
    documents::refuse,
    part::under,
    sealing,
    symbols::Names,
    wire,
};
use crate::{context::Actor, service::people::is_slug};
use exchange::difference::{Difference, Subject, differences};
use model::{
    FieldError,
    document::{Document, Kind},
    user::Right,
    vertical::Vertical,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::{Edit, ExampleRow};
use target::Target;

/// The member that says what the document is, and its version.
const FORMAT: (&str, u64) = ("gavel_config", 1);

/// What applying a configuration did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Applied {
    /// Whether it was done.
    pub applied: bool,
    /// What changed. Nothing when the configuration is as the document says already.
    pub differences: Vec<Difference>,
    /// Kept answers that read differently afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Admin {
    /// The whole configuration: ids as short names, secrets by reference. API keys, people and history are not in it.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn export(&self, actor: &Actor) -> Result<Value, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        exported(&desk, &desk.rows.all_examples().await?)
    }

    /// Makes the configuration what the document says, all of it or nothing, raising the version once; with `dry` only
    /// tells what would change. Sections that are not in the document stay as they are; what is missing in a section is
    /// paused, never deleted.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; every fault with its path (`contracts[2].filter`); stale when the configuration is
    /// not the one of `expected` ([`tag`]); four eyes when something changes.
    pub async fn apply(
        &self,
        actor: &Actor,
        wanted: Value,
        dry: bool,
        expected: Option<&str>,
        note: &str,
    ) -> Result<Applied, ServiceError> {
        let desk = self.desk(actor, if dry { Right::SeeExchange } else { Right::Configure }).await?;
        let (now, examples) = (self.clock.now(), desk.rows.all_examples().await?);
        if let Some(expected) = expected
            && expected != tag(&exported(&desk, &examples)?)
        {
            return Err(ServiceError::Stale);
        }
        let target = Target::read(&desk, &wanted, now);
        let target = target.map_err(|faults| ServiceError::Invalid(by_name(faults)))?;
        refuse(by_name(desk.target_faults(&target)))?;
        let kept = desk.kept(&target, &examples, (&actor.by(), now))?;
        // A campaign may choose a text that is only being made.
        let (mut edits, mut differences) = desk.text_edits(&target.texts, (&actor.by(), now));
        let (own, told) = desk.edits(target);
        edits.extend(own);
        differences.extend(told);
        edits.extend(kept.edits);
        differences.extend(kept.differences);
        let warnings = kept.warnings;
        if dry || edits.is_empty() {
            return Ok(Applied { applied: !dry, differences, warnings });
        }
        if desk.four_eyes {
            return Err(ServiceError::FourEyes(NOT_ALONE));
        }
        Self::publishing(actor)?;
        desk.rows.apply(&edits, &self.change(actor, note)).await?;
        tracing::info!(changes = differences.len(), by = %actor.by(), "configuration: applied");
        self.changed().await;
        Ok(Applied { applied: true, differences, warnings })
    }
}

/// What tells one state of a configuration from another: a hash of its export.
#[must_use]
pub fn tag(exported: &Value) -> String {
    hex::encode(&Sha256::digest(exported.to_string())[..16])
}

fn exported(desk: &Desk, examples: &[ExampleRow]) -> Result<Value, ServiceError> {
    let names = Names::of(&desk.whole.verticals, desk.whole.documents.iter().map(|have| &have.document));
    let mut out = Map::new();
    out.insert(FORMAT.0.to_owned(), FORMAT.1.into());
    let mut verticals: Vec<_> = desk.whole.verticals.iter().collect();
    verticals.sort_by(|a, b| a.slug.cmp(&b.slug));
    if !desk.whole.texts.is_empty() {
        out.insert(texts::SECTION.to_owned(), desk.texts_shown());
    }
    out.insert("verticals".to_owned(), verticals.into_iter().map(vertical_shown).collect());
    for kind in Kind::ALL {
        let mut section: Vec<_> = desk.whole.documents.iter().map(|have| &have.document).collect();
        section.retain(|document| document.kind() == kind);
        let show = |document: &Document| {
            let mut shown = wire::by_reference(names.symbolic(&wire::shown(document)));
            let kept = desk.kept_shown(document, examples)?;
            if !kept.is_empty() {
                shown[examples::MEMBER] = kept.into();
            }
            Ok::<_, ServiceError>((title_of(kind, &shown), shown))
        };
        let mut section = section.into_iter().map(show).collect::<Result<Vec<_>, _>>()?;
        section.sort_by(|a, b| a.0.cmp(&b.0));
        out.insert(kind.plural().to_owned(), section.into_iter().map(|(_, shown)| shown).collect());
    }
    Ok(out.into())
}

fn vertical_shown(vertical: &Vertical) -> Value {
    json!({ "slug": vertical.slug, "name": vertical.name, "active": vertical.active, "fields": vertical.fields })
}

/// What a symbolic document is known by in its section: its short name, or a contract's campaign, buyer and name.
fn title_of(kind: Kind, symbolic: &Value) -> String {
    let text = |name: &str| symbolic.get(name).and_then(Value::as_str).unwrap_or_default();
    match kind {
        Kind::Contract => format!("{}/{}/{}", text("campaign"), text("buyer"), text("name")),
        Kind::Campaign | Kind::Source | Kind::Buyer => text("slug").to_owned(),
    }
}

/// Faults of members that are called otherwise where things are referred to by their short names.
fn by_name(faults: Vec<FieldError>) -> Vec<FieldError> {
    let short = |field: &str| {
        ["vertical", "campaign", "buyer"].into_iter().fold(field.to_owned(), |field, name| {
            field.strip_suffix(&format!(".{name}_id")).map(|before| format!("{before}.{name}")).unwrap_or(field)
        })
    };
    faults.into_iter().map(|fault| FieldError { field: short(&fault.field), ..fault }).collect()
}

impl Desk {
    /// The faults of everything that is to change, in the configuration as it would be.
    fn target_faults(&self, target: &Target) -> Vec<FieldError> {
        let documents: Vec<_> = target.documents.iter().map(|(_, document)| document.clone()).collect();
        let kept = |vertical: &&Vertical| target.verticals.iter().all(|new| new.id != vertical.id);
        let verticals = self.whole.verticals.iter().filter(kept).chain(&target.verticals).collect();
        let world = World { verticals, documents: self.with(&documents), texts: self.texts_after(&target.texts) };
        let changed = target.documents.iter().filter(|(path, document)| !path.is_empty() && self.differs(document));
        let mut faults: Vec<_> =
            changed.flat_map(|(path, document)| under(path, check::faults(&world, document))).collect();
        for (at, vertical) in target.verticals.iter().enumerate() {
            let twin = target.verticals[..at].iter().any(|other| other.slug == vertical.slug);
            if twin || !is_slug(&vertical.slug) {
                let message = "A short name has 1 to 40 lower case letters, digits and hyphens, and is there once.";
                faults.push(FieldError::new(format!("verticals[{at}].slug"), "not_allowed", message));
            }
        }
        faults
    }

    fn differs(&self, clear: &Document) -> bool {
        self.find(clear.id()).map_or(true, |have| sealing::opened(&self.keys, &have.document) != *clear)
    }

    /// The changes that lead to the target, and what they are in sentences.
    fn edits(&self, target: Target) -> (Vec<Edit>, Vec<Difference>) {
        let before = Names::of(&self.whole.verticals, self.whole.documents.iter().map(|have| &have.document));
        let after = Names::of(
            self.whole.verticals.iter().chain(&target.verticals),
            self.whole.documents.iter().map(|have| &have.document).chain(target.documents.iter().map(|(_, d)| d)),
        );
        let (mut edits, mut told) = (Vec::new(), Vec::new());
        for vertical in target.verticals {
            let have = self.whole.verticals.iter().find(|have| have.id == vertical.id);
            if have == Some(&vertical) {
                continue;
            }
            let path = format!("verticals[{}]", vertical.slug);
            let title = format!("Vertical \"{}\"", vertical.name);
            let was = have.map_or(Value::Null, vertical_shown);
            told.extend(differences(Subject { path: &path, title: &title }, &was, &vertical_shown(&vertical)));
            edits.push(Edit::Vertical(vertical));
        }
        for (_, clear) in target.documents {
            let have = self.find(clear.id()).ok();
            let mut document = clear;
            sealing::seal(&self.keys, &mut document, have.map(|have| &have.document));
            let stored = have.map(|have| sealing::sealed(&self.keys, &have.document));
            if stored.as_ref() == Some(&document) {
                continue;
            }
            let (was, is) = sealing::shown_beside(&self.keys, stored.as_ref(), Some(&document));
            let (was, is) = (before.symbolic(&was), after.symbolic(&is));
            let path = format!("{}[{}]", document.kind().plural(), title_of(document.kind(), &is));
            let title = format!("{} \"{}\"", document.kind().title(), document.name());
            told.extend(differences(Subject { path: &path, title: &title }, &was, &is));
            edits.push(match (have, stored) {
                (Some(have), Some(previous)) => {
                    Edit::Update { document, previous, expected: have.version, draft: None }
                }
                _ => Edit::Create(document),
            });
        }
        (edits, told)
    }
}
