//! The demo tenant: a campaign, two sources, and the sandbox's buyers. Made once; made again it changes nothing but the
//! address of the buyers, when that is another.

use super::shelf::{self, Login, Shelf};
use crate::{
    boot::Opened,
    clock::{new_id, random},
    config::Settings,
    pipeline::courier::WebhookSecret,
    sandbox::market,
    security::{keys, secrets},
    service::{
        ServiceError,
        endpoints::{self as endpoint_service, EndpointWanted},
        keys::{self as key_service, KeyWanted, Use},
        people,
    },
};
use model::{
    BuyerId, CampaignId, ContractId, Currency, Micros, SourceId, TenantId, VerticalId,
    buyer::Buyer,
    campaign::{Auction, Campaign, Duplicates},
    contract::Contract,
    endpoint::{Endpoint, Event, Method, Target},
    source::{Payout, Source},
    tenant::{Mode, Tenant},
    user::Role,
    vertical::Vertical,
};
use store::{StoreError, TenantStore};

/// The demo tenant's short name.
pub const TENANT: &str = "demo";
/// The demo campaign's short name.
pub const CAMPAIGN: &str = "auto-insurance";
/// The buyer whose portal the demo shows.
const PORTAL_BUYER: &str = "northwind";
/// The source whose portal the demo shows.
const PORTAL_SOURCE: &str = "northbound";
const PEOPLE: [(Role, &str, &str); 5] = [
    (Role::Admin, "admin@demo.example", "Avery Admin"),
    (Role::Operator, "operator@demo.example", "Ola Operator"),
    (Role::Viewer, "viewer@demo.example", "Vic Viewer"),
    (Role::Buyer, "buyer@northwind.example", "Bea Buyer"),
    (Role::Affiliate, "affiliate@northbound.example", "Noor Northbound"),
];

/// The demo tenant as it stands.
pub struct Market {
    /// The tenant.
    pub tenant: Tenant,
    /// Keys and logins.
    pub shelf: Shelf,
    /// Names of its buyers.
    pub buyers: Vec<String>,
}

/// The demo's buyers listen on a loopback address; exactly that one may be reached.
#[must_use]
pub fn with_sandbox_allowed(mut settings: Settings) -> Settings {
    settings.egress_allow.push(settings.sandbox_listen.ip().into());
    settings
}

/// Makes whatever of the demo tenant is not there.
///
/// # Errors
/// With one line.
pub async fn make(opened: &Opened) -> Result<Market, String> {
    let tenant = tenant(opened).await.map_err(|error| error.to_string())?;
    let kept = shelf::read(&opened.settings.data_dir)?;
    let shelf = kept.clone().unwrap_or_else(new_shelf);
    if kept.is_none() {
        shelf::write(&opened.settings.data_dir, &shelf)?;
    }
    let buyers = fill(opened, &tenant, &shelf, kept.is_none()).await.map_err(|error| error.to_string())?;
    Ok(Market { tenant, shelf, buyers })
}

async fn fill(opened: &Opened, tenant: &Tenant, shelf: &Shelf, new: bool) -> Result<Vec<String>, ServiceError> {
    let rows = opened.store.tenant(tenant.id);
    let campaign = campaign(opened, &rows).await?;
    let form = source(opened, &rows, ("own-form", "Own form", Payout::Fixed(Micros::ZERO))).await?;
    let affiliate = source(opened, &rows, (PORTAL_SOURCE, "Northbound Media", Payout::Share(600_000))).await?;
    for (source_id, name, mode, shown) in [
        (form, "Own form", Mode::Live, &shelf.api_key),
        (form, "Own form, test", Mode::Test, &shelf.test_api_key),
        (affiliate, "Northbound", Mode::Live, &shelf.affiliate_key),
    ] {
        let wanted = KeyWanted { source_id, name: name.to_owned(), mode, campaigns: Vec::new(), used_as: Use::Api };
        keep_key(opened, tenant.id, wanted, shown).await?;
    }
    let names = buyers(opened, &rows, campaign).await?;
    for ((role, email, name), login) in PEOPLE.into_iter().zip(&shelf.logins) {
        person(opened, tenant.id, (email, name, role), &login.password, new).await?;
    }
    endpoints(opened, &rows, affiliate).await?;
    Ok(names)
}

/// The affiliate's tracker and the tenant's own system, both simulated. When the sandbox listens elsewhere now, they
/// follow it; everything else stays as people set it.
async fn endpoints(opened: &Opened, rows: &TenantStore, affiliate: SourceId) -> Result<(), ServiceError> {
    let base = format!("http://{}", opened.settings.sandbox_listen);
    let tracker =
        format!("{base}/postback/northbound?tid={{click_id}}&amount={{payout}}&status={{status}}&lead={{lead_id}}");
    let secret =
        WebhookSecret::read(market::WEBHOOK_SECRET).map_err(|error| ServiceError::Broken(error.to_string()))?;
    let wanted = [
        (
            EndpointWanted {
                name: "Northbound tracker".to_owned(),
                test: false,
                source_id: Some(affiliate),
                campaign_id: None,
                on: vec![Event::Sold, Event::Returned],
                target: Target::Postback { method: Method::Get, url: tracker },
            },
            None,
        ),
        (
            EndpointWanted {
                name: "Own system".to_owned(),
                test: false,
                source_id: None,
                campaign_id: None,
                on: Event::OF_LEADS.to_vec(),
                target: Target::Webhook { url: format!("{base}/webhook/own-system") },
            },
            Some(&secret),
        ),
    ];
    let known = rows.endpoints().await?;
    for (wanted, secret) in wanted {
        match known.iter().find(|endpoint| endpoint.name == wanted.name) {
            Some(endpoint) if endpoint.target.url() == wanted.target.url() => {}
            Some(endpoint) => rows.update_endpoint(&Endpoint { target: wanted.target, ..endpoint.clone() }).await?,
            None => {
                let with = (&opened.store, &opened.vault);
                endpoint_service::keep(with, opened.clock.now(), rows.id(), wanted, secret).await?;
            }
        }
    }
    Ok(())
}

async fn tenant(opened: &Opened) -> Result<Tenant, ServiceError> {
    match found(opened.store.tenant_by_slug(TENANT).await)? {
        Some(row) => Ok(row.tenant),
        None => {
            let now = opened.clock.now();
            people::create_tenant(&opened.store, &opened.vault, now, TENANT, "Demo Leads", "America/Detroit").await
        }
    }
}

async fn campaign(opened: &Opened, rows: &TenantStore) -> Result<CampaignId, ServiceError> {
    if let Some(campaign) = found(rows.campaign_by_slug(CAMPAIGN).await)? {
        return Ok(campaign.id);
    }
    let fields = market::auto_insurance_fields();
    let vertical = Vertical {
        id: VerticalId::from_bits(new_id(opened.clock.now())),
        slug: CAMPAIGN.to_owned(),
        name: "Auto insurance".to_owned(),
        active: true,
        fields: fields.clone(),
    };
    rows.put_vertical(&vertical).await?;
    let campaign = Campaign {
        id: CampaignId::from_bits(new_id(opened.clock.now())),
        slug: CAMPAIGN.to_owned(),
        name: "Auto insurance".to_owned(),
        vertical_id: vertical.id,
        active: true,
        currency: Currency::USD,
        fields,
        consent_required: false,
        duplicates: Duplicates::default(),
        auction: Auction { floor: Micros::units(1), ..Auction::default() },
        fallback_url: "https://quotes.example/thank-you".to_owned(),
        consent: model::consent::ConsentTerms::default(),
        hosted_form: model::campaign::HostedForm::default(),
        reoffer: None,
    };
    rows.put_campaign(&campaign).await?;
    Ok(campaign.id)
}

async fn source(
    opened: &Opened,
    rows: &TenantStore,
    (slug, name, payout): (&str, &str, Payout),
) -> Result<SourceId, ServiceError> {
    if let Some(source) = found(rows.source_by_slug(slug).await)? {
        return Ok(source.id);
    }
    let id = SourceId::from_bits(new_id(opened.clock.now()));
    let source = Source {
        id,
        slug: slug.to_owned(),
        name: name.to_owned(),
        active: true,
        payout,
        floor: None,
        pings: model::source::PingTerms::default(),
        keeps_payout: false,
        intake: model::intake::Intake::default(),
    };
    rows.put_source(&source).await?;
    Ok(id)
}

async fn keep_key(opened: &Opened, tenant: TenantId, wanted: KeyWanted, shown: &str) -> Result<(), ServiceError> {
    let Some((_, hash)) = keys::hash(shown) else {
        return Err(ServiceError::Refused("a key in the demo's file is none; remove the file to make new ones".into()));
    };
    if found(opened.store.find_key(&hash).await)?.is_none() {
        key_service::keep(&opened.store, opened.clock.now(), tenant, wanted, shown).await?;
    }
    Ok(())
}

/// When the passwords are new because the demo's file was lost, people who are there get theirs.
async fn person(
    opened: &Opened,
    tenant: TenantId,
    person: (&str, &str, Role),
    password: &str,
    new: bool,
) -> Result<(), ServiceError> {
    match found(opened.store.user_by_email(person.0).await)? {
        Some(_) if new => people::set_password(&opened.store, opened.clock.now(), person.0, password.to_owned()).await,
        Some(_) => Ok(()),
        None => {
            let (store, now, password) = (&opened.store, opened.clock.now(), password.to_owned());
            let (rows, named) = (store.tenant(tenant), (person.0, person.1));
            let made = match person.2 {
                Role::Buyer => {
                    let buyer = rows.buyer_by_slug(PORTAL_BUYER).await?.id;
                    people::create_portal_user(store, now, tenant, named, buyer, password).await
                }
                Role::Affiliate => {
                    let source = rows.source_by_slug(PORTAL_SOURCE).await?.id;
                    people::create_affiliate(store, now, tenant, named, source, password).await
                }
                Role::Admin | Role::Operator | Role::Viewer => {
                    people::create_user(store, now, tenant, person, password).await
                }
            };
            made.map(|_| ())
        }
    }
}

async fn buyers(opened: &Opened, rows: &TenantStore, campaign: CampaignId) -> Result<Vec<String>, ServiceError> {
    let base = format!("http://{}", opened.settings.sandbox_listen);
    let contracts = rows.contracts().await?;
    let row = opened.store.tenant_by_id(rows.id()).await?;
    let keys = opened.vault.tenant(rows.id(), &row.key_sealed);
    let keys = keys.map_err(|error| ServiceError::Broken(error.to_string()))?;
    let mut names = Vec::new();
    for demo in market::demo_buyers(&base) {
        names.push(demo.buyer.name.clone());
        let known = found(rows.buyer_by_slug(&demo.buyer.slug).await)?;
        let buyer_id = known.as_ref().map_or_else(|| BuyerId::from_bits(new_id(opened.clock.now())), |buyer| buyer.id);
        if known.is_none() {
            rows.put_buyer(&Buyer { id: buyer_id, ..demo.buyer }).await?;
        }
        match contracts.iter().find(|contract| contract.buyer_id == buyer_id && contract.campaign_id == campaign) {
            Some(contract) if contract.delivery.post.url == demo.contract.delivery.post.url => {}
            // The buyers listen elsewhere now; everything else stays as people set it.
            Some(contract) => {
                let mut moved = Contract { delivery: demo.contract.delivery, ..contract.clone() };
                secrets::seal_clear(&keys, &mut moved);
                rows.put_contract(&moved).await?;
            }
            None => {
                let id = ContractId::from_bits(new_id(opened.clock.now()));
                let mut contract = Contract { id, campaign_id: campaign, buyer_id, ..demo.contract };
                secrets::seal_clear(&keys, &mut contract);
                rows.put_contract(&contract).await?;
            }
        }
    }
    Ok(names)
}

fn new_shelf() -> Shelf {
    let key = |mode| keys::new_key(mode).shown;
    let login = |(role, email, _): (Role, &str, &str)| Login {
        role: role.name().to_owned(),
        email: email.to_owned(),
        password: hex::encode(random::<8>()),
    };
    Shelf {
        api_key: key(Mode::Live),
        test_api_key: key(Mode::Test),
        affiliate_key: key(Mode::Live),
        logins: PEOPLE.into_iter().map(login).collect(),
        next_lead: 0,
    }
}

/// Not found is no error where something is made when it is not there.
fn found<T>(result: Result<T, StoreError>) -> Result<Option<T>, ServiceError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
