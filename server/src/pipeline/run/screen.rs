//! The person: how it is recognised, whether it was sold before, and the record of the lead as it is stored.

use super::{elapsed, step};
use crate::pipeline::{Pipeline, intake::Admitted};
use exchange::{
    auction::Elapsed,
    eligibility::{SoldClaim, duplicates},
};
use model::{tenant::Mode, trace::OwnStep};
use store::{Newcomer, Received, Record, Repeat, StoreError};

fn screen_note(sold: &[SoldClaim]) -> String {
    match sold.len() {
        0 => "this person was not sold before".to_owned(),
        count => format!("this person was sold {count} times inside the longest window"),
    }
}

/// A test lead marks nobody and is recognised as nobody.
fn prints(admitted: &Admitted) -> Vec<String> {
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
        consent: admitted.consent,
        owner: pipeline.0.me,
    }))
}

/// What is known of a lead and its person before anybody is asked.
pub(in crate::pipeline) struct Screened {
    /// By what the person is recognised.
    pub(super) prints: Vec<String>,
    /// Earlier sales of the person.
    pub(in crate::pipeline) sold: Vec<SoldClaim>,
    /// What the lead's page says of it.
    pub(super) step: OwnStep,
}

impl Screened {
    /// Of a lead whose person is not known yet.
    pub(in crate::pipeline) fn nobody(admitted: &Admitted) -> Self {
        Self::of(admitted, elapsed(admitted.started), Vec::new(), Vec::new())
    }

    fn of(admitted: &Admitted, began: Elapsed, prints: Vec<String>, sold: Vec<SoldClaim>) -> Self {
        let step = step("screen", began, admitted, screen_note(&sold));
        Self { prints, sold, step }
    }
}

impl Pipeline {
    /// Looks up who the person was sold to, and which lead has the lead's key. When the store does not answer, the
    /// reservation before the post still knows about the person; about the key nobody else does, so that is told.
    pub(in crate::pipeline) async fn screen(
        &self,
        admitted: &Admitted,
    ) -> (Screened, Result<Option<Repeat>, StoreError>) {
        let began = elapsed(admitted.started);
        let prints = prints(admitted);
        let campaign = &admitted.campaign.campaign;
        let days = campaign.duplicates.same_buyer_days.max(campaign.duplicates.cross_buyer_days);
        let newcomer = Newcomer {
            tenant: admitted.caller.tenant_id,
            source: admitted.caller.source_id,
            key: admitted.idempotency.as_ref().map(|idem| idem.key.clone()),
            campaign: campaign.id,
            since: duplicates::since(admitted.started_at, days).filter(|_| !prints.is_empty()),
            prints: prints.clone(),
            now: admitted.started_at,
        };
        let (sold, repeat) = match self.0.lookup.ask(newcomer).await {
            Ok(known) => (known.sold, Ok(known.repeat)),
            Err(error) => {
                tracing::error!(%error, "what is known of a lead could not be looked up");
                (Vec::new(), if admitted.idempotency.is_some() { Err(error) } else { Ok(None) })
            }
        };
        // Its own claims, when it is taken up again, are no duplicates.
        let others = sold.into_iter().filter(|claim| claim.lead_id != admitted.meta.lead_id);
        let sold =
            others.map(|claim| SoldClaim { buyer_id: claim.buyer_id, lead_id: claim.lead_id, at: claim.at }).collect();
        (Screened::of(admitted, began, prints, sold), repeat)
    }
}
