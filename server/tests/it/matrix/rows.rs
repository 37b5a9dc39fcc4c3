//! Who may pass each door. A route without a row fails the test, and so does a row without a route.

use serde_json::{Value, json};

/// Who asks. Everybody but the last ones of each list works in, or belongs to, the demo's tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Nobody.
    Stranger,
    // People.
    Admin,
    Operator,
    Viewer,
    /// Of the buyer Northwind.
    Buyer,
    /// Of the source Northbound.
    Affiliate,
    /// Looks after the server and works for another tenant.
    Superadmin,
    /// Administrates another tenant.
    ForeignAdmin,
    // Programs.
    /// Of the source that sent the lead.
    SourceKey,
    /// Of the affiliate, which did not.
    OtherSource,
    /// Of Northwind, which took the lead.
    BuyerToken,
    /// Of BluePeak, which did not.
    OtherBuyer,
    AdminToken,
    OperatorToken,
    ViewerToken,
    /// An administrator's of another tenant.
    ForeignToken,
}

use Caller::{
    Admin, AdminToken, Affiliate, Buyer, BuyerToken, ForeignAdmin, ForeignToken, Operator, OperatorToken, OtherBuyer,
    OtherSource, SourceKey, Stranger, Superadmin, Viewer, ViewerToken,
};

/// Who asks at the doors of machines.
pub const MACHINES: &[Caller] = &[
    Stranger,
    Admin,
    SourceKey,
    OtherSource,
    BuyerToken,
    OtherBuyer,
    AdminToken,
    OperatorToken,
    ViewerToken,
    ForeignToken,
];
/// Who asks at the doors of people.
pub const PEOPLE: &[Caller] =
    &[Stranger, SourceKey, AdminToken, Admin, Operator, Viewer, Buyer, Affiliate, Superadmin, ForeignAdmin];

/// What a caller is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, shown, or refused for what was sent.
    In,
    /// Not known: 401, or led to the door.
    Unknown,
    /// Known, but not allowed.
    Forbidden,
    /// There is no such thing for this caller.
    NotFound,
}

/// Who passes a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Everybody.
    Open,
    /// Everybody, and each is led to the door: nobody here is half signed in, and who signs out is out.
    Door,
    /// Who sends leads; one's own leads only.
    Source,
    /// A buyer's program; one's own leads only.
    BuyerProgram,
    /// Operator tokens from a viewer's upwards.
    Sees,
    /// From an operator's upwards.
    Configures,
    /// An administrator's.
    Manages,
    /// Programs that send in other platforms' words: nobody here has such a credential.
    Foreign,
    /// People who work for the tenant.
    PeopleSee,
    /// Of those, administrators and operators.
    PeopleConfigure,
    /// Of those, administrators.
    PeopleManage,
    /// People of a buyer.
    Portal,
    /// People of a source.
    Affiliate,
    /// People who look after the server.
    Server,
    /// Whoever is signed in.
    Own,
}

/// A door.
pub struct Row {
    /// Method and path as the router writes them.
    pub door: &'static str,
    /// Who passes.
    pub class: Class,
    /// What is sent: entries of a form to people's doors, JSON to machines'. `{lead}` and so on are filled in.
    pub sent: Sent,
    /// Whether the path or what is sent names one thing, which is not there for others.
    pub one: bool,
    /// Whether the thing is one that is not there for anybody, so that nothing happens: those who pass are told so.
    pub absent: bool,
}

/// What is sent.
#[derive(Clone, Copy)]
pub enum Sent {
    Nothing,
    Form(&'static [(&'static str, &'static str)]),
    Json(fn() -> Value),
    Csv(&'static str),
}

const fn row(door: &'static str, class: Class) -> Row {
    Row { door, class, sent: Sent::Nothing, one: false, absent: false }
}

impl Row {
    const fn one(mut self) -> Self {
        self.one = true;
        self
    }

    const fn absent(mut self) -> Self {
        self.absent = true;
        self
    }

    const fn form(mut self, form: &'static [(&'static str, &'static str)]) -> Self {
        self.sent = Sent::Form(form);
        self
    }

    const fn json(mut self, body: fn() -> Value) -> Self {
        self.sent = Sent::Json(body);
        self
    }

    const fn csv(mut self, text: &'static str) -> Self {
        self.sent = Sent::Csv(text);
        self
    }

    /// What a caller has to be answered. Things of another tenant, buyer or source are not found, never forbidden.
    pub fn expected(&self, caller: Caller) -> Verdict {
        use Verdict::{Forbidden, In, NotFound, Unknown};
        let gone = if self.one { NotFound } else { In };
        let passed = if self.absent { NotFound } else { In };
        match (self.class, caller) {
            (Class::Open | Class::Foreign, _) => passed,
            (Class::Door, _) => Unknown,
            (Class::Source, SourceKey) => passed,
            (Class::Source, OtherSource) => gone,
            (Class::Source, _) => Unknown,
            (Class::BuyerProgram, BuyerToken) => passed,
            (Class::BuyerProgram, OtherBuyer) => gone,
            (Class::BuyerProgram, AdminToken | OperatorToken | ViewerToken | ForeignToken) => Forbidden,
            (Class::BuyerProgram, _) => Unknown,
            (Class::Sees | Class::Configures | Class::Manages, BuyerToken | OtherBuyer | SourceKey | OtherSource) => {
                Forbidden
            }
            (Class::Sees | Class::Configures | Class::Manages, AdminToken) => passed,
            (Class::Sees | Class::Configures | Class::Manages, ForeignToken) => gone,
            (Class::Sees, OperatorToken | ViewerToken) | (Class::Configures, OperatorToken) => passed,
            (Class::Configures | Class::Manages, ViewerToken) | (Class::Manages, OperatorToken) => Forbidden,
            (Class::Sees | Class::Configures | Class::Manages, _) => Unknown,
            (_, Stranger | SourceKey | OtherSource | BuyerToken | OtherBuyer) => Unknown,
            (_, AdminToken | OperatorToken | ViewerToken | ForeignToken) => Unknown,
            (Class::Own, _) => passed,
            (Class::Server, Superadmin) => passed,
            (Class::Portal, Buyer) | (Class::Affiliate, Affiliate) => passed,
            (Class::Server | Class::Portal | Class::Affiliate, _) => Forbidden,
            (_, Buyer | Affiliate) => Forbidden,
            (_, Admin) => passed,
            // The superadmin is a viewer at home, in another tenant.
            (Class::PeopleSee, Superadmin) | (_, ForeignAdmin) => gone,
            (Class::PeopleSee, Operator | Viewer) | (Class::PeopleConfigure, Operator) => passed,
            (_, Operator | Viewer | Superadmin) => Forbidden,
        }
    }
}

fn nothing() -> Value {
    json!({})
}

fn endpoint() -> Value {
    json!({ "name": "Another", "on": ["sold"], "target": { "kind": "webhook", "url": "https://a.example/hook" } })
}

/// Doors of machines.
pub const API: &[Row] = &[
    row("GET /healthz", Class::Open),
    row("GET /readyz", Class::Open),
    row("GET /api/openapi.json", Class::Open),
    // Forms are at short names, not at ids: with what is filled in there is none.
    row("GET /f/{tenant}/{campaign}", Class::Open).absent(),
    row("POST /f/{tenant}/{campaign}", Class::Open).absent(),
    row("GET /f/{tenant}/{campaign}/thanks", Class::Open).absent(),
    row("POST /api/v1/forms/{key}", Class::Foreign).absent(),
    row("POST /api/v1/leads", Class::Source).json(nothing),
    row("GET /api/v1/leads", Class::Source),
    row("POST /api/v1/pings", Class::Source).json(nothing),
    row("POST /api/v1/validate/phone", Class::Source).json(|| json!({ "phone": "313 555 0142" })),
    row("POST /api/v1/validate/email", Class::Source).json(|| json!({ "email": "a@example.com" })),
    row("POST /api/v1/validate/address", Class::Source).json(|| json!({ "zip": "48201" })),
    row("GET /api/v1/leads/{id}", Class::Source).one(),
    row("GET /api/v1/campaigns/{slug}/spec", Class::Source),
    row("GET /api/v1/buyer/leads", Class::BuyerProgram),
    row("GET /api/v1/buyer/leads/{id}", Class::BuyerProgram).one(),
    row("POST /api/v1/buyer/leads/{id}/return", Class::BuyerProgram)
        .one()
        .json(|| json!({ "reason": "no such reason" })),
    row("POST /api/v1/buyer/leads/{id}/feedback", Class::BuyerProgram).one().json(|| json!({ "type": "contacted" })),
    row("POST /api/v1/buyer/pause", Class::BuyerProgram).json(nothing),
    row("POST /api/v1/buyer/resume", Class::BuyerProgram).json(nothing),
    row("GET /api/v1/buyer/returns", Class::BuyerProgram),
    row("GET /api/v1/buyer/statement", Class::BuyerProgram),
    row("GET /api/v1/admin/config", Class::Sees),
    row("PUT /api/v1/admin/config", Class::Configures).json(|| json!({ "gavel": 1 })),
    row("GET /api/v1/admin/options", Class::Sees),
    row("PUT /api/v1/admin/options", Class::Manages).json(|| json!({ "four_eyes": false })),
    row("POST /api/v1/admin/contracts/effects", Class::Sees).json(nothing),
    row("POST /api/v1/admin/contracts/{id}/preview", Class::Sees).one().json(nothing),
    row("POST /api/v1/admin/contracts/{id}/read-answer", Class::Sees)
        .one()
        .json(|| json!({ "phase": "post", "status": 200, "body": "x" })),
    row("POST /api/v1/admin/contracts/import", Class::Sees).json(nothing),
    row("GET /api/v1/admin/campaigns/{id}/form", Class::Sees).one(),
    row("POST /api/v1/admin/contracts/{id}/test", Class::Configures).one().json(|| json!({ "phase": "ping" })),
    row("GET /api/v1/admin/contracts/{id}/tests", Class::Sees).one(),
    row("GET /api/v1/admin/contracts/{id}/examples", Class::Sees).one(),
    row("POST /api/v1/admin/contracts/{id}/examples", Class::Configures)
        .one()
        .json(|| json!({ "name": "", "phase": "post", "status": 200, "body": "x" })),
    row("POST /api/v1/admin/contracts/{id}/examples/run", Class::Sees).one().json(nothing),
    row("DELETE /api/v1/admin/contracts/{id}/examples/{example}", Class::Configures).one().absent(),
    row("GET /api/v1/admin/templates", Class::Sees),
    row("GET /api/v1/admin/presets", Class::Sees),
    row("GET /api/v1/admin/history", Class::Sees),
    row("GET /api/v1/admin/reports/{report}", Class::Sees),
    row("GET /api/v1/admin/exports/{table}", Class::Sees),
    row("POST /api/v1/admin/exports/{table}", Class::Manages).json(|| json!({ "fields": ["email"], "reason": "" })),
    row("GET /api/v1/admin/alerts", Class::Sees),
    row("GET /api/v1/admin/alerts/settings", Class::Sees),
    row("PUT /api/v1/admin/alerts/settings", Class::Configures).json(|| json!({ "cap_near": 0 })),
    row("POST /api/v1/admin/alerts/{id}/acknowledge", Class::Configures).one().absent().json(nothing),
    row("DELETE /api/v1/admin/alerts/{id}/acknowledge", Class::Configures).one().absent(),
    row("GET /api/v1/admin/returns", Class::Sees),
    row("POST /api/v1/admin/returns/{lead}/{attempt}", Class::Configures)
        .one()
        .absent()
        .json(|| json!({ "approve": true, "answer": "" })),
    row("POST /api/v1/admin/leads/{id}/return", Class::Configures)
        .one()
        .json(|| json!({ "reason": "none", "note": "" })),
    row("GET /api/v1/admin/doubts", Class::Sees),
    row("POST /api/v1/admin/doubts", Class::Configures).csv("lead,verdict\n"),
    // What is decided already, and what never was in doubt, is refused.
    row("POST /api/v1/admin/doubts/{lead}/{attempt}", Class::Configures).one().json(|| json!({ "accepted": false })),
    row("GET /api/v1/admin/keys", Class::Sees),
    row("POST /api/v1/admin/keys", Class::Configures)
        .json(|| json!({ "source": "own-form", "name": "", "mode": "live" })),
    row("GET /api/v1/admin/keys/{id}", Class::Sees).one(),
    row("DELETE /api/v1/admin/keys/{id}", Class::Configures).one(),
    row("GET /api/v1/admin/texts", Class::Sees),
    row("POST /api/v1/admin/texts", Class::Configures).json(|| json!({ "slug": "" })),
    row("POST /api/v1/admin/texts/check", Class::Sees).json(|| json!({ "wording": { "body": "x" } })),
    row("GET /api/v1/admin/texts/{id}", Class::Sees).one(),
    row("PUT /api/v1/admin/texts/{id}", Class::Configures).one().json(|| json!({ "name": "" })),
    row("POST /api/v1/admin/texts/{id}/publish", Class::Configures).one().json(|| json!({ "note": "" })),
    row("GET /api/v1/admin/texts/{id}/difference", Class::Sees).one(),
    row("GET /api/v1/admin/endpoints", Class::Sees),
    row("POST /api/v1/admin/endpoints", Class::Configures).json(endpoint),
    row("GET /api/v1/admin/endpoints/{id}", Class::Sees).one(),
    row("PUT /api/v1/admin/endpoints/{id}", Class::Configures).one().json(endpoint),
    row("DELETE /api/v1/admin/endpoints/{id}", Class::Configures).one(),
    row("POST /api/v1/admin/endpoints/{id}/test", Class::Configures).one(),
    row("POST /api/v1/admin/endpoints/{id}/secret", Class::Configures).one(),
    row("POST /api/v1/admin/endpoints/{id}/replay", Class::Configures)
        .one()
        .absent()
        .json(|| json!({ "message_id": "msg_00000000000000000000000000" })),
    row("GET /api/v1/admin/endpoints/{id}/deliveries", Class::Sees).one(),
    row("GET /api/v1/admin/{kind}", Class::Sees),
    row("POST /api/v1/admin/{kind}", Class::Configures).json(nothing),
    row("GET /api/v1/admin/{kind}/{id}", Class::Sees).one(),
    row("PUT /api/v1/admin/{kind}/{id}", Class::Configures).one().json(nothing),
    row("PATCH /api/v1/admin/{kind}/{id}", Class::Configures).one().json(|| json!({ "active": true })),
    row("DELETE /api/v1/admin/{kind}/{id}", Class::Configures).one(),
    row("POST /api/v1/admin/{kind}/{id}/publish", Class::Configures).one().absent().json(nothing),
    row("POST /api/v1/admin/{kind}/{id}/rollback", Class::Configures).one().json(|| json!({ "version": 1 })),
];

/// The doors of other platforms and tools, by how their paths begin; they are many, and all alike.
pub const FOREIGN: &[&str] = &["/api/compat/", "/api/hooks/{format}/{hook_token}"];

/// Doors of people.
pub const UI: &[Row] = &[
    row("GET /sign-in", Class::Open),
    row("GET /sign-in/code", Class::Door),
    row("POST /sign-in/code", Class::Door),
    row("GET /forgot", Class::Open),
    row("POST /forgot", Class::Open).form(&[("email", "nobody@example.com")]),
    row("GET /instructions/{token}", Class::Open).absent(),
    row("GET /join/{token}", Class::Open).absent(),
    row("POST /join/{token}", Class::Open).absent(),
    row("POST /ui/sign-in", Class::Open).form(&[("email", "nobody"), ("password", "x")]),
    row("POST /ui/theme", Class::Open).form(&[("theme", "dark")]),
    row("POST /ui/keys", Class::Open).form(&[("keys", "on")]),
    row("GET /find", Class::Own),
    row("GET /", Class::Own),
    row("GET /account", Class::Own),
    row("POST /account", Class::Own).form(&[("do", "password"), ("old", "x"), ("new", "y"), ("again", "z")]),
    row("POST /ui/stop-acting", Class::Own),
    row("GET /ui/live", Class::PeopleSee),
    row("GET /leads", Class::PeopleSee),
    row("POST /leads", Class::PeopleSee).form(&[("columns:set", "came"), ("do", "columns")]),
    row("GET /leads.csv", Class::PeopleSee),
    row("GET /leads.jsonl", Class::PeopleSee),
    // What was allowed is there for ten minutes, and for nobody else.
    row("GET /leads/personal/{id}", Class::PeopleManage).one().absent(),
    row("GET /reports.csv", Class::PeopleSee),
    row("GET /reports.jsonl", Class::PeopleSee),
    row("GET /reports/reasons.csv", Class::PeopleSee),
    row("GET /reports/reasons.jsonl", Class::PeopleSee),
    row("GET /leads/live", Class::PeopleSee),
    row("GET /reports/lost.csv", Class::PeopleSee),
    row("GET /reports/lost.jsonl", Class::PeopleSee),
    row("GET /reports/scorecards.csv", Class::PeopleSee),
    row("GET /reports/scorecards.jsonl", Class::PeopleSee),
    row("GET /leads/{id}", Class::PeopleSee).one(),
    row("GET /leads/{id}/requests", Class::PeopleSee).one(),
    row("POST /leads/{id}/requests", Class::PeopleConfigure).one().form(&[("do", "personal")]),
    row("GET /leads/{id}/try", Class::PeopleSee).one(),
    row("POST /leads/{id}/try", Class::PeopleConfigure).one().form(&[("do", "try")]),
    row("GET /leads/{id}/return", Class::PeopleSee).one(),
    row("POST /leads/{id}/return", Class::PeopleConfigure).one().form(&[("reason:optional", "none"), ("do", "credit")]),
    row("GET /buyers", Class::PeopleSee),
    row("GET /buyers/new", Class::PeopleConfigure),
    row("POST /buyers/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /buyers/{id}", Class::PeopleSee).one(),
    row("POST /buyers/{id}", Class::PeopleConfigure).one().form(&[("version", "1"), ("name:text", ""), ("do", "save")]),
    row("GET /campaigns", Class::PeopleSee),
    row("GET /campaigns/new", Class::PeopleConfigure),
    row("POST /campaigns/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /campaigns/{id}", Class::PeopleSee).one(),
    row("POST /campaigns/{id}", Class::PeopleConfigure).one().form(&[
        ("version", "1"),
        ("name:text", ""),
        ("do", "save"),
    ]),
    // It is for a buyer and a campaign that the address names.
    row("GET /contracts/import", Class::PeopleConfigure).one().absent(),
    row("POST /contracts/import", Class::PeopleConfigure).one().absent().form(&[("do", "propose")]),
    row("GET /contracts/new", Class::PeopleConfigure),
    row("POST /contracts/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /contracts/{id}", Class::PeopleSee).one(),
    row("POST /contracts/{id}", Class::PeopleConfigure).one().form(&[
        ("version", "1"),
        ("name:text", ""),
        ("do", "save"),
    ]),
    row("GET /contracts/{id}/try", Class::PeopleSee).one(),
    row("POST /contracts/{id}/try", Class::PeopleSee).one().form(&[("do", "preview")]),
    row("GET /sources", Class::PeopleSee),
    row("GET /sources/new", Class::PeopleConfigure),
    row("POST /sources/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /sources/{id}", Class::PeopleSee).one(),
    row("POST /sources/{id}", Class::PeopleConfigure).one().form(&[
        ("version", "1"),
        ("name:text", ""),
        ("do", "save"),
    ]),
    row("GET /sources/{id}/instructions/{campaign}", Class::PeopleSee).one(),
    row("POST /sources/{id}/instructions/{campaign}", Class::PeopleConfigure)
        .one()
        .form(&[("fields.zip:text", ""), ("do", "try")]),
    row("GET /texts", Class::PeopleSee),
    row("GET /texts/new", Class::PeopleConfigure),
    row("POST /texts/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /texts/{id}", Class::PeopleSee).one(),
    row("POST /texts/{id}", Class::PeopleConfigure).one().form(&[("version", "1"), ("name:text", ""), ("do", "save")]),
    row("GET /texts/{id}/difference", Class::PeopleSee).one(),
    row("GET /endpoints", Class::PeopleSee),
    row("GET /endpoints/new", Class::PeopleConfigure),
    row("POST /endpoints/new", Class::PeopleConfigure).form(&[("name:text", "")]),
    row("GET /endpoints/{id}", Class::PeopleSee).one(),
    row("POST /endpoints/{id}", Class::PeopleConfigure).one().form(&[("do", "test")]),
    row("GET /alerts", Class::PeopleSee),
    row("POST /alerts", Class::PeopleConfigure).form(&[("cap_near:percent", "0"), ("do", "settings")]),
    row("GET /doubt", Class::PeopleSee),
    row("POST /doubt", Class::PeopleConfigure).form(&[("file:text", "lead,verdict\n"), ("do", "file")]),
    row("GET /returns", Class::PeopleSee),
    row("POST /returns", Class::PeopleConfigure).one().absent().form(&[
        ("do", "approve"),
        ("lead", "{lead}"),
        ("attempt", "{attempt}"),
    ]),
    row("GET /reports", Class::PeopleSee),
    row("GET /reports/reasons", Class::PeopleSee),
    row("GET /reports/lost", Class::PeopleSee),
    row("GET /reports/scorecards", Class::PeopleSee),
    row("GET /history", Class::PeopleSee),
    row("POST /history", Class::PeopleConfigure).one().form(&[("do", "rollback:{campaign}:1")]),
    row("GET /people", Class::PeopleManage),
    row("POST /people", Class::PeopleManage).form(&[("do", "invite"), ("email:text", "x"), ("name:text", "x")]),
    row("GET /audit", Class::PeopleManage),
    row("GET /tenants", Class::Server),
    row("POST /tenants", Class::Server).form(&[("do", "resume:{tenant}")]),
    row("GET /portal", Class::Portal),
    row("GET /portal/contracts/{id}", Class::Portal).one(),
    row("POST /portal/contracts/{id}", Class::Portal).one().form(&[("version", "0"), ("do", "save")]),
    row("GET /portal/leads", Class::Portal),
    row("GET /portal/leads.csv", Class::Portal),
    row("GET /portal/leads.jsonl", Class::Portal),
    row("GET /portal/leads/{id}", Class::Portal).one(),
    row("POST /portal/leads/{id}", Class::Portal).one().form(&[("reason:optional", "none")]),
    row("GET /portal/returns", Class::Portal),
    row("GET /affiliate", Class::Affiliate),
    row("GET /affiliate/leads", Class::Affiliate),
    row("GET /affiliate/leads.csv", Class::Affiliate),
    row("GET /affiliate/leads.jsonl", Class::Affiliate),
    row("GET /affiliate/setup", Class::Affiliate),
    row("POST /affiliate/setup", Class::Affiliate).form(&[("do", "key"), ("name", "")]),
    row("GET /affiliate/instructions/{campaign}", Class::Affiliate),
    row("POST /affiliate/instructions/{campaign}", Class::Affiliate).form(&[("fields.zip:text", ""), ("do", "try")]),
    row("POST /ui/buyers/active", Class::PeopleConfigure).one().form(&[("id", "{buyer}"), ("active", "true")]),
    row("POST /ui/campaigns/active", Class::PeopleConfigure).one().form(&[("id", "{campaign}"), ("active", "true")]),
    row("POST /ui/doubt/resolve", Class::PeopleConfigure).one().form(&[
        ("lead", "{lead}"),
        ("attempt", "{attempt}"),
        ("accepted", "false"),
    ]),
    // Last: it signs them out.
    row("POST /ui/sign-out", Class::Door),
];
