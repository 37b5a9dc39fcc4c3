//! The other ways in which accounts of the platforms answer and want to be asked, and ways that no platform has to itself.

use super::{
    answers as say,
    platforms::{
        BOBERDOO, BOBERDOO_POST, Key, Kind, LATER, LEADBYTE, LEADCONDUIT, LEADEXEC, LEADEXEC_NEEDS, LEADPROSPER,
        LEADPROSPER_DIRECT, LEADSPEDIA, PHONEXA, PX, Platform, Poll, REDIRECTING, WEBHOOK, WEBHOOK_NEEDS, door,
    },
    queued,
};

const BOBERDOO_PING: &str = "new_api/api.php?Mode=ping";
const BOBERDOO_ACCEPTS: &str = "new_api/api.php?Mode=post";
const BOBERDOO_NEEDS: &[&str] = &["API_Action", "TYPE", "SRC", "Return_Best_Price"];
const FLOW_PING: &str = "flows/*/sources/*/ping";
const FLOW_SUBMIT: &str = "flows/*/sources/*/submit";
const FLOW_NEEDS: &[&str] = &["first_name", "last_name", "email"];
const PX_PING: &[&str] = &["Vertical", "ContactData"];

/// Every variant.
pub(super) const VARIANTS: &[Platform] = &[
    Platform {
        name: "boberdoo.json",
        ping: Some(door(
            BOBERDOO_PING,
            &["API_Action", "TYPE", "SRC", "Return_Best_Price", "Format=JSON"],
            say::boberdoo_json,
        )),
        post: door(BOBERDOO_ACCEPTS, &["API_Action", "TYPE", "SRC", "Email", "Format=JSON"], say::boberdoo_json),
        ..BOBERDOO
    },
    Platform {
        name: "boberdoo.best-bid",
        ping: Some(door(BOBERDOO_PING, BOBERDOO_NEEDS, say::boberdoo_best_bid)),
        post: door(BOBERDOO_ACCEPTS, BOBERDOO_POST, say::boberdoo_best_bid),
        ..BOBERDOO
    },
    Platform {
        name: "boberdoo.cost",
        ping: Some(door(BOBERDOO_PING, &["API_Action", "TYPE", "SRC", "Return_Lead_Cost=1"], say::boberdoo_cost)),
        post: door(BOBERDOO_ACCEPTS, BOBERDOO_POST, say::boberdoo_cost),
        ..BOBERDOO
    },
    Platform { name: "boberdoo.short", post: door(BOBERDOO_ACCEPTS, BOBERDOO_POST, say::boberdoo_short), ..BOBERDOO },
    Platform {
        name: "boberdoo.escaped",
        ping: Some(door(BOBERDOO_PING, BOBERDOO_NEEDS, say::boberdoo_escaped)),
        post: door(BOBERDOO_ACCEPTS, BOBERDOO_POST, say::boberdoo_escaped),
        ..BOBERDOO
    },
    Platform {
        name: "boberdoo.full",
        token: None,
        ping: None,
        post: door(
            "new_api/api.php?Mode=full",
            &["API_Action=pingPostLead", "TYPE", "SRC", "Return_Best_Price", "First_Name", "Last_Name", "Email"],
            say::boberdoo_full,
        ),
        ..BOBERDOO
    },
    Platform {
        name: "boberdoo.direct",
        token: None,
        ping: None,
        post: door("genericPostlead.php", &["TYPE", "SRC", "First_Name", "Last_Name", "Email"], say::boberdoo),
        tells: LATER,
        ..BOBERDOO
    },
    Platform {
        name: "leadspedia.xml",
        ping: Some(door("ping.do", &["lp_campaign_id"], say::leadspedia_xml)),
        post: door("post.do", &["lp_campaign_id", "first_name", "last_name", "email_address"], say::leadspedia_xml),
        ..LEADSPEDIA
    },
    Platform {
        name: "phonexa.full",
        token: None,
        ping: None,
        post: door("fullpost/", &["productId", "firstName", "lastName", "email"], say::phonexa_post),
        ..PHONEXA
    },
    Platform {
        name: "leadconduit.xml",
        ping: Some(door(FLOW_PING, &[], say::leadconduit_xml)),
        post: door(FLOW_SUBMIT, FLOW_NEEDS, say::leadconduit_xml),
        accept: Some("text/xml"),
        ..LEADCONDUIT
    },
    Platform {
        name: "leadconduit.classic",
        ping: Some(door(FLOW_PING, &[], say::leadconduit_classic)),
        post: door(FLOW_SUBMIT, FLOW_NEEDS, say::leadconduit_classic),
        accept: None,
        ..LEADCONDUIT
    },
    Platform {
        name: "leadconduit.text",
        ping: Some(door(FLOW_PING, &[], say::leadconduit_text)),
        post: door(FLOW_SUBMIT, FLOW_NEEDS, say::leadconduit_text),
        accept: Some("text/plain"),
        ..LEADCONDUIT
    },
    Platform {
        name: "leadprosper.bid",
        ping: Some(door("ping", &["lp_campaign_id", "lp_supplier_id"], say::leadprosper_bid)),
        post: door("post", &["lp_campaign_id", "lp_supplier_id", "email"], say::leadprosper_bid),
        ..LEADPROSPER
    },
    Platform { name: "leadprosper.direct", token: None, ping: None, post: LEADPROSPER_DIRECT, ..LEADPROSPER },
    Platform {
        name: "leadbyte.text",
        post: door("api/submit.php", &["campid", "email", "firstname", "lastname"], queued::leadbyte_text),
        ..LEADBYTE
    },
    Platform {
        name: "leadbyte.rest",
        kind: Kind::Json,
        keys: &[Key::Header("x_key", "")],
        post: door("restapi/v1.3/leads", &["campid", "sid", "email", "firstname", "lastname"], queued::leadbyte_queue),
        poll: Some(Poll {
            path: "restapi/v1.3/apiqueue/*",
            keys: &[Key::Query("key")],
            lead: None,
            answer: queued::leadbyte_queue,
        }),
        queues: true,
        ..LEADBYTE
    },
    Platform {
        name: "leadexec.numeric",
        post: door("processor/insert/general", LEADEXEC_NEEDS, queued::leadexec_numeric),
        ..LEADEXEC
    },
    Platform {
        name: "leadexec.json",
        post: door("processor/insert/general/json", LEADEXEC_NEEDS, queued::leadexec_json),
        ..LEADEXEC
    },
    Platform {
        name: "leadexec.async",
        kind: Kind::Json,
        keys: &[Key::Header("api-key", "")],
        post: door(
            "processor/insert/general/json/async",
            &["source", "vid", "lid", "leads", "fields", "FirstName", "LastName", "Email"],
            queued::leadexec_async,
        ),
        tells: &[],
        queues: true,
        ..LEADEXEC
    },
    Platform { name: "px.legs", ping: Some(door("api/lead/ping", PX_PING, say::px_legs)), ..PX },
    Platform { name: "px.brands", ping: Some(door("api/lead/ping", PX_PING, say::px_brands)), ..PX },
    Platform {
        name: "json-field",
        kind: Kind::JsonField("data"),
        keys: &[Key::Header("authorization", "Bearer ")],
        tells: REDIRECTING,
        ..WEBHOOK
    },
    // A status address is asked until the outcome is there.
    Platform {
        name: "polling",
        keys: &[Key::Path],
        post: door("leaddirect/*", WEBHOOK_NEEDS, say::webhook),
        tells: LATER,
        poll: Some(Poll { path: "leaddirect/*/status/*", keys: &[Key::Path], lead: None, answer: say::webhook }),
        queues: true,
        ..WEBHOOK
    },
    // It has it, and says what became of it where it was told to.
    Platform {
        name: "call-back",
        post: door("leads", &["lead_id", "first_name", "last_name", "email", "post_back_url"], say::webhook),
        tells: &[],
        queues: true,
        ..WEBHOOK
    },
];
