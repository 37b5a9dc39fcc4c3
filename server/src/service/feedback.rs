//! What buyers say became of leads they took.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use model::{
    EventId, FieldError, LeadId, Micros,
    breakdown::Wanted,
    feedback::{Disposition, Feedback, FeedbackRow},
    user::Right,
};
use store::NewFeedback;

/// What was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saying {
    /// `contacted`, …
    pub kind: String,
    /// An amount, or nothing.
    pub value: String,
}

impl Services {
    /// Says what became of a lead that the own buyer took. The latest word counts; it stands in the lead's history.
    ///
    /// # Errors
    /// As [`Services::portal_home`]; not found for a lead it did not take; every fault of what was sent.
    pub async fn say(&self, actor: &Actor, lead: LeadId, saying: &Saying) -> Result<Feedback, ServiceError> {
        let (tenant, buyer) = self.own_buyer(actor)?;
        let row = tenant.delivered_lead(buyer, lead).await?;
        let said = Feedback { at: self.clock.now(), ..read(saying).map_err(ServiceError::Invalid)? };
        let name = tenant.buyer(buyer).await?.name;
        let amount = said.value.map(|value| format!(", {}", value.to_decimal())).unwrap_or_default();
        let new = NewFeedback {
            id: EventId::from_bits(new_id(said.at)),
            lead,
            attempt: row.attempt_id,
            buyer,
            said,
            by: actor.by(),
            note: format!("{name} says: {}{amount}.", said.kind.title().to_lowercase()),
        };
        tenant.add_feedback(&new).await?;
        Ok(said)
    }

    /// What buyers said in a span of days, those that said most first.
    ///
    /// # Errors
    /// As [`Services::breakdown`].
    pub async fn feedback(&self, actor: &Actor, wanted: Wanted) -> Result<Vec<FeedbackRow>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let (from, to) = self.span_of(actor, wanted.span)?;
        let buyers = tenant.buyers().await?;
        let mut rows: Vec<FeedbackRow> = Vec::new();
        for (buyer_id, kind, count) in tenant.feedback_counts(from, to).await? {
            if wanted.buyer.is_some_and(|only| only != buyer_id) {
                continue;
            }
            let at = Disposition::ALL.iter().position(|one| *one == kind).unwrap_or_default();
            match rows.iter_mut().find(|row| row.buyer_id == buyer_id) {
                Some(row) => row.counts[at] += count,
                None => {
                    let name = buyers.iter().find(|buyer| buyer.id == buyer_id).map(|buyer| buyer.name.clone());
                    let mut counts = [0; 5];
                    counts[at] = count;
                    rows.push(FeedbackRow { buyer_id, name: name.unwrap_or_else(|| buyer_id.to_string()), counts });
                }
            }
        }
        rows.sort_by_key(|row| (-row.counts.iter().sum::<i64>(), row.name.clone()));
        Ok(rows)
    }
}

fn read(saying: &Saying) -> Result<Feedback, Vec<FieldError>> {
    let mut faults = Vec::new();
    let kind = saying.kind.trim().parse::<Disposition>();
    if let Err(why) = &kind {
        faults.push(FieldError::new("type", "not_allowed", format!("{}{}.", &why[..1].to_uppercase(), &why[1..])));
    }
    let text = saying.value.trim().trim_start_matches('$');
    let value = if text.is_empty() { Ok(None) } else { text.parse::<Micros>().map(Some) };
    let value = value.ok().filter(|value| value.is_none_or(|value| value >= Micros::ZERO));
    let fits = |kind: Disposition| kind.has_amount() || value == Some(None);
    if value.is_none() {
        faults.push(FieldError::new("value", "not_understood", "An amount such as 1200.00, or nothing."));
    } else if kind.is_ok_and(|kind| !fits(kind)) {
        faults.push(FieldError::new("value", "not_allowed", "An amount goes with quoted and converted only."));
    }
    match (kind, value) {
        (Ok(kind), Some(value)) if faults.is_empty() => Ok(Feedback { kind, value, at: model::Timestamp(0) }),
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        let read = |kind: &str, value: &str| read(&Saying { kind: kind.into(), value: value.into() });
        let said = read("converted", "$1200.50").unwrap();
        assert_eq!(
            (said.kind, said.value.map(Micros::to_decimal).as_deref()),
            (Disposition::Converted, Some("1200.50"))
        );
        assert_eq!(read("contacted", " ").unwrap().value, None);
        let fields = |kind: &str, value: &str| {
            read(kind, value).unwrap_err().into_iter().map(|fault| fault.field).collect::<Vec<_>>()
        };
        assert_eq!(fields("great", "much"), ["type", "value"]);
        assert_eq!(fields("contacted", "5"), ["value"]);
        assert_eq!(fields("converted", "-5"), ["value"]);
    }
}
