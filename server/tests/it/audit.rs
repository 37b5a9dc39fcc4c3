//! Who may have the proof of a lead, and what is not in it.

use crate::harness::{World, example};
use exchange::audit::Proof;
use gavel::{
    boot,
    context::{Actor, Principal},
    service::ServiceError,
};
use model::{LeadId, user::Role};

#[tokio::test]
async fn a_proof_is_given_to_whoever_may_see_the_lead_and_holds_nothing_personal() {
    let world = World::start().await;
    let sold = world.submit(&example("proved")).await;
    let lead: LeadId = sold.body["lead_id"].as_str().expect("a lead").parse().expect("an id");
    let store = &world.opened.store;
    let (services, pipeline) = boot::services(&world.opened).await.expect("the use cases");
    let user = store.user_by_email(&world.login("viewer").email).await.expect("a person").user;
    let tenant = store.tenant_by_id(user.tenant_id).await.expect("a tenant").tenant;
    let viewer = Actor { user, tenant, principal: Principal::Person };
    let file = services.proof(&viewer, lead).await.expect("a proof").file().expect("a file");
    let steps = Proof::verify(&file, Some(&world.opened.vault.signer().public())).expect("it verifies");
    assert!(steps[0].contains(&lead.to_string()), "{}", steps[0]);
    for personal in ["Dana", "Reyes", "dana@example.com", "555-0142", "5550142", "Main St", "48226"] {
        assert!(!file.contains(personal), "{personal} is in the proof");
    }

    let mut buyer = viewer.clone();
    buyer.user.role = Role::Buyer;
    assert_eq!(services.proof(&buyer, lead).await, Err(ServiceError::Forbidden));
    world.foreigner().await;
    let other = store.tenant_by_slug("other").await.expect("a tenant").tenant;
    let foreign = Actor {
        user: model::user::User { tenant_id: other.id, ..viewer.user.clone() },
        tenant: other,
        principal: Principal::Person,
    };
    assert_eq!(services.proof(&foreign, lead).await, Err(ServiceError::NotFound));
    assert_eq!(services.proof(&viewer, LeadId::from_bits(1)).await, Err(ServiceError::NotFound));
    pipeline.drain(std::time::Duration::from_secs(5)).await;
    world.stop().await;
}
