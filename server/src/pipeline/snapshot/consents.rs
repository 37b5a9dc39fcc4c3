//! The consent texts of a tenant as leads are read by: what is recognised, and what a campaign's consumers are shown.

use super::{CampaignSnapshot, Slot};
use exchange::{
    consent::{Filling, Known, Shown, recognise, sellers, shown},
    lead::Consent,
};
use model::{
    ConsentTextId, FieldError, TenantId,
    campaign::Campaign,
    consent::{ConsentSeen, ConsentText, ConsentVersion, Standing},
};
use std::{collections::HashMap, sync::Arc};

/// A tenant's texts.
#[derive(Clone, Default)]
pub(super) struct Texts {
    known: Arc<[Known]>,
    /// The newest version of each, by short name.
    newest: Arc<HashMap<String, (ConsentTextId, Option<ConsentVersion>)>>,
}

/// Every tenant's texts.
pub(super) fn texts(all: Vec<(TenantId, ConsentText, Vec<ConsentVersion>)>) -> HashMap<TenantId, Texts> {
    let mut by_tenant: HashMap<TenantId, Vec<(ConsentText, Vec<ConsentVersion>)>> = HashMap::new();
    for (tenant, text, versions) in all {
        by_tenant.entry(tenant).or_default().push((text, versions));
    }
    by_tenant.into_iter().map(|(tenant, texts)| (tenant, Texts::of(texts))).collect()
}

impl Texts {
    fn of(texts: Vec<(ConsentText, Vec<ConsentVersion>)>) -> Self {
        let mut published: Vec<_> =
            texts.iter().flat_map(|(text, versions)| versions.iter().map(|version| (text.id, version))).collect();
        published.sort_by_key(|(id, version)| (version.at, *id, version.n));
        let known =
            published.into_iter().map(|(id, version)| Known::new(id, version.n, &version.wording.body)).collect();
        let newest = texts.into_iter().map(|(text, mut versions)| (text.slug, (text.id, versions.pop()))).collect();
        Self { known, newest: Arc::new(newest) }
    }
}

/// What a campaign knows of consent texts.
#[derive(Debug)]
pub(in crate::pipeline) struct Consents {
    known: Arc<[Known]>,
    wanted: Option<ConsentTextId>,
    shown: Option<Shown>,
    known_only: bool,
}

impl Consents {
    pub(super) fn new(campaign: &Campaign, slots: &[Slot], publisher: &str, texts: &Texts) -> Self {
        let chosen = texts.newest.get(&campaign.consent.text);
        let filling = || Filling {
            sellers: sellers(slots.iter().map(|slot| (slot.contract(), slot.buyer()))),
            publisher: publisher.to_owned(),
            button: campaign.hosted_form.button.trim().to_owned(),
        };
        Self {
            known: Arc::clone(&texts.known),
            wanted: chosen.map(|(id, _)| *id),
            shown: chosen.and_then(|(id, version)| Some(shown(*id, version.as_ref()?, filling()))),
            known_only: campaign.consent.known_only,
        }
    }

    /// Which words a lead came with, and what is wrong with them in a campaign that takes known ones only.
    pub(in crate::pipeline) fn seen(&self, consent: Option<&Consent>) -> (Option<ConsentSeen>, Option<FieldError>) {
        let seen = recognise(&self.known, self.wanted, consent);
        let standing = seen.map(|seen| seen.standing).filter(|_| self.known_only);
        let fault = |code, message: &str| Some(FieldError::new("consent.text", code, message));
        let fault = match standing {
            Some(Standing::Unknown) => fault(
                "unknown_text",
                "These words are no version that was published: send them as they were given to you.",
            ),
            Some(Standing::Absent) => fault("missing", "Send the words the consumer agreed to."),
            Some(Standing::Published | Standing::OtherText) | None => None,
        };
        (seen, fault)
    }
}

impl CampaignSnapshot {
    /// What its consumers are shown; none when no text was chosen, or nothing of it was published.
    #[must_use]
    pub fn shown(&self) -> Option<&Shown> {
        self.consent.shown.as_ref()
    }
}
