//! Whether a campaign's form can be opened, where it is, and the same form to be put into somebody's own page.

use super::{
    Admin, ServiceError,
    check::{World, address, fault},
};
use crate::{
    context::Actor,
    service::{
        hosted,
        question::{Question, Shape},
    },
};
use askama::Template;
use model::{
    CampaignId, FieldError, SourceId,
    campaign::Campaign,
    document::{Document, DocumentId},
    field::{Field, FieldKind},
    user::Right,
};
use url::Url;

/// What stands for the publishable key, which is shown once and not kept.
pub const KEY: &str = "YOUR_PUBLISHABLE_KEY";

/// How consumers reach a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLinks {
    /// Whether our form can be opened.
    pub active: bool,
    /// Where it is.
    pub url: String,
    /// A form for somebody's own page, with a place for a publishable key.
    pub snippet: String,
}

#[derive(Template)]
#[template(path = "embed.html")]
struct Snippet<'a> {
    action: String,
    script: String,
    campaign: &'a str,
    questions: Vec<(&'a str, Question)>,
    consent: &'a str,
    version: String,
    consent_required: bool,
    button: &'a str,
}

impl Admin {
    /// How consumers reach a campaign.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn form_links(&self, actor: &Actor, id: CampaignId, public: &Url) -> Result<FormLinks, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let Document::Campaign(campaign) = &desk.find(DocumentId::Campaign(id))?.document else {
            return Err(ServiceError::NotFound);
        };
        let at = |path: &str| public.join(path).map_or_else(|_| path.to_owned(), String::from);
        let words = hosted::Words::of(campaign, desk.shown(campaign, &actor.tenant.name).as_ref());
        let snippet = snippet(campaign, &words, at(&format!("/api/v1/forms/{KEY}")), at("/form.js"));
        let snippet = snippet.render().map_err(|error| ServiceError::Broken(error.to_string()))?;
        let url = at(&hosted::path(&actor.tenant.slug, &campaign.slug));
        Ok(FormLinks { active: campaign.hosted_form.active && campaign.active, url, snippet })
    }
}

fn snippet<'a>(campaign: &'a Campaign, words: &'a hosted::Words, action: String, script: String) -> Snippet<'a> {
    // What the server sees itself is not asked.
    let asked = campaign.fields.iter().filter(|field| field.kind.is_entered());
    Snippet {
        action,
        script,
        campaign: &campaign.slug,
        questions: asked.map(|field| (field.name.as_str(), Question::new(field, ""))).collect(),
        consent: &words.text,
        version: words.version.clone(),
        consent_required: campaign.consent_required,
        button: &words.button,
    }
}

/// Longest title or button, and longest other text of a form, in characters.
const FORM_LINE: usize = 120;
const FORM_TEXT: usize = 4000;

/// A form that can be opened has a source, and asks for what a lead of its campaign needs.
pub(super) fn faults(world: &World<'_>, campaign: &Campaign) -> Vec<FieldError> {
    let form = &campaign.hosted_form;
    let mut faults = Vec::new();
    for (path, text, most) in [
        ("title", &form.title, FORM_LINE),
        ("button", &form.button, FORM_LINE),
        ("intro", &form.intro, FORM_TEXT),
        ("consent_text", &form.consent_text, FORM_TEXT),
        ("thanks", &form.thanks, FORM_TEXT),
    ] {
        if text.chars().count() > most {
            faults.push(fault(&format!("hosted_form.{path}"), &format!("At most {most} characters.")));
        }
    }
    if !form.privacy_url.is_empty() {
        faults.extend(address("hosted_form.privacy_url", &form.privacy_url));
    }
    let known = |id: SourceId| world.documents.iter().any(|document| document.id() == DocumentId::Source(id));
    match form.source_id {
        Some(id) if !known(id) => {
            faults.push(FieldError::new("hosted_form.source_id", "not_found", "There is no such source."));
        }
        None if form.active => {
            faults.push(FieldError::new(
                "hosted_form.source_id",
                "missing",
                "Say which source the form's leads are of.",
            ));
        }
        _ => {}
    }
    faults.extend(chosen(world, campaign));
    let own = campaign.consent.text.is_empty();
    if own && form.active && campaign.consent_required && form.consent_text.trim().is_empty() {
        let message = "A lead of this campaign needs a consent: enter what the consumer agrees to.";
        faults.push(FieldError::new("hosted_form.consent_text", "missing", message));
    }
    if form.active && to_fill_in(&form.consent_text) {
        let message = "Fill in what stands in square brackets: a template's words are a beginning.";
        faults.push(fault("hosted_form.consent_text", message));
    }
    // Certificates come from a script beside a form, and this one has none.
    let unasked =
        |field: &&Field| field.required && matches!(field.kind, FieldKind::List { .. } | FieldKind::Certificate);
    for field in campaign.fields.iter().filter(|_| form.active).filter(unasked) {
        let message = format!("The form cannot ask for {}: leave it optional, or close the form.", field.name);
        faults.push(FieldError::new("hosted_form.active", "cannot_ask", message));
    }
    faults
}

/// The text that a campaign chose has to be there, and to say something. It may not have words of its own beside it: nobody
/// could say which were agreed to.
fn chosen(world: &World<'_>, campaign: &Campaign) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let slug = &campaign.consent.text;
    if slug.is_empty() {
        if campaign.consent.known_only {
            let message = "Choose the text first: which words are known is said by its versions.";
            faults.push(FieldError::new("consent.text", "missing", message));
        }
        return faults;
    }
    match world.texts.iter().find(|have| have.slug == *slug) {
        None => faults.push(FieldError::new("consent.text", "not_found", "There is no such consent text.")),
        Some(text) if !text.published => {
            let message = "Nothing of this text is published: publish a version first.";
            faults.push(FieldError::new("consent.text", "not_published", message));
        }
        Some(_) => {}
    }
    if !campaign.hosted_form.consent_text.trim().is_empty() {
        let message = "The campaign shows the consent text it chose: leave this empty, or choose none.";
        faults.push(fault("hosted_form.consent_text", message));
    }
    faults
}

/// Whether a text still has a place such as `[COMPANY NAME]` in it, as templates have them.
fn to_fill_in(text: &str) -> bool {
    text.split('[').skip(1).filter_map(|rest| rest.split_once(']')).any(|(inside, _)| {
        let words = inside.trim();
        !words.is_empty() && !words.contains('\n') && words.chars().any(char::is_alphabetic)
    })
}
