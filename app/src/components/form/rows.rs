//! A list in a form: rows that are added, removed and moved by submit buttons, so with script off as well.

use super::About;
use crate::form::{Form, Reading, id};
use leptos::prelude::*;
use serde_json::Value;

/// What a list is called and how its rows begin.
pub struct Rows {
    /// What the list is.
    pub legend: &'static str,
    /// What one row is, for the buttons: "tier".
    pub row: &'static str,
    /// How a new row begins, in the shape of the document.
    pub blank: Value,
    /// Whether the order means something.
    pub ordered: bool,
    /// What stands there when there is no row.
    pub none: &'static str,
}

/// Draws a list; `each` draws the inputs of the row at a path such as `caps[0]`.
pub fn rows(form: &Form, path: &str, list: &Rows, each: impl Fn(&str, usize) -> AnyView) -> AnyView {
    let (count, base) = (form.rows(path), id(path));
    let about = About::of(form, path, None);
    let row = |at: usize| {
        let place = format!("{path}[{at}]");
        let fault = About::of(form, &place, None).view();
        let (up, down) = (list.ordered && at > 0, list.ordered && at + 1 < count);
        let name = format!("{} {}", list.row, at + 1);
        // What the row has beyond its inputs goes along with it.
        let whole = form.at(&place).to_string();
        view! {
            <div class="row" id=id(&place) tabindex="-1" role="group" aria-label=name.clone()>
                <input type="hidden" name=Reading::Json.name(&place) value=whole/>
                <div class="row-fields">{each(&place, at)}</div>
                <div class="row-tools">
                    {up.then(|| tool("up", &place, "↑", &format!("Move {name} up")))}
                    {down.then(|| tool("down", &place, "↓", &format!("Move {name} down")))}
                    {tool("remove", &place, "Remove", &format!("Remove {name}"))}
                </div>
                {fault}
            </div>
        }
    };
    let all = (0..count).map(row).collect_view();
    let add = format!("add:{path}:{}", list.blank);
    let none = (count == 0).then(|| view! { <p class="hint">{list.none}</p> });
    let body = view! { <div class="rows">{all}</div> };
    view! {
        <fieldset class="field list" id=base tabindex="-1">
            <legend>{list.legend}</legend>
            <input type="hidden" name=Reading::List.name(path) value=""/>
            {none}
            {(count > 0).then_some(body)}
            {about.view()}
            <div><button class="button small" type="submit" name="do" value=add>{format!("Add {}", list.row)}</button></div>
        </fieldset>
    }
    .into_any()
}

fn tool(what: &str, place: &str, shown: &str, label: &str) -> AnyView {
    view! {
        <button class="button small quiet" type="submit" name="do" value=format!("{what}:{place}") aria-label=label.to_owned()>{shown.to_owned()}</button>
    }
    .into_any()
}
