//! Kept answers: keeping the one that stands in the form, and those that are kept, read again.

use crate::{components::form::section, components::form::text, form::Form};
use leptos::prelude::*;
use model::bench::ExampleRun;

/// What was just done.
pub fn said(done: &str) -> Option<AnyView> {
    let text = match done {
        "kept" => "The answer is kept. It is read again whenever the contract changes.",
        "dropped" => "The kept answer is gone.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// Keeping the answer above.
pub fn offer(form: &Form) -> AnyView {
    let intro = "Keeps the answer above with how it is read now. Whoever changes the contract is told when it would be read \
                 otherwise.";
    let body = view! {
        <div class="fields">{text(form, "name", "What it shows").hint("Such as: no coverage. Paste no answer with a person in it.").view()}</div>
        <div><button class="button" type="submit" name="do" value="keep">"Keep the answer"</button></div>
    };
    section("keep", "Keep it as an example", Some(intro), body.into_any())
}

/// The kept answers; each can be taken away.
pub fn list(kept: Vec<ExampleRun>, may: bool) -> Option<AnyView> {
    if kept.is_empty() {
        return None;
    }
    let different = kept.iter().filter(|run| !run.differences.is_empty()).count();
    let sum = match different {
        0 => "All of them are read as they have to be.".to_owned(),
        1 => "One of them reads differently.".to_owned(),
        many => format!("{many} of them read differently."),
    };
    let lines = kept.into_iter().map(|run| line(run, may)).collect_view();
    Some(
        view! {
            <section class="card stack" id="kept" aria-labelledby="kept-title" tabindex="-1">
                <h2 id="kept-title">"Kept examples"</h2>
                <p>{sum}</p>
                <ul class="effects">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

fn line(run: ExampleRun, may: bool) -> AnyView {
    let same = run.differences.is_empty();
    let (tone, word) = if same { ("badge success", "as expected") } else { ("badge danger", "differently") };
    let lines = run.differences.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let label = format!("Drop {}", run.name);
    let drop = may.then(|| {
        view! { <button class="button small quiet" type="submit" name="do" value=format!("drop:{}", run.id) aria-label=label>"Drop"</button> }
    });
    let about = format!(", a {} that is {}", run.phase.name(), run.expected.outcome.words());
    view! {
        <li>
            <span class=tone>{word}</span>" "<strong>{run.name}</strong>{about}" "{drop}
            {(!same).then(|| view! { <ul class="bullets">{lines}</ul> })}
            <details>
                <summary>"The answer"</summary>
                <pre class="code" tabindex="0">{format!("HTTP {}\n{}", run.status, run.body)}</pre>
            </details>
        </li>
    }
    .into_any()
}
