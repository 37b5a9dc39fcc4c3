//! Server functions: what a person may do. Each is a plain form's target, so pages work with script off; each answers by
//! sending the browser on to a page. Whether it is allowed is decided behind [`Ui`].
// The macro makes a struct of each function's arguments, with fields it does not document.
#![allow(missing_docs)]

use crate::{backend::Ui, context, error::UiError, pages::Reply};
use leptos::prelude::*;
use model::{BuyerId, CampaignId, Micros};

/// Signs in, and goes on to where the person wanted to go.
///
/// # Errors
/// When the server is set up wrongly; a wrong password is said on the page.
#[server(prefix = "/ui", endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    match ui.sign_in(email.trim().to_owned(), password).await {
        Ok(true) => reply.go(safe(&next)),
        Ok(false) => reply.go(&format!("/sign-in/code?next={}", crate::query::escape(safe(&next)))),
        Err(error) => reply.go(&format!(
            "/sign-in?error={}&email={}&next={}",
            error.code(),
            crate::query::escape(email.trim()),
            crate::query::escape(safe(&next)),
        )),
    }
    Ok(())
}

/// Signs out.
///
/// # Errors
/// When the session could not be ended.
#[server(prefix = "/ui", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    ui.sign_out().await?;
    reply.go("/sign-in");
    Ok(())
}

/// Ends acting for another company before its time.
///
/// # Errors
/// Said on the page.
#[server(prefix = "/ui", endpoint = "stop-acting")]
pub async fn stop_acting() -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    reply.go(&match ui.stop_acting().await {
        Ok(()) => "/tenants?done=stopped".to_owned(),
        Err(UiError::SignedOut) => "/sign-in?next=/tenants".to_owned(),
        Err(error) => format!("/tenants?error={}", error.code()),
    });
    Ok(())
}

/// Chooses the colours; the browser goes back to where it was.
#[allow(clippy::unused_async)] // the macro takes async functions only
///
/// # Errors
/// Never.
#[server(prefix = "/ui", endpoint = "theme")]
pub async fn set_theme(theme: String, #[server(default)] next: String) -> Result<(), UiError> {
    let reply = Reply::here();
    let word = context::Theme::read(&theme).name();
    reply.cookie(&format!("{}={word}; Path=/; Max-Age=31536000; SameSite=Lax", context::THEME_COOKIE));
    reply.go(safe(&next));
    Ok(())
}

/// Pauses or resumes a buyer.
///
/// # Errors
/// Said on the page.
#[server(prefix = "/ui", endpoint = "buyers/active")]
pub async fn buyer_active(id: String, active: bool) -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    let done = async {
        ui.session().await?.ok_or(UiError::SignedOut)?;
        let buyer: BuyerId = id.parse().map_err(|_| UiError::NotFound)?;
        ui.set_buyer_active(buyer, active).await
    };
    let done = done.await;
    reply.go(&after("/buyers", &id, active, done));
    Ok(())
}

/// Says what became of a post of unknown outcome. An empty amount is what was reserved.
///
/// # Errors
/// Said on the page.
#[server(prefix = "/ui", endpoint = "doubt/resolve")]
pub async fn resolve_doubt(
    lead: String,
    attempt: String,
    accepted: bool,
    #[server(default)] paid: String,
) -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    let amount = paid.trim().trim_start_matches('$');
    let paid = if amount.is_empty() || !accepted { Ok(None) } else { amount.parse::<Micros>().map(Some) };
    let Some(paid) = paid.ok().filter(|paid| paid.is_none_or(|paid| paid >= Micros::ZERO)) else {
        reply.go("/doubt?done=amount");
        return Ok(());
    };
    let done = async {
        ui.session().await?.ok_or(UiError::SignedOut)?;
        let (lead, attempt) = lead.parse().ok().zip(attempt.parse().ok()).ok_or(UiError::NotFound)?;
        ui.resolve_doubt(lead, attempt, accepted, paid).await
    };
    reply.go(&match done.await {
        Ok(()) => format!("/doubt?done={}", if accepted { "taken" } else { "refused" }),
        Err(UiError::Refused(_)) => "/doubt?done=known".to_owned(),
        Err(UiError::SignedOut) => "/sign-in?next=/doubt".to_owned(),
        Err(error) => format!("/doubt?error={}", error.code()),
    });
    Ok(())
}

/// Pauses or resumes a campaign.
///
/// # Errors
/// Said on the page.
#[server(prefix = "/ui", endpoint = "campaigns/active")]
pub async fn campaign_active(id: String, active: bool) -> Result<(), UiError> {
    let (ui, reply) = (Ui::get()?, Reply::here());
    let done = async {
        ui.session().await?.ok_or(UiError::SignedOut)?;
        let campaign: CampaignId = id.parse().map_err(|_| UiError::NotFound)?;
        ui.set_campaign_active(campaign, active).await
    };
    let done = done.await;
    reply.go(&after("/campaigns", &id, active, done));
    Ok(())
}

/// The list with what was done, so that it can be said and undone.
fn after(list: &str, id: &str, active: bool, done: Result<(), UiError>) -> String {
    let id = crate::query::escape(id);
    match done {
        Ok(()) => format!("{list}?done={}&id={id}", if active { "resumed" } else { "paused" }),
        Err(UiError::SignedOut) => format!("/sign-in?next={list}"),
        Err(error) => format!("{list}?error={}", error.code()),
    }
}

/// A path of ours and nothing else: a form must not be able to send people elsewhere.
pub(crate) fn safe(next: &str) -> &str {
    let local = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_gone_to() {
        assert_eq!(safe("/leads?state=sold"), "/leads?state=sold");
        for bad in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nb"] {
            assert_eq!(safe(bad), "/", "{bad}");
        }
    }
}
