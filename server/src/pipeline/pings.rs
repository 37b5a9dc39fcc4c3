//! Affiliates ping too (exchange.md section 9): everything up to the plan, and no further. The bids are held for a while,
//! for the lead that may follow.

use super::{Caller, CampaignSnapshot, Pipeline, Refusal, again::Before, intake::Admitted, run::Run};
use crate::clock::new_id;
use exchange::lead::{LeadMeta, read_ping, read_submission};
use model::{LeadId, Money, PingId, SourceId, Timestamp, ping::PingAnswer, source::PingTerms, tenant::Mode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::{NewPing, PingRow, Record, StoreError};
use tokio::time::Instant;

/// How long bids are held, in milliseconds.
const HELD_MS: i64 = 60_000;
/// Pings per lead are only judged after so many pings.
const PINGS_TO_JUDGE: u64 = 1_000;

/// Why the bids of a ping do not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingFault {
    /// There is no such ping of this source in this campaign.
    Unknown,
    /// Its time is over.
    Expired,
    /// A field that is not personal differs from what was pinged.
    Void,
    /// It got no bid.
    NoBid,
    /// A lead was sent with it already.
    Used,
}

/// How often each source pings and sends.
#[derive(Debug, Default)]
pub(super) struct Meters(Mutex<HashMap<SourceId, Meter>>);

#[derive(Debug, Clone, Copy, Default)]
struct Meter {
    minute: i64,
    in_minute: u32,
    pings: u64,
    leads: u64,
}

impl Meters {
    /// Counts a ping; otherwise how long to wait and why.
    fn ping(&self, source: SourceId, terms: PingTerms, now: Timestamp) -> Result<(), Refusal> {
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let meter = meters.entry(source).or_default();
        let minute = now.0.div_euclid(60_000_000);
        if meter.minute != minute {
            (meter.minute, meter.in_minute) = (minute, 0);
        }
        let retry_after_s = u32::try_from(60 - now.0.div_euclid(1_000_000).rem_euclid(60)).unwrap_or(60);
        if terms.per_minute.is_some_and(|most| meter.in_minute >= most) {
            return Err(Refusal::TooManyPings { retry_after_s, why: "This source may not ping more in one minute." });
        }
        let judged = meter.pings >= PINGS_TO_JUDGE;
        if terms.per_lead.is_some_and(|most| judged && meter.pings / meter.leads.max(1) >= u64::from(most)) {
            let why = "This source pings far more than it sends: send leads, or ask for other terms.";
            return Err(Refusal::TooManyPings { retry_after_s: 3_600, why });
        }
        meter.in_minute += 1;
        meter.pings += 1;
        Ok(())
    }

    fn lead(&self, source: SourceId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(source).or_default().leads += 1;
    }
}

impl Pipeline {
    /// Asks buyers what they would pay for a lead whose person is not known yet. The same body inside the life of its ping
    /// gets the same answer, until a lead was sent with it.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was stored then.
    pub async fn ping(&self, caller: Caller, body: Value) -> Result<PingAnswer, Refusal> {
        let (started, started_at) = (Instant::now(), self.0.clock.now());
        let _place = self.room()?;
        let body_hash: [u8; 32] = Sha256::digest(body.to_string()).into();
        let submission = read_submission(body).map_err(|faults| self.invalid(faults))?;
        let (tenant, campaign, source) = self.door(&caller, &submission)?;
        let rows = self.0.store.tenant(caller.tenant_id);
        if let Some(earlier) =
            rows.repeated_ping(source.id, body_hash, started_at).await.map_err(|error| broken(&error))?
        {
            return serde_json::from_str(&earlier.answer).map_err(|_| Refusal::Unavailable);
        }
        let tracking = submission.tracking.clone();
        let lead = read_ping(&campaign.schema, submission, started_at).map_err(|faults| {
            if faults.iter().any(|fault| fault.code == "personal_field_in_ping") {
                Refusal::PersonalInPing(faults)
            } else {
                self.invalid(faults)
            }
        })?;
        self.0.meters.ping(source.id, source.pings, started_at)?;
        let id = PingId::from_bits(new_id(started_at));
        let test = caller.mode == Mode::Test;
        let meta = LeadMeta { lead_id: LeadId::from_bits(id.bits()), campaign: Arc::clone(&campaign.slug), test };
        let open_hash = lead.open_hash();
        let (tenant_id, mode, currency) = (caller.tenant_id, caller.mode, campaign.campaign.currency);
        let (campaign_id, payout) = (campaign.campaign.id, source.payout.clone());
        let source_id = source.id;
        let admitted = Admitted {
            tenant,
            campaign,
            source,
            caller,
            lead,
            consent: None,
            meta,
            external_id: None,
            tracking,
            idempotency: None,
            held: None,
            before: Before::nothing(started_at),
            started,
            started_at,
        };
        let (offer, held, tape) = Run::ask(self.clone(), admitted).await;
        let now = self.0.clock.now();
        let expires_at = now.plus_millis(HELD_MS);
        let answer = PingAnswer {
            ping_id: id,
            status: if offer.is_ok() { "bid" } else { "no_bid" }.to_owned(),
            payout: offer.ok().map(|revenue| Money { amount: payout.of(revenue), currency }),
            reason: offer.err(),
            expires_at: expires_at.to_string(),
            duration_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
            test,
        };
        let told = serde_json::to_string(&answer).map_err(|_| Refusal::Unavailable)?;
        let row = PingRow { id, source_id, campaign_id, expires_at, open_hash, answer: told, held };
        let ping = NewPing { tenant_id, mode, at: started_at, body_hash, tape, row };
        // Another server may get the lead: the bids have to be where it can read them.
        self.0.recorder.write(Record::Ping(Box::new(ping))).await.map_err(|error| broken(&error))?;
        Ok(answer)
    }

    /// The ping that a lead refers to.
    pub(super) async fn held(
        &self,
        caller: &Caller,
        campaign: &CampaignSnapshot,
        ping: &str,
        now: Timestamp,
    ) -> Result<PingRow, Refusal> {
        let fault = |fault| Err(Refusal::Ping(fault));
        let Ok(id) = ping.parse::<PingId>() else { return fault(PingFault::Unknown) };
        let rows = self.0.store.tenant(caller.tenant_id);
        let held = match rows.ping(caller.source_id, id).await {
            Ok(held) if held.campaign_id == campaign.campaign.id => held,
            Ok(_) | Err(StoreError::NotFound) => return fault(PingFault::Unknown),
            Err(error) => return Err(broken(&error)),
        };
        match rows.lead_answer(LeadId::from_bits(id.bits())).await {
            Ok(_) => return fault(PingFault::Used),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(broken(&error)),
        }
        if held.expires_at <= now {
            return fault(PingFault::Expired);
        }
        let told: PingAnswer = serde_json::from_str(&held.answer).map_err(|_| Refusal::Unavailable)?;
        if told.payout.is_none() {
            return fault(PingFault::NoBid);
        }
        self.0.meters.lead(caller.source_id);
        Ok(held)
    }
}

fn broken(error: &StoreError) -> Refusal {
    tracing::error!(%error, "the store does not answer for a ping");
    Refusal::Unavailable
}
