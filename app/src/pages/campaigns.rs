//! The campaigns with today's counts.

use super::{
    Shown,
    buyers::{Done, switch, switch_badge},
    configure::deleted_bar,
    framed,
};
use crate::{
    components::{Empty, Nav},
    format,
    query::LeadsQuery,
};
use leptos::prelude::*;
use model::report::CampaignRow;

const ACTION: &str = "/ui/campaigns/active";

/// Every campaign of the tenant.
#[component]
pub fn CampaignsPage() -> impl IntoView {
    let (done, deleted) = (Done::read(), deleted_bar("The campaign is deleted."));
    framed(Nav::Campaigns, "Campaigns", |ui, _| async move {
        let campaigns = ui.campaigns().await?;
        let bar = done.bar(ACTION, |id| campaigns.iter().find(|c| c.id.to_string() == id).map(|c| c.name.clone()));
        if campaigns.is_empty() {
            let empty = view! { <Empty title="No campaigns yet"><p>"A campaign is one kind of lead you sell. Make the first one from a template."</p></Empty> };
            return Ok(Shown::new("Campaigns", empty).beside(new()));
        }
        Ok(Shown::new(
            "Campaigns",
            view! { <div class="stack">{deleted}{bar} <section class="card">{table(campaigns)}</section></div> },
        )
        .beside(new()))
    })
}

fn new() -> impl IntoView {
    view! { <a class="button primary" href="/campaigns/new">"New campaign"</a> }
}

fn table(campaigns: Vec<CampaignRow>) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Campaigns">
            <table class="list">
                <caption class="sr-only">"Campaigns with today's counts"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Campaign"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="number">"Contracts"</th>
                        <th scope="col" class="number">"Received"</th>
                        <th scope="col" class="number">"Sold"</th>
                        <th scope="col" class="number">"Unsold"</th>
                        <th scope="col" class="number">"Rejected"</th>
                        <th scope="col" class="number">"Revenue"</th>
                        <th scope="col" class="number">"Margin"</th>
                        <th scope="col">"Action"</th>
                    </tr>
                </thead>
                <tbody>{campaigns.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(campaign: CampaignRow) -> impl IntoView {
    let leads = LeadsQuery { campaign: Some(campaign.id), ..LeadsQuery::default() }.href();
    let (today, currency) = (campaign.today, campaign.currency);
    view! {
        <tr>
            <th scope="row"><a href=format!("/campaigns/{}", campaign.id)>{campaign.name.clone()}</a><span class="hint">{campaign.slug}</span></th>
            <td>{switch_badge(campaign.active)}</td>
            <td class="number">{format::thousands(campaign.contracts)}</td>
            <td class="number"><a href=leads>{format::thousands(today.received)}</a></td>
            <td class="number">{format::thousands(today.sold)}</td>
            <td class="number">{format::thousands(today.unsold)}</td>
            <td class="number">{format::thousands(today.rejected)}</td>
            <td class="number">{format::money(today.revenue, currency)}</td>
            <td class="number">{format::money(today.margin(), currency)}</td>
            <td>{switch(ACTION, campaign.id.to_string(), campaign.active, campaign.name)}</td>
        </tr>
    }
}
