//! What is missing before the first lead can be sold, on the overview until it is done.

use crate::{backend::Ui, error::UiError, query::LeadsQuery};
use leptos::prelude::*;
use model::lead::LeadState;

/// How many buyers an auction is worth having with.
const BUYERS: usize = 3;

/// The steps that begin an exchange; nothing when all of them are done.
///
/// # Errors
/// When the backend cannot be asked.
pub async fn steps(ui: &Ui) -> Result<Option<AnyView>, UiError> {
    let sold = ui.leads(LeadsQuery { state: Some(LeadState::Sold), limit: 1, ..LeadsQuery::default() }).await?;
    // Whoever sells has begun; nothing more is asked of the store.
    if !sold.rows.is_empty() {
        return Ok(None);
    }
    let campaigns = ui.campaigns().await?.len();
    let buyers = ui.buyers().await?.len();
    let keys = ui.api_keys().await?.iter().filter(|key| key.revoked_at.is_none()).count();
    let list = [
        (campaigns > 0, "/campaigns/new", "Make a campaign from a template".to_owned()),
        (buyers >= BUYERS, "/buyers", format!("Add {BUYERS} buyers with a contract each ({buyers} so far)")),
        (keys > 0, "/sources", "Make a source and give it a key".to_owned()),
        (
            false,
            "/sources",
            "Sell the first lead: the source's posting instructions have a request that is taken".to_owned(),
        ),
    ];
    let line = |(done, href, text): (bool, &'static str, String)| {
        let (tone, word) = if done { ("badge success", "Done") } else { ("badge", "To do") };
        let text = if done { text.into_any() } else { view! { <a href=href>{text}</a> }.into_any() };
        view! { <li><span class=tone>{word}</span>" "{text}</li> }
    };
    Ok(Some(
        view! {
            <section class="card steps" aria-labelledby="steps-title">
                <h2 id="steps-title">"To the first sale"</h2>
                <ol>{list.map(line)}</ol>
            </section>
        }
        .into_any(),
    ))
}
