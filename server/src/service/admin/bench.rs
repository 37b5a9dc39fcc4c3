//! The bench: what a contract would send for a lead, and how it would read an answer. Nothing is sent here and nothing changed.

mod examples;
mod requests;
mod trial;

pub(super) use examples::MOST;

use super::{Admin, Desk, ServiceError, sealing, wire};
use crate::{clock::new_id, context::Actor};
use connectors::{Prepared, Request};
use exchange::lead::{LeadMeta, Opened, Rehearsal, Schema, Viewing};
use model::{
    ContractId, EventId, FieldError, LeadId, Micros,
    bench::{AnswerAsked, AnswerRead, Outgoing, Phase, Preview, PreviewAsked},
    campaign::Campaign,
    contract::Contract,
    document::{Document, DocumentId},
    mapping::{Call, Carried, Method},
    secret::{MASK, Secret},
    user::Right,
};
use serde_json::Value;
use store::{StoreError, TenantStore};

/// Stands for every secret while a request is written, so that no real one is in it. It is plain ASCII that no encoding
/// changes, and is shown as [`MASK`].
const HIDDEN: &str = "gavel-hidden-secret";
/// The bid that a post is shown for.
const BID: Micros = Micros(10_000_000);
/// Longest answer that is read here, in bytes: as much as is read of a buyer's.
const LONGEST: usize = 256 * 1024;

/// A lead on the bench.
struct Stage {
    rehearsal: Rehearsal,
    meta: LeadMeta,
    /// The lead whose values these are, if one was chosen.
    lead: Option<LeadId>,
}

impl Admin {
    /// The exact requests of a contract for a lead, with its saved delivery or with another one. Secrets are masked; personal
    /// values are the examples of their fields unless the person's own are asked for, which is written to the lead's history
    /// before anything is shown.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`], for a person's values without [`Right::SeePersonal`]; not found for a lead of another
    /// tenant or campaign; every fault of a delivery that is not saved.
    pub async fn preview(
        &self,
        actor: &Actor,
        id: ContractId,
        asked: PreviewAsked,
        delivery: Option<Value>,
    ) -> Result<Preview, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let contract = desk.contract(id, delivery)?;
        let Stage { rehearsal, meta, lead } = self.stage(actor, &desk, &contract, &asked).await?;
        let ping = ping_of(&contract, &rehearsal, &meta)?;
        let post = post_of(&contract, &rehearsal, &meta, BID)?;
        let lead = lead.map(|lead| lead.to_string());
        Ok(Preview { lead, personal: asked.personal, ping, post })
    }

    /// How a contract reads an answer, and which signs it shows.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found; a ping of a direct contract; every fault of a delivery that is not saved.
    pub async fn read_answer(
        &self,
        actor: &Actor,
        id: ContractId,
        asked: AnswerAsked,
        delivery: Option<Value>,
    ) -> Result<AnswerRead, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let contract = desk.contract(id, delivery)?;
        let mut faults = Vec::new();
        let call = asked_call(&contract, &asked, &mut faults);
        let (Some(call), true) = (call, faults.is_empty()) else { return Err(ServiceError::Invalid(faults)) };
        Ok(hidden(call)?.answer(asked.phase, asked.status, asked.content_type.as_deref(), asked.body.as_bytes()))
    }

    /// The lead that a contract is tried with.
    async fn stage(
        &self,
        actor: &Actor,
        desk: &Desk,
        contract: &Contract,
        asked: &PreviewAsked,
    ) -> Result<Stage, ServiceError> {
        if asked.personal && !actor.may(Right::SeePersonal) {
            return Err(ServiceError::Forbidden);
        }
        let campaign = desk.campaign_of(contract)?;
        let schema = Schema::new(campaign).map_err(|faults| ServiceError::Broken(faults.join("; ")))?;
        let now = self.clock.now();
        let lead = match asked.lead.as_deref().map(str::trim).filter(|lead| !lead.is_empty()) {
            None => None,
            Some(text) => {
                Some(text.parse::<LeadId>().map_err(|_| fault("lead", "not_an_id", "An id looks like led_…."))?)
            }
        };
        if asked.personal && lead.is_none() {
            return Err(fault("lead", "missing", "Say whose personal values: choose a lead."));
        }
        let rehearsal = match lead {
            None => Rehearsal::invented(&schema, now),
            Some(lead) => {
                let missing = || fault("lead", "not_found", "There is no such lead in this contract's campaign.");
                let found = desk.rows.open_part(lead).await;
                let (of, open) = found.map_err(|error| match error {
                    StoreError::NotFound => missing(),
                    other => other.into(),
                })?;
                if of != campaign.id {
                    return Err(missing());
                }
                let shown = format!("as contract \"{}\" would send them", contract.name);
                self.rehearsed(actor, desk, (lead, &open), &schema, asked.personal.then_some(&shown)).await?
            }
        };
        let meta = LeadMeta {
            lead_id: lead.unwrap_or_else(|| LeadId::from_bits(new_id(now))),
            campaign: campaign.slug.as_str().into(),
            test: asked.test,
        };
        Ok(Stage { rehearsal, meta, lead })
    }

    /// A stored lead with an invented person; with its own, once the lead's history says how it was shown.
    async fn rehearsed(
        &self,
        actor: &Actor,
        desk: &Desk,
        (lead, open): (LeadId, &str),
        schema: &Schema,
        shown: Option<&String>,
    ) -> Result<Rehearsal, ServiceError> {
        let made = match shown {
            Some(how) => Rehearsal::opened(schema, open, self.opened(actor, desk, lead, how).await?),
            None => Rehearsal::invented(schema, self.clock.now()).with_open(open),
        };
        made.map_err(|error| ServiceError::Broken(error.to_string()))
    }

    /// Opens a lead's person for somebody, once the lead's history says so.
    async fn opened(&self, actor: &Actor, desk: &Desk, lead: LeadId, how: &str) -> Result<Opened, ServiceError> {
        let rows: &TenantStore = &desk.rows;
        let sealed = rows.sealed(lead).await?;
        let plain = desk.keys.open_lead(lead, &sealed.key, &sealed.body).map_err(|_| ServiceError::NotFound)?;
        let now = self.clock.now();
        let event = EventId::from_bits(new_id(now));
        let note = format!("Personal values shown to {} {how}", actor.user.name);
        rows.append_history(event, lead, "personal_viewed", &note, &actor.by(), now).await?;
        Opened::by(Viewing::recorded(event), &plain).map_err(|error| ServiceError::Broken(error.to_string()))
    }
}

impl Desk {
    /// A contract as it is saved, or with another delivery that is found right.
    fn contract(&self, id: ContractId, delivery: Option<Value>) -> Result<Contract, ServiceError> {
        let id = DocumentId::Contract(id);
        let document = match delivery.filter(|delivery| !delivery.is_null()) {
            None => self.find(id)?.document.clone(),
            Some(delivery) => {
                let mut body = wire::shown(&self.find(id)?.document);
                body["delivery"] = delivery;
                sealing::opened(&self.keys, &self.read(id, body)?)
            }
        };
        match document {
            Document::Contract(contract) => Ok(contract),
            _ => Err(ServiceError::NotFound),
        }
    }

    fn campaign_of(&self, contract: &Contract) -> Result<&Campaign, ServiceError> {
        match &self.find(DocumentId::Campaign(contract.campaign_id))?.document {
            Document::Campaign(campaign) => Ok(campaign),
            _ => Err(ServiceError::NotFound),
        }
    }
}

fn fault(field: &str, code: &str, message: &str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new(field, code, message)])
}

/// The call to which something is an answer, and what is wrong with the answer.
fn asked_call<'a>(contract: &'a Contract, asked: &AnswerAsked, faults: &mut Vec<FieldError>) -> Option<&'a Call> {
    let call = match asked.phase {
        Phase::Ping => contract.delivery.ping.as_ref(),
        Phase::Post => Some(&contract.delivery.post),
    };
    if call.is_none() {
        faults.push(FieldError::new("phase", "not_allowed", "This contract is direct: it sends no ping."));
    }
    if !(100..=599).contains(&asked.status) {
        faults.push(FieldError::new("status", "not_allowed", "An HTTP status is a number from 100 to 599."));
    }
    if asked.body.len() > LONGEST {
        faults.push(FieldError::new("body", "too_long", "An answer is read up to 256 kB."));
    }
    call
}

/// A call made ready with nothing secret in it.
fn hidden(call: &Call) -> Result<Prepared, ServiceError> {
    let mut call = call.clone();
    call.headers.iter_mut().for_each(|header| header.value = Secret::new(HIDDEN));
    Prepared::new(&call).map_err(|faults| {
        let faults = faults.into_iter().map(|why| FieldError::new("delivery", "not_allowed", why));
        ServiceError::Invalid(faults.collect())
    })
}

/// The ping of a contract for a lead; none for a direct one.
fn ping_of(contract: &Contract, lead: &Rehearsal, meta: &LeadMeta) -> Result<Option<Outgoing>, ServiceError> {
    let Some(call) = &contract.delivery.ping else { return Ok(None) };
    let prepared = hidden(call)?;
    let (view, hashes) = (lead.ping_view(meta.clone()), lead.contact_hashes());
    let left_out = prepared.ping_left_out(&view, Some(&hashes));
    Ok(Some(outgoing(&prepared, prepared.ping(&view, Some(&hashes)).ok(), left_out)))
}

/// The post of a contract for a lead at a price, with sample tokens.
fn post_of(contract: &Contract, lead: &Rehearsal, meta: &LeadMeta, price: Micros) -> Result<Outgoing, ServiceError> {
    let carried = carried(contract.delivery.ping.as_ref());
    let prepared = hidden(&contract.delivery.post)?;
    let view = lead.post_view(meta, price);
    let left_out = prepared.post_left_out(&view, &carried);
    Ok(outgoing(&prepared, prepared.post(&view, &carried).ok(), left_out))
}

/// What the answer to a ping would give to the post, by the names the rules carry it under.
fn carried(ping: Option<&Call>) -> Carried {
    let Some(ping) = ping else { return Carried::default() };
    let rules = &ping.response;
    let values = rules.carry.iter().map(|carry| (carry.name.clone(), vec![format!("sample-{}", carry.name)]));
    Carried {
        token: rules.reference.is_some().then(|| "sample-token".to_owned()),
        values: values.collect(),
        ..Carried::default()
    }
}

fn outgoing(prepared: &Prepared, request: Option<Request>, left_out: Vec<String>) -> Outgoing {
    let mask = |text: &str| text.replace(HIDDEN, MASK);
    let Some(request) = request else {
        let why = "A place in the address or a header has no value that fits there: this call would not be made.";
        return Outgoing { left_out, unsendable: Some(why.to_owned()), ..Outgoing::default() };
    };
    // A fixed header is a secret, whatever it was made of.
    let fixed = prepared.headers().iter().map(|(name, _)| (name.clone(), MASK.to_owned()));
    let kind = (!request.body.is_empty()).then(|| ("Content-Type".to_owned(), prepared.content_type().to_owned()));
    let token = prepared.token().map(|_| ("Authorization".to_owned(), format!("Bearer {MASK}")));
    let own = request.headers.iter().map(|(name, value)| (name.clone(), mask(value)));
    Outgoing {
        method: match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        }
        .to_owned(),
        url: mask(request.url.as_str()),
        headers: kind.into_iter().chain(fixed).chain(token).chain(own).collect(),
        body: mask(&String::from_utf8_lossy(&request.body)),
        left_out,
        unsendable: None,
    }
}
