//! Every route says who may use it, nothing is open by accident, and the OpenAPI document tells the same.

use crate::harness::World;
use axum::http::Method;
use gavel::web::{Auth, table};
use std::collections::BTreeSet;

/// Everything that answers without a key or a session. A route that is added here is a decision.
const OPEN: &[&str] = &[
    "GET /api/openapi.json",
    "GET /f/{tenant}/{campaign}",
    "GET /f/{tenant}/{campaign}/thanks",
    "GET /forgot",
    "GET /healthz",
    "GET /instructions/{token}",
    "GET /join/{token}",
    "GET /readyz",
    "GET /sign-in",
    "GET /sign-in/code",
    "POST /f/{tenant}/{campaign}",
    "POST /forgot",
    "POST /join/{token}",
    "POST /sign-in/code",
    "POST /ui/sign-in",
    "POST /ui/sign-out",
    "POST /ui/keys",
    "POST /ui/theme",
];

#[test]
fn nothing_else_is_open() {
    let open: BTreeSet<_> = table()
        .into_iter()
        .filter(|door| door.auth == Auth::Open)
        .map(|door| format!("{} {}", door.method, door.path))
        .collect();
    let known: BTreeSet<_> = OPEN.iter().map(|door| (*door).to_owned()).collect();
    assert!(open.is_subset(&known), "{:?}", open.difference(&known));
}

#[tokio::test]
async fn a_stranger_gets_nothing_from_the_others() {
    let world = World::start().await;
    for door in table().into_iter().filter(|door| door.auth != Auth::Open) {
        let path = door.path.replace("{id}", "led_00000000000000000000000000").replace("{slug}", "auto-insurance");
        let method = door.method.clone();
        let request = world.client().request(method, world.url(&path)).header("sec-fetch-site", "same-origin");
        let request = if door.method == Method::POST {
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body("id=buy_00000000000000000000000000&active=false")
        } else {
            request
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.text().await.unwrap();
        match door.auth {
            Auth::Key | Auth::Operator | Auth::Buyer => assert_eq!(status, 401, "{} {path}", door.method),
            Auth::Foreign => {
                let taken = ["led_", "Matched", "success\"", "sold", "ACCEPTED", "accepted"];
                assert!(!taken.iter().any(|word| body.contains(word)), "{} {path}: {status} {body}", door.method);
                assert!(
                    !body.contains("Northwind") && !body.contains("auto-insurance"),
                    "{path} tells a stranger names"
                );
            }
            Auth::Session => {
                assert!(
                    status >= 400
                        || location.contains("sign-in")
                        || location.contains("__err")
                        || body.contains("/sign-in"),
                    "{} {path}: {status} {location}",
                    door.method
                );
                for name in ["Northwind", "auto-insurance", "@"] {
                    assert!(!body.contains(name), "{} {path} shows {name} to a stranger", door.method);
                }
            }
            Auth::Open => {}
        }
    }
    world.stop().await;
}

#[test]
fn the_document_has_every_api_route_and_no_other() {
    let document: serde_json::Value = serde_json::from_str(gavel::api::openapi::DOCUMENT).unwrap();
    let mut told = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            told.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let real: BTreeSet<_> = table()
        .into_iter()
        .filter(|door| door.path.starts_with("/api/"))
        .map(|door| format!("{} {}", door.method, door.path))
        .collect();
    assert_eq!(told, real);
    for door in table().into_iter().filter(|door| door.path.starts_with("/api/")) {
        let operation = &document["paths"][&door.path][door.method.as_str().to_lowercase()];
        let secured = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        assert_eq!(
            secured,
            matches!(door.auth, Auth::Key | Auth::Operator | Auth::Buyer),
            "{} {}",
            door.method,
            door.path
        );
    }
}
