//! What is known of leads that come in, before anybody is asked about them. Every lead needs it, and going to the database
//! costs more than what is found there: so it is asked for many leads at once.

use crate::{
    Store, StoreError,
    read::Read,
    sql::{Script, parts, sql},
};
use model::{BuyerId, CampaignId, LeadId, SourceId, TenantId, Timestamp};
use sqlx::any::AnyRow;
use std::collections::{BTreeSet, HashMap};

/// A lead that came in.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Whose.
    pub tenant: TenantId,
    /// From whom.
    pub source: SourceId,
    /// Its idempotency key.
    pub key: Option<String>,
    /// Into which campaign.
    pub campaign: CampaignId,
    /// By what the person is recognised.
    pub prints: Vec<String>,
    /// Claims on the person count when they are younger; none is asked for without it.
    pub since: Option<Timestamp>,
    /// When it came: a key that has expired by then is nobody's.
    pub now: Timestamp,
}

/// An earlier lead under the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// That lead.
    pub lead_id: LeadId,
    /// SHA-256 of its body.
    pub body_hash: [u8; 32],
}

/// A claim on a person: who has, or is being posted, it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldPrint {
    /// By which buyer.
    pub buyer_id: BuyerId,
    /// With which lead.
    pub lead_id: LeadId,
    /// Since when.
    pub at: Timestamp,
}

/// What is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The lead that has its key.
    pub repeat: Option<Repeat>,
    /// The claims on the person, the newest of each buyer and lead, newest first. A hint before the auction: what counts is
    /// decided again when a post is reserved.
    pub sold: Vec<SoldPrint>,
}

type Key = (TenantId, SourceId, String);
type Print = (TenantId, CampaignId, String);

/// Everything that was found, by what it was asked with.
#[derive(Default)]
struct Found {
    keys: HashMap<Key, (Repeat, Timestamp)>,
    claims: HashMap<Print, Vec<SoldPrint>>,
}

impl Store {
    /// What is known of each of these leads, in their order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn known(&self, newcomers: &[Newcomer]) -> Result<Vec<Known>, StoreError> {
        let script = asked(newcomers);
        if script.is_empty() {
            return Ok(vec![Known::default(); newcomers.len()]);
        }
        let mut connection = self.reader().acquire().await?;
        let mut found = Found::default();
        for row in script.all(&mut connection, self.engine).await? {
            found.take_down(&row)?;
        }
        Ok(newcomers.iter().map(|newcomer| found.of(newcomer)).collect())
    }
}

fn asked(newcomers: &[Newcomer]) -> Script {
    let keys: BTreeSet<Key> =
        newcomers.iter().filter_map(|new| Some((new.tenant, new.source, new.key.clone()?))).collect();
    let prints: BTreeSet<Print> = newcomers.iter().filter(|new| new.since.is_some()).flat_map(prints).collect();
    let mut script = Script::default();
    for part in parts(&keys.into_iter().collect::<Vec<_>>(), 3) {
        script.add(
            sql("SELECT 'key' AS kind, tenant_id, source_id, idem, lead_id, body_hash, expires_at FROM idempotency \
                 WHERE (tenant_id, source_id, idem) IN (VALUES ")
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1).cell(&key.2);
            })
            .text(")"),
        );
    }
    let Some(since) = newcomers.iter().filter_map(|new| new.since).min() else { return script };
    for part in parts(&prints.into_iter().collect::<Vec<_>>(), 3) {
        script.add(
            sql("SELECT 'claim' AS kind, tenant_id, campaign_id, print, buyer_id, lead_id, at FROM claims WHERE at > $1 \
                 AND (tenant_id, campaign_id, print) IN (VALUES ")
            .bind(since)
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1).cell(&key.2);
            })
            .text(")"),
        );
    }
    script
}

fn prints(newcomer: &Newcomer) -> impl Iterator<Item = Print> {
    newcomer.prints.iter().map(|print| (newcomer.tenant, newcomer.campaign, print.clone()))
}

impl Found {
    fn take_down(&mut self, row: &AnyRow) -> Result<(), StoreError> {
        let tenant = row.parsed("tenant_id")?;
        if row.text("kind")? == "key" {
            let hash = row.bytes("body_hash")?;
            let body_hash = hash.try_into().map_err(|_| StoreError::broken("column body_hash is not 32 bytes"))?;
            let repeat = Repeat { lead_id: row.parsed("lead_id")?, body_hash };
            self.keys.insert((tenant, row.parsed("source_id")?, row.text("idem")?), (repeat, row.at("expires_at")?));
            return Ok(());
        }
        let claim = SoldPrint { buyer_id: row.parsed("buyer_id")?, lead_id: row.parsed("lead_id")?, at: row.at("at")? };
        self.claims.entry((tenant, row.parsed("campaign_id")?, row.text("print")?)).or_default().push(claim);
        Ok(())
    }

    fn of(&self, newcomer: &Newcomer) -> Known {
        let key = newcomer.key.clone().and_then(|key| self.keys.get(&(newcomer.tenant, newcomer.source, key)));
        let repeat = key.filter(|(_, expires_at)| *expires_at > newcomer.now).map(|(repeat, _)| repeat.clone());
        let mut sold: Vec<SoldPrint> = Vec::new();
        let Some(since) = newcomer.since else { return Known { repeat, sold } };
        for claim in prints(newcomer).filter_map(|print| self.claims.get(&print)).flatten() {
            if claim.at <= since {
                continue;
            }
            match sold.iter_mut().find(|other| (other.buyer_id, other.lead_id) == (claim.buyer_id, claim.lead_id)) {
                Some(other) => other.at = other.at.max(claim.at),
                None => sold.push(*claim),
            }
        }
        sold.sort_by_key(|claim| (std::cmp::Reverse(claim.at), claim.lead_id));
        Known { repeat, sold }
    }
}
