//! Personal values of many leads in a file: who may, why, how many, and that it is written down before anything is opened.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor, security::TenantKeys};
use exchange::lead::{Opened, Viewing};
use model::{
    CampaignId, EventId, ExportId, FieldError, LeadId, Timestamp,
    field::Visibility,
    lead::LeadRow,
    page::{Cursor, Page},
    user::Right,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{LeadFilter, Sealed, Takeout};

/// Most leads in one file with personal values.
const LEADS_MAX: u32 = 10_000;
/// Most such files of one person or program in a day.
const FILES_MAX: u64 = 10;
/// A day, in milliseconds: how long a file counts, and how long it is known.
const DAY_MS: i64 = 86_400_000;
/// How long it can be taken after it was allowed, in milliseconds: ten minutes.
const TAKEN_WITHIN_MS: i64 = 600_000;
/// Shortest and longest reason, in characters.
const REASON: std::ops::RangeInclusive<usize> = 5..=200;
/// What is kept sealed of every lead beside the fields of its campaign.
const BESIDE: [(&str, &str); 9] = [
    ("trustedform", "TrustedForm certificate"),
    ("jornaya", "Jornaya LeadiD"),
    ("consent.text_version", "Consent: version of the text"),
    ("consent.text", "Consent: text"),
    ("consent.granted_at", "Consent: given at"),
    ("consent.signature", "Consent: signature"),
    ("consent.page_url", "Consent: page"),
    ("consent.ip", "Consent: address"),
    ("consent.user_agent", "Consent: browser"),
];

/// What somebody wants to take away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeoutWanted {
    /// The filters as the list's address has them, without the question mark.
    pub query: String,
    /// The names of the personal columns.
    pub fields: Vec<String>,
    /// The word of the format.
    pub format: String,
    /// Why.
    pub reason: String,
}

/// A lead with its personal values: name, value. None are left of a person who was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalRow {
    /// What the list says of it.
    pub row: LeadRow,
    /// The personal values.
    pub values: Vec<(String, String)>,
}

/// Whether somebody may take personal values away: whoever may neither see one nor take a file away may not either.
#[must_use]
pub fn may_take_personal(actor: &Actor) -> bool {
    [Right::SeeExchange, Right::Export, Right::SeePersonal, Right::ExportPersonal].iter().all(|right| actor.may(*right))
}

impl Services {
    /// The personal columns that leads can have: name, label; of one campaign, or of all.
    ///
    /// # Errors
    /// Without the rights, see [`may_take_personal`].
    pub async fn personal_columns(
        &self,
        actor: &Actor,
        campaign: Option<CampaignId>,
    ) -> Result<Vec<(String, String)>, ServiceError> {
        taking(actor)?;
        let campaigns = self.store.tenant(actor.tenant.id).campaigns().await?.into_iter();
        let fields = campaigns.filter(|one| campaign.is_none_or(|id| one.id == id)).flat_map(|one| one.fields);
        let personal = fields.filter(|field| field.visibility == Visibility::Personal || !members(field).is_empty());
        let named: BTreeMap<_, _> = personal.map(|field| (field.name, field.label)).collect();
        let beside = BESIDE.map(|(name, label)| (name.to_owned(), label.to_owned()));
        Ok(named.into_iter().chain(beside).collect())
    }

    /// Lets somebody take a file away: it is counted and written down, with its reason, before it can be had.
    ///
    /// # Errors
    /// Without the rights; every fault of what is wanted; refused when no lead or too many leads are meant, and for too many
    /// files in a day.
    pub async fn allow_takeout(
        &self,
        actor: &Actor,
        wanted: TakeoutWanted,
        mut filter: LeadFilter,
    ) -> Result<Takeout, ServiceError> {
        let known = self.personal_columns(actor, filter.campaign).await?;
        let faults = faults(&wanted, &known.into_iter().map(|(name, _)| name).collect());
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let (tenant, now) = (self.store.tenant(actor.tenant.id), self.clock.now());
        let day_ago = now.plus_millis(-DAY_MS);
        if tenant.takeouts_since(&actor.by(), day_ago).await? >= FILES_MAX {
            let why = format!("{FILES_MAX} files with personal values in a day are the most. Try again tomorrow.");
            return Err(ServiceError::Refused(why));
        }
        // What comes in meanwhile is not in it: the number that is written down is the file's.
        filter.to = Some(until(filter.to, now));
        let leads = match tenant.leads_counted(&filter, LEADS_MAX + 1).await? {
            0 => return Err(ServiceError::Refused("No lead matches: there is nothing to take away.".to_owned())),
            many if many > LEADS_MAX => {
                let why = "Personal values of at most 10,000 leads go into one file. Narrow the filters.";
                return Err(ServiceError::Refused(why.to_owned()));
            }
            leads => leads,
        };
        let TakeoutWanted { query, fields, format, reason } = wanted;
        let id = ExportId::from_bits(new_id(now));
        let mut line = self.line(actor, "exported_personal", &id.to_string(), "");
        // In full, whatever its length: it is what somebody will ask for.
        let filters = if query.is_empty() { "no filter" } else { query.as_str() };
        line.detail = format!("“{}”: {leads} leads ({filters}) with {}.", reason.trim(), fields.join(", "));
        let one = Takeout { id, actor: actor.by(), at: now, query, fields, format };
        tenant.add_takeout(&one, &line, day_ago).await?;
        tracing::info!(by = %actor.by(), tenant = %actor.tenant.id, leads, "personal values may be taken away");
        Ok(one)
    }

    /// What the same actor was allowed, for ten minutes. `id` as it stands in the address.
    ///
    /// # Errors
    /// Without the rights; not found for what somebody else was allowed, or when the time is over.
    pub async fn takeout(&self, actor: &Actor, id: &str) -> Result<Takeout, ServiceError> {
        taking(actor)?;
        let id: ExportId = id.parse().map_err(|_| ServiceError::NotFound)?;
        let one = self.store.tenant(actor.tenant.id).takeout(id).await?;
        let open = one.actor == actor.by() && one.at.plus_millis(TAKEN_WITHIN_MS) > self.clock.now();
        if open { Ok(one) } else { Err(ServiceError::NotFound) }
    }

    /// One page of the leads of such a file with their personal values. That they are taken is written to each lead's
    /// history first.
    ///
    /// # Errors
    /// Without the rights.
    pub async fn personal_page(
        &self,
        actor: &Actor,
        one: &Takeout,
        mut filter: LeadFilter,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<PersonalRow>, ServiceError> {
        taking(actor)?;
        let tenant = self.store.tenant(actor.tenant.id);
        filter.to = Some(until(filter.to, one.at));
        let page = tenant.leads_page(&filter, &cursor, limit).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        let sealed: HashMap<_, _> = tenant.sealed_of(&ids).await?.into_iter().collect();
        let now = self.clock.now();
        let events: Vec<_> = ids.iter().map(|lead| (EventId::from_bits(new_id(now)), *lead)).collect();
        let note = format!("Personal values taken away in a file by {}: {}", actor.user.name, one.fields.join(", "));
        tenant.append_histories(&events, "personal_exported", &note, &actor.by(), now).await?;
        let row = self.store.tenant_by_id(actor.tenant.id).await?;
        let keys = self.vault.tenant(actor.tenant.id, &row.key_sealed);
        let keys = keys.map_err(|error| ServiceError::Broken(error.to_string()))?;
        let rows = page.rows.into_iter().zip(events).map(|(row, (event, lead))| {
            let values = sealed.get(&lead).map_or_else(Vec::new, |sealed| opened(&keys, event, lead, sealed));
            PersonalRow { row, values }
        });
        Ok(Page { rows: rows.collect(), newer: page.newer, older: page.older })
    }
}

fn taking(actor: &Actor) -> Result<(), ServiceError> {
    if may_take_personal(actor) { Ok(()) } else { Err(ServiceError::Forbidden) }
}

/// The end of what a file has: nothing that came in after it was allowed.
fn until(asked: Option<Timestamp>, allowed: Timestamp) -> Timestamp {
    let end = Timestamp(allowed.0 + 1);
    asked.map_or(end, |to| to.min(end))
}

/// The members of a list that are personal.
fn members(field: &model::field::Field) -> Vec<&model::field::Field> {
    match &field.kind {
        model::field::FieldKind::List { members, .. } => {
            members.iter().filter(|member| member.visibility == Visibility::Personal).collect()
        }
        _ => Vec::new(),
    }
}

/// The values of a lead; nothing of a person who was forgotten.
fn opened(keys: &TenantKeys, event: EventId, lead: LeadId, sealed: &Sealed) -> Vec<(String, String)> {
    let Ok(plain) = keys.open_lead(lead, &sealed.key, &sealed.body) else { return Vec::new() };
    Opened::by(Viewing::recorded(event), &plain).map(|opened| opened.values()).unwrap_or_default()
}

/// Everything that is wrong with what is wanted.
fn faults(wanted: &TakeoutWanted, known: &BTreeSet<String>) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let reason = wanted.reason.trim();
    if !REASON.contains(&reason.chars().count()) || reason.contains(char::is_control) {
        let message = "Say why in 5 to 200 characters: it is kept in the audit log.";
        faults.push(FieldError::new("reason", "missing", message));
    }
    if wanted.fields.is_empty() {
        faults.push(FieldError::new("fields", "missing", "Choose what is needed, and nothing else."));
    }
    for field in wanted.fields.iter().filter(|field| !known.contains(*field)) {
        let message = format!("There is no personal field called {}.", field.escape_debug());
        faults.push(FieldError::new("fields", "not_allowed", message));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        let wanted = |reason: &str, fields: &[&str]| TakeoutWanted {
            query: String::new(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            format: "csv".to_owned(),
            reason: reason.to_owned(),
        };
        let known = BTreeSet::from(["email".to_owned()]);
        let found = |wanted| faults(&wanted, &known).into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        assert_eq!(found(wanted("Complaint 17", &["email"])), Vec::<String>::new());
        assert_eq!(found(wanted("  why ", &[])), ["reason", "fields"]);
        assert_eq!(found(wanted("Complaint\n17", &["email", "ssn"])), ["reason", "fields"]);
    }
}
