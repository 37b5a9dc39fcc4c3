//! Figures that follow the leads.

use leptos::prelude::*;

/// How the line to the server stands.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // only a browser connects
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Not connected yet, or never, when script is off.
    Idle,
    /// Figures follow the leads.
    Live,
    /// Stopped by the person.
    Paused,
    /// The line broke; the browser tries again by itself.
    Reconnecting,
}

impl Line {
    const fn word(self) -> &'static str {
        match self {
            Self::Idle => "Reload to update",
            Self::Live => "Live",
            Self::Paused => "Paused",
            Self::Reconnecting => "Reconnecting",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Reconnecting => "reconnecting",
        }
    }
}

/// Keeps the element with the id `live` fresh: when leads move, at most once a second, the page is fetched again and the
/// element's content replaced. Where the focus is, and what was typed, is left alone.
#[island]
pub fn Live() -> impl IntoView {
    let line = RwSignal::new(Line::Idle);
    #[cfg(feature = "hydrate")]
    browser::follow(line);
    let toggle = move |_| {
        line.update(|line| *line = if *line == Line::Paused { Line::Live } else { Line::Paused });
    };
    view! {
        <span class="live" data-line=move || line.get().name()>
            <span class="live-dot" aria-hidden="true"></span>
            <span>{move || line.get().word()}</span>
            <button
                type="button"
                class="button small quiet"
                hidden=move || line.get() == Line::Idle
                on:click=toggle
            >
                {move || if line.get() == Line::Paused { "Resume updates" } else { "Pause updates" }}
            </button>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Line;
    use leptos::prelude::*;
    use std::{cell::Cell, rc::Rc, time::Duration};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::EventSource;

    /// Not more often than this.
    const PACE: Duration = Duration::from_secs(1);

    /// Listens as long as the page is there: the browser drops it with the page.
    pub(super) fn follow(line: RwSignal<Line>) {
        let Ok(source) = EventSource::new(crate::LIVE_PATH) else { return };
        let waiting = Rc::new(Cell::new(false));
        listen(&source, "open", move || {
            if line.get_untracked() != Line::Paused {
                line.set(Line::Live);
            }
        });
        listen(&source, "error", move || {
            if line.get_untracked() != Line::Paused {
                line.set(Line::Reconnecting);
            }
        });
        listen(&source, "lead", move || {
            if line.get_untracked() == Line::Paused || waiting.replace(true) {
                return;
            }
            let waiting = Rc::clone(&waiting);
            set_timeout(
                move || {
                    waiting.set(false);
                    if line.get_untracked() != Line::Paused {
                        spawn_local(async {
                            // The next event tries again.
                            let _ = refresh().await;
                        });
                    }
                },
                PACE,
            );
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
