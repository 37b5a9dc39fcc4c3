//! A list as a file, in every format it is offered in.

use leptos::prelude::*;

/// The formats: the end of the path, and the word on the link.
const FORMATS: [(&str, &str); 2] = [("csv", "CSV"), ("jsonl", "JSON lines")];

/// Links to the list at `path` with `query` as a file that is called `name`.
pub fn files(path: &str, query: &str, name: &str) -> impl IntoView + use<> {
    let mark = if query.is_empty() { "" } else { "?" };
    let link = |(end, word): (&str, &'static str)| {
        let (href, name) = (format!("{path}.{end}{mark}{query}"), format!("{name}.{end}"));
        view! { <a class="button quiet" href=href download=name>{word}</a> }
    };
    FORMATS.map(link).into_iter().collect_view()
}
