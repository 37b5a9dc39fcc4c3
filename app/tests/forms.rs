//! Pages that take a form: what was typed stays, faults stand beside their fields, and what worked sends the browser on.
#![cfg(feature = "ssr")]

use app::{
    App, FORM_PAGES,
    backend::Ui,
    context::{RequestId, Theme},
    form::Sent,
    testing::{Fake, Mood, alert_id, document_id, endpoint_id, lead_id, view_id},
};
use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use leptos::prelude::*;
use leptos_axum::{generate_route_list, render_app_async_with_context};
use model::{document::Kind, returns::ReturnState, user::Role};
use std::sync::Arc;

const ADMIN: Fake = Fake { mood: Mood::Full, role: Role::Admin };

struct Shown {
    status: u16,
    location: String,
    html: String,
}

async fn show(path: &str, fake: Fake, sent: Option<&[(&str, &str)]>) -> Shown {
    // It is this that tells Leptos what to run its tasks on.
    let _ = generate_route_list(App);
    let options = LeptosOptions::builder().output_name("gavel").build();
    let sent = sent.map(|pairs| Sent(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()));
    let provide = move || {
        provide_context(Ui(Arc::new(fake)));
        provide_context(Theme::Dark);
        provide_context(RequestId("req_00000000000000000000000001".into()));
        if let Some(sent) = &sent {
            provide_context(sent.clone());
        }
    };
    let render = render_app_async_with_context(provide, move || app::shell::shell(options.clone()));
    let response = render(Request::get(path).body(Body::empty()).expect("a request")).await;
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    Shown { status, location: location.unwrap_or_default(), html: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
}

fn campaign() -> String {
    format!("/campaigns/{}", document_id(Kind::Campaign))
}

fn source() -> String {
    format!("/sources/{}", document_id(Kind::Source))
}

fn bench() -> String {
    format!("/contracts/{}/try", document_id(Kind::Contract))
}

fn from_preset() -> String {
    let (buyer, campaign) = (document_id(Kind::Buyer), document_id(Kind::Campaign));
    format!("/contracts/new?buyer={buyer}&campaign={campaign}&preset=boberdoo")
}

fn import() -> String {
    let (buyer, campaign) = (document_id(Kind::Buyer), document_id(Kind::Campaign));
    format!("/contracts/import?buyer={buyer}&campaign={campaign}")
}

#[test]
fn every_form_page_is_a_page() {
    let pages: Vec<_> = generate_route_list(App).iter().map(|page| page.path().to_owned()).collect();
    for form in FORM_PAGES {
        assert!(pages.iter().any(|page| page == form), "{form} is no route: {pages:?}");
    }
}

#[tokio::test]
async fn every_page_of_configuring_is_whole() {
    let instructions = format!("{}/instructions/{}", source(), document_id(Kind::Campaign));
    let endpoint = format!("/endpoints/{}", endpoint_id());
    let paths = [
        "/campaigns/new",
        &campaign(),
        "/sources",
        "/sources/new",
        &source(),
        &instructions,
        "/endpoints",
        "/endpoints/new",
        &endpoint,
        "/history",
        "/people",
        "/account",
        "/audit",
        "/audit?action=exported&from=2026-05-07",
        "/tenants",
        &bench(),
        &from_preset(),
        &from_preset().replace("&preset=boberdoo", ""),
        &import(),
    ];
    for path in paths {
        let shown = show(path, ADMIN, None).await;
        assert_eq!(shown.status, 200, "{path}");
        assert_eq!(shown.html.matches("<h1").count(), 1, "{path}");
        assert_eq!(shown.html.matches("<table").count(), shown.html.matches("<caption").count(), "{path}");
        for forbidden in [" style=", " onclick=", "javascript:"] {
            assert!(!shown.html.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn faults_stand_beside_their_fields_and_what_was_typed_stays() {
    let sent = [("version", "3"), ("name:text", ""), ("auction.floor:money", "a lot"), ("do", "save")];
    let shown = show(&campaign(), ADMIN, Some(&sent)).await;
    assert_eq!((shown.status, shown.location.as_str()), (422, ""));
    for part in
        ["href=\"#f-name\"", "id=\"f-name-fault\"", "aria-invalid=\"true\"", "value=\"a lot\"", "role=\"alert\""]
    {
        assert!(shown.html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn what_worked_sends_the_browser_on() {
    let to = |word: &'static str| async move {
        show(&campaign(), ADMIN, Some(&[("version", "3"), ("name:text", "Next"), ("do", word)])).await
    };
    for (word, wanted) in [
        ("save", "?done=saved&v=4"),
        ("draft", "?done=draft"),
        ("publish", "?done=published&v=4"),
        ("rollback:2", "?done=restored"),
    ] {
        let shown = to(word).await;
        assert_eq!((shown.status, shown.location), (303, campaign() + wanted), "{word}");
    }
    let refused = to("delete").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("Pause it instead."));
}

#[tokio::test]
async fn a_row_is_added_without_saving() {
    let sent = [("version", "3"), ("name:text", "Typed"), ("do", "add:auction.tiers:{\"name\":\"Fresh\"}")];
    let shown = show(&campaign(), ADMIN, Some(&sent)).await;
    assert_eq!((shown.status, shown.location.as_str()), (200, ""));
    for part in ["value=\"Typed\"", "value=\"Fresh\"", "aria-label=\"tier 2\""] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn who_may_not_change_sees_no_buttons_and_cannot_save() {
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    let shown = show(&campaign(), viewer, None).await;
    assert!(shown.status == 200 && !shown.html.contains("save-bar"), "{}", shown.status);
    let sent = [("version", "3"), ("name:text", "Mine"), ("do", "save")];
    assert_eq!(show(&campaign(), viewer, Some(&sent)).await.status, 403);
    for path in ["/campaigns/new", "/sources/new", "/endpoints/new"] {
        assert_eq!(show(path, viewer, None).await.status, 403, "{path}");
    }
    for path in ["/people", "/audit", "/tenants"] {
        let shown = show(path, viewer, None).await;
        assert!(shown.status == 403 && !shown.html.contains("Vera") && !shown.html.contains("Other Leads"), "{path}");
    }
    let own = show("/account", viewer, None).await;
    assert!(own.status == 200 && own.html.contains("Present password"));
    assert!(
        !own.html.contains("href=\"/people\"") && !own.html.contains("href=\"/tenants\""),
        "no door that is closed"
    );
}

#[tokio::test]
async fn people_are_invited_switched_and_helped() {
    let shown = show("/people", ADMIN, None).await.html;
    for part in
        ["Invited", "second factor", "may see personal values", "Invite again", "Send a link for a new password"]
    {
        assert!(shown.contains(part), "{part} is missing");
    }
    let new = |email: &'static str, word: &'static str| {
        [
            ("name:text", "Pat"),
            ("email:text", email),
            ("role:optional", "viewer"),
            ("rights.export:flag", "on"),
            ("do", word),
        ]
    };
    let invited = show("/people", ADMIN, Some(&new("pat@example.com", "invite"))).await;
    assert_eq!((invited.status, invited.location.as_str()), (303, "/people?done=invited"));
    let wrong = show("/people", ADMIN, Some(&new("pat", "invite"))).await;
    assert!(
        wrong.status == 422
            && wrong.html.contains("That is not an e-mail address")
            && wrong.html.contains("value=\"pat\"")
    );
    let vera = model::UserId::from_bits(2);
    for (word, done) in [
        ("off", "off"),
        ("on", "on"),
        ("rights", "rights"),
        ("usual", "rights"),
        ("link", "link"),
        ("factor", "factor"),
    ] {
        let word = format!("{word}:{vera}");
        let went = show("/people", ADMIN, Some(&[("right-export", "on"), ("do", &word)])).await.location;
        assert_eq!(went, format!("/people?done={done}"), "{word}");
    }
    for (word, done) in [("require", "required"), ("relax", "relaxed"), ("end:s", "ended")] {
        let went = show("/people", ADMIN, Some(&[("do", word)])).await.location;
        assert_eq!(went, format!("/people?done={done}"));
    }
}

#[tokio::test]
async fn a_second_factor_is_set_up_with_a_picture_and_codes_are_shown_once() {
    let shown = show("/account", ADMIN, None).await.html;
    assert!(shown.contains("GEZD GNBV GY3T QOJQ") && shown.contains("d=\"M4 4h1v1h-1z\""), "the secret, both ways");
    let wrong = show("/account", ADMIN, Some(&[("code", "000000"), ("do", "confirm")])).await;
    assert!(wrong.status == 422 && wrong.html.contains("The code is not right"));
    let right = show("/account", ADMIN, Some(&[("code", "123456"), ("do", "confirm")])).await;
    assert!(right.status == 200 && right.html.contains("eeee-ffff-gggg-hhhh"));
    let sent = [("old", "wrong-secret"), ("new", "a new password"), ("again", "a new password"), ("do", "password")];
    let wrong = show("/account", ADMIN, Some(&sent)).await;
    assert!(wrong.status == 422 && !wrong.html.contains("wrong-secret"), "a password is never put back");
}

#[tokio::test]
async fn the_door_asks_for_codes_and_takes_links() {
    let stranger = Fake { mood: Mood::SignedOut, ..ADMIN };
    let code = |code: &'static str| [("code", code), ("next", "/leads")];
    assert_eq!(show("/sign-in/code", stranger, None).await.status, 200);
    let wrong = show("/sign-in/code", stranger, Some(&code("1"))).await;
    assert!(wrong.status == 422 && wrong.html.contains("The code is not right"));
    assert_eq!(show("/sign-in/code", stranger, Some(&code("123456"))).await.location, "/leads");
    let elsewhere = [("code", "123456"), ("next", "//evil.example")];
    assert_eq!(show("/sign-in/code", stranger, Some(&elsewhere)).await.location, "/");
    assert_eq!(show("/sign-in/code", ADMIN, None).await.location, "/sign-in", "no password was right before");

    let told = show("/forgot", stranger, Some(&[("email", "vera@demo.example")])).await;
    let unknown = show("/forgot", stranger, Some(&[("email", "nobody@demo.example")])).await;
    // Behind it stand scripts with a number of their own.
    let main = |shown: &Shown| {
        let (_, main) = shown.html.split_once("<main")?;
        main.split_once("</main>").map(|(main, _)| main.to_owned())
    };
    assert!(told.status == 200 && main(&told).is_some() && main(&told) == main(&unknown), "nobody learns who is here");
    assert_eq!(show("/forgot", stranger, Some(&[("email", "often@demo.example")])).await.status, 429);

    let invited = show("/join/invitation", stranger, None).await.html;
    assert!(invited.contains("You are invited") && invited.contains("Demo Leads") && invited.contains("to watch"));
    assert!(show("/join/reset", stranger, None).await.html.contains("Another password"));
    let ended = show("/join/used", stranger, None).await;
    assert!(ended.status == 404 && ended.html.contains("This link does not work"));
    let choose = |new: &'static str, again: &'static str| [("new", new), ("again", again)];
    let differ = show("/join/reset", stranger, Some(&choose("a new password", "another one"))).await;
    assert!(differ.status == 422 && !differ.html.contains("another one"));
    assert_eq!(show("/join/reset", stranger, Some(&choose("short", "short"))).await.status, 422);
    let chosen = show("/join/reset", stranger, Some(&choose("a new password", "a new password"))).await;
    assert_eq!(chosen.location, "/sign-in?done=chosen");
}

#[tokio::test]
async fn a_buyer_says_what_became_of_a_lead_and_changes_what_its_contract_permits() {
    let buyer = Fake { role: Role::Buyer, ..ADMIN };
    let lead = format!("/portal/leads/{}", lead_id());
    let say = [("type:optional", "converted"), ("value:text", "1200"), ("do", "say")];
    assert_eq!(show(&lead, buyer, Some(&say)).await.location, format!("{lead}?done=said"));
    let wrong =
        show(&lead, buyer, Some(&[("type:optional", "converted"), ("value:text", "much"), ("do", "say")])).await;
    assert!(
        wrong.status == 422 && wrong.html.contains("A value is a decimal") && wrong.html.contains("value=\"much\"")
    );

    let terms = format!("/portal/contracts/{}", model::ContractId::from_bits(4));
    let shown = show(&terms, buyer, None).await.html;
    for part in ["Pause it", "Ask for this", "Mon 08:00–18:00", "cap 25 a day → 40 a day", "Take it back"] {
        assert!(shown.contains(part), "{part} is missing");
    }
    for (word, done) in [("pause", "paused"), ("resume", "resumed"), ("withdraw", "withdrawn")] {
        assert_eq!(show(&terms, buyer, Some(&[("do", word)])).await.location, format!("{terms}?done={done}"));
    }
    let ask = [("version", "3"), ("hours:lines", "Mon 08:00-10:00"), ("do", "save")];
    assert_eq!(show(&terms, buyer, Some(&ask)).await.location, format!("{terms}?done=asked"));
    let wrong = show(&terms, buyer, Some(&[("version", "3"), ("hours:lines", "whenever"), ("do", "save")])).await;
    assert!(wrong.status == 422 && wrong.html.contains("whenever"));
    let closed = show(&terms, Fake { mood: Mood::Empty, ..buyer }, None).await.html;
    assert!(
        closed.contains("Your contact paused it") && closed.contains("Always open") && !closed.contains("save-bar")
    );
    let strange = format!("/portal/contracts/{}", model::ContractId::from_bits(9));
    assert_eq!(show(&strange, buyer, None).await.status, 404);
}

#[tokio::test]
async fn an_affiliate_makes_keys_and_sets_its_postbacks() {
    let affiliate = Fake { role: Role::Affiliate, ..ADMIN };
    let send = async |sent: &[(&str, &str)]| show("/affiliate/setup", affiliate, Some(sent)).await;
    let made = send(&[("name", "Form"), ("mode", "live"), ("do", "key")]).await;
    assert!(made.status == 200 && made.html.contains("gvl_live_shown_once"));
    assert_eq!(send(&[("name", ""), ("do", "key")]).await.status, 422);
    let key = format!("revoke:{}", model::KeyId::from_bits(1));
    assert_eq!(send(&[("do", &key)]).await.location, "/affiliate/setup?done=revoked");
    let save = [("name", "Tracker"), ("url", "https://t.example/?c={click_id}"), ("sold", "on"), ("do", "save:")];
    assert_eq!(send(&save).await.location, "/affiliate/setup?done=saved");
    let wrong = send(&[("url", "no address"), ("do", "save:")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("That is not an address"));
    let test = format!("test:{}", endpoint_id());
    assert!(send(&[("do", &test)]).await.html.contains("Answered with 204"));
    assert_eq!(show("/affiliate/setup", ADMIN, Some(&save)).await.status, 403);
}

#[tokio::test]
async fn tenants_are_limited_suspended_and_looked_into() {
    let shown = show("/tenants", ADMIN, None).await.html;
    for part in ["Other Leads", "Suspended: ", "does not pay", "your own", "1,204", "75 %"] {
        assert!(shown.contains(part), "{part} is missing");
    }
    let other = model::TenantId::from_bits(2);
    let press = |word: &str, pairs: &[(&'static str, &'static str)]| {
        let mut sent: Vec<(String, String)> = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        sent.push(("do".into(), format!("{word}:{other}")));
        sent
    };
    let go = async |sent: Vec<(String, String)>| {
        let sent: Vec<_> = sent.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        show("/tenants", ADMIN, Some(&sent)).await
    };
    assert_eq!(go(press("limits", &[("people", "5"), ("requests", "")])).await.location, "/tenants?done=limits");
    assert_eq!(go(press("limits", &[("people", "many")])).await.status, 422);
    assert_eq!(go(press("suspend", &[])).await.status, 422, "not without a reason");
    assert_eq!(go(press("suspend", &[("reason", "does not pay")])).await.location, "/tenants?done=suspended");
    assert_eq!(go(press("resume", &[])).await.location, "/tenants?done=resumed");
    assert_eq!(go(press("act", &[("reason", "ticket 12"), ("minutes", "15")])).await.location, "/");
}

#[tokio::test]
async fn what_is_shown_once_is_shown() {
    let key =
        show(&source(), ADMIN, Some(&[("key.name:text", "Form"), ("key.mode:optional", "live"), ("do", "key-new")]))
            .await;
    assert!(key.status == 200 && key.html.contains("gvl_live_shown_once"));
    let sent = [
        ("name:text", "Hook"),
        ("target.kind:optional", "webhook"),
        ("target.url:text", "https://a.example"),
        ("do", "save"),
    ];
    assert!(show("/endpoints/new", ADMIN, Some(&sent)).await.html.contains("whsec_once"));
    let sent = [("name:text", "Pat"), ("email:text", "pat@example.com"), ("role:optional", "viewer"), ("do", "make")];
    assert!(show("/people", ADMIN, Some(&sent)).await.html.contains("aaaa-bbbb-cccc-dddd"));
}

#[tokio::test]
async fn an_endpoint_says_what_its_test_brought() {
    let path = format!("/endpoints/{}", endpoint_id());
    let shown = show(&path, ADMIN, Some(&[("do", "test")])).await;
    assert!(shown.status == 200 && shown.html.contains("Taken: 204"));
    let done = show(&path, ADMIN, Some(&[("do", "delete")])).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/endpoints?done=deleted"));
}

#[tokio::test]
async fn leads_are_given_back_and_returns_decided() {
    let buyer = Fake { role: Role::Buyer, ..ADMIN };
    let lead = lead_id();
    let page = format!("/portal/leads/{lead}");
    let blank = show(&page, buyer, None).await;
    assert!(blank.html.contains("Phone is wrong") && blank.html.contains("What the reasons mean"));
    let wrong = show(&page, buyer, Some(&[("reason:text", ""), ("note:text", "dead"), ("do", "ask")])).await;
    assert!(wrong.status == 422 && wrong.html.contains("The reason is one of") && wrong.html.contains("dead"));
    let asked = show(&page, buyer, Some(&[("reason:text", "bad_phone"), ("note:text", ""), ("do", "ask")])).await;
    assert_eq!(asked.location, format!("{page}?done=asked"));

    let queue = show("/returns", ADMIN, None).await.html;
    assert!(queue.contains("Take it back") && queue.contains("3 of 40") && !queue.contains("<b>dead</b>"), "{queue}");
    assert!(!show("/returns?state=denied", ADMIN, None).await.html.contains("Take it back"));
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    assert!(show("/returns", viewer, None).await.html.contains("Your role does not decide"));
    let empty = show("/returns", Fake { mood: Mood::Empty, ..ADMIN }, None).await;
    assert!(empty.html.contains("Nothing waits"));
    let ids = [
        ("lead", lead.to_string()),
        ("attempt", app::testing::returned(ReturnState::Requested).attempt_id.to_string()),
    ];
    let [lead, attempt] = ids.each_ref().map(|(name, id)| (*name, id.as_str()));
    for (word, done) in [("approve", "/returns?done=approved"), ("deny", "/returns?done=denied")] {
        assert_eq!(show("/returns", ADMIN, Some(&[lead, attempt, ("do", word)])).await.location, done);
        assert!(show(done, ADMIN, None).await.html.contains("status-bar"));
    }

    let credit = format!("/leads/{}/return", lead.1);
    assert!(show(&credit, ADMIN, None).await.html.contains("Acme"));
    let sent = [("attempt:text", attempt.1), ("reason:text", "fraud"), ("note:text", ""), ("do", "credit")];
    assert_eq!(show(&credit, ADMIN, Some(&sent)).await.location, format!("/leads/{}", lead.1));
    let own = show("/portal/returns", buyer, None).await.html;
    for word in ["waits", "taken back", "denied", "We called it too."] {
        assert!(own.contains(word), "{word}");
    }
}

#[tokio::test]
async fn the_bench_shows_what_is_sent_and_keeps_what_was_asked() {
    let shown = show(&bench(), ADMIN, None).await;
    assert_eq!(shown.status, 200);
    for part in ["https://buyer.example/leads?key=•••", "X-Key: •••", "&lt;Dana&gt;", "<strong>income</strong>"]
    {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    let asked = |lead: &'static str| async move {
        show(&bench(), ADMIN, Some(&[("lead:optional", lead), ("do", "show")])).await
    };
    let wrong = asked("led_gone").await;
    assert_eq!(wrong.status, 422);
    for part in ["id=\"f-lead-fault\"", "value=\"led_gone\" selected", "There is no such lead"] {
        assert!(wrong.html.contains(part), "{part} is missing");
    }
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    assert!(shown.html.contains("own values</span>"));
    assert!(!show(&bench(), viewer, None).await.html.contains("own values</span>"));
    let sent = [("personal:flag", "on"), ("do", "show")];
    assert_eq!(show(&bench(), viewer, Some(&sent)).await.status, 403);
    // A link that asks for a person shows nobody.
    assert!(!show(&format!("{}?personal=on", bench()), ADMIN, None).await.html.contains("This is written to"));
}

#[tokio::test]
async fn a_pasted_answer_is_read_and_stays() {
    let sent = [("phase:optional", "ping"), ("status:number", "200"), ("body:text", "{\"a\":\"yes\"}"), ("do", "read")];
    let shown = show(&bench(), ADMIN, Some(&sent)).await;
    assert_eq!(shown.status, 200);
    for part in ["a bid", "12.50", "tok-1", "300,000 ms", "status is yes", "{&quot;a&quot;:&quot;yes&quot;}"] {
        assert!(shown.html.contains(part) || shown.html.contains(&part.replace("&quot;", "\"")), "{part} is missing");
    }
    let sent = [("phase:optional", "post"), ("status:number", "soon"), ("body:text", "no"), ("do", "read")];
    let wrong = show(&bench(), ADMIN, Some(&sent)).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("id=\"f-status-fault\"") && wrong.html.contains("value=\"soon\""));
}

#[tokio::test]
async fn a_contract_begins_from_a_preset() {
    let offered = show(&from_preset().replace("&preset=boberdoo", ""), ADMIN, None).await;
    assert!(offered.html.contains("preset=boberdoo") && offered.html.contains("ping and post"));
    let page = show(&from_preset(), ADMIN, None).await;
    assert!(page.html.contains("preset.values.BASE:text") && page.html.contains("type=\"password\""));
    let sent = [("name:text", ""), ("preset.values.BASE:text", "https://b.example"), ("do", "save")];
    let wrong = show(&from_preset(), ADMIN, Some(&sent)).await;
    assert!(wrong.status == 422 && wrong.html.contains("value=\"https://b.example\""), "{}", wrong.status);
    let sent = [("name:text", "Home"), ("preset.values.BASE:text", "https://b.example"), ("do", "save")];
    let made = show(&from_preset(), ADMIN, Some(&sent)).await;
    assert_eq!((made.status, made.location), (303, format!("/contracts/{}?done=made", document_id(Kind::Contract))));
    assert_eq!(show(&from_preset().replace("boberdoo", "none"), ADMIN, None).await.status, 404);
}

#[tokio::test]
async fn a_buyers_list_resolves_posts_in_doubt() {
    assert!(show("/doubt", ADMIN, None).await.html.contains("Put in a list from the buyer"));
    let sent = show("/doubt", ADMIN, Some(&[("file:text", "lead,verdict\n"), ("do", "file")])).await.html;
    assert!(sent.contains("2 posts are resolved") && sent.contains("line 4: No post of this lead"), "{sent}");
    let wrong = show("/doubt", ADMIN, Some(&[("file:text", "a,b\nc,d"), ("do", "file")])).await;
    assert!(wrong.status == 422 && wrong.html.contains("name the columns") && wrong.html.contains("c,d"));
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    assert!(!show("/doubt", viewer, None).await.html.contains("Put in a list"));
}

#[tokio::test]
async fn tests_are_sent_and_answers_kept_on_the_bench() {
    let shown = show(&bench(), ADMIN, None).await;
    for part in [
        "Send a test ping",
        "Send a test post",
        "Keep the answer",
        "no &lt;coverage&gt;",
        "One of them reads differently.",
        "the outcome is unclear, not no bid",
        "test.buyer.example",
        "Ann &lt;Operator&gt;",
        "not told",
        "Drop no &lt;coverage&gt;",
    ] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    let watched = show(&bench(), viewer, None).await.html;
    assert!(
        !watched.contains("Send a test") && !watched.contains("Keep the answer") && watched.contains("Kept examples")
    );
    assert_eq!(show(&bench(), viewer, Some(&[("do", "test:ping")])).await.status, 403);

    let sent = show(&bench(), ADMIN, Some(&[("do", "test:post")])).await;
    assert_eq!(sent.status, 200);
    for part in
        ["What came of the test", "test.buyer.example/&lt;x&gt;", "123 ms", "post_unknown", "The connection broke."]
    {
        assert!(sent.html.contains(part), "{part} is missing");
    }
    let ping = show(&bench(), ADMIN, Some(&[("do", "test:ping")])).await.html;
    assert!(ping.contains("{\"said\":\"&lt;yes&gt;\"}"), "the answer stands where it can be kept");

    let form =
        [("phase:text", "ping"), ("status:number", "200"), ("body:text", "yes"), ("name:text", ""), ("do", "keep")];
    let refused = show(&bench(), ADMIN, Some(&form)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html.contains("id=\"f-name-fault\""));
    let mut named = form;
    named[3].1 = "a bid";
    let kept = show(&bench(), ADMIN, Some(&named)).await;
    assert_eq!((kept.status, kept.location.ends_with("/try?done=kept#kept")), (303, true), "{}", kept.location);
    let drop = [("do", "drop:exm_00000000000000000000000001")];
    let dropped = show(&bench(), ADMIN, Some(&drop)).await;
    assert_eq!((dropped.status, dropped.location.ends_with("/try?done=dropped#kept")), (303, true));
    assert!(show(&format!("{}?done=kept", bench()), ADMIN, None).await.html.contains("The answer is kept."));
}

#[tokio::test]
async fn a_posting_document_becomes_a_contract_to_confirm() {
    let empty = show(&import(), ADMIN, Some(&[("do", "propose")])).await;
    assert_eq!(empty.status, 422);
    assert!(empty.html.contains("id=\"f-post-document-fault\""), "{}", empty.html);
    let shown = show(&import(), ADMIN, Some(&[("post.document:text", "zip=1"), ("do", "propose")])).await;
    assert_eq!(shown.status, 200);
    for part in [
        "What is proposed",
        "zip_&lt;code&gt;",
        "1 members are sure, 0 likely, 1 unknown",
        "post: look at &lt;it&gt;",
        "Key of the post",
        "action=\"/contracts/new?",
        "value=\"https://buyer.example/leads\"",
        "left out: a name that means this",
    ] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    assert_eq!(shown.html.matches("<h1").count(), 1);
    assert_eq!(shown.html.matches("<table").count(), shown.html.matches("<caption").count());
    let viewer = Fake { role: Role::Viewer, ..ADMIN };
    assert_eq!(show(&import(), viewer, None).await.status, 403);
}

#[tokio::test]
async fn a_typed_secret_is_not_in_the_page_that_comes_back() {
    let page = from_preset().replace("&preset=boberdoo", "");
    let call =
        r#"{"url":"https://b.example/","rows":[],"headers":[{"name":"K","value":"s3cret-typed","as":"header"}]}"#;
    for act in ["save", "add:caps:{}", "show"] {
        let sent = [("name:text", ""), ("kind:text", "direct"), ("delivery.post:json", call), ("do", act)];
        let shown = show(&page, ADMIN, Some(&sent)).await;
        assert!(!shown.html.contains("s3cret-typed"), "{act}");
        assert!(shown.html.contains("value=\"typed:sealed\""), "{act}");
    }
    let preset = [("name:text", ""), ("preset.values.KEY:text", "s3cret-typed"), ("do", "save")];
    let shown = show(&from_preset(), ADMIN, Some(&preset)).await;
    assert!(!shown.html.contains("s3cret-typed") && shown.html.contains("value=\"typed:sealed\""));
}

#[tokio::test]
async fn an_alert_is_kept_quiet_and_called_again() {
    let known = format!("know:{}", alert_id());
    let sent = [("do", known.as_str()), ("note", "They know."), ("minutes", "60")];
    let done = show("/alerts?state=open&kind=cap_reached", ADMIN, Some(&sent)).await;
    assert_eq!(done.location, format!("/alerts?state=open&kind=cap_reached&done=known&id={}", alert_id()));
    let after = show(&done.location, ADMIN, None).await;
    assert!(after.html.contains("It calls for nobody now.") && after.html.contains(&format!("recall:{}", alert_id())));
    let long = "x".repeat(301);
    let faulty = show("/alerts", ADMIN, Some(&[("do", &known), ("note", &long)])).await;
    assert_eq!(faulty.status, 422);
    assert!(faulty.html.contains("At most 300 characters."));
    let gone = show("/alerts", ADMIN, Some(&[("do", "know:alt_0000000000000000000000000z")])).await;
    assert_eq!(gone.status, 404);
    assert_eq!(
        show("/alerts", ADMIN, Some(&[("do", &format!("recall:{}", alert_id()))])).await.location,
        "/alerts?state=open&done=recalled"
    );
}

#[tokio::test]
async fn the_terms_of_alerts_are_read_in_per_cent() {
    let saved = show("/alerts", ADMIN, Some(&[("cap_near:percent", "90"), ("do", "settings")])).await;
    assert_eq!(saved.location, "/alerts?state=open&done=saved");
    let faulty = show("/alerts", ADMIN, Some(&[("cap_near:percent", "most"), ("do", "settings")])).await;
    assert_eq!(faulty.status, 422);
    assert!(
        faulty.html.contains("From 1 to 99 per cent.") && faulty.html.contains("value=\"most\""),
        "{}",
        faulty.html
    );
}

#[tokio::test]
async fn a_lead_is_tried_again_beside_what_came_of_it() {
    let page = format!("/leads/{}/try", lead_id());
    let shown = show(&page, ADMIN, Some(&[("do", "try")])).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    for expected in
        ["Then and now", "If it accepts: it was not posted to then.", "Would be asked", "Not in the campaign"]
    {
        assert!(shown.html.contains(expected), "{expected} in {}", shown.html);
    }
    // What differs stands first.
    let (first, last) = (shown.html.find("Contract day").expect("Acme"), shown.html.find("Core").expect("Core"));
    assert!(first < last);
    let unrecorded = show(&page, Fake { mood: Mood::Empty, ..ADMIN }, Some(&[("do", "try")])).await;
    assert!(unrecorded.html.contains("was not recorded"), "{}", unrecorded.html);
    let viewer = show(&page, Fake { role: Role::Viewer, ..ADMIN }, Some(&[("do", "try")])).await;
    assert_eq!(viewer.status, 403);
}

#[tokio::test]
async fn the_person_in_a_leads_requests_is_shown_by_a_button() {
    let page = format!("/leads/{}/requests", lead_id());
    let shown = show(&page, ADMIN, Some(&[("do", "personal")])).await;
    assert!(shown.status == 200 && shown.html.contains("Dana"), "{}", shown.html);
    assert!(!show(&page, ADMIN, None).await.html.contains("Dana"));
    let viewer = show(&page, Fake { role: Role::Viewer, ..ADMIN }, Some(&[("do", "personal")])).await;
    assert!(viewer.status == 403 && !viewer.html.contains("Dana"));
}

#[tokio::test]
async fn columns_and_views_of_the_list_are_plain_forms() {
    let sent = [("columns:set", ""), ("columns:set", "took"), ("columns:set", "came"), ("do", "columns")];
    let chosen = show("/leads?state=sold", ADMIN, Some(&sent)).await;
    assert_eq!((chosen.status, chosen.location.as_str()), (303, "/leads?state=sold&cols=came.took"));
    let none = show("/leads", ADMIN, Some(&[("columns:set", ""), ("do", "columns")])).await;
    assert!(none.location.starts_with("/leads?cols=came.state."), "none at all is those of the beginning");

    let kept = show("/leads?state=sold&older=led_7", ADMIN, Some(&[("view.name:text", "Mine"), ("do", "save")])).await;
    assert_eq!(kept.status, 303);
    let (begin, end) = ("/leads?state=sold&cols=", "&done=saved");
    let newest = kept.location.starts_with(begin) && kept.location.ends_with(end) && !kept.location.contains("led_7");
    assert!(newest, "its newest page, with the columns that are shown: {}", kept.location);
    let nameless = show("/leads?state=sold", ADMIN, Some(&[("view.name:text", " "), ("do", "save")])).await;
    assert_eq!(nameless.status, 422);
    assert!(nameless.html.contains("A name has 1 to 60 characters") && nameless.html.contains("<details open"));

    let drop = format!("drop:{}", view_id());
    let dropped = show("/leads?state=sold", ADMIN, Some(&[("do", drop.as_str())])).await;
    assert_eq!(dropped.location, format!("/leads?done=dropped&view={}", view_id()));
    let back = show("/leads", ADMIN, Some(&[("do", "restore"), ("view", &view_id().to_string())])).await;
    assert_eq!(back.location, "/leads?state=sold&cols=came.margin&done=restored");
    assert_eq!(show("/leads", ADMIN, Some(&[("do", "drop:viw_x")])).await.status, 404);
}
