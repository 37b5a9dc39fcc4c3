//! Renders pages and runs server functions of the UI.

use super::{
    doors::{Auth, Doors},
    limits::BODY_LIMIT,
};
use crate::{
    context::{self, ClientIp},
    problem::Problem,
    security::policy,
    state::AppState,
    ui::RequestBackend,
};
use app::{
    backend::Ui,
    context::{Assets, Keys, RequestId, Theme},
    form::Sent,
};
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodFilter, get, on},
};
use leptos::{
    config::LeptosOptions,
    prelude::{provide_context, use_context},
};
use leptos_axum::{
    ResponseOptions, generate_route_list, handle_server_fns_with_context, render_app_async_with_context,
};
use std::sync::Arc;
use tower_sessions::Session;

/// Adds every page and every server function of the UI.
#[must_use]
pub fn doors(mut doors: Doors) -> Doors {
    for page in generate_route_list(app::App) {
        let (path, auth) = (page.path(), page_auth(page.path()));
        doors = if app::FORM_PAGES.contains(&path) {
            doors.doors(&[Method::GET, Method::POST], path, auth, get(page_handler).post(form_handler))
        } else {
            doors.door(Method::GET, path, auth, get(page_handler))
        };
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::POST);
        doors = doors.door(method, path, function_auth(path), on(filter, function_handler));
    }
    doors
}

fn page_auth(path: &str) -> Auth {
    const OPEN: [&str; 5] = ["/sign-in", "/sign-in/code", "/forgot", "/join/{token}", "/instructions/{token}"];
    if OPEN.contains(&path) { Auth::Open } else { Auth::Session }
}

fn function_auth(path: &str) -> Auth {
    if matches!(path, "/ui/sign-in" | "/ui/sign-out" | "/ui/keys" | "/ui/theme") { Auth::Open } else { Auth::Session }
}

/// A page of the UI.
pub async fn page_handler(
    State(app): State<AppState>,
    session: Session,
    Extension(from): Extension<ClientIp>,
    request: Request,
) -> Response {
    let contexts = Contexts::of(&app, session, from, request.headers());
    render(move || contexts.provide(), request).await
}

/// A page of the UI that was sent a form: the same page, which finds the form in its context.
async fn form_handler(
    State(app): State<AppState>,
    session: Session,
    Extension(from): Extension<ClientIp>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    // The limit of a body lies around every route.
    let Ok(bytes) = to_bytes(body, BODY_LIMIT).await else { return Problem::too_large().into_response() };
    let sent = Sent(url::form_urlencoded::parse(&bytes).into_owned().collect());
    let contexts = Contexts::of(&app, session, from, &head.headers);
    let provide = move || {
        contexts.provide();
        provide_context(sent.clone());
    };
    render(provide, Request::from_parts(head, Body::empty())).await
}

async fn render(provide: impl Fn() + Clone + Send + Sync + 'static, request: Request) -> Response {
    let options = LeptosOptions::builder().output_name("gavel").site_pkg_dir("pkg").build();
    let render = render_app_async_with_context(provide, move || app::shell::shell(options.clone()));
    render(request).await
}

/// The page for a path that is not there.
pub async fn not_found(app: State<AppState>, request: Request) -> Response {
    let (Some(session), Some(from)) = (request.extensions().get().cloned(), request.extensions().get().copied()) else {
        return Problem::internal().into_response(); // both layers are around every page
    };
    let mut response = page_handler(app, session, Extension(from), request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

async fn function_handler(
    State(app): State<AppState>,
    session: Session,
    Extension(from): Extension<ClientIp>,
    request: Request<Body>,
) -> Response {
    let contexts = Contexts::of(&app, session, from, request.headers());
    handle_server_fns_with_context(move || contexts.provide(), request).await.into_response()
}

/// What a page or a server function finds in its context.
#[derive(Clone)]
struct Contexts {
    ui: Ui,
    assets: Assets,
    theme: Theme,
    keys: Keys,
    request: RequestId,
}

impl Contexts {
    fn of(app: &AppState, session: Session, from: ClientIp, headers: &HeaderMap) -> Self {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let backend = RequestBackend::new(
            app.services.clone(),
            Arc::clone(&app.clock),
            session,
            from,
            app.settings.public_url.clone(),
        );
        Self {
            ui: Ui(Arc::new(backend)),
            assets: app.site.assets(),
            theme: Theme::from_cookies(cookies),
            keys: Keys::from_cookies(cookies),
            request: RequestId(context::request_id()),
        }
    }

    fn provide(&self) {
        provide_context(self.ui.clone());
        provide_context(self.assets.clone());
        provide_context(self.theme);
        provide_context(self.keys);
        provide_context(self.request.clone());
        // Leptos made the nonce just before; its scripts carry it.
        let nonce = leptos::nonce::use_nonce();
        if let (Some(nonce), Some(response)) = (nonce, use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::try_from(policy::page(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
