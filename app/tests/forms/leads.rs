//! Leads are looked into, given back and settled, and their list is arranged.

use crate::{ADMIN, show};
use app::{testing::Fake, testing::Mood, testing::lead_id, testing::view_id};
use model::{returns::ReturnState, user::Role};

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

#[tokio::test]
async fn personal_values_are_taken_away_for_a_reason() {
    let sent = |reason| {
        [
            ("personal.fields:set", ""),
            ("personal.fields:set", "phone"),
            ("personal.reason:text", reason),
            ("do", "personal"),
        ]
    };
    let wrong = show("/leads", ADMIN, Some(&sent("why"))).await;
    assert_eq!(wrong.status, 422);
    for part in ["Say why in 5 to 200", "value=\"phone\" checked", "value=\"why\"", "<details id=\"personal\" open"] {
        assert!(wrong.html.contains(part), "{part}: {}", wrong.html);
    }
    let made = show("/leads", ADMIN, Some(&sent("Complaint 17"))).await;
    assert!(made.location.starts_with("/leads/personal/exp_"), "{}", made.location);
    let closed = show("/leads", Fake { role: Role::Operator, ..ADMIN }, None).await.html;
    assert!(closed.contains("You may not take personal values away.") && closed.contains("<fieldset disabled"));
}
