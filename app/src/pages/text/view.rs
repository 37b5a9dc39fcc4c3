//! The parts of the pages of a consent text.

use crate::{
    backend::texts::{TextCheck, TextDifference, TextView, UseLine, VersionLine},
    components::{
        When,
        form::{checkbox, section, text},
    },
    form::Form,
    format::{self, Clock},
};
use leptos::prelude::*;
use model::{
    ConsentTextId,
    consent::{Finding, Piece, Severity},
};
use serde_json::{Value, json};

/// Words to begin from, with every element that the check looks for.
pub fn begin() -> Value {
    json!({
        "body": "By selecting \"{{button.label}}\" I sign electronically and authorize {{sellers.inline}} to make marketing \
                 calls to me at the phone number I entered, using an automatic telephone dialing system and an artificial or \
                 prerecorded voice, even if my number is on a do-not-call list. My agreement is not a condition of any \
                 purchase. I may withdraw it at any time by [SAY WHERE AND HOW].",
        "button": "I agree", "calls": true, "texts": false, "automated": true,
    })
}

/// What was just done.
pub fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "made" => "The text is made, as a draft.".to_owned(),
        "saved" => "The draft is saved. Nothing of it is shown to anybody yet.".to_owned(),
        word => format!(
            "Version {} is published. Our forms show it from now on.",
            word.strip_prefix("published-")?.parse::<u32>().ok()?
        ),
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// Where the text stands.
pub fn badge(text: &TextView) -> AnyView {
    let version = match text.versions.first() {
        Some(version) => view! { <span class="badge success">{format!("Version {}", version.n)}</span> }.into_any(),
        None => view! { <span class="badge">"Nothing published"</span> }.into_any(),
    };
    let draft = text.draft.as_ref().map(|_| view! { " "<span class="badge warning">"Draft"</span> });
    view! { {version}{draft} }.into_any()
}

/// The fields of a text. A new one has a short name, which stays.
pub fn editor(form: &Form, text_view: Option<&TextView>, clock: &Clock) -> AnyView {
    let slug = text_view.is_none().then(|| {
        text(form, "slug", "Short name")
            .hint("Campaigns name the text by it. Lower case letters, digits, hyphens; it stays.")
            .view()
    });
    let draft = text_view.and_then(|text| text.draft.clone()).map(|(who, at)| {
        view! { <p class="hint">"Draft by "{who}", "<When at=at clock=clock.clone()/>"."</p> }
    });
    let body = view! {
        {draft}
        <div class="fields">
            {text(form, "name", "Name").view()}
            {slug}
            {text(form, "locale", "Language").hint("As browsers say it: en-US, es-US.").view()}
            {text(form, "wording.button", "The button that is named").hint("Empty: a box is ticked.").view()}
        </div>
        {text(form, "wording.body", "What the consumer agrees to").lines(9)
            .hint("Placeholders: {{sellers.inline}} (the buyers' legal names), {{publisher.legal_name}} (your company), {{button.label}}.").view()}
        <fieldset class="field checks">
            <legend>"It is to allow"</legend>
            <div class="choices">
                {checkbox(form, "wording.calls", "Calls", None)}
                {checkbox(form, "wording.texts", "Text messages", None)}
                {checkbox(form, "wording.automated", "Dialers, artificial voices and recordings", None)}
            </div>
        </fieldset>
    };
    let intro = "A version that is published never changes: what you change here becomes the next one.";
    section("words", "Words", Some(intro), body.into_any())
}

/// What the check says.
pub fn check(check: &TextCheck) -> AnyView {
    let errors = check.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = check.findings.len() - errors;
    let count = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let (tone, word) = match (errors, warnings) {
        (0, 0) => ("badge success", "Every element was found".to_owned()),
        (0, warnings) => ("badge warning", count(warnings, "warning", "warnings")),
        (errors, 0) => ("badge danger", count(errors, "error", "errors")),
        (errors, warnings) => (
            "badge danger",
            format!("{}, {}", count(errors, "error", "errors"), count(warnings, "warning", "warnings")),
        ),
    };
    let lines = check.findings.iter().map(finding).collect_view();
    view! {
        <section class="card stack" id="check" aria-labelledby="check-title">
            <h2 id="check-title">"Check"</h2>
            <p><span class=tone>{word}</span></p>
            {(!check.findings.is_empty()).then(|| view! { <ul class="lint">{lines}</ul> })}
            <p class="hint">"The check finds elements and does not certify: that something was found does not make a text lawful. Have counsel approve it."</p>
        </section>
    }
    .into_any()
}

fn finding(finding: &Finding) -> impl IntoView + use<> {
    let (tone, word) = match finding.severity {
        Severity::Error => ("badge danger", "Error"),
        Severity::Warning => ("badge warning", "Warning"),
    };
    let Finding { code, message, fix, words, .. } = finding.clone();
    let words = (!words.is_empty()).then(|| view! { " "<q>{words}</q> });
    view! { <li><p><span class=tone>{word}" "{code}</span>" "<strong>{message}</strong>{words}</p><p class="hint">{fix}</p></li> }
}

/// The words as a consumer sees them.
pub fn preview(check: &TextCheck, button: &str) -> AnyView {
    if check.preview.is_empty() {
        return ().into_any();
    }
    let control = if button.trim().is_empty() {
        view! { <p>"☐ "{check.preview.clone()}</p> }.into_any()
    } else {
        view! { <p>{check.preview.clone()}</p><p><span class="button primary" aria-label=format!("The button says {button}")>{button.to_owned()}</span></p> }
            .into_any()
    };
    let invented = check.invented.then(|| {
        view! { <p class="hint">"The sellers are invented: no campaign with this text has a buyer yet."</p> }
    });
    view! {
        <section class="card stack" aria-labelledby="preview-title">
            <h2 id="preview-title">"As the consumer sees it"</h2>
            <blockquote class="consent">{control}</blockquote>
            {invented}
        </section>
    }
    .into_any()
}

/// Publishing the draft, and what that changes.
pub fn publish(text: &TextView, here: &str, note: &str, may: bool) -> AnyView {
    if text.draft.is_none() {
        return ().into_any();
    }
    let next = text.versions.first().map_or(1, |version| version.n + 1);
    let errors = text.check.findings.iter().any(|finding| finding.severity == Severity::Error);
    let compare = (!text.versions.is_empty()).then(|| {
        view! { <p><a href=format!("{here}/difference?to=draft")>"Compare the draft with the newest version"</a></p> }
    });
    let names: Vec<_> = text.campaigns.iter().map(|campaign| campaign.name.clone()).collect();
    let who = match names.as_slice() {
        [] => "No campaign has chosen this text: publishing shows it to nobody yet.".to_owned(),
        names => format!(
            "Our forms of {} show it at once. Forms of others send what they have until somebody changes them.",
            names.join(", ")
        ),
    };
    let act = match (may, errors) {
        (false, _) => view! { <p class="hint">"Your role may not publish."</p> }.into_any(),
        (true, true) => {
            view! { <p class="fault">"It cannot be published while the check finds errors in the saved draft."</p> }.into_any()
        }
        (true, false) => view! {
            <form method="post" action=here.to_owned() class="stack">
                <input type="hidden" name="version" value=text.revision.to_string()/>
                <div class="field">
                    <label for="note">"Why (stands with the version)"</label>
                    <input id="note" name="note" maxlength="500" autocomplete="off" value=note.to_owned()/>
                </div>
                <div class="actions"><button class="button primary" type="submit" name="do" value="publish">{format!("Publish version {next}")}</button></div>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="card stack" id="publish" aria-labelledby="publish-title">
            <h2 id="publish-title">"Publish"</h2>
            <p>{who}</p>
            {compare}
            {act}
        </section>
    }
    .into_any()
}

/// The versions, and how many leads still come with each.
pub fn versions(text: &TextView, here: &str, clock: &Clock) -> AnyView {
    if text.versions.is_empty() {
        return ().into_any();
    }
    let newest = text.versions.first().map_or(0, |version| version.n);
    let old: Vec<_> = text
        .versions
        .iter()
        .filter(|version| version.n != newest)
        .filter_map(|version| {
            version.share.filter(|share| *share > 0).map(|share| format!("{share} % is still on version {}", version.n))
        })
        .collect();
    let still = (!old.is_empty()).then(|| {
        view! { <p><span class="badge warning">"Old versions"</span>{format!(" Of the live leads of the last 24 hours, {}.", old.join(", "))}</p> }
    });
    let rows = text.versions.iter().map(|version| version_row(version, here, clock)).collect_view();
    view! {
        <section class="card stack" id="versions" aria-labelledby="versions-title">
            <h2 id="versions-title">"Versions"</h2>
            {still}
            <div class="scroll" tabindex="0" role="region" aria-label="Versions">
                <table class="list">
                    <caption class="sr-only">"Versions, newest first"</caption>
                    <thead><tr>
                        <th scope="col">"Version"</th><th scope="col">"Published"</th><th scope="col">"Why"</th>
                        <th scope="col" class="number">"Leads, 7 days"</th><th scope="col" class="number">"Share, 24 hours"</th>
                        <th scope="col">"Sent as"</th><th scope="col">"Difference"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn version_row(version: &VersionLine, here: &str, clock: &Clock) -> impl IntoView + use<> {
    let VersionLine { n, at, author, note, code, week, share } = version.clone();
    let before = n.checked_sub(1).filter(|before| *before > 0).map(|before| {
        view! { <a href=format!("{here}/difference?from={before}&to={n}") aria-label=format!("Difference from {before} to {n}")>{format!("from {before}")}</a> }
    });
    view! {
        <tr>
            <th scope="row">{n}</th>
            <td><When at=at clock=clock.clone()/>" by "{author}</td>
            <td>{note}</td>
            <td class="number">{format::thousands(week)}</td>
            <td class="number">{share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"))}</td>
            <td><code>{code}</code></td>
            <td>{before}</td>
        </tr>
    }
}

/// The campaigns that chose it, and which of their buyers it names.
pub fn campaigns(text: &TextView) -> AnyView {
    let line = |campaign: &crate::backend::texts::TextCampaign| {
        let named = campaign.buyers - campaign.unnamed.len();
        let coverage = match (text.versions.is_empty(), campaign.buyers, campaign.unnamed.as_slice()) {
            (true, ..) => "nothing is published".to_owned(),
            (_, 0, _) => "it has no buyer yet".to_owned(),
            (_, all, []) => format!("names all of its {all} buyers"),
            (_, all, unnamed) => format!("names {named} of its {all} buyers, not {}", unnamed.join(", ")),
        };
        view! { <li><a href=format!("/campaigns/{}", campaign.id)>{campaign.name.clone()}</a>": "{coverage}"."</li> }
    };
    let none = text.campaigns.is_empty().then(|| {
        view! { <p class="hint">"No campaign has chosen it. A campaign does so in its form, under \"Consent\"."</p> }
    });
    let lines = text.campaigns.iter().map(line).collect_view();
    view! {
        <section class="card stack" aria-labelledby="chosen-title">
            <h2 id="chosen-title">"Campaigns"</h2>
            {none}
            {(!text.campaigns.is_empty()).then(|| view! { <ul class="bullets">{lines}</ul> })}
        </section>
    }
    .into_any()
}

/// What leads of the last 7 days came with, by source.
pub fn uses(text: &TextView, clock: &Clock) -> AnyView {
    if text.uses.is_empty() {
        return ().into_any();
    }
    let newest = text.versions.first().map(|version| version.n);
    let row = |used: &UseLine| {
        let UseLine { source, campaign, version, standing, leads, last } = used.clone();
        let words = match (version, standing.defect()) {
            (version, Some(defect)) => {
                let n = version.map(|n| format!("Version {n}. "));
                view! { <span class="fault">{n}{defect}</span> }.into_any()
            }
            (Some(n), None) if Some(n) == newest => format!("Version {n}").into_any(),
            (n, None) => {
                view! { {format!("Version {}", n.unwrap_or_default())}" "<span class="badge warning">"Old"</span> }
                    .into_any()
            }
        };
        view! {
            <tr><th scope="row">{source}</th><td>{campaign}</td><td>{words}</td><td class="number">{format::thousands(leads)}</td><td><When at=last clock=clock.clone()/></td></tr>
        }
    };
    let rows = text.uses.iter().map(row).collect_view();
    view! {
        <section class="card stack" id="uses" aria-labelledby="uses-title">
            <h2 id="uses-title">"What leads come with"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="What leads come with">
                <table class="list">
                    <caption class="sr-only">"Live leads of the last 7 days by source"</caption>
                    <thead><tr>
                        <th scope="col">"Source"</th><th scope="col">"Campaign"</th><th scope="col">"Words"</th>
                        <th scope="col" class="number">"Leads, 7 days"</th><th scope="col">"Last"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// Two versions in one text; which they are can be chosen.
pub fn difference(found: &TextDifference, id: ConsentTextId) -> AnyView {
    let option =
        |n: u32, chosen: bool| view! { <option value=n.to_string() selected=chosen>{format!("Version {n}")}</option> };
    let from = found.versions.iter().map(|n| option(*n, *n == found.from)).collect_view();
    let to = found.versions.iter().map(|n| option(*n, Some(*n) == found.to)).collect_view();
    let draft = found.draft.then(|| view! { <option value="draft" selected=found.to.is_none()>"Draft"</option> });
    let changed = found.pieces.iter().any(|piece| !matches!(piece, Piece::Same(_)));
    let pieces = found.pieces.iter().map(piece).collect_view();
    let others = found.others.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    view! {
        <div class="stack">
            <form method="get" action=format!("/texts/{id}/difference") class="filters card">
                <div class="field"><label for="from">"From"</label><select id="from" name="from">{from}</select></div>
                <div class="field"><label for="to">"To"</label><select id="to" name="to">{draft}{to}</select></div>
                <div class="actions"><button class="button" type="submit">"Compare"</button></div>
            </form>
            <section class="card stack" aria-labelledby="difference-title">
                <h2 id="difference-title">"Words"</h2>
                {(!changed).then(|| view! { <p class="hint">"The words are the same."</p> })}
                <p class="difference">{pieces}</p>
                {(!found.others.is_empty()).then(|| view! { <ul class="bullets">{others}</ul> })}
            </section>
        </div>
    }
    .into_any()
}

/// A piece, said aloud too: what it is cannot be heard from a line through it.
fn piece(piece: &Piece) -> AnyView {
    match piece.clone() {
        Piece::Same(text) => text.into_any(),
        Piece::Removed(text) => {
            view! { <del><span class="sr-only">" removed: "</span>{text}<span class="sr-only">"; "</span></del> }
                .into_any()
        }
        Piece::Added(text) => {
            view! { <ins><span class="sr-only">" added: "</span>{text}<span class="sr-only">"; "</span></ins> }
                .into_any()
        }
    }
}
