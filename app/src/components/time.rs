//! Times: how long ago, with the moment itself at hand.

use crate::format::Clock;
use leptos::prelude::*;
use model::Timestamp;

/// How long ago, with the local time as a title and the exact instant for machines.
#[component]
pub fn When(
    /// The instant.
    at: Timestamp,
    /// The tenant's clock.
    clock: Clock,
    /// The moment itself instead of how long ago.
    #[prop(default = false)]
    exact: bool,
) -> impl IntoView {
    let long = clock.long(at);
    let shown = if exact { long.clone() } else { clock.ago(at) };
    view! { <time datetime=at.to_string() title=long>{shown}</time> }
}
