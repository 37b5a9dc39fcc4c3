//! Consent texts are written, checked, published and compared.

use crate::{ADMIN, campaign, show};
use app::testing::{Fake, text_id};
use model::user::Role;

fn page() -> String {
    format!("/texts/{}", text_id())
}

#[tokio::test]
async fn a_text_says_what_it_lacks_who_sends_old_words_and_whom_it_does_not_name() {
    let shown = show(&page(), ADMIN, None).await;
    for part in [
        "1 error, 1 warning",
        "E005",
        "our partners",
        "does not certify",
        "14 % is still on version 1",
        "names 2 of its 3 buyers, not Acme Inc.",
        "These are the words of no published version.",
        "The sellers are invented",
        "First &lt;words&gt;",
        "It cannot be published while the check finds errors",
    ] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    assert!(!shown.html.contains("value=\"publish\""), "it cannot be pressed");
    let viewer = show(&page(), Fake { role: Role::Viewer, ..ADMIN }, None).await;
    assert!(!viewer.html.contains("value=\"save\">Save the draft"), "a viewer saves nothing");
}

#[tokio::test]
async fn what_was_typed_stays_and_what_worked_goes_on() {
    let sent =
        [("version", "4"), ("name:text", ""), ("wording.body:text", "My </textarea><b> &lt; words"), ("do", "save")];
    let shown = show(&page(), ADMIN, Some(&sent)).await;
    assert_eq!(shown.status, 422);
    for part in ["id=\"f-name-fault\"", "\nMy &lt;/textarea>&lt;b> &amp;lt; words</textarea>", "The name is needed."] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
    let checked = show(&page(), ADMIN, Some(&[("version", "4"), ("wording.body:text", "New"), ("do", "check")])).await;
    assert_eq!((checked.status, checked.location.as_str()), (200, ""));
    assert!(checked.html.contains("\nNew</textarea>"), "nothing typed is lost");
    let saved = show(&page(), ADMIN, Some(&[("version", "4"), ("name:text", "Auto"), ("do", "save")])).await;
    assert_eq!((saved.status, saved.location), (303, format!("{}?done=saved", page())));
    let published = show(&page(), ADMIN, Some(&[("version", "4"), ("note", "Why"), ("do", "publish")])).await;
    assert_eq!((published.status, published.location), (303, format!("{}?done=published-3", page())));
    let said = show(&format!("{}?done=published-3", page()), ADMIN, None).await;
    assert!(said.html.contains("Version 3 is published."));
    let made = show("/texts/new", ADMIN, Some(&[("name:text", "Auto"), ("do", "save")])).await;
    assert_eq!((made.status, made.location), (303, format!("{}?done=made", page())));
    let missing = show("/texts/txt_00000000000000000000000000", ADMIN, None).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn a_difference_is_said_aloud() {
    let shown = show(&format!("{}/difference?from=1&to=2", page()), ADMIN, None).await;
    for part in ["<del>", " removed: ", "<ins>", " added: ", "marketing calls", "Calls: allowed now."] {
        assert!(shown.html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_campaign_chooses_among_the_texts() {
    let shown = show(&campaign(), ADMIN, None).await;
    assert!(shown.html.contains("Auto insurance (en-US, version 2)"), "the text can be chosen");
    let sent = [("version", "3"), ("consent.text:optional", ""), ("consent.known_only:flag", ""), ("do", "save")];
    assert_eq!(show(&campaign(), ADMIN, Some(&sent)).await.status, 303, "and left out");
}
