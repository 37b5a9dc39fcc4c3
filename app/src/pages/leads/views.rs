//! Views of the list that people keep, and the columns they choose. Everything is a plain form that comes back to the list.

use super::{personal, title};
use crate::{
    backend::Ui,
    components::{
        StatusBar,
        form::{checkbox, checks, text},
    },
    error::UiError,
    form::{Act, Form, Sent},
    pages::Reply,
    query::{Column, Columns, LeadsQuery},
};
use leptos::prelude::*;
use model::{
    ViewId,
    page::Cursor,
    user::{Right, User},
    view::SavedView,
};
use serde_json::json;

/// The form of a list that shows these columns.
pub(super) fn form(columns: &Columns) -> Form {
    let columns: Vec<_> = columns.iter().map(Column::name).collect();
    let personal = personal::blank();
    Form::new(json!({ "columns": columns, "view": { "name": "", "shared": false }, "personal": personal }))
}

/// Does what a button says.
///
/// # Errors
/// What may not be done; what was entered wrong stands in the form.
pub(super) async fn answer(
    (ui, reply): (&Ui, &Reply),
    (query, columns): (&LeadsQuery, &Columns),
    form: &mut Form,
    sent: &Sent,
) -> Result<(), UiError> {
    let Act::Do(word) = form.submit(sent) else { return Ok(()) };
    let done = match word.split_once(':').unwrap_or((&word, "")) {
        ("columns", _) => choose(ui, query, form).await,
        ("personal", _) => personal::allow(ui, query, form).await,
        ("drop", id) => {
            let id: ViewId = id.parse().map_err(|_| UiError::NotFound)?;
            ui.drop_view(id).await.map(|()| with(&LeadsQuery::default().href(), &format!("done=dropped&view={id}")))
        }
        ("restore", _) => {
            let id: ViewId = sent.text("view").parse().map_err(|_| UiError::NotFound)?;
            ui.restore_view(id).await.map(|view| with(&href(&view), "done=restored"))
        }
        _ => {
            let (name, shared) = (form.at("view.name").as_str().unwrap_or_default().to_owned(), shared(form));
            // With the columns that are shown, wherever they come from: whoever opens it sees the same.
            let view = LeadsQuery { columns: Some(columns.clone()), ..query.at(Cursor::Newest) };
            ui.save_view(name, view, shared).await.map(|view| with(&href(&view), "done=saved"))
        }
    };
    match done {
        Ok(to) => {
            reply.go(&to);
            Ok(())
        }
        Err(error) => reply.faulty(form, error),
    }
}

fn shared(form: &Form) -> bool {
    form.at("view.shared") == true
}

/// Remembers the ticked columns; none at all is those of the beginning. The list that shows them.
async fn choose(ui: &Ui, query: &LeadsQuery, form: &Form) -> Result<String, UiError> {
    let ticked = form.at("columns").as_array().cloned().unwrap_or_default();
    let columns = Columns::of(ticked.iter().filter_map(|word| word.as_str())).unwrap_or_default();
    ui.choose_columns(columns.clone()).await?;
    Ok(LeadsQuery { columns: Some(columns), ..query.clone() }.href())
}

fn href(view: &SavedView) -> String {
    if view.query.is_empty() { "/leads".to_owned() } else { format!("/leads?{}", view.query) }
}

fn with(href: &str, more: &str) -> String {
    let mark = if href.contains('?') { '&' } else { '?' };
    format!("{href}{mark}{more}")
}

/// What was done, and the way back.
pub(super) fn said(done: &str, about: Option<String>) -> Option<AnyView> {
    let plain =
        |text: &'static str| Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any());
    match (done, about.and_then(|id| id.parse::<ViewId>().ok())) {
        ("saved", _) => plain("The view is kept: it stands above the list."),
        ("restored", _) => plain("The view is back."),
        ("dropped", Some(id)) => {
            let members = vec![("do", "restore".to_owned()), ("view", id.to_string())];
            Some(view! { <StatusBar text="The view is gone.".to_owned() undo=("/leads", members)/> }.into_any())
        }
        _ => None,
    }
}

/// The views above the list; the one that is shown is marked.
pub(super) fn tabs(query: &LeadsQuery, kept: &[SavedView]) -> Option<AnyView> {
    if kept.is_empty() {
        return None;
    }
    let here = query.kept();
    let tab = |href: String, name: String, current: bool, shared: bool| {
        let mark = shared.then(|| view! { <span class="sr-only">" (shared)"</span> });
        view! { <a class="tab" href=href aria-current=current.then_some("page")>{name} {mark}</a> }
    };
    let views = kept.iter().map(|view| tab(href(view), view.name.clone(), view.query == here, view.shared));
    let views = views.collect_view();
    let all = tab("/leads".to_owned(), "All leads".to_owned(), here.is_empty(), false);
    Some(view! { <nav class="tabs" aria-label="Views">{all} {views}</nav> }.into_any())
}

/// The columns, keeping what is shown as a view, and taking the shown one away.
pub(super) fn offer(
    form: &Form,
    query: &LeadsQuery,
    kept: &[SavedView],
    user: &User,
    personal: AnyView,
) -> impl IntoView + use<> {
    let here = query.kept();
    let action = query.href();
    let columns: Vec<_> = Column::ALL.map(|column| (column.name().to_owned(), title(column).to_owned())).to_vec();
    let may = user.may(Right::Configure);
    let faulty = form.faults_under("view").next().is_some();
    let share = may.then(|| checkbox(form, "view.shared", "For everybody who works here", None));
    let shown = kept.iter().filter(|view| view.query == here && (view.user_id == user.id || may));
    let drop = shown.map(|view| {
        let word = format!("drop:{}", view.id);
        let name = format!("Delete the view {}", view.name);
        view! {
            <form method="post" action=action.clone()>
                <button class="button small long" type="submit" name="do" value=word>{name}</button>
            </form>
        }
    });
    let drop = drop.collect_view();
    view! {
        <section class="card stack" aria-label="Columns, views and files">
            <details>
                <summary>"Columns"</summary>
                <form class="stack" method="post" action=action.clone()>
                    {checks(form, "columns", "What is shown of each lead", &columns, None)}
                    <div class="actions"><button class="button" type="submit" name="do" value="columns">"Show these columns"</button></div>
                </form>
            </details>
            <details open=faulty>
                <summary>"Keep this view"</summary>
                <form class="stack" method="post" action=action.clone() novalidate>
                    {text(form, "view.name", "Name").hint("The filters, the columns and the rows of a page stand under it.").view()}
                    {share}
                    <div class="actions"><button class="button" type="submit" name="do" value="save">"Keep it"</button></div>
                </form>
            </details>
            {personal}
            {drop}
        </section>
    }
}
