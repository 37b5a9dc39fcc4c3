//! Consent texts: written, checked, published, chosen by a campaign, shown by its form, and recognised on each lead.

use crate::{
    admin::{Operator, of_the_demo, operator, tenant},
    harness::{World, example},
};
use axum::http::Method;
use model::user::Role;
use serde_json::{Value, json};

const WORDS: &str = "By selecting \"{{button.label}}\" I sign electronically and authorize {{sellers.inline}} to make marketing \
     calls to me about car insurance at the phone number I entered, using an automatic telephone dialing system and an \
     artificial or prerecorded voice, even if my number is on a do-not-call list. My agreement is not a condition of any \
     purchase. I may withdraw it at any time at example.test/stop.";

fn text(body: &str) -> Value {
    json!({ "slug": "auto", "name": "Auto", "locale": "en-US", "wording": { "body": body, "button": "I agree" } })
}

async fn publish(admin: &Operator<'_>, id: &str, body: &str, note: &str) -> Value {
    let path = format!("texts/{id}");
    let mut wanted = text(body);
    wanted.as_object_mut().unwrap().remove("slug");
    admin.put(&path, "*", &wanted).await.made();
    admin.post_as(&format!("{path}/publish"), "*", &json!({ "note": note })).await.made()
}

impl Operator<'_> {
    async fn post_as(&self, path: &str, if_match: &str, body: &Value) -> crate::admin::Reply {
        self.ask(Method::POST, path, Some(if_match), Some(body)).await
    }

    /// Lets a campaign choose a text.
    async fn choose(&self, campaign: &str, consent: Value) -> crate::admin::Reply {
        let all = self.get("campaigns").await.made();
        let found = all["items"].as_array().unwrap().iter().find(|item| item["slug"] == campaign).unwrap();
        let path = format!("campaigns/{}", found["id"].as_str().unwrap());
        let mut have = self.get(&path).await;
        have.body["consent"] = consent;
        self.put(&path, &have.etag, &have.body).await
    }
}

#[tokio::test]
async fn a_text_is_checked_published_and_compared() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let refused = admin.post("texts", &json!({ "slug": "A b", "name": "", "locale": "english!" })).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["locale", "name", "slug"]);
    let made = admin.post("texts", &text("We may call you.")).await;
    assert_eq!((made.status, made.etag.as_str()), (201, "\"1\""), "{}", made.body);
    admin.post("texts", &text("x")).await.problem(409, "taken");
    let path = format!("texts/{}", made.id());

    // It cannot be published while elements are missing, and each is told.
    let refused = admin.post_as(&format!("{path}/publish"), "*", &json!({})).await;
    refused.problem(422, "invalid_configuration");
    let fields = refused.body["error"]["fields"].as_array().unwrap().clone();
    assert!(fields.iter().all(|fault| fault["field"] == "wording.body"), "{}", refused.body);
    let codes: Vec<_> = fields.iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"e004") && codes.contains(&"e012"), "{codes:?}");
    assert!(admin.get(&path).await.made()["versions"].as_array().unwrap().is_empty());

    let first = publish(&admin, &made.id(), WORDS, "First").await;
    assert_eq!((&first["versions"][0]["n"], &first["versions"][0]["note"]), (&json!(1), &json!("First")));
    assert!(first["versions"][0]["code"].as_str().unwrap().starts_with("ctv_"));
    assert_eq!(first["draft"], Value::Null);
    // Nothing is published twice, and who read an earlier revision is told.
    admin.post_as(&format!("{path}/publish"), "*", &json!({})).await.problem(409, "refused");
    let stale = admin.put(&path, "1", &json!({ "name": "Auto", "locale": "en-US", "wording": { "body": "x" } })).await;
    stale.problem(412, "version_conflict");
    let kept = admin.put(&path, "*", &json!({ "slug": "other", "name": "Auto", "locale": "en-US" })).await;
    assert_eq!(kept.fields(), ["slug"], "the short name stays");

    let second = publish(&admin, &made.id(), &WORDS.replace("car insurance", "auto insurance"), "").await;
    assert_eq!(second["versions"].as_array().unwrap().len(), 2);
    assert_eq!(second["versions"][0]["wording"]["body"], WORDS, "a version stays");
    let found = admin.get(&format!("{path}/difference?from=1&to=2")).await.made();
    let changed: Vec<_> =
        found["pieces"].as_array().unwrap().iter().filter(|piece| piece["kind"] != "same").cloned().collect();
    assert_eq!(changed, [json!({ "kind": "removed", "text": "car " }), json!({ "kind": "added", "text": "auto " })]);
    admin.get(&format!("{path}/difference?from=1&to=7")).await.problem(404, "not_found");
    let checked = admin.post("texts/check", &json!({ "wording": { "body": WORDS, "button": "I agree" } })).await.made();
    assert_eq!((&checked["findings"], &checked["invented"]), (&json!([]), &json!(true)));

    // Not everybody may; and what somebody did is written down.
    let viewer = operator(&world, &fresh, Role::Viewer).await;
    viewer.post("texts", &text("x")).await.problem(403, "forbidden");
    viewer.post_as(&format!("{path}/publish"), "*", &json!({})).await.problem(403, "forbidden");
    let lines =
        world.opened.store.tenant(fresh.id).activities(&store::ActivityFilter::default(), None, 50).await.unwrap();
    let done: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    for action in ["consent_text_made", "consent_text_saved", "consent_text_published"] {
        assert!(done.contains(&action), "{action} is missing in {done:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn whoever_wrote_a_draft_does_not_publish_it_with_four_eyes() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Admin).await;
    admin.put("options", "*", &json!({ "four_eyes": true })).await.made();
    let made = admin.post("texts", &text(WORDS)).await.id();
    let path = format!("texts/{made}/publish");
    admin.post_as(&path, "*", &json!({})).await.problem(403, "four_eyes");
    let other = operator(&world, &fresh, Role::Operator).await;
    other.post_as(&path, "*", &json!({})).await.made();
    world.stop().await;
}

#[tokio::test]
async fn a_campaign_chooses_a_text_and_each_lead_says_its_version() {
    let world = World::start().await;
    let admin = of_the_demo(&world, Role::Admin).await;
    let refused = admin.choose("auto-insurance", json!({ "text": "auto" })).await;
    assert_eq!(refused.fields(), ["consent.text"], "there is none");
    let id = admin.post("texts", &text(WORDS)).await.id();
    let refused = admin.choose("auto-insurance", json!({ "text": "auto" })).await;
    assert_eq!(refused.fields(), ["consent.text"], "nothing is published");
    let code = publish(&admin, &id, WORDS, "").await["versions"][0]["code"].clone();
    assert_eq!(admin.choose("auto-insurance", json!({ "known_only": true })).await.fields(), ["consent.text"]);
    admin.choose("auto-insurance", json!({ "text": "auto", "known_only": true })).await.made();

    // The source is told the words, with the sellers in them, and an example that is taken.
    let spec = world.client().get(world.url("/api/v1/campaigns/auto-insurance/spec")).bearer_auth(&world.api_key);
    let told = world.answer(spec).await.body["consent"].clone();
    let words = told["text"].as_str().unwrap().to_owned();
    assert_eq!(told["text_version"], code);
    assert!(words.contains("\"I agree\"") && !words.contains("{{"), "{words}");
    let sellers = admin.get(&format!("texts/{id}")).await.made()["campaigns"][0].clone();
    assert!(sellers["buyers"].as_array().unwrap().len() > 1 && sellers["unnamed"] == json!([]), "{sellers}");
    for seller in sellers["buyers"].as_array().unwrap() {
        assert!(words.contains(seller.as_str().unwrap()), "{seller} in {words}");
    }

    let send = |number: u32, consent: Value| {
        let mut lead = example(&format!("text-{number}"));
        lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
        lead["fields"]["email"] = json!(format!("text{number}@example.com"));
        lead["consent"] = consent;
        world.answer(world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.api_key).json(&lead))
    };
    let seen = async |lead: &Value| {
        let lead = lead["lead_id"].as_str().unwrap().parse().unwrap();
        let found = world.opened.store.tenant(world.market.tenant.id).lead_consent(lead).await.unwrap();
        found.map(|told| (told.seen.version, told.seen.standing.name()))
    };
    let first = send(1, json!({ "text": words, "signature": "checkbox" })).await;
    assert_eq!((first.status, seen(&first.body).await), (200, Some((Some(1), "published"))));
    // Other sellers, the same words.
    let others = words.replace(sellers["buyers"][0].as_str().unwrap(), "Granite Mutual Insurance Co.");
    assert_eq!(seen(&send(2, json!({ "text": others })).await.body).await, Some((Some(1), "published")));
    assert_eq!(seen(&send(3, json!({ "text_version": code })).await.body).await, Some((Some(1), "published")));
    for (number, consent, code) in [
        (4, json!({ "text": "I agree to calls." }), "unknown_text"),
        (5, json!({ "signature": "checkbox" }), "missing"),
    ] {
        let refused = send(number, consent).await;
        let fault = &refused.body["error"]["fields"][0];
        assert_eq!((refused.status, &fault["field"], &fault["code"]), (422, &json!("consent.text"), &json!(code)));
    }

    // An older version goes on being taken; that it is old is told.
    publish(&admin, &id, &WORDS.replace("car insurance", "auto insurance"), "Clearer").await;
    assert_eq!(seen(&send(6, json!({ "text": words })).await.body).await, Some((Some(1), "published")));
    let newest = words.replace("car insurance", "auto insurance");
    assert_eq!(seen(&send(7, json!({ "text": newest })).await.body).await, Some((Some(2), "published")));
    // Without the strict rule an unknown text is a stated defect of the lead, and no more.
    admin.choose("auto-insurance", json!({ "text": "auto" })).await.made();
    let unknown = send(8, json!({ "text": "I agree to calls." })).await;
    assert_eq!((unknown.status, seen(&unknown.body).await), (200, Some((None, "unknown"))));
    let uses = admin.get(&format!("texts/{id}")).await.made()["uses"].clone();
    let count = |version: Value| -> i64 {
        let own = uses.as_array().unwrap().iter().filter(|used| used["version"] == version);
        own.map(|used| used["leads"].as_i64().unwrap()).sum()
    };
    assert_eq!((count(json!(1)), count(json!(2)), count(Value::Null)), (4, 1, 1), "{uses}");
    let listed = admin.get("texts").await.made()["items"][0].clone();
    assert_eq!((&listed["leads"], &listed["sources"], &listed["version"]), (&json!(5), &json!(1), &json!(2)));

    let lead = unknown.body["lead_id"].as_str().unwrap();
    let page = world.signed_in("viewer").await.get(&format!("/leads/{lead}")).await;
    assert!(page.text.contains("These are the words of no published version."), "{}", page.text);
    let page = world.signed_in("viewer").await.get(&format!("/texts/{id}")).await;
    assert!(page.text.contains("is still on version 1"), "{}", page.text);
    world.stop().await;
}

#[tokio::test]
async fn our_form_shows_the_text_that_was_chosen() {
    let world = World::start().await;
    let admin = of_the_demo(&world, Role::Admin).await;
    let id = admin.post("texts", &text(WORDS)).await.id();
    publish(&admin, &id, WORDS, "").await;
    let twice = admin.choose("auto-insurance", json!({ "text": "auto" })).await;
    assert_eq!(twice.status, 200, "{}", twice.body);
    world.with_form_of(json!({ "button": "" })).await;
    let links = {
        let all = admin.get("campaigns").await.made();
        let found = all["items"].as_array().unwrap().iter().find(|item| item["slug"] == "auto-insurance").unwrap();
        admin.get(&format!("campaigns/{}/form", found["id"].as_str().unwrap())).await.made()
    };
    let embed = links["embed"].as_str().unwrap();
    assert!(embed.contains("By selecting &#34;I agree&#34; I sign electronically"), "{embed}");
    assert!(embed.contains(">I agree<") && embed.contains("ctv_"), "{embed}");
    // Words of its own beside the text are refused: nobody could say which were agreed to.
    let refused = world.own_words("I agree.").await;
    assert_eq!(refused.fields(), ["hosted_form.consent_text"]);
    world.stop().await;
}

#[tokio::test]
async fn a_configuration_carries_texts_and_never_changes_what_is_published() {
    let world = World::start().await;
    let (one, two) = (tenant(&world, "one").await, tenant(&world, "two").await);
    let (one, two) = (operator(&world, &one, Role::Operator).await, operator(&world, &two, Role::Operator).await);
    let id = one.post("texts", &text(WORDS)).await.id();
    publish(&one, &id, WORDS, "First").await;
    let mut campaign = crate::admin::campaign("home");
    campaign["consent"] = json!({ "text": "auto" });
    one.post("campaigns", &campaign).await.made();
    let mut config = one.get("config").await.made();
    assert_eq!(config["texts"][0]["versions"][0]["note"], "First");
    // A text and the campaign that chooses it come together.
    let done = two.put("config", "*", &config).await;
    assert!(done.sentences().iter().any(|line| line.contains("Consent text \"Auto\"")), "{}", done.body);
    assert_eq!(two.put("config", "*", &config).await.sentences(), [""; 0]);
    assert_eq!(two.get("config").await.body, one.get("config").await.body);

    let mut second = config["texts"][0]["versions"][0].clone();
    second["wording"]["body"] = json!(WORDS.replace("car insurance", "auto insurance"));
    config["texts"][0]["versions"].as_array_mut().unwrap().push(second.clone());
    let done = two.put("config", "*", &config).await;
    assert_eq!(done.sentences().len(), 1, "{}", done.body);
    // What a document leaves out stays, and what is published has the words it has.
    config["texts"][0]["versions"] = json!([]);
    assert_eq!(two.put("config", "*", &config).await.sentences(), [""; 0]);
    config["texts"][0]["versions"] = json!([second]);
    let refused = two.put("config", "*", &config).await;
    assert_eq!(refused.fields(), ["texts[0].versions[0]"]);
    let bad = json!({ "gavel_config": 1, "texts": [
        { "slug": "auto2", "name": "", "locale": "en", "versions": [{ "wording": { "body": "Call me." } }] }, { "slug": "x" },
    ]});
    let refused = two.put("config", "*", &bad).await;
    assert!(refused.fields().contains(&"texts[0].versions[0].wording.body".to_owned()), "{}", refused.body);
    assert!(
        refused.fields().contains(&"texts[1]".to_owned()) && refused.fields().contains(&"texts[0].name".to_owned())
    );
    world.stop().await;
}
