//! Links to posting instructions for people without an account: made, listed and taken back; and what they open.

use super::instructions::whole;
use crate::{
    backend::{
        Ui,
        sharing::{ShareLine, Shared},
    },
    components::When,
    error::UiError,
    form::Sent,
    format::Clock,
    pages::{Reply, door},
};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_params_map;
use model::{CampaignId, SourceId};

/// For how many days a link may work.
const DAYS: [(u16, &str); 3] = [(7, "7 days"), (30, "30 days"), (90, "90 days")];

/// Makes a link or takes one back; the address of one that was made.
pub async fn answer(
    (ui, reply): (&Ui, &Reply),
    (source, campaign): (SourceId, CampaignId),
    here: &str,
    sent: &Sent,
) -> Result<Option<String>, UiError> {
    match sent.text("do").strip_prefix("revoke:") {
        Some(id) => {
            ui.unshare(id.parse().map_err(|_| UiError::NotFound)?).await?;
            reply.go(&format!("{here}?done=revoked"));
            Ok(None)
        }
        None => ui.share(source, campaign, sent.text("days").parse().unwrap_or_default()).await.map(Some),
    }
}

/// What was just done.
pub fn said(word: Option<&str>) -> Option<AnyView> {
    (word? == "revoked").then(|| {
        view! { <div class="status-bar" role="status"><span>"The link is taken back: it opens nothing any more."</span></div> }
            .into_any()
    })
}

/// The links, and making another.
pub fn section(made: Option<String>, links: Vec<ShareLine>, here: &str, clock: &Clock, may: bool) -> AnyView {
    if !may && links.is_empty() {
        return ().into_any();
    }
    let made = made.map(|address| {
        view! {
            <div class="panel once" role="status">
                <p class="panel-title">"The link, shown this once. Copy it now."</p>
                <input class="copy" readonly=true value=address aria-label="The link"/>
            </div>
        }
    });
    let options =
        DAYS.map(|(days, words)| view! { <option value=days.to_string() selected=days == 30>{words}</option> });
    let make = may.then(|| {
        view! {
            <form method="post" action=here.to_owned() class="filters">
                <div class="field"><label for="days">"It works for"</label><select id="days" name="days">{options}</select></div>
                <div class="actions"><button class="button" type="submit" name="do" value="share">"Make a link"</button></div>
            </form>
        }
    });
    let list = (!links.is_empty()).then(|| {
        let rows = links.into_iter().map(|link| row(link, here, clock, may)).collect_view();
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Links">
                <table class="list">
                    <caption class="sr-only">"Links, newest first"</caption>
                    <thead><tr>
                        <th scope="col">"Made"</th><th scope="col">"State"</th><th scope="col">"Ends"</th>
                        <th scope="col">"Last opened"</th><th scope="col">"Action"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="card stack no-print" id="share" aria-labelledby="share-title">
            <h2 id="share-title">"Share"</h2>
            <p class="hint">"Whoever has the link can read these instructions without an account. No key and no buyer is in them."</p>
            {made}
            {make}
            {list}
        </section>
    }
    .into_any()
}

fn row(link: ShareLine, here: &str, clock: &Clock, may: bool) -> impl IntoView + use<> {
    let (tone, state) = match (link.works, link.revoked) {
        (true, _) => ("badge success", "Open"),
        (false, true) => ("badge", "Taken back"),
        (false, false) => ("badge", "Ended"),
    };
    let back = (may && link.works).then(|| {
        view! {
            <form method="post" action=here.to_owned()>
                <button class="button small" type="submit" name="do" value=format!("revoke:{}", link.id) aria-label=format!("Take back the link of {}", clock.long(link.created_at))>"Take back"</button>
            </form>
        }
    });
    let used = match link.used_at {
        Some(at) => view! { <When at=at clock=clock.clone()/> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <tr>
            <td><When at=link.created_at clock=clock.clone()/>" by "{link.author}</td>
            <td><span class=tone>{state}</span></td>
            <td><When at=link.expires_at clock=clock.clone() exact=true/></td>
            <td>{used}</td>
            <td>{back}</td>
        </tr>
    }
}

/// The instructions behind a link, for everybody who has it.
#[component]
pub fn SharedInstructionsPage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let (ui, reply) = (Ui::get(), Reply::here());
    let page = async move {
        let found = async { ui?.shared(token).await.map(|shared| (Ui::get(), shared)) };
        match found.await {
            Ok((ui, shared)) => open(shared, ui.ok().as_ref()),
            Err(error) => {
                reply.failed(&error, "/sign-in");
                let said = match error {
                    UiError::NotFound => "This link does not work: it was taken back, or its time is over.".to_owned(),
                    other => other.to_string(),
                };
                let body = view! {
                    <div class="panel danger" role="alert"><p>{said}</p></div>
                    <p>"Ask whoever sent it to you for another one."</p>
                };
                door::card("A link that has ended", true, body.into_any())
            }
        }
    };
    view! { <Meta name="robots" content="noindex, nofollow"/><Suspense>{Suspend::new(page)}</Suspense> }
}

fn open(shared: Shared, ui: Option<&Ui>) -> AnyView {
    let Shared { tenant, zone, expires_at, told } = shared;
    let name = format!("{}: posting instructions for {}", told.campaign, told.source);
    let ends = ui.map(|ui| {
        let clock = Clock::new(ui, &zone);
        view! { " The link works until "<When at=expires_at clock=clock exact=true/>"." }
    });
    view! {
        <Title text=format!("{name} · Gavel")/>
        <main id="content" class="public stack">
            <h1>{name}</h1>
            <p class="hint">"From "{tenant}"."{ends}</p>
            {whole(told)}
        </main>
    }
    .into_any()
}
