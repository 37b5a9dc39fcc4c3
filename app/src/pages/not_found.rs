//! A path that does not exist.

use super::Reply;
use http::StatusCode;
use leptos::prelude::*;
use leptos_meta::Title;

/// Says that there is nothing here, and leads back.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    Reply::here().status(StatusCode::NOT_FOUND);
    view! {
        <Title text="Not found · Gavel"/>
        <main id="content" class="door">
            <div class="card">
                <h1>"There is nothing here"</h1>
                <p>"The page may have moved, or the link was cut short."</p>
                <p><a class="button primary" href="/">"Go to the overview"</a></p>
            </div>
        </main>
    }
}
