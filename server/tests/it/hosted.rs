//! The form of a campaign as consumers see it, without script.

use crate::{
    admin::of_the_demo,
    harness::{Page, World},
};
use model::user::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

const FORM: &str = "/f/demo/auto-insurance";
const TEXT: &str = "By ticking this box I agree to be called about car insurance at the number above.";

impl World {
    /// Switches the demo campaign's form on.
    pub async fn with_form(&self) -> Value {
        let operator = of_the_demo(self, Role::Admin).await;
        let source = self.id_of("sources", "own-form").await;
        let path = format!("campaigns/{}", self.id_of("campaigns", "auto-insurance").await);
        let mut campaign = operator.get(&path).await;
        campaign.body["hosted_form"] = json!({
            "active": true, "source_id": source, "title": "Cheaper <car> insurance", "intro": "Two minutes.",
            "consent_text": TEXT, "button": "Get my quotes", "privacy_url": "https://quotes.example/privacy",
        });
        campaign.body["consent_required"] = json!(true);
        operator.put(&path, &campaign.etag, &campaign.body).await.made();
        operator.get(&format!("{path}/form")).await.made()
    }

    /// Switches it on with other words than [`World::with_form`] has: those of a text that was chosen.
    pub async fn with_form_of(&self, form: Value) {
        let source = self.id_of("sources", "own-form").await;
        let mut own = json!({ "active": true, "source_id": source });
        own.as_object_mut().unwrap().extend(form.as_object().unwrap().clone());
        self.put_form(own).await.made();
    }

    /// Gives the form words of its own.
    pub async fn own_words(&self, words: &str) -> crate::admin::Reply {
        self.put_form(json!({ "consent_text": words })).await
    }

    async fn put_form(&self, form: Value) -> crate::admin::Reply {
        let operator = of_the_demo(self, Role::Admin).await;
        let path = format!("campaigns/{}", self.id_of("campaigns", "auto-insurance").await);
        let mut campaign = operator.get(&path).await;
        campaign.body["hosted_form"] = form;
        operator.put(&path, &campaign.etag, &campaign.body).await
    }

    async fn id_of(&self, kind: &str, slug: &str) -> String {
        let all = of_the_demo(self, Role::Admin).await.get(kind).await.made();
        let found = all["items"].as_array().unwrap().iter().find(|item| item["slug"] == slug).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }
}

/// The hidden values of a form.
fn hidden(text: &str) -> Vec<(String, String)> {
    let inputs = text.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").expect("a value");
            let value = rest.split('"').next().unwrap_or_default();
            (name.to_owned(), value.replace("&#38;", "&"))
        })
        .collect()
}

/// Fills a step in and presses a button.
async fn press(world: &World, page: &Page, answers: &[(&str, &str)], button: &str) -> Page {
    let carried = hidden(&page.text);
    let carried = carried.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<_> = carried.chain(answers.iter().copied()).chain([("form.do", button)]).collect();
    world.browser().post(FORM, &all).await
}

const OPEN: [(&str, &str); 5] =
    [("zip", "48226"), ("state", "MI"), ("age", "41"), ("currently_insured", "yes"), ("vehicle_count", "2")];
const PERSON: [(&str, &str); 5] = [
    ("first_name", "Dana"),
    ("last_name", "Reyes"),
    ("email", "dana@example.com"),
    ("phone", "(313) 555-0142"),
    ("consent.signature", "checkbox"),
];

/// Every step but the last, filled in.
async fn before_the_last(world: &World, query: &str) -> Page {
    let mut page = world.browser().get(&format!("{FORM}{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    while !page.text.contains("name=\"first_name\"") || page.text.contains("type=\"hidden\" name=\"first_name\"") {
        page = press(world, &page, &OPEN, "next").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    }
    page
}

#[tokio::test]
async fn somebody_fills_it_in_and_is_sold_once() {
    let world = World::start().await;
    assert_eq!(world.browser().get(FORM).await.status, StatusCode::NOT_FOUND, "it is switched off");
    let links = world.with_form().await;
    assert_eq!(links["active"], true);
    assert!(links["url"].as_str().unwrap().ends_with(FORM), "{links}");
    let embed = links["embed"].as_str().unwrap();
    for part in [
        "data-gavel",
        "/api/v1/forms/YOUR_PUBLISHABLE_KEY",
        "/form.js",
        "name=\"phone\"",
        TEXT,
        "value=\"auto-insurance\"",
    ] {
        assert!(embed.contains(part), "{part} in {embed}");
    }
    let first = world.browser().get(&format!("{FORM}?sub1=fb&click_id=ef_9&other=x")).await;
    assert!(first.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    assert!(
        first.text.contains("Cheaper &#60;car&#62; insurance") && first.text.contains("Step 1 of "),
        "{}",
        first.text
    );
    assert!(!first.text.contains("<script") && !first.text.contains("style="), "{}", first.text);
    assert!(hidden(&first.text).contains(&("sub1".into(), "fb".into())));
    let last = before_the_last(&world, "?sub1=fb&click_id=ef_9").await;
    assert!(last.text.contains(TEXT) && last.text.contains(">Get my quotes<"), "{}", last.text);
    assert!(last.text.contains("autocomplete=\"tel\"") && last.text.contains("inputmode=\"tel\""), "{}", last.text);

    let quick = press(&world, &last, &PERSON, "next").await;
    assert_eq!(quick.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(quick.text.contains("quicker than a person") && quick.text.contains("value=\"Reyes\""), "{}", quick.text);
    world.clock.advance_millis(20_000);
    let sold = press(&world, &last, &PERSON, "next").await;
    assert_eq!(sold.status, StatusCode::SEE_OTHER, "{}", sold.text);
    let on = sold.location.clone().unwrap();
    assert!(on.starts_with("http"), "{on}");
    world.clock.advance_millis(1_000);
    let again = press(&world, &last, &PERSON, "next").await;
    assert_eq!((again.status, again.location), (StatusCode::SEE_OTHER, Some(on)));
    let bought = world.sold_by_buyers().await;
    assert_eq!(bought.len(), 1, "a double click sells nothing twice");
    let mut other = PERSON;
    other[0].1 = "Al";
    let third = press(&world, &last, &other, "next").await;
    assert_eq!(third.location.as_deref(), Some("/f/demo/auto-insurance/thanks"), "the first counts");
    let thanks = world.browser().get(&third.location.unwrap()).await;
    assert!(thanks.text.contains("We have received what you sent."), "{}", thanks.text);

    let admin = world.signed_in("admin").await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let page = rows.leads_page(&store::LeadFilter::default(), &model::page::Cursor::Newest, 10).await.unwrap();
    let lead = rows.lead_detail(page.rows[0].id).await.unwrap();
    assert_eq!((lead.row.source.as_str(), page.rows.len()), ("Own form", 1));
    assert_eq!((lead.tracking.sub1.as_deref(), lead.tracking.click_id.as_deref()), (Some("fb"), Some("ef_9")));
    let shown = world.reveal(&admin, &page.rows[0].id.to_string()).await;
    for kept in [TEXT, "ctv_", "127.0.0.1", "checkbox"] {
        assert!(shown.contains(kept), "{kept}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_it_and_nothing_is_lost() {
    let world = World::start().await;
    world.with_form().await;
    let first = world.browser().get(FORM).await;
    let mut wrong = OPEN;
    wrong[0].1 = "1";
    let told = press(&world, &first, &wrong, "next").await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "id=\"f-zip-fault\">Enter a ZIP code of five digits",
        "aria-invalid=\"true\" aria-describedby=\"f-zip-fault\"",
        "<a href=\"#f-zip\">",
        "role=\"alert\"",
        "<title>Please check: ",
        "<option value=\"MI\" selected>",
        "value=\"1\"",
    ] {
        assert!(told.text.contains(part), "{part} in {}", told.text);
    }
    let last = before_the_last(&world, "").await;
    world.clock.advance_millis(20_000);
    let person = [("first_name", "Dana"), ("last_name", "<b>"), ("email", "dana"), ("phone", "(313) 555-0142")];
    let told = press(&world, &last, &person, "next").await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in
        ["2 things are to be put right.", "Enter an e-mail address", "Tick this box to go on.", "value=\"&#60;b&#62;\""]
    {
        assert!(told.text.contains(part), "{part} in {}", told.text);
    }
    let back = press(&world, &told, &person, "back").await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(hidden(&back.text).contains(&("phone".into(), "(313) 555-0142".into())), "{}", back.text);

    let trapped = [&PERSON[..], &[("fax_extension_for_office_use", "1")]].concat();
    let told = press(&world, &last, &trapped, "next").await;
    assert!(told.status == StatusCode::UNPROCESSABLE_ENTITY && told.text.contains("a box that people do not see"));
    world.clock.advance_millis(25 * 3_600_000);
    let stale = press(&world, &last, &PERSON, "next").await;
    assert!(stale.text.contains("open for a long time") && stale.text.contains("value=\"Reyes\""), "{}", stale.text);
    world.clock.advance_millis(20_000);
    assert_eq!(press(&world, &stale, &PERSON, "next").await.status, StatusCode::SEE_OTHER, "with its new stamp");
    let forged = [("form.step", "9"), ("form.stamp", "1.2.3"), ("form.do", "next")];
    let forged = [&OPEN[..], &PERSON[..], &forged[..]].concat();
    assert_eq!(world.browser().post(FORM, &forged).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = world.browser().post_with(FORM, &forged, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    world.stop().await;
}

#[tokio::test]
async fn an_address_sends_a_few_and_a_test_reaches_no_buyer() {
    let world = World::start().await;
    world.with_form().await;
    let test = before_the_last(&world, "").await;
    world.clock.advance_millis(20_000);
    let marked = world.browser().get(&format!("{FORM}?test")).await;
    assert!(
        marked.text.contains("<strong>TEST.</strong>")
            && marked.text.contains("action=\"/f/demo/auto-insurance?test\"")
    );
    let mut limited = None;
    for n in 0..12 {
        let email = format!("dana{n}@example.com");
        let mut person = PERSON;
        person[2].1 = &email;
        let answer = press(&world, &test, &person, "next").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("a limit");
    assert_eq!(limited.header("retry-after"), "10");
    assert!(limited.text.contains("Too many forms") && limited.text.contains("value=\"Reyes\""), "{}", limited.text);
    let operator = of_the_demo(&world, Role::Admin).await;
    let path = format!("campaigns/{}", world.id_of("campaigns", "auto-insurance").await);
    let mut campaign = operator.get(&path).await;
    campaign.body["hosted_form"] = json!({ "active": true, "privacy_url": "x" });
    let refused = operator.put(&path, &campaign.etag, &campaign.body).await;
    let wanted = ["hosted_form.consent_text", "hosted_form.privacy_url", "hosted_form.source_id"];
    assert_eq!(refused.fields(), wanted, "{}", refused.body);
    world.stop().await;
}
