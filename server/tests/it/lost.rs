//! The ledger of lost revenue over the whole server: what stood in the best buyer's way is what its leads are said to have
//! missed, and page, file, list and the machines' door say the same.

use crate::{
    admin::of_the_demo,
    harness::{Answer, World},
    reports::{cells, lead},
};
use model::{
    Micros, Reason,
    cap::{Cap, Limit, Window},
    contract::Contract,
    schedule::Span,
    user::Role,
};
use serde_json::{Value, json};

/// A row of the file of what was lost. The meaning of a reason may hold commas, so its cells are counted from behind.
#[derive(Debug, Clone)]
struct Row {
    reason: String,
    contract: String,
    buyer: String,
    leads: String,
    lost: i64,
}

fn rows(file: &str) -> Vec<Row> {
    let row = |cells: &Vec<String>| {
        let behind = |place: usize| cells[cells.len() - place].clone();
        let [contract, buyer, leads, lost] = [6, 4, 3, 2].map(behind);
        Row { reason: cells[0].clone(), contract, buyer, leads, lost: amount(&lost) }
    };
    cells(file).iter().map(row).collect()
}

/// A cell of a file that holds an amount.
fn amount(cell: &str) -> i64 {
    cell.parse::<Micros>().expect("an amount").0
}

impl World {
    /// A lead that nobody else has sent.
    async fn some_lead(&self, number: u32) -> Answer {
        self.clock.advance_millis(1_000);
        let answer = self.submit(&lead(number, "MI")).await;
        assert_eq!(answer.body["status"], "sold", "{}", answer.body);
        answer
    }

    /// Northwind, which bids more than everybody, and is known for it.
    async fn northwind_is_best(&self) {
        self.bids("northwind", 9_000, json!([])).await;
        for number in 0..20 {
            self.some_lead(number).await;
        }
    }

    async fn change_northwind(&self, change: impl Fn(&mut Contract)) {
        self.change_contracts(|buyer, contract| {
            if buyer.name.starts_with("Northwind") {
                change(contract);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn what_a_full_cap_and_a_closed_schedule_cost_is_what_their_leads_missed() {
    let world = World::start().await;
    world.northwind_is_best().await;
    let browser = world.signed_in("operator").await;
    let before = browser.get("/reports/lost?span=today").await;
    assert!(before.text.contains("How it is estimated"), "{}", before.text);
    assert!(!before.text.contains("lost=cap") && !before.text.contains("lost=schedule_closed"), "{}", before.text);

    world.change_northwind(|contract| contract.caps = vec![Cap::plain(Window::Day, Limit::Count(1))]).await;
    for number in 20..23 {
        world.some_lead(number).await;
    }
    world
        .change_northwind(|contract| {
            contract.caps.clear();
            // It is Thursday.
            contract.schedule.spans = vec![Span { weekday: 5, start: 0, end: 60 }];
        })
        .await;
    world.some_lead(23).await;
    // Both together: the one that had kept it out for good is to blame.
    world.change_northwind(|contract| contract.active = false).await;
    world.some_lead(24).await;
    world.sound().await;

    let file = rows(&browser.get("/reports/lost.csv?span=today").await.text);
    let row = |reason: Reason| {
        let of = |row: &&Row| row.reason == reason.code() && row.buyer.starts_with("Northwind");
        let found: Vec<_> = file.iter().filter(of).collect();
        let [row] = found.as_slice() else { panic!("{reason} in {file:?}") };
        (*row).clone()
    };
    for (reason, leads) in [(Reason::Cap, "3"), (Reason::ScheduleClosed, "1"), (Reason::Paused, "1")] {
        let row = row(reason);
        assert!(row.leads == leads && row.lost > 0, "{row:?}");
        let days = "from=2026-05-07&to=2026-05-07";
        let list = format!("/leads.csv?lost={}&lost_to={}&{days}", reason.code(), row.contract);
        let list = cells(&browser.get(&list).await.text);
        assert_eq!(list.len().to_string(), row.leads, "{list:?}");
        assert_eq!(list.iter().map(|lead| amount(&lead[13])).sum::<i64>(), row.lost, "{list:?}");
        assert!(list.iter().all(|lead| lead[14] == row.contract && lead[15] == reason.code() && lead[2] == "sold"));
    }
    let all = cells(&browser.get("/leads.csv?lost=any&from=2026-05-07&to=2026-05-07").await.text);
    let total: i64 = file.iter().map(|row| row.lost).sum();
    assert_eq!(all.iter().map(|lead| amount(&lead[13])).sum::<i64>(), total, "no lead is in two rows");

    let page = browser.get("/reports/lost?span=today").await.text;
    let contract = row(Reason::Cap).contract;
    for href in [
        format!("href=\"/contracts/{contract}#caps\""),
        format!("href=\"/contracts/{contract}#schedule\""),
        format!("lost=cap&amp;lost_to={contract}&amp;from=2026-05-07"),
    ] {
        assert!(page.contains(&href), "{href} in {page}");
    }
    let machines = of_the_demo(&world, Role::Viewer).await.get("reports/lost?span=today").await.made();
    assert_eq!(machines["total"]["amount"].as_i64(), Some(total), "{machines}");
    assert_eq!(machines["total"]["leads"], all.len(), "{machines}");
    let first = machines["rows"].as_array().and_then(|rows| rows.first()).cloned().unwrap_or(Value::Null);
    assert_eq!(first["reason"], "cap", "{machines}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_estimated_is_known_again_after_a_restart_and_test_leads_miss_nothing() {
    let mut world = World::start().await;
    world.northwind_is_best().await;
    world.stopped().await;
    let server = gavel::boot::Server::start(&world.opened, gavel::web::Site::default()).await.expect("it starts");
    world.serve(server);
    world.change_northwind(|contract| contract.caps = vec![Cap::plain(Window::Day, Limit::Count(1))]).await;
    let answer = world.some_lead(30).await;
    let missed = world.seen(&answer).await.row.missed.expect("a better sale");
    assert_eq!(missed.reason, Reason::Cap);
    let brought = world.seen(&answer).await.row.revenue.expect("it was sold").amount;
    assert!(missed.amount.amount > Micros::ZERO && missed.amount.amount + brought <= Micros::units(90), "{missed:?}");
    // A test lead reaches nobody live, and nothing of it is money.
    let test = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key);
    let test = world.answer(test.json(&lead(31, "MI"))).await;
    assert_eq!(world.seen(&test).await.row.missed, None);
    world.sound().await;
    world.stop().await;
}
