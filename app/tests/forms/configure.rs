//! Campaigns, sources, contracts, endpoints and alerts are configured.

use crate::{ADMIN, bench, campaign, from_preset, import, show, source};
use app::{
    App, FORM_PAGES, testing::Fake, testing::alert_id, testing::document_id, testing::endpoint_id, testing::text_id,
};
use leptos_axum::generate_route_list;
use model::{document::Kind, user::Role};

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
    let (text, difference) = (format!("/texts/{}", text_id()), format!("/texts/{}/difference", text_id()));
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
        "/texts",
        "/texts/new",
        &text,
        &difference,
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
