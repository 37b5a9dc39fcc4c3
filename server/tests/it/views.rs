//! Views of the leads list and its columns: each person's own, shared ones everybody's, and all of it without script.

use crate::harness::{Page, World};

fn id_of(page: &Page, act: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("value=\"{act}:")).expect("a button");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test]
async fn a_view_is_kept_shared_taken_away_and_brought_back() {
    let world = World::start().await;
    let (operator, viewer) = (world.signed_in("operator").await, world.signed_in("viewer").await);
    let own = [("view.name:text", "Sold ones"), ("do", "save")];
    let kept = operator.post("/leads?state=sold&rows=100", &own).await;
    assert_eq!(kept.status, 303, "{}", kept.text);
    let page = operator.follow(kept).await;
    assert!(page.text.contains("Sold ones") && page.text.contains("The view is kept"), "{}", page.text);
    assert!(!viewer.get("/leads").await.text.contains("Sold ones"), "it is the operator's own");

    let shared = [("view.name:text", "Unsold, ours"), ("view.shared:flag", "on"), ("do", "save")];
    let one = id_of(&page, "drop");
    let made = operator.post("/leads?state=unsold", &shared).await;
    assert_eq!(made.status, 303);
    let address = made.location.clone().expect("where it goes on");
    let other = id_of(&operator.follow(made).await, "drop");
    let theirs = viewer.get(&address).await;
    assert!(theirs.text.contains("Unsold, ours") && !theirs.text.contains("value=\"drop:"), "{}", theirs.text);
    let refused = viewer.post("/leads", &shared).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Your role keeps views for itself only."), "{}", refused.text);

    // Nobody takes away what is another's; who configures may take away what is shared.
    let drop = |id: &str| format!("drop:{id}");
    assert_eq!(viewer.post("/leads", &[("do", &drop(&other))]).await.status, 403);
    assert_eq!(viewer.post("/leads", &[("do", &drop(&one))]).await.status, 404);
    assert_eq!(world.foreigner().await.post("/leads", &[("do", &drop(&other))]).await.status, 404);
    let gone = operator.post("/leads", &[("do", &drop(&other))]).await;
    let page = operator.follow(gone).await;
    assert!(page.text.contains("The view is gone.") && !page.text.contains("Unsold, ours"), "{}", page.text);
    let back = operator.post("/leads", &[("do", "restore"), ("view", &other)]).await;
    assert_eq!(back.location.as_deref(), Some(&*address.replace("done=saved", "done=restored")));
    // It shows the columns it was kept with, whatever its reader's own are.
    assert!(address.contains("&cols=came."), "{address}");
    assert!(viewer.get("/leads").await.text.contains("Unsold, ours"));
    world.stop().await;
}

#[tokio::test]
async fn columns_are_remembered_for_the_person_and_the_address_goes_first() {
    let world = World::start().await;
    let (operator, viewer) = (world.signed_in("operator").await, world.signed_in("viewer").await);
    assert_eq!(world.submit(&crate::harness::example("columns")).await.body["status"], "sold");
    let chosen =
        operator.post("/leads?state=sold", &[("columns:set", ""), ("columns:set", "margin"), ("do", "columns")]).await;
    assert_eq!(chosen.location.as_deref(), Some("/leads?state=sold&cols=margin"));
    let heads = |page: &Page| page.text.matches("<th scope=\"col\"").count();
    assert_eq!(heads(&operator.get("/leads").await), 2, "the lead and its margin");
    assert_eq!(heads(&operator.get("/leads?cols=came.state").await), 3, "the address goes first");
    assert_eq!(heads(&viewer.get("/leads").await), 9, "nobody else's list changes");
    // Another browser of the same person has them too.
    assert_eq!(heads(&world.signed_in("operator").await.get("/leads").await), 2);
    world.stop().await;
}
