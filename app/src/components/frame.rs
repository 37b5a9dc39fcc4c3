//! Everything around a page's content: skip link, header, menu, main.

use super::{icon::Icon, time::When};
use crate::{
    backend::{Signed, Ui},
    context::{Keys, Theme},
    format::Clock,
    islands::Palette,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Timestamp,
    report::Waiting,
    user::{Right, User},
};

/// The places of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// `/`
    Overview,
    /// `/leads`
    Leads,
    /// `/leads/live`
    Feed,
    /// `/alerts`
    Alerts,
    /// `/doubt`
    Doubt,
    /// `/returns`
    Returns,
    /// `/campaigns`
    Campaigns,
    /// `/buyers`
    Buyers,
    /// `/sources`
    Sources,
    /// `/texts`
    Texts,
    /// `/endpoints`
    Endpoints,
    /// `/people`
    People,
    /// `/reports`
    Reports,
    /// `/history`
    History,
    /// `/find`
    Find,
    /// `/audit`
    Audit,
    /// `/tenants`
    Tenants,
    /// `/affiliate`
    Affiliate,
    /// `/affiliate/leads`
    AffiliateLeads,
    /// `/affiliate/setup`
    AffiliateSetup,
    /// `/account`: no place of the menu, but of the bar.
    Account,
    /// `/portal`
    Portal,
    /// `/portal/leads`
    Delivered,
    /// `/portal/returns`
    OwnReturns,
}

/// A place: where in the menu, its path, its name, its picture.
type Place = (Nav, &'static str, &'static str, &'static str);

/// The menu by groups. A new page is a line here.
const MENU: [(&str, &[Place]); 4] = [
    (
        "Live",
        &[
            (Nav::Overview, "/", "Overview", "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11"),
            (Nav::Leads, "/leads", "Leads", "M2.5 4h11M2.5 8h11M2.5 12h7"),
            (Nav::Feed, "/leads/live", "Live feed", "M1.5 8h3l2-4.5 3 9 2-4.5h3"),
            (
                Nav::Alerts,
                "/alerts",
                "Alerts",
                "M8 2a4 4 0 0 0-4 4c0 3.5-1.5 4.5-1.5 5.5h11C13.5 10.5 12 9.5 12 6a4 4 0 0 0-4-4M6.5 13.5a1.6 1.6 0 0 0 3 0",
            ),
            (
                Nav::Doubt,
                "/doubt",
                "In doubt",
                "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M6 6.2a2 2 0 1 1 2.7 1.9c-.4.2-.7.6-.7 1.1v.3M8 11.6v.1",
            ),
            (Nav::Returns, "/returns", "Returns", "M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 7H6"),
        ],
    ),
    (
        "Configure",
        &[
            (Nav::Campaigns, "/campaigns", "Campaigns", "M2.5 6.5v3l8 3.5V3zM13 6v4M4.5 10.5l1 3"),
            (
                Nav::Buyers,
                "/buyers",
                "Buyers",
                "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 7.5a2 2 0 1 0 0-4M12 9.7c1.6.4 2.6 1.7 2.6 3.8",
            ),
            (Nav::Sources, "/sources", "Sources", "M8 2v8M4.5 6.5 8 10l3.5-3.5M2.5 10.5v3h11v-3"),
            (
                Nav::Texts,
                "/texts",
                "Consent texts",
                "M4 1.8h5.5L12.5 5v9.2H4zM6.5 7h3.5M6.5 9.5h3.5M6.5 12h2M9 1.8V5.5h3.5",
            ),
            (Nav::Endpoints, "/endpoints", "Endpoints", "M8 10V2M4.5 5.5 8 2l3.5 3.5M2.5 10.5v3h11v-3"),
        ],
    ),
    ("Reports", &[(Nav::Reports, "/reports", "Reports", "M2.5 2.5v11h11M5 10.5l2.5-3 2.5 2 3.5-5")]),
    (
        "Admin",
        &[
            (
                Nav::People,
                "/people",
                "People",
                "M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M3 13.5c0-2.5 2.2-4 5-4s5 1.5 5 4",
            ),
            (Nav::History, "/history", "History", "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M8 4.5V8l2.5 1.5"),
            (
                Nav::Audit,
                "/audit",
                "Audit log",
                "M8 1.8 13 4v4c0 3-2 5.2-5 6.2C5 13.2 3 11 3 8V4zM6 8l1.5 1.5L10.2 6.5",
            ),
            (Nav::Tenants, "/tenants", "Tenants", "M2.5 13.5v-8l4-3v11M6.5 6.5h7v7M2.5 13.5h11M9 9h2M9 11.3h2"),
        ],
    ),
];

/// What a buyer's people have instead.
const PORTAL: [(&str, &[Place]); 1] = [(
    "Portal",
    &[
        (Nav::Portal, "/portal", "Overview", "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11"),
        (Nav::Delivered, "/portal/leads", "Leads", "M2.5 4h11M2.5 8h11M2.5 12h7"),
        (Nav::OwnReturns, "/portal/returns", "Returns", "M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 7H6"),
    ],
)];

/// What an affiliate has instead.
const AFFILIATE: [(&str, &[Place]); 1] = [(
    "Portal",
    &[
        (Nav::Affiliate, "/affiliate", "Overview", "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11"),
        (Nav::AffiliateLeads, "/affiliate/leads", "Leads", "M2.5 4h11M2.5 8h11M2.5 12h7"),
        (Nav::AffiliateSetup, "/affiliate/setup", "Connection", "M8 2v8M4.5 6.5 8 10l3.5-3.5M2.5 10.5v3h11v-3"),
    ],
)];

/// The menu of a person, and where it begins.
fn menu(user: &User) -> (&'static [(&'static str, &'static [Place])], &'static str) {
    if user.may(Right::SeePortal) {
        (&PORTAL, "/portal")
    } else if user.may(Right::SeeSource) {
        (&AFFILIATE, "/affiliate")
    } else {
        (&MENU, "/")
    }
}

/// Whether a person may go to a place of the menu.
fn open(user: &User, place: Nav) -> bool {
    match place {
        Nav::People | Nav::Audit => user.may(Right::ManagePeople),
        Nav::Tenants => user.may(Right::RunServer),
        _ => true,
    }
}

/// The places of a person's menu as path and name.
pub fn places(user: &User) -> impl Iterator<Item = (&'static str, &'static str)> {
    let places = menu(user).0.iter().flat_map(|(_, places)| places.iter());
    places.filter(|place| open(user, place.0)).map(|(_, href, name, _)| (*href, *name))
}

/// The frame of a signed-in page.
#[component]
pub fn Frame(
    /// Who is signed in.
    signed: Signed,
    /// Where in the menu.
    nav: Nav,
    /// The page's name, its only `h1`.
    title: String,
    /// Beside the title: a live dot, a button.
    aside: Option<AnyView>,
    /// The page's own path, to come back to.
    here: String,
    /// What waits for a person.
    waiting: Waiting,
    /// The content.
    children: Children,
) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or_default();
    let place = |(place, href, name, path): &Place| {
        let (place, href, name, path) = (*place, *href, *name, *path);
        let count = match place {
            Nav::Alerts => waiting.alerts,
            Nav::Doubt => waiting.doubts,
            Nav::Returns => waiting.returns,
            _ => 0,
        };
        let count =
            (count > 0).then(|| view! { <span class="count">{count}<span class="sr-only">" waiting"</span></span> });
        view! {
            <li>
                <a href=href aria-current=(place == nav).then_some("page")><Icon path/><span>{name}</span>{count}</a>
            </li>
        }
    };
    let (groups, home) = menu(&signed.user);
    // Where two keys go are places of operators.
    let keys = use_context::<Keys>().unwrap_or_default().on() && signed.user.may(Right::SeeExchange);
    let menu = groups
        .iter()
        .map(|(group, places)| {
            let places = places.iter().filter(|place| open(&signed.user, place.0)).map(place).collect_view();
            view! { <li class="group"><p class="group-name">{*group}</p><ul>{places}</ul></li> }
        })
        .collect_view();
    let acting = signed.acting_until.map(|until| acting(&signed, until));
    view! {
        <Title text=format!("{title} · {}", signed.tenant.name)/>
        <a class="skip" href="#content">"Skip to the content"</a>
        <div class="app">
            <header class="bar">
                <a class="brand" href=home aria-label="Gavel, overview">
                    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                        <path d="M13 3l7 7-3 3-7-7zM8.5 7.5 3 13l8 8 5.5-5.5" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>
                        <path d="M14 21h8" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>
                    </svg>
                    <span>"Gavel"</span>
                </a>
                <span class="tenant">{signed.tenant.name.clone()}</span>
                <span class="grow"></span>
                <Palette keys/>
                <form class="theme" method="post" action="/ui/theme">
                    <input type="hidden" name="next" value=here/>
                    <label class="sr-only" for="theme">"Colours"</label>
                    <select id="theme" name="theme">
                        {Theme::ALL.map(|choice| view! {
                            <option value=choice.name() selected=choice == theme>{theme_word(choice)}</option>
                        })}
                    </select>
                    <button class="button small quiet" type="submit">"Set"</button>
                </form>
                <a class="who" href="/account" title=signed.user.email.clone() aria-current=(nav == Nav::Account).then_some("page")>{signed.user.name.clone()}</a>
                <form method="post" action="/ui/sign-out">
                    <button class="button small" type="submit">"Sign out"</button>
                </form>
            </header>
            <nav class="rail" aria-label="Main">
                <ul>{menu}</ul>
            </nav>
            <main id="content" tabindex="-1">
                {acting}
                <div class="head">
                    <h1>{title}</h1>
                    {aside}
                </div>
                {children()}
            </main>
        </div>
    }
}

/// What a superadmin who acts for a company has in sight on every page.
fn acting(signed: &Signed, until: Timestamp) -> impl IntoView + use<> {
    let clock = use_context::<Ui>().map(|ui| Clock::new(&ui, &signed.tenant.zone));
    let until = clock.map(|clock| view! { <When at=until clock exact=true/> });
    view! {
        <div class="acting" role="status">
            <p><strong>{format!("You act for {}", signed.tenant.name)}</strong>" until "{until}". Its audit log says so; personal values are closed."</p>
            <form method="post" action="/ui/stop-acting"><button class="button small" type="submit">"Stop"</button></form>
        </div>
    }
}

const fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}
