//! Painting opening hours: the checkboxes of a week become a grid for pointer and keys.

use crate::week::Preset;
use leptos::{
    ev::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent},
    html,
    prelude::*,
};

/// What happened to the grid, in the browser only.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))] // only a browser has a pointer
enum Did {
    Down(PointerEvent),
    Move(PointerEvent),
    Up,
    Lost,
    Click(MouseEvent),
    Key(KeyboardEvent),
    Focus(FocusEvent),
    Changed,
    Preset(Preset),
}

/// Brings the table of checkboxes inside of it to life. The checkboxes stay what the form sends, so that nothing is lost when
/// script is off; then there are no presets, and the summary is that of what was saved.
#[island]
pub fn Week(
    /// The week in one sentence, as it came.
    summary: String,
    /// The id of the text in which the same hours are written, which is kept in step.
    written: String,
    /// The table.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let (summary, said) = (RwSignal::new(summary), RwSignal::new(String::new()));
    let alive = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    let heard = {
        let painter = StoredValue::new_local(browser::Painter::new(root, summary, said, written));
        Effect::new(move |_| {
            painter.with_value(browser::Painter::begin);
            alive.set(true);
        });
        move |did| painter.with_value(|painter| painter.heard(did))
    };
    #[cfg(not(feature = "hydrate"))]
    let heard = {
        let _ = written;
        |_: Did| ()
    };
    let presets = Preset::ALL.map(|preset| {
        view! { <button type="button" class="button small" on:click=move |_| heard(Did::Preset(preset))>{preset.title()}</button> }
    });
    view! {
        <div class="week-painter">
            <div class="actions" role="group" aria-label="Fill the week" hidden=move || !alive.get()>{presets}</div>
            <div
                node_ref=root
                on:pointerdown=move |event| heard(Did::Down(event))
                on:pointermove=move |event| heard(Did::Move(event))
                on:pointerup=move |_| heard(Did::Up)
                on:pointercancel=move |_| heard(Did::Lost)
                on:click=move |event| heard(Did::Click(event))
                on:keydown=move |event| heard(Did::Key(event))
                on:focusin=move |event| heard(Did::Focus(event))
                on:change=move |_| heard(Did::Changed)
            >
                {children()}
            </div>
            <p class="week-summary">{move || summary.get()}</p>
            <p class="hint" hidden=move || !alive.get()>
                "Drag to paint: the first hour says whether it opens or closes. Arrows move, Space opens or closes an hour, or at a heading the whole day or hour. Shift with arrows paints on, Ctrl A opens all, Esc takes a paint back."
            </p>
            <p class="sr-only" role="status">{move || said.get()}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Did;
    use crate::week::{Cell, HOURS, Preset, Week, said};
    use leptos::{
        ev::{KeyboardEvent, MouseEvent, PointerEvent},
        html,
        prelude::*,
    };
    use std::cell::Cell as Kept;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

    /// A paint that goes on: where it began, what it does, and the week before it.
    #[derive(Clone, Copy)]
    struct Paint {
        from: Cell,
        to: Cell,
        open: bool,
        before: Week,
        /// With the pointer, until it is lifted; else with Shift and arrows.
        dragged: bool,
    }

    /// A place of the grid, from 0 for the headings: row 1 is Monday, column 1 is midnight.
    type Place = (usize, usize);

    pub(super) struct Painter {
        root: NodeRef<html::Div>,
        summary: RwSignal<String>,
        said: RwSignal<String>,
        written: String,
        paint: Kept<Option<Paint>>,
    }

    impl Painter {
        pub(super) fn new(
            root: NodeRef<html::Div>,
            summary: RwSignal<String>,
            said: RwSignal<String>,
            written: String,
        ) -> Self {
            Self { root, summary, said, written, paint: Kept::new(None) }
        }

        /// Makes the table a grid with one stop for Tab.
        pub(super) fn begin(&self) {
            let Some(table) = self.root.get().and_then(|root| root.query_selector("table").ok().flatten()) else {
                return;
            };
            let _ = table.set_attribute("role", "grid");
            for place in (0..=7).flat_map(|row| (0..=HOURS).map(move |column| (row, column))) {
                if let Some(element) = self.at(place) {
                    element.set_tab_index(if place == (1, 1) { 0 } else { -1 });
                }
            }
        }

        pub(super) fn heard(&self, did: Did) {
            match did {
                Did::Down(event) => self.down(&event),
                Did::Move(event) => self.drag(&event),
                Did::Up => self.lift(),
                Did::Lost => self.take_back(),
                Did::Click(event) => self.clicked(&event),
                Did::Key(event) => self.pressed(&event),
                Did::Focus(event) => self.one_stop(event.target()),
                Did::Changed => self.written_down(),
                Did::Preset(preset) => self.fill(preset),
            }
        }

        fn boxes(&self) -> Vec<HtmlInputElement> {
            let Some(root) = self.root.get_untracked() else { return Vec::new() };
            let Ok(found) = root.query_selector_all("td input") else { return Vec::new() };
            (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
        }

        fn week(&self) -> Week {
            Week::of(self.boxes().iter().map(HtmlInputElement::checked))
        }

        fn show(&self, week: Week) {
            for (at, one) in self.boxes().iter().enumerate() {
                one.set_checked(week.open((at / HOURS, at % HOURS)));
            }
            self.written_down();
        }

        /// Puts the summary and the written hours in step with the boxes.
        fn written_down(&self) {
            let week = self.week();
            self.summary.set(week.summary());
            let document = web_sys::window().and_then(|window| window.document());
            let written = document.and_then(|document| document.get_element_by_id(&self.written));
            if let Some(written) = written.and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok()) {
                written.set_value(&week.lines().join("\n"));
            }
        }

        /// Opens everything between two corners, or closes it when it is open already.
        fn turn(&self, a: Cell, b: Cell) {
            let (week, open) = self.week().turned(a, b);
            self.show(week);
            self.said.set(said(a, b, open));
        }

        fn fill(&self, preset: Preset) {
            self.paint.set(None);
            self.show(self.week().preset(preset));
            self.said.set(self.summary.get_untracked());
        }

        fn go(&self, paint: Paint) {
            self.paint.set(Some(paint));
            self.show(paint.before.painted(paint.from, paint.to, paint.open));
        }

        fn begin_at(&self, cell: Cell, dragged: bool, open: bool) -> Paint {
            Paint { from: cell, to: cell, open, before: self.week(), dragged }
        }

        /// A finger scrolls the grid and ticks single hours; a mouse and a pen paint.
        fn down(&self, event: &PointerEvent) {
            let Some(cell) = place(event.target()).and_then(cell) else { return };
            if event.button() != 0 || event.pointer_type() == "touch" {
                return;
            }
            event.prevent_default();
            if let Some(root) = self.root.get_untracked() {
                let _ = root.set_pointer_capture(event.pointer_id());
            }
            self.focus((cell.0 + 1, cell.1 + 1));
            self.go(self.begin_at(cell, true, !self.week().open(cell)));
        }

        fn drag(&self, event: &PointerEvent) {
            let Some(paint) = self.paint.get().filter(|paint| paint.dragged) else { return };
            let document = web_sys::window().and_then(|window| window.document());
            let pixels = |at: i32| i16::try_from(at).map_or(-1.0, f32::from);
            let (x, y) = (pixels(event.client_x()), pixels(event.client_y()));
            let under = document.and_then(|document| document.element_from_point(x, y));
            let to = under.and_then(|element| place(Some(element.into()))).and_then(cell);
            if let Some(to) = to.filter(|to| *to != paint.to) {
                self.go(Paint { to, ..paint });
            }
        }

        fn lift(&self) {
            if let Some(paint) = self.paint.get().filter(|paint| paint.dragged) {
                self.paint.set(None);
                self.said.set(said(paint.from, paint.to, paint.open));
            }
        }

        fn take_back(&self) {
            if let Some(paint) = self.paint.take() {
                self.show(paint.before);
                self.said.set("The hours are as they were before".to_owned());
            }
        }

        /// A click of the mouse on an hour has painted it already; on a heading it turns the line.
        fn clicked(&self, event: &MouseEvent) {
            let Some(at) = place(event.target()) else { return };
            match line(at) {
                Some((a, b)) => {
                    self.focus(at);
                    self.turn(a, b);
                }
                None if event.detail() > 0 && pointer_type(event) != "touch" => event.prevent_default(),
                None => {}
            }
        }

        fn pressed(&self, event: &KeyboardEvent) {
            let Some(at) = place(event.target()) else { return };
            let (key, ctrl) = (event.key(), event.ctrl_key() || event.meta_key());
            match key.as_str() {
                "Escape" if self.paint.get().is_some() => self.take_back(),
                "a" | "A" if ctrl => self.fill(Preset::All),
                " " | "Enter" if line(at).is_some() => {
                    if let Some((a, b)) = line(at) {
                        self.turn(a, b);
                    }
                }
                " " => return self.ticked(at),
                // Not what is sent: the grid is a part of a long form.
                "Enter" => return,
                _ if ctrl || event.alt_key() => return,
                key => match step(key, at) {
                    Some(to) => self.moved(at, to, event.shift_key()),
                    None => return,
                },
            }
            event.prevent_default();
        }

        /// The browser ticks the box itself; what came of it is said.
        fn ticked(&self, at: Place) {
            self.paint.set(None);
            if let Some(cell) = cell(at) {
                self.said.set(said(cell, cell, !self.week().open(cell)));
            }
        }

        fn moved(&self, from: Place, to: Place, paint: bool) {
            let (from, to) = (from, if paint { (to.0.max(1), to.1.max(1)) } else { to });
            self.focus(to);
            let Some((from, to)) = cell(from).zip(cell(to)).filter(|_| paint) else {
                return self.paint.set(None);
            };
            let paint = self.paint.get().unwrap_or_else(|| self.begin_at(from, false, self.week().open(from)));
            self.go(Paint { to, ..paint });
            self.said.set(said(paint.from, to, paint.open));
        }

        /// The box of an hour, or the heading of a line.
        fn at(&self, (row, column): Place) -> Option<HtmlElement> {
            let root = self.root.get_untracked()?;
            let row = root.query_selector_all("tr").ok()?.get(u32::try_from(row).ok()?)?;
            let found =
                row.child_nodes().get(0).and(row.dyn_ref::<Element>())?.children().item(u32::try_from(column).ok()?)?;
            let inner = found.query_selector("input").ok().flatten();
            inner.unwrap_or(found).dyn_into().ok()
        }

        fn focus(&self, place: Place) {
            if let Some(element) = self.at(place) {
                let _ = element.focus();
            }
        }

        /// Tab comes back to where the focus was last.
        fn one_stop(&self, target: Option<EventTarget>) {
            let Some(root) = self.root.get_untracked() else { return };
            let Some(now) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
            if place(Some(now.clone().into())).is_none() {
                return;
            }
            let Ok(old) = root.query_selector_all("table [tabindex='0']") else { return };
            for element in (0..old.length()).filter_map(|at| old.get(at)?.dyn_into::<HtmlElement>().ok()) {
                element.set_tab_index(-1);
            }
            now.set_tab_index(0);
        }
    }

    /// Where an element stands; its cell knows.
    fn place(target: Option<EventTarget>) -> Option<Place> {
        let element: Element = target?.dyn_into().ok()?;
        let cell = element.closest("td, th").ok()??;
        let row = cell.parent_element()?;
        let index = |element: &Element| {
            std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling).count()
        };
        let head = row.parent_element()?.tag_name() == "THEAD";
        Some((if head { 0 } else { index(&row) + 1 }, index(&cell)))
    }

    fn cell((row, column): Place) -> Option<Cell> {
        Some((row.checked_sub(1)?, column.checked_sub(1)?))
    }

    /// The corners of the line whose heading this is.
    fn line(at: Place) -> Option<(Cell, Cell)> {
        match at {
            (0, 0) => Some(((0, 0), (6, HOURS - 1))),
            (0, column) => Some(((0, column - 1), (6, column - 1))),
            (row, 0) => Some(((row - 1, 0), (row - 1, HOURS - 1))),
            _ => None,
        }
    }

    fn step(key: &str, (row, column): Place) -> Option<Place> {
        Some(match key {
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowDown" => ((row + 1).min(7), column),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowRight" => (row, (column + 1).min(HOURS)),
            "Home" => (row, 1),
            "End" => (row, HOURS),
            _ => return None,
        })
    }

    /// Browsers give a click the kind of pointer it came from.
    fn pointer_type(event: &MouseEvent) -> String {
        event.dyn_ref::<PointerEvent>().map(PointerEvent::pointer_type).unwrap_or_default()
    }
}
