//! The sandbox's clients: each speaks by its platform's preset, as a seller's program speaks to that platform, and reads our
//! answers by that platform's own rules.

use super::route;
use crate::harness::World;
use serde_json::{Value, json};

/// The preset with what stands in its places; the key is ours, the campaign's word is the platform's.
fn errands(world: &World, key: &str) -> Vec<(&'static str, Value, Value)> {
    let base = |platform: &str| world.url(&format!("/api/compat/{platform}"));
    let insurance = |age: &str, insured: &str, vehicles: &str| json!({ age: "41", insured: "Yes", vehicles: "2" });
    let snake = insurance("age", "currently_insured", "vehicle_count");
    vec![
        (
            "boberdoo",
            json!({ "BASE": base("boberdoo"), "TYPE": "21", "SRC": "s", "KEY": key }),
            insurance("Age", "Currently_Insured", "Vehicle_Count"),
        ),
        ("leadspedia", json!({ "BASE": base("leadspedia"), "CAMPAIGN": "21", "KEY": key }), snake.clone()),
        (
            "phonexa",
            json!({ "BASE": base("phonexa"), "PRODUCT": "21", "APIID": "A1", "PASSWORD": key }),
            insurance("age", "currentlyInsured", "vehicleCount"),
        ),
        ("leadconduit", json!({ "BASE": base("leadconduit"), "FLOW": "21", "SOURCE": key }), snake.clone()),
        (
            "leadprosper",
            json!({ "BASE": base("leadprosper"), "CAMPAIGN": "21", "SUPPLIER": "s", "KEY": key }),
            snake.clone(),
        ),
        // It has no state and no ping.
        (
            "leadbyte",
            json!({ "BASE": base("leadbyte"), "CAMPAIGN": "21", "SUPPLIER": key }),
            json!({ "age": "41", "currently_insured": "Yes", "vehicle_count": "2", "county": "MI", "state": "MI" }),
        ),
        (
            "leadexec",
            json!({ "BASE": base("leadexec"), "VID": "1", "LID": "21", "PASSWORD": key }),
            insurance("Age", "CurrentlyInsured", "VehicleCount"),
        ),
    ]
}

async fn run(world: &World, preset: &str, values: &Value, beside: &Value, person: &Value) -> Value {
    let errand = json!({ "values": values, "beside": beside, "person": person });
    let url = format!("{}/__control/clients/{preset}", world.sandbox);
    let answer = world.answer(world.client().post(url).json(&errand)).await;
    assert_eq!(answer.status, 200, "{preset}: {}", answer.body);
    answer.body
}

fn person(n: usize) -> Value {
    json!({ "zip": "48226", "state": "MI", "first_name": "Dana", "last_name": "Reyes",
        "email": format!("client{n}@example.com"), "phone": format!("31355501{n:02}") })
}

#[tokio::test]
async fn every_platforms_program_sells_a_lead_and_understands_every_answer() {
    let world = World::start().await;
    world.seller("leadspedia", route("21"), json!([])).await;
    let key = world.affiliate_key.clone();
    for (n, (preset, values, beside)) in errands(&world, &key).into_iter().enumerate() {
        let sold = run(&world, preset, &values, &beside, &person(n)).await;
        if let Some(ping) = sold.get("ping") {
            assert_eq!(ping["read"]["bid"], "30.00", "{preset}: {sold}");
        }
        let post = &sold["post"]["read"];
        assert!(post.get("accepted").is_some(), "{preset}: {sold}");
        assert_ne!(post["accepted"], "0.00", "{preset}: {sold}");
        assert_eq!(world.sold_by_buyers().await.len(), n + 1, "{preset}");
        // The same person again, as another lead: whatever each platform calls it, nobody takes it for a sale.
        let mut again = person(n);
        again["last_name"] = json!("Reyes-Doe");
        let again = run(&world, preset, &values, &beside, &again).await;
        assert!(again["post"]["read"].get("accepted").is_none(), "{preset}: {again}");
        assert!(again["post"]["read"].get("rejected").is_some(), "{preset}: {again}");
        assert_eq!(world.sold_by_buyers().await.len(), n + 1, "{preset}");
    }
    for (preset, values, beside) in errands(&world, "nobody-has-this-key") {
        let refused = run(&world, preset, &values, &beside, &person(40)).await;
        let (ping, post) = (&refused["ping"]["read"], &refused["post"]["read"]);
        assert!(ping.get("bid").is_none() && post.get("accepted").is_none(), "{preset}: {refused}");
    }
    world.nobody_buys().await;
    for (n, (preset, values, beside)) in errands(&world, &key).into_iter().enumerate() {
        let unsold = run(&world, preset, &values, &beside, &person(50 + n)).await;
        let (ping, post) = (&unsold["ping"]["read"], &unsold["post"]["read"]);
        let said_no = ping.get("no_bid").is_some() || post.get("rejected").is_some();
        assert!(said_no && ping.get("bid").is_none(), "{preset}: {unsold}");
    }
    world.stop().await;
}
