//! What each platform wants: addresses, credentials, members. Everything here is as the platform has it (contracts/*.md).

use super::{
    answers::{self, boberdoo},
    queued,
    said::{Reply, Said},
};

/// How a body has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Form,
    Json,
    /// JSON as the text of this form field.
    JsonField(&'static str),
}

/// Where a credential stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Member(&'static str),
    Header(&'static str, &'static str),
    Path,
    Query(&'static str),
}

/// What its answers can say beside yes and no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    Price,
    Redirect,
    /// That the outcome comes later.
    Later,
}

/// One of a platform's addresses.
#[derive(Clone, Copy)]
pub(super) struct Door {
    /// `*` is any one part; what stands behind a `?` has to be in the body.
    pub(super) path: &'static str,
    /// Members that have to be there, with a value where one is named.
    pub(super) needs: &'static [&'static str],
    pub(super) answer: fn(&Said) -> Reply,
}

/// Where one asks for an outcome that comes later.
#[derive(Clone, Copy)]
pub(super) struct Poll {
    pub(super) path: &'static str,
    pub(super) keys: &'static [Key],
    /// The member of the query that names the lead; without, the last part of the path does.
    pub(super) lead: Option<&'static str>,
    pub(super) answer: fn(&Said) -> Reply,
}

/// A platform as a buyer; `platform.variant` is one of the ways in which its accounts differ.
#[derive(Clone, Copy)]
pub(super) struct Platform {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) keys: &'static [Key],
    /// Its names for the ZIP code and the phone number.
    pub(super) zip: &'static str,
    pub(super) phone: &'static str,
    /// Where a post names the ping's token: a member, nothing for a part of the path. Without one, posts stand alone.
    pub(super) token: Option<&'static str>,
    pub(super) ping: Option<Door>,
    pub(super) post: Door,
    pub(super) tells: &'static [Tells],
    pub(super) poll: Option<Poll>,
    /// Whether nothing is decided at once.
    pub(super) queues: bool,
    /// Milliseconds a ping is good for; for ever when nobody published it.
    pub(super) good_for_ms: Option<i64>,
    /// What it can answer with: other wishes are refused.
    pub(super) accept: Option<&'static str>,
}

pub(super) const fn door(path: &'static str, needs: &'static [&'static str], answer: fn(&Said) -> Reply) -> Door {
    Door { path, needs, answer }
}

/// A platform that is posted to without a ping.
pub(super) const fn direct(name: &'static str, kind: Kind, keys: &'static [Key], post: Door) -> Platform {
    Platform {
        name,
        kind,
        keys,
        zip: "zip",
        phone: "phone",
        token: None,
        ping: None,
        post,
        tells: PRICED,
        poll: None,
        queues: false,
        good_for_ms: None,
        accept: None,
    }
}

pub(super) const PRICED: &[Tells] = &[Tells::Price];
pub(super) const REDIRECTING: &[Tells] = &[Tells::Price, Tells::Redirect];
pub(super) const LATER: &[Tells] = &[Tells::Price, Tells::Redirect, Tells::Later];

pub(super) const BOBERDOO_POST: &[&str] = &["API_Action", "TYPE", "SRC", "First_Name", "Last_Name", "Email"];
pub(super) const BOBERDOO: Platform = Platform {
    zip: "Zip",
    phone: "Primary_Phone",
    token: Some("Lead_ID"),
    ping: Some(door(
        "new_api/api.php?Mode=ping",
        &["API_Action", "TYPE", "SRC", "Return_Best_Price", "Format=XML"],
        boberdoo,
    )),
    tells: REDIRECTING,
    ..direct("boberdoo", Kind::Form, &[Key::Member("Key")], door("new_api/api.php?Mode=post", BOBERDOO_POST, boberdoo))
};

pub(super) const LEADSPEDIA: Platform = Platform {
    zip: "zip_code",
    phone: "phone_home",
    token: Some("lp_ping_id"),
    ping: Some(door("ping.do", &["lp_campaign_id", "lp_response=JSON"], answers::leadspedia)),
    tells: REDIRECTING,
    ..direct(
        "leadspedia",
        Kind::Form,
        &[Key::Member("lp_campaign_key")],
        door(
            "post.do",
            &["lp_campaign_id", "first_name", "last_name", "email_address", "lp_response=JSON"],
            answers::leadspedia,
        ),
    )
};

pub(super) const PHONEXA: Platform = Platform {
    phone: "phoneNumber",
    token: Some("promise"),
    ping: Some(door("ping/", &["productId"], answers::phonexa_ping)),
    tells: LATER,
    poll: Some(Poll {
        path: "lead/check-lead-status",
        keys: &[Key::Query("apiId"), Key::Query("apiPassword")],
        lead: Some("checkKey"),
        answer: answers::phonexa_post,
    }),
    ..direct(
        "phonexa",
        Kind::Json,
        &[Key::Member("apiId"), Key::Member("apiPassword")],
        door("post/", &["productId", "firstName", "lastName", "email"], answers::phonexa_post),
    )
};

pub(super) const LEADCONDUIT: Platform = Platform {
    zip: "postal_code",
    phone: "phone_1",
    ping: Some(door("flows/*/sources/*/ping", &[], answers::leadconduit_ping)),
    accept: Some("application/json"),
    ..direct(
        "leadconduit",
        Kind::Json,
        &[Key::Path],
        door("flows/*/sources/*/submit", &["first_name", "last_name", "email"], answers::leadconduit_post),
    )
};

const LEADPROSPER_POST: &[&str] = &["lp_campaign_id", "lp_supplier_id", "first_name", "last_name", "email"];
pub(super) const LEADPROSPER: Platform = Platform {
    zip: "zip_code",
    token: Some("lp_ping_id"),
    ping: Some(door("ping", &["lp_campaign_id", "lp_supplier_id"], answers::leadprosper)),
    ..direct("leadprosper", Kind::Json, &[Key::Member("lp_key")], door("post", LEADPROSPER_POST, answers::leadprosper))
};
pub(super) const LEADPROSPER_DIRECT: Door = door("direct_post", LEADPROSPER_POST, answers::leadprosper);

pub(super) const LEADBYTE: Platform = Platform {
    zip: "postcode",
    phone: "phone1",
    tells: &[],
    ..direct(
        "leadbyte",
        Kind::Form,
        &[Key::Member("sid")],
        door("api/submit.php", &["returnjson", "campid", "email", "firstname", "lastname"], queued::leadbyte),
    )
};

pub(super) const LEADEXEC_NEEDS: &[&str] = &["VID", "LID", "FirstName", "LastName", "Email"];
pub(super) const LEADEXEC: Platform = Platform {
    zip: "Zip",
    phone: "Phone",
    tells: LATER,
    ..direct(
        "leadexec",
        Kind::Form,
        &[Key::Member("Password")],
        door("processor/insert/general", LEADEXEC_NEEDS, queued::leadexec),
    )
};

pub(super) const PX: Platform = Platform {
    zip: "ZipCode",
    phone: "PhoneNumber",
    token: Some("TransactionId"),
    ping: Some(door("api/lead/ping", &["Vertical", "ContactData"], answers::px)),
    tells: REDIRECTING,
    ..direct(
        "px",
        Kind::Json,
        &[Key::Member("ApiToken")],
        door("api/lead/post", &["Vertical", "FirstName", "LastName", "EmailAddress"], answers::px),
    )
};

const JANGL: Platform = Platform {
    token: Some("auth_code"),
    ping: Some(door("ping", &["data", "meta", "originally_created"], answers::jangl)),
    tells: REDIRECTING,
    good_for_ms: Some(300_000),
    accept: Some("application/json"),
    ..direct(
        "jangl",
        Kind::Json,
        &[Key::Header("authorization", "Token ")],
        door("post", &["contact", "first_name", "last_name", "email"], answers::jangl),
    )
};

const MEDIAALPHA: Platform = Platform {
    token: Some("ping_id"),
    ping: Some(door("ping.json", &["placement_id", "version", "date_time"], answers::mediaalpha_ping)),
    ..direct(
        "mediaalpha",
        Kind::Json,
        &[Key::Member("api_token")],
        door("post.json", &["placement_id", "version", "bid_ids", "contact", "email"], answers::mediaalpha_post),
    )
};

const MODERNIZE: Platform = Platform {
    zip: "postalCode",
    phone: "homePhone",
    token: Some("pingToken"),
    ping: Some(door("ping-post/pings", &["service", "buyTimeframe", "partnerSourceId"], answers::modernize)),
    ..direct(
        "modernize",
        Kind::Json,
        &[Key::Member("tagId")],
        door("ping-post/posts", &["service", "firstName", "lastName", "email"], answers::modernize),
    )
};

const PATH_TOKEN: Platform = Platform {
    zip: "zip_code",
    token: Some(""),
    ping: Some(door("partners/request", &["category"], answers::path_ping)),
    ..direct(
        "path-token",
        Kind::Json,
        &[Key::Header("api-key", "")],
        door("partners/request/*/accept", &["first_name", "last_name", "email"], answers::path_post),
    )
};

pub(super) const WEBHOOK_NEEDS: &[&str] = &["lead_id", "first_name", "last_name", "email"];
pub(super) const WEBHOOK: Platform = Platform {
    tells: REDIRECTING,
    ..direct(
        "json-webhook",
        Kind::Json,
        &[Key::Header("authorization", "Bearer ")],
        door("leads", WEBHOOK_NEEDS, answers::webhook),
    )
};

const CRM: Platform = Platform {
    tells: &[],
    ..direct(
        "crm-webhook",
        Kind::Form,
        &[Key::Query("key")],
        door("hooks/leads", &["external_id", "name", "email"], answers::crm),
    )
};

/// Every platform as most of its accounts are.
pub(super) const PLATFORMS: &[Platform] = &[
    BOBERDOO,
    LEADSPEDIA,
    PHONEXA,
    LEADCONDUIT,
    LEADPROSPER,
    LEADBYTE,
    LEADEXEC,
    PX,
    JANGL,
    MEDIAALPHA,
    MODERNIZE,
    PATH_TOKEN,
    WEBHOOK,
    CRM,
];
