//! Pages that take a form: what was typed stays, faults stand beside their fields, and what worked sends the browser on.
#![cfg(feature = "ssr")]

mod configure;
mod contracts;
mod leads;
mod people;
mod sharing;
mod texts;

use app::{
    App,
    backend::Ui,
    context::{RequestId, Theme},
    form::Sent,
    testing::{Fake, Mood, document_id},
};
use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use leptos::prelude::*;
use leptos_axum::{generate_route_list, render_app_async_with_context};
use model::{document::Kind, user::Role};
use std::sync::Arc;

const ADMIN: Fake = Fake { mood: Mood::Full, role: Role::Admin };

struct Shown {
    status: u16,
    location: String,
    html: String,
}

async fn show(path: &str, fake: Fake, sent: Option<&[(&str, &str)]>) -> Shown {
    // It is this that tells Leptos what to run its tasks on.
    let _ = generate_route_list(App);
    let options = LeptosOptions::builder().output_name("gavel").build();
    let sent = sent.map(|pairs| Sent(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()));
    let provide = move || {
        provide_context(Ui(Arc::new(fake)));
        provide_context(Theme::Dark);
        provide_context(RequestId("req_00000000000000000000000001".into()));
        if let Some(sent) = &sent {
            provide_context(sent.clone());
        }
    };
    let render = render_app_async_with_context(provide, move || app::shell::shell(options.clone()));
    let response = render(Request::get(path).body(Body::empty()).expect("a request")).await;
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    Shown { status, location: location.unwrap_or_default(), html: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
}

fn campaign() -> String {
    format!("/campaigns/{}", document_id(Kind::Campaign))
}

fn source() -> String {
    format!("/sources/{}", document_id(Kind::Source))
}

fn bench() -> String {
    format!("/contracts/{}/try", document_id(Kind::Contract))
}

fn from_preset() -> String {
    let (buyer, campaign) = (document_id(Kind::Buyer), document_id(Kind::Campaign));
    format!("/contracts/new?buyer={buyer}&campaign={campaign}&preset=boberdoo")
}

fn import() -> String {
    let (buyer, campaign) = (document_id(Kind::Buyer), document_id(Kind::Campaign));
    format!("/contracts/import?buyer={buyer}&campaign={campaign}")
}
