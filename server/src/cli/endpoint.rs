//! `gavel endpoint …`

use super::{
    args::{AddEndpoint, Endpoint},
    key::{campaign_ids, source_id},
    user::tenant_id,
};
use crate::{
    boot::Opened,
    pipeline::courier::Courier,
    service::endpoints::{self, EndpointWanted},
};
use model::endpoint::{Event, Method, Target};

/// Makes, lists, removes or tests endpoints.
pub async fn run(opened: &Opened, command: Endpoint) -> Result<(), String> {
    match command {
        Endpoint::Add(wanted) => add(opened, wanted).await?,
        Endpoint::List { tenant } => {
            let endpoints = opened.store.tenant(tenant_id(opened, &tenant).await?).endpoints().await;
            for endpoint in endpoints.map_err(|error| error.to_string())? {
                let on: Vec<_> = endpoint.on.iter().copied().map(Event::word).collect();
                let state = match (endpoint.active, &endpoint.disabled_reason) {
                    (true, _) => "active".to_owned(),
                    (false, None) => "inactive".to_owned(),
                    (false, Some(reason)) => format!("inactive: {reason}"),
                };
                let (kind, url) = (endpoint.target.name(), endpoint.target.url());
                println!("{}  {kind}  {}  {url}  {}  {state}", endpoint.id, on.join(","), endpoint.name);
            }
        }
        Endpoint::Remove { tenant, endpoint } => {
            let tenant = opened.store.tenant(tenant_id(opened, &tenant).await?);
            tenant.delete_endpoint(endpoint).await.map_err(|error| format!("endpoint {endpoint}: {error}"))?;
            println!("{endpoint} is removed.");
        }
        Endpoint::Test { tenant, endpoint } => {
            let tenant = tenant_id(opened, &tenant).await?;
            let courier = Courier::new(opened.settings.egress_allow.clone()).map_err(|error| error.to_string())?;
            let with = (&opened.store, &opened.vault);
            let fired = endpoints::fire(with, &courier, opened.clock.now(), tenant, endpoint).await;
            let fired = fired.map_err(|error| format!("endpoint {endpoint}: {error}"))?;
            println!("{} {}", fired.parcel.method.name(), fired.parcel.url);
            if !fired.parcel.body.is_empty() {
                println!("{}", fired.parcel.body);
            }
            match (fired.tried.status, fired.tried.error) {
                (Some(status), _) => println!("{status} {}", fired.tried.answer),
                (None, why) => return Err(why.unwrap_or_else(|| "no answer".to_owned())),
            }
        }
    }
    Ok(())
}

async fn add(opened: &Opened, wanted: AddEndpoint) -> Result<(), String> {
    let tenant = tenant_id(opened, &wanted.tenant).await?;
    let source_id = match &wanted.source {
        Some(source) => Some(source_id(opened, tenant, source).await?),
        None => None,
    };
    let target = match (wanted.postback, wanted.webhook) {
        (Some(url), _) => Target::Postback { method: if wanted.post { Method::Post } else { Method::Get }, url },
        (None, Some(url)) => Target::Webhook { url },
        (None, None) => return Err("give --postback or --webhook".to_owned()),
    };
    let wanted = EndpointWanted {
        name: wanted.name,
        test: wanted.test,
        source_id,
        campaign_id: campaign_ids(opened, tenant, wanted.campaign.as_slice()).await?.pop(),
        on: wanted.on,
        target,
    };
    let made = endpoints::create((&opened.store, &opened.vault), opened.clock.now(), tenant, wanted).await;
    let (endpoint, secret) = made.map_err(|error| error.to_string())?;
    eprintln!("Made {}.", endpoint.id);
    match secret {
        Some(secret) => {
            eprintln!("This is the only time its secret is shown:");
            println!("{secret}");
        }
        None => println!("{}", endpoint.id),
    }
    Ok(())
}
