//! The requests of one lead: how it would be sent once more, and every call that was made for it, written again by the contracts
//! as they are saved today. What really left is kept nowhere: it holds the person and the buyers' credentials.

use super::{Admin, BID, ServiceError, ping_of, post_of};
use crate::{
    context::Actor,
    service::spec::{door, sending},
};
use exchange::lead::{LeadMeta, Rehearsal, Schema};
use model::{
    LeadId,
    bench::{Outgoing, Phase},
    campaign::Campaign,
    document::{Document, DocumentId},
    lead::LeadDetail,
    requests::{LeadCall, LeadRequests, TEST_KEY},
    tenant::Mode,
    trace::Verdict,
    user::Right,
};
use url::Url;

impl Admin {
    /// The requests of a lead. Secrets are masked; personal values are the examples of their fields unless the person's own are
    /// asked for, which is written to the lead's history before anything is shown.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`], for the person's values without [`Right::SeePersonal`]; not found.
    pub async fn requests(
        &self,
        actor: &Actor,
        lead: LeadId,
        personal: bool,
        public_url: &Url,
    ) -> Result<LeadRequests, ServiceError> {
        if personal && !actor.may(Right::SeePersonal) {
            return Err(ServiceError::Forbidden);
        }
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let detail = desk.rows.lead_detail(lead).await?;
        let campaign = desk.find(DocumentId::Campaign(detail.row.campaign_id)).map(|found| &found.document);
        let Ok(Document::Campaign(campaign)) = campaign else {
            let calls = called(&detail).into_iter().map(|(verdict, phase)| call(verdict, phase, None)).collect();
            return Ok(LeadRequests { lead, personal: false, intake: None, calls });
        };
        let schema = Schema::new(campaign).map_err(|faults| ServiceError::Broken(faults.join("; ")))?;
        let (_, open) = desk.rows.open_part(lead).await?;
        let how = "in the requests of the lead".to_owned();
        let rehearsal = self.rehearsed(actor, &desk, (lead, &open), &schema, personal.then_some(&how)).await?;
        let test = detail.row.mode == Mode::Test;
        let meta = LeadMeta { lead_id: lead, campaign: campaign.slug.as_str().into(), test };
        let written = |verdict: &Verdict, phase: Phase| {
            let found = desk.find(DocumentId::Contract(verdict.contract_id)).ok()?;
            let Document::Contract(contract) = &found.document else { return None };
            // One that cannot be used any more has no request.
            match phase {
                Phase::Ping => ping_of(contract, &rehearsal, &meta).ok().flatten(),
                Phase::Post => post_of(contract, &rehearsal, &meta, verdict.price.unwrap_or(BID)).ok(),
            }
        };
        let calls = called(&detail).into_iter().map(|(verdict, phase)| call(verdict, phase, written(verdict, phase)));
        Ok(LeadRequests {
            lead,
            personal,
            calls: calls.collect(),
            intake: Some(intake(campaign, &detail, &rehearsal, public_url)),
        })
    }
}

/// The lead as its source would send it with a test key.
fn intake(campaign: &Campaign, detail: &LeadDetail, lead: &Rehearsal, public_url: &Url) -> Outgoing {
    let body = lead.submission(&campaign.slug, &detail.tracking);
    sending(&door(public_url), TEST_KEY, serde_json::to_string_pretty(&body).unwrap_or_default())
}

/// The calls that were made in the last auction and after it.
fn called(detail: &LeadDetail) -> Vec<(&Verdict, Phase)> {
    let verdicts = detail.trace.iter().flat_map(|trace| &trace.verdicts);
    let all = verdicts.chain(detail.copies.iter().map(|copy| &copy.verdict));
    let calls = |verdict: &'_ Verdict| [(Phase::Ping, verdict.ping.is_some()), (Phase::Post, verdict.post.is_some())];
    all.flat_map(|verdict| calls(verdict).into_iter().filter(|(_, made)| *made).map(move |(phase, _)| (verdict, phase)))
        .collect()
}

fn call(verdict: &Verdict, phase: Phase, request: Option<Outgoing>) -> LeadCall {
    LeadCall {
        contract_id: verdict.contract_id,
        contract: verdict.contract.clone(),
        buyer: verdict.buyer.clone(),
        phase,
        request,
    }
}
