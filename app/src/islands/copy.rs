//! A button that copies a text of the page.

use leptos::prelude::*;

/// Copies what stands in an element. Before the browser runs it there is no button; the text can be selected all the same.
#[island]
pub fn Copy(
    /// The id of the element.
    target: String,
    /// The button's words.
    label: String,
    /// What is copied, for who does not see what the button stands beside.
    about: String,
) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        browser::copy(&target, said);
        #[cfg(not(feature = "hydrate"))]
        let _ = &target;
    };
    view! {
        <span class="copy">
            <button type="button" class="button small" on:click=copy>
                {label} <span class="sr-only">{format!(": {about}")}</span>
            </button>
            <span role="status">{move || said.get()}</span>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::{JsFuture, spawn_local};

    const NOT_COPIED: &str = "It could not be copied. Select the command and copy it.";

    pub(super) fn copy(target: &str, said: RwSignal<&'static str>) {
        let Some(window) = web_sys::window() else { return };
        let element = window.document().and_then(|document| document.get_element_by_id(target));
        let text = element.and_then(|element| element.text_content()).unwrap_or_default();
        let clipboard = window.navigator().clipboard();
        // Pages that did not come over TLS have none.
        if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
            return said.set(NOT_COPIED);
        }
        let copied = clipboard.write_text(&text);
        spawn_local(async move {
            said.set(if JsFuture::from(copied).await.is_ok() { "Copied" } else { NOT_COPIED });
        });
    }
}
