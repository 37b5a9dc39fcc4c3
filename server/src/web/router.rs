//! The whole server on one page.

use super::{
    client, cors, csrf,
    doors::{Auth, Door, Doors},
    headers, health, hosted, limits, observe, pages, session_layer,
};
use crate::{
    api::{
        compat, hooks, openapi,
        v1::{admin, buyer, campaigns, forms, leads, pings, validate},
    },
    files::Format,
    problem::Problem,
    state::AppState,
    ui::{export, live},
};
use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, delete, get, post},
};
use model::intake::Platform;
use std::sync::Arc;

/// Every route and who may use it.
#[must_use]
pub fn table() -> Vec<Door> {
    let mut table = machines().finish().1;
    table.extend(people().finish().1);
    table
}

fn machines() -> Doors {
    let leads = get(leads::find::handle).merge(post(leads::submit::handle));
    let doors = Doors::default()
        .door(Method::GET, "/healthz", Auth::Open, get(health::alive))
        .door(Method::GET, "/readyz", Auth::Open, get(health::ready))
        .door(Method::GET, "/api/openapi.json", Auth::Open, get(openapi::handle))
        .doors(&[Method::POST, Method::GET], "/api/v1/leads", Auth::Key, leads)
        .door(Method::POST, "/api/v1/pings", Auth::Key, post(pings::submit::handle))
        .door(Method::POST, "/api/v1/validate/phone", Auth::Key, post(validate::phone::handle))
        .door(Method::POST, "/api/v1/validate/email", Auth::Key, post(validate::email::handle))
        .door(Method::POST, "/api/v1/validate/address", Auth::Key, post(validate::address::handle))
        .door(Method::GET, "/api/v1/leads/{id}", Auth::Key, get(leads::show::handle))
        .door(Method::GET, "/api/v1/campaigns/{slug}/spec", Auth::Key, get(campaigns::spec::handle));
    operators(buyers(foreign(consumers(doors))))
}

/// What people use who fill in a form.
fn consumers(doors: Doors) -> Doors {
    let form = get(hosted::open).post(hosted::send);
    doors
        .doors(&[Method::GET, Method::POST], "/f/{tenant}/{campaign}", Auth::Open, form)
        .door(Method::GET, "/f/{tenant}/{campaign}/thanks", Auth::Open, get(hosted::thanks))
        .door(Method::POST, "/api/v1/forms/{key}", Auth::Foreign, post(forms::handle))
}

/// What programs of buyers use.
fn buyers(doors: Doors) -> Doors {
    doors
        .door(Method::GET, "/api/v1/buyer/leads", Auth::Buyer, get(buyer::leads::list))
        .door(Method::GET, "/api/v1/buyer/leads/{id}", Auth::Buyer, get(buyer::leads::show))
        .door(Method::POST, "/api/v1/buyer/leads/{id}/return", Auth::Buyer, post(buyer::returns::ask))
        .door(Method::POST, "/api/v1/buyer/leads/{id}/feedback", Auth::Buyer, post(buyer::feedback::handle))
        .door(Method::POST, "/api/v1/buyer/pause", Auth::Buyer, post(buyer::terms::pause))
        .door(Method::POST, "/api/v1/buyer/resume", Auth::Buyer, post(buyer::terms::resume))
        .door(Method::GET, "/api/v1/buyer/returns", Auth::Buyer, get(buyer::returns::list))
        .door(Method::GET, "/api/v1/buyer/statement", Auth::Buyer, get(buyer::statement::show))
}

/// What is sent in other platforms' words, at the paths they have.
fn foreign(doors: Doors) -> Doors {
    use Platform::{Boberdoo, Leadbyte, Leadconduit, Leadexec, Leadprosper, Leadspedia, Phonexa};
    let paths: [(Platform, &[&str]); 7] = [
        (Boberdoo, &["new_api/api.php", "apiJSON.php", "apiXML.php", "genericPostlead.php", "{campaign}/api.php"]),
        (Leadspedia, &["ping.do", "post.do"]),
        (
            Phonexa,
            &["ping", "ping/", "post", "post/", "fullpost", "fullpost/", "lead", "lead/", "lead/check-lead-status"],
        ),
        (Leadconduit, &["flows/{flow}/sources/{source}/submit", "flows/{flow}/sources/{source}/ping", "feedback"]),
        (Leadprosper, &["direct_post", "ping", "post"]),
        (Leadbyte, &["api/submit.php", "restapi/v1.3/leads", "restapi/v1.3/apiqueue/{queue}"]),
        (
            Leadexec,
            &[
                "processor/insert/general",
                "processor/insert/general/json",
                "processor/insert/general/json/async",
                "processor/insert/ping",
                "processor/insert/ping/json",
                "processor/insert/AutoRedirect",
                "v2/insert/general",
                "v1/authorization/token",
            ],
        ),
    ];
    let methods = [Method::GET, Method::POST];
    let all = paths.into_iter().flat_map(|(platform, paths)| paths.iter().map(move |path| (platform, path)));
    let doors = all.fold(doors, |doors, (platform, path)| {
        let path = format!("/api/compat/{}/{path}", platform.name());
        let handler = move |State(app): State<AppState>, request: Request| compat::handle(platform, app, request);
        doors.doors(&methods, &path, Auth::Foreign, any(handler))
    });
    doors.doors(&methods, "/api/hooks/{format}/{hook_token}", Auth::Foreign, get(hooks::handle).post(hooks::handle))
}

/// What programs of operators use; `{kind}` is `campaigns`, `sources`, `buyers` or `contracts`.
fn operators(doors: Doors) -> Doors {
    use admin::{
        alerts, bench, config, documents, doubts, effects, endpoints, examples, exports, history, import, keys,
        options, presets, reports, returns, templates, tests, texts,
    };
    let (read, write) = ([Method::GET, Method::PUT], [Method::GET, Method::POST]);
    let all = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE];
    let one = get(documents::show).put(documents::update).patch(documents::switch).delete(documents::delete);
    let operator = Auth::Operator;
    doors
        .doors(&read, "/api/v1/admin/config", operator, get(config::export).put(config::apply))
        .doors(&read, "/api/v1/admin/options", operator, get(options::show).put(options::update))
        .door(Method::POST, "/api/v1/admin/contracts/effects", operator, post(effects::show))
        .door(Method::POST, "/api/v1/admin/contracts/import", operator, post(import::propose))
        .door(Method::POST, "/api/v1/admin/contracts/{id}/preview", operator, post(bench::preview))
        .door(Method::POST, "/api/v1/admin/contracts/{id}/read-answer", operator, post(bench::read_answer))
        .door(Method::GET, "/api/v1/admin/campaigns/{id}/form", operator, get(admin::forms::show))
        .door(Method::POST, "/api/v1/admin/contracts/{id}/test", operator, post(tests::send))
        .door(Method::GET, "/api/v1/admin/contracts/{id}/tests", operator, get(tests::list))
        .doors(&write, "/api/v1/admin/contracts/{id}/examples", operator, get(examples::list).post(examples::keep))
        .door(Method::POST, "/api/v1/admin/contracts/{id}/examples/run", operator, post(examples::run))
        .door(Method::DELETE, "/api/v1/admin/contracts/{id}/examples/{example}", operator, delete(examples::drop))
        .door(Method::GET, "/api/v1/admin/presets", operator, get(presets::list))
        .door(Method::GET, "/api/v1/admin/templates", operator, get(templates::list))
        .door(Method::GET, "/api/v1/admin/history", operator, get(history::list))
        .door(Method::GET, "/api/v1/admin/reports/{report}", operator, get(reports::show))
        .doors(&write, "/api/v1/admin/exports/{table}", operator, get(exports::show).post(exports::personal))
        .door(Method::GET, "/api/v1/admin/alerts", operator, get(alerts::list))
        .doors(&read, "/api/v1/admin/alerts/settings", operator, get(alerts::settings).put(alerts::update))
        .doors(
            &[Method::POST, Method::DELETE],
            "/api/v1/admin/alerts/{id}/acknowledge",
            operator,
            post(alerts::acknowledge).delete(alerts::recall),
        )
        .door(Method::GET, "/api/v1/admin/returns", operator, get(returns::list))
        .door(Method::POST, "/api/v1/admin/returns/{lead}/{attempt}", operator, post(returns::decide))
        .door(Method::POST, "/api/v1/admin/leads/{id}/return", operator, post(returns::credit))
        .doors(&write, "/api/v1/admin/doubts", operator, get(doubts::list).post(doubts::file))
        .door(Method::POST, "/api/v1/admin/doubts/{lead}/{attempt}", operator, post(doubts::resolve))
        .doors(&write, "/api/v1/admin/keys", operator, get(keys::list).post(keys::create))
        .doors(
            &[Method::GET, Method::DELETE],
            "/api/v1/admin/keys/{id}",
            operator,
            get(keys::show).delete(keys::revoke),
        )
        .doors(&write, "/api/v1/admin/texts", operator, get(texts::list).post(texts::create))
        .door(Method::POST, "/api/v1/admin/texts/check", operator, post(texts::check))
        .doors(&read, "/api/v1/admin/texts/{id}", operator, get(texts::show).put(texts::update))
        .door(Method::POST, "/api/v1/admin/texts/{id}/publish", operator, post(texts::publish))
        .door(Method::GET, "/api/v1/admin/texts/{id}/difference", operator, get(texts::difference))
        .doors(&write, "/api/v1/admin/endpoints", operator, get(endpoints::list).post(endpoints::create))
        .doors(
            &[Method::GET, Method::PUT, Method::DELETE],
            "/api/v1/admin/endpoints/{id}",
            operator,
            get(endpoints::show).put(endpoints::update).delete(endpoints::delete),
        )
        .door(Method::POST, "/api/v1/admin/endpoints/{id}/test", operator, post(endpoints::test))
        .door(Method::POST, "/api/v1/admin/endpoints/{id}/secret", operator, post(endpoints::rotate))
        .door(Method::POST, "/api/v1/admin/endpoints/{id}/replay", operator, post(endpoints::replay))
        .door(Method::GET, "/api/v1/admin/endpoints/{id}/deliveries", operator, get(endpoints::deliveries))
        .doors(&write, "/api/v1/admin/{kind}", operator, get(documents::list).post(documents::create))
        .doors(&all, "/api/v1/admin/{kind}/{id}", operator, one)
        .door(Method::POST, "/api/v1/admin/{kind}/{id}/publish", operator, post(documents::publish))
        .door(Method::POST, "/api/v1/admin/{kind}/{id}/rollback", operator, post(documents::rollback))
}

fn people() -> Doors {
    let doors = Doors::default().door(Method::GET, app::LIVE_PATH, Auth::Session, get(live::handle));
    let doors = files(doors, "/leads", || get(export::leads));
    let doors = doors.door(Method::GET, "/leads/personal/{id}", Auth::Session, get(export::personal));
    let doors = files(doors, "/portal/leads", || get(export::portal));
    let doors = files(doors, "/affiliate/leads", || get(export::affiliate));
    let doors = files(doors, "/reports", || get(export::figures));
    let doors = files(doors, "/reports/reasons", || get(export::reasons));
    let doors = files(doors, "/reports/lost", || get(export::lost));
    let doors = files(doors, "/reports/scorecards", || get(export::scorecards));
    pages::doors(doors)
}

/// A list as a file, in every format.
fn files(doors: Doors, list: &str, handler: impl Fn() -> MethodRouter<AppState>) -> Doors {
    Format::ALL.into_iter().fold(doors, |doors, format| {
        doors.door(Method::GET, &format!("{list}.{}", format.name()), Auth::Session, handler())
    })
}

/// The router with everything around it.
pub fn router(app: &AppState) -> Router {
    let secure = app.settings.secure();
    let public_url = Arc::new(app.settings.public_url.clone());
    let people = people().finish().0.fallback(elsewhere).layer(session_layer::layer(app.services.sessions(), secure));
    machines()
        .finish()
        .0
        .method_not_allowed_fallback(wrong_method)
        .fallback_service(people.with_state(app.clone()))
        .route_layer(from_fn(observe::route))
        .layer(from_fn_with_state(public_url, csrf::layer))
        .layer(from_fn_with_state(app.clone(), cors::layer))
        .layer(from_fn(limits::layer))
        .layer(from_fn_with_state(app.settings.trusted_proxies.clone().into(), client::layer))
        .layer(from_fn_with_state(headers::Secure(secure), headers::layer))
        .layer(from_fn_with_state(app.clone(), observe::layer))
        .with_state(app.clone())
}

async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take this method.")
}

/// Everything without a route: a file of the packed site, an API path that does not exist, or a page that does not.
async fn elsewhere(app: State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(file) = app.site.get(path, request.headers()) {
        return file;
    }
    if path.starts_with("/api/") || path.starts_with("/ui/") || path.starts_with("/pkg/") {
        return Problem::not_found("There is nothing at this path.").into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return wrong_method().await.into_response();
    }
    pages::not_found(app, request).await
}
