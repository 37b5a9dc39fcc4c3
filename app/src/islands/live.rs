//! A part of a page that follows the leads.

use leptos::prelude::*;

/// How the line to the server stands.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // only a browser connects
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Not connected yet, or never, when script is off.
    Idle,
    /// The page follows the leads.
    Live,
    /// Stopped by the person.
    Paused,
    /// The line broke; the browser tries again by itself.
    Reconnecting,
    /// The server let nobody in; it is asked again after a while.
    Offline,
}

impl Line {
    const fn word(self) -> &'static str {
        match self {
            Self::Idle => "Reload to update",
            Self::Live => "Live",
            Self::Paused => "Paused",
            Self::Reconnecting => "Reconnecting: what is shown may be old",
            Self::Offline => "Offline: what is shown may be old",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Reconnecting => "reconnecting",
            Self::Offline => "offline",
        }
    }
}

/// Keeps the element with the id `live` fresh: when leads move, at most once a second, the page is fetched again and the
/// element's content replaced. Where the focus is, and what was typed, is left alone. After a break, and after a pause, it is
/// fetched at once: whatever happened meanwhile is on it.
#[island]
pub fn Live(
    /// Whether the space bar pauses and goes on, where nothing has the focus.
    space: bool,
) -> impl IntoView {
    let line = RwSignal::new(Line::Idle);
    let toggle = move || {
        line.update(|line| *line = if *line == Line::Paused { Line::Live } else { Line::Paused });
        #[cfg(feature = "hydrate")]
        if line.get_untracked() == Line::Live {
            browser::fetch();
        }
    };
    #[cfg(feature = "hydrate")]
    {
        browser::follow(line);
        if space {
            browser::on_space(move || {
                if line.get_untracked() != Line::Idle {
                    toggle();
                }
            });
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = space;
    view! {
        <span class="live" data-line=move || line.get().name()>
            <span class="live-dot" aria-hidden="true"></span>
            <span role="status">{move || line.get().word()}</span>
            <button
                type="button"
                class="button small quiet"
                hidden=move || line.get() == Line::Idle
                on:click=move |_| toggle()
            >
                {move || if line.get() == Line::Paused { "Resume updates" } else { "Pause updates" }}
            </button>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Line;
    use leptos::{
        ev::{KeyboardEvent, keydown},
        prelude::*,
    };
    use std::{cell::Cell, rc::Rc, time::Duration};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::EventSource;

    /// Not more often than this.
    const PACE: Duration = Duration::from_secs(1);
    /// After so long a server that let nobody in is asked again.
    const AGAIN: Duration = Duration::from_secs(5);

    /// Listens as long as the page is there: the browser drops it with the page. A line that breaks is taken up again by the
    /// browser, which names the last event it has; the server answers `gap`, so that nothing is missing.
    pub(super) fn follow(line: RwSignal<Line>) {
        let Ok(source) = EventSource::new(crate::LIVE_PATH) else { return };
        let waiting = Rc::new(Cell::new(false));
        let say = move |now: Line| {
            if line.get_untracked() != Line::Paused {
                line.set(now);
            }
        };
        listen(&source, "open", move || say(Line::Live));
        let broken = source.clone();
        listen(&source, "error", move || {
            if broken.ready_state() == EventSource::CLOSED {
                say(Line::Offline);
                set_timeout(move || follow(line), AGAIN);
            } else {
                say(Line::Reconnecting);
            }
        });
        // Also on `hello`: between the page and the line a lead may have come.
        for event in ["hello", "lead", "gap"] {
            let waiting = Rc::clone(&waiting);
            listen(&source, event, move || {
                if line.get_untracked() == Line::Paused || waiting.replace(true) {
                    return;
                }
                let waiting = Rc::clone(&waiting);
                set_timeout(
                    move || {
                        waiting.set(false);
                        if line.get_untracked() != Line::Paused {
                            fetch();
                        }
                    },
                    PACE,
                );
            });
        }
    }

    /// Fetches the page once more; when that fails, the next event tries again.
    pub(super) fn fetch() {
        spawn_local(async {
            let _ = refresh().await;
        });
    }

    /// Hears the space bar where nothing has the focus that it would press or type into.
    pub(super) fn on_space(then: impl Fn() + 'static) {
        window_event_listener(keydown, move |event: KeyboardEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let busy = "a, button, input, select, textarea, summary, dialog, [tabindex='0'], [contenteditable]";
            let free = target.is_none_or(|element| element.closest(busy).ok().flatten().is_none());
            if event.key() == " "
                && free
                && !event.repeat()
                && !event.shift_key()
                && !event.ctrl_key()
                && !event.alt_key()
                && !event.meta_key()
            {
                event.prevent_default();
                then();
            }
        });
    }

    fn listen(source: &EventSource, event: &str, then: impl Fn() + 'static) {
        let closure = Closure::<dyn Fn()>::new(then);
        let _ = source.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        closure.forget();
    }

    async fn refresh() -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let document = window.document().ok_or(JsValue::NULL)?;
        let address = window.location().href()?;
        let fresh = crate::islands::page(&address).await?;
        let part = |document: &web_sys::Document| document.get_element_by_id("live");
        if let (Some(old), Some(new)) = (part(&document), part(&fresh)) {
            let focused = document.active_element();
            // Never pull a control out from under somebody who is using it.
            if !focused.is_some_and(|element| old.contains(Some(&element))) {
                old.replace_children_with_node_1(new.first_element_child().ok_or(JsValue::NULL)?.as_ref());
            }
        }
        Ok(())
    }
}
