//! The buyer's portal. Whoever belongs to a buyer sees what that buyer took, and nothing else: another buyer's lead is not
//! found.

use super::{ServiceError, Services, returns::returnable};
use crate::{clock::new_id, context::Actor};
use exchange::{
    lead::{Opened, Viewing},
    zone::Zone,
};
use model::{
    BuyerId, EventId, LeadId, Timestamp,
    buyer::Buyer,
    cap::{Cap, Limit, Per, Window},
    contract::Contract,
    mapping::Call,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, PortalContract, PortalHome, Statement},
    time::Day,
    user::Right,
};
use serde_json::Value;
use store::{DeliveredFilter, TenantStore};

/// Leads on the first page.
const LATEST: u16 = 8;

impl Services {
    pub(super) fn own_buyer(&self, actor: &Actor) -> Result<(TenantStore, BuyerId), ServiceError> {
        let tenant = self.tenant(actor, Right::SeePortal)?;
        actor.user.buyer_id.map(|buyer| (tenant, buyer)).ok_or(ServiceError::Forbidden)
    }

    /// The first page of the portal.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`], or for somebody who belongs to no buyer.
    pub async fn portal_home(&self, actor: &Actor) -> Result<PortalHome, ServiceError> {
        let (tenant, buyer_id) = self.own_buyer(actor)?;
        let buyer = tenant.buyer(buyer_id).await?;
        let zone = zone_of(&buyer);
        let now = self.clock.now();
        let (today, month) = (zone.window_start(Window::Day, now), zone.window_start(Window::Month, now));
        let before = zone.window_start(Window::Month, month.plus_millis(-1));
        let campaigns = tenant.campaigns().await?;
        let contracts = own_contracts(&tenant, buyer_id).await?.into_iter().map(|contract| {
            let campaign = campaigns.iter().find(|campaign| campaign.id == contract.campaign_id);
            PortalContract {
                id: contract.id,
                campaign: campaign.map(|campaign| campaign.name.clone()).unwrap_or_default(),
                active: contract.active && campaign.is_some_and(|campaign| campaign.active),
                caps: contract.caps.iter().chain(&buyer.caps).map(cap).collect(),
                name: contract.name,
            }
        });
        let contracts = contracts.collect();
        let end = Timestamp(now.0 + 1);
        Ok(PortalHome {
            active: buyer.active,
            today: tenant.account_of(buyer_id, today, end).await?,
            month: tenant.account_of(buyer_id, month, end).await?,
            before: tenant.account_of(buyer_id, before, month).await?,
            contracts,
            latest: self.portal_leads(actor, None, Cursor::Newest, LATEST).await?.rows,
            buyer: buyer.name,
            zone: buyer.zone,
        })
    }

    /// One page of the leads the buyer took, newest first; `days` in the buyer's zone, both included.
    ///
    /// # Errors
    /// As [`Services::portal_home`].
    pub async fn portal_leads(
        &self,
        actor: &Actor,
        days: Option<(Day, Day)>,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<DeliveredRow>, ServiceError> {
        let (tenant, buyer_id) = self.own_buyer(actor)?;
        let zone = zone_of(&tenant.buyer(buyer_id).await?);
        let span = days.map(|(first, last)| super::reports::between(&zone, first, last)).transpose()?;
        let filter = DeliveredFilter { from: span.map(|(from, _)| from), to: span.map(|(_, to)| to) };
        self.delivered(&tenant, buyer_id, filter, cursor, limit).await
    }

    /// One page of the leads the buyer took at `since` or later, newest first.
    ///
    /// # Errors
    /// As [`Services::portal_home`].
    pub async fn portal_leads_since(
        &self,
        actor: &Actor,
        since: Option<Timestamp>,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<DeliveredRow>, ServiceError> {
        let (tenant, buyer_id) = self.own_buyer(actor)?;
        self.delivered(&tenant, buyer_id, DeliveredFilter { from: since, to: None }, cursor, limit).await
    }

    async fn delivered(
        &self,
        tenant: &TenantStore,
        buyer: BuyerId,
        filter: DeliveredFilter,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<DeliveredRow>, ServiceError> {
        let contracts = own_contracts(tenant, buyer).await?;
        let mut page = tenant.delivered(buyer, filter, &cursor, limit).await?;
        for row in &mut page.rows {
            only_sent(row, &contracts);
        }
        Ok(page)
    }

    /// What the buyer owes for some days of its own, both included; for this month so far when none are named.
    ///
    /// # Errors
    /// As [`Services::portal_home`]; refused for days that make no span.
    pub async fn statement(&self, actor: &Actor, days: Option<(Day, Day)>) -> Result<Statement, ServiceError> {
        let (tenant, buyer_id) = self.own_buyer(actor)?;
        let buyer = tenant.buyer(buyer_id).await?;
        let (zone, now) = (zone_of(&buyer), self.clock.now());
        let (from, to) = match days {
            Some((first, last)) => super::reports::between(&zone, first, last)?,
            None => (zone.window_start(Window::Month, now), Timestamp(now.0 + 1)),
        };
        let rows = tenant.account_of(buyer_id, from, to).await?;
        Ok(Statement { buyer: buyer.name, from, to, zone: buyer.zone, rows })
    }

    /// One lead the buyer took, with the personal values it was sent. That it was looked at is written to the lead's history
    /// first.
    ///
    /// # Errors
    /// As [`Services::portal_home`]; not found for a lead it did not take, or when the person was forgotten.
    pub async fn portal_lead(&self, actor: &Actor, id: LeadId) -> Result<Delivered, ServiceError> {
        let (tenant, buyer_id) = self.own_buyer(actor)?;
        let mut row = tenant.delivered_lead(buyer_id, id).await?;
        let contracts = own_contracts(&tenant, buyer_id).await?;
        only_sent(&mut row, &contracts);
        let sealed = tenant.sealed(id).await?;
        let keys = self.store.tenant_by_id(actor.tenant.id).await?.key_sealed;
        let keys =
            self.vault.tenant(actor.tenant.id, &keys).map_err(|error| ServiceError::Broken(error.to_string()))?;
        let plain = keys.open_lead(id, &sealed.key, &sealed.body).map_err(|_| ServiceError::NotFound)?;
        let event = EventId::from_bits(new_id(self.clock.now()));
        let note = format!("Personal values shown to {} in the portal", actor.user.name);
        let by = actor.user.id.to_string();
        tenant.append_history(event, id, "personal_viewed", &note, &by, self.clock.now()).await?;
        let opened = Opened::by(Viewing::recorded(event), &plain);
        let values = opened.map(|opened| opened.values()).map_err(|error| ServiceError::Broken(error.to_string()))?;
        let contract = contracts.iter().find(|contract| contract.id == row.contract_id);
        let post = contract.map(|contract| &contract.delivery.post);
        let asked = tenant.returns_of(id).await?.into_iter().find(|asked| asked.attempt_id == row.attempt_id);
        let returnable = returnable(contract, row.at, asked, self.clock.now());
        let personal = values.into_iter().filter(|(name, _)| post.is_some_and(|post| sends(post, name)));
        let feedback = tenant.last_word(id, row.attempt_id).await?;
        Ok(Delivered { personal: personal.collect(), returnable, feedback, row })
    }
}

fn zone_of(buyer: &Buyer) -> Zone {
    Zone::named(&buyer.zone).unwrap_or_else(|_| Zone::utc())
}

pub(super) async fn own_contracts(tenant: &TenantStore, buyer: BuyerId) -> Result<Vec<Contract>, ServiceError> {
    Ok(tenant.contracts().await?.into_iter().filter(|contract| contract.buyer_id == buyer).collect())
}

/// A buyer sees what it was sent. Of a contract that is gone nobody knows what that was: nothing, then.
fn only_sent(row: &mut DeliveredRow, contracts: &[Contract]) {
    let post = contracts.iter().find(|contract| contract.id == row.contract_id).map(|contract| &contract.delivery.post);
    let sent = |name: &str| post.is_some_and(|post| sends(post, name));
    row.fields.retain(|(name, _)| sent(name));
    row.masks.retain(|(name, _)| sent(name));
}

/// Whether a mapping carries a field in whatever form: as a row's source, in a list, or in a template.
fn sends(call: &Call, field: &str) -> bool {
    let names =
        |text: &str| text == field || text.contains(&format!("{{{field}}}")) || text.contains(&format!("{{{field}|"));
    let sources = call.rows.iter().filter_map(|row| serde_json::to_value(&row.from).ok());
    sources.into_iter().any(|source| mentions(&source, &names))
}

fn mentions(value: &Value, names: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => names(text),
        Value::Array(all) => all.iter().any(|value| mentions(value, names)),
        // What is always the same text is no field, whatever it says.
        Value::Object(members) => members.iter().any(|(name, value)| name != "constant" && mentions(value, names)),
        _ => false,
    }
}

fn cap(cap: &Cap) -> String {
    let limit = match cap.limit {
        Limit::Count(count) => count.to_string(),
        Limit::Money(amount) => amount.to_decimal(),
    };
    let window = match cap.window {
        Window::Hour => "an hour",
        Window::Day => "a day",
        Window::Week => "a week",
        Window::Month => "a month",
        Window::Total => "in all",
    };
    let per = match &cap.per {
        Per::All => String::new(),
        Per::Source => " of each source".to_owned(),
        Per::Value { field, .. } => format!(" for each {}", field.replace('_', " ")),
    };
    let paced = if cap.paced { ", evenly" } else { "" };
    format!("{limit} {window}{per}{paced}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;

    #[test]
    fn caps_read_as_words() {
        assert_eq!(cap(&Cap::plain(Window::Day, Limit::Count(25))), "25 a day");
        let each = Per::Value { field: "state".into(), only: Vec::new() };
        let spent = Cap { per: each, paced: true, ..Cap::plain(Window::Month, Limit::Money(Micros::units(500))) };
        assert_eq!(cap(&spent), "500.00 a month for each state, evenly");
    }

    #[test]
    fn a_buyer_sees_what_it_was_sent() {
        let call = Call {
            rows: serde_json::from_value(serde_json::json!([
                { "to": "first", "from": { "field": "first_name" } },
                { "to": "kind", "from": { "constant": "last_name" } },
            ]))
            .expect("rows"),
            ..Call::default()
        };
        assert!(sends(&call, "first_name"));
        assert!(!sends(&call, "first") && !sends(&call, "last_name"));
    }
}
