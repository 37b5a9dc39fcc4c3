//! What each platform wants and how it answers (contracts/*.md). Everything here is said as the platform says it.

use serde_json::{Value, json};

/// How a body has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Form,
    Json,
}

/// Where a credential stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Member(&'static str),
    Header(&'static str, &'static str),
    Path,
    Query(&'static str),
}

/// One of a platform's addresses.
pub(super) struct Door {
    /// `*` is any one part.
    pub(super) path: &'static str,
    pub(super) needs: &'static [&'static str],
    pub(super) answer: fn(&Said) -> Reply,
}

/// A platform as a buyer.
pub(super) struct Dialect {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) keys: &'static [Key],
    /// Its names for the ZIP code and the phone number.
    pub(super) zip: &'static str,
    pub(super) phone: &'static str,
    /// Where a post names the ping's token: a member, nothing for a part of the path. Without one, posts stand alone.
    pub(super) token: Option<&'static str>,
    pub(super) ping: Option<Door>,
    pub(super) post: Door,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum No {
    Geo,
    Cap,
    Duplicate,
    Criteria,
    Hours,
    Field,
    Auth,
    Nobody,
    Expired,
}

impl No {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Geo => "No coverage in this area",
            Self::Cap => "Monthly cap reached",
            Self::Duplicate => "Duplicate lead",
            Self::Criteria => "Outside of the filter criteria",
            Self::Hours => "Closed: outside business hours",
            Self::Field => "Missing required field",
            Self::Auth => "Unauthorized: unknown credential",
            Self::Nobody => "No buyer found",
            Self::Expired => "Ping id expired",
        }
    }
}

/// What it has decided.
pub(super) struct Said {
    /// The price as it writes it, none when it does not say; or why not.
    pub(super) price: Result<Option<Value>, No>,
    pub(super) token: String,
    pub(super) redirect: Option<&'static str>,
    pub(super) later: bool,
}

/// Status, content type, body.
pub(super) type Reply = (u16, &'static str, String);

const JSON: &str = "application/json";

fn object(status: u16, mut body: Value, said: &Said, price: &str, redirect: &str) -> Reply {
    if let Ok(Some(value)) = &said.price {
        body[price] = value.clone();
    }
    if let (Ok(_), Some(url), false) = (&said.price, said.redirect, redirect.is_empty()) {
        body[redirect] = url.into();
    }
    (status, JSON, body.to_string())
}

fn amount(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn boberdoo(said: &Said) -> Reply {
    let inner = match &said.price {
        Ok(price) => {
            let price = price.as_ref().map(|price| format!("<price>{}</price>", amount(price))).unwrap_or_default();
            let to = said.redirect.map(|url| format!("<redirect_url>{url}</redirect_url>")).unwrap_or_default();
            format!("<status>Matched</status><lead_id>{}</lead_id>{price}{to}", said.token)
        }
        Err(No::Nobody) => "<status>Unmatched</status>".to_owned(),
        Err(no) => format!("<status>Error</status><error>{}</error>", no.words()),
    };
    (200, "text/xml", format!("<?xml version=\"1.0\"?><response>{inner}</response>"))
}

fn leadspedia(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "result": "success", "ping_id": said.token, "lead_id": said.token, "msg": "Accepted" }),
        // Some installations list texts, others objects.
        Err(no @ (No::Geo | No::Criteria)) => json!({ "result": "failed", "msg": "Rejected", "errors": [no.words()] }),
        Err(no) => json!({ "result": "failed", "msg": "Rejected", "errors": [{ "error": no.words() }] }),
    };
    object(200, body, said, "price", "redirect_url")
}

fn phonexa_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "continue", "promise": said.token }),
        Err(no) => json!({ "status": "reject", "reason": no.words() }),
    };
    object(200, body, said, "price", "")
}

fn phonexa_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) if said.later => json!({ "lead_id": said.token, "status": 3, "status_text": "in progress" }),
        Ok(_) => json!({ "lead_id": said.token, "status": 1, "status_text": "sold", "timestamp": 1_464_879_427.225_3 }),
        Err(No::Auth) => json!({ "status": 4, "errors": { "Authorization Failed": "" } }),
        Err(No::Field) => json!({ "status": 4, "errors": [{ "firstName": "required" }] }),
        Err(no) => {
            json!({ "lead_id": "23", "status": 2, "status_text": "reject", "reason": no.words(), "price_reject": 3.5 })
        }
    };
    object(200, body, said, if said.later { "none" } else { "price" }, "redirect_url")
}

fn leadconduit_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "outcome": "success" }),
        Err(no) => json!({ "outcome": "failure", "reason": no.words(), "price": 0 }),
    };
    object(200, body, said, "price", "")
}

/// 201, accepted or not.
fn leadconduit_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "outcome": "success", "lead": { "id": said.token }, "price": 0 }),
        Err(no) => json!({ "outcome": "failure", "reason": no.words(), "lead": { "id": said.token }, "price": 0 }),
    };
    object(201, body, said, "price", "")
}

fn leadprosper(said: &Said) -> Reply {
    let (status, body) = match said.price {
        Ok(_) => (
            200,
            json!({ "status": "ACCEPTED", "ping_id": said.token, "lead_id": said.token, "code": 0, "message": "" }),
        ),
        Err(No::Duplicate) => (409, json!({ "status": "DUPLICATED", "code": 2, "message": "" })),
        Err(No::Field) => (422, json!({ "status": "ERROR", "message": "field `affid` is required" })),
        Err(no) => (200, json!({ "status": "REJECTED", "message": no.words() })),
    };
    object(status, body, said, "payout", "")
}

fn leadbyte(said: &Said) -> Reply {
    let code = match said.price {
        Ok(_) => 1,
        Err(No::Duplicate) => -2,
        Err(No::Cap) => -4,
        Err(No::Field) => -5,
        Err(No::Auth) => -7,
        Err(No::Hours) => -9,
        Err(No::Geo) => -14,
        Err(No::Criteria | No::Nobody | No::Expired) => -11,
    };
    let words = said.price.as_ref().err().map_or("OK", |no| no.words());
    let id = if code == 1 { Value::from(said.token.clone()) } else { Value::Null };
    (200, JSON, json!({ "code": code, "response": words, "info": [], "leadId": id, "processTime": 0.12 }).to_string())
}

fn leadexec(said: &Said) -> Reply {
    // Some are told by number, some by name.
    let (kind, words) = match said.price {
        Ok(_) => ("No_Error", "Lead was accepted"),
        Err(No::Duplicate) => ("Duplicate_Lead", "Duplicate"),
        Err(No::Cap) => ("8", "Over"),
        Err(No::Field) => ("Data_Errors", "Errors"),
        Err(No::Auth) => ("4", "No account"),
        Err(No::Hours) => ("Account_Disabled", "Disabled"),
        Err(No::Geo | No::Criteria | No::Nobody | No::Expired) => ("5", "Outside"),
    };
    let (valid, id) = (said.price.is_ok(), if said.price.is_ok() { said.token.as_str() } else { "0" });
    let price = said.price.as_ref().ok().and_then(Option::as_ref).map_or_else(|| "0".to_owned(), amount);
    let to = said.redirect.unwrap_or_default();
    let body = format!(
        "<PostResponse><PostID>9f0c2c1e</PostID><isValidPost>{valid}</isValidPost><ResponseType>{kind}</ResponseType>\
         <ResponseDetails>{words}</ResponseDetails><LeadIdentifier>{id}</LeadIdentifier>\
         <PendingQCReview>{}</PendingQCReview><Price>{price}</Price><RedirectURL>{to}</RedirectURL></PostResponse>",
        said.later
    );
    (200, "text/xml", body)
}

fn px(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "Success": true, "TransactionId": said.token }),
        Err(no) => json!({ "Success": false, "TransactionId": said.token, "Message": no.words() }),
    };
    object(200, body, said, "Payout", "RedirectUrl")
}

fn jangl(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "success", "auth_code": said.token, "lead_id": said.token }),
        Err(No::Expired) => json!({ "status": "re-ping" }),
        Err(no) => json!({ "status": "denied", "reason": no.words() }),
    };
    object(200, body, said, "price", "redirect_url")
}

fn mediaalpha_ping(said: &Said) -> Reply {
    let body = match &said.price {
        Ok(price) => {
            let buyers = json!([{ "bid_id": "b1", "bid": 0 }, { "bid_id": "b2", "bid": price }]);
            json!({ "time": 0.2, "ping_id": said.token, "buyers": buyers })
        }
        Err(No::Nobody) => json!({ "ping_id": said.token, "buyers": [], "status": "no_bids" }),
        Err(no) => json!({ "error": no.words() }),
    };
    (200, JSON, body.to_string())
}

fn mediaalpha_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "succeeded", "ping_id": said.token }),
        Err(no) => json!({ "status": "failed", "error": no.words() }),
    };
    object(200, body, said, "revenue", "")
}

fn modernize(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "status": "success", "pingToken": said.token }),
        Err(no) => json!({ "status": "error", "message": no.words() }),
    };
    object(200, body, said, "price", "")
}

fn path_ping(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "available_buyer": 1, "request_id": said.token }),
        Err(no) => json!({ "available_buyer": 0, "reason": no.words() }),
    };
    object(200, body, said, "bid", "")
}

fn path_post(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "success": true, "lead_id": said.token }),
        Err(no) => json!({ "success": false, "reason": no.words() }),
    };
    object(200, body, said, "bid", "")
}

fn webhook(said: &Said) -> Reply {
    let body = match said.price {
        Ok(_) => json!({ "accepted": true, "id": said.token }),
        Err(no) => json!({ "accepted": false, "reason": no.words() }),
    };
    object(200, body, said, "price", "redirect_url")
}

/// Only its status says anything.
fn crm(said: &Said) -> Reply {
    let (status, words) = match said.price {
        Ok(_) => (204, ""),
        Err(No::Duplicate) => (409, "exists"),
        Err(No::Auth) => (403, "no"),
        Err(No::Cap) => (429, "slow down"),
        Err(No::Field) => (422, "unprocessable"),
        Err(no) => (400, no.words()),
    };
    (status, "text/plain", words.to_owned())
}

/// Every platform.
pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "boberdoo",
        kind: Kind::Form,
        keys: &[Key::Member("Key")],
        zip: "Zip",
        phone: "Primary_Phone",
        token: Some("Lead_ID"),
        ping: Some(Door {
            path: "new_api/api.php?Mode=ping",
            needs: &["API_Action", "TYPE", "SRC", "Return_Best_Price"],
            answer: boberdoo,
        }),
        post: Door {
            path: "new_api/api.php?Mode=post",
            needs: &["API_Action", "TYPE", "SRC", "First_Name", "Last_Name", "Email"],
            answer: boberdoo,
        },
    },
    Dialect {
        name: "leadspedia",
        kind: Kind::Form,
        keys: &[Key::Member("lp_campaign_key")],
        zip: "zip_code",
        phone: "phone_home",
        token: Some("lp_ping_id"),
        ping: Some(Door { path: "ping.do", needs: &["lp_campaign_id"], answer: leadspedia }),
        post: Door {
            path: "post.do",
            needs: &["lp_campaign_id", "first_name", "last_name", "email_address"],
            answer: leadspedia,
        },
    },
    Dialect {
        name: "phonexa",
        kind: Kind::Json,
        keys: &[Key::Member("apiId"), Key::Member("apiPassword")],
        zip: "zip",
        phone: "phoneNumber",
        token: Some("promise"),
        ping: Some(Door { path: "ping/", needs: &["productId"], answer: phonexa_ping }),
        post: Door { path: "post/", needs: &["productId", "firstName", "lastName", "email"], answer: phonexa_post },
    },
    Dialect {
        name: "leadconduit",
        kind: Kind::Json,
        keys: &[Key::Path],
        zip: "postal_code",
        phone: "phone_1",
        token: None,
        ping: Some(Door { path: "flows/*/sources/*/ping", needs: &[], answer: leadconduit_ping }),
        post: Door {
            path: "flows/*/sources/*/submit",
            needs: &["first_name", "last_name", "email"],
            answer: leadconduit_post,
        },
    },
    Dialect {
        name: "leadprosper",
        kind: Kind::Json,
        keys: &[Key::Member("lp_key")],
        zip: "zip_code",
        phone: "phone",
        token: Some("lp_ping_id"),
        ping: Some(Door { path: "ping", needs: &["lp_campaign_id", "lp_supplier_id"], answer: leadprosper }),
        post: Door {
            path: "post",
            needs: &["lp_campaign_id", "lp_supplier_id", "first_name", "last_name", "email"],
            answer: leadprosper,
        },
    },
    Dialect {
        name: "leadbyte",
        kind: Kind::Form,
        keys: &[Key::Member("sid")],
        zip: "postcode",
        phone: "phone1",
        token: None,
        ping: None,
        post: Door {
            path: "api/submit.php",
            needs: &["returnjson", "campid", "email", "firstname", "lastname"],
            answer: leadbyte,
        },
    },
    Dialect {
        name: "leadexec",
        kind: Kind::Form,
        keys: &[Key::Member("Password")],
        zip: "Zip",
        phone: "Phone",
        token: None,
        ping: None,
        post: Door {
            path: "processor/insert/general",
            needs: &["VID", "LID", "FirstName", "LastName", "Email"],
            answer: leadexec,
        },
    },
    Dialect {
        name: "px",
        kind: Kind::Json,
        keys: &[Key::Member("ApiToken")],
        zip: "ZipCode",
        phone: "PhoneNumber",
        token: Some("TransactionId"),
        ping: Some(Door { path: "api/lead/ping", needs: &["Vertical", "ContactData"], answer: px }),
        post: Door { path: "api/lead/post", needs: &["Vertical", "FirstName", "LastName", "EmailAddress"], answer: px },
    },
    Dialect {
        name: "jangl",
        kind: Kind::Json,
        keys: &[Key::Header("authorization", "Token ")],
        zip: "zip",
        phone: "phone",
        token: Some("auth_code"),
        ping: Some(Door { path: "ping", needs: &["data", "meta", "originally_created"], answer: jangl }),
        post: Door { path: "post", needs: &["contact", "first_name", "last_name", "email"], answer: jangl },
    },
    Dialect {
        name: "mediaalpha",
        kind: Kind::Json,
        keys: &[Key::Member("api_token")],
        zip: "zip",
        phone: "phone",
        token: Some("ping_id"),
        ping: Some(Door {
            path: "ping.json",
            needs: &["placement_id", "version", "date_time"],
            answer: mediaalpha_ping,
        }),
        post: Door {
            path: "post.json",
            needs: &["placement_id", "version", "bid_ids", "contact", "email"],
            answer: mediaalpha_post,
        },
    },
    Dialect {
        name: "modernize",
        kind: Kind::Json,
        keys: &[Key::Member("tagId")],
        zip: "postalCode",
        phone: "homePhone",
        token: Some("pingToken"),
        ping: Some(Door {
            path: "ping-post/pings",
            needs: &["service", "buyTimeframe", "partnerSourceId"],
            answer: modernize,
        }),
        post: Door {
            path: "ping-post/posts",
            needs: &["service", "firstName", "lastName", "email"],
            answer: modernize,
        },
    },
    Dialect {
        name: "path-token",
        kind: Kind::Json,
        keys: &[Key::Header("api-key", "")],
        zip: "zip_code",
        phone: "phone",
        token: Some(""),
        ping: Some(Door { path: "partners/request", needs: &["category"], answer: path_ping }),
        post: Door {
            path: "partners/request/*/accept",
            needs: &["first_name", "last_name", "email"],
            answer: path_post,
        },
    },
    Dialect {
        name: "json-webhook",
        kind: Kind::Json,
        keys: &[Key::Header("authorization", "Bearer ")],
        zip: "zip",
        phone: "phone",
        token: None,
        ping: None,
        post: Door { path: "leads", needs: &["lead_id", "first_name", "last_name", "email"], answer: webhook },
    },
    Dialect {
        name: "crm-webhook",
        kind: Kind::Form,
        keys: &[Key::Query("key")],
        zip: "zip",
        phone: "phone",
        token: None,
        ping: None,
        post: Door { path: "hooks/leads", needs: &["external_id", "name", "email"], answer: crm },
    },
];
