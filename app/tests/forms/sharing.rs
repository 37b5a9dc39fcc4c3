//! Posting instructions are shared and tried.

use crate::{ADMIN, show, source};
use app::testing::{Fake, SHARED, document_id, share_id};
use model::{document::Kind, user::Role};

fn page() -> String {
    format!("{}/instructions/{}", source(), document_id(Kind::Campaign))
}

#[tokio::test]
async fn a_link_is_shown_once_and_can_be_taken_back() {
    let made = show(&page(), ADMIN, Some(&[("days", "30"), ("do", "share")])).await;
    assert!(made.html.contains(&format!("https://gavel.example/instructions/{SHARED}")));
    assert!(!show(&page(), ADMIN, None).await.html.contains(SHARED));
    let back = show(&page(), ADMIN, Some(&[("do", &format!("revoke:{}", share_id()))])).await;
    assert_eq!((back.status, back.location), (303, format!("{}?done=revoked", page())));
    let viewer = show(&page(), Fake { role: Role::Viewer, ..ADMIN }, None).await;
    for word in ["Make a link", "Take back", "Send a test lead"] {
        assert!(!viewer.html.contains(word), "{word} is there for a viewer");
    }
}

#[tokio::test]
async fn what_was_tried_stays_and_each_field_is_echoed() {
    let sent = [("fields.zip:text", "<zip>"), ("do", "try")];
    let shown = show(&page(), ADMIN, Some(&sent)).await;
    for part in ["value=\"&lt;zip&gt;\"", "HTTP 422", "Send five digits.", "id=\"f-fields-zip-fault\""] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    let taken = show(&page(), ADMIN, Some(&[("fields.zip:text", "48226"), ("do", "try")])).await;
    assert!(taken.html.contains("HTTP 200") && taken.html.contains(">Taken<"));
}

#[tokio::test]
async fn whoever_has_the_link_reads_them_and_no_more() {
    let shown = show(&format!("/instructions/{SHARED}"), ADMIN, None).await;
    assert_eq!((shown.status, shown.html.matches("<h1").count()), (200, 1));
    for part in ["noindex", "Northwind Leads", "What is answered"] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    assert!(!shown.html.contains("<form"), "nothing can be sent from it");
    assert_eq!(show("/instructions/other", ADMIN, None).await.status, 404);
}
