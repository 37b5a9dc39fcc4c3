//! How each platform says what it has decided, in its own words and shape (contracts/*.md).

use super::said::{No, Reply, Said};
use serde_json::{Value, json};

pub(super) const JSON: &str = "application/json";
pub(super) const XML: &str = "text/xml";
pub(super) const TEXT: &str = "text/plain";

fn object(status: u16, mut body: Value, said: &Said, price: &str, redirect: &str) -> Reply {
    if let Ok(Some(value)) = &said.price {
        body[price] = value.clone();
    }
    if let (Ok(_), Some(url), false) = (&said.price, said.redirect, redirect.is_empty()) {
        body[redirect] = url.into();
    }
    (status, JSON, body.to_string())
}

fn element(name: &str, text: Option<&str>) -> String {
    text.map(|text| format!("<{name}>{text}</{name}>")).unwrap_or_default()
}

/// The answer of a boberdoo account, with the price where it stands in it.
fn boberdoo_with(said: &Said, status: &str, price: &str) -> Reply {
    let inner = match &said.price {
        Ok(_) if said.later => format!("<status>Queued</status><lead_id>{}</lead_id>", said.token),
        Ok(_) => {
            let to = element("redirect_url", said.redirect);
            format!("<status>{status}</status><lead_id>{}</lead_id>{price}{to}", said.token)
        }
        Err(No::Nobody) => "<status>Unmatched</status>".to_owned(),
        Err(no) => format!("<status>Error</status><error>{}</error>", no.words()),
    };
    (200, XML, format!("<?xml version=\"1.0\"?><response>{inner}</response>"))
}

pub(super) fn boberdoo(said: &Said) -> Reply {
    boberdoo_with(said, "Matched", &element("price", said.amount().as_deref()))
}

/// With `Return_Lead_Cost`.
pub(super) fn boberdoo_cost(said: &Said) -> Reply {
    boberdoo_with(said, "Matched", &element("cost", said.amount().as_deref()))
}

pub(super) fn boberdoo_best_bid(said: &Said) -> Reply {
    let bid = said.amount();
    let best = element("best_bid", bid.as_deref());
    let own = element("seller_lead_bid", bid.as_deref());
    let detail = format!(
        "<process_information><total_bids>1</total_bids><bid_mode>ping</bid_mode><unmatched_reason/>{best}\
         </process_information><bids><bid><bid_id>679</bid_id><seller_company_name>Testing Company\
         </seller_company_name><seller_html/>{own}</bid></bids>"
    );
    boberdoo_with(said, "Matched", &detail)
}

/// Of a ping it says whether it matched, of a post only that it came.
pub(super) fn boberdoo_short(said: &Said) -> Reply {
    boberdoo_with(said, "Success", &element("price", said.amount().as_deref()))
}

pub(super) fn boberdoo_escaped(said: &Said) -> Reply {
    let (status, kind, body) = boberdoo(said);
    let twice = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    (status, kind, twice)
}

pub(super) fn boberdoo_json(said: &Said) -> Reply {
    let inner = match &said.price {
        Ok(_) => json!({ "status": "Matched", "lead_id": said.token }),
        Err(No::Nobody) => json!({ "status": "Unmatched" }),
        Err(no) => json!({ "status": "Error", "error": [no.words(), "See the specification"] }),
    };
    let (status, kind, inner) = object(200, inner, said, "price", "redirect_url");
    (status, kind, format!("{{\"response\":{inner}}}"))
}

/// Both steps in one: who took it stands in the answer.
pub(super) fn boberdoo_full(said: &Said) -> Reply {
    let price = element("price", said.amount().as_deref());
    let partners = "<partners><partner><partner_id>7</partner_id><name>Testing Company</name></partner></partners>";
    boberdoo_with(said, "Matched", &format!("{price}{partners}"))
}

pub(super) fn leadspedia(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "result": "success", "ping_id": said.token, "lead_id": said.token, "msg": "Accepted" }),
        // Some installations list texts, others objects.
        Err(no @ (No::Geo | No::Criteria)) => json!({ "result": "failed", "msg": "Rejected", "errors": [no.words()] }),
        Err(no) => json!({ "result": "failed", "msg": "Rejected", "errors": [{ "error": no.words() }] }),
    };
    object(200, body, said, "price", "redirect_url")
}

pub(super) fn leadspedia_xml(said: &Said) -> Reply {
    let inner = match said.price {
        Ok(_) => {
            let price = element("price", said.amount().as_deref());
            let ids = format!("<ping_id>{0}</ping_id><lead_id>{0}</lead_id>", said.token);
            let to = element("redirect_url", said.redirect);
            format!("<result>success</result>{price}{ids}<msg>Accepted</msg>{to}")
        }
        Err(no) => {
            format!("<result>failed</result><msg>Rejected</msg><errors><error>{}</error></errors>", no.words())
        }
    };
    (200, XML, format!("<response>{inner}</response>"))
}

pub(super) fn phonexa_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "continue", "promise": said.token }),
        Err(No::Auth) => json!({ "status": 4, "errors": { "Authorization Failed": "" } }),
        Err(No::Field) => json!({ "status": 4, "errors": [{ "zip": "required" }] }),
        Err(no) => json!({ "status": "reject", "reason": no.words() }),
    };
    object(200, body, said, "price", "")
}

pub(super) fn phonexa_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) if said.later => json!({ "lead_id": said.token, "status": 3, "status_text": "in progress" }),
        Ok(_) => json!({ "lead_id": said.token, "status": 1, "status_text": "sold", "timestamp": 1_464_879_427.225_3 }),
        Err(No::Auth) => json!({ "status": 4, "errors": { "Authorization Failed": "" } }),
        Err(No::Field) => json!({ "status": 4, "errors": [{ "loanAmount": "required", "firstName": "required" }] }),
        Err(No::Own("5")) => json!({ "status": 5, "status_text": "not found" }),
        Err(No::Own(_)) => json!({ "lead_id": "23", "status": 2, "status_text": "reject", "price_reject": 3.5 }),
        Err(no) => json!({ "lead_id": "23", "status": 2, "status_text": "reject", "reason": no.words() }),
    };
    object(200, body, said, if said.later { "none" } else { "price" }, "redirect_url")
}

/// Where the flow itself does not take the request.
fn leadconduit_http(no: No) -> Option<Reply> {
    let No::Own(status) = no else { return None };
    let words = match status {
        "400" => "Unable to parse JSON -- unexpected end",
        "405" => "The request method is not allowed",
        "406" => "Not capable of generating content according to the Accept header",
        "415" => "MIME type not supported",
        _ => return None,
    };
    Some((status.parse().ok()?, TEXT, words.to_owned()))
}

const fn outcome(no: No) -> (&'static str, &'static str) {
    match no {
        No::Own(_) => ("error", "internal problem"),
        no => ("failure", no.words()),
    }
}

/// Its ping names no id, and a bid of nothing is none.
pub(super) fn leadconduit_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "outcome": "success" }),
        Err(No::Nobody) => json!({ "outcome": "failure", "reason": "no bid", "price": 0 }),
        Err(no) => match leadconduit_http(no) {
            Some(reply) => return reply,
            None => json!({ "outcome": outcome(no).0, "reason": outcome(no).1, "price": 0 }),
        },
    };
    object(200, body, said, "price", "")
}

/// 201, accepted or not.
pub(super) fn leadconduit_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "outcome": "success", "lead": { "id": said.token }, "price": 0 }),
        Err(no) => match leadconduit_http(no) {
            Some(reply) => return reply,
            None => {
                json!({ "outcome": outcome(no).0, "reason": outcome(no).1, "lead": { "id": said.token }, "price": 0 })
            }
        },
    };
    object(201, body, said, "price", "")
}

/// What an answer of a flow says beside its form: the outcome, the reason and the price.
fn leadconduit_parts(said: &Said) -> Result<(&'static str, &'static str, String), Reply> {
    match said.price {
        Ok(_) => Ok(("success", "", said.amount().unwrap_or_else(|| "0".to_owned()))),
        Err(no) => match leadconduit_http(no) {
            Some(reply) => Err(reply),
            None => Ok((outcome(no).0, outcome(no).1, "0".to_owned())),
        },
    }
}

pub(super) fn leadconduit_xml(said: &Said) -> Reply {
    match leadconduit_parts(said) {
        Err(reply) => reply,
        Ok((outcome, reason, price)) => {
            let lead = format!("<lead><id>{}</id></lead>", said.token);
            let inner = format!("<outcome>{outcome}</outcome><reason>{reason}</reason>{lead}<price>{price}</price>");
            (201, XML, format!("<?xml version=\"1.0\"?><result>{inner}</result>"))
        }
    }
}

pub(super) fn leadconduit_classic(said: &Said) -> Reply {
    match leadconduit_parts(said) {
        Err(reply) => reply,
        Ok((outcome, reason, price)) => {
            let url = format!("<url><![CDATA[https://app.leadconduit.com/leads?id={}]]></url>", said.token);
            let inner = format!(
                "<result>{outcome}</result><reason>{reason}</reason><leadId>{}</leadId>{url}<price>{price}</price>",
                said.token
            );
            let dtd = "<!DOCTYPE response SYSTEM \"https://app.leadconduit.com/dtd/response-v2-basic.dtd\">";
            (201, XML, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{dtd}<response>{inner}</response>"))
        }
    }
}

pub(super) fn leadconduit_text(said: &Said) -> Reply {
    match leadconduit_parts(said) {
        Err(reply) => reply,
        Ok((outcome, reason, price)) => {
            let lines = format!("lead_id:{}\noutcome:{outcome}\nreason:{reason}\nprice:{price}\n", said.token);
            (201, TEXT, lines)
        }
    }
}

fn leadprosper_with(said: &Said, price: &str) -> Reply {
    let (status, body) = match said.price {
        Ok(_) => (
            200,
            json!({ "status": "ACCEPTED", "ping_id": said.token, "lead_id": said.token, "code": 0, "message": "" }),
        ),
        Err(No::Duplicate) => (409, json!({ "status": "DUPLICATED", "code": 2, "message": "" })),
        Err(No::Field) => (422, json!({ "status": "ERROR", "message": "field `affid` is required" })),
        Err(No::Auth) => (401, json!({ "status": "ERROR", "message": "Invalid lp_key for this supplier" })),
        Err(No::Own(status)) => (200, json!({ "status": status, "message": "" })),
        Err(no) => (200, json!({ "status": "REJECTED", "message": no.words() })),
    };
    object(status, body, said, price, "")
}

pub(super) fn leadprosper(said: &Said) -> Reply {
    leadprosper_with(said, "payout")
}

/// Accounts that call it a bid.
pub(super) fn leadprosper_bid(said: &Said) -> Reply {
    leadprosper_with(said, "bid")
}

pub(super) fn px(said: &Said) -> Reply {
    object(200, px_body(said), said, "Payout", "RedirectUrl")
}

fn px_body(said: &Said) -> Value {
    match said.price {
        Ok(_) => json!({ "Success": true, "TransactionId": said.token }),
        Err(no) => json!({ "Success": false, "TransactionId": said.token, "Message": no.words() }),
    }
}

/// Two legs that are sold together.
pub(super) fn px_legs(said: &Said) -> Reply {
    let mut body = px_body(said);
    if let Ok(price) = &said.price {
        let rest = if price.is_some() { json!(0) } else { Value::Null };
        body["Legs"] = json!([{ "Hash": "a1", "Payout": price }, { "Hash": "b2", "Payout": rest }]);
    }
    (200, JSON, body.to_string())
}

/// One-to-one: each brand bids for itself.
pub(super) fn px_brands(said: &Said) -> Reply {
    let mut body = px_body(said);
    if let Ok(price) = &said.price {
        let other = json!({ "PxId": "17", "Name": "Other Brand", "Bid": price.as_ref().map(|_| 0) });
        body["Brands"] = json!([other, { "PxId": "18", "Name": "Testing Brand", "Bid": price }]);
    }
    (200, JSON, body.to_string())
}

pub(super) fn jangl(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "success", "auth_code": said.token, "lead_id": said.token }),
        Err(No::Expired | No::Unpinged) => json!({ "status": "re-ping" }),
        Err(no) => json!({ "status": "denied", "reason": no.words() }),
    };
    object(200, body, said, "price", "redirect_url")
}

pub(super) fn mediaalpha_ping(said: &Said) -> Reply {
    let body = match &said.price {
        Ok(price) => {
            let buyers =
                json!([{ "bid_id": "b1", "bid": price.as_ref().map(|_| 0) }, { "bid_id": "b2", "bid": price }]);
            json!({ "time": 0.2, "ping_id": said.token, "buyers": buyers })
        }
        Err(No::Nobody) => json!({ "ping_id": said.token, "buyers": [], "status": "no_bids" }),
        Err(no) => json!({ "error": no.words() }),
    };
    (200, JSON, body.to_string())
}

pub(super) fn mediaalpha_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "succeeded", "ping_id": said.token }),
        Err(no) => json!({ "status": "failed", "error": no.words() }),
    };
    object(200, body, said, "revenue", "")
}

pub(super) fn modernize(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "success", "pingToken": said.token }),
        Err(no) => json!({ "status": "error", "message": no.words() }),
    };
    object(200, body, said, "price", "")
}

pub(super) fn path_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "available_buyer": 1, "request_id": said.token }),
        Err(no) => json!({ "available_buyer": 0, "reason": no.words() }),
    };
    object(200, body, said, "bid", "")
}

pub(super) fn path_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "success": true, "lead_id": said.token }),
        Err(no) => json!({ "success": false, "reason": no.words() }),
    };
    object(200, body, said, "bid", "")
}

pub(super) fn webhook(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) if said.later => json!({ "accepted": "queued", "id": said.token }),
        Err(No::Own(_)) => return (404, TEXT, "there is no such lead".to_owned()),
        Ok(_) => json!({ "accepted": true, "id": said.token }),
        Err(no) => json!({ "accepted": false, "reason": no.words() }),
    };
    object(200, body, said, if said.later { "none" } else { "price" }, "redirect_url")
}

/// Only its status says anything.
pub(super) fn crm(said: &Said) -> Reply {
    let (status, words) = match said.price {
        Ok(_) => (204, ""),
        Err(No::Duplicate) => (409, "exists"),
        Err(No::Auth) => (403, "no"),
        Err(No::Cap) => (429, "slow down"),
        Err(No::Field) => (422, "unprocessable"),
        Err(no) => (400, no.words()),
    };
    (status, TEXT, words.to_owned())
}
