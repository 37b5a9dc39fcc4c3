//! The person: how it is recognised, whether it was sold before, and the record of the lead as it is stored.

use crate::pipeline::{Pipeline, intake::Admitted};
use exchange::eligibility::{SoldClaim, duplicates};
use model::tenant::Mode;
use store::{Received, Record};

pub(super) fn screen_note(sold: &[SoldClaim]) -> String {
    match sold.len() {
        0 => "this person was not sold before".to_owned(),
        count => format!("this person was sold {count} times inside the longest window"),
    }
}

/// A test lead marks nobody and is recognised as nobody.
pub(super) fn prints(admitted: &Admitted) -> Vec<String> {
    if admitted.caller.mode == Mode::Test {
        return Vec::new();
    }
    let by = &admitted.campaign.campaign.duplicates.by;
    let prints = admitted.lead.prints(by, admitted.tenant.keys.print_key());
    prints.into_iter().map(|print| print.to_string()).collect()
}

pub(super) fn record(pipeline: &Pipeline, admitted: &Admitted, prints: &[String]) -> Record {
    let lead_id = admitted.meta.lead_id;
    let sealed = admitted.lead.seal_with(|plain| admitted.tenant.keys.seal_lead(lead_id, plain));
    Record::Received(Box::new(Received {
        tenant_id: admitted.caller.tenant_id,
        lead_id,
        campaign_id: admitted.campaign.campaign.id,
        source_id: admitted.source.id,
        key_id: admitted.caller.key_id,
        mode: admitted.caller.mode,
        received_at: admitted.started_at,
        idempotency: admitted.idempotency.clone(),
        external_id: admitted.external_id.clone(),
        open: admitted.lead.open_json(),
        tracking: admitted.tracking.clone(),
        sealed_key: sealed.key,
        sealed_body: sealed.body,
        personal_mask: admitted.lead.mask(),
        prints: prints.to_vec(),
        owner: pipeline.0.me,
    }))
}

/// Earlier sales of the person. When the store does not answer, the reservation before the post still knows.
pub(super) async fn sold_before(pipeline: &Pipeline, admitted: &Admitted, prints: &[String]) -> Vec<SoldClaim> {
    let campaign = &admitted.campaign.campaign;
    let days = campaign.duplicates.same_buyer_days.max(campaign.duplicates.cross_buyer_days);
    let Some(since) = duplicates::since(admitted.started_at, days).filter(|_| !prints.is_empty()) else {
        return Vec::new();
    };
    let rows = pipeline.0.store.tenant(admitted.caller.tenant_id);
    match rows.sold_prints(campaign.id, prints, since).await {
        // Its own claims, when it is taken up again, are no duplicates.
        Ok(sold) => sold
            .into_iter()
            .filter(|claim| claim.lead_id != admitted.meta.lead_id)
            .map(|claim| SoldClaim { buyer_id: claim.buyer_id, lead_id: claim.lead_id, at: claim.at })
            .collect(),
        Err(error) => {
            tracing::error!(%error, "earlier sales could not be looked up");
            Vec::new()
        }
    }
}
