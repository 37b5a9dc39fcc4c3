//! Posts of unknown outcome: a queue that people work off by asking the buyers.

use super::{ServiceError, Services};
use crate::{
    clock::new_id,
    context::Actor,
    pipeline::{ResolveError, Verdict},
};
use model::{AttemptId, Currency, EventId, LeadId, Micros, Money, lead::LeadState, report::DoubtRow, user::Right};
use std::collections::HashMap;

impl Services {
    /// Every post of unknown outcome, oldest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn doubts(&self, actor: &Actor) -> Result<Vec<DoubtRow>, ServiceError> {
        let rows = self.tenant(actor, Right::SeeExchange)?;
        let posts = rows.unknown_attempts().await?;
        if posts.is_empty() {
            return Ok(Vec::new());
        }
        let buyers: HashMap<_, _> = rows.buyers().await?.into_iter().map(|buyer| (buyer.id, buyer.name)).collect();
        let contracts: HashMap<_, _> = rows.contracts().await?.into_iter().map(|one| (one.id, one.name)).collect();
        let campaigns: HashMap<_, _> = rows.campaigns().await?.into_iter().map(|one| (one.id, one)).collect();
        let gone = || "gone".to_owned();
        let row = |post: store::AttemptRow| {
            let campaign = campaigns.get(&post.campaign_id);
            let currency = campaign.map_or(Currency::USD, |campaign| campaign.currency);
            DoubtRow {
                attempt_id: post.id,
                lead_id: post.lead_id,
                at: post.at,
                buyer: buyers.get(&post.buyer_id).cloned().unwrap_or_else(gone),
                contract: contracts.get(&post.contract_id).cloned().unwrap_or_else(gone),
                campaign: campaign.map_or_else(gone, |campaign| campaign.name.clone()),
                price: Money { amount: post.price, currency },
            }
        };
        Ok(posts.into_iter().map(row).collect())
    }

    /// Says what became of a post: the buyer took the lead (for `paid`, or what was reserved) or it did not.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; refused when the post is not in doubt (any more) or the amount is negative.
    pub async fn resolve_doubt(
        &self,
        actor: &Actor,
        (lead, attempt): (LeadId, AttemptId),
        accepted: bool,
        paid: Option<Micros>,
    ) -> Result<LeadState, ServiceError> {
        let rows = self.tenant(actor, Right::Configure)?;
        if paid.is_some_and(|paid| paid < Micros::ZERO) {
            return Err(ServiceError::Refused("a buyer does not pay less than nothing".to_owned()));
        }
        let verdict = if accepted { Verdict::Accepted { paid } } else { Verdict::Rejected };
        let state =
            self.pipeline.resolve(actor.tenant.id, lead, attempt, verdict).await.map_err(|error| match error {
                ResolveError::NotInDoubt => ServiceError::Refused(error.to_string()),
                ResolveError::Store(error) => error.into(),
            })?;
        let now = self.clock.now();
        let what = if accepted { "took it" } else { "did not take it" };
        let note = format!("{} says that the buyer {what}.", actor.user.name);
        rows.append_history(EventId::from_bits(new_id(now)), lead, "resolved", &note, &actor.by(), now).await?;
        Ok(state)
    }
}
