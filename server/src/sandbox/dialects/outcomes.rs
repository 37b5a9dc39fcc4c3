//! What can become of a lead at a platform: one row for each, and the ZIP code that asks for it (contracts/README.md,
//! section 3). `GET /__control/dialects` lists them, and a test holds every one of them against the server.

use super::{
    platforms::{Platform, Tells},
    said::No,
};
use crate::sandbox::faults::Kind as Fault;

/// Which call something happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The ping; of a platform without pings the post.
    First,
    Ping,
    Post,
}

/// A price as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Price {
    Number(f64),
    Text(&'static str),
    Silent,
}

/// How an outcome that comes later comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    Sold,
    Refused,
    Never,
    /// Who asks for it is told that there is no such lead.
    Forgotten,
}

/// What is the matter with the ping that a post names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ping {
    /// A bid without a token.
    Bare,
    /// It was posted before.
    Used,
    /// There was none.
    Unknown,
}

/// What the platform does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Does {
    Buys,
    Bids(Price),
    Pays(Price),
    Asks(Price),
    Refuses(At, No),
    Spoils(At, Fault),
    /// Answers with a page for people.
    Page(At),
    /// Says nothing for so many milliseconds.
    Waits(At, u64),
    Redirects(&'static str),
    Later(Later),
    Ping(Ping),
}

/// Whom something can happen to.
#[derive(Debug, Clone, Copy)]
enum Of {
    All,
    Pinged,
    Priced,
    Redirecting,
    Tokened,
    Late,
    Polled,
    /// What a connection does has nothing to do with who speaks: one of each platform is enough.
    Plain,
    PlainPinged,
    Only(&'static [&'static str]),
}

/// One of them.
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) zip: u32,
    of: Of,
    pub(super) does: Does,
}

const fn row(zip: u32, name: &'static str, of: Of, does: Does) -> Outcome {
    Outcome { name, zip, of, does }
}

impl Outcome {
    /// The one that a ZIP code asks for.
    pub(super) fn of_zip(zip: &str, platform: &Platform) -> Option<&'static Self> {
        let zip: u32 = zip.parse().ok()?;
        OUTCOMES.iter().find(|outcome| outcome.zip == zip && outcome.applies(platform))
    }

    /// Whether a platform knows it.
    pub(super) fn applies(&self, platform: &Platform) -> bool {
        let (pinged, plain) = (platform.ping.is_some(), !platform.name.contains('.'));
        match self.of {
            All => true,
            Pinged => pinged,
            Priced => platform.tells.contains(&Tells::Price),
            Redirecting => platform.tells.contains(&Tells::Redirect),
            Late => platform.tells.contains(&Tells::Later),
            Polled => platform.poll.is_some(),
            Tokened => pinged && platform.token.is_some(),
            Plain => plain,
            PlainPinged => plain && pinged,
            Only(names) => names.contains(&platform.name),
        }
    }
}

use At::{First, Post};
use Does::{Later as Comes, Page, Redirects, Refuses, Spoils, Waits};
use Of::{All, Late, Only, Pinged, Plain, PlainPinged, Polled, Priced, Redirecting, Tokened};

const LEADBYTE: Of = Only(&["leadbyte", "leadbyte.rest"]);
const PHONEXA: Of = Only(&["phonexa", "phonexa.full"]);
const LEADCONDUIT: Of = Only(&["leadconduit", "leadconduit.xml", "leadconduit.classic", "leadconduit.text"]);
const LEADEXEC: Of = Only(&["leadexec", "leadexec.numeric", "leadexec.json"]);
const LEADPROSPER: Of = Only(&["leadprosper", "leadprosper.bid", "leadprosper.direct"]);

/// All of them. The ones that come too late to count stand apart: a buyer that is late too often is spared.
pub(super) const OUTCOMES: &[Outcome] = &[
    row(48226, "accepted", All, Does::Buys),
    row(10001, "lower_price", Priced, Does::Pays(Price::Number(10.0))),
    row(10002, "without_price", All, Does::Pays(Price::Silent)),
    row(10003, "bid_of_nothing", Pinged, Does::Bids(Price::Number(0.0))),
    row(10004, "dollars", Priced, Does::Asks(Price::Text("$1,250.00"))),
    row(10005, "price_of_nothing", Priced, Does::Pays(Price::Number(0.0))),
    row(10006, "bid_without_price", Pinged, Does::Bids(Price::Silent)),
    row(40006, "ping_hangs", Pinged, Spoils(At::Ping, Fault::Hang)),
    row(20001, "refused_geo", All, Refuses(First, No::Geo)),
    row(20002, "refused_cap", All, Refuses(First, No::Cap)),
    row(20003, "refused_duplicate", All, Refuses(First, No::Duplicate)),
    row(20004, "refused_criteria", All, Refuses(First, No::Criteria)),
    row(20005, "refused_hours", All, Refuses(First, No::Hours)),
    row(20006, "refused_field", All, Refuses(First, No::Field)),
    row(20007, "refused_auth", All, Refuses(First, No::Auth)),
    row(20008, "refused_nobody", All, Refuses(First, No::Nobody)),
    row(46001, "ping_after_600_ms", Pinged, Waits(At::Ping, 600)),
    row(40007, "ping_page", Pinged, Page(At::Ping)),
    row(30001, "post_refused_geo", Pinged, Refuses(Post, No::Geo)),
    row(30002, "post_refused_cap", Pinged, Refuses(Post, No::Cap)),
    row(46002, "ping_after_1500_ms", Pinged, Waits(At::Ping, 1500)),
    row(30003, "post_refused_duplicate", Pinged, Refuses(Post, No::Duplicate)),
    row(30004, "post_refused_criteria", Pinged, Refuses(Post, No::Criteria)),
    row(30005, "post_refused_hours", Pinged, Refuses(Post, No::Hours)),
    row(30006, "post_refused_field", Pinged, Refuses(Post, No::Field)),
    row(30007, "post_refused_auth", Pinged, Refuses(Post, No::Auth)),
    row(30008, "post_refused_nobody", Pinged, Refuses(Post, No::Nobody)),
    row(30009, "expired_ping", Tokened, Refuses(Post, No::Expired)),
    row(42100, "used_ping", Tokened, Does::Ping(Ping::Used)),
    row(42101, "post_without_ping", Tokened, Does::Ping(Ping::Unknown)),
    row(43001, "bid_without_token", Tokened, Does::Ping(Ping::Bare)),
    row(40010, "redirect", Redirecting, Redirects("https://buyer.example/thanks")),
    row(40005, "redirect_script", Redirecting, Redirects("javascript:alert(1)")),
    row(40011, "redirect_private", Redirecting, Redirects("http://192.168.1.1/admin")),
    row(40012, "redirect_private_name", Redirecting, Redirects("http://router.local/admin")),
    row(40001, "page", All, Page(Post)),
    row(40002, "hangs", All, Spoils(Post, Fault::Hang)),
    row(40003, "bought_and_cut_off", All, Spoils(Post, Fault::AcceptThenDrop)),
    row(46003, "ping_after_10_s", Pinged, Waits(At::Ping, 10_000)),
    row(47001, "after_600_ms", All, Waits(Post, 600)),
    row(47002, "after_1500_ms", All, Waits(Post, 1500)),
    row(47003, "after_10_s", All, Waits(Post, 10_000)),
    row(40004, "later", Late, Comes(Later::Sold)),
    row(40014, "later_refused", Polled, Comes(Later::Refused)),
    row(40024, "later_never", Polled, Comes(Later::Never)),
    row(40034, "later_forgotten", Polled, Comes(Later::Forgotten)),
    row(45001, "returned", All, Does::Buys),
    row(41001, "ping_reset", PlainPinged, Spoils(At::Ping, Fault::Reset)),
    row(41002, "ping_half_a_body", PlainPinged, Spoils(At::Ping, Fault::HalfBody)),
    row(41003, "ping_500", PlainPinged, Spoils(At::Ping, Fault::ServerError)),
    row(41004, "ping_502", PlainPinged, Spoils(At::Ping, Fault::BadGateway)),
    row(41005, "ping_503", PlainPinged, Spoils(At::Ping, Fault::Busy)),
    row(41006, "ping_429", PlainPinged, Spoils(At::Ping, Fault::TooMany)),
    row(41007, "ping_empty", PlainPinged, Spoils(At::Ping, Fault::Empty)),
    row(41008, "ping_truncated", PlainPinged, Spoils(At::Ping, Fault::Truncated)),
    row(41009, "ping_10_mb", PlainPinged, Spoils(At::Ping, Fault::HugeBody)),
    row(41010, "ping_moved", PlainPinged, Spoils(At::Ping, Fault::Redirect)),
    row(41011, "ping_drips", PlainPinged, Spoils(At::Ping, Fault::SlowDrip)),
    row(41012, "ping_wrong_type", PlainPinged, Spoils(At::Ping, Fault::WrongContentType)),
    row(42001, "reset", Plain, Spoils(Post, Fault::Reset)),
    row(42002, "half_a_body", Plain, Spoils(Post, Fault::HalfBody)),
    row(42003, "500", Plain, Spoils(Post, Fault::ServerError)),
    row(42004, "502", Plain, Spoils(Post, Fault::BadGateway)),
    row(42005, "503", Plain, Spoils(Post, Fault::Busy)),
    row(42006, "429", Plain, Spoils(Post, Fault::TooMany)),
    row(42007, "empty", Plain, Spoils(Post, Fault::Empty)),
    row(42008, "truncated", Plain, Spoils(Post, Fault::Truncated)),
    row(42009, "10_mb", Plain, Spoils(Post, Fault::HugeBody)),
    row(42010, "moved", Plain, Spoils(Post, Fault::Redirect)),
    row(42011, "drips", Plain, Spoils(Post, Fault::SlowDrip)),
    row(42012, "wrong_type", Plain, Spoils(Post, Fault::WrongContentType)),
    row(50001, "price_reject", PHONEXA, Refuses(Post, No::Own("price_reject"))),
    row(50002, "not_found", PHONEXA, Refuses(Post, No::Own("5"))),
    row(51000, "post_400", LEADCONDUIT, Refuses(Post, No::Own("400"))),
    row(51005, "post_405", LEADCONDUIT, Refuses(Post, No::Own("405"))),
    row(51006, "post_406", LEADCONDUIT, Refuses(Post, No::Own("406"))),
    row(51015, "post_415", LEADCONDUIT, Refuses(Post, No::Own("415"))),
    row(51105, "ping_405", LEADCONDUIT, Refuses(At::Ping, No::Own("405"))),
    row(51106, "ping_406", LEADCONDUIT, Refuses(At::Ping, No::Own("406"))),
    row(51115, "ping_415", LEADCONDUIT, Refuses(At::Ping, No::Own("415"))),
    row(51002, "their_error", LEADCONDUIT, Refuses(Post, No::Own("error"))),
    row(52001, "status_error", LEADPROSPER, Refuses(Post, No::Own("ERROR"))),
    row(52002, "status_rejected", LEADPROSPER, Refuses(Post, No::Own("REJECTED"))),
    row(53003, "code_3", LEADBYTE, Refuses(Post, No::Own("-3"))),
    row(53008, "code_8", LEADBYTE, Refuses(Post, No::Own("-8"))),
    row(53010, "code_10", LEADBYTE, Refuses(Post, No::Own("-10"))),
    row(53011, "code_11", LEADBYTE, Refuses(Post, No::Own("-11"))),
    row(53012, "code_12", LEADBYTE, Refuses(Post, No::Own("-12"))),
    row(53013, "code_13", LEADBYTE, Refuses(Post, No::Own("-13"))),
    row(53015, "code_15", LEADBYTE, Refuses(Post, No::Own("-15"))),
    row(53016, "code_16", LEADBYTE, Refuses(Post, No::Own("-16"))),
    row(53100, "code_100", LEADBYTE, Refuses(Post, No::Own("-100"))),
    row(54001, "type_1", LEADEXEC, Refuses(Post, No::Own("1"))),
    row(54002, "type_2", LEADEXEC, Refuses(Post, No::Own("2"))),
    row(54003, "type_3", LEADEXEC, Refuses(Post, No::Own("3"))),
];
