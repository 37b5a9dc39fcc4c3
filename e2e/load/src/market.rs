//! A tenant, a campaign and a contract with each of our buyers, put into a server's store before it starts. Tenant and key
//! are made by `gavel` itself: both involve secrets that only it can seal.

use crate::{buyers::Terms, leads, server::Place};
use exchange::audit::Signer;
use model::{
    BuyerId, CampaignId, ContractId, Currency, Micros, SourceId, Timestamp, VerticalId,
    buyer::Buyer,
    campaign::{Auction, Campaign, Doubts, Duplicates},
    cap::{Cap, Limit, Window},
    contract::{Contract, ContractKind, OnUnknown, Price, SourceRule},
    field::{Field, FieldKind, Visibility},
    filter::Filter,
    mapping::{BodyFormat, Call, Delivery, From, Meta, ResponseRules, Row, Sign},
    schedule::Schedule,
    source::{Payout, Source},
};
use std::time::{SystemTime, UNIX_EPOCH};
use store::{Notary, Store};

const SOURCE: &str = "load";
/// Longer than any buyer here takes, so that none is late.
const TIMEOUT_MS: u32 = 2000;

/// Makes the market in a place without a server; the API key of its source.
///
/// # Errors
/// With what went wrong.
pub async fn make(place: &Place, tenant: &str, buyers: &[Terms], url: &str) -> Result<String, String> {
    place.gavel(&["tenant", "create", tenant, "--name", "Load", "--zone", "America/Detroit"]).await?;
    let store = Store::connect(place.database(), 2).await.map_err(|error| error.to_string())?;
    // What is configured is sealed, with the key of the servers that will run by it.
    let store = store.with_notary(Notary::new(Signer::derive(&place.master_key()?), now));
    let filled = fill(&store, tenant, buyers, url).await;
    store.close().await;
    filled.map_err(|error| error.to_string())?;
    place.gavel(&["key", "create", tenant, SOURCE, "--name", "load"]).await
}

async fn fill(store: &Store, tenant: &str, buyers: &[Terms], url: &str) -> Result<(), store::StoreError> {
    let tables = store.tenant(store.tenant_by_slug(tenant).await?.tenant.id);
    tables.put_source(&source()).await?;
    tables.put_campaign(&campaign()).await?;
    for (n, terms) in buyers.iter().enumerate() {
        tables.put_buyer(&buyer(n, terms)).await?;
        tables.put_contract(&contract(n, terms, &format!("{url}/{n}"))).await?;
    }
    Ok(())
}

/// The machine's clock.
#[allow(clippy::disallowed_methods)] // a program of its own, without the server's clock
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn source() -> Source {
    Source {
        id: SourceId::from_bits(1),
        slug: SOURCE.to_owned(),
        name: "Load".to_owned(),
        active: true,
        payout: Payout::Share(500_000),
        floor: None,
        pings: model::source::PingTerms::default(),
        keeps_payout: false,
        intake: model::intake::Intake::default(),
    }
}

fn campaign() -> Campaign {
    Campaign {
        id: CampaignId::from_bits(1),
        slug: leads::CAMPAIGN.to_owned(),
        name: "Load".to_owned(),
        vertical_id: VerticalId::from_bits(1),
        active: true,
        currency: Currency::USD,
        fields: fields(),
        consent_required: false,
        duplicates: Duplicates::default(),
        // What buyers leave in the dark here is to come to them again and again.
        auction: Auction { doubts: Doubts { most: 0, of: 20 }, ..Auction::default() },
        fallback_url: "https://quotes.example/thank-you".to_owned(),
        consent: model::consent::ConsentTerms::default(),
        hosted_form: model::campaign::HostedForm::default(),
        reoffer: None,
    }
}

fn fields() -> Vec<Field> {
    let field = |name: &str, kind, visibility| Field {
        name: name.to_owned(),
        label: name.to_owned(),
        kind,
        required: true,
        visibility,
        example: String::new(),
    };
    vec![
        field("zip", FieldKind::Zip, Visibility::Pingable),
        field("state", FieldKind::State, Visibility::Pingable),
        field("age", FieldKind::Integer { min: 0, max: 120 }, Visibility::Pingable),
        field("first_name", FieldKind::Text { max: 100 }, Visibility::Personal),
        field("email", FieldKind::Email, Visibility::Personal),
        field("phone", FieldKind::Phone, Visibility::Personal),
    ]
}

fn buyer(n: usize, terms: &Terms) -> Buyer {
    Buyer {
        id: BuyerId::from_bits(n as u128 + 1),
        slug: terms.name.clone(),
        name: terms.name.clone(),
        legal_name: format!("{} Inc.", terms.name),
        active: true,
        zone: "America/Detroit".to_owned(),
        caps: Vec::new(),
        credit: None,
        sandbox: false,
    }
}

fn contract(n: usize, terms: &Terms, url: &str) -> Contract {
    let cap = |limit| Cap::plain(Window::Day, Limit::Count(limit));
    Contract {
        id: ContractId::from_bits(n as u128 + 1),
        campaign_id: CampaignId::from_bits(1),
        buyer_id: BuyerId::from_bits(n as u128 + 1),
        name: "Standard".to_owned(),
        kind: ContractKind::Auction,
        silent_on: Default::default(),
        active: true,
        priority: 0,
        backup: false,
        routing: model::contract::Routing::default(),
        pings: model::contract::PingLimits::default(),
        // No highest bid is promised: every answer has to be waited for.
        price: Price { fixed: None, floor: Some(Micros::units(1)), max_bid: None, ..Price::default() },
        filter: Filter::default(),
        sources: SourceRule::All,
        caps: terms.daily_cap.map(cap).into_iter().collect(),
        schedule: Schedule::default(),
        certificate_required: false,
        on_unknown: OnUnknown::Hold,
        returns: None,
        portal: Default::default(),
        delivery: Delivery { ping: Some(ping(url)), post: post(url) },
    }
}

fn ping(url: &str) -> Call {
    let rows = vec![
        row("lead_id", From::Meta(Meta::LeadId)),
        row("campaign", From::Meta(Meta::Campaign)),
        field_row("zip"),
        field_row("state"),
        field_row("age"),
    ];
    let rules = ResponseRules {
        price: Some("price".to_owned()),
        reference: Some("ping_id".to_owned()),
        ..rules("bid", "no_bid")
    };
    call(format!("{url}/ping"), rows, rules)
}

fn post(url: &str) -> Call {
    let mut rows = vec![row("lead_id", From::Meta(Meta::LeadId)), row("ping_id", From::PingToken)];
    rows.extend(["zip", "state", "age", "first_name", "email", "phone"].map(field_row));
    let rules = ResponseRules {
        reference: Some("id".to_owned()),
        redirect: Some("redirect_url".to_owned()),
        reason: Some("reason".to_owned()),
        ..rules("accepted", "rejected")
    };
    call(format!("{url}/post"), rows, rules)
}

fn call(url: String, rows: Vec<Row>, response: ResponseRules) -> Call {
    Call {
        url,
        format: BodyFormat::Json,
        headers: Vec::new(),
        rows,
        response,
        timeout_ms: TIMEOUT_MS,
        ..Call::default()
    }
}

fn rules(yes: &str, no: &str) -> ResponseRules {
    let sign = |value: &str| Sign { path: "status".to_owned(), values: vec![value.to_owned()], ..Sign::default() };
    ResponseRules { accept: sign(yes), reject: sign(no), ..ResponseRules::default() }
}

fn row(to: &str, from: From) -> Row {
    Row { to: to.to_owned(), from, ..Row::default() }
}

fn field_row(name: &str) -> Row {
    row(name, From::Field(name.to_owned()))
}
