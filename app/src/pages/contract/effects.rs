//! What the contract as it stands in the form would do, saved or not.

use crate::{backend::Ui, error::UiError, format};
use leptos::prelude::*;
use model::effects::{CapEffect, Effects, Failing};
use serde_json::Value;

/// The panel; what is still missing when the contract cannot be judged yet.
///
/// # Errors
/// What is not about what was entered.
pub async fn panel(ui: &Ui, contract: &Value) -> Result<AnyView, UiError> {
    let body = match ui.effects(contract.clone()).await {
        Ok(effects) => shown(effects),
        Err(UiError::Invalid(_)) => {
            view! { <p class="hint">"It is told here as soon as the contract is complete."</p> }.into_any()
        }
        Err(error) => return Err(error),
    };
    let view = view! {
        <section class="card form-section" aria-labelledby="effects-title">
            <h2 id="effects-title">"What it does"</h2>
            {body}
            <div><button class="button small" type="submit" name="do" value="show">"Tell again with what is entered below"</button></div>
        </section>
    };
    Ok(view.into_any())
}

fn shown(effects: Effects) -> AnyView {
    let Effects { filter, sample, opening, caps } = effects;
    let count = |number: u32| format::thousands(i64::from(number));
    let passed = match sample.leads {
        0 => "No lead came into this campaign yet to hold the filter against.".to_owned(),
        leads => {
            format!("Of the last {} leads of this campaign {} would pass the filter.", count(leads), count(sample.pass))
        }
    };
    let rule = |failing: Failing| view! { <li>{failing.rule}" fails "{count(failing.leads)}"."</li> };
    let rules = (!sample.failing.is_empty()).then(|| {
        view! { <p>"These rules fail the rest:"</p><ul class="bullets">{sample.failing.into_iter().map(rule).collect_view()}</ul> }
    });
    let cap = |cap: CapEffect| {
        let label = cap.sentence.clone();
        let bar = cap.filled.map(
            |filled| view! { <meter min="0" max="1000" high="900" value=filled.to_string() aria-label=label></meter> },
        );
        view! { <li>{bar}" "{cap.sentence}</li> }
    };
    let caps =
        (!caps.is_empty()).then(|| view! { <ul class="effects">{caps.into_iter().map(cap).collect_view()}</ul> });
    view! {
        <p><strong>{filter}</strong></p>
        <p>{passed}</p>
        {rules}
        <p>{opening}</p>
        {caps}
    }
    .into_any()
}
