//! LeadsPedia: `ping.do` and `post.do`.

use super::{
    Asked, Fault, Format, Reply, Request, Step, Told, snake, why,
    write::{Val, amount, object, text},
};
use model::Micros;

pub(super) const OWN: &[(&str, &str)] = &[
    ("lp_campaign_id", ""),
    ("lp_campaign_key", ""),
    ("lp_test", ""),
    ("lp_response", ""),
    ("lp_ping_id", ""),
    ("lp_caller_id", ""),
    ("lp_request_id", "source.click_id"),
    ("lp_return_dd_matches", ""),
    ("lp_return_dd_hash_parameter", ""),
    ("lp_return_dd_hash_type", ""),
    ("lp_num_sold", ""),
    ("trusted_form_Y_N", ""),
    ("jornaya_Y_N", ""),
    ("lp_s1", "source.sub1"),
    ("lp_s2", "source.sub2"),
    ("lp_s3", "source.sub3"),
    ("lp_s4", "source.sub4"),
    ("lp_s5", "source.sub5"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&[]) {
        Ok(members) => (members, None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    let json = asked.get(&["lp_response"]).is_some_and(|format| format.eq_ignore_ascii_case("json"));
    asked.format = if json { Format::Json } else { Format::Xml };
    asked.keys = asked.all(&["lp_campaign_key"]);
    asked.campaigns = asked.all(&["lp_campaign_id"]);
    asked.test = asked.is_on("lp_test");
    if request.path.ends_with("ping.do") {
        asked.step = Step::Ping;
    } else if let Some(ping) = asked.get(&["lp_ping_id"]) {
        asked.step = Step::Post;
        asked.ping = Some(ping);
    }
    asked.fault = unreadable;
    asked
}

pub(super) fn answer(asked: &Asked, told: &Told) -> Reply {
    let json = asked.format == Format::Json;
    // Two decimals in XML, the shortest number in JSON.
    let price = |value: Micros| if json { amount(value) } else { text(value.to_decimal()) };
    let success = || object([("result", text("success"))]);
    let response = match told {
        Told::Ping(ping) => match &ping.payout {
            Some(payout) => success()
                .and("price", Some(price(payout.amount)))
                .and("ping_id", Some(text(ping.ping_id.to_string())))
                .and("msg", Some(text("Ping Accepted"))),
            None => failed("Rejected", vec![why(ping.reason).to_owned()]),
        },
        Told::Lead(lead) if lead.status == "sold" => success()
            .and("lead_id", Some(text(lead.lead_id.to_string())))
            .and("price", lead.payout.map(|payout| price(payout.amount)))
            .and("msg", Some(text("Lead Accepted")))
            .and("redirect_url", lead.redirect_url.clone().map(text)),
        Told::Lead(lead) if lead.status == "duplicate" => failed("Rejected", vec!["Duplicate lead".to_owned()]),
        Told::Lead(lead) => failed("Rejected", vec![why(lead.reason).to_owned()]),
        Told::Below(_) | Told::NoSuchLead | Told::Token(_) | Told::Heard(..) | Told::NotHeard(..) => {
            failed("Rejected", vec![why(None).to_owned()])
        }
        Told::Refused(fault) => failed(if *fault == Fault::Used { "Rejected" } else { "Error" }, words(fault)),
    };
    let reply = if json { Reply::json(response.json()) } else { Reply::xml(response.xml("response")) };
    reply.waiting(told)
}

fn failed(msg: &str, errors: Vec<String>) -> Val {
    let errors = errors.into_iter().map(|error| object([("error", Val::Text(error))])).collect();
    object([("result", text("failed")), ("msg", text(msg)), ("errors", Val::List(errors))])
}

fn words(fault: &Fault) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match fault {
        Fault::Key => one("Invalid campaign key"),
        Fault::Campaign => one("Invalid campaign"),
        Fault::Member(name) => vec![format!("Missing or invalid {name}")],
        Fault::Fields(fields) => fields
            .iter()
            .map(|wrong| format!("{} {}", if wrong.missing { "Missing" } else { "Invalid" }, wrong.name(snake)))
            .collect(),
        Fault::PingUnknown => one("Invalid lp_ping_id"),
        Fault::PingExpired => one("Invalid lp_ping_id: expired"),
        Fault::PingChanged => one("Invalid lp_ping_id: a value differs from the ping"),
        Fault::PingWithoutBid => one("Invalid lp_ping_id: the ping was rejected"),
        Fault::Used => one("Duplicate lead"),
        Fault::Unreadable(format) => vec![format!("Invalid {format}")],
        Fault::Http(_, text, _) => one(text),
        Fault::Often(_) => one("Too many requests"),
        Fault::Busy(_) => one("Temporarily unavailable"),
    }
}
