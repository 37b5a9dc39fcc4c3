//! LeadConduit: `flows/{flow}/sources/{source}/{submit|ping}`. The address is the credential. A handled lead is answered with
//! 201 whatever became of it, a ping with 200; a ping has no id, and the lead that follows is an independent one.

use super::{
    Asked, Fault, Feedback, Format, Moment, Reply, Request, Step, Told,
    number::hex24,
    snake, why,
    write::{Val, amount, object, shortest, text, whole},
};
use model::Micros;

pub(super) const OWN: &[(&str, &str)] = &[
    ("redir_url", ""),
    ("reference", "external_id"),
    ("price", ""),
    ("cost", ""),
    ("trustedform_ping_url", ""),
    ("xxTrustedFormPingUrl", ""),
    ("xxTrustedFormToken", ""),
];

const XML: [&str; 2] = ["application/xml", "text/xml"];
const BODIES: [&str; 4] = ["application/x-www-form-urlencoded", "application/json", "application/xml", "text/xml"];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (format, mut fault) = match format(request.accept) {
        Some(format) => (format, None),
        None => (Format::Json, Some(http(406, "Not capable of generating content according to the Accept header"))),
    };
    let kind = request.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let feedback = parts == ["feedback"];
    let (flow, source, ping) = match parts.as_slice() {
        ["flows", flow, "sources", source, step @ ("submit" | "ping")] => (*flow, *source, *step == "ping"),
        _ => ("", "", false),
    };
    if !matches!(request.method, "GET" | "POST") {
        fault = Some(Fault::Http(405, "The HTTP method is not allowed".to_owned(), Some("GET, POST")));
    } else if !request.body.is_empty() && !BODIES.contains(&kind.as_str()) {
        let what = if kind.is_empty() {
            "Content-Type header is missing".to_owned()
        } else {
            format!("MIME type in Content-Type header is not supported. Use only {}.", BODIES.join(", "))
        };
        fault = Some(Fault::Http(415, what, None));
    }
    let members = match request.members(&["lead"]) {
        Ok(members) => members,
        Err(error) => {
            fault = fault.or(Some(http(400, &format!("Unable to parse {} -- {}", error.format, error.why))));
            Vec::new()
        }
    };
    let mut asked = Asked::new(if ping { Step::Ping } else { Step::Full }, members);
    asked.format = format;
    asked.xml = if request.accept.contains("text/xml") { "text/xml" } else { "application/xml" };
    asked.keys = vec![source.to_owned()];
    asked.campaigns = vec![flow.to_owned()];
    asked.redirect = asked.get(&["redir_url"]).filter(|_| !ping);
    let fits = |url: &String| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if asked.redirect.as_ref().is_some_and(|url| !fits(url)) {
        fault = fault.or(Some(http(400, "Invalid redir_url")));
    }
    if feedback {
        fault = fault.or(feedback_of(&mut asked, request.key));
    }
    asked.fault = fault;
    asked
}

/// What a buyer says of a lead: `event_id`, `type` and `reason`; the fault when it does not say it. There the address alone is
/// the credential; ours knows a lead by an id that others may have too, so a buyer's token has to stand in it as `key`.
fn feedback_of(asked: &mut Asked, header: Option<&str>) -> Option<Fault> {
    asked.keys = header.map(ToOwned::to_owned).into_iter().chain(asked.get(&["key"])).collect();
    let event = asked.get(&["event_id"]).unwrap_or_default();
    let kind = asked.get(&["type"]).unwrap_or_default().to_ascii_lowercase();
    let reason = asked.get(&["reason"]).unwrap_or_default();
    asked.redirect = None;
    asked.step = Step::Feedback(Feedback { event, returned: kind == "return", reason });
    let known = matches!(kind.as_str(), "return" | "conversion");
    (!known).then(|| http(400, "Invalid type: use return or conversion"))
}

fn http(status: u16, text: &str) -> Fault {
    Fault::Http(status, text.to_owned(), None)
}

/// JSON unless the sender prefers one of the others; none when it takes nothing we write.
fn format(accept: &str) -> Option<Format> {
    if accept.trim().is_empty() {
        return Some(Format::Json);
    }
    let weight = |part: &str| {
        let quality = part.split(';').skip(1).find_map(|word| word.trim().strip_prefix("q=")?.parse::<f32>().ok());
        quality.unwrap_or(1.0)
    };
    let mut best: Option<(f32, Format)> = None;
    for part in accept.split(',') {
        let format = match part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" | "*/*" | "application/*" => Format::Json,
            kind if XML.contains(&kind) => Format::Xml,
            "text/plain" | "text/*" => Format::Text,
            _ => continue,
        };
        if weight(part) > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight(part), format));
        }
    }
    best.map(|(_, format)| format)
}

pub(super) fn answer(asked: &Asked, told: &Told, at: Moment) -> Reply {
    if let Told::Refused(fault) = told {
        match fault {
            Fault::Http(status, text, allow) => {
                let mut reply = Reply::new(*status, "text/plain", text.clone());
                reply.headers.extend(allow.map(|allow| ("allow", allow.to_owned())));
                return reply;
            }
            // The address is the credential: a wrong one is no address.
            Fault::Key | Fault::Campaign => return Reply::new(404, "text/plain", "Not Found".to_owned()),
            Fault::Often(_) | Fault::Busy(_) => {
                return Reply::text("Service temporarily unavailable".to_owned()).waiting(told);
            }
            _ => {}
        }
    }
    if let Told::Heard(lead, ..) | Told::NotHeard(lead, _) = told {
        return heard(asked, told, &hex24(lead.bits()));
    }
    let (outcome, reason, id, price) = outcome(told);
    let ping = asked.step == Step::Ping;
    let id = (!ping).then(|| hex24(id.unwrap_or(at.request)));
    let mut reply = write(asked, outcome, &reason, id, price);
    reply.status = if ping { 200 } else { 201 };
    if let Some(url) = &asked.redirect {
        reply.status = 303;
        reply.headers.push(("location", url.clone()));
    }
    reply
}

/// The answer to feedback: the lead with the names it was delivered with. A failure has no document of the platform's; it has
/// the shape of every other.
fn heard(asked: &Asked, told: &Told, id: &str) -> Reply {
    let (outcome, reason, names) = match told {
        Told::Heard(_, first, last) => ("success", None, Some((first, last))),
        Told::NotHeard(_, why) => ("failure", Some(why), None),
        _ => ("failure", None, None),
    };
    let lead = object([("id", text(id))])
        .and("first_name", names.map(|(first, _)| text(first.as_str())))
        .and("last_name", names.map(|(_, last)| text(last.as_str())));
    let said = object([("outcome", text(outcome))]).and("reason", reason.map(|why| text(why.as_str())));
    let said = said.and("lead", Some(lead));
    let (kind, body) = match asked.format {
        Format::Json => ("application/json", said.json()),
        Format::Xml => (asked.xml, said.xml("result")),
        Format::Text => {
            let reason = reason.map(|why| format!("\nreason:{why}")).unwrap_or_default();
            ("text/plain", format!("lead_id:{id}\noutcome:{outcome}{reason}"))
        }
    };
    Reply::new(201, kind, body)
}

fn outcome(told: &Told) -> (&'static str, String, Option<u128>, Micros) {
    let nothing = Micros::ZERO;
    match told {
        Told::Ping(ping) => match ping.payout.filter(|payout| payout.amount > nothing) {
            Some(payout) => ("success", String::new(), None, payout.amount),
            None => ("failure", "no bid".to_owned(), None, nothing),
        },
        Told::Lead(lead) => {
            let id = Some(lead.lead_id.bits());
            let paid = lead.payout.map_or(nothing, |payout| payout.amount);
            match lead.status.as_str() {
                "sold" => ("success", String::new(), id, paid),
                "duplicate" => ("failure", "duplicate".to_owned(), id, nothing),
                _ => ("failure", why(lead.reason).to_ascii_lowercase(), id, nothing),
            }
        }
        Told::Refused(fault) => ("failure", words(fault), None, nothing),
        Told::Below(_) | Told::NoSuchLead | Told::Token(_) | Told::Heard(..) | Told::NotHeard(..) => {
            ("failure", "no bid".to_owned(), None, nothing)
        }
    }
}

fn write(asked: &Asked, outcome: &str, reason: &str, id: Option<String>, price: Micros) -> Reply {
    let why = (!reason.is_empty()).then(|| text(reason));
    let lead = id.clone().map(|id| object([("id", text(id))]));
    match asked.format {
        Format::Json => {
            let body = object([("outcome", text(outcome))]).and("reason", why).and("lead", lead);
            Reply::json(body.and("price", Some(amount(price))).json())
        }
        Format::Xml => {
            let body = object([("outcome", text(outcome))]).and("reason", Some(why.unwrap_or(Val::Null)));
            let body = body.and("lead", lead).and("price", Some(whole(shortest(price)))).xml("result");
            Reply::new(200, asked.xml, body)
        }
        Format::Text => {
            let id = id.map(|id| format!("lead_id:{id}\n")).unwrap_or_default();
            Reply::text(format!("{id}outcome:{outcome}\nreason:{reason}\nprice:{}", shortest(price)))
        }
    }
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Fields(fields) => {
            let each = fields
                .iter()
                .map(|wrong| format!("{} {}", if wrong.missing { "missing" } else { "invalid" }, wrong.name(snake)));
            each.collect::<Vec<_>>().join(", ")
        }
        Fault::Used => "duplicate".to_owned(),
        _ => "invalid".to_owned(),
    }
}
