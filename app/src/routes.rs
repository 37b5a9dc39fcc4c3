//! Every page on one page.

use crate::pages::{
    AccountPage, AffiliateInstructionsPage, AffiliateLeadsPage, AffiliatePage, AffiliateSetupPage, AlertsPage,
    AuditPage, BenchPage, BuyerPage, BuyersPage, CampaignPage, CampaignsPage, CodePage, ContractPage, CreditPage,
    DoubtPage, EndpointPage, EndpointsPage, FeedPage, FindPage, ForgotPage, HistoryPage, ImportPage, InstructionsPage,
    JoinPage, LeadPage, LeadRequestsPage, LeadsPage, LostPage, NewBuyerPage, NewCampaignPage, NewContractPage,
    NewEndpointPage, NewSourcePage, NewTextPage, NotFoundPage, OverviewPage, PeoplePage, PortalLeadPage,
    PortalLeadsPage, PortalPage, PortalReturnsPage, PortalTermsPage, ReasonsPage, ReportsPage, RerunPage, ReturnsPage,
    ScorecardsPage, SharedInstructionsPage, SignInPage, SourcePage, SourcesPage, TenantsPage, TextDifferencePage,
    TextPage, TextsPage,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The pages that take a form (see [`crate::form`]), as the server's router writes their paths. Each is a route of [`App`].
pub const FORM_PAGES: &[&str] = &[
    // One a line, so that areas do not collide here.
    "/account",
    "/affiliate/instructions/{campaign}",
    "/affiliate/setup",
    "/alerts",
    "/forgot",
    "/join/{token}",
    "/sign-in/code",
    "/tenants",
    "/buyers/new",
    "/buyers/{id}",
    "/campaigns/new",
    "/campaigns/{id}",
    "/contracts/import",
    "/contracts/new",
    "/contracts/{id}",
    "/doubt",
    "/contracts/{id}/try",
    "/endpoints/new",
    "/endpoints/{id}",
    "/history",
    "/leads",
    "/leads/{id}/requests",
    "/leads/{id}/return",
    "/leads/{id}/try",
    "/people",
    "/portal/contracts/{id}",
    "/portal/leads/{id}",
    "/returns",
    "/sources/new",
    "/sources/{id}",
    "/sources/{id}/instructions/{campaign}",
    "/texts/new",
    "/texts/{id}",
];

/// The application: its pages by path. Pages are whole when they leave the server; links and forms are the browser's own.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view=CodePage ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view=ForgotPage ssr=SsrMode::Async/>
                <Route path=path!("/join/:token") view=JoinPage ssr=SsrMode::Async/>
                <Route path=path!("/affiliate") view=AffiliatePage ssr=SsrMode::Async/>
                <Route path=path!("/affiliate/leads") view=AffiliateLeadsPage ssr=SsrMode::Async/>
                <Route path=path!("/affiliate/setup") view=AffiliateSetupPage ssr=SsrMode::Async/>
                <Route path=path!("/affiliate/instructions/:campaign") view=AffiliateInstructionsPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/tenants") view=TenantsPage ssr=SsrMode::Async/>
                <Route path=path!("/leads") view=LeadsPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/live") view=FeedPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/:id") view=LeadPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers") view=BuyersPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers/new") view=NewBuyerPage ssr=SsrMode::Async/>
                <Route path=path!("/buyers/:id") view=BuyerPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/import") view=ImportPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/new") view=NewContractPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/:id") view=ContractPage ssr=SsrMode::Async/>
                <Route path=path!("/contracts/:id/try") view=BenchPage ssr=SsrMode::Async/>
                <Route path=path!("/alerts") view=AlertsPage ssr=SsrMode::Async/>
                <Route path=path!("/doubt") view=DoubtPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/:id/requests") view=LeadRequestsPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/:id/try") view=RerunPage ssr=SsrMode::Async/>
                <Route path=path!("/leads/:id/return") view=CreditPage ssr=SsrMode::Async/>
                <Route path=path!("/returns") view=ReturnsPage ssr=SsrMode::Async/>
                <Route path=path!("/portal/returns") view=PortalReturnsPage ssr=SsrMode::Async/>
                <Route path=path!("/portal") view=PortalPage ssr=SsrMode::Async/>
                <Route path=path!("/portal/contracts/:id") view=PortalTermsPage ssr=SsrMode::Async/>
                <Route path=path!("/portal/leads") view=PortalLeadsPage ssr=SsrMode::Async/>
                <Route path=path!("/portal/leads/:id") view=PortalLeadPage ssr=SsrMode::Async/>
                <Route path=path!("/reports") view=ReportsPage ssr=SsrMode::Async/>
                <Route path=path!("/reports/reasons") view=ReasonsPage ssr=SsrMode::Async/>
                <Route path=path!("/reports/lost") view=LostPage ssr=SsrMode::Async/>
                <Route path=path!("/reports/scorecards") view=ScorecardsPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns") view=CampaignsPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/new") view=NewCampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/sources") view=SourcesPage ssr=SsrMode::Async/>
                <Route path=path!("/sources/new") view=NewSourcePage ssr=SsrMode::Async/>
                <Route path=path!("/sources/:id") view=SourcePage ssr=SsrMode::Async/>
                <Route path=path!("/sources/:id/instructions/:campaign") view=InstructionsPage ssr=SsrMode::Async/>
                <Route path=path!("/texts") view=TextsPage ssr=SsrMode::Async/>
                <Route path=path!("/texts/new") view=NewTextPage ssr=SsrMode::Async/>
                <Route path=path!("/texts/:id") view=TextPage ssr=SsrMode::Async/>
                <Route path=path!("/texts/:id/difference") view=TextDifferencePage ssr=SsrMode::Async/>
                <Route path=path!("/instructions/:token") view=SharedInstructionsPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints") view=EndpointsPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/new") view=NewEndpointPage ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/:id") view=EndpointPage ssr=SsrMode::Async/>
                <Route path=path!("/find") view=FindPage ssr=SsrMode::Async/>
                <Route path=path!("/people") view=PeoplePage ssr=SsrMode::Async/>
                <Route path=path!("/history") view=HistoryPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/:id") view=CampaignPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
