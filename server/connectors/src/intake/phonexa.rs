//! Phonexa: `ping`, `post`, `fullpost`, `lead` and the question for a late outcome. Always JSON; the status is a word for a
//! ping and a number for everything else.

use super::{
    Asked, Fault, Moment, Reply, Request, Step, Told, camel,
    write::{Val, amount, object, text, whole},
};
use model::{Micros, lead::Answer};

pub(super) const OWN: &[(&str, &str)] = &[
    ("apiId", ""),
    ("apiPassword", ""),
    ("productId", ""),
    ("price", ""),
    ("promise", ""),
    ("testMode", ""),
    ("testSold", ""),
    ("closeConnection", ""),
    ("checkKey", ""),
    ("clickid", "source.click_id"),
    ("source", "source.sub1"),
    ("webSiteUrl", "consent.page_url"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&[]) {
        Ok(members) => (members, None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    let (id, password) = (asked.get(&["apiId"]), asked.get(&["apiPassword"]));
    // Our key is the password; a credential that was kept is both, as there.
    asked.keys = password
        .iter()
        .cloned()
        .chain(id.zip(password.clone()).map(|(id, password)| format!("{id}:{password}")))
        .collect();
    asked.campaigns = asked.all(&["productId"]);
    asked.test = asked.is_on("testMode");
    asked.forced = asked.test && asked.is_on("testSold");
    asked.later = asked.is_on("closeConnection");
    asked.fault = unreadable;
    match request.path.trim_end_matches('/') {
        "ping" => asked.step = Step::Ping,
        "post" => {
            asked.step = Step::Post;
            asked.ping = asked.get(&["promise"]);
            if asked.ping.is_none() {
                asked.fault = asked.fault.or(Some(Fault::Member("promise")));
            }
        }
        "lead/check-lead-status" => match asked.get(&["checkKey"]) {
            Some(key) => asked.step = Step::State(key),
            None => asked.fault = asked.fault.or(Some(Fault::Member("checkKey"))),
        },
        _ => {
            let least = asked.get(&["price"]).and_then(|price| price.parse::<Micros>().ok());
            asked.least = least.filter(|least| *least > Micros::ZERO);
        }
    }
    asked
}

pub(super) fn answer(told: &Told, at: Moment) -> Reply {
    let response = match told {
        Told::Ping(ping) => match &ping.payout {
            Some(payout) => object([
                ("status", text("continue")),
                ("price", amount(payout.amount)),
                ("promise", text(ping.ping_id.to_string())),
            ]),
            None => object([("status", text("reject")), ("reason", text("No buyer found."))]),
        },
        Told::Lead(lead) => self::lead(lead, at),
        Told::Below(price) => {
            let head =
                object([("status", whole(2)), ("status_text", text("reject")), ("price_reject", amount(*price))]);
            timed(head, at)
        }
        Told::NoSuchLead | Told::Token(_) | Told::Heard(..) | Told::NotHeard(..) => {
            object([("status", whole(5)), ("status_text", text("not found"))])
        }
        Told::Refused(fault) => {
            let faults = words(fault).into_iter().map(|(name, what)| (name, Val::Text(what))).collect();
            object([("status", whole(4)), ("errors", Val::List(vec![Val::Object(faults)]))])
        }
    };
    Reply::json(response.json()).waiting(told)
}

fn lead(lead: &Answer, at: Moment) -> Val {
    let (status, word) = match lead.status.as_str() {
        "sold" => (1, "sold"),
        "pending" => (3, "in progress"),
        _ => (2, "reject"),
    };
    let head =
        object([("lead_id", text(lead.lead_id.to_string())), ("status", whole(status)), ("status_text", text(word))]);
    let sold = status == 1;
    let head = head.and("redirect_url", lead.redirect_url.clone().filter(|_| sold).map(text));
    timed(head.and("price", lead.payout.filter(|_| sold).map(|payout| text(four(payout.amount)))), at)
}

/// Seconds since 1970, and those it took.
fn timed(head: Val, at: Moment) -> Val {
    let (seconds, part) = (at.now.0.div_euclid(1_000_000), at.now.0.rem_euclid(1_000_000) / 100);
    let took = at.took_ms.max(0);
    head.and("timestamp", Some(Val::Number(format!("{seconds}.{part:04}"))))
        .and("processing_time", Some(Val::Number(format!("{}.{:03}", took / 1000, took % 1000))))
}

/// Four decimals, as the platform writes a price.
fn four(price: Micros) -> String {
    format!("{}.{:04}", price.0.div_euclid(1_000_000), price.0.rem_euclid(1_000_000) / 100)
}

fn words(fault: &Fault) -> Vec<(String, String)> {
    let one = |name: &str, what: &str| vec![(name.to_owned(), what.to_owned())];
    match fault {
        Fault::Key => one("Authorization Failed", ""),
        Fault::Campaign => one("productId", "invalid"),
        Fault::Member(name) => one(name, "required"),
        Fault::Fields(fields) => fields
            .iter()
            .map(|wrong| (wrong.name(spell), if wrong.missing { "required" } else { "invalid" }.to_owned()))
            .collect(),
        Fault::PingUnknown => one("promise", "invalid"),
        Fault::PingExpired => one("promise", "expired"),
        Fault::PingChanged => one("promise", "values differ from the ping"),
        Fault::PingWithoutBid => one("promise", "the ping was rejected"),
        Fault::Used => one("promise", "duplicate"),
        Fault::Unreadable(format) => one("body", &format!("invalid {format}")),
        Fault::Http(_, text, _) => one("request", text),
        Fault::Often(_) => one("request", "too many requests"),
        Fault::Busy(_) => one("request", "temporarily unavailable"),
    }
}

fn spell(name: &str) -> String {
    if name == "phone" { "phoneNumber".to_owned() } else { camel(name) }
}
