//! The sections of a campaign's form, and the contracts in it.

use crate::{
    backend::{configure::FormLinks, texts::TextLine},
    components::form::{Choice, Rows, checkbox, checks, money, number, pick, rows, section, select, text},
    form::{Form, Reading, id},
    pages::buyers::switch_badge,
};
use leptos::prelude::*;
use serde_json::{Value, json};

const KINDS: [(&str, &str); 26] = [
    ("text", "Text"),
    ("integer", "Whole number"),
    ("decimal", "Number with decimals"),
    ("money", "Amount of money"),
    ("range", "Range, such as 10k-20k"),
    ("band", "One of several ranges"),
    ("boolean", "Yes or no"),
    ("choice", "One of a list"),
    ("date", "Date"),
    ("year_month", "Month of a year"),
    ("phone", "Phone"),
    ("phone_international", "Phone of any country"),
    ("email", "E-mail"),
    ("zip", "ZIP code"),
    ("postal_code", "ZIP or Canadian postal code"),
    ("postal_code_ca", "Canadian postal code"),
    ("state", "State"),
    ("province", "Canadian province"),
    ("state_or_province", "State or province"),
    ("country", "Country"),
    ("address", "Street address"),
    ("url", "Web address"),
    ("ip", "IP address"),
    ("user_agent", "Browser's user agent"),
    ("certificate", "Certificate"),
    ("list", "List of records"),
];
const VISIBILITIES: [(&str, &str); 3] = [
    ("pingable", "May be in a ping"),
    ("personal", "Personal: only to who buys"),
    ("internal", "Not personal, not in a ping"),
];
const STRATEGIES: [(&str, &str); 4] = [
    ("net_value", "Most that stays with us first"),
    ("priority", "By priority, lowest number first"),
    ("weighted", "By shares"),
    ("round_robin", "In turn"),
];
const LOOK_AHEAD: [(&str, &str); 3] = [("off", "Off"), ("advise", "Advise: only say what it would do"), ("on", "On")];
const PRINTS: [(&str, &str); 3] = [("phone", "Phone"), ("email", "E-mail"), ("address", "Address")];

/// Pairs as the inputs take them.
pub fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(value, shown)| ((*value).to_owned(), (*shown).to_owned())).collect()
}

/// Every section. A new campaign's short name and currency are chosen here as well.
pub fn sections(form: &Form, new: bool) -> AnyView {
    let currency = form.shown("currency", Reading::Text);
    view! {
        {general(form, new)}
        {fields(form)}
        {duplicates(form)}
        {routing(form, &currency)}
        {unsold(form)}
    }
    .into_any()
}

fn general(form: &Form, new: bool) -> AnyView {
    let active = new.then(|| checkbox(form, "active", "Takes leads at once", None));
    let body = view! {
        <div class="fields">
            {text(form, "name", "Name").view()}
            {text(form, "slug", "Short name").hint("Sources send it as \"campaign\". Lower case letters, digits, hyphens.").view()}
            {text(form, "currency", "Currency").hint("Three letters, such as USD.").view()}
            {checkbox(form, "consent_required", "A lead needs a consent record", Some("Without one it is refused."))}
            {active}
        </div>
    };
    section("general", "General", None, body.into_any())
}

fn blank_field() -> Value {
    json!({
        "name": "", "label": "", "kind": { "type": "text", "max": 200 }, "required": false, "visibility": "internal", "example": "",
    })
}

fn fields(form: &Form) -> AnyView {
    let list = Rows {
        legend: "Fields",
        row: "field",
        blank: blank_field(),
        ordered: true,
        none: "A lead needs at least one field.",
    };
    let each = |at: &str, _: usize| field(form, at, &KINDS);
    let intro =
        "What a lead consists of, in the order a form would ask. Only kinds that hold no free text can be in a ping.";
    section(
        "fields",
        "Fields",
        Some(intro),
        view! { <div class="schema">{rows(form, "fields", &list, each)}</div> }.into_any(),
    )
}

fn field(form: &Form, at: &str, kinds: &[(&str, &str)]) -> AnyView {
    let path = |member: &str| format!("{at}.{member}");
    // What the checks say about the kind as a whole.
    let fault = form.fault(&path("kind"));
    // What has rows of its own is drawn once its kind is chosen.
    let more = match form.at(&path("kind.type")).as_str() {
        Some("band") => bands(form, &path("kind.bands")),
        Some("list") => members(form, &path("kind.members")),
        _ => view! {
            <div class="when-rows choose"><button class="button small quiet" type="submit" name="do" value="show">"Show its choices"</button></div>
        }
        .into_any(),
    };
    view! {
        {text(form, path("label"), "Label").view()}
        {text(form, path("name"), "Name in the API").view()}
        {select(form, &path("kind.type"), "Holds", &pairs(kinds), None)}
        {select(form, &path("visibility"), "Who sees it", &pairs(&VISIBILITIES), None)}
        {text(form, path("example"), "Example").view()}
        {checkbox(form, &path("required"), "Required", None)}
        <div class="when-number">{number(form, path("kind.min"), "Smallest").view()}</div>
        <div class="when-limit">{number(form, path("kind.max"), "Largest, longest or most").view()}</div>
        <div class="when-decimal">{number(form, path("kind.places"), "Decimals").view()}</div>
        <div class="when-choice broad">{crate::components::form::input(form, path("kind.values"), "Allowed values", Reading::Lines).hint("One in each line.").view()}</div>
        {more}
        {fault.map(|fault| view! { <p class="fault broad" id=id(&path("kind"))>{fault}</p> })}
    }
    .into_any()
}

fn bands(form: &Form, at: &str) -> AnyView {
    let list = Rows {
        legend: "Ranges",
        row: "range",
        blank: json!({ "name": "", "from": null, "to": null }),
        ordered: true,
        none: "At least one range is needed.",
    };
    let each = |at: &str, _: usize| {
        view! {
            {text(form, format!("{at}.name"), "Name of the range").view()}
            {number(form, format!("{at}.from"), "From").view()}
            {number(form, format!("{at}.to"), "To").hint("Both included; empty is open.").view()}
        }
        .into_any()
    };
    view! { <div class="broad">{rows(form, at, &list, each)}</div> }.into_any()
}

fn members(form: &Form, at: &str) -> AnyView {
    let list = Rows {
        legend: "Members of a record",
        row: "member",
        blank: blank_field(),
        ordered: true,
        none: "A record needs at least one member.",
    };
    // A list in a list is nothing that a form could ask for.
    let kinds: Vec<_> = KINDS.into_iter().filter(|(kind, _)| *kind != "list").collect();
    let each = |at: &str, _: usize| field(form, at, &kinds);
    view! { <div class="broad">{rows(form, at, &list, each)}</div> }.into_any()
}

fn duplicates(form: &Form) -> AnyView {
    let body = view! {
        {checks(form, "duplicates.by", "A person is the same when one of these is", &pairs(&PRINTS), None)}
        <div class="fields">
            {number(form, "duplicates.same_buyer_days", "Not again to the same buyer for").unit("days").view()}
            {number(form, "duplicates.cross_buyer_days", "Not to another buyer for").unit("days").view()}
        </div>
    };
    let intro = "How long a sold person is not sold again. 0 days switches it off.";
    section("duplicates", "Duplicates", Some(intro), body.into_any())
}

fn routing(form: &Form, currency: &str) -> AnyView {
    let list = Rows {
        legend: "Tiers",
        row: "tier",
        blank: json!({ "name": "", "strategy": "net_value", "falls": { "no_bid": true, "rejected": true, "timeout": true } }),
        ordered: true,
        none: "No tiers: all contracts stand together, and whoever leaves most with us goes first.",
    };
    let strategies = pairs(&STRATEGIES);
    let each = |at: &str, _: usize| {
        let path = |member: &str| format!("{at}.{member}");
        view! {
            {text(form, path("name"), "Name").view()}
            {select(form, &path("strategy"), "Order inside it", &strategies, None)}
            <div class="broad falls">
                <p class="hint">"The next tier is tried when"</p>
                {checkbox(form, &path("falls.no_bid"), "nobody bid enough", None)}
                {checkbox(form, &path("falls.rejected"), "every post was refused", None)}
                {checkbox(form, &path("falls.timeout"), "somebody did not answer in time", None)}
            </div>
        }
        .into_any()
    };
    let body = view! {
        {rows(form, "auction.tiers", &list, each)}
        {pick(form, "auction.look_ahead", "Look ahead at how often each buyer accepts", LOOK_AHEAD.map(|(word, label)| Choice::plain(word, label)).into(), None)}
        <div class="fields">
            {money(form, "auction.floor", "Floor", currency).hint("The least revenue at which a lead is sold.").view()}
            {money(form, "auction.min_margin", "Least margin", currency).hint("What must stay with us of every sale.").view()}
            {number(form, "auction.posts", "Most posts for one lead").view()}
            {number(form, "auction.max_buyers", "Buyers that may share a lead").hint("1 means that nothing is shared.").view()}
            {number(form, "auction.deadline_ms", "Whole time for a lead").unit("ms").view()}
            {number(form, "auction.post_reserve_ms", "Of it kept for the post").unit("ms").view()}
            {number(form, "auction.doubts.most", "Spare a contract from so many unknown posts").hint("0 spares nobody.").view()}
            {number(form, "auction.doubts.of", "Of so many of its last posts").view()}
        </div>
    };
    let intro =
        "Tiers are tried one after the other, whatever later ones would pay. A contract says in which tier it is.";
    section("routing", "Routing", Some(intro), body.into_any())
}

fn unsold(form: &Form) -> AnyView {
    let body = view! {
        <div class="fields">
            {text(form, "fallback_url", "Where the consumer goes").kind("url").hint("Empty: your form decides.").view()}
            {number(form, "reoffer.after_minutes", "Offer it again after").unit("minutes").hint("Empty: it is not offered again.").view()}
            {number(form, "reoffer.times", "At most so many times").view()}
            {number(form, "reoffer.fresh_minutes", "Not any more when it is older than").unit("minutes").view()}
        </div>
    };
    let intro = "The lead stays unsold for its source, which hears of a later sale. Silent contracts for unsold leads get it \
                 after the last round.";
    section("unsold", "When nobody buys", Some(intro), body.into_any())
}

/// Where a silent contract stands: behind all others.
fn silent_place(on: &str) -> &'static str {
    match on {
        "sold" => "Copy of sold leads",
        "unsold" => "Copy of unsold leads",
        _ => "Copy of every lead",
    }
}

/// Which words its consumers agree to.
pub fn consent(form: &Form, texts: &[TextLine]) -> AnyView {
    let mut choices = vec![(String::new(), "None of the consent texts".to_owned())];
    choices.extend(texts.iter().map(|line| {
        let state = line.newest.map_or_else(|| "nothing published".to_owned(), |(n, _)| format!("version {n}"));
        (line.text.slug.clone(), format!("{} ({}, {state})", line.text.name, line.text.locale))
    }));
    let hint = "Our form shows its newest version. Each lead says which version it came with.";
    let only = "Words that are no version are an error of the lead then, told to whoever sends it.";
    let body = view! {
        <div class="fields">
            {select(form, "consent.text", "Consent text", &choices, Some(hint))}
            {checkbox(form, "consent.known_only", "Refuse leads with words that were never published", Some(only))}
        </div>
        <p class="hint"><a href="/texts">"Consent texts"</a>" have versions, a check of their elements, and say where each version is still in use."</p>
    };
    section("consent", "Consent", None, body.into_any())
}

/// The form of ours that asks for the campaign's leads.
pub fn hosted(form: &Form, sources: &[Value]) -> AnyView {
    let source = |source: &Value| Some((source["id"].as_str()?.to_owned(), source["name"].as_str()?.to_owned()));
    let mut sources: Vec<_> = sources.iter().filter_map(source).collect();
    sources.insert(0, (String::new(), "Choose…".to_owned()));
    let path = |name: &str| format!("hosted_form.{name}");
    let body = view! {
        <div class="fields">
            {checkbox(form, &path("active"), "Can be opened by everybody", None)}
            {select(form, &path("source_id"), "Whose leads it sends", &sources, None)}
            {text(form, path("title"), "Title").hint("Empty: the campaign's name.").view()}
            {text(form, path("button"), "Last button").hint("Empty: \"Send\". The consent text names it.").view()}
            {text(form, path("privacy_url"), "Privacy page").kind("url").view()}
        </div>
        {text(form, path("intro"), "What it is about").lines(2).view()}
        {text(form, path("consent_text"), "What the consumer agrees to").lines(4).hint("Stands with a box to tick above the last button, and is kept word for word with each lead. Empty: nobody is asked. Leave it empty when a consent text is chosen above.").view()}
        {text(form, path("thanks"), "Thanks").lines(2).hint("When neither the buyer nor the campaign names a page that follows.").view()}
    };
    let intro = "A form of ours for this campaign, made of its fields. It works on every phone and without script.";
    section("hosted_form", "Hosted form", Some(intro), body.into_any())
}

/// Where the form is, and the same form for somebody's own page.
pub fn links(links: FormLinks) -> AnyView {
    let state = if links.active {
        view! { <p><a href=links.url.clone()>{links.url.clone()}</a>" · "<a href=format!("{}?test", links.url)>"Try it with a test"</a></p> }.into_any()
    } else {
        view! { <p class="hint">"The hosted form is switched off, or the campaign is paused. It would be at "<code>{links.url}</code>"."</p> }
            .into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="links-title" id="links">
            <h2 id="links-title">"Link and embedding"</h2>
            {state}
            <details>
                <summary>"The same form for your own page"</summary>
                <p class="hint">"Put a publishable key of the source in the place of YOUR_PUBLISHABLE_KEY, and change what you like: only the names of the inputs matter."</p>
                <pre class="code" tabindex="0" id="embed">{links.snippet}</pre>
            </details>
        </section>
    }
    .into_any()
}

/// The contracts of a campaign in the order of its tiers.
pub fn contracts(campaign: &Value, all: &[Value], buyers: &[Value]) -> AnyView {
    let mut own: Vec<_> = all.iter().filter(|contract| contract["campaign_id"] == campaign["id"]).collect();
    let tier = |contract: &Value| contract["routing"]["tier"].as_u64().unwrap_or_default();
    own.sort_by_key(|contract| {
        let exclusive = contract["routing"]["exclusive_rank"].as_u64().unwrap_or(u64::MAX);
        let silent = contract["kind"] == "silent";
        (
            silent,
            exclusive,
            contract["backup"] == true,
            tier(contract),
            contract["priority"].as_i64().unwrap_or_default(),
        )
    });
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let row = |contract: &Value| {
        let silent = (contract["kind"] == "silent").then(|| contract["silent_on"].as_str()).flatten();
        let place = match (contract["routing"]["exclusive_rank"].as_u64(), contract["backup"] == true) {
            _ if silent.is_some() => silent_place(silent.unwrap_or_default()).to_owned(),
            (Some(rank), _) => format!("Exclusive {rank}"),
            (_, true) => "Backup".to_owned(),
            _ => {
                let tier = tier(contract);
                let named = campaign["auction"]["tiers"].get(usize::try_from(tier).unwrap_or_default()).map(name);
                named.unwrap_or_else(|| "The only tier".to_owned())
            }
        };
        let buyer = buyers.iter().find(|buyer| buyer["id"] == contract["buyer_id"]).map(name).unwrap_or_default();
        let price = contract["price"]["fixed"]
            .as_str()
            .or_else(|| contract["price"]["floor"].as_str())
            .unwrap_or("–")
            .to_owned();
        let href = format!("/contracts/{}", contract["id"].as_str().unwrap_or_default());
        view! {
            <tr>
                <th scope="row"><a href=href>{name(contract)}</a></th>
                <td>{buyer}</td>
                <td>{place}</td>
                <td>{contract["kind"].as_str().unwrap_or_default().to_owned()}</td>
                <td class="number">{price}</td>
                <td>{switch_badge(contract["active"] == true)}</td>
            </tr>
        }
    };
    let body = if own.is_empty() {
        view! { <p class="hint">"Nobody buys here yet. Open a buyer and give it a contract in this campaign."</p> }
            .into_any()
    } else {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Contracts">
                <table class="list">
                    <caption class="sr-only">"Contracts in the order of the routing"</caption>
                    <thead><tr>
                        <th scope="col">"Contract"</th><th scope="col">"Buyer"</th><th scope="col">"Tier"</th>
                        <th scope="col">"Kind"</th><th scope="col" class="number">"Price or floor"</th><th scope="col">"State"</th>
                    </tr></thead>
                    <tbody>{own.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! { <section class="card" aria-labelledby="contracts-title"><h2 id="contracts-title">"Contracts"</h2>{body}</section> }.into_any()
}
