//! Signing in, sessions, roles, and the wall between tenants.

use crate::harness::{World, example};
use reqwest::StatusCode;

#[tokio::test]
async fn who_signs_in_sees_the_overview_and_who_signs_out_does_not() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.get("/").await;
    assert!(page.goes_to_sign_in(), "{} {:?}", page.status, page.location);
    let browser = world.signed_in("admin").await;
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<main"), "{}", page.text);
    browser.post("/ui/sign-out", &[]).await;
    assert!(browser.get("/").await.goes_to_sign_in());
    world.stop().await;
}

#[tokio::test]
async fn the_cookie_is_new_after_signing_in_and_closed_to_scripts() {
    let world = World::start().await;
    let browser = world.browser();
    browser.plant_cookie("gavel=AAAAAAAAAAAAAAAAAAAAAA");
    browser.sign_in(&world.login("admin")).await;
    let cookie = browser.set_cookie();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("AAAAAAAAAAAAAAAAAAAAAA"), "a planted id is not taken over");
    assert!(!cookie.contains("Secure"), "over http there is no secure cookie");
    world.stop().await;
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let tls = |settings: &mut gavel::config::Settings| {
        settings.public_url = "https://gavel.example".parse().expect("an address");
    };
    let world = World::with(tls).await;
    let browser = world.browser();
    browser.sign_in(&world.login("admin")).await;
    let cookie = browser.set_cookie();
    assert!(cookie.starts_with("__Host-gavel=") && cookie.contains("Secure"), "{cookie}");
    assert!(browser.get("/sign-in").await.header("strict-transport-security").contains("max-age"));
    world.stop().await;
}

#[tokio::test]
async fn a_request_from_another_site_changes_nothing() {
    let world = World::start().await;
    let browser = world.signed_in("admin").await;
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[],
    ] {
        let answer = browser.post_with("/ui/sign-out", &[], headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "still signed in");
    world.stop().await;
}

#[tokio::test]
async fn wrong_passwords_and_unknown_people_look_alike_and_soon_have_to_wait() {
    let world = World::start().await;
    let known = world.login("viewer");
    let try_once = async |email: &str, password: &str| {
        let browser = world.browser();
        let page = browser.post("/ui/sign-in", &[("email", email), ("password", password)]).await;
        assert!(browser.get("/").await.goes_to_sign_in(), "not signed in");
        browser.follow(page).await.text.replace(email, "")
    };
    let plain = |text: &str| text.split("<form").next().unwrap_or_default().contains("do not belong together");
    let wrong = try_once(&known.email, "not the password").await;
    let unknown = try_once("nobody@example.com", "not the password").await;
    assert_eq!(plain(&wrong), plain(&unknown));
    for _ in 0..4 {
        try_once(&known.email, "not the password").await;
    }
    let waiting = world.browser();
    waiting.sign_in(&known).await;
    assert!(waiting.get("/").await.goes_to_sign_in(), "the sixth try has to wait even with the right password");
    world.clock.advance_millis(16 * 60 * 1000);
    waiting.sign_in(&known).await;
    assert_eq!(waiting.get("/").await.status, StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn a_session_ends_after_half_a_day_without_use_and_a_week_in_any_case() {
    const HOUR: i64 = 3_600_000;
    let world = World::start().await;
    let idle = world.signed_in("admin").await;
    let busy = world.signed_in("operator").await;
    for _ in 0..2 {
        world.clock.advance_millis(7 * HOUR);
        assert_eq!(busy.get("/").await.status, StatusCode::OK);
    }
    assert!(idle.get("/").await.goes_to_sign_in(), "14 hours without use");
    for _ in 0..23 {
        world.clock.advance_millis(7 * HOUR);
        busy.get("/").await;
    }
    assert!(busy.get("/").await.goes_to_sign_in(), "more than seven days");
    world.stop().await;
}

#[tokio::test]
async fn a_viewer_cannot_unmask_and_an_operator_leaves_a_trace() {
    let world = World::start().await;
    let lead = world.submit(&example("secret")).await.body["lead_id"].as_str().unwrap().to_owned();
    let page = format!("/leads/{lead}");
    let viewer = world.signed_in("viewer").await;
    let shown = viewer.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.text.contains("dana@example.com") && !shown.text.contains("Reyes"));
    let refused = viewer.get(&format!("{page}?show=personal")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text.contains("dana@example.com"));
    let operator = world.signed_in("operator").await;
    let values = world.reveal(&operator, &lead).await;
    assert!(values.contains("dana@example.com"), "{values}");
    assert!(operator.get(&page).await.text.contains("Personal values shown"), "the history says so");
    world.stop().await;
}

#[tokio::test]
async fn another_tenants_lead_does_not_exist() {
    let world = World::start().await;
    let lead = world.submit(&example("ours")).await.body["lead_id"].as_str().unwrap().to_owned();
    let foreigner = world.foreigner().await;
    let page = foreigner.get(&format!("/leads/{lead}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text);
    assert!(!page.text.contains("48226"));
    assert!(!foreigner.get("/leads").await.text.contains(&lead));
    let values = world.reveal(&foreigner, &lead).await;
    assert!(!values.contains("dana@example.com"));
    world.stop().await;
}
