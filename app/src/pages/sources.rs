//! The sources: who sends leads in.

use super::{Shown, buyers::switch_badge, configure::deleted_bar, framed};
use crate::components::{Empty, Nav};
use leptos::prelude::*;
use model::{document::Kind, tenant::ApiKey};
use serde_json::Value;

/// Every source of the tenant.
#[component]
pub fn SourcesPage() -> impl IntoView {
    let done = deleted_bar("The source is deleted.");
    framed(Nav::Sources, "Sources", |ui, _| async move {
        let sources = ui.documents(Kind::Source).await?;
        let keys = ui.api_keys().await?;
        let new = view! { <a class="button primary" href="/sources/new">"New source"</a> };
        if sources.is_empty() {
            let empty = view! {
                <Empty title="No sources yet">
                    <p>"A source is a party that sends leads: your own form, or an affiliate. Make one, give it a key, and send it its posting instructions."</p>
                </Empty>
            };
            return Ok(Shown::new("Sources", view! { <div class="stack">{done}{empty}</div> }).beside(new));
        }
        let rows = sources.iter().map(|source| row(source, &keys)).collect_view();
        let table = view! {
            <div class="stack">
                {done}
                <section class="card">
                    <div class="scroll" tabindex="0" role="region" aria-label="Sources">
                        <table class="list">
                            <caption class="sr-only">"Sources with their terms"</caption>
                            <thead><tr>
                                <th scope="col">"Source"</th><th scope="col">"State"</th><th scope="col">"Is paid"</th>
                                <th scope="col" class="number">"Own floor"</th><th scope="col" class="number">"Keys in use"</th>
                                <th scope="col">"Leads"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </section>
            </div>
        };
        Ok(Shown::new("Sources", table).beside(new))
    })
}

fn row(source: &Value, keys: &[ApiKey]) -> impl IntoView + use<> {
    let text = |member: &str| source[member].as_str().unwrap_or_default().to_owned();
    let (id, slug) = (text("id"), text("slug"));
    let live = keys.iter().filter(|key| key.source_id.to_string() == id && key.revoked_at.is_none()).count();
    view! {
        <tr>
            <th scope="row"><a href=format!("/sources/{id}")>{text("name")}</a><span class="hint">{slug}</span></th>
            <td>{switch_badge(source["active"] == true)}</td>
            <td>{payout(&source["payout"])}</td>
            <td class="number">{source["floor"].as_str().unwrap_or("–").to_owned()}</td>
            <td class="number">{live}</td>
            <td><a href=format!("/leads?source={id}")>"Leads"</a></td>
        </tr>
    }
}

/// A payout in a few words.
pub(super) fn payout(payout: &Value) -> String {
    use crate::form::Reading::Percent;
    let amount = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let share = |value: &Value| format!("{} %", Percent.write(value));
    if let Some(fixed) = payout.get("fixed") {
        format!("{} a sale", amount(fixed))
    } else if let Some(part) = payout.get("share") {
        format!("{} of the price", share(part))
    } else if let Some(between) = payout.get("between") {
        let limit = |member: &str, word: &str| {
            between[member].as_str().map(|limit| format!(", {word} {limit}")).unwrap_or_default()
        };
        format!("{}{}{}", share(&between["share"]), limit("min", "at least"), limit("max", "at most"))
    } else if let Some(less) = payout.get("less") {
        format!("All but {}", amount(less))
    } else {
        let count = payout["bands"].as_array().map_or(0, Vec::len);
        format!("By price, {count} bands")
    }
}

#[cfg(test)]
mod tests {
    use super::payout;
    use serde_json::json;

    #[test]
    fn payouts_in_words() {
        assert_eq!(payout(&json!({ "fixed": "6.00" })), "6.00 a sale");
        assert_eq!(payout(&json!({ "share": 625_000 })), "62.5 % of the price");
        assert_eq!(payout(&json!({ "between": { "share": 600_000, "min": "2.00" } })), "60 %, at least 2.00");
        assert_eq!(payout(&json!({ "less": "1.50" })), "All but 1.50");
        assert_eq!(payout(&json!({ "bands": [{ "from": "0.00", "share": 1 }] })), "By price, 1 bands");
    }
}
