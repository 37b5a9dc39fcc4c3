//! The HTML document around every page.

use crate::{
    App,
    context::{Assets, Theme},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// The document. The script names come from the bundle's manifest, so they may be kept for ever.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let assets = use_context::<Assets>();
    let theme = use_context::<Theme>().unwrap_or_default();
    let css = assets.as_ref().map(|assets| format!("/pkg/{}", assets.css));
    provide_context(options);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=css/>
                {assets.map(|assets| scripts(&assets))}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Starts the islands of the page. Leptos' own scripts do the same from fixed names; ours change with their content.
fn scripts(assets: &Assets) -> impl IntoView + use<> {
    let (js, wasm) = (format!("/pkg/{}", assets.js), format!("/pkg/{}", assets.wasm));
    // Islands are rendered as their own roots; nothing around them is hydrated.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let start = format!("{}({js:?}, {wasm:?});", include_str!("start.js").trim_end());
    view! {
        <link rel="modulepreload" href=js.clone() nonce=use_nonce()/>
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce()>{start}</script>
    }
}
