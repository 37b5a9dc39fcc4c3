//! The palette: Ctrl K over every page, and single keys that go to places. What it finds is what the page `/find` finds.

use leptos::{html, prelude::*};

/// One line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    href: String,
    name: String,
    about: String,
    what: String,
}

/// A link to the page `/find`, which opens a palette instead once the browser runs it.
#[island]
pub fn Palette(
    /// Whether single keys act.
    keys: bool,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let lines = RwSignal::new(Vec::<Line>::new());
    let chosen = RwSignal::new(0_usize);
    let wanted = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    let open = move || {
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            let _ = dialog.show_modal();
            wanted.set(String::new());
            browser::look(String::new(), wanted, lines, chosen);
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
        }
    };
    #[cfg(feature = "hydrate")]
    browser::listen(keys, open);
    #[cfg(not(feature = "hydrate"))]
    let (open, _) = (|| (), keys);
    let typed = move |event| {
        let text = event_target_value(&event);
        wanted.set(text.clone());
        #[cfg(feature = "hydrate")]
        browser::look(text, wanted, lines, chosen);
        #[cfg(not(feature = "hydrate"))]
        drop(text);
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let last = lines.with_untracked(Vec::len).saturating_sub(1);
        let step = match event.key().as_str() {
            "ArrowDown" => Some((chosen.get_untracked() + 1).min(last)),
            "ArrowUp" => Some(chosen.get_untracked().saturating_sub(1)),
            "Enter" => {
                let href =
                    lines.with_untracked(|lines| lines.get(chosen.get_untracked()).map(|line| line.href.clone()));
                if let Some(href) = href {
                    go(&href);
                }
                None
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(step) = step {
            chosen.set(step);
            #[cfg(feature = "hydrate")]
            browser::show(step);
        }
    };
    let option = move |(at, line): (usize, Line)| {
        let href = line.href;
        view! {
            <li
                id=format!("palette-{at}")
                role="option"
                aria-selected=move || (chosen.get() == at).to_string()
                on:click=move |_| go(&href)
            >
                <strong>{line.name}</strong>" "<span class="about muted">{line.about}</span>" "
                <span class="what tag">{line.what}</span>
            </li>
        }
    };
    let count = move || match lines.with(Vec::len) {
        0 => "Nothing is called that.".to_owned(),
        1 => "1 result".to_owned(),
        many => format!("{many} results"),
    };
    view! {
        <a
            class="button small quiet find"
            href="/find"
            aria-keyshortcuts="Control+K"
            on:click=move |event| {
                event.prevent_default();
                open();
            }
        >
            "Find "<kbd aria-hidden="true">"Ctrl K"</kbd>
        </a>
        <dialog node_ref=dialog class="palette" aria-label="Find">
            <input
                node_ref=field
                type="search"
                role="combobox"
                aria-label="Find anything"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=move || format!("palette-{}", chosen.get())
                autocomplete="off"
                placeholder="A page, a name, a lead's id"
                prop:value=move || wanted.get()
                on:input=typed
                on:keydown=pressed
            />
            <ul id="palette-list" role="listbox" aria-label="What was found">
                {move || lines.get().into_iter().enumerate().map(option).collect_view()}
            </ul>
            <p class="muted" aria-live="polite">{count}</p>
        </dialog>
    }
}

/// Opens a page of ours. Only a browser has one to open.
#[cfg_attr(not(feature = "hydrate"), allow(unused_variables))]
fn go(href: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href(href);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Line, go};
    use leptos::{
        ev::{KeyboardEvent, keydown},
        prelude::*,
    };
    use std::{cell::Cell, time::Duration};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::spawn_local;

    /// After the last letter, before the server is asked.
    const PAUSE: Duration = Duration::from_millis(120);
    /// Between the `g` and the letter that says where to.
    const PAIR_MS: f64 = 1500.0;

    /// Where `g` and a letter go.
    fn place(letter: &str) -> Option<&'static str> {
        Some(match letter {
            "o" => "/",
            "l" => "/leads",
            "c" => "/campaigns",
            "b" => "/buyers",
            "s" => "/sources",
            "r" => "/reports",
            "d" => "/doubt",
            _ => return None,
        })
    }

    /// Listens to the keys of the page for as long as it is there.
    pub(super) fn listen(single: bool, open: impl Fn() + 'static) {
        let began = Cell::new(f64::NEG_INFINITY);
        let heard = move |event: KeyboardEvent| {
            let key = event.key();
            if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                return open();
            }
            if !single || event.ctrl_key() || event.meta_key() || event.alt_key() || types(&event) {
                return;
            }
            let follows = event.time_stamp() - began.replace(f64::NEG_INFINITY) < PAIR_MS;
            match key.as_str() {
                letter if follows && place(letter).is_some() => go(place(letter).unwrap_or("/")),
                "g" => began.set(event.time_stamp()),
                "/" => {
                    event.prevent_default();
                    open();
                }
                "?" => go("/find"),
                _ => {}
            }
        };
        window_event_listener(keydown, heard);
    }

    /// Whether the key goes into a field, or into an open dialog.
    fn types(event: &KeyboardEvent) -> bool {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        target.is_some_and(|element| {
            element.closest("input, select, textarea, dialog, [contenteditable]").ok().flatten().is_some()
        })
    }

    /// Asks for what fits, unless more is typed meanwhile.
    pub(super) fn look(text: String, wanted: RwSignal<String>, lines: RwSignal<Vec<Line>>, chosen: RwSignal<usize>) {
        let ask = move || {
            if wanted.get_untracked() != text {
                return;
            }
            spawn_local(async move {
                let found = crate::islands::page(&format!("/find?q={}", crate::query::escape(&text))).await;
                if let Ok(found) = found
                    && wanted.get_untracked() == text
                {
                    lines.set(read(&found));
                    chosen.set(0);
                }
            });
        };
        set_timeout(ask, PAUSE);
    }

    fn read(page: &web_sys::Document) -> Vec<Line> {
        let Ok(links) = page.query_selector_all("#found a") else { return Vec::new() };
        let elements = (0..links.length()).filter_map(|at| links.get(at)?.dyn_into::<web_sys::Element>().ok());
        let line = |link: web_sys::Element| {
            let text = |part: &str| {
                link.query_selector(part).ok().flatten().and_then(|part| part.text_content()).unwrap_or_default()
            };
            let href = link.get_attribute("href").filter(|href| href.starts_with('/'))?;
            Some(Line { href, name: text("strong"), about: text(".about"), what: text(".what") })
        };
        elements.filter_map(line).collect()
    }

    /// Keeps the chosen line in view.
    pub(super) fn show(at: usize) {
        let document = web_sys::window().and_then(|window| window.document());
        let line = document.and_then(|document| document.get_element_by_id(&format!("palette-{at}")));
        if let Some(line) = line {
            line.scroll_into_view_with_bool(false);
        }
    }
}
