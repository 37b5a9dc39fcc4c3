//! Posting instructions for whoever has their address, and a lead to try them with.

use crate::harness::World;
use model::tenant::Mode;
use reqwest::StatusCode;
use store::LeadFilter;

impl World {
    /// The instructions of the own form for the demo's campaign.
    async fn instructions(&self) -> String {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let source = rows.source_by_slug("own-form").await.unwrap().id;
        let campaign = rows.campaign_by_slug("auto-insurance").await.unwrap().id;
        format!("/sources/{source}/instructions/{campaign}")
    }
}

/// The path of the link that is shown this once.
#[track_caller]
fn shown_once(text: &str) -> String {
    let found = text.split_once("/instructions/gvl_share_");
    let token = found.unwrap_or_else(|| panic!("no link in {text}")).1.split('"').next().unwrap_or_default();
    format!("/instructions/gvl_share_{token}")
}

const FIELDS: [(&str, &str); 10] = [
    ("fields.zip:text", "48226"),
    ("fields.state:text", "MI"),
    ("fields.age:text", "41"),
    ("fields.currently_insured:text", "yes"),
    ("fields.vehicle_count:text", "2"),
    ("fields.first_name:text", "Dana"),
    ("fields.last_name:text", "Reyes"),
    ("fields.email:text", "dana@example.com"),
    ("fields.phone:text", "(313) 555-0142"),
    ("do", "try"),
];

#[tokio::test]
async fn a_link_opens_for_everybody_until_it_ends() {
    let world = World::start().await;
    let (admin, here) = (world.signed_in("admin").await, world.instructions().await);
    let made = admin.post(&here, &[("days", "7"), ("do", "share")]).await;
    let path = &shown_once(&made.text);
    let anybody = world.browser();
    let page = anybody.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in ["noindex", "<h1>", "first_name", "Authorization: Bearer YOUR_KEY", "The link works until"] {
        assert!(page.text.contains(part), "{part} is missing");
    }
    for hidden in ["Northwind", "BluePeak", "gvl_live_", "gvl_test_", "Send a test lead", "<form", "@example"] {
        let told = page.text.replace("dana@example.com", "");
        assert!(!told.contains(hidden), "{hidden} is in it");
    }
    assert!(!admin.get(&here).await.text.contains(path), "it is shown once");
    assert!(admin.get(&here).await.text.contains("Last opened"));
    let viewer = world.signed_in("viewer").await;
    assert_eq!(viewer.post(&here, &[("days", "7"), ("do", "share")]).await.status, StatusCode::FORBIDDEN);
    let refused = admin.post(&here, &[("days", "3650"), ("do", "share")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    world.clock.advance_millis(7 * 86_400_000);
    assert_eq!(anybody.get(path).await.status, StatusCode::NOT_FOUND, "its time is over");
    let admin = world.signed_in("admin").await;
    let again = admin.post(&here, &[("days", "30"), ("do", "share")]).await;
    let path = &shown_once(&again.text);
    assert_eq!(anybody.get(path).await.status, StatusCode::OK);
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let parts: Vec<_> = here.split('/').collect();
    let links = rows.shares(parts[2].parse().unwrap(), parts[4].parse().unwrap()).await.unwrap();
    assert_eq!(links[0].used_at, Some(gavel::clock::Clock::now(&*world.clock)));
    let back = admin.post(&here, &[("do", &format!("revoke:{}", links[0].id))]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(anybody.get(path).await.status, StatusCode::NOT_FOUND, "it is taken back");
    assert_eq!(anybody.get("/instructions/gvl_share_x").await.status, StatusCode::NOT_FOUND);
    let refused = async {
        for _ in 0..260 {
            if anybody.get(path).await.status == StatusCode::TOO_MANY_REQUESTS {
                return true;
            }
        }
        false
    };
    assert!(refused.await, "who opens too many is told to wait");
    world.stop().await;
}

#[tokio::test]
async fn a_test_lead_is_taken_echoed_and_never_sold_live() {
    let world = World::start().await;
    let (admin, here) = (world.signed_in("admin").await, world.instructions().await);
    let page = admin.get(&here).await;
    assert!(page.text.contains("name=\"fields.zip:text\"") && page.text.contains("value=\"48226\""), "{}", page.text);
    let mut wrong = FIELDS;
    wrong[0].1 = "nowhere";
    let refused = admin.post(&here, &wrong).await;
    assert_eq!(refused.status, StatusCode::OK);
    for part in ["HTTP 422", "invalid_lead", "id=\"f-fields-zip-fault\"", "value=\"nowhere\"", "Bearer YOUR_TEST_KEY"] {
        assert!(refused.text.contains(part), "{part} is missing in {}", refused.text);
    }
    let sent = admin.post(&here, &FIELDS).await;
    for part in ["HTTP 200", "&quot;test&quot;: true", "Field by field"] {
        let text = sent.text.replace('"', "&quot;");
        assert!(text.contains(part), "{part} is missing in {}", sent.text);
    }
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let leads = rows.leads_page(&LeadFilter::default(), &model::page::Cursor::Newest, 10).await.unwrap().rows;
    assert!(leads.iter().all(|lead| lead.mode == Mode::Test) && leads.len() == 1, "{leads:?}");

    // An affiliate tries its own instructions, and nobody else's.
    let affiliate = world.signed_in("affiliate").await;
    let campaign = here.rsplit('/').next().unwrap();
    let own = affiliate.post(&format!("/affiliate/instructions/{campaign}"), &FIELDS).await;
    assert!(own.text.contains("HTTP 200"), "{}", own.text);
    assert!(!own.text.contains("Northwind"), "no buyer's name");
    assert_eq!(affiliate.post(&here, &FIELDS).await.status, StatusCode::FORBIDDEN);
    let viewer = world.signed_in("viewer").await;
    assert_eq!(viewer.post(&here, &FIELDS).await.status, StatusCode::FORBIDDEN);
    world.stop().await;
}
