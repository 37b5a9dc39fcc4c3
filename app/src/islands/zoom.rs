//! A narrower span of days, drawn over the bars of a chart or marked with keys.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    prelude::*,
};

/// What happened, in the browser only.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // only a browser has a pointer
enum Did {
    Down(PointerEvent),
    Move(PointerEvent),
    Up,
    Lost,
    Key(KeyboardEvent),
}

/// Lets days be marked on the chart inside of it; the report of the marked days has an address of its own, so that going back
/// shows what was there before. Without script the days are chosen in the form above.
#[island]
pub fn Zoom(
    /// The address of the report, up to where its days are put in.
    to: String,
    /// The days from left to right, as an address has them.
    days: Vec<String>,
    /// What the bar of each says.
    titles: Vec<String>,
    /// The chart.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let alive = RwSignal::new(false);
    let last = days.len().saturating_sub(1);
    // The latest day is where the eye is.
    let (at, said) = (RwSignal::new(last), RwSignal::new(titles.last().cloned().unwrap_or_default()));
    #[cfg(feature = "hydrate")]
    let heard = {
        let marker = StoredValue::new_local(browser::Marker::new(root, (to, days, titles), at, said));
        Effect::new(move |_| alive.set(true));
        move |did| marker.with_value(|marker| marker.heard(did))
    };
    #[cfg(not(feature = "hydrate"))]
    let heard = {
        let _ = (to, days, titles);
        |_: Did| ()
    };
    view! {
        <div class="zoom">
            <div
                node_ref=root
                on:pointerdown=move |event| heard(Did::Down(event))
                on:pointermove=move |event| heard(Did::Move(event))
                on:pointerup=move |_| heard(Did::Up)
                on:pointercancel=move |_| heard(Did::Lost)
            >
                {children()}
            </div>
            <div
                class="zoom-cursor"
                role="slider"
                tabindex="0"
                aria-label="Days of the chart"
                aria-describedby="zoom-how"
                aria-valuemin="0"
                aria-valuemax=last.to_string()
                aria-valuenow=move || at.get().to_string()
                aria-valuetext=move || said.get()
                hidden=move || !alive.get()
                on:keydown=move |event| heard(Did::Key(event))
            >
                {move || said.get()}
            </div>
            <p class="hint" id="zoom-how" hidden=move || !alive.get()>
                "Drag over the chart for a closer look. With keys: arrows walk along the days, Shift with arrows marks some, Enter shows them alone, Esc lets go."
            </p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Did;
    use leptos::{
        ev::{KeyboardEvent, PointerEvent},
        html,
        prelude::*,
    };
    use std::cell::Cell;
    use wasm_bindgen::JsCast;
    use web_sys::Element;

    /// The address, the days and what is said of each.
    type Days = (String, Vec<String>, Vec<String>);

    /// From where to where, in the order in which it was marked.
    #[derive(Clone, Copy, PartialEq, Eq)]
    struct Marked {
        from: usize,
        to: usize,
        /// With the pointer, until it is lifted; else with keys.
        dragged: bool,
    }

    pub(super) struct Marker {
        root: NodeRef<html::Div>,
        days: Days,
        at: RwSignal<usize>,
        said: RwSignal<String>,
        marked: Cell<Option<Marked>>,
    }

    impl Marker {
        pub(super) fn new(root: NodeRef<html::Div>, days: Days, at: RwSignal<usize>, said: RwSignal<String>) -> Self {
            Self { root, days, at, said, marked: Cell::new(None) }
        }

        pub(super) fn heard(&self, did: Did) {
            match did {
                Did::Down(event) => self.down(&event),
                Did::Move(event) => self.drag(&event),
                Did::Up => self.lift(),
                Did::Lost => self.let_go(),
                Did::Key(event) => self.pressed(&event),
            }
        }

        /// A finger scrolls the page; a mouse and a pen mark.
        fn down(&self, event: &PointerEvent) {
            let under = event.target().and_then(|target| target.dyn_into().ok());
            let Some(day) = under.and_then(day) else { return };
            if event.button() != 0 || event.pointer_type() == "touch" {
                return;
            }
            event.prevent_default();
            if let Some(root) = self.root.get_untracked() {
                let _ = root.set_pointer_capture(event.pointer_id());
            }
            self.mark(Marked { from: day, to: day, dragged: true });
        }

        fn drag(&self, event: &PointerEvent) {
            let Some(marked) = self.marked.get().filter(|marked| marked.dragged) else { return };
            let document = web_sys::window().and_then(|window| window.document());
            let pixels = |at: i32| i16::try_from(at).map_or(-1.0, f32::from);
            let (x, y) = (pixels(event.client_x()), pixels(event.client_y()));
            let under = document.and_then(|document| document.element_from_point(x, y)).and_then(day);
            if let Some(to) = under.filter(|to| *to != marked.to) {
                self.mark(Marked { to, ..marked });
            }
        }

        /// One day alone was pointed at, not marked.
        fn lift(&self) {
            match self.marked.get().filter(|marked| marked.dragged) {
                Some(marked) if marked.from == marked.to => self.let_go(),
                Some(_) => self.show(),
                None => {}
            }
        }

        fn pressed(&self, event: &KeyboardEvent) {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let (at, last) = (self.at.get_untracked(), self.days.1.len().saturating_sub(1));
            let to = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
                "ArrowRight" | "ArrowUp" => (at + 1).min(last),
                "Home" => 0,
                "End" => last,
                "Enter" => {
                    event.prevent_default();
                    return self.show();
                }
                "Escape" => return self.let_go(),
                _ => return,
            };
            event.prevent_default();
            let from = self.marked.get().map_or(at, |marked| marked.from);
            let from = if event.shift_key() { from } else { to };
            self.mark(Marked { from, to, dragged: false });
        }

        fn mark(&self, marked: Marked) {
            self.marked.set(Some(marked));
            self.at.set(marked.to);
            let (first, last) = (marked.from.min(marked.to), marked.from.max(marked.to));
            self.paint(Some((first, last)));
            let title = |at: usize| self.days.2.get(at).cloned().unwrap_or_default();
            let day = |at: usize| self.days.1.get(at).cloned().unwrap_or_default();
            self.said.set(if first == last { title(first) } else { format!("{} to {}", day(first), day(last)) });
        }

        fn let_go(&self) {
            self.marked.set(None);
            self.paint(None);
            self.said.set(self.days.2.get(self.at.get_untracked()).cloned().unwrap_or_default());
        }

        fn paint(&self, marked: Option<(usize, usize)>) {
            let Some(root) = self.root.get_untracked() else { return };
            let Ok(slots) = root.query_selector_all("[data-bar]") else { return };
            for at in 0..slots.length() {
                let Some(slot) = slots.get(at).and_then(|slot| slot.dyn_into::<Element>().ok()) else { continue };
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                let inside = marked.is_some_and(|(first, last)| (first..=last).contains(&at));
                let _ = slot.toggle_attribute_with_force("data-marked", inside);
            }
        }

        /// Goes to the report of the marked days, or of the one that the keys stand on.
        fn show(&self) {
            let at = self.at.get_untracked();
            let (a, b) = self.marked.get().map_or((at, at), |marked| (marked.from, marked.to));
            let (to, days, _) = &self.days;
            let Some((first, last)) = days.get(a.min(b)).zip(days.get(a.max(b))) else { return };
            if let Some(window) = web_sys::window() {
                let _ = window.location().assign(&format!("{to}from={first}&to={last}"));
            }
        }
    }

    /// Which bar an element belongs to.
    fn day(element: Element) -> Option<usize> {
        element.closest("g").ok()??.query_selector("[data-bar]").ok()??.get_attribute("data-bar")?.parse().ok()
    }
}
