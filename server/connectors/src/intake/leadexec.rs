//! LeadExec: pings beside it (their address is not public: ours), the classic `processor/insert/general` with its JSON and later variants, and `v2/insert/general`.

use super::{
    Asked, Fault, Format, Member, Moment, Reply, Request, Step, Told,
    number::{guid, to_number},
    pascal, why,
    write::{Val, amount, object, text, whole},
};
use model::{Micros, lead::Answer, ping::PingAnswer};

pub(super) const OWN: &[(&str, &str)] = &[
    ("VID", ""),
    ("LID", ""),
    ("AID", ""),
    ("Password", ""),
    ("orderid", ""),
    ("returnurl", ""),
    ("IsTest", ""),
    ("source.vid", ""),
    ("source.aid", ""),
    ("source.lid", ""),
    ("source.sendDelay", ""),
    ("source.returnUrl", ""),
    ("reference", "external_id"),
    ("noSell", ""),
    ("client_id", ""),
    ("client_secret", ""),
    ("grant_type", ""),
    ("access_token", ""),
    ("SubID", "source.sub1"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&[]) {
        Ok(members) => (members.into_iter().map(short).collect(), None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    let path = request.path.trim_end_matches('/').to_ascii_lowercase();
    let pings = matches!(path.as_str(), "processor/insert/ping" | "processor/insert/ping/json");
    let classic =
        matches!(path.as_str(), "processor/insert/general" | "processor/insert/autoredirect" | "processor/insert/ping");
    asked.format = if classic { Format::Xml } else { Format::Json };
    asked.keys = request.key.map(ToOwned::to_owned).into_iter().collect();
    asked.keys.extend(asked.all(&["Password", "access_token", "VID", "source.vid"]));
    asked.campaigns = asked.all(&["AID", "source.aid", "LID", "source.lid"]);
    asked.test = asked.is_on("IsTest");
    asked.later = path.ends_with("/async");
    asked.fault = unreadable;
    asked.ping = asked.get(&["orderid"]);
    if pings {
        asked.step = Step::Ping;
    } else if asked.ping.is_some() {
        asked.step = Step::Post;
    }
    if path == "v1/authorization/token" {
        asked.step = Step::Token;
        asked.keys = asked.all(&["client_secret"]);
    } else if asked.members.iter().any(|member| member.name.starts_with("leads.")) {
        asked.fault = asked.fault.or(Some(Fault::Unreadable("leads: send one at a time".to_owned())));
    }
    asked.redirect = (path == "processor/insert/autoredirect").then(String::new);
    asked
}

/// The first lead of a list without its way there.
fn short(mut member: Member) -> Member {
    for prefix in ["leads.0.fields.", "leads.0.properties."] {
        if let Some(name) = member.name.strip_prefix(prefix) {
            member.name = name.to_owned();
            break;
        }
    }
    member
}

pub(super) fn answer(asked: &Asked, told: &Told, at: Moment) -> Reply {
    if asked.step == Step::Token {
        let reply = match told {
            Told::Token(token) => Reply::json(object([("access_token", text(token.as_str()))]).json()),
            _ => Reply { status: 401, ..Reply::json(object([("error", text("invalid_client"))]).json()) },
        };
        return reply.waiting(told);
    }
    // Whoever sends the browser itself gets it sent on.
    if let (Some(_), Told::Lead(Answer { redirect_url: Some(url), .. })) = (&asked.redirect, told) {
        let mut reply = Reply::new(302, "text/plain", String::new());
        reply.headers.push(("location", url.clone()));
        return reply;
    }
    if let Told::Ping(ping) = told {
        return bid(asked, ping);
    }
    let said = said(told);
    let (bits, nothing) = (said.lead.map_or(at.request, |lead| lead.lead_id.bits()), Micros::ZERO);
    let queued = asked.later && said.kind.0 == 0;
    let sold = said.lead.filter(|lead| lead.status == "sold");
    let json = asked.format == Format::Json;
    let kind = if json { whole(said.kind.0) } else { text(said.kind.1) };
    let accepted = said.kind.0 == 0;
    let response = object([
        ("PostID", text(guid(bits))),
        ("isValidPost", Val::Flag(accepted)),
        ("ResponseType", kind),
        ("ResponseDetails", text(said.details)),
        ("LeadIdentifier", whole(if accepted { to_number(bits) } else { 0 })),
    ])
    .and("VendorAccountAssigned", accepted.then(|| whole(1)))
    .and("PendingQCReview", Some(Val::Flag(queued)))
    .and("Price", Some(amount(sold.and_then(|lead| lead.payout).map_or(nothing, |payout| payout.amount))))
    .and("RedirectURL", accepted.then(|| text(sold.and_then(|lead| lead.redirect_url.clone()).unwrap_or_default())));
    let reply = if json { Reply::json(response.json()) } else { Reply::xml(response.xml("PostResponse")) };
    reply.waiting(told)
}

/// The answer to a ping: that of a post without a lead, with the order that the post names.
fn bid(asked: &Asked, ping: &PingAnswer) -> Reply {
    let bits = ping.ping_id.bits();
    let price = ping.payout.filter(|payout| payout.amount > Micros::ZERO).map(|payout| payout.amount);
    let json = asked.format == Format::Json;
    let (number, word, details) =
        if price.is_some() { (0, "No_Error", "Ping was accepted") } else { (5, "Outside_Criteria", why(ping.reason)) };
    let response = object([
        ("PostID", text(guid(bits))),
        ("isValidPost", Val::Flag(price.is_some())),
        ("ResponseType", if json { whole(number) } else { text(word) }),
        ("ResponseDetails", text(details)),
        ("LeadIdentifier", whole(0)),
        ("PendingQCReview", Val::Flag(false)),
        ("Price", amount(price.unwrap_or(Micros::ZERO))),
    ])
    .and("OrderID", price.map(|_| text(ping.ping_id.to_string())));
    if json { Reply::json(response.json()) } else { Reply::xml(response.xml("PostResponse")) }
}

struct Said<'a> {
    kind: (u8, &'static str),
    details: String,
    lead: Option<&'a Answer>,
}

fn said(told: &Told) -> Said<'_> {
    let say = |kind, details: &str, lead| Said { kind, details: details.to_owned(), lead };
    match told {
        Told::Lead(lead) => match lead.status.as_str() {
            "sold" => say((0, "No_Error"), "Lead was accepted", Some(lead)),
            // Only who asks later for an outcome, or is told of it, is content with one that is not known yet.
            "pending" => say((0, "No_Error"), "Lead was queued", Some(lead)),
            "duplicate" => say((6, "Duplicate_Lead"), "Duplicate", Some(lead)),
            _ => say((5, "Outside_Criteria"), why(lead.reason), Some(lead)),
        },
        Told::Refused(fault) => match fault {
            Fault::Key => say((4, "No_Account_Found"), "No account found", None),
            Fault::Campaign => say((2, "LeadType_ID_Missing"), "Lead type is missing or not known", None),
            Fault::Used => say((6, "Duplicate_Lead"), "Duplicate", None),
            Fault::Often(_) => say((8, "Post_Over_Max"), "Too many posts", None),
            Fault::Busy(_) => say((8, "Post_Over_Max"), "Temporarily unavailable", None),
            Fault::Fields(fields) => {
                let each = fields.iter().map(|wrong| {
                    format!("{} is {}", wrong.name(pascal), if wrong.missing { "required" } else { "invalid" })
                });
                say((9, "Data_Errors"), &each.collect::<Vec<_>>().join("; "), None)
            }
            Fault::PingUnknown => say((9, "Data_Errors"), "Order is not known", None),
            Fault::PingExpired => say((9, "Data_Errors"), "Order has expired", None),
            Fault::PingChanged => say((9, "Data_Errors"), "A field differs from the ping", None),
            Fault::PingWithoutBid => say((5, "Outside_Criteria"), why(None), None),
            Fault::Unreadable(format) => say((9, "Data_Errors"), &format!("Invalid {format}"), None),
            _ => say((9, "Data_Errors"), "Invalid request", None),
        },
        _ => say((5, "Outside_Criteria"), why(None), None),
    }
}
