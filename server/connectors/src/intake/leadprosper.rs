//! Lead Prosper: `direct_post`, `ping` and `post`, always JSON.

use super::{
    Asked, Fault, Reply, Request, Step, Told, snake, why,
    write::{Val, amount, object, text, whole},
};
use model::Micros;

pub(super) const OWN: &[(&str, &str)] = &[
    ("lp_campaign_id", ""),
    ("lp_supplier_id", ""),
    ("lp_key", ""),
    ("lp_action", ""),
    ("lp_ping_id", ""),
    ("pingToken", ""),
    ("lp_subid1", "source.sub1"),
    ("lp_subid2", "source.sub2"),
    ("lp_subid3", "source.sub3"),
    ("lp_subid4", "source.sub4"),
    ("lp_subid5", "source.sub5"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&[]) {
        Ok(members) => (members, None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    asked.keys = asked.all(&["lp_key"]);
    asked.campaigns = asked.all(&["lp_campaign_id"]);
    asked.test = asked.get(&["lp_action"]).is_some_and(|action| action.eq_ignore_ascii_case("test"));
    asked.fault = unreadable;
    match request.path.trim_end_matches('/') {
        "ping" => asked.step = Step::Ping,
        "post" => {
            asked.step = Step::Post;
            asked.ping = asked.get(&["lp_ping_id"]);
            if asked.ping.is_none() {
                asked.fault = asked.fault.or(Some(Fault::Member("lp_ping_id")));
            }
        }
        _ => {}
    }
    asked
}

pub(super) fn answer(asked: &Asked, told: &Told) -> Reply {
    let ping = asked.step == Step::Ping;
    let response = match told {
        Told::Ping(ping) => match &ping.payout {
            Some(payout) => self::ping("ACCEPTED", Some(ping.ping_id.to_string()), payout.amount, ""),
            None => self::ping("REJECTED", None, Micros::ZERO, why(ping.reason)),
        },
        Told::Lead(lead) => {
            let id = lead.lead_id.to_string();
            let paid = lead.payout.map_or(Micros::ZERO, |payout| payout.amount);
            match lead.status.as_str() {
                "sold" => self::lead(&id, "ACCEPTED", "", paid),
                "duplicate" => self::lead(&id, "DUPLICATED", "Duplicate lead", Micros::ZERO),
                _ => self::lead(&id, "REJECTED", why(lead.reason), Micros::ZERO),
            }
        }
        Told::Below(_) | Told::NoSuchLead | Told::Token(_) | Told::Heard(..) | Told::NotHeard(..) => {
            lead("", "REJECTED", why(None), Micros::ZERO)
        }
        Told::Refused(Fault::Used) if !ping => lead("", "DUPLICATED", "Duplicate lead", Micros::ZERO),
        Told::Refused(fault) if ping => self::ping("ERROR", None, Micros::ZERO, &words(fault)),
        Told::Refused(fault) => lead("", "ERROR", &words(fault), Micros::ZERO),
    };
    Reply::json(response.json()).waiting(told)
}

fn ping(status: &str, id: Option<String>, payout: Micros, message: &str) -> Val {
    let head = object([("status", text(status))]).and("ping_id", id.map(Val::Text));
    head.and("payout", Some(amount(payout))).and("message", Some(text(message)))
}

fn lead(id: &str, status: &str, message: &str, payout: Micros) -> Val {
    let code = if status == "ACCEPTED" { 0 } else { 1 };
    object([
        ("id", text(id)),
        ("lead_id", text(id)),
        ("status", text(status)),
        ("code", whole(code)),
        ("message", text(message)),
        ("payout", amount(payout)),
    ])
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Key => "invalid lp_key or lp_supplier_id".to_owned(),
        Fault::Campaign => "invalid lp_campaign_id".to_owned(),
        Fault::Member(name) => format!("field `{name}` is required"),
        Fault::Fields(fields) => {
            let each = fields.iter().map(|wrong| {
                format!("field `{}` is {}", wrong.name(snake), if wrong.missing { "required" } else { "invalid" })
            });
            each.collect::<Vec<_>>().join(", ")
        }
        Fault::PingUnknown => "field `lp_ping_id` is invalid".to_owned(),
        Fault::PingExpired => "field `lp_ping_id` is invalid: expired".to_owned(),
        Fault::PingChanged => "field `lp_ping_id` is invalid: a value differs from the ping".to_owned(),
        Fault::PingWithoutBid => "field `lp_ping_id` is invalid: the ping was rejected".to_owned(),
        Fault::Used => "duplicate".to_owned(),
        Fault::Unreadable(format) => format!("invalid {format}"),
        Fault::Http(_, text, _) => text.clone(),
        Fault::Often(_) => "too many requests".to_owned(),
        Fault::Busy(_) => "temporarily unavailable".to_owned(),
    }
}
