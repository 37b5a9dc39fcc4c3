//! Consent texts in a configuration: each with every version it has, oldest first. Versions that are there already have to
//! say what they say; further ones are published, in their order.

use super::super::{Desk, check::TextName, part::under, texts};
use crate::{clock::new_id, service::people::is_slug};
use exchange::{
    consent,
    difference::{Difference, Subject, differences},
};
use model::{
    ConsentTextId, FieldError, Timestamp,
    consent::{ConsentText, ConsentVersion, Wording},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Edit, TextRow};

/// The section of a configuration.
pub(super) const SECTION: &str = "texts";

/// A text as a configuration says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextWanted {
    #[serde(skip, default = "nobody")]
    id: ConsentTextId,
    slug: String,
    name: String,
    locale: String,
    #[serde(default)]
    versions: Vec<VersionWanted>,
}

/// A version as a configuration says it. When it was published, and by whom, is this tenant's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionWanted {
    wording: Wording,
    #[serde(default)]
    note: String,
}

const fn nobody() -> ConsentTextId {
    ConsentTextId::from_bits(0)
}

impl TextWanted {
    fn of(row: &TextRow) -> Self {
        let ConsentText { id, slug, name, locale } = row.text.clone();
        let versions = row.versions.iter();
        let versions = versions.map(|have| VersionWanted { wording: have.wording.clone(), note: have.note.clone() });
        Self { id, slug, name, locale, versions: versions.collect() }
    }

    fn text(&self) -> ConsentText {
        ConsentText { id: self.id, slug: self.slug.clone(), name: self.name.clone(), locale: self.locale.clone() }
    }
}

impl Desk {
    /// Every text as a configuration says it, by short name.
    pub(super) fn texts_shown(&self) -> Value {
        let mut shown: Vec<_> = self.whole.texts.iter().map(TextWanted::of).collect();
        shown.sort_by(|a, b| a.slug.cmp(&b.slug));
        json!(shown)
    }

    fn text_row(&self, slug: &str) -> Option<&TextRow> {
        self.whole.texts.iter().find(|row| row.text.slug == slug)
    }

    /// Reads the section; every fault goes to `faults` with its path.
    pub(super) fn texts_wanted(
        &self,
        items: Option<&Vec<Value>>,
        now: Timestamp,
        faults: &mut Vec<FieldError>,
    ) -> Vec<TextWanted> {
        let mut wanted: Vec<TextWanted> = Vec::new();
        for (at, item) in items.into_iter().flatten().enumerate() {
            let path = format!("{SECTION}[{at}]");
            let mut text: TextWanted = match serde_json::from_value(item.clone()) {
                Ok(text) => text,
                Err(error) => {
                    let message = format!("A text has slug, name, locale and versions: {error}.");
                    faults.push(FieldError::new(path, "not_understood", message));
                    continue;
                }
            };
            let have = self.text_row(&text.slug);
            text.id = have.map_or_else(|| ConsentTextId::from_bits(new_id(now)), |row| row.text.id);
            if !is_slug(&text.slug) || wanted.iter().any(|other| other.slug == text.slug) {
                let message = "A short name has 1 to 40 lower case letters, digits and hyphens, and is there once.";
                faults.push(FieldError::new(format!("{path}.slug"), "not_allowed", message));
            }
            faults.extend(under(&path, texts::head_faults(&text.name, &text.locale)));
            let published = have.map_or(&[][..], |row| &row.versions);
            for (n, version) in text.versions.iter().enumerate() {
                let place = format!("{path}.versions[{n}]");
                match published.get(n) {
                    Some(have) if have.wording != version.wording => {
                        let message = "This version is published with other words, and stays: add another.";
                        faults.push(FieldError::new(place, "published", message));
                    }
                    Some(_) => {}
                    None => {
                        let names = self.legal_names();
                        faults.extend(under(&place, texts::wording_faults(&version.wording)));
                        faults.extend(under(&place, texts::lint_faults(&version.wording, &text.locale, &names)));
                    }
                }
            }
            wanted.push(text);
        }
        wanted
    }

    /// The texts a campaign may choose once these are there too.
    pub(super) fn texts_after(&self, wanted: &[TextWanted]) -> Vec<TextName> {
        let mut names = self.text_names();
        for text in wanted {
            names.retain(|have| have.slug != text.slug || have.published);
            names.push(TextName { slug: text.slug.clone(), published: !text.versions.is_empty() });
        }
        // What is there stays published, whatever the document leaves out.
        names.sort_by_key(|have| (have.slug.clone(), !have.published));
        names.dedup_by(|a, b| a.slug == b.slug);
        names
    }

    /// The changes that lead to the texts that are wanted, and what they are in sentences.
    pub(super) fn text_edits(
        &self,
        wanted: &[TextWanted],
        (author, at): (&str, Timestamp),
    ) -> (Vec<Edit>, Vec<Difference>) {
        let (mut edits, mut told) = (Vec::new(), Vec::new());
        for text in wanted {
            let have = self.text_row(&text.slug);
            let published = have.map_or(0, |row| row.versions.len());
            let versions: Vec<_> = text.versions.iter().enumerate().skip(published).collect();
            let same = have.is_some_and(|row| row.text == text.text());
            if same && versions.is_empty() {
                continue;
            }
            let (path, title) = (format!("{SECTION}[{}]", text.slug), format!("Consent text \"{}\"", text.name));
            let was = have.map_or(Value::Null, |row| json!(TextWanted::of(row)));
            // Versions that the document leaves out are there all the same.
            let kept =
                have.into_iter().flat_map(|row| TextWanted::of(row).versions.into_iter().skip(text.versions.len()));
            let is = TextWanted { versions: text.versions.iter().cloned().chain(kept).collect(), ..text.clone() };
            told.extend(differences(Subject { path: &path, title: &title }, &was, &json!(is)));
            let version = |(number, wanted): (usize, &VersionWanted)| ConsentVersion {
                n: u32::try_from(number + 1).unwrap_or(u32::MAX),
                wording: wanted.wording.clone(),
                code: consent::code(&wanted.wording.body),
                author: author.to_owned(),
                at,
                note: wanted.note.clone(),
            };
            edits.push(Edit::Text { text: text.text(), versions: versions.into_iter().map(version).collect() });
        }
        (edits, told)
    }
}
