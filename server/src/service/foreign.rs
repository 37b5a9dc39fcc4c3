//! Leads that come in another platform's words, and from the hooks of form tools: their values are put under our names, and
//! then they go the way of every lead.

use super::{
    Asked as Returning, ServiceError, Services,
    feedback::Said,
    intake::{Caller, PingFault, Refusal},
};
use crate::{context::Actor, pipeline::Hook};
use connectors::intake::{
    Aliases, Asked, Event, Fault, Feedback, HookFormat, Member, Outcome, Placed, Platform, Step, Told, Wrong,
    from_number, place, to_number,
};
use model::{
    FieldError, LeadId, Micros, Money, PingId, feedback::Feedback::Converted, lead::Answer, ping::PingAnswer,
    returns::ReturnReason, tenant::Mode,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a test is told it earned when it asks to be told that it sold.
const TEST_PRICE: Micros = Micros::units(1);

impl Services {
    /// Who one of the presented credentials belongs to at a platform's routes.
    #[must_use]
    pub fn authenticate_from(&self, platform: Platform, presented: &[String]) -> Option<Caller> {
        let snapshot = self.pipeline.snapshot();
        presented.iter().find_map(|key| snapshot.authenticate_from(platform, key))
    }

    /// The hook of a token.
    #[must_use]
    pub fn hook(&self, format: HookFormat, token: &str) -> Option<Hook> {
        self.pipeline.snapshot().hook(format, token)
    }

    /// Does what a platform's request asks for.
    pub async fn serve(&self, platform: Platform, caller: Caller, asked: &Asked) -> Told {
        let caller = if asked.test { Caller { mode: Mode::Test, ..caller } } else { caller };
        if let Step::State(lead) = &asked.step {
            let Ok(lead) = lead.parse::<LeadId>() else { return Told::NoSuchLead };
            return self.status(&caller, lead).await.map_or(Told::NoSuchLead, Told::Lead);
        }
        let told = self.take_foreign(platform, caller, asked).await;
        if asked.forced { sold(told) } else { told }
    }

    /// Hears what a buyer says of a lead in another platform's words: it goes back by the terms of its contract, or the person
    /// bought.
    pub async fn hear(&self, buyer: &Actor, said: &Feedback) -> Told {
        let Ok(lead) = said.event.parse::<LeadId>() else { return Told::Refused(Fault::Key) };
        let heard = if said.returned {
            let asked = asked(&said.reason);
            self.ask_return(buyer, lead, &asked).await.map(|_| ())
        } else {
            let note = said.reason.clone();
            self.feedback(buyer, lead, &Said { kind: Converted, value: None, note }).await
        };
        let delivered = match heard {
            Ok(()) => self.portal_lead(buyer, lead).await,
            Err(error) => Err(error),
        };
        match delivered {
            Ok(delivered) => {
                let name = |wanted: &str| {
                    let own = delivered.personal.iter().find(|(name, _)| name == wanted);
                    own.map(|(_, value)| value.clone()).unwrap_or_default()
                };
                Told::Heard(lead, name("first_name"), name("last_name"))
            }
            // Nobody learns which leads there are.
            Err(ServiceError::NotFound) => Told::Refused(Fault::Key),
            Err(ServiceError::Refused(why)) => Told::NotHeard(lead, why),
            Err(ServiceError::Invalid(faults)) => {
                Told::NotHeard(lead, faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" "))
            }
            Err(ServiceError::Busy) => Told::Refused(Fault::Busy(5)),
            Err(error) => {
                tracing::error!(%error, "what a buyer said of a lead could not be kept");
                Told::Refused(Fault::Busy(30))
            }
        }
    }

    async fn take_foreign(&self, platform: Platform, caller: Caller, asked: &Asked) -> Told {
        let put = |ping| self.placed(&caller, Some(platform), &asked.campaigns, &asked.members, ping);
        let ping = matches!(asked.step, Step::Ping) || (asked.least.is_some() && !asked.forced);
        let Some((placed, currency)) = put(ping) else { return Told::Refused(Fault::Campaign) };
        let mut ping_id = None;
        if ping {
            let refused = |refusal| Told::Refused(fault(refusal, &placed));
            // What else was sent tells two people with the same values apart; nothing but its digest goes on, into a digest.
            let mut body = placed.body.clone();
            body.insert("external_id".to_owned(), digest(&asked.members).into());
            let mut answer = match self.ping(caller.clone(), Value::Object(body)).await {
                Ok(answer) => answer,
                Err(refusal) => return refused(refusal),
            };
            let Some(least) = asked.least.filter(|_| asked.step != Step::Ping) else {
                if asked.forced && answer.payout.is_none() {
                    answer.payout = Some(Money { amount: TEST_PRICE, currency });
                }
                return Told::Ping(answer);
            };
            match answer.payout {
                Some(payout) if payout.amount >= least => ping_id = Some(answer.ping_id),
                Some(payout) => return Told::Below(payout.amount),
                None => return Told::Lead(unsold(&answer)),
            }
        } else if let (Step::Post, false, Some(text)) = (&asked.step, asked.forced, &asked.ping) {
            ping_id = self.ping_meant(&caller, platform, text).await;
            if ping_id.is_none() {
                return Told::Refused(Fault::PingUnknown);
            }
        }
        let Some((mut placed, _)) = put(false) else { return Told::Refused(Fault::Campaign) };
        let mut key = None;
        if let Some(ping) = ping_id {
            // The same lead sent again after its ping gets its answer again, and is never a second one.
            key = Some(format!("ping {ping}"));
            placed.body.insert("ping_id".to_owned(), ping.to_string().into());
        }
        if let Some(id) = asked.external_id.as_ref().or(placed.external_id.as_ref()) {
            placed.body.insert("external_id".to_owned(), id.as_str().into());
        }
        let body = Value::Object(placed.body.clone());
        let taken =
            if asked.later { self.accept(caller, body, key).await } else { self.submit(caller, body, key).await };
        taken.map_or_else(|refusal| Told::Refused(fault(refusal, &placed)), Told::Lead)
    }

    /// Members under our names, with the campaign that is meant; none when there is none for this caller.
    fn placed(
        &self,
        caller: &Caller,
        platform: Option<Platform>,
        words: &[String],
        members: &[Member],
        ping: bool,
    ) -> Option<(Placed, model::Currency)> {
        let snapshot = self.pipeline.snapshot();
        let (campaign, source) = snapshot.meant(caller, words)?;
        let aliases = Aliases { intake: &source.intake, platform, fields: &campaign.fields };
        let mut placed = place(members, aliases, ping);
        placed.body.insert("campaign".to_owned(), campaign.slug.as_str().into());
        Some((placed, campaign.currency))
    }

    /// The ping that a platform's program means: by our id, or by the number we gave for it.
    async fn ping_meant(&self, caller: &Caller, platform: Platform, text: &str) -> Option<PingId> {
        if platform != Platform::Boberdoo {
            return text.parse().ok();
        }
        let number = text.parse::<u64>().ok()?;
        let (first, last) = from_number(number);
        let rows = self.store.tenant(caller.tenant_id);
        let found = rows.pings_between(caller.source_id, PingId::from_bits(first), PingId::from_bits(last)).await;
        match found {
            Ok(found) => found.into_iter().find(|ping| to_number(ping.bits()) == number),
            Err(error) => {
                tracing::error!(%error, "a ping could not be looked up by its number");
                None
            }
        }
    }

    /// The lead that an event became before; nothing when it has no id of its own.
    async fn known(&self, caller: &Caller, event: &Event) -> String {
        let Some(id) = &event.id else { return String::new() };
        self.status_by_external_id(caller, id).await.map(|answer| answer.lead_id.to_string()).unwrap_or_default()
    }

    /// Takes in what somebody entered in a tool's form, and answers as soon as it is stored. Under the sender's id of it,
    /// and without one under the digest of what was sent, a repeat is the same lead.
    ///
    /// # Errors
    /// When there is no room or the store does not answer: it has to be sent again, after so many seconds.
    pub async fn take_event(&self, hook: &Hook, event: &Event, body: &[u8]) -> Result<Outcome, u32> {
        let rejected = |reason, fields| Ok(Outcome::Rejected(reason, fields));
        let mut caller = hook.caller.clone();
        if event.test {
            caller.mode = Mode::Test;
        }
        let Some((mut placed, _)) = self.placed(&caller, None, &event.campaigns, &event.members, false) else {
            return rejected("unknown_campaign", Vec::new());
        };
        let id = event.id.clone().or(placed.external_id.clone());
        if let Some(id) = &id {
            placed.body.insert("external_id".to_owned(), id.as_str().into());
        }
        let key = id.unwrap_or_else(|| hex::encode(Sha256::digest(body)));
        let key = hex::encode(Sha256::digest(format!("{} {} {key}", hook.format.name(), hook.caller.key_id)));
        let taken = self.accept(caller, Value::Object(placed.body.clone()), Some(format!("hook {key}"))).await;
        match taken {
            Ok(answer) => Ok(Outcome::Stored(answer.lead_id.to_string())),
            Err(Refusal::Invalid(faults)) => rejected("invalid_lead", names(&faults, &placed)),
            // Sent again with another time stamp or label in it: still the same lead.
            Err(Refusal::IdempotencyConflict) => Ok(Outcome::Stored(self.known(&hook.caller, event).await)),
            Err(Refusal::Overloaded { retry_after_s } | Refusal::TooManyPings { retry_after_s, .. }) => {
                Err(retry_after_s)
            }
            Err(Refusal::Unavailable) => Err(30),
            Err(Refusal::UnknownCampaign | Refusal::CampaignNotAllowed) => rejected("unknown_campaign", Vec::new()),
            Err(Refusal::Ping(_) | Refusal::PersonalInPing(_)) => rejected("invalid_lead", Vec::new()),
        }
    }
}

/// A return in a buyer's words: one of the reasons there are by its code or what people call it, or another that says itself.
fn asked(reason: &str) -> Returning {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let named = |known: &&ReturnReason| [known.code(), known.title()].iter().any(|word| plain(word) == plain(reason));
    let known = ReturnReason::ALL.iter().find(named).copied().unwrap_or(ReturnReason::Other);
    Returning { reason: known.code().to_owned(), note: reason.trim().to_owned() }
}

fn digest(members: &[Member]) -> String {
    let mut hash = Sha256::new();
    for member in members {
        hash.update(format!("{}\0{}\0", member.name, member.value));
    }
    hex::encode(hash.finalize())
}

fn names(faults: &[FieldError], placed: &Placed) -> Vec<String> {
    let wrong = faults.iter().map(|fault| Wrong::new(fault, placed));
    wrong.map(|wrong| wrong.theirs.unwrap_or(wrong.ours)).collect()
}

/// A ping without a bid, as the lead that nobody would have bought.
fn unsold(answer: &PingAnswer) -> Answer {
    Answer {
        lead_id: LeadId::from_bits(answer.ping_id.bits()),
        status: "unsold".to_owned(),
        reason: answer.reason,
        redirect_url: None,
        payout: None,
        duration_ms: answer.duration_ms,
        test: answer.test,
    }
}

/// A test that asks to be told that it sold: what is wrong with it is told all the same.
fn sold(told: Told) -> Told {
    match told {
        Told::Lead(answer) => Told::Lead(Answer { status: "sold".to_owned(), reason: None, ..answer }),
        other => other,
    }
}

fn fault(refusal: Refusal, placed: &Placed) -> Fault {
    match refusal {
        Refusal::Invalid(faults) | Refusal::PersonalInPing(faults) => {
            Fault::Fields(faults.iter().map(|fault| Wrong::new(fault, placed)).collect())
        }
        Refusal::UnknownCampaign | Refusal::CampaignNotAllowed => Fault::Campaign,
        Refusal::IdempotencyConflict | Refusal::Ping(PingFault::Used) => Fault::Used,
        Refusal::Ping(PingFault::Unknown) => Fault::PingUnknown,
        Refusal::Ping(PingFault::Expired) => Fault::PingExpired,
        Refusal::Ping(PingFault::Void) => Fault::PingChanged,
        Refusal::Ping(PingFault::NoBid) => Fault::PingWithoutBid,
        Refusal::TooManyPings { retry_after_s, .. } => Fault::Often(retry_after_s),
        Refusal::Overloaded { retry_after_s } => Fault::Busy(retry_after_s),
        Refusal::Unavailable => Fault::Busy(5),
    }
}
