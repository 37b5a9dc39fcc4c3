//! Returns: a buyer asks to give a lead back, its contract's terms or a person decide, and the money follows.

use super::{ServiceError, Services, portal::own_contracts};
use crate::{clock::new_id, context::Actor, pipeline::GiveBackError};
use exchange::lead::without_personal;
use model::{
    AttemptId, BuyerId, ContractId, EventId, FieldError, LeadId, Timestamp,
    contract::Contract,
    report::Waiting,
    returns::{Return, ReturnReason, ReturnRow, ReturnState, Returnable},
    user::Right,
};
use store::{ReturnFilter, TenantStore};

/// Longest note or answer, in characters.
const LONGEST: usize = 300;

/// What somebody says to a return that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The reason's code.
    pub reason: String,
    /// In words.
    pub note: String,
}

/// A post of a lead by which a buyer has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The post.
    pub attempt_id: AttemptId,
    /// The buyer's name.
    pub buyer: String,
}

/// Where a return stands in the lists.
pub fn place(one: &Return) -> String {
    format!("{}-{}", one.asked_at.0, one.attempt_id)
}

/// Reads a place; a text that is none begins at the start.
pub fn after(place: Option<&str>) -> Option<(Timestamp, AttemptId)> {
    let (at, attempt) = place?.split_once('-')?;
    Some((Timestamp(at.parse().ok()?), attempt.parse().ok()?))
}

impl Services {
    /// Asks, as the buyer, to give a lead back. Terms that accept it at once do; otherwise it waits for a person.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`]; not found for a lead the buyer did not take; invalid with every fault of reason and
    /// note; refused when its contract has no returns, the time is over, or it was asked for before.
    pub async fn ask_return(&self, actor: &Actor, lead: LeadId, asked: &Asked) -> Result<Return, ServiceError> {
        let (rows, buyer) = self.own_buyer(actor)?;
        let row = rows.delivered_lead(buyer, lead).await?;
        let contract = own_contracts(&rows, buyer).await?.into_iter().find(|one| one.id == row.contract_id);
        let terms = contract.as_ref().and_then(|contract| contract.returns.clone());
        let Some(terms) = terms else {
            return Err(ServiceError::Refused("leads of this contract are not given back".to_owned()));
        };
        let (reason, faults) = read(asked, &terms.open_to());
        let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(ServiceError::Invalid(faults)) };
        let (until, now) = (terms.until(row.at), self.clock.now());
        if now > until {
            return Err(ServiceError::Refused(format!(
                "the time to give this lead back is over: it ended {} days after you took it",
                terms.days
            )));
        }
        let asked = Return {
            lead_id: lead,
            attempt_id: row.attempt_id,
            buyer_id: buyer,
            contract_id: row.contract_id,
            state: ReturnState::Requested,
            reason,
            note: self.without_person(actor, &rows, lead, &asked.note).await?,
            asked_at: now,
            asked_by: actor.user.name.clone(),
            decided_at: None,
            decided_by: String::new(),
            answer: String::new(),
        };
        if !rows.ask_return(&asked).await? {
            return Err(ServiceError::Refused("this lead was asked to be taken back before".to_owned()));
        }
        let note = format!("{} asks to give it back: {}.", actor.user.name, lower(reason.title()));
        self.note(&rows, actor, lead, "return_requested", &note).await?;
        let (taken, returned) = rows.return_share(Some(row.contract_id), buyer, now).await?;
        if !terms.at_once(taken, returned) {
            return Ok(asked);
        }
        let decided = Return { answer: "By the terms of the contract.".to_owned(), ..asked };
        match self.take_back(actor, decided.clone(), terms.frees_caps).await {
            Ok(()) => Ok(Return { state: ReturnState::Approved, decided_at: Some(now), ..decided }),
            // It waits for a person, as if the terms did not accept it by themselves.
            Err(error) => {
                tracing::warn!(%error, %lead, "a return could not be accepted at once");
                Ok(Return { answer: String::new(), ..decided })
            }
        }
    }

    /// Returns by where they stand: those that wait oldest first, others newest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn returns(
        &self,
        actor: &Actor,
        state: Option<ReturnState>,
        after: Option<(Timestamp, AttemptId)>,
        limit: u16,
    ) -> Result<Vec<ReturnRow>, ServiceError> {
        let rows = self.tenant(actor, Right::SeeExchange)?;
        Ok(rows.returns(ReturnFilter { state, buyer: None, after }, self.clock.now(), limit).await?)
    }

    /// How much waits for a person: posts in doubt, and returns.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn waiting(&self, actor: &Actor) -> Result<Waiting, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.waiting().await?)
    }

    /// What the buyer asked for so far, newest first.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`].
    pub async fn own_returns(
        &self,
        actor: &Actor,
        after: Option<(Timestamp, AttemptId)>,
        limit: u16,
    ) -> Result<Vec<ReturnRow>, ServiceError> {
        let (rows, buyer) = self.own_buyer(actor)?;
        let filter = ReturnFilter { state: None, buyer: Some(buyer), after };
        let mut found = rows.returns(filter, self.clock.now(), limit).await?;
        // Where a lead came from is not the buyer's to know, nor who of us decided.
        for row in &mut found {
            row.source.clear();
            row.asked.decided_by.clear();
        }
        Ok(found)
    }

    /// Decides about a return that waits.
    ///
    /// # Errors
    /// Without [`Right::Configure`], and to approve it without [`Right::Billing`]; not found; refused when it was decided
    /// meanwhile; invalid for an answer that is too long.
    pub async fn decide_return(
        &self,
        actor: &Actor,
        (lead, attempt): (LeadId, AttemptId),
        approve: bool,
        answer: &str,
    ) -> Result<(), ServiceError> {
        let rows = self.tenant(actor, Right::Configure)?;
        if approve && !actor.may(Right::Billing) {
            return Err(ServiceError::Forbidden);
        }
        too_long("answer", answer)?;
        let known = rows.returns_of(lead).await?.into_iter().find(|one| one.attempt_id == attempt);
        let asked = known.ok_or(ServiceError::NotFound)?;
        let decided = || ServiceError::Refused("this return is decided already".to_owned());
        if asked.state != ReturnState::Requested {
            return Err(decided());
        }
        let answer = self.without_person(actor, &rows, lead, answer).await?;
        if approve {
            let frees = self.frees(&rows, asked.contract_id).await?;
            return self.take_back(actor, Return { decided_by: actor.user.name.clone(), answer, ..asked }, frees).await;
        }
        if !rows.deny_return((lead, attempt), self.clock.now(), &actor.user.name, &answer).await? {
            return Err(decided());
        }
        let said = if answer.is_empty() { String::new() } else { format!(" {answer}") };
        self.note(&rows, actor, lead, "return_denied", &format!("{} denies the return.{said}", actor.user.name)).await
    }

    /// Who has a lead.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found.
    pub async fn standing(&self, actor: &Actor, lead: LeadId) -> Result<Vec<Standing>, ServiceError> {
        let rows = self.tenant(actor, Right::SeeExchange)?;
        let buyers = rows.buyers().await?;
        let name = |id: BuyerId| buyers.iter().find(|buyer| buyer.id == id).map(|buyer| buyer.name.clone());
        let posts = rows.lead_stands(lead).await?.attempts.into_iter().filter(store::AttemptRow::stands);
        Ok(posts
            .map(|row| Standing { attempt_id: row.id, buyer: name(row.buyer_id).unwrap_or_else(|| "gone".to_owned()) })
            .collect())
    }

    /// Takes a lead back from a buyer at once, whatever its contract's terms say.
    ///
    /// # Errors
    /// Without [`Right::Configure`] and [`Right::Billing`]; not found; invalid with every fault of reason and note; refused
    /// when the buyer does not have the lead (any more).
    pub async fn credit(
        &self,
        actor: &Actor,
        (lead, attempt): (LeadId, AttemptId),
        asked: &Asked,
    ) -> Result<(), ServiceError> {
        self.tenant(actor, Right::Billing)?;
        let rows = self.tenant(actor, Right::Configure)?;
        let (reason, faults) = read(asked, ReturnReason::ALL);
        let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(ServiceError::Invalid(faults)) };
        let stands = rows.lead_stands(lead).await?;
        let post = stands.attempts.iter().find(|row| row.id == attempt).ok_or(ServiceError::NotFound)?;
        let earlier = rows.returns_of(lead).await?.into_iter().find(|one| one.attempt_id == attempt);
        let (by, now) = (actor.user.name.clone(), self.clock.now());
        let note = self.without_person(actor, &rows, lead, &asked.note).await?;
        let back = match earlier {
            // What the buyer asked for stays as it asked it.
            Some(earlier) => Return { decided_by: by, answer: note, ..earlier },
            None => Return {
                lead_id: lead,
                attempt_id: attempt,
                buyer_id: post.buyer_id,
                contract_id: post.contract_id,
                state: ReturnState::Requested,
                reason,
                note,
                asked_at: now,
                asked_by: by.clone(),
                decided_at: None,
                decided_by: by,
                answer: String::new(),
            },
        };
        let frees = self.frees(&rows, post.contract_id).await?;
        self.take_back(actor, back, frees).await
    }

    async fn take_back(&self, actor: &Actor, decided: Return, frees_caps: bool) -> Result<(), ServiceError> {
        let (lead, reason) = (decided.lead_id, decided.reason);
        let by = if decided.decided_by.is_empty() { "The contract's terms" } else { &decided.decided_by };
        let note = format!("{by} took it back: {}.", lower(reason.title()));
        self.pipeline.give_back(actor.tenant.id, decided, frees_caps).await.map_err(|error| match error {
            GiveBackError::Store(error) => error.into(),
            other => ServiceError::Refused(other.to_string()),
        })?;
        self.note(&self.store.tenant(actor.tenant.id), actor, lead, "return_approved", &note).await
    }

    /// Whether a return of this contract frees its places in the caps. Of a contract that is gone nobody fills them.
    async fn frees(&self, rows: &TenantStore, contract: ContractId) -> Result<bool, ServiceError> {
        let terms = rows.contracts().await?.into_iter().find(|one| one.id == contract).and_then(|one| one.returns);
        Ok(terms.is_some_and(|terms| terms.frees_caps))
    }

    pub(super) async fn note(
        &self,
        rows: &TenantStore,
        actor: &Actor,
        lead: LeadId,
        kind: &str,
        text: &str,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        Ok(rows.append_history(EventId::from_bits(new_id(now)), lead, kind, text, &actor.by(), now).await?)
    }

    /// What somebody wrote, without the lead's personal values: it is kept in the open, and they are not.
    pub(super) async fn without_person(
        &self,
        actor: &Actor,
        rows: &TenantStore,
        lead: LeadId,
        text: &str,
    ) -> Result<String, ServiceError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(String::new());
        }
        let broken = |error: String| ServiceError::Broken(error);
        let sealed = rows.sealed(lead).await?;
        let keys = self.store.tenant_by_id(actor.tenant.id).await?.key_sealed;
        let keys = self.vault.tenant(actor.tenant.id, &keys).map_err(|error| broken(error.to_string()))?;
        // Of a person who was forgotten there is nothing left to find in it.
        let Ok(plain) = keys.open_lead(lead, &sealed.key, &sealed.body) else { return Ok(text.to_owned()) };
        without_personal(&plain, text).map_err(|error| broken(error.to_string()))
    }
}

/// What the buyer of a lead may do about it.
pub(super) fn returnable(
    contract: Option<&Contract>,
    taken: Timestamp,
    asked: Option<Return>,
    now: Timestamp,
) -> Returnable {
    if let Some(asked) = asked {
        return Returnable::Asked { asked: Return { decided_by: String::new(), ..asked } };
    }
    let Some(terms) = contract.and_then(|contract| contract.returns.as_ref()) else { return Returnable::No };
    let until = terms.until(taken);
    if now > until { Returnable::Over { until } } else { Returnable::Yes { until, reasons: terms.open_to() } }
}

fn read(asked: &Asked, open: &[ReturnReason]) -> (Option<ReturnReason>, Vec<FieldError>) {
    let mut faults = Vec::new();
    let allowed = || open.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(", ");
    let reason = asked.reason.parse::<ReturnReason>().ok().filter(|reason| open.contains(reason));
    if reason.is_none() {
        faults.push(FieldError::new("reason", "not_allowed", format!("The reason is one of {}.", allowed())));
    }
    if reason == Some(ReturnReason::Other) && asked.note.trim().is_empty() {
        faults.push(FieldError::new("note", "missing", "Say what it is."));
    }
    if asked.note.chars().count() > LONGEST {
        faults.push(FieldError::new("note", "too_long", format!("At most {LONGEST} characters.")));
    }
    (reason, faults)
}

fn too_long(field: &str, text: &str) -> Result<(), ServiceError> {
    if text.chars().count() <= LONGEST {
        return Ok(());
    }
    Err(ServiceError::Invalid(vec![FieldError::new(field, "too_long", format!("At most {LONGEST} characters."))]))
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
