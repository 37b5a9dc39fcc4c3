//! A contract begins, and is tried on the bench.

use crate::{ADMIN, bench, from_preset, import, show};
use app::{testing::Fake, testing::document_id};
use model::{document::Kind, user::Role};

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
async fn hours_are_a_grid_of_checkboxes_and_none_of_them_ticked_is_a_fault() {
    let page = format!("/contracts/{}", document_id(Kind::Contract));
    let open = [
        ("edit.hours.grid:set", ""),
        ("edit.hours.grid:set", "1-14"),
        ("edit.hours.grid:set", "1-15"),
        ("edit.hours:pick", "grid"),
        ("do", "show"),
    ];
    let html = show(&page, ADMIN, Some(&open)).await.html;
    assert_eq!(html.matches("name=\"edit.hours.grid:set\"").count(), 1 + 7 * 24);
    for part in ["value=\"1-14\" checked", "Open Tue 14:00–16:00.", "Tue 14:00–16:00</textarea>"] {
        assert!(html.contains(part), "{part}");
    }
    let none = [("edit.hours.grid:set", ""), ("edit.hours:pick", "grid"), ("do", "save")];
    let wrong = show(&page, ADMIN, Some(&none)).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html.contains("Tick the hours in which it buys") && wrong.html.contains("No hour is ticked"));
    assert!(wrong.html.contains("value=\"grid\" checked"), "{}", wrong.html);
}
