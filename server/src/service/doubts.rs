//! Posts and copies of unknown outcome: a queue that people work off by asking the buyers.

use super::{ServiceError, Services};
use crate::{
    clock::new_id,
    context::Actor,
    pipeline::{ResolveError, Verdict},
};
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, Currency, EventId, FieldError, LeadId, Micros, Money, lead::LeadState,
    report::DoubtRow, user::Right,
};
use std::collections::HashMap;

impl Services {
    /// Every post of unknown outcome, and every copy, oldest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn doubts(&self, actor: &Actor) -> Result<Vec<DoubtRow>, ServiceError> {
        let rows = self.tenant(actor, Right::SeeExchange)?;
        let (posts, copies) = (rows.unknown_attempts().await?, rows.unknown_copies().await?);
        if posts.is_empty() && copies.is_empty() {
            return Ok(Vec::new());
        }
        let buyers: HashMap<_, _> = rows.buyers().await?.into_iter().map(|buyer| (buyer.id, buyer.name)).collect();
        let contracts: HashMap<_, _> = rows.contracts().await?.into_iter().map(|one| (one.id, one.name)).collect();
        let campaigns: HashMap<_, _> = rows.campaigns().await?.into_iter().map(|one| (one.id, one)).collect();
        let gone = || "gone".to_owned();
        let row = |ids: (LeadId, AttemptId), of: (CampaignId, BuyerId, ContractId), at, price, silent| {
            let campaign = campaigns.get(&of.0);
            let currency = campaign.map_or(Currency::USD, |campaign| campaign.currency);
            DoubtRow {
                attempt_id: ids.1,
                lead_id: ids.0,
                at,
                buyer: buyers.get(&of.1).cloned().unwrap_or_else(gone),
                contract: contracts.get(&of.2).cloned().unwrap_or_else(gone),
                campaign: campaign.map_or_else(gone, |campaign| campaign.name.clone()),
                price: Money { amount: price, currency },
                silent,
            }
        };
        let posts = posts.into_iter().map(|post| {
            let of = (post.campaign_id, post.buyer_id, post.contract_id);
            row((post.lead_id, post.id), of, post.at, post.price, false)
        });
        let copies = copies.into_iter().map(|copy| {
            let of = (copy.campaign_id, copy.buyer_id, copy.contract_id);
            row((copy.lead_id, copy.id), of, copy.at, copy.price, true)
        });
        let mut all: Vec<_> = posts.chain(copies).collect();
        all.sort_by_key(|doubt| (doubt.at, doubt.attempt_id));
        Ok(all)
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
                ResolveError::NotInDoubt | ResolveError::UnderWay => ServiceError::Refused(error.to_string()),
                ResolveError::Store(error) => error.into(),
            })?;
        let now = self.clock.now();
        let what = if accepted { "took it" } else { "did not take it" };
        let note = format!("{} says that the buyer {what}.", actor.user.name);
        rows.append_history(EventId::from_bits(new_id(now)), lead, "resolved", &note, &actor.by(), now).await?;
        Ok(state)
    }
}

/// What a buyer says of its posts in doubt: a row each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdicts(Vec<Row>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: u64,
    lead: String,
    attempt: Option<String>,
    verdict: String,
    paid: Option<String>,
}

/// What became of a file of verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Posts that are resolved now.
    pub resolved: usize,
    /// Rows that were not, by their line, with what is wrong.
    pub faults: Vec<FieldError>,
}

impl Verdicts {
    /// Reads a CSV with a head that names `lead`, `verdict` and, if they are there, `attempt` and `paid`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file as a whole.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let head = reader.headers().map_err(|_| "The file is no CSV.".to_owned())?.clone();
        let column = |name: &str| head.iter().position(|have| have.eq_ignore_ascii_case(name));
        let (Some(lead), Some(verdict)) = (column("lead"), column("verdict")) else {
            return Err("The first line has to name the columns `lead` and `verdict`.".to_owned());
        };
        let (attempt, paid) = (column("attempt"), column("paid"));
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| format!("The file is no CSV: {error}."))?;
            let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
            let some = |at: Option<usize>| at.map(cell).filter(|text| !text.is_empty());
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { line, lead: cell(lead), attempt: some(attempt), verdict: cell(verdict), paid: some(paid) });
        }
        Ok(Self(rows))
    }
}

/// A post, whether its buyer took the lead, and what it pays when that is not what was reserved.
type Meant = ((LeadId, AttemptId), bool, Option<Micros>);

impl Row {
    /// Which post it means and what it says of it.
    fn meant(&self, doubts: &[DoubtRow]) -> Result<Meant, String> {
        let accepted = match self.verdict.to_ascii_lowercase().as_str() {
            "accepted" | "taken" | "sold" | "yes" => true,
            "rejected" | "refused" | "no" => false,
            _ => return Err("The verdict is `accepted` or `rejected`.".to_owned()),
        };
        let paid = self.paid.as_deref().map(str::parse::<Micros>).transpose();
        let paid = paid.map_err(|_| "The amount cannot be read; write it as 12.50.".to_owned())?;
        let of = |doubt: &&DoubtRow| {
            doubt.lead_id.to_string() == self.lead
                && self.attempt.as_ref().is_none_or(|attempt| doubt.attempt_id.to_string() == *attempt)
        };
        match doubts.iter().filter(of).collect::<Vec<_>>()[..] {
            [one] => Ok(((one.lead_id, one.attempt_id), accepted, paid)),
            [] => Err("No post of this lead is in doubt.".to_owned()),
            _ => Err("Several posts of this lead are in doubt: name the `attempt`.".to_owned()),
        }
    }
}

impl Services {
    /// Resolves what a buyer's file says. A row that cannot be resolved keeps no other from it.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; when the store cannot be asked.
    pub async fn resolve_doubts(&self, actor: &Actor, verdicts: Verdicts) -> Result<Resolved, ServiceError> {
        self.tenant(actor, Right::Configure)?;
        let doubts = self.doubts(actor).await?;
        let mut done = Resolved::default();
        for row in verdicts.0 {
            let fault = match row.meant(&doubts) {
                Ok((ids, accepted, paid)) => match self.resolve_doubt(actor, ids, accepted, paid).await {
                    Ok(_) => {
                        done.resolved += 1;
                        continue;
                    }
                    Err(ServiceError::Refused(why)) => why,
                    Err(error) => return Err(error),
                },
                Err(why) => why,
            };
            done.faults.push(FieldError::new(format!("line {}", row.line), "not_resolved", fault));
        }
        Ok(done)
    }
}
