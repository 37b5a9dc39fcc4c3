//! LeadByte: the classic `api/submit.php`, and the queue of `restapi/v1.3`.

use super::{
    Asked, Fault, Format, Moment, Reply, Request, Step, Told,
    number::to_number,
    why,
    write::{Val, object, text, whole},
};
use model::{Timestamp, lead::Answer};

pub(super) const OWN: &[(&str, &str)] = &[
    ("returnjson", ""),
    ("campid", ""),
    ("sid", ""),
    ("key", ""),
    ("X_KEY", ""),
    ("testmode", ""),
    ("ssid", "source.sub1"),
    ("c1", "source.sub2"),
    ("c2", "source.sub3"),
    ("c3", "source.sub4"),
    ("source", "consent.page_url"),
    ("optinurl", "consent.page_url"),
    ("ipaddress", "consent.ip"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&[]) {
        Ok(members) => (members, None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    asked.keys = request.key.map(ToOwned::to_owned).into_iter().chain(asked.all(&["key", "sid"])).collect();
    asked.campaigns = asked.all(&["campid"]);
    asked.test = asked.is_on("testmode");
    asked.fault = unreadable;
    let path = request.path.trim_end_matches('/');
    if let Some(queue) = path.strip_prefix("restapi/v1.3/apiqueue/") {
        asked.step = Step::State(queue.to_owned());
    } else if path == "restapi/v1.3/leads" {
        asked.later = true;
    } else if !asked.is_on("returnjson") {
        asked.format = Format::Text;
    }
    asked
}

pub(super) fn answer(asked: &Asked, told: &Told, at: Moment) -> Reply {
    let queue = asked.later || matches!(asked.step, Step::State(_));
    let said = said(told);
    let reply = if queue {
        Reply::json(queued(asked, told, &said).json())
    } else if asked.format == Format::Text {
        Reply::text(format!("{} {}", said.code, said.response))
    } else {
        let took = at.took_ms.max(0);
        let response = object([
            ("code", whole(said.code)),
            ("response", text(said.response)),
            ("info", info(told)),
            ("leadId", said.id.map_or(Val::Null, |bits| whole(to_number(bits)))),
            ("processTime", Val::Number(format!("{}.{:02}", took / 1000, took % 1000 / 10))),
            ("timestamp", text(seconds(at.now))),
        ]);
        Reply::json(response.json())
    };
    reply.waiting(told)
}

/// A code of the platform with its words.
struct Said {
    code: i32,
    response: &'static str,
    id: Option<u128>,
}

fn said(told: &Told) -> Said {
    let say = |code, response, id| Said { code, response, id };
    match told {
        Told::Lead(lead) => {
            let id = lead.lead_id.bits();
            match lead.status.as_str() {
                "sold" => say(1, "OK", Some(id)),
                "duplicate" => say(-2, "Duplicate", None),
                // The platform says what a buyer's system said; nobody bought is nearest to that.
                _ => say(-3, why(lead.reason), None),
            }
        }
        Told::Refused(fault) => match fault {
            Fault::Key => say(-7, "Supplier not authorised", None),
            Fault::Campaign => say(-9, "Campaign not active", None),
            Fault::Used => say(-2, "Duplicate", None),
            Fault::Often(_) | Fault::Busy(_) => say(-100, "Internal error", None),
            _ => say(-5, "Validation failed", None),
        },
        _ => say(-3, why(None), None),
    }
}

/// Which fields are wrong; an empty list when there is nothing to say.
fn info(told: &Told) -> Val {
    match told {
        Told::Refused(Fault::Fields(fields)) => {
            let each = fields.iter().map(|wrong| {
                let what = if wrong.missing { "missing" } else { "invalid" };
                (wrong.name(flat), text(what))
            });
            Val::Object(each.collect())
        }
        _ => Val::List(Vec::new()),
    }
}

fn queued(asked: &Asked, told: &Told, said: &Said) -> Val {
    let status = |word: &str, code: i32, message: &str, results: Vec<Val>| {
        object([
            ("status", text(word)),
            ("code", whole(code)),
            ("message", text(message)),
            ("results", Val::List(results)),
        ])
    };
    match told {
        Told::Lead(lead) => status("Success", 1, "", vec![result(asked, lead, said)]),
        Told::Refused(Fault::Fields(fields)) => {
            let names: Vec<_> = fields.iter().map(|wrong| wrong.name(flat)).collect();
            status("Error", said.code, &format!("{}: {}", said.response, names.join(", ")), Vec::new())
        }
        Told::NoSuchLead => status("Error", -5, "Queue item not found", Vec::new()),
        _ => status("Error", said.code, said.response, Vec::new()),
    }
}

fn result(asked: &Asked, lead: &Answer, said: &Said) -> Val {
    let id = text(lead.lead_id.to_string());
    if asked.later || lead.status == "pending" {
        return object([("queueId", id), ("status", text("Queued")), ("code", whole(1))]);
    }
    let word = if said.code == 1 { "Accepted" } else { "Rejected" };
    let number = said.id.map_or(Val::Null, |bits| whole(to_number(bits)));
    object([("queueId", id), ("status", text(word)), ("code", whole(said.code)), ("leadId", number)])
}

/// An instant in whole seconds, UTC.
fn seconds(at: Timestamp) -> String {
    let whole = at.to_string();
    whole.split_once('.').map_or(whole.clone(), |(seconds, _)| format!("{seconds}Z"))
}

/// `first_name` as `firstname`.
fn flat(name: &str) -> String {
    match name {
        "phone" => "phone1".to_owned(),
        "address" => "street1".to_owned(),
        "zip" => "postcode".to_owned(),
        name => name.replace('_', ""),
    }
}
