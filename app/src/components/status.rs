//! How a lead or a contract stands: an icon, a word and a colour, never a colour alone.

use super::icon::{self, Icon};
use leptos::prelude::*;
use model::{lead::LeadState, tenant::Mode, trace::Standing};

/// The word for a state.
pub const fn state_word(state: LeadState) -> &'static str {
    match state {
        LeadState::Processing => "Processing",
        LeadState::Sold => "Sold",
        LeadState::Unsold => "Unsold",
        LeadState::Rejected => "Rejected",
        LeadState::Duplicate => "Duplicate",
        LeadState::Unknown => "Unknown",
        LeadState::Returned => "Returned",
    }
}

/// A lead's state.
#[component]
pub fn StateBadge(
    /// Where it stands.
    state: LeadState,
    /// Live or test.
    #[prop(default = Mode::Live)]
    mode: Mode,
) -> impl IntoView {
    let (tone, path) = match state {
        LeadState::Processing => ("info", icon::DOTS),
        LeadState::Sold => ("success", icon::CHECK),
        LeadState::Unsold => ("muted", icon::MINUS),
        LeadState::Rejected => ("danger", icon::CROSS),
        LeadState::Duplicate => ("muted", icon::COPIES),
        LeadState::Unknown => ("warning", icon::QUESTION),
        LeadState::Returned => ("warning", icon::BACK),
    };
    view! {
        <span class=format!("badge {tone}")><Icon path/>{state_word(state)}</span>
        {(mode == Mode::Test).then(|| view! { <span class="badge test"><Icon path=icon::FLASK/>"Test"</span> })}
    }
}

/// How a contract came out of an auction.
#[component]
pub fn StandingBadge(
    /// How it came out.
    standing: Standing,
) -> impl IntoView {
    let (tone, path, word) = match standing {
        Standing::Sold => ("success", icon::CHECK, "Sold"),
        Standing::Unknown => ("warning", icon::QUESTION, "Unknown"),
        Standing::Lost => ("muted", icon::MINUS, "Lost"),
        Standing::Rejected => ("danger", icon::CROSS, "Rejected"),
        Standing::Failed => ("warning", icon::CLOCK, "Failed"),
        Standing::Excluded => ("muted", icon::SLASH, "Not asked"),
        Standing::Waiting => ("muted", icon::CLOCK, "Waits"),
        Standing::Copied => ("success", icon::CHECK, "Has a copy"),
    };
    view! { <span class=format!("badge {tone}")><Icon path/>{word}</span> }
}
