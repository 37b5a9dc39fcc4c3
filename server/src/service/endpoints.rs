//! Endpoints: who is told of leads, what they were told, and telling it again. The free functions are for whoever runs
//! the server: only the command line calls them, so nobody's rights are checked there.

use super::{ServiceError, Services};
use crate::{
    clock::{new_id, random},
    context::Actor,
    pipeline::courier::{self, Courier, Parcel, Tried, WebhookSecret, endpoint_faults, parcel},
    security::{TenantKeys, Vault},
};
use model::{
    CampaignId, Currency, EndpointId, FieldError, LeadId, MessageId, Micros, Money, SourceId, TenantId, Timestamp,
    endpoint::{Delivery, Endpoint, Event, LeadFacts, Message, Target},
    lead::Tracking,
    page::{Cursor, Page},
    user::Right,
};
use serde_json::Value;
use std::mem::discriminant;
use store::{Store, TenantStore};

pub use store::DeliveryFilter;

/// How long a webhook's old secret stays valid beside the new one, in milliseconds: 24 hours.
const OLD_SECRET_MS: i64 = 24 * 3_600_000;

/// What a new endpoint is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointWanted {
    /// What people call it.
    pub name: String,
    /// Whether it is told of test leads as well.
    pub test: bool,
    /// Only of this source's leads: it is then the affiliate's own.
    pub source_id: Option<SourceId>,
    /// Only of this campaign's leads.
    pub campaign_id: Option<CampaignId>,
    /// What it is told of.
    pub on: Vec<Event>,
    /// Where and how.
    pub target: Target,
}

impl EndpointWanted {
    /// Reads what was sent for an endpoint: its own members, empty texts for no source and no campaign.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with every fault by its path.
    pub fn read(mut value: Value) -> Result<Self, ServiceError> {
        let Some(members) = value.as_object_mut() else {
            return Err(ServiceError::Invalid(vec![FieldError::new(
                "",
                "not_understood",
                "This has to be an object.",
            )]));
        };
        members.insert("id".to_owned(), EndpointId::from_bits(0).to_string().into());
        members.insert("active".to_owned(), true.into());
        members.entry("on").or_insert_with(|| Value::Array(Vec::new()));
        members.entry("name").or_insert_with(|| "".into());
        for member in ["source_id", "campaign_id"] {
            if members.get(member).and_then(Value::as_str) == Some("") {
                members.insert(member.to_owned(), Value::Null);
            }
        }
        let mut faults = Vec::new();
        let known = ["id", "name", "active", "disabled_reason", "test", "source_id", "campaign_id", "on", "target"];
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            faults.push(FieldError::new(name, "unknown", "There is no such member."));
        }
        for (member, right, message) in members_of(&value) {
            if !right {
                faults.push(FieldError::new(member, "not_understood", message));
            }
        }
        let endpoint = serde_json::from_value::<Endpoint>(value);
        match endpoint {
            Ok(endpoint) => {
                faults.extend(faults_of(&endpoint));
                if !faults.is_empty() {
                    return Err(ServiceError::Invalid(faults));
                }
                let Endpoint { name, test, source_id, campaign_id, on, target, .. } = endpoint;
                Ok(Self { name, test, source_id, campaign_id, on, target })
            }
            Err(_) if faults.is_empty() => {
                let message = "This is not an endpoint: it has a name, `on` and a `target`.";
                Err(ServiceError::Invalid(vec![FieldError::new("", "not_understood", message)]))
            }
            Err(_) => Err(ServiceError::Invalid(faults)),
        }
    }

    /// The endpoint that is to stand in the place of another.
    #[must_use]
    pub fn instead_of(self, have: &Endpoint, active: bool) -> Endpoint {
        let Self { name, test, source_id, campaign_id, on, target } = self;
        Endpoint { id: have.id, name, active, disabled_reason: None, test, source_id, campaign_id, on, target }
    }
}

/// Which members can be read, each on its own: the deserialiser stops at the first that cannot.
fn members_of(value: &Value) -> [(&'static str, bool, &'static str); 6] {
    let reads = |right: bool, absent: bool| right || absent;
    let id = |member: &str| value[member].is_null();
    [
        ("name", value["name"].is_string(), "This has to be a text."),
        ("test", reads(value["test"].is_boolean(), value["test"].is_null()), "This has to be true or false."),
        (
            "source_id",
            id("source_id") || serde_json::from_value::<SourceId>(value["source_id"].clone()).is_ok(),
            "This has to be the id of a source.",
        ),
        (
            "campaign_id",
            id("campaign_id") || serde_json::from_value::<CampaignId>(value["campaign_id"].clone()).is_ok(),
            "This has to be the id of a campaign.",
        ),
        (
            "on",
            serde_json::from_value::<Vec<Event>>(value["on"].clone()).is_ok(),
            "This has to be a list of sold, unsold, rejected, returned, unknown.",
        ),
        (
            "target",
            serde_json::from_value::<Target>(value["target"].clone()).is_ok(),
            "This has to be a webhook with its url, or a postback with its method, GET or POST, and its url.",
        ),
    ]
}

/// What is wrong with an endpoint, by path.
fn faults_of(endpoint: &Endpoint) -> Vec<FieldError> {
    let path = |fault: &str| {
        if fault.starts_with("the name") {
            "name"
        } else if endpoint.on.is_empty() && fault.contains("event") {
            "on"
        } else {
            "target.url"
        }
    };
    let sentence = |fault: &str| {
        let mut letters = fault.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", letters.as_str().trim_end_matches('.'))
    };
    let told = |fault: String| FieldError::new(path(&fault), "not_allowed", sentence(&fault));
    endpoint_faults(endpoint).into_iter().map(told).collect()
}

/// What a test sent, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// What was sent.
    pub parcel: Parcel,
    /// What came back.
    pub tried: Tried,
}

/// Makes an endpoint; also a webhook's secret, which is never shown again.
///
/// # Errors
/// [`ServiceError::Refused`] naming every fault, or when its source or campaign does not exist.
pub async fn create(
    (store, vault): (&Store, &Vault),
    now: Timestamp,
    tenant: TenantId,
    wanted: EndpointWanted,
) -> Result<(Endpoint, Option<String>), ServiceError> {
    let secret = match wanted.target {
        Target::Webhook { .. } => Some(new_secret()?),
        Target::Postback { .. } => None,
    };
    let endpoint = keep((store, vault), now, tenant, wanted, secret.as_ref()).await?;
    Ok((endpoint, secret.map(|secret| secret.shown())))
}

/// The same with a webhook's secret that was made before, as the demo does.
///
/// # Errors
/// As [`create`].
pub async fn keep(
    (store, vault): (&Store, &Vault),
    now: Timestamp,
    tenant: TenantId,
    wanted: EndpointWanted,
    secret: Option<&WebhookSecret>,
) -> Result<Endpoint, ServiceError> {
    let endpoint = Endpoint {
        id: EndpointId::from_bits(new_id(now)),
        name: wanted.name,
        active: true,
        disabled_reason: None,
        test: wanted.test,
        source_id: wanted.source_id,
        campaign_id: wanted.campaign_id,
        on: wanted.on,
        target: wanted.target,
    };
    check(&endpoint)?;
    let sealed = match secret {
        Some(secret) => seal(&keys(store, vault, tenant).await?, endpoint.id, secret),
        None => Vec::new(),
    };
    store.tenant(tenant).create_endpoint(&endpoint, &sealed).await.map_err(nowhere)?;
    Ok(endpoint)
}

/// Sends an invented message to an endpoint now, whether it is active or not, and says what came back. Nothing of it is
/// kept.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Refused`] when nothing can be sent.
pub async fn fire(
    (store, vault): (&Store, &Vault),
    courier: &Courier,
    now: Timestamp,
    tenant: TenantId,
    id: EndpointId,
) -> Result<Fired, ServiceError> {
    let row = store.tenant(tenant).endpoint(id).await?;
    let secrets = courier::secrets(&keys(store, vault, tenant).await?, &row, now);
    let parcel = parcel(&row.endpoint, &sample(&row.endpoint, now), &secrets, now).map_err(ServiceError::Refused)?;
    let tried = courier.send(&parcel).await;
    Ok(Fired { parcel, tried })
}

fn new_secret() -> Result<WebhookSecret, ServiceError> {
    WebhookSecret::new(random::<32>().to_vec()).map_err(|error| ServiceError::Broken(error.to_string()))
}

fn seal(keys: &TenantKeys, id: EndpointId, secret: &WebhookSecret) -> Vec<u8> {
    keys.seal_secret(&courier::secret_name(id), secret.bytes())
}

async fn keys(store: &Store, vault: &Vault, tenant: TenantId) -> Result<TenantKeys, ServiceError> {
    let row = store.tenant_by_id(tenant).await?;
    vault.tenant(tenant, &row.key_sealed).map_err(|error| ServiceError::Broken(error.to_string()))
}

pub(super) fn check(endpoint: &Endpoint) -> Result<(), ServiceError> {
    let faults = endpoint_faults(endpoint);
    if faults.is_empty() {
        return Ok(());
    }
    Err(ServiceError::Refused(format!("The endpoint cannot be saved: {}.", faults.join("; "))))
}

fn nowhere(error: store::StoreError) -> ServiceError {
    match error {
        store::StoreError::Conflict => ServiceError::Refused("There is no such source or campaign.".to_owned()),
        error => error.into(),
    }
}

/// A message about a lead that never was. It says so: `test` is true.
fn sample(endpoint: &Endpoint, now: Timestamp) -> Message {
    let label = |text: &str| Some(text.to_owned());
    let event = endpoint.on.first().copied().unwrap_or(Event::Sold);
    let dollars = |units| Some(Money { amount: Micros::units(units), currency: Currency::USD });
    let sold = event == Event::Sold;
    Message {
        id: MessageId::from_bits(new_id(now)),
        event,
        at: now,
        data: LeadFacts {
            lead_id: LeadId::from_bits(new_id(now)),
            sequence: 1,
            state: event.word().to_owned(),
            reason: None,
            campaign_id: endpoint.campaign_id.unwrap_or(CampaignId::from_bits(0)),
            campaign: "sample".to_owned(),
            source_id: endpoint.source_id.unwrap_or(SourceId::from_bits(0)),
            source: "sample".to_owned(),
            external_id: label("sample"),
            tracking: Tracking { sub1: label("sample"), click_id: label("sample"), ..Tracking::default() },
            payout: dollars(6).filter(|_| sold),
            revenue: dollars(10).filter(|_| sold && endpoint.source_id.is_none()),
            buyer_id: None,
            contract_id: None,
            test: true,
        },
    }
}

impl Services {
    /// Every endpoint of the tenant, by name. Secrets are not among it.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn endpoints(&self, actor: &Actor) -> Result<Vec<Endpoint>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.endpoints().await?)
    }

    /// Makes an endpoint; also a webhook's secret, which is never shown again.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; [`ServiceError::Refused`] naming every fault.
    pub async fn create_endpoint(
        &self,
        actor: &Actor,
        wanted: EndpointWanted,
    ) -> Result<(Endpoint, Option<String>), ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?.id();
        let made = create((&self.store, &self.vault), self.clock.now(), tenant, wanted).await?;
        tracing::info!(endpoint = %made.0.id, by = %actor.user.id, "endpoint made");
        self.admin().changed().await;
        Ok(made)
    }

    /// Changes an endpoint. Switched on again, it forgets why it was switched off. A webhook stays a webhook, and what is
    /// narrowed to a source stays so: make another instead.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's; [`ServiceError::Refused`] naming every fault.
    pub async fn update_endpoint(&self, actor: &Actor, mut endpoint: Endpoint) -> Result<Endpoint, ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        let was = tenant.endpoint(endpoint.id).await?.endpoint;
        check(&endpoint)?;
        if discriminant(&was.target) != discriminant(&endpoint.target) {
            return Err(ServiceError::Refused("A webhook cannot become a postback, nor the reverse.".to_owned()));
        }
        // What waits and what can be replayed was written for whoever it was made for: it may hold what a source must not
        // know, and other sources' leads.
        if was.source_id != endpoint.source_id {
            return Err(ServiceError::Refused("An endpoint's source cannot be changed: make another.".to_owned()));
        }
        endpoint.disabled_reason = was.disabled_reason.filter(|_| !endpoint.active);
        tenant.update_endpoint(&endpoint).await.map_err(nowhere)?;
        tracing::info!(endpoint = %endpoint.id, active = endpoint.active, by = %actor.user.id, "endpoint changed");
        self.admin().changed().await;
        Ok(endpoint)
    }

    /// Removes an endpoint with all that waits for it.
    ///
    /// # Errors
    /// Without [`Right::Configure`] and [`Right::Delete`]; not found for another tenant's.
    pub async fn delete_endpoint(&self, actor: &Actor, id: EndpointId) -> Result<(), ServiceError> {
        self.tenant(actor, Right::Delete)?;
        self.tenant(actor, Right::Configure)?.delete_endpoint(id).await?;
        tracing::info!(endpoint = %id, by = %actor.user.id, "endpoint removed");
        self.admin().changed().await;
        Ok(())
    }

    /// Gives a webhook a new secret, shown this once. For 24 hours messages are signed with the old one as well.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's; [`ServiceError::Refused`] for a postback.
    pub async fn rotate_endpoint_secret(&self, actor: &Actor, id: EndpointId) -> Result<String, ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        if let Target::Postback { .. } = tenant.endpoint(id).await?.endpoint.target {
            return Err(ServiceError::Refused("A postback has no secret.".to_owned()));
        }
        let secret = new_secret()?;
        let sealed = seal(&keys(&self.store, &self.vault, tenant.id()).await?, id, &secret);
        tenant.rotate_endpoint_secret(id, &sealed, self.clock.now().plus_millis(OLD_SECRET_MS)).await?;
        tracing::info!(endpoint = %id, by = %actor.user.id, "endpoint's secret changed");
        Ok(secret.shown())
    }

    /// Sends an invented message now and says what came back.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's.
    pub async fn fire_endpoint(&self, actor: &Actor, id: EndpointId) -> Result<Fired, ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?.id();
        fire((&self.store, &self.vault), self.pipeline.courier(), self.clock.now(), tenant, id).await
    }

    /// One page of what was told to whom, newest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn deliveries(
        &self,
        actor: &Actor,
        filter: &DeliveryFilter,
        cursor: &Cursor,
        limit: u16,
    ) -> Result<Page<Delivery>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.deliveries(filter, cursor, limit).await?)
    }

    /// Sends a message again, under its own id.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found when it is not in the log of this tenant or its endpoint is gone.
    pub async fn replay_message(&self, actor: &Actor, message: MessageId) -> Result<(), ServiceError> {
        self.again(actor)?.replay_message(message, self.clock.now()).await?;
        tracing::info!(%message, by = %actor.user.id, "message told again");
        self.pipeline.outbox().notify_one();
        Ok(())
    }

    /// Sends everything again that was last tried in `[from, to)`, with `failed_only` what was given up; how much that is.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's endpoint.
    pub async fn replay_span(
        &self,
        actor: &Actor,
        endpoint: EndpointId,
        span: (Timestamp, Timestamp),
        failed_only: bool,
    ) -> Result<u64, ServiceError> {
        let tenant = self.again(actor)?;
        tenant.endpoint(endpoint).await?;
        let count = tenant.replay_span(endpoint, span, failed_only, self.clock.now()).await?;
        tracing::info!(%endpoint, count, by = %actor.user.id, "messages told again");
        self.pipeline.outbox().notify_one();
        Ok(count)
    }

    fn again(&self, actor: &Actor) -> Result<TenantStore, ServiceError> {
        self.tenant(actor, Right::Configure)
    }
}
