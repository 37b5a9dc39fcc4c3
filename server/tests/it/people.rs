//! People: invitations and resets by mail, second factors, rights, and looking after tenants.

use crate::harness::{Browser, World, example};
use gavel::{
    cli::shelf::Login,
    clock::Clock,
    context::Actor,
    security::second_factor,
    service::{ServiceError, Services, admin::Expected, people},
};
use model::{
    document::{DocumentId, Kind},
    user::{Right, Role},
};
use reqwest::StatusCode;
use serde_json::json;
use std::{sync::Arc, time::Duration};

const CHOSEN: &str = "a password of my own";
const HOUR_MS: i64 = 3_600_000;

fn login(email: &str, password: &str) -> Login {
    Login { role: String::new(), email: email.to_owned(), password: password.to_owned() }
}

/// Every mail to an address, oldest first. Its number is what is waited for: mail is sent beside the answer.
pub async fn mails(world: &World, to: &str, wanted: usize) -> Vec<String> {
    let folder = world.opened.settings.data_dir.join("mail");
    for _ in 0..200 {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "eml")).collect();
        files.sort();
        let texts = files.iter().map(|path| std::fs::read_to_string(path).expect("a mail"));
        let found: Vec<_> = texts.filter(|text| text.contains(&format!("To: {to}"))).collect();
        if found.len() >= wanted {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{wanted} mails to {to} did not come");
}

/// The path of the link in a mail.
fn link(mail: &str) -> String {
    let text = mail.replace("=\r\n", "");
    let at = text.find("/join/gvl_link_").expect("a link");
    text[at..].split_whitespace().next().expect("a path").to_owned()
}

async fn choose(browser: &Browser, path: &str, password: &str) -> crate::harness::Page {
    browser.post(path, &[("new", password), ("again", password)]).await
}

/// What of the audit does not hold.
async fn unsound(world: &World) -> Vec<String> {
    let found = world.opened.store.check().await.expect("checked");
    found.into_iter().filter(|one| !one.ok).map(|one| format!("{}: {}", one.name, one.detail)).collect()
}

#[tokio::test]
async fn an_invitation_comes_by_mail_and_works_once() {
    let world = World::start().await;
    let admin = world.signed_in("admin").await;
    let new = [
        ("name:text", "Pat"),
        ("email:text", "Pat@Example.com"),
        ("role:optional", "viewer"),
        ("rights.export:flag", "on"),
        ("do", "invite"),
    ];
    let sent = admin.post("/people", &new).await;
    assert_eq!(sent.location.as_deref(), Some("/people?done=invited"), "{}", sent.text);
    let first = link(&mails(&world, "pat@example.com", 1).await[0]);
    let stranger = world.browser();
    let page = stranger.get(&first).await;
    assert!(page.status.is_success() && page.text.contains("Demo Leads"), "{}", page.text);
    assert!(stranger.get("/").await.goes_to_sign_in(), "opening it signs nobody in");

    // A second invitation ends the first. A moment later: mails lie in the order of their ids.
    world.clock.advance_millis(5);
    let pat = world.opened.store.user_by_email("pat@example.com").await.expect("made").user;
    let again = format!("link:{}", pat.id);
    assert_eq!(admin.post("/people", &[("do", &again)]).await.location.as_deref(), Some("/people?done=link"));
    let second = link(&mails(&world, "pat@example.com", 2).await[1]);
    assert_eq!(stranger.get(&first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(choose(&stranger, &first, CHOSEN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(choose(&stranger, &second, "short").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(choose(&stranger, &second, CHOSEN).await.location.as_deref(), Some("/sign-in?done=chosen"));
    assert_eq!(choose(&stranger, &second, "another password").await.status, StatusCode::NOT_FOUND, "once");
    stranger.sign_in(&login("pat@example.com", CHOSEN)).await;
    assert_eq!(stranger.get("/").await.status, StatusCode::OK);
    assert_eq!(stranger.get("/people").await.status, StatusCode::FORBIDDEN);
    assert_eq!(stranger.get("/leads.csv").await.status, StatusCode::OK, "the right that was given");

    // One that nobody takes up in a week is worth nothing.
    let new =
        [("name:text", "Late"), ("email:text", "late@example.com"), ("role:optional", "viewer"), ("do", "invite")];
    admin.post("/people", &new).await;
    let late = link(&mails(&world, "late@example.com", 1).await[0]);
    world.clock.advance_millis(7 * 24 * HOUR_MS);
    assert_eq!(choose(&world.browser(), &late, CHOSEN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(unsound(&world).await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn another_password_comes_by_mail_and_nobody_learns_who_is_here() {
    let world = World::start().await;
    let known = world.login("viewer");
    let busy = world.signed_in("viewer").await;
    let ask = async |email: &str| world.browser().post("/forgot", &[("email", email)]).await;
    let answer = |page: crate::harness::Page| {
        // Behind it stand scripts with a number of their own.
        let main = page.text.split_once("<main").and_then(|(_, main)| main.split_once("</main>"));
        let main = main.map(|(main, _)| main.to_owned()).unwrap_or_default();
        (page.status, main)
    };
    let told = answer(ask(&known.email).await);
    assert_eq!(told, answer(ask("nobody@example.com").await));
    let path = link(&mails(&world, &known.email, 1).await[0]);
    assert_eq!(busy.get("/").await.status, StatusCode::OK, "asking alone changes nothing");
    assert_eq!(choose(&world.browser(), &path, CHOSEN).await.location.as_deref(), Some("/sign-in?done=chosen"));
    assert!(busy.get("/").await.goes_to_sign_in(), "every session ends");
    world.browser().sign_in(&known).await;
    let browser = world.browser();
    browser.sign_in(&login(&known.email, CHOSEN)).await;
    assert_eq!(browser.get("/").await.status, StatusCode::OK);

    // A person gets three of them in an hour, whoever asks; an address of the network may ask twenty times.
    for _ in 0..18 {
        assert_eq!(answer(ask(&known.email).await), told);
    }
    assert_eq!(ask(&known.email).await.status, StatusCode::TOO_MANY_REQUESTS);
    let newest = link(mails(&world, &known.email, 3).await.last().expect("a mail"));
    world.clock.advance_millis(HOUR_MS);
    assert_eq!(choose(&world.browser(), &newest, CHOSEN).await.status, StatusCode::NOT_FOUND, "it works for an hour");
    assert_eq!(mails(&world, &known.email, 3).await.len(), 3);
    world.stop().await;
}

/// The secret that a page shows, as bytes.
fn secret(page: &str) -> Vec<u8> {
    let at = page.find("id=\"secret\"").expect("a secret");
    let value = page[at..].split("value=\"").nth(1).expect("a value").split('"').next().expect("its end");
    let five = value.bytes().filter(|byte| *byte != b' ').map(|byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        digit => digit - b'2' + 26,
    });
    let bits: Vec<u8> = five.flat_map(|five| (0..5).rev().map(move |at| five >> at & 1)).collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |all, bit| all << 1 | bit)).collect()
}

fn code(world: &World, secret: &[u8]) -> String {
    second_factor::code(secret, world.clock.now().0 / 30_000_000)
}

/// Sets a second factor up; its secret and the recovery codes.
async fn set_up(world: &World, browser: &Browser) -> (Vec<u8>, Vec<String>) {
    browser.post("/account", &[("do", "begin")]).await;
    let secret = secret(&browser.get("/account").await.text);
    let page = browser.post("/account", &[("code", &code(world, &secret)), ("do", "confirm")]).await;
    let text = page.text.split_once("<textarea").expect("the codes").1;
    let text = text.split_once('>').expect("a tag").1.split("</textarea>").next().expect("its end");
    (secret, text.lines().map(str::trim).filter(|line| line.len() == 19).map(str::to_owned).collect())
}

#[tokio::test]
async fn a_second_factor_takes_each_code_once() {
    let world = World::start().await;
    let browser = world.signed_in("viewer").await;
    let viewer = world.login("viewer");
    let wrong = async |browser: &Browser, code: &str| browser.post("/sign-in/code", &[("code", code)]).await.status;
    let (secret, codes) = set_up(&world, &browser).await;
    assert_eq!(codes.len(), second_factor::CODES);

    let half = world.browser();
    let asked = half.sign_in(&viewer).await;
    assert!(asked.location.as_deref().is_some_and(|to| to.starts_with("/sign-in/code")), "{:?}", asked.location);
    for path in ["/", "/leads", "/leads.csv", "/account", "/ui/live"] {
        let page = half.get(path).await;
        assert!(page.goes_to_sign_in() || page.status == StatusCode::UNAUTHORIZED, "{path} {}", page.status);
    }
    assert_eq!(wrong(&half, "000000").await, StatusCode::UNPROCESSABLE_ENTITY);
    let used = code(&world, &secret);
    assert_eq!(wrong(&half, &used).await, StatusCode::UNPROCESSABLE_ENTITY, "it confirmed the factor already");
    world.clock.advance_millis(30_000);
    let fresh = code(&world, &secret);
    assert_eq!(
        half.post("/sign-in/code", &[("code", &fresh), ("next", "/leads")]).await.location.as_deref(),
        Some("/leads")
    );
    assert_eq!(half.get("/leads").await.status, StatusCode::OK);

    // Another browser gets nowhere with the code that was just taken, and in with a recovery code, once.
    let other = world.browser();
    other.sign_in(&viewer).await;
    assert_eq!(wrong(&other, &fresh).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong(&other, &codes[0].to_uppercase()).await, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/").await.status, StatusCode::OK);
    let third = world.browser();
    third.sign_in(&viewer).await;
    assert_eq!(wrong(&third, &codes[0]).await, StatusCode::UNPROCESSABLE_ENTITY);

    // Few tries, for the person and not for the browser.
    for _ in 0..4 {
        wrong(&third, "000000").await;
    }
    world.clock.advance_millis(30_000);
    assert_eq!(wrong(&third, &code(&world, &secret)).await, StatusCode::TOO_MANY_REQUESTS);
    world.clock.advance_millis(HOUR_MS / 4);
    third.sign_in(&viewer).await;
    let taken = third.post("/sign-in/code", &[("code", &code(&world, &secret))]).await;
    assert_eq!((taken.location.as_deref(), third.get("/").await.status), (Some("/"), StatusCode::OK));
    assert_eq!(unsound(&world).await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn who_works_where_a_second_factor_is_asked_for_sets_it_up_first() {
    let world = World::start().await;
    let admin = world.signed_in("admin").await;
    let viewer = world.signed_in("viewer").await;
    assert_eq!(admin.post("/people", &[("do", "require")]).await.location.as_deref(), Some("/people?done=required"));
    for path in ["/", "/leads", "/people"] {
        assert_eq!(viewer.get(path).await.location.as_deref(), Some("/account"), "{path}");
    }
    for path in ["/leads.csv", "/ui/live"] {
        assert_eq!(viewer.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (_, codes) = set_up(&world, &viewer).await;
    assert_eq!((codes.len(), viewer.get("/leads").await.status), (10, StatusCode::OK));
    let kept = viewer.post("/account", &[("code", &codes[0]), ("do", "remove")]).await;
    assert!(kept.status == StatusCode::UNPROCESSABLE_ENTITY && kept.text.contains("asks everybody"), "{}", kept.text);
    // The administrator is no exception, and helps who lost the phone once there again.
    assert_eq!(admin.get("/people").await.location.as_deref(), Some("/account"));
    set_up(&world, &admin).await;
    let id = world.opened.store.user_by_email(&world.login("viewer").email).await.expect("there").user.id;
    let word = format!("factor:{id}");
    assert_eq!(admin.post("/people", &[("do", &word)]).await.location.as_deref(), Some("/people?done=factor"));
    assert_eq!(viewer.get("/leads").await.location.as_deref(), Some("/account"));
    world.stop().await;
}

#[tokio::test]
async fn rights_are_switched_for_each_person() {
    let world = World::start().await;
    let (admin, operator) = (world.signed_in("admin").await, world.login("operator"));
    let id = world.opened.store.user_by_email(&operator.email).await.expect("there").user.id;
    let lead = world.submit(&example("rights")).await.body["lead_id"].as_str().expect("an id").to_owned();
    let word = format!("rights:{id}");
    assert_eq!(admin.post("/people", &[("do", &word)]).await.location.as_deref(), Some("/people?done=rights"));
    let browser = world.signed_in("operator").await;
    assert_eq!(browser.get("/leads").await.status, StatusCode::OK);
    for path in [
        "/leads.csv",
        "/reports.csv",
        "/reports/reasons.csv",
        "/reports/lost.csv",
        "/reports/scorecards.csv",
        &format!("/leads/{lead}?show=personal"),
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Without the right to publish a change is a draft; without the right to delete nothing is deleted.
    let (store, vault) = (world.opened.store.clone(), world.opened.vault.clone());
    let services = Services::new(store, vault, world.pipeline.clone(), Arc::clone(&world.opened.clock));
    let row = world.opened.store.tenant_by_slug("demo").await.expect("the demo").tenant;
    let actor = services.actor(row.id, id).await.expect("asked").expect("there");
    let buyer = world.opened.store.tenant(row.id).buyer_by_slug("northwind").await.expect("there").id;
    let (document, desk) = (DocumentId::Buyer(buyer), services.admin());
    let mut body = desk.get(&actor, document).await.expect("shown").document;
    body["name"] = "Southwind".into();
    let update = desk.update(&actor, document, body.clone(), Expected::Any, "").await;
    assert!(matches!(update, Err(ServiceError::FourEyes(_))), "{update:?}");
    desk.save_draft(&actor, document, body, Expected::Any).await.expect("a draft is kept");
    assert!(matches!(desk.publish(&actor, document, "").await, Err(ServiceError::FourEyes(_))));
    assert_eq!(desk.delete(&actor, document, Expected::Any).await, Err(ServiceError::Forbidden));
    let made = desk
        .create(&actor, Kind::Source, json!({ "slug": "new", "name": "New", "payout": { "fixed": "1.00" } }), "")
        .await
        .expect("made");
    assert_eq!(made.document["active"], false, "it begins paused");
    let owner = Actor { user: model::user::User { rights: None, ..actor.user.clone() }, ..actor.clone() };
    assert!(desk.publish(&owner, document, "").await.is_ok());
    desk.set_active(&actor, document, false, Expected::Any, "").await.expect("pausing is always possible");

    let log = admin.get("/audit").await.text;
    assert!(log.contains("Ola Operator: none") && log.contains("Avery Admin"), "{log}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_taken_away_as_a_file_stands_in_the_log() {
    let world = World::start().await;
    let viewer = world.signed_in("viewer").await;
    assert_eq!(viewer.get("/leads.csv?state=sold").await.status, StatusCode::OK);
    let admin = world.signed_in("admin").await;
    let log = admin.get("/audit?action=exported").await.text;
    assert!(
        log.contains("Vic Viewer") && log.contains("/leads?state=sold") && !log.contains("Avery Admin</strong>"),
        "{log}"
    );
    assert!(admin.get("/audit?from=2026-05-08").await.text.contains("Nothing here"));
    assert_eq!(viewer.get("/audit").await.status, StatusCode::FORBIDDEN);
    let foreigner = world.foreigner().await;
    assert!(!foreigner.get("/audit").await.text.contains("Vic Viewer"), "another tenant's log");
    assert_eq!(unsound(&world).await, Vec::<String>::new());
    world.stop().await;
}

/// Somebody of another tenant who looks after the server.
async fn superadmin(world: &World) -> Browser {
    let browser = world.foreigner().await;
    let (store, clock) = (&world.opened.store, &world.clock);
    people::set_superadmin(store, clock.now(), "admin@other.example", true).await.expect("set");
    browser.sign_in(&login("admin@other.example", "a password of the other")).await;
    browser
}

#[tokio::test]
async fn nobody_reaches_for_the_server_through_a_colleague() {
    let world = World::start().await;
    let viewer = world.login("viewer").email;
    let id = world.opened.store.user_by_email(&viewer).await.expect("there").user.id;
    people::set_superadmin(&world.opened.store, world.clock.now(), &viewer, true).await.expect("set");
    let (store, vault) = (world.opened.store.clone(), world.opened.vault.clone());
    let services = Services::new(store, vault, world.pipeline.clone(), Arc::clone(&world.opened.clock));
    let admin = world.opened.store.user_by_email(&world.login("admin").email).await.expect("there").user;
    let admin = services.actor(admin.tenant_id, admin.id).await.expect("asked").expect("an administrator");
    let refused = |error: Result<(), ServiceError>| match error {
        Err(ServiceError::Refused(why)) => assert!(why.contains("looks after the server"), "{why}"),
        other => panic!("{other:?}"),
    };
    refused(services.reset_colleague(&admin, id).await.map(|_| ()));
    refused(services.remove_colleagues_factor(&admin, id).await);
    refused(services.set_colleague_active(&admin, id, false).await);
    refused(services.set_colleague_rights(&admin, id, Some(&[])).await);
    refused(services.set_colleague_role(&admin, id, Role::Operator, (None, None)).await);
    world.stop().await;
}

#[tokio::test]
async fn a_company_is_founded_and_its_first_administrator_invited() {
    let world = World::start().await;
    let (server, admin) = (superadmin(&world).await, world.signed_in("admin").await);
    let wanted = |name: &'static str, slug: &'static str, email: &'static str| {
        let (zone, person) = (("zone:text", "America/Denver"), ("person:text", "Fay First"));
        [("name:text", name), ("slug:text", slug), zone, person, ("email:text", email), ("do", "found")]
    };
    let right = wanted("Third Leads", "third", "fay@third.example");
    assert_eq!(admin.post("/tenants", &right).await.status, StatusCode::FORBIDDEN);
    // Every fault at once, and nothing is made.
    let wrong = server.post("/tenants", &wanted("", "demo", "admin@demo.example")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["1 to 120 characters", "has this short name", "signs in with this address", "America/Denver"] {
        assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
    }
    assert_eq!(server.post("/tenants", &right).await.location.as_deref(), Some("/tenants?done=founded"));
    assert!(server.get("/tenants").await.text.contains("Third Leads"));
    let path = link(&mails(&world, "fay@third.example", 1).await[0]);
    let fay = world.browser();
    assert_eq!(choose(&fay, &path, CHOSEN).await.location.as_deref(), Some("/sign-in?done=chosen"));
    fay.sign_in(&login("fay@third.example", CHOSEN)).await;
    assert!(fay.get("/people").await.text.contains("Fay First"));
    assert!(fay.get("/audit").await.text.contains("founded a company"));
    assert!(!fay.get("/campaigns").await.text.contains("Auto insurance"), "nothing of anybody else's");
    assert_eq!(unsound(&world).await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn a_tenant_is_suspended_limited_and_resumed() {
    let world = World::start().await;
    let (server, admin) = (superadmin(&world).await, world.signed_in("admin").await);
    assert_eq!(admin.get("/tenants").await.status, StatusCode::FORBIDDEN, "an administrator is no superadmin");
    let page = server.get("/tenants").await;
    assert!(page.text.contains("Demo Leads") && page.text.contains("Other"), "{}", page.text);
    let demo = world.market.tenant.id;
    let (suspend, limits) = (format!("suspend:{demo}"), format!("limits:{demo}"));
    let press = async |pairs: &[(&str, &str)]| server.post("/tenants", pairs).await;
    assert_eq!(press(&[("do", &suspend)]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not without a reason");
    assert_eq!(admin.post("/tenants", &[("do", &suspend), ("reason", "x")]).await.status, StatusCode::FORBIDDEN);
    press(&[("do", &suspend), ("reason", "does not pay")]).await;
    assert!(admin.get("/").await.goes_to_sign_in());
    assert_eq!(world.submit(&example("suspended")).await.status, 401);
    press(&[("do", &format!("resume:{demo}"))]).await;
    assert_eq!(world.submit(&example("resumed")).await.status, 200);

    press(&[("do", &limits), ("people", "5"), ("requests", "1")]).await;
    let admin = world.signed_in("admin").await;
    let new = [("name:text", "Six"), ("email:text", "six@example.com"), ("role:optional", "viewer"), ("do", "invite")];
    let full = admin.post("/people", &new).await;
    assert!(
        full.status == StatusCode::UNPROCESSABLE_ENTITY && full.text.contains("may have 5 people"),
        "{}",
        full.text
    );
    let mut told = Vec::new();
    for number in 0..4 {
        told.push(world.submit(&example(&format!("limited-{number}"))).await.status);
    }
    assert_eq!(told, [200, 200, 429, 429], "twice the limit at once, then no more");
    let log = admin.get("/audit").await.text;
    for part in ["suspended the company", "does not pay", "5 people, 1 requests a second"] {
        assert!(log.contains(part), "{part}");
    }
    assert_eq!(unsound(&world).await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn a_superadmin_looks_into_a_tenant_for_a_while_and_everybody_can_see_it() {
    let world = World::start().await;
    let server = superadmin(&world).await;
    let lead = world.submit(&example("support")).await.body["lead_id"].as_str().expect("an id").to_owned();
    let page = format!("/leads/{lead}");
    assert_eq!(server.get(&page).await.status, StatusCode::NOT_FOUND);
    let act = format!("act:{}", world.market.tenant.id);
    let press =
        async |reason: &str| server.post("/tenants", &[("do", &act), ("reason", reason), ("minutes", "15")]).await;
    assert_eq!(press("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(press("ticket 12").await.location.as_deref(), Some("/"));
    let shown = server.get(&page).await;
    assert!(shown.status.is_success() && shown.text.contains("You act for Demo Leads"), "{}", shown.text);
    for path in [&format!("{page}?show=personal"), "/leads.csv", "/people", "/audit", "/tenants"] {
        assert_eq!(server.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let log = world.signed_in("admin").await.get("/audit?action=support_began").await.text;
    assert!(log.contains("Olga Other") && log.contains("for 15 minutes: ticket 12"), "{log}");

    server.post("/ui/stop-acting", &[]).await;
    assert_eq!(server.get(&page).await.status, StatusCode::NOT_FOUND, "ended by hand");
    press("ticket 13").await;
    assert_eq!(server.get(&page).await.status, StatusCode::OK);
    world.clock.advance_millis(15 * 60_000);
    assert_eq!(server.get(&page).await.status, StatusCode::NOT_FOUND, "ended by itself");
    // Who is a superadmin no longer stops at once.
    press("ticket 14").await;
    let now = world.clock.now();
    people::set_superadmin(&world.opened.store, now, "admin@other.example", false).await.expect("set");
    assert!(server.get(&page).await.goes_to_sign_in());
    assert!(!Role::Admin.may(Right::RunServer));
    world.stop().await;
}
