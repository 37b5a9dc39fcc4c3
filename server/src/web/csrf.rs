//! Requests that change something and carry a session must come from our own pages. `SameSite=Lax` is the first fence,
//! this is the second: browsers tell where a request began, and a script cannot change what they tell.

use crate::problem::Problem;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header::HOST, header::ORIGIN},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use url::Url;

/// Refuses what began elsewhere. The API is exempt: it takes no session.
pub async fn layer(State(public): State<Arc<Url>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || request.uri().path().starts_with("/api/") || from_here(request.headers(), &public) {
        return next.run(request).await;
    }
    Problem::forbidden("This request did not come from a page of this site. Reload the page and try again.")
        .into_response()
}

fn from_here(headers: &HeaderMap, public: &Url) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        // `none`: typed or reloaded by the person, no page was involved.
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => same_origin(origin, text(HOST.as_str()), public),
        // Every browser sends one of the two with a POST.
        (None, None) => false,
    }
}

fn same_origin(origin: &str, host: Option<&str>, public: &Url) -> bool {
    if Url::parse(origin).is_ok_and(|origin| origin.origin() == public.origin()) {
        return true;
    }
    let authority = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
    authority.is_some_and(|authority| host == Some(authority.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        from_here(&headers, &Url::parse("https://gavel.example").unwrap())
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert!(ask(&[("sec-fetch-site", "same-origin")]));
        assert!(!ask(&[("sec-fetch-site", "cross-site"), ("origin", "https://gavel.example")]));
        assert!(!ask(&[("sec-fetch-site", "same-site")]));
        assert!(ask(&[("origin", "https://gavel.example")]));
        assert!(ask(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(!ask(&[("origin", "https://gavel.example.evil"), ("host", "gavel.example")]));
        assert!(!ask(&[("origin", "null"), ("host", "gavel.example")]));
        assert!(!ask(&[]));
    }
}
