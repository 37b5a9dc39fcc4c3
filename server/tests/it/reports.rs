//! Reports: what they count is what the lists show, and what the files say.

use crate::harness::{World, example};
use serde_json::{Value, json};

pub fn lead(number: u32, state: &str) -> Value {
    let mut lead = example(&format!("report-{number}"));
    lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
    lead["fields"]["email"] = json!(format!("person{number}@example.com"));
    lead["fields"]["state"] = json!(state);
    lead["source"] = json!({ "sub1": format!("ad {}", number % 3) });
    lead
}

/// The links to leads on a page, each with the count it stands on.
fn counts(page: &str) -> Vec<(String, usize)> {
    let link = |rest: &str| {
        let (query, rest) = rest.split_once("\">")?;
        let count = rest.split_once("</a>")?.0.parse().ok()?;
        Some((query.replace("&amp;", "&"), count))
    };
    page.split("href=\"/leads?").skip(1).filter_map(link).collect()
}

/// Cells of a file without its head.
pub fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_reports_numbers_are_its_leads() {
    let world = World::start().await;
    // Nobody waits until a refusal is written; what is sent after it is written after it.
    let refused = world.submit(&json!({ "campaign": "auto-insurance" })).await;
    assert_eq!(refused.status, 422);
    for number in 0..8 {
        let answer = world.submit(&lead(number, if number % 2 == 0 { "MI" } else { "CA" })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
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

    // Whatever it is broken down by, a number opens as many leads.
    for by in ["campaign", "source", "sub", "buyer", "price", "day"] {
        let page = browser.get(&format!("/reports?by={by}&span=today")).await;
        let counts = counts(&page.text);
        assert!(!counts.is_empty(), "{by}: {}", page.text);
        for (query, count) in counts {
            let leads = cells(&browser.get(&format!("/leads.csv?{query}")).await.text).len();
            // Refused ones are counted and not kept.
            let refused = usize::from(!query.contains("state=") && !query.contains("sub1="));
            assert_eq!(leads + refused, count, "{by}: {query}");
        }
    }
    let subs = cells(&browser.get("/reports.csv?by=sub&span=today").await.text);
    let named: Vec<_> = subs.iter().filter(|row| row[1].starts_with("ad ")).map(|row| row[2].as_str()).collect();
    assert_eq!((subs.len(), named.len()), (4, 3), "{subs:?}");
    let of_buyer = browser.get(&format!("/reports?by=sub&buyer={}", model::BuyerId::from_bits(1))).await;
    assert_eq!(of_buyer.status, 422, "they are of all buyers");

    // Money by when it moved: today it is the same, and there is nothing else in the file.
    let moved = cells(&browser.get("/reports.csv?span=today&money=moved").await.text);
    assert_eq!(moved[0][2..5], campaign[9..12], "revenue, payout and margin");
    let page = browser.get("/reports?span=today&money=moved&by=day").await;
    assert!(page.text.contains("Money by when it moved"), "{}", page.text);
    assert_eq!(browser.get("/reports?by=price&money=moved").await.status, 422);

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
    for path in ["/leads.csv", "/reports.csv", "/reports/reasons.csv", "/reports/lost.csv", "/reports/scorecards.csv"] {
        assert_eq!(world.browser().get(&path.replace(".csv", ".jsonl")).await.status, 401, "{path}");
        assert_eq!(world.browser().get(path).await.status, 401, "{path}");
        let theirs = foreigner.get(path).await;
        assert_eq!((theirs.status.as_u16(), cells(&theirs.text).len()), (200, 0), "{path}: {}", theirs.text);
    }
    world.stop().await;
}

/// The objects of a file of JSON lines.
fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// What a file of JSON lines says, as CSV would say it: the values that the head of the CSV names.
fn as_cells(head: &str, lines: &[Value]) -> Vec<Vec<String>> {
    let cell = |row: &Value, name: &str| match &row[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
            pairs.join("; ")
        }
        other => other.to_string(),
    };
    lines.iter().map(|row| head.split(',').map(|name| cell(row, name)).collect()).collect()
}

async fn same_in_both(browser: &crate::harness::Browser, path: &str, query: &str) -> Vec<Value> {
    let csv = browser.get(&format!("{path}.csv?{query}")).await;
    let lines = browser.get(&format!("{path}.jsonl?{query}")).await;
    assert_eq!((csv.status.as_u16(), lines.status.as_u16()), (200, 200), "{path}");
    assert_eq!(lines.header("content-type"), "application/x-ndjson", "{path}");
    assert!(lines.header("content-disposition").ends_with(".jsonl\""), "{path}");
    let (head, found) = (csv.text.lines().next().expect("a head"), objects(&lines.text));
    assert_eq!(as_cells(head, &found), cells(&csv.text), "{path}");
    let members = head.split(',').collect::<std::collections::BTreeSet<_>>();
    for row in &found {
        let row: std::collections::BTreeSet<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(row, members, "{path}: the same columns");
    }
    found
}

#[tokio::test]
async fn a_list_says_the_same_on_the_page_in_csv_and_in_json_lines() {
    let world = World::start().await;
    for number in 0..6 {
        world.submit(&lead(number, if number % 2 == 0 { "MI" } else { "CA" })).await;
    }
    let browser = world.signed_in("operator").await;
    let leads = same_in_both(&browser, "/leads", "state=sold").await;
    assert!(!leads.is_empty());
    // The page has the same leads in the same order.
    let page = browser.get("/leads?state=sold").await.text;
    let places: Vec<_> =
        leads.iter().map(|row| page.find(row["lead"].as_str().unwrap()).expect("on the page")).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(page.matches("<th scope=\"row\">").count(), leads.len());
    // Numbers are numbers, and money is a decimal beside its currency.
    let first = &leads[0];
    assert!(first["took_ms"].is_number() && first["reason"].is_null(), "{first}");
    assert!(first["revenue"].as_str().unwrap().parse::<f64>().is_ok() && first["currency"] == "USD", "{first}");

    let figures = same_in_both(&browser, "/reports", "span=today&by=campaign").await;
    assert!(figures[0]["received"].is_number() && figures[0]["margin"].is_string(), "{figures:?}");
    assert!(!same_in_both(&browser, "/reports/reasons", "span=today").await.is_empty());
    let affiliate = world.signed_in("affiliate").await;
    same_in_both(&affiliate, "/affiliate/leads", "from=2026-05-07").await;
    let buyer = world.signed_in("buyer").await;
    let delivered = objects(&buyer.get("/portal/leads.jsonl").await.text);
    let rows = buyer.get("/portal/leads.csv").await.text.lines().count() - 1;
    assert_eq!(delivered.len(), rows);
    assert!(delivered.iter().all(|row| row["fields"].is_object()), "{delivered:?}");

    // Each was written down, and nobody without the right gets one in either format.
    let log = world.signed_in("admin").await.get("/audit").await.text;
    assert!(log.contains("/leads?state=sold"), "{log}");
    world.stop().await;
}

#[tokio::test]
async fn programs_take_the_same_files_away() {
    let world = World::start().await;
    assert_eq!(world.submit(&lead(1, "MI")).await.body["status"], "sold");
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let admin = gavel::service::Services::new(
        world.opened.store.clone(),
        world.opened.vault.clone(),
        world.pipeline.clone(),
        world.opened.clock.clone(),
    )
    .admin();
    let actor = gavel::context::Actor::command_line(world.market.tenant.clone());
    let northwind = rows.buyer_by_slug("northwind").await.expect("a buyer").id;
    let viewer = admin.create_token(&actor, "files", model::user::Role::Viewer, None).await.expect("a token").1;
    let buyer =
        admin.create_token(&actor, "files", model::user::Role::Buyer, Some(northwind)).await.expect("a token").1;
    let browser = world.signed_in("viewer").await;
    let ask =
        async |token: &str, path: &str| world.answer(world.client().get(world.url(path)).bearer_auth(token)).await;
    let text = |answer: crate::harness::Answer| match answer.body {
        Value::String(text) => text,
        one => one.to_string() + "\n",
    };
    for (table, page) in [("leads", "/leads"), ("figures", "/reports"), ("reasons", "/reports/reasons")] {
        let lines = text(ask(&viewer, &format!("/api/v1/admin/exports/{table}")).await);
        let there = browser.get(&format!("{page}.jsonl")).await.text;
        assert_eq!(objects(&lines), objects(&there), "{table}");
        assert!(!objects(&lines).is_empty(), "{table}");
        let csv = text(ask(&viewer, &format!("/api/v1/admin/exports/{table}?format=csv")).await);
        assert_eq!(csv, browser.get(&format!("{page}.csv")).await.text, "{table}");
    }
    ask(&viewer, "/api/v1/admin/exports/leads?format=xml").await.problem(400, "malformed");
    ask(&viewer, "/api/v1/admin/exports/people").await.problem(404, "not_found");
    ask(&buyer, "/api/v1/admin/exports/leads").await.problem(403, "forbidden");
    let own = text(ask(&buyer, "/api/v1/buyer/leads?format=jsonl").await);
    let items = ask(&buyer, "/api/v1/buyer/leads").await.body["items"].clone();
    let ids: Vec<_> = items.as_array().unwrap().iter().map(|row| row["lead_id"].clone()).collect();
    assert_eq!(objects(&own).iter().map(|row| row["lead"].clone()).collect::<Vec<_>>(), ids);
    ask(&buyer, "/api/v1/buyer/leads?format=pdf").await.problem(400, "malformed");
    world.stop().await;
}
