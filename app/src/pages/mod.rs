//! The pages. Each is whole when it leaves the server.

mod account;
mod affiliate;
mod alerts;
mod audit;
mod bench;
mod buyer;
mod buyers;
mod campaign;
mod campaigns;
mod caps;
pub(crate) mod configure;
mod contract;
mod door;
mod doubt;
mod endpoint;
mod endpoints;
mod feed;
mod find;
mod forgot;
mod history;
mod join;
mod lead;
mod leads;
mod not_found;
mod overview;
mod people;
mod portal;
mod reports;
mod returns;
mod sign_in;
mod silent;
mod source;
mod sources;
mod steps;
mod tenants;
mod text;
mod texts;
mod waterfall;

pub use account::AccountPage;
pub use affiliate::{AffiliateLeadsPage, AffiliatePage, AffiliateSetupPage};
pub use alerts::AlertsPage;
pub use audit::AuditPage;
pub use bench::BenchPage;
pub use buyer::{BuyerPage, NewBuyerPage};
pub use buyers::BuyersPage;
pub use campaign::{CampaignPage, NewCampaignPage};
pub use campaigns::CampaignsPage;
pub use contract::{ContractPage, ImportPage, NewContractPage};
pub use doubt::DoubtPage;
pub use endpoint::{EndpointPage, NewEndpointPage};
pub use endpoints::EndpointsPage;
pub use feed::FeedPage;
pub use find::FindPage;
pub use forgot::ForgotPage;
pub use history::HistoryPage;
pub use join::JoinPage;
pub use lead::{LeadPage, LeadRequestsPage, RerunPage};
pub use leads::LeadsPage;
pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use people::PeoplePage;
pub use portal::{PortalLeadPage, PortalLeadsPage, PortalPage, PortalReturnsPage, PortalTermsPage};
pub use reports::{LostPage, ReasonsPage, ReportsPage, ScorecardsPage};
pub use returns::{CreditPage, ReturnsPage};
pub use sign_in::{CodePage, SignInPage};
pub use source::{AffiliateInstructionsPage, InstructionsPage, NewSourcePage, SharedInstructionsPage, SourcePage};
pub use sources::SourcesPage;
pub use tenants::TenantsPage;
pub use text::{NewTextPage, TextDifferencePage, TextPage};
pub use texts::TextsPage;

use crate::{
    backend::{Signed, Ui},
    components::{ErrorPanel, Frame, Nav},
    error::UiError,
    form::Form,
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_router::hooks::{use_location, use_query_map};
use model::{FieldError, user::Right};
use std::future::Future;

/// What the browser is answered beside the page. Taken before the first `await`.
#[derive(Clone)]
pub struct Reply(Option<ResponseOptions>);

impl Reply {
    /// The answer of the current request.
    pub fn here() -> Self {
        Self(use_context())
    }

    /// Sends the browser on to a path of ours.
    pub fn go(&self, to: &str) {
        if let (Some(options), Ok(to)) = (&self.0, HeaderValue::from_str(to)) {
            options.set_status(StatusCode::SEE_OTHER);
            options.insert_header(header::LOCATION, to);
        }
    }

    /// Gives the browser a cookie.
    pub fn cookie(&self, cookie: &str) {
        if let (Some(options), Ok(cookie)) = (&self.0, HeaderValue::from_str(cookie)) {
            options.append_header(header::SET_COOKIE, cookie);
        }
    }

    /// Says in the status what did not work; whoever is not signed in is sent to the door.
    pub fn failed(&self, error: &UiError, here: &str) {
        let status = match error {
            UiError::SignedOut => return self.go(&format!("/sign-in?next={}", crate::query::escape(here))),
            UiError::SecondFactor => return self.go("/account"),
            UiError::Forbidden => StatusCode::FORBIDDEN,
            UiError::NotFound => StatusCode::NOT_FOUND,
            UiError::Refused(_) | UiError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            UiError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            UiError::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.status(status);
    }

    /// Puts what a form was answered with into it: faults stand beside their fields, a refusal at the top, and the page is
    /// drawn again with status 422.
    ///
    /// # Errors
    /// Everything that is not about what was entered.
    pub fn faulty(&self, form: &mut Form, error: UiError) -> Result<(), UiError> {
        form.faults = match error {
            UiError::Invalid(faults) => faults,
            UiError::Refused(why) => vec![FieldError::new("", "refused", why)],
            other => return Err(other),
        };
        self.status(StatusCode::UNPROCESSABLE_ENTITY);
        Ok(())
    }

    /// Sets the status.
    pub fn status(&self, status: StatusCode) {
        if let Some(options) = &self.0 {
            options.set_status(status);
        }
    }
}

/// A page's name and content.
pub struct Shown {
    title: String,
    aside: Option<AnyView>,
    body: AnyView,
}

impl Shown {
    fn new(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), aside: None, body: body.into_any() }
    }

    fn beside(mut self, aside: impl IntoView + 'static) -> Self {
        self.aside = Some(aside.into_any());
        self
    }
}

/// A page for people who are signed in. `load` gets the backend and who is signed in; what does not work becomes an error
/// panel inside the frame.
fn framed<L, F>(nav: Nav, name: &'static str, load: L) -> impl IntoView
where
    L: FnOnce(Ui, Signed) -> F + Send + 'static,
    F: Future<Output = Result<Shown, UiError>> + Send + 'static,
{
    let (ui, reply) = (Ui::get(), Reply::here());
    let location = use_location();
    let here = format!("{}{}", location.pathname.get_untracked(), search(&location.search.get_untracked()));
    let said = use_query_map().get_untracked().get("error").and_then(|code| UiError::from_code(&code));
    let page = async move {
        let opened = async {
            let ui = ui?;
            let signed = ui.session().await?.ok_or(UiError::SignedOut)?;
            Ok::<_, UiError>((ui, signed))
        };
        let (ui, signed) = match opened.await {
            Ok(opened) => opened,
            Err(error) => {
                reply.failed(&error, &here);
                return view! { <main><h1>{name}</h1><ErrorPanel error/></main> }.into_any();
            }
        };
        if signed.lacks_second_factor() && nav != Nav::Account {
            reply.failed(&UiError::SecondFactor, &here);
            return view! { <main><p><a href="/account">"Set up a second factor"</a></p></main> }.into_any();
        }
        // Who belongs to a buyer or a source has a first page of its own.
        if nav == Nav::Overview
            && let Some(portal) = portal_of(&signed)
        {
            reply.go(portal);
            return view! { <main><p><a href=portal>"To the portal"</a></p></main> }.into_any();
        }
        let shown = load(ui.clone(), signed.clone()).await.unwrap_or_else(|error| {
            reply.failed(&error, &here);
            Shown::new(name, view! { <ErrorPanel error/> })
        });
        // Who may not see them, or is told of a fault anyway, is not told twice.
        let waiting = ui.waiting().await.unwrap_or_default();
        view! {
            <Frame signed nav title=shown.title aside=shown.aside here waiting>
                {said.map(|error| view! { <ErrorPanel error/> })}
                {shown.body}
            </Frame>
        }
        .into_any()
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

/// The first page of people of a portal.
fn portal_of(signed: &Signed) -> Option<&'static str> {
    let portals = [(Right::SeePortal, "/portal"), (Right::SeeSource, "/affiliate")];
    portals.into_iter().find(|(right, _)| signed.user.may(*right)).map(|(_, path)| path)
}

fn search(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{}", query.trim_start_matches('?')) }
}
