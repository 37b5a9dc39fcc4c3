//! Reports: what they count is what the lists show, and what the files say.

use crate::harness::{World, example};
use serde_json::{Value, json};

pub fn lead(number: u32, state: &str) -> Value {
    let mut lead = example(&format!("report-{number}"));
    lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
    lead["fields"]["email"] = json!(format!("person{number}@example.com"));
    lead["fields"]["state"] = json!(state);
    lead
}

/// Cells of a file without its head.
pub fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_reports_numbers_are_its_leads() {
    let world = World::start().await;
    for number in 0..8 {
        let answer = world.submit(&lead(number, if number % 2 == 0 { "MI" } else { "CA" })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let refused = world.submit(&json!({ "campaign": "auto-insurance" })).await;
    assert_eq!(refused.status, 422);
    let browser = world.signed_in("viewer").await;

    let figures = cells(&browser.get("/reports.csv?span=today").await.text);
    let [campaign] = figures.as_slice() else { panic!("{figures:?}") };
    let (received, sold) = (campaign[2].as_str(), campaign[3].as_str());
    assert_eq!((campaign[1].as_str(), received, campaign[8].as_str()), ("Auto insurance", "9", "1"));
    let leads = cells(&browser.get("/leads.csv?from=2026-05-07&to=2026-05-07&mode=live").await.text);
    assert_eq!(leads.len(), 8, "a refused one is counted and not kept");
    assert_eq!(leads.iter().filter(|row| row[2] == "sold").count().to_string(), sold);
    let revenue: f64 = leads.iter().filter_map(|row| row[8].parse::<f64>().ok()).sum();
    assert!((revenue - campaign[9].parse::<f64>().expect("an amount")).abs() < 0.000_001, "{revenue} {campaign:?}");
    assert!(cells(&browser.get("/leads.csv?from=2026-05-06&to=2026-05-06").await.text).is_empty());

    // The page, the file and the machines' door say the same.
    let page = browser.get("/reports?span=today").await;
    assert!(page.text.contains(&format!(">{sold}</a>")), "{}", page.text);
    let reasons = cells(&browser.get("/reports/reasons.csv?span=today").await.text);
    let filtered =
        reasons.iter().find(|row| row[2] == "eligibility" && row[0] == "filter").expect("filters stood in the way");
    assert!(filtered[4].parse::<u32>().expect("a count") >= 4, "{filtered:?}");
    let reasons_page = browser.get("/reports/reasons?span=today").await;
    assert!(reasons_page.text.contains(&filtered[3]), "{}", reasons_page.text);

    // A day before, nothing had happened.
    let yesterday = browser.get("/reports?span=yesterday").await;
    assert!(yesterday.text.contains("Nothing happened"), "{}", yesterday.text);
    let odd = browser.get("/reports?from=2026-05-09&to=2026-05-08").await;
    assert_eq!(odd.status, 422);
    world.stop().await;
}

#[tokio::test]
async fn files_are_for_those_who_are_signed_in() {
    let world = World::start().await;
    assert_eq!(world.submit(&lead(1, "MI")).await.body["status"], "sold");
    let foreigner = world.foreigner().await;
    for path in ["/leads.csv", "/reports.csv", "/reports/reasons.csv", "/reports/lost.csv"] {
        assert_eq!(world.browser().get(path).await.status, 401, "{path}");
        let theirs = foreigner.get(path).await;
        assert_eq!((theirs.status.as_u16(), cells(&theirs.text).len()), (200, 0), "{path}: {}", theirs.text);
    }
    world.stop().await;
}
