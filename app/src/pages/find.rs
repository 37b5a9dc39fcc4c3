//! Finding things: pages, leads by their id, whatever is configured by its name. The palette over every page (Ctrl K) asks
//! this page; with script off it stands on its own.

use super::{Shown, framed};
use crate::{
    components::{Empty, Nav, places},
    context::Keys,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    find::{Found, fit},
    user::{Right, User},
};

/// What can be gone to or done by name, beside the menu.
const DEEDS: [(&str, &str); 8] = [
    ("New campaign", "/campaigns/new"),
    ("New buyer", "/buyers/new"),
    ("New source", "/sources/new"),
    ("New endpoint", "/endpoints/new"),
    ("Why leads were not bought", "/reports/reasons"),
    ("Lost revenue", "/reports/lost"),
    ("Scorecard of the buyers", "/reports?by=buyer"),
    ("Unsold leads", "/leads?state=unsold"),
];

/// The keys, as [`crate::islands::Palette`] knows them.
const KEYS: [(&str, &str); 9] = [
    ("Ctrl K or /", "Find"),
    ("g o", "Overview"),
    ("g l", "Leads"),
    ("g c", "Campaigns"),
    ("g b", "Buyers"),
    ("g s", "Sources"),
    ("g r", "Reports"),
    ("g d", "In doubt"),
    ("?", "This page"),
];

/// One line of what was found.
struct Line {
    href: String,
    name: String,
    about: String,
    what: &'static str,
}

/// What fits some words, and which keys there are.
#[component]
pub fn FindPage() -> impl IntoView {
    let wanted = use_query_map().get_untracked().get("q").unwrap_or_default();
    let keys = use_context::<Keys>().unwrap_or_default();
    framed(Nav::Find, "Find", move |ui, signed| async move {
        let mut lines = named(&wanted, &signed.user);
        if signed.user.may(Right::SeeExchange) {
            lines.extend(ui.find(wanted.clone()).await?.into_iter().map(thing));
        }
        Ok(Shown::new("Find", content(&wanted, lines, keys)))
    })
}

/// Pages and deeds whose names fit.
fn named(wanted: &str, user: &User) -> Vec<Line> {
    let deeds: &[(&str, &str)] = if user.may(Right::SeeExchange) { &DEEDS } else { &[] };
    let pages = places(user).map(|(href, name)| (name, href, "page"));
    let all = pages.chain(deeds.iter().map(|(name, href)| (*name, *href, "action")));
    let mut fitting: Vec<_> =
        all.filter_map(|(name, href, what)| fit(wanted, name, "").map(|at| (at, name, href, what))).collect();
    // Without words it is the menu, in the menu's order.
    if !wanted.trim().is_empty() {
        fitting.sort_unstable();
    }
    let line = |(_, name, href, what): (u32, &str, &str, &'static str)| Line {
        href: href.to_owned(),
        name: name.to_owned(),
        about: String::new(),
        what,
    };
    fitting.into_iter().map(line).collect()
}

fn thing(found: Found) -> Line {
    let href = format!("/{}s/{}", found.what.name(), found.id);
    Line { href, name: found.name, about: found.about, what: found.what.name() }
}

fn content(wanted: &str, lines: Vec<Line>, keys: Keys) -> impl IntoView + use<> {
    let found = if lines.is_empty() {
        view! {
            <Empty title="Nothing is called that">
                <p>"Leads are found by their whole id, or by the whole id their source gave them."</p>
            </Empty>
        }
        .into_any()
    } else {
        let line = |line: Line| {
            let about = (!line.about.is_empty()).then(|| view! { <span class="about muted">{line.about}</span> });
            view! {
                <li><a href=line.href><strong>{line.name}</strong>" "{about}" "<span class="what tag">{line.what}</span></a></li>
            }
        };
        view! { <ol class="found">{lines.into_iter().map(line).collect_view()}</ol> }.into_any()
    };
    let key = |(keys, what): (&'static str, &'static str)| {
        let pressed: Vec<_> = keys
            .split(' ')
            .map(|key| if key == "or" { view! { " or " }.into_any() } else { view! { <kbd>{key}</kbd>" " }.into_any() })
            .collect();
        view! { <tr><th scope="row">{pressed}</th><td>{what}</td></tr> }
    };
    let (state, turn, word) =
        if keys.on() { ("on", "off", "Switch single keys off") } else { ("off", "on", "Switch single keys on") };
    view! {
        <div class="stack">
            <form class="filters card" method="get" action="/find" role="search" aria-label="Find">
                <div class="field grow">
                    <label for="q">"Name or id"</label>
                    <input id="q" name="q" type="search" value=wanted.to_owned() autocomplete="off"/>
                </div>
                <div class="actions"><button class="button primary" type="submit">"Find"</button></div>
            </form>
            <section class="card" id="found" aria-label="What was found">{found}</section>
            <section class="card" aria-labelledby="keys">
                <h2 id="keys">"Keys"</h2>
                <table class="keys"><caption class="sr-only">"Keys"</caption><tbody>{KEYS.map(key)}</tbody></table>
                <form method="post" action="/ui/keys">
                    <p>
                        "Single keys are " <strong>{state}</strong> ". They never act while you type; Ctrl K always works. "
                        <input type="hidden" name="keys" value=turn/>
                        <input type="hidden" name="next" value="/find"/>
                        <button class="button small" type="submit">{word}</button>
                    </p>
                </form>
            </section>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::find::What;

    #[test]
    fn every_kind_of_thing_has_a_page() {
        for what in What::ALL {
            let found = Found { what, id: "x".into(), name: String::new(), about: String::new() };
            let path = thing(found).href;
            let route = format!("/{}s/:id", what.name());
            assert!(include_str!("../routes.rs").contains(&format!("path!(\"{route}\")")), "{path}");
        }
    }
}
