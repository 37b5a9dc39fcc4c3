//! The live feed: the newest leads, kept fresh while the page is open. Without script it shows them as they are now.

use super::{Shown, framed, leads::rows};
use crate::{
    components::{Empty, Nav, When, state_word},
    format::Clock,
    islands::Live,
    query::{Columns, LIMITS, LeadsQuery},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Timestamp,
    lead::{LeadRow, LeadState},
    page::Cursor,
};

/// The states that can be looked at by themselves.
const STATES: [LeadState; 4] = [LeadState::Sold, LeadState::Unsold, LeadState::Unknown, LeadState::Duplicate];
/// A minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// The newest leads, of one state or of all.
#[component]
pub fn FeedPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let LeadsQuery { state, .. } = LeadsQuery::read(|name| map.get(name));
    framed(Nav::Feed, "Live feed", move |ui, signed| async move {
        // So many and no more stand on the page, however long it is open.
        let query =
            LeadsQuery { state, cursor: Cursor::Newest, limit: LIMITS[LIMITS.len() - 1], ..LeadsQuery::default() };
        let found = ui.leads(query.clone()).await?.rows;
        let columns = ui.columns().await?.unwrap_or_default();
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let now = ui.now();
        let minute = found.iter().filter(|row| now.millis_since(row.received_at) < MINUTE_MS).count();
        let body = view! {
            <div class="stack">
                {tabs(state)}
                <p class="hint">
                    "The newest leads, newest on top. The space bar pauses and goes on. " <a href=address(state)>"Reload"</a> " · "
                    <a href=query.href()>"The list with its filters"</a>
                </p>
                // One element inside: the island replaces it as a whole.
                <div id="live"><section class="card stack">{content(found, (minute, now), &columns, &clock)}</section></div>
            </div>
        };
        Ok(Shown::new("Live feed", body).beside(view! { <Live space=true/> }))
    })
}

fn content(found: Vec<LeadRow>, (minute, now): (usize, Timestamp), columns: &Columns, clock: &Clock) -> AnyView {
    if found.is_empty() {
        return view! { <Empty title="No lead yet"><p>"The next one shows here by itself."</p></Empty> }.into_any();
    }
    let came = match minute {
        0 => "None came in the minute before ".to_owned(),
        1 => "One came in the minute before ".to_owned(),
        many => format!("{many} of them came in the minute before "),
    };
    // With its time: it is drawn anew when a lead moves, not when one grows older.
    view! { <p>{came} <When at=now clock=clock.clone() exact=true/> "."</p> {rows(found, columns, clock, "The newest leads")} }.into_any()
}

fn address(state: Option<LeadState>) -> String {
    state.map_or_else(|| "/leads/live".to_owned(), |state| format!("/leads/live?state={}", state.name()))
}

fn tabs(chosen: Option<LeadState>) -> impl IntoView {
    let tab = |state: Option<LeadState>| {
        let word = state.map_or("All", state_word);
        view! { <a class="tab" href=address(state) aria-current=(state == chosen).then_some("page")>{word}</a> }
    };
    let states = STATES.map(|state| tab(Some(state))).into_iter().collect_view();
    view! { <nav class="tabs" aria-label="Which leads">{tab(None)} {states}</nav> }
}
