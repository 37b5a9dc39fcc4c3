//! Leads that come straight from the browser of whoever filled in a form. What the server saw itself is put into the record of
//! the consent, and the answer is for a page that everybody can open: where to go next, and nothing of what was earned.

use super::{
    Services,
    intake::{Caller, Refusal},
};
use crate::pipeline::body_digest;
use model::{Timestamp, lead::Answer};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// What the server saw of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its address.
    pub address: IpAddr,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// The page it was on.
    pub page: Option<String>,
}

/// Longest text that is kept of a header, in characters.
const LONGEST: usize = 1000;

impl Services {
    /// Takes a lead in and sells it. What identifies a repeat is kept apart from what the source's own programs use: nobody who
    /// looks at a page can take an id that they will need.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing was stored then.
    pub async fn submit_from_page(
        &self,
        caller: Caller,
        mut body: Value,
        key: Option<String>,
        seen: &Seen,
    ) -> Result<Answer, Refusal> {
        // Sent again a moment later it is still the same, whatever is added below.
        let came = body_digest(&body);
        if let Value::Object(members) = &mut body {
            witness(members, seen, self.clock.now());
        }
        let own = body.get("external_id").and_then(Value::as_str).map(|id| format!("page id {id}"));
        let key = key.map(|key| format!("page {key}")).or(own);
        let answer = self.pipeline.submit_as(caller, body, key, came).await?;
        Ok(Answer { payout: None, reason: None, ..answer })
    }
}

/// Puts into the record of a consent what the server saw. A text without an act is no consent: a form sends the text whether
/// the box was ticked or not.
pub(super) fn witness(members: &mut Map<String, Value>, seen: &Seen, now: Timestamp) {
    let Some(Value::Object(consent)) = members.get_mut("consent") else { return };
    let acted = consent.get("signature").and_then(Value::as_str).is_some_and(|act| !act.trim().is_empty());
    if !acted {
        members.shift_remove("consent");
        return;
    }
    let absent = |consent: &Map<String, Value>, name: &str| {
        consent
            .get(name)
            .is_none_or(|value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()))
    };
    // A page cannot know the address it is seen under; what it says of it is made up.
    consent.insert("ip".to_owned(), seen.address.to_string().into());
    let kept = |text: &String| Value::from(text.chars().take(LONGEST).collect::<String>());
    for (name, value) in [
        ("granted_at", Some(Value::from(now.to_string()))),
        ("user_agent", seen.user_agent.as_ref().map(kept)),
        ("page_url", seen.page.as_ref().map(kept)),
    ] {
        if let Some(value) = value.filter(|_| absent(consent, name)) {
            consent.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(consent: &Value) -> Value {
        let seen = Seen {
            address: "203.0.113.9".parse().unwrap(),
            user_agent: Some("Browser/1".to_owned()),
            page: Some("https://quotes.example/auto".to_owned()),
        };
        let mut body = json!({ "consent": consent });
        witness(body.as_object_mut().unwrap(), &seen, Timestamp(0));
        body["consent"].clone()
    }

    #[test]
    fn what_was_seen_is_in_the_record() {
        let told = after(&json!({ "text": "I agree.", "signature": "checkbox", "ip": "1.2.3.4", "page_url": " " }));
        let wanted = json!({
            "text": "I agree.", "signature": "checkbox", "ip": "203.0.113.9", "page_url": "https://quotes.example/auto",
            "granted_at": Timestamp(0).to_string(), "user_agent": "Browser/1",
        });
        assert_eq!(told, wanted);
        let own = json!({ "signature": "button", "granted_at": "2026-05-07T19:04:11Z", "user_agent": "Own/2" });
        let told = after(&own);
        assert_eq!((&told["granted_at"], &told["user_agent"]), (&json!("2026-05-07T19:04:11Z"), &json!("Own/2")));
    }

    #[test]
    fn a_text_without_an_act_is_no_consent() {
        assert_eq!(after(&json!({ "text": "I agree." })), Value::Null);
        assert_eq!(after(&json!({ "text": "I agree.", "signature": "" })), Value::Null);
        assert_eq!(after(&json!("yes")), json!("yes"), "what is no record is refused by the reading of leads");
    }
}
