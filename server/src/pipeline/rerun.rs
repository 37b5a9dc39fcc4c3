//! A lead that has come out is run on paper: by the configuration, the caps and the claims of this moment, on the answers that
//! its buyers gave then. Nobody is asked, nothing is reserved, written or counted.

use super::{
    Pipeline,
    enter::{Asking, enter},
    recover::admit,
    run::competing,
    verdicts::{Page, verdicts},
};
use exchange::{
    auction::{Decision, tape::Tape, unsold},
    replay::{Anew, Answers, anew, beside},
};
use model::{
    LeadId, Micros, Reason, TenantId,
    lead::LeadState,
    rerun::{Rerun, Rests},
    trace::{Standing, Verdict},
};
use store::StoreError;

impl Pipeline {
    /// What would come of a lead now; none when it cannot be put together any more: its person is forgotten, or its campaign or
    /// source is gone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such lead.
    pub async fn rerun(&self, tenant: TenantId, lead: LeadId) -> Result<Option<Rerun>, StoreError> {
        let rows = self.0.store.tenant(tenant);
        let whole = rows.whole_lead(lead).await?;
        let (trace, tape) = rows.last_auction(lead).await?;
        let Some(admitted) = admit(self, &whole) else { return Ok(None) };
        let (screened, _) = self.screen(&admitted).await;
        let (pages, _, auction) = enter(self, &admitted, &screened.sold, &[], Asking::OnPaper);
        let tape = tape.and_then(|bytes| Tape::read(&bytes).ok());
        let answers = tape.as_ref().map(Answers::of).unwrap_or_default();
        let floor = auction.floor;
        let Anew { machine, decision, rests } = anew(auction, &answers);
        let excluded = pages.iter().filter(|page| page.entrant.is_none()).map(|page| page.excluded.as_slice());
        let (state, reason, revenue) = match decision {
            Decision::Sold { sales } => {
                (LeadState::Sold, None, Some(sales.iter().map(|sale| sale.revenue).sum::<Micros>()))
            }
            Decision::Unknown { .. } => (LeadState::Unknown, Some(Reason::PostUnknown), None),
            Decision::Unsold { reason } => {
                let (state, reason) = unsold(reason, competing(&admitted), excluded);
                (state, Some(reason), None)
            }
        };
        let all = verdicts(&admitted.campaign, &pages, &machine, 0);
        let now = all.into_iter().zip(&pages).map(|(verdict, page)| resting(verdict, page, &rests)).collect();
        let then = trace.map(|trace| trace.verdicts).unwrap_or_default();
        Ok(Some(Rerun {
            at: admitted.started_at,
            state,
            reason,
            revenue,
            currency: admitted.campaign.campaign.currency,
            floor,
            recorded: tape.is_some(),
            contracts: beside(&then, now),
        }))
    }
}

/// A verdict with what it rests on. Of a contract whose answer nobody knows, nothing is said but that.
fn resting(mut verdict: Verdict, page: &Page, rests: &[Rests]) -> (Verdict, Rests) {
    let rest = page.entrant.and_then(|entrant| rests.get(entrant)).copied().unwrap_or(Rests::Known);
    if rest == Rests::Unheard {
        verdict.standing = Standing::Waiting;
        verdict.findings.clear();
    }
    (verdict, rest)
}
