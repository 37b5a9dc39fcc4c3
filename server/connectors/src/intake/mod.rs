//! What sellers send who come from another platform, and the answers their programs know how to read. Pure: a request's
//! bytes become [`Asked`], what came of it becomes a [`Reply`]. One file for each platform; nothing here decides anything
//! about a lead.
//!
//! The wire formats are the platforms' own documents; where they differ among their customers, the commonest is spoken.

mod boberdoo;
mod hook;
mod leadbyte;
mod leadconduit;
mod leadexec;
mod leadprosper;
mod leadspedia;
mod names;
mod number;
mod phonexa;
mod request;
mod signature;
mod write;

pub use hook::{Delivery, Event, NO_DATA, Outcome, answer as answer_hook, read as read_hook};
pub use names::{Aliases, Placed, place, usable as usable_target};
pub(crate) use names::{bare, meaning};
pub use number::{from_number, to_number};
pub use request::{Member, Request, Unreadable};
pub use signature::{HEADERS as SIGNATURE_HEADERS, signature, verify};

pub use model::intake::{HookFormat, Platform};
use model::{FieldError, LeadId, Micros, Reason, Timestamp, lead::Answer, ping::PingAnswer};

/// Which step of a sale a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What would be paid, before the person is known.
    Ping,
    /// The lead after a ping; the ping's id is in [`Asked::ping`].
    Post,
    /// The lead at once.
    Full,
    /// What became of a lead, by the id we gave.
    State(String),
    /// A key is exchanged for a token; the token is the key.
    Token,
    /// A buyer says what became of a lead.
    Feedback(Feedback),
}

/// What a buyer says became of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The lead, by the id it was delivered with.
    pub event: String,
    /// Whether it gives the lead back; otherwise the person bought.
    pub returned: bool,
    /// Why, in the buyer's words.
    pub reason: String,
}

/// In which words the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// XML.
    #[default]
    Xml,
    /// JSON.
    Json,
    /// Lines of text.
    Text,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The step.
    pub step: Step,
    /// Where a credential may stand, in the order they are tried.
    pub keys: Vec<String>,
    /// The words that may name the campaign, in the order they are tried.
    pub campaigns: Vec<String>,
    /// The ping's id as we gave it.
    pub ping: Option<String>,
    /// The sender's own id of the lead.
    pub external_id: Option<String>,
    /// Whether it is a test: it reaches sandbox buyers only, whatever the key.
    pub test: bool,
    /// Whether a test asks to be told that it sold.
    pub forced: bool,
    /// Whether the sender asks later for the outcome.
    pub later: bool,
    /// The least the sender sells for.
    pub least: Option<Micros>,
    /// What was sent, control members included.
    pub members: Vec<Member>,
    /// How to answer.
    pub format: Format,
    /// The type of an answer in XML.
    pub xml: &'static str,
    /// What the answer calls the price, where the sender chooses; none leaves it out.
    pub price: Option<&'static str>,
    /// Where the browser that sent it wants to go.
    pub redirect: Option<String>,
    /// What makes the request unusable before anything is looked up.
    pub fault: Option<Fault>,
}

impl Asked {
    fn new(step: Step, members: Vec<Member>) -> Self {
        Self {
            step,
            keys: Vec::new(),
            campaigns: Vec::new(),
            ping: None,
            external_id: None,
            test: false,
            forced: false,
            later: false,
            least: None,
            members,
            format: Format::Json,
            xml: "text/xml",
            price: None,
            redirect: None,
            fault: None,
        }
    }

    /// The first of the members that has a value, without regard to case.
    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| request::find(&self.members, name).map(ToOwned::to_owned))
    }

    fn all(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter_map(|name| self.get(&[name])).collect()
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(&[name]).is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes"))
    }
}

/// One field that is missing or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What the sender called it, when it was sent.
    pub theirs: Option<String>,
    /// Our name.
    pub ours: String,
    /// Whether it is missing.
    pub missing: bool,
}

impl Wrong {
    /// A fault of the intake in the sender's words.
    #[must_use]
    pub fn new(fault: &FieldError, placed: &Placed) -> Self {
        let ours = fault.field.strip_prefix("fields.").unwrap_or(&fault.field);
        Self { theirs: placed.theirs.get(ours).cloned(), ours: ours.to_owned(), missing: fault.code == "missing" }
    }

    fn name(&self, spell: fn(&str) -> String) -> String {
        self.theirs.clone().unwrap_or_else(|| spell(&self.ours))
    }
}

/// Why nothing became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The credential is missing or not known.
    Key,
    /// No campaign is meant, or none this key may send into.
    Campaign,
    /// A control member is missing or has a value that is not offered; its name.
    Member(&'static str),
    /// Fields that are missing or cannot be read: all of them.
    Fields(Vec<Wrong>),
    /// There is no such ping.
    PingUnknown,
    /// The ping's time is over.
    PingExpired,
    /// A field differs from what was pinged.
    PingChanged,
    /// The ping had no bid.
    PingWithoutBid,
    /// A lead was sent with it, or under the same id, already.
    Used,
    /// The body cannot be read.
    Unreadable(String),
    /// The platform itself refuses such a request: a status, a text, and the methods it takes.
    Http(u16, String, Option<&'static str>),
    /// Too often; seconds to wait.
    Often(u32),
    /// No room at present; seconds to wait.
    Busy(u32),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The answer to a ping.
    Ping(PingAnswer),
    /// What became of the lead.
    Lead(Answer),
    /// It would have sold for less than the sender wants: at this price.
    Below(Micros),
    /// There is no such lead of this sender.
    NoSuchLead,
    /// The token.
    Token(String),
    /// What was said of a lead is kept: the lead, and the first and last name it was delivered with.
    Heard(LeadId, String, String),
    /// It was heard, and cannot be: why.
    NotHeard(LeadId, String),
    /// Nothing.
    Refused(Fault),
}

/// When an answer is given, and under which number support finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// Milliseconds since the request came.
    pub took_ms: i64,
    /// The request's id.
    pub request: u128,
}

/// The bytes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The type of the content.
    pub kind: &'static str,
    /// The content.
    pub body: String,
    /// Further headers, by name.
    pub headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn new(status: u16, kind: &'static str, body: String) -> Self {
        Self { status, kind, body, headers: Vec::new() }
    }

    fn xml(body: String) -> Self {
        Self::new(200, "text/xml", body)
    }

    fn json(body: String) -> Self {
        Self::new(200, "application/json", body)
    }

    fn text(body: String) -> Self {
        Self::new(200, "text/plain", body)
    }

    /// Where the platform answers 200 to everything, only what is to be sent again is not: 429 and 503.
    fn waiting(mut self, told: &Told) -> Self {
        let (status, seconds) = match told {
            Told::Refused(Fault::Often(seconds)) => (429, seconds),
            Told::Refused(Fault::Busy(seconds)) => (503, seconds),
            _ => return self,
        };
        self.status = status;
        self.headers.push(("retry-after", seconds.to_string()));
        self
    }
}

/// What a platform's request asks for.
#[must_use]
pub fn read(platform: Platform, request: &Request<'_>) -> Asked {
    match platform {
        Platform::Boberdoo => boberdoo::read(request),
        Platform::Leadspedia => leadspedia::read(request),
        Platform::Phonexa => phonexa::read(request),
        Platform::Leadconduit => leadconduit::read(request),
        Platform::Leadprosper => leadprosper::read(request),
        Platform::Leadbyte => leadbyte::read(request),
        Platform::Leadexec => leadexec::read(request),
    }
}

/// The platform's answer.
#[must_use]
pub fn answer(platform: Platform, asked: &Asked, told: &Told, at: Moment) -> Reply {
    match platform {
        Platform::Boberdoo => boberdoo::answer(asked, told),
        Platform::Leadspedia => leadspedia::answer(asked, told),
        Platform::Phonexa => phonexa::answer(told, at),
        Platform::Leadconduit => leadconduit::answer(asked, told, at),
        Platform::Leadprosper => leadprosper::answer(asked, told),
        Platform::Leadbyte => leadbyte::answer(asked, told, at),
        Platform::Leadexec => leadexec::answer(asked, told, at),
    }
}

/// What the platform's own members mean to us, by their name without regard to case; an empty target is for the platform
/// alone and goes nowhere.
pub(crate) const fn own(platform: Platform) -> &'static [(&'static str, &'static str)] {
    match platform {
        Platform::Boberdoo => boberdoo::OWN,
        Platform::Leadspedia => leadspedia::OWN,
        Platform::Phonexa => phonexa::OWN,
        Platform::Leadconduit => leadconduit::OWN,
        Platform::Leadprosper => leadprosper::OWN,
        Platform::Leadbyte => leadbyte::OWN,
        Platform::Leadexec => leadexec::OWN,
    }
}

/// Why a lead did not sell, as much as its sender is told.
fn why(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Suppressed) => "Suppressed",
        Some(Reason::DuplicateLead) => "Duplicate lead",
        Some(Reason::InvalidLead) => "Invalid lead",
        _ => "No buyer found",
    }
}

/// `first_name` as `First_Name`.
fn titled(name: &str) -> String {
    parts(name).join("_")
}

/// `first_name` as `FirstName`.
fn pascal(name: &str) -> String {
    parts(name).concat()
}

/// `first_name` as `firstName`.
fn camel(name: &str) -> String {
    let whole = pascal(name);
    let mut letters = whole.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

fn snake(name: &str) -> String {
    name.to_owned()
}

fn parts(name: &str) -> Vec<String> {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('_').map(part).collect()
}
