//! The platforms that answer in codes, and those that answer later: LeadByte and LeadExec.

use super::{
    answers::{JSON, TEXT, XML},
    said::{No, Reply, Said},
};
use serde_json::{Value, json};

fn code(said: &Said) -> i32 {
    match said.price {
        Ok(_) => 1,
        Err(No::Duplicate) => -2,
        Err(No::Cap) => -4,
        Err(No::Field) => -5,
        Err(No::Auth) => -7,
        Err(No::Hours) => -9,
        Err(No::Geo) => -14,
        Err(No::Criteria | No::Nobody | No::Expired | No::Unpinged) => -11,
        Err(No::Own(code)) => code.parse().unwrap_or(-100),
    }
}

fn words(said: &Said) -> &'static str {
    match said.price {
        Ok(_) => "OK",
        Err(No::Own("-3")) => "Remote system error",
        Err(No::Own("-8")) => "HLR rejection",
        Err(No::Own("-10")) => "PAF rejection",
        Err(No::Own("-12")) => "Email rejection",
        Err(No::Own("-13")) => "Landline rejection",
        Err(No::Own("-15")) => "TPS rejection",
        Err(No::Own("-16")) => "DNCR rejection",
        Err(No::Own(_)) => "Rejected",
        Err(no) => no.words(),
    }
}

pub(super) fn leadbyte(said: &Said) -> Reply {
    let code = code(said);
    let id = if code == 1 { Value::from(said.token.clone()) } else { Value::Null };
    let words = words(said);
    (200, JSON, json!({ "code": code, "response": words, "info": [], "leadId": id, "processTime": 0.12 }).to_string())
}

/// Without `returnjson=yes`.
pub(super) fn leadbyte_text(said: &Said) -> Reply {
    (200, TEXT, words(said).to_owned())
}

/// Queued is not accepted.
pub(super) fn leadbyte_queue(said: &Said) -> Reply {
    if said.price == Err(No::Own("5")) {
        return (404, JSON, json!({ "status": "Error", "message": "Queue item not found" }).to_string());
    }
    let mut result = json!({ "queueId": said.token, "code": code(said) });
    result["status"] = match said.price {
        Ok(_) if said.later => "Queued".into(),
        Ok(_) => "Accepted".into(),
        Err(_) => "Rejected".into(),
    };
    if said.price.is_err() {
        result["message"] = words(said).into();
    }
    (200, JSON, json!({ "status": "Success", "code": 1, "message": "", "results": [result] }).to_string())
}

/// The number and the name of a response.
fn kind(said: &Said) -> (&'static str, &'static str, &'static str) {
    match said.price {
        Ok(_) => ("0", "No_Error", "Lead was accepted"),
        Err(No::Own("1")) => ("1", "System_ID_Missing", "System id"),
        Err(No::Own("2")) => ("2", "LeadType_ID_Missing", "Lead type"),
        Err(No::Own(_)) => ("3", "Vendor_ID_Missing", "Vendor"),
        Err(No::Auth) => ("4", "No_Account_Found", "No account"),
        Err(No::Duplicate) => ("6", "Duplicate_Lead", "Duplicate"),
        Err(No::Hours) => ("7", "Account_Disabled", "Disabled"),
        Err(No::Cap) => ("8", "Post_Over_Max", "Over"),
        Err(No::Field) => ("9", "Data_Errors", "Errors"),
        Err(No::Geo | No::Criteria | No::Nobody | No::Expired | No::Unpinged) => ("5", "Outside_Criteria", "Outside"),
    }
}

fn leadexec_with(said: &Said, kind: &str) -> Reply {
    let words = self::kind(said).2;
    let (valid, id) = (said.price.is_ok(), if said.price.is_ok() { said.token.as_str() } else { "0" });
    let price = said.amount().unwrap_or_else(|| "0".to_owned());
    let to = said.redirect.unwrap_or_default();
    let body = format!(
        "<PostResponse><PostID>9f0c2c1e</PostID><isValidPost>{valid}</isValidPost><ResponseType>{kind}</ResponseType>\
         <ResponseDetails>{words}</ResponseDetails><LeadIdentifier>{id}</LeadIdentifier>\
         <PendingQCReview>{}</PendingQCReview><Price>{price}</Price><RedirectURL>{to}</RedirectURL></PostResponse>",
        said.later
    );
    (200, XML, body)
}

pub(super) fn leadexec(said: &Said) -> Reply {
    leadexec_with(said, kind(said).1)
}

pub(super) fn leadexec_numeric(said: &Said) -> Reply {
    leadexec_with(said, kind(said).0)
}

pub(super) fn leadexec_json(said: &Said) -> Reply {
    let (number, _, words) = kind(said);
    let valid = said.price.is_ok();
    let price = said.price.as_ref().ok().cloned().flatten().unwrap_or_else(|| 0.into());
    let body = json!({
        "PostID": "9f0c2c1e", "isValidPost": valid, "ResponseType": number.parse::<u8>().unwrap_or_default(),
        "ResponseDetails": words, "LeadIdentifier": said.token, "PendingQCReview": said.later, "Price": price,
        "RedirectURL": said.redirect.unwrap_or_default(),
    });
    (200, JSON, body.to_string())
}

/// It has it and says nothing more.
pub(super) fn leadexec_async(said: &Said) -> Reply {
    match said.price {
        Ok(_) => (200, JSON, json!({ "status": "queued", "requestId": said.token }).to_string()),
        Err(no) => (400, JSON, json!({ "status": "error", "message": no.words() }).to_string()),
    }
}
