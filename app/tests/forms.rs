//! Pages that take a form: what was typed stays, faults stand beside their fields, and what worked sends the browser on.
#![cfg(feature = "ssr")]

use app::{
    App, FORM_PAGES,
    backend::Ui,
    context::{RequestId, Theme},
    form::Sent,
    testing::{Fake, Mood, alert_id, document_id, endpoint_id},
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
    let people = show("/people", viewer, None).await;
    assert!(people.status == 200 && !people.html.contains("New person") && people.html.contains("Your own password"));
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
    let sent = [("name:text", "Pat"), ("email:text", "pat@example.com"), ("role:optional", "viewer"), ("do", "new")];
    assert!(show("/people", ADMIN, Some(&sent)).await.html.contains("aaaa-bbbb-cccc-dddd"));
    let sent = [("old", "wrong-secret"), ("new", "a new password"), ("again", "a new password"), ("do", "password")];
    let wrong = show("/people", ADMIN, Some(&sent)).await;
    assert!(wrong.status == 422 && !wrong.html.contains("wrong-secret"), "a password is never put back");
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
    let lead = app::testing::lead_id();
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
