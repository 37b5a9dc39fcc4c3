//! One lead with everything that is not personal, and its sealed part by itself.

use super::page::{FROM, ROW, lead_row};
use crate::{StoreError, TenantStore, jobs::round_job, read::Read, sql::sql};
use exchange::ledger::{Account, Kind};
use model::{
    CampaignId, LeadId, Money, Timestamp,
    lead::{LeadDetail, LedgerLine},
    trace::Trace,
};
use serde_json::Value;
use sqlx::any::AnyRow;

/// The personal values of a lead as they lie in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The lead's own key, sealed under the tenant's.
    pub key: Vec<u8>,
    /// The personal values, sealed under the lead's key.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed")
    }
}

const MORE: &str = ", l.external_id, l.round, l.tracking, l.open_fields, l.masks, l.redirect_url, t.doc AS trace";
const TRACES: &str = " LEFT JOIN traces t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id WHERE l.tenant_id = ";

impl TenantStore {
    /// Everything about a lead that is not personal.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn lead_detail(&self, id: LeadId) -> Result<LeadDetail, StoreError> {
        let joins = FROM.replace(" WHERE l.tenant_id = ", TRACES);
        let statement = sql(ROW).text(MORE).text(&joins).param(self.tenant).text(" AND l.id = ").param(id);
        let row = statement.one(self.store.reader()).await?;
        let lead = lead_row(&row)?;
        let round = row.small::<u8>("round")?;
        let trace = match row.text_opt("trace")? {
            Some(_) => Some(row.doc::<Trace>("trace")?),
            None => None,
        };
        Ok(LeadDetail {
            history: self.history(&lead).await?,
            row: lead,
            external_id: row.text_opt("external_id")?,
            tracking: row.doc("tracking")?,
            fields: open_fields(&row.doc("open_fields")?),
            personal: row.doc("masks")?,
            redirect_url: row.text_opt("redirect_url")?,
            trace,
            rounds: self.rounds(id).await?,
            copies: self.copy_lines(id).await?,
            again_at: self.again_at(id, round).await?,
            consent: self.lead_consent(id).await?,
            ledger: self.ledger_of(id).await?,
        })
    }

    /// When a lead is auctioned again after a round.
    async fn again_at(&self, lead: LeadId, round: u8) -> Result<Option<Timestamp>, StoreError> {
        let Some(next) = round.checked_add(1) else { return Ok(None) };
        let statement = sql("SELECT run_at FROM jobs WHERE tenant_id = $1 AND id = $2");
        let row = statement.bind(self.tenant).bind(round_job(lead, next)).optional(self.store.reader()).await?;
        row.map(|row| row.at("run_at")).transpose()
    }

    /// The newest leads of a campaign as filters see them: the open values as they are stored, and the names of the
    /// personal fields they have.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn outlines(&self, campaign: CampaignId, limit: u16) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        let rows = sql("SELECT open_fields, masks FROM leads WHERE tenant_id = ")
            .param(self.tenant)
            .text(" AND campaign_id = ")
            .param(campaign)
            .text(" ORDER BY id DESC LIMIT ")
            .param(i64::from(limit))
            .all(self.store.reader())
            .await?;
        let outline = |row: &AnyRow| {
            let masks: Vec<(String, String)> = row.doc("masks")?;
            Ok((row.text("open_fields")?, masks.into_iter().map(|(name, _)| name).collect()))
        };
        rows.iter().map(outline).collect()
    }

    /// A lead's campaign and its open values as they are stored.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn open_part(&self, id: LeadId) -> Result<(CampaignId, String), StoreError> {
        let row = sql("SELECT campaign_id, open_fields FROM leads WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .one(self.store.reader())
            .await?;
        Ok((row.parsed("campaign_id")?, row.text("open_fields")?))
    }

    /// The sealed personal values of a lead.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn sealed(&self, id: LeadId) -> Result<Sealed, StoreError> {
        let row = sql("SELECT sealed_key, sealed_body FROM leads WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .one(self.store.reader())
            .await?;
        Ok(Sealed { key: row.bytes("sealed_key")?, body: row.bytes("sealed_body")? })
    }

    /// What moved in the ledger because of a lead, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn ledger_of(&self, lead: LeadId) -> Result<Vec<LedgerLine>, StoreError> {
        let rows = sql("SELECT e.at, e.account, e.kind, e.amount, e.currency, b.name AS buyer, s.name AS source \
             FROM ledger_entries e \
             LEFT JOIN buyers b ON b.tenant_id = e.tenant_id AND b.id = e.account \
             LEFT JOIN sources s ON s.tenant_id = e.tenant_id AND s.id = e.account \
             WHERE e.tenant_id = $1 AND e.lead_id = $2 ORDER BY e.at, e.event_id, e.line")
        .bind(self.tenant)
        .bind(lead)
        .all(self.store.reader())
        .await?;
        rows.iter().map(ledger_line).collect()
    }
}

fn ledger_line(row: &AnyRow) -> Result<LedgerLine, StoreError> {
    let account: Account = row.parsed("account")?;
    let name = row.text_opt("buyer")?.or(row.text_opt("source")?).unwrap_or_else(|| account.to_string());
    let kind = row.text("kind")?;
    let kind = match account {
        _ if kind != Kind::Sale.name() => kind,
        Account::Buyer(_) => kind,
        Account::Source(_) => "payout".to_owned(),
        Account::Margin => "margin".to_owned(),
    };
    let amount = Money { amount: row.micros("amount")?, currency: row.parsed("currency")? };
    Ok(LedgerLine { at: row.at("at")?, account: name, kind, amount })
}

/// Name and value of each open field, as people read them. Parts that are kept beside a personal field stand in its mask, or
/// belong to nobody's form.
pub(super) fn open_fields(doc: &Value) -> Vec<(String, String)> {
    let Some(members) = doc.get("fields").unwrap_or(doc).as_object() else { return Vec::new() };
    let own = members.iter().filter(|(_, value)| value.get("part") != Some(&Value::Bool(true)));
    own.map(|(name, value)| (name.clone(), in_words(value))).collect()
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => match (members.get("value"), members.get("raw")) {
            (Some(value), _) | (None, Some(value)) => in_words(value),
            (None, None) => members.values().map(in_words).collect::<Vec<_>>().join(" "),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_in_any_of_their_shapes() {
        let words = |doc: Value| open_fields(&doc);
        let plain = vec![("age".to_owned(), "41".to_owned()), ("insured".to_owned(), "no".to_owned())];
        assert_eq!(words(json!({"age": 41, "insured": false})), plain);
        assert_eq!(words(json!({"fields": {"age": {"value": 41, "raw": "41 "}, "insured": false}})), plain);
        assert_eq!(words(json!({"phone.area": {"value": "313", "raw": "313", "part": true}})), vec![]);
        assert_eq!(words(json!([])), vec![]);
    }
}
