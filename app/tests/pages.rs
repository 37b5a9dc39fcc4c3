//! Every page rendered as the server renders it, against a backend of fixtures.
#![cfg(feature = "ssr")]

use app::{
    App,
    backend::Ui,
    context::{Assets, RequestId, Theme},
    testing::{Fake, Mood, alert_id, buyer_id, document_id, lead_id, view_id},
};
use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use model::{document::Kind, user::Role};
use std::sync::Arc;
use tower::ServiceExt;

struct Shown {
    status: u16,
    location: Option<String>,
    html: String,
}

async fn show(path: &str, fake: Fake) -> Shown {
    let options = LeptosOptions::builder().output_name("gavel").build();
    let assets = Assets { js: "gavel.1.js".into(), wasm: "gavel.1.wasm".into(), css: "gavel.1.css".into() };
    let provide = move || {
        provide_context(Ui(Arc::new(fake)));
        provide_context(assets.clone());
        provide_context(Theme::Dark);
        provide_context(RequestId("req_00000000000000000000000001".into()));
    };
    let shell = {
        let options = options.clone();
        move || app::shell::shell(options.clone())
    };
    let router: axum::Router = axum::Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide, shell)
        .with_state(options);
    let request = Request::get(path).header("accept", "text/html").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(|value| value.to_str().expect("text").to_owned());
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    Shown { status, location, html: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
}

const OPERATOR: Fake = Fake { mood: Mood::Full, role: Role::Operator };

fn lead_page() -> String {
    format!("/leads/{}", lead_id())
}

/// The words people read: without tags and the comments between them.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}

#[tokio::test]
async fn every_page_is_whole_and_says_nothing_inline() {
    for path in [
        "/",
        "/leads",
        "/leads/live",
        &lead_page(),
        "/buyers",
        "/campaigns",
        "/doubt",
        "/alerts",
        "/alerts?state=past",
        "/returns",
        "/reports",
        "/reports?by=buyer",
        "/reports?by=hour",
        "/reports/reasons",
        "/reports/lost",
        "/reports/scorecards",
        "/reports/scorecards?buyer=buy_00000000000000000000000005",
        "/find",
        "/find?q=acme",
    ] {
        for mood in [Mood::Full, Mood::Empty] {
            let shown = show(path, Fake { mood, ..OPERATOR }).await;
            assert_eq!(shown.status, 200, "{path}");
            let html = &shown.html;
            assert_eq!(html.matches("<h1").count(), 1, "{path} has one heading of the first level");
            for part in ["<main", "<nav", "class=\"skip\"", "data-theme=\"dark\"", "lang=\"en\"", "gavel.1.css"] {
                assert!(html.contains(part), "{path} lacks {part}");
            }
            assert!(html.contains(" · Demo Leads</title>"), "{path} has a title");
            for forbidden in [" style=", " onclick=", " onload=", "javascript:", "<style"] {
                assert!(!html.contains(forbidden), "{path} has {forbidden}");
            }
            assert_eq!(html.matches("<table").count(), html.matches("<tbody").count(), "{path}: tables have bodies");
            assert_eq!(html.matches("<table").count(), html.matches("<caption").count(), "{path}: tables have names");
        }
    }
}

#[tokio::test]
async fn an_affiliate_has_pages_of_its_own_without_buyers() {
    let instructions = format!("/affiliate/instructions/{}", model::CampaignId::from_bits(2));
    for path in ["/affiliate", "/affiliate/leads", "/affiliate/setup", &instructions, "/account"] {
        for mood in [Mood::Full, Mood::Empty] {
            let shown = show(path, Fake { mood, role: Role::Affiliate }).await;
            assert_eq!(shown.status, 200, "{path}");
            assert_eq!(shown.html.matches("<h1").count(), 1, "{path}");
            assert_eq!(shown.html.matches("<table").count(), shown.html.matches("<caption").count(), "{path}");
            for foreign in ["Acme", "$18", "href=\"/leads\"", " style=", "revenue"] {
                assert!(!shown.html.contains(foreign), "{path} shows {foreign}");
            }
        }
        assert_eq!(show(path, OPERATOR).await.status, if path == "/account" { 200 } else { 403 }, "{path}");
    }
    let home = show("/", Fake { mood: Mood::Full, role: Role::Affiliate }).await;
    assert_eq!(home.location.as_deref(), Some("/affiliate"));
    let shown = text(&show("/affiliate", Fake { mood: Mood::Full, role: Role::Affiliate }).await.html);
    for part in
        ["1,204 sent, 1,100 accepted, 900 sold, 3 taken back", "fb-retarget", "Without a label", "No bid was made."]
    {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
}

#[tokio::test]
async fn a_buyers_people_have_pages_of_their_own() {
    let portal = [("/portal", "Northbound"), ("/portal/leads", "BluePeak")];
    for (path, foreign) in portal {
        for mood in [Mood::Full, Mood::Empty] {
            let shown = show(path, Fake { mood, role: Role::Buyer }).await;
            assert_eq!(shown.status, 200, "{path}");
            assert_eq!(shown.html.matches("<h1").count(), 1, "{path}");
            assert_eq!(shown.html.matches("<table").count(), shown.html.matches("<caption").count(), "{path}");
            assert!(!shown.html.contains("href=\"/campaigns\"") && !shown.html.contains(foreign), "{path}");
        }
    }
    let lead = show(&format!("/portal/leads/{}", lead_id()), Fake { mood: Mood::Full, role: Role::Buyer }).await;
    assert!(text(&lead.html).contains("(313) 555-0142"), "{}", lead.html);
    let first = show("/", Fake { mood: Mood::Full, role: Role::Buyer }).await;
    assert_eq!((first.status, first.location.as_deref()), (303, Some("/portal")));
}

#[tokio::test]
async fn what_is_looked_for_is_found_with_what_it_is() {
    let found = show("/find?q=Acm", OPERATOR).await.html;
    assert!(
        found.contains(&format!("href=\"/buyers/{}\"", buyer_id())) && text(&found).contains("Acme acme buyer"),
        "{found}"
    );
    let page = show("/find?q=reports", OPERATOR).await.html;
    assert!(page.contains("<li><a href=\"/reports\"><strong>Reports</strong>"), "{page}");
    assert!(text(&show("/find?q=nothing%20of%20this", OPERATOR).await.html).contains("Nothing is called that"));
    let buyer = show("/find?q=", Fake { mood: Mood::Full, role: Role::Buyer }).await.html;
    assert!(buyer.contains("href=\"/portal/leads\"") && !buyer.contains("href=\"/buyers/new\""), "{buyer}");
}

#[tokio::test]
async fn a_report_opens_the_leads_it_counts() {
    let html = show("/reports?by=day&span=30d&source=src_00000000000000000000000003", OPERATOR).await.html;
    let words = text(&html);
    for expected in ["Revenue", "$162.00", "down 19 %", "75 %", "$13.50", "Together"] {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    let leads = "/leads?state=sold&amp;source=src_00000000000000000000000003&amp;mode=live&amp;from=2026-05-07&amp;to=2026-05-07";
    assert!(html.contains(leads), "{html}");
    assert!(html.contains("/reports.csv?by=day") && html.contains("/reports.jsonl?by=day"), "the same as a file");
    let reasons = show("/reports/reasons", OPERATOR).await.html;
    assert!(reasons.contains("/leads?reason=no_bid&amp;from=2026-05-07"), "{reasons}");
}

#[tokio::test]
async fn what_was_lost_opens_its_leads_and_where_it_is_changed() {
    let html = show("/reports/lost?source=src_00000000000000000000000003", OPERATOR).await.html;
    let words = text(&html);
    for expected in ["$100.00", "up 100 %", "A cap by count is full", "$70.00", "70 %", "$30.00", "How it is estimated"]
    {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    let days = "from=2026-05-07&amp;to=2026-05-07";
    let source = "source=src_00000000000000000000000003";
    let contract = model::ContractId::from_bits(4).to_string();
    for href in [
        format!("/leads?{source}&amp;lost=any&amp;{days}"),
        format!("/leads?{source}&amp;lost=cap&amp;{days}"),
        format!("/leads?{source}&amp;lost=cap&amp;lost_to={contract}&amp;{days}"),
        format!("/contracts/{contract}#caps"),
        format!("/contracts/{contract}#ping"),
        format!("/reports/lost.csv?{source}"),
    ] {
        assert!(html.contains(&format!("href=\"{href}\"")), "{href} in {html}");
    }
    let nothing = show("/reports/lost", Fake { mood: Mood::Empty, ..OPERATOR }).await.html;
    assert!(nothing.contains("Nothing was lost") && nothing.contains("How it is estimated"), "{nothing}");
}

#[tokio::test]
async fn the_lead_page_tells_what_followed_the_auction() {
    let words = text(&show(&lead_page(), OPERATOR).await.html);
    for sentence in [
        "Nobody bought it in the first.",
        "Silent deliveries",
        "Harbor CRM Standard",
        "Has a copy",
        "Golf call centre Standard",
        "Waits",
    ] {
        assert!(words.contains(sentence), "{sentence} in {words}");
    }
    let (auction, after) = words.split_once("Silent deliveries").unwrap();
    assert!(!auction.contains("Golf call centre") && after.contains("Golf call centre"), "silent is no competitor");
}

#[tokio::test]
async fn the_lead_page_explains_every_contract() {
    let words = text(&show(&lead_page(), OPERATOR).await.html);
    for expected in [
        "Acme",
        "Sold",
        "Lost",
        "Rejected",
        "Failed",
        "Not asked",
        "Unknown",
        "Another contract stood before this one in the plan and took the lead.",
        "The buyer does not cover this area.",
        "“zip <b>not</b> covered”",
        "The buyer did not answer in its time.",
        "The lead does not match the contract's filter. Age: 41; wanted: 65 to 110.",
        "A cap by count is full. Contract day: 25; wanted: 25.",
        "Mirror the buyer's coverage as a filter.",
        "https://acme.example/thanks",
        "-$18.00",
        "$9.00",
        "form-8812",
        "ef_9a1",
        "D•••",
        "From Own form.",
        "floor $5.00",
    ] {
        assert!(words.contains(expected), "{expected:?} is missing");
    }
    assert!(!words.contains("Dana"), "personal values are masked");
}

#[tokio::test]
async fn personal_values_are_shown_to_who_may_see_them() {
    let page = format!("{}?show=personal", lead_page());
    assert!(show(&page, OPERATOR).await.html.contains("Dana"));
    let viewer = Fake { role: Role::Viewer, ..OPERATOR };
    let refused = show(&page, viewer).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.html.contains("Dana") && refused.html.contains("role=\"alert\""));
    assert!(!show(&lead_page(), viewer).await.html.contains("name=\"show\""), "a viewer is offered no button");
}

#[tokio::test]
async fn a_leads_requests_are_commands_with_nobody_in_them() {
    let page = format!("{}/requests", lead_page());
    let html = show(&page, OPERATOR).await.html;
    let words = text(&html);
    for expected in [
        "Authorization: Bearer YOUR_TEST_KEY",
        "curl -gsS 'https://acme.example/ping'",
        "O'\\''Neil",
        "Bearer •••",
        "The contract is gone, or has no such call any more.",
        "Copy as cURL: the ping to Acme",
    ] {
        assert!(words.contains(expected), "{expected:?} is missing in {words}");
    }
    assert!(!words.contains("Dana") && html.contains("value=\"personal\""));
    let viewer = show(&page, Fake { role: Role::Viewer, ..OPERATOR }).await.html;
    assert!(!viewer.contains("value=\"personal\"") && text(&viewer).contains("Your role does not see"));
    let empty = text(&show(&page, Fake { mood: Mood::Empty, ..OPERATOR }).await.html);
    assert!(empty.contains("Nothing was sent") && empty.contains("Its campaign is gone."), "{empty}");
    let other = show("/leads/led_00000000000000000000000009/requests", OPERATOR).await;
    assert_eq!(other.status, 404);
}

#[tokio::test]
async fn trying_a_lead_again_waits_for_the_button() {
    let page = format!("{}/try", lead_page());
    let shown = show(&page, OPERATOR).await.html;
    assert!(text(&shown).contains("Nobody is asked, nothing is sold") && !shown.contains("id=\"result\""));
    let viewer = show(&page, Fake { role: Role::Viewer, ..OPERATOR }).await.html;
    assert!(text(&viewer).contains("Your role does not try leads again."));
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_the_door_and_back() {
    let stranger = Fake { mood: Mood::SignedOut, ..OPERATOR };
    let shown = show("/leads?state=sold", stranger).await;
    assert_eq!(shown.location.as_deref(), Some("/sign-in?next=%2Fleads%3Fstate%3Dsold"));
    assert!(!shown.html.contains("Acme"));
    let door = show("/sign-in?next=%2Fleads&error=refused&email=a%22b", stranger).await;
    assert_eq!(door.status, 200);
    assert!(door.html.contains("is not right") && door.html.contains("value=\"/leads\""));
    assert!(!door.html.contains("value=\"a\"b\""), "what the URL says is escaped");
    assert_eq!(show("/sign-in", OPERATOR).await.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn what_fails_is_said_with_its_number() {
    for path in [
        "/",
        "/leads",
        &lead_page(),
        "/buyers",
        "/campaigns",
        "/doubt",
        "/reports",
        "/reports?by=buyer",
        "/reports?by=hour",
        "/reports/reasons",
        "/reports/lost",
        "/reports/scorecards",
        "/reports/scorecards?buyer=buy_00000000000000000000000005",
    ] {
        let shown = show(path, Fake { mood: Mood::Broken, ..OPERATOR }).await;
        assert_eq!(shown.status, 500, "{path}");
        assert!(shown.html.contains("req_00000000000000000000000001") && shown.html.contains("<nav"), "{path}");
    }
    assert_eq!(show("/leads/led_7", OPERATOR).await.status, 404);
    assert_eq!(show("/leads/led_00000000000000000000000009", OPERATOR).await.status, 404);
}

#[tokio::test]
async fn filters_come_from_the_url_and_pages_keep_them() {
    let shown = show("/leads?state=unsold&rows=100&reason=no_bid", OPERATOR).await;
    let chosen = |value: &str| shown.html.contains(&format!("value=\"{value}\" selected"));
    assert!(chosen("unsold") && chosen("100") && chosen("no_bid"), "{}", shown.html);
    let older = format!("/leads?state=unsold&amp;reason=no_bid&amp;rows=100&amp;older={}", lead_id());
    assert!(shown.html.contains(&older));
    for file in ["/leads.csv", "/leads.jsonl"] {
        let same = format!("{file}?state=unsold&amp;reason=no_bid&amp;rows=100");
        assert!(shown.html.contains(&same), "{same}");
    }
    let none = show("/leads?state=sold", Fake { mood: Mood::Empty, ..OPERATOR }).await;
    assert!(none.html.contains("No lead matches") && none.html.contains("Clear the filters"));
    let first = show("/leads", Fake { mood: Mood::Empty, ..OPERATOR }).await;
    assert!(first.html.contains("No leads yet"));
}

#[tokio::test]
async fn the_list_has_the_columns_of_its_address_and_otherwise_those_chosen_last() {
    let heads = |html: &str| {
        let (_, table) = html.split_once("<thead>").expect("a table");
        let heads = table.split_once("</thead>").expect("its end").0.replace("</th>", "</th> ");
        text(&heads).split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let usual = show("/leads", OPERATOR).await.html;
    assert_eq!(heads(&usual), "Lead Came State Campaign Source Buyer or reason Revenue Payout Took");
    let shown = show("/leads?state=sold&cols=margin.came", OPERATOR).await.html;
    assert_eq!(heads(&shown), "Lead Came Margin");
    assert!(shown.contains("name=\"cols\" value=\"came.margin\""), "filters keep them");
    assert!(text(&shown).contains("$9.00"), "18 less 9");
}

#[tokio::test]
async fn kept_views_stand_above_the_list_and_can_be_brought_back() {
    let shown = show("/leads?state=sold&cols=came.margin", OPERATOR).await.html;
    assert!(shown.contains("My &lt;sold&gt;") && !shown.contains("My <sold>"), "{shown}");
    assert!(text(&shown).contains("Unsold of ours  (shared)") || text(&shown).contains("(shared)"));
    let (_, marked) = shown.split_once("aria-label=\"Views\"").expect("the views");
    let (_, marked) = marked.split_once("aria-current=\"page\"").unwrap_or_else(|| panic!("{shown}"));
    let (_, marked) = marked.split_once('>').expect("its name");
    assert!(marked.starts_with("My &lt;sold&gt;"), "{marked}");
    assert!(shown.contains(&format!("value=\"drop:{}\"", view_id())), "one's own can be deleted");
    let viewer = Fake { role: Role::Viewer, ..OPERATOR };
    assert!(!show("/leads?state=unsold", viewer).await.html.contains("value=\"drop:"), "another's cannot");
    let gone = show(&format!("/leads?done=dropped&view={}", view_id()), OPERATOR).await.html;
    assert!(text(&gone).contains("The view is gone.") && gone.contains("value=\"restore\""));
    assert!(!show("/leads?done=dropped&view=x", OPERATOR).await.html.contains("The view is gone."));
}

#[tokio::test]
async fn what_was_done_is_said_and_can_be_undone() {
    let shown = show(&format!("/buyers?done=paused&id={}", buyer_id()), OPERATOR).await;
    assert!(shown.html.contains("role=\"status\"") && text(&shown.html).contains("Acme is paused"));
    assert!(shown.html.contains("name=\"active\" value=\"true\""));
    for forged in ["/buyers?done=paused&id=buy_x", "/buyers?done=%3Cb%3E&id=x", "/campaigns?done=paused"] {
        assert!(!show(forged, OPERATOR).await.html.contains("role=\"status\""), "{forged}");
    }
    let said = show("/buyers?error=forbidden", OPERATOR).await;
    assert!(said.html.contains("Your role does not allow this."));
    assert!(!show("/buyers?error=%3Cscript%3E", OPERATOR).await.html.contains("role=\"alert\""));
}

#[tokio::test]
async fn the_chart_has_a_table_that_says_the_same() {
    let shown = show("/", OPERATOR).await;
    assert_eq!(shown.html.matches("class=\"bar-fill").count(), 3 + 1 + 1, "three hours, the hatching, one reason");
    let words = text(&shown.html);
    assert!(words.contains("$162.00") && words.contains("down 19 %") && words.contains("75 %"), "{words}");
    assert_eq!(shown.html.matches("<leptos-island").count(), 2, "the live dot and the palette");
}

#[tokio::test]
async fn a_post_in_doubt_can_be_resolved_either_way_without_script() {
    let shown = show("/doubt", OPERATOR).await;
    let words = text(&shown.html);
    assert!(words.contains("Acme") && words.contains("2 h ago") && words.contains("$18.00"), "{words}");
    assert_eq!(shown.html.matches("action=\"/ui/doubt/resolve\"").count(), 2);
    assert!(shown.html.contains("value=\"18.00\""), "the amount is filled in");
    let done = show("/doubt?done=taken", OPERATOR).await;
    assert!(text(&done.html).contains("its money has moved"));
    let wrong = show("/doubt?done=amount", OPERATOR).await;
    assert!(text(&wrong.html).contains("Write it as 12.50"));
    let nothing = show("/doubt", Fake { mood: Mood::Empty, ..OPERATOR }).await;
    assert!(text(&nothing.html).contains("Nothing is in doubt"));
}

#[tokio::test]
async fn an_alert_says_why_and_where_to_act() {
    let open = show("/alerts", OPERATOR).await;
    let words = text(&open.html);
    for expected in
        ["Cap is full", "Acme, Standard", "used up: it buys nothing until Fri 00:00.", "119 times", "2 h ago"]
    {
        assert!(words.contains(expected), "{expected} in {words}");
    }
    assert!(open.html.contains("href=\"/contracts/con_00000000000000000000000004\""), "{}", open.html);
    assert!(open.html.contains(&format!("value=\"know:{}\"", alert_id())));
    let past = show("/alerts?state=past", OPERATOR).await;
    assert!(
        text(&past.html).contains("Ola Operator knows of it") && past.html.contains("&lt;b&gt;want&lt;/b&gt;"),
        "{}",
        past.html
    );
    assert!(!past.html.contains("value=\"know:"), "what is over is over");
    // The filter is in the URL, and says how to leave it.
    let none = show("/alerts?kind=doubts", OPERATOR).await;
    assert!(text(&none.html).contains("None of this kind") && none.html.contains("href=\"/alerts?state=open\""));
    let empty = show("/alerts", Fake { mood: Mood::Empty, ..OPERATOR }).await;
    assert!(text(&empty.html).contains("Nothing is wrong"));
    let viewer = show("/alerts", Fake { role: Role::Viewer, ..OPERATOR }).await;
    assert!(
        !viewer.html.contains("value=\"know:") && !viewer.html.contains("value=\"settings\""),
        "a viewer only looks"
    );
}

#[tokio::test]
async fn the_first_page_calls_for_somebody_only_when_something_is_wrong() {
    let words = text(&show("/", OPERATOR).await.html);
    assert!(words.contains("Needs attention") && words.contains("Change the caps"), "{words}");
    assert!(!text(&show("/", Fake { mood: Mood::Empty, ..OPERATOR }).await.html).contains("Needs attention"));
}

#[tokio::test]
async fn buyers_and_contracts_are_edited() {
    let contract = format!("/contracts/{}", document_id(Kind::Contract));
    let buyer = format!("/buyers/{}", buyer_id());
    let made = format!("/contracts/new?buyer={}&campaign={}", buyer_id(), document_id(Kind::Campaign));
    for (path, words) in [
        ("/buyers/new", vec!["New buyer", "Legal entity", "Time zone", "Make the buyer"]),
        (&buyer, vec!["Contracts", "Standard", "Caps over all its contracts", "Delete this buyer"]),
        (&made, vec!["Passes when", "Opening hours", "Closed on", "Make the contract"]),
        (&contract, vec!["Acme", "Auto insurance", "Floor", "How its answer is read", "History"]),
    ] {
        let shown = show(path, OPERATOR).await;
        assert_eq!(shown.status, 200, "{path}");
        assert_eq!(shown.html.matches("<h1").count(), 1, "{path}");
        assert!(!shown.html.contains("style=\""), "{path} has no inline style");
        for word in words {
            assert!(text(&shown.html).contains(word), "{path} lacks {word}");
        }
        let viewer = Fake { role: Role::Viewer, ..OPERATOR };
        let shown = show(path, viewer).await;
        assert!(!text(&shown.html).contains("Save and publish"), "{path}: a viewer cannot save");
    }
    let gone = show("/contracts/con_0000000000000000000000000z", OPERATOR).await;
    assert_eq!(gone.status, 404);
}
