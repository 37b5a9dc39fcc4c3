//! People, doors and tenants, and what buyers and affiliates say in their portals.

use crate::{ADMIN, Shown, show};
use app::{testing::Fake, testing::Mood, testing::endpoint_id, testing::lead_id};
use model::user::Role;

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
