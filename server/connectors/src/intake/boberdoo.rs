//! boberdoo: `new_api/api.php` with ping, post and full, its JSON and XML gateways, and the direct post.

use super::{
    Asked, Fault, Format, Reply, Request, Step, Told,
    number::to_number,
    titled, why,
    write::{Val, object, text},
};

pub(super) const OWN: &[(&str, &str)] = &[
    ("Key", ""),
    ("API_Action", ""),
    ("Mode", ""),
    ("Format", ""),
    ("TYPE", ""),
    ("SRC", ""),
    ("Lead_ID", ""),
    ("Return_Best_Price", ""),
    ("Return_Lead_Cost", ""),
    ("Return_Hash", ""),
    ("Hash_Type", ""),
    ("Email_Hash", ""),
    ("Phone_Hash", ""),
    ("Cost", ""),
    ("Allowed_Times_Sold", ""),
    ("Test_Lead", ""),
    ("Skip_XSL", ""),
    ("Skip_Dupe_Check", ""),
    ("Redirect_URL", ""),
    ("Match_With_Partner_ID", ""),
    ("Match_With_Bid_ID", ""),
    ("Match_With_Partner_Hashes", ""),
    ("Sub_ID", "source.sub1"),
    ("Pub_ID", "source.sub2"),
    ("Unique_Identifier", "external_id"),
    ("Trusted_Form_URL", "certificates.trustedform"),
];

pub(super) fn read(request: &Request<'_>) -> Asked {
    let (members, unreadable) = match request.members(&["Request"]) {
        Ok(members) => (members, None),
        Err(error) => (Vec::new(), Some(Fault::Unreadable(error.format.to_owned()))),
    };
    let mut asked = Asked::new(Step::Full, members);
    let file = request.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let json = match asked.get(&["Format"]) {
        Some(format) => format.eq_ignore_ascii_case("json"),
        None => file == "apijson.php",
    };
    asked.format = if json { Format::Json } else { Format::Xml };
    asked.keys = asked.all(&["Key"]);
    asked.campaigns = asked.all(&["TYPE", "SRC"]);
    asked.campaigns.extend(request.path.split_once("/api.php").map(|(campaign, _)| campaign.to_owned()));
    asked.test = asked.is_on("Test_Lead");
    // The combination that every buyer on the platform takes.
    asked.forced =
        asked.test && asked.get(&["Zip"]).as_deref() == Some("99999") && asked.get(&["State"]).as_deref() == Some("AK");
    asked.price = match (asked.is_on("Return_Best_Price"), asked.is_on("Return_Lead_Cost")) {
        (true, _) => Some("price"),
        (false, true) => Some("cost"),
        (false, false) => None,
    };
    asked.fault = unreadable.or_else(|| step(&mut asked, &file));
    asked
}

fn step(asked: &mut Asked, file: &str) -> Option<Fault> {
    if file == "genericpostlead.php" {
        return None;
    }
    match asked.get(&["API_Action"]).as_deref() {
        Some("pingPostLead") => {}
        Some("submitLead") => return None,
        _ => return Some(Fault::Member("API_Action")),
    }
    match asked.get(&["Mode"]).map(|mode| mode.to_ascii_lowercase()).as_deref() {
        Some("ping") => asked.step = Step::Ping,
        Some("full") => {}
        Some("post") => {
            asked.step = Step::Post;
            asked.ping = asked.get(&["Lead_ID"]);
            return asked.ping.is_none().then_some(Fault::Member("Lead_ID"));
        }
        _ => return Some(Fault::Member("Mode")),
    }
    None
}

pub(super) fn answer(asked: &Asked, told: &Told) -> Reply {
    let id = |bits: u128| text(to_number(bits).to_string());
    let status = |word: &str| object([("status", text(word))]);
    let response = match told {
        Told::Ping(ping) => match &ping.payout {
            Some(payout) => status("Matched")
                .and("lead_id", Some(id(ping.ping_id.bits())))
                .and(asked.price.unwrap_or_default(), asked.price.map(|_| text(payout.amount.to_decimal()))),
            None => status("Unmatched").and("lead_id", Some(id(ping.ping_id.bits()))),
        },
        Told::Lead(lead) => match lead.status.as_str() {
            "sold" => status("Matched")
                .and("lead_id", Some(id(lead.lead_id.bits())))
                .and(asked.price.unwrap_or("price"), lead.payout.map(|payout| text(payout.amount.to_decimal())))
                .and("redirect_url", lead.redirect_url.clone().map(text)),
            "duplicate" => failed(vec![why(lead.reason.or(Some(model::Reason::DuplicateLead))).to_owned()], asked),
            _ => status("Unmatched").and("lead_id", Some(id(lead.lead_id.bits()))),
        },
        Told::Below(_) | Told::NoSuchLead | Told::Token(_) | Told::Heard(..) | Told::NotHeard(..) => {
            status("Unmatched")
        }
        Told::Refused(fault) => failed(words(fault), asked),
    };
    let reply = match asked.format {
        Format::Json => Reply::json(object([("response", response)]).json()),
        Format::Xml | Format::Text => Reply::xml(response.xml("response")),
    };
    reply.waiting(told)
}

/// One `error` for each fault; in JSON a list where there are several.
fn failed(errors: Vec<String>, asked: &Asked) -> Val {
    let failed = object([("status", text("Error"))]);
    match asked.format {
        Format::Json if errors.len() > 1 => {
            failed.and("error", Some(Val::List(errors.into_iter().map(Val::Text).collect())))
        }
        _ => errors.into_iter().fold(failed, |failed, error| failed.and("error", Some(Val::Text(error)))),
    }
}

fn words(fault: &Fault) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match fault {
        Fault::Key => one("Invalid Key"),
        Fault::Campaign => one("Invalid TYPE or SRC"),
        Fault::Member(name) => vec![format!("Missing or invalid {name}")],
        Fault::Fields(fields) => fields
            .iter()
            .map(|wrong| format!("{} {}", if wrong.missing { "Missing" } else { "Invalid" }, wrong.name(spell)))
            .collect(),
        Fault::PingUnknown => one("Invalid Lead_ID"),
        Fault::PingExpired => one("Lead_ID has expired"),
        Fault::PingChanged => one("Invalid lead: a value differs from the ping"),
        Fault::PingWithoutBid => one("Invalid Lead_ID: the ping was not matched"),
        Fault::Used => one("Duplicate lead"),
        Fault::Unreadable(format) => vec![format!("Invalid {format}")],
        Fault::Http(_, text, _) => one(text),
        Fault::Often(_) => one("Too many requests"),
        Fault::Busy(_) => one("Temporarily unavailable"),
    }
}

fn spell(name: &str) -> String {
    if name == "phone" { "Primary_Phone".to_owned() } else { titled(name) }
}
