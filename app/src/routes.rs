//! Every page on one page.

use crate::pages::{
    BuyerPage, BuyersPage, CampaignPage, CampaignsPage, ContractPage, DoubtPage, EndpointPage, EndpointsPage,
    InstructionsPage, LeadPage, LeadsPage, NewBuyerPage, NewCampaignPage, NewContractPage, NewEndpointPage,
    NewSourcePage, NotFoundPage, OverviewPage, SignInPage, SourcePage, SourcesPage,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The pages that take a form (see [`crate::form`]), as the server's router writes their paths. Each is a route of [`App`].
pub const FORM_PAGES: &[&str] =
    &["/campaigns/new", "/campaigns/{id}", "/buyers/new", "/buyers/{id}", "/contracts/new", "/contracts/{id}"];

/// The application: its pages by path. Pages are whole when they leave the server; links and forms are the browser's own.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/leads") view=LeadsPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/:id") view=LeadPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers") view=BuyersPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers/new") view=NewBuyerPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers/:id") view=BuyerPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/new") view=NewContractPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/:id") view=ContractPage ssr=SsrMode::Async/>
                <Route path=path!("/doubt") view=DoubtPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns") view=CampaignsPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/new") view=NewCampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/sources") view=SourcesPage ssr=SsrMode::Async/>
                <Route path=path!("/sources/new") view=NewSourcePage ssr=SsrMode::Async/>
                <Route path=path!("/sources/:id") view=SourcePage ssr=SsrMode::Async/>
                <Route path=path!("/sources/:id/instructions/:campaign") view=InstructionsPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints") view=EndpointsPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/new") view=NewEndpointPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/:id") view=EndpointPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/:id") view=CampaignPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
