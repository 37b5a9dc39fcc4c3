//! Tests that are really sent: the buttons, what was sent with its answer, and the tests before.

use super::view;
use crate::{components::When, components::form::section, format, format::Clock};
use leptos::prelude::*;
use model::bench::{Outgoing, TestAnswer, TestCall, TestLine, TestSent};

/// The buttons.
pub fn offer(direct: bool) -> AnyView {
    let intro = "It goes to the buyer's address for tests, marked as a test, with the saved delivery. No cap, no figure and no \
                 ledger hears of it. Who sent it is written down.";
    let ping = (!direct).then(|| {
        view! { <button class="button" type="submit" name="do" value="test:ping">"Send a test ping"</button> }
    });
    let hint = if direct {
        "A post carries the examples of the fields, never somebody's values."
    } else {
        "A ping carries the values chosen above. A post carries the examples of the fields, never somebody's values; a ping goes \
         before it."
    };
    let body = view! {
        <p class="hint">{hint}</p>
        <div class="actions">
            {ping}
            <button class="button" type="submit" name="do" value="test:post">"Send a test post"</button>
        </div>
    };
    section("send-test", "Send a test to the buyer", Some(intro), body.into_any())
}

/// What was sent and what came back.
pub fn view(sent: TestSent) -> AnyView {
    let stopped = sent.stopped.map(|why| view! { <p class="fault">{why}</p> });
    view! {
        <section class="card stack" id="test" aria-labelledby="test-title" tabindex="-1" autofocus=true>
            <h2 id="test-title">"What came of the test"</h2>
            {sent.ping.map(|call| one("ping", call))}
            {sent.post.map(|call| one("post", call))}
            {stopped}
        </section>
    }
    .into_any()
}

fn one(phase: &'static str, call: TestCall) -> AnyView {
    let TestCall { request, took_us, answer, reason, failure } = call;
    let Outgoing { method, url, headers, body, .. } = request;
    let whole = format!("{method} {url}\n{}\n{body}", lines_of(&headers));
    let took = format::ms(u32::try_from(took_us).unwrap_or(u32::MAX));
    let came = match answer {
        Some(answer) => came(phase, answer, took),
        None => {
            let reason = reason.map(|reason| view! { <code>{reason.code()}</code>" " });
            view! { <p class="fault">{reason}{failure}" "{format!("After {took}.")}</p> }.into_any()
        }
    };
    view! {
        <h3>{format!("The test {phase}")}</h3>
        <pre class="code" tabindex="0" aria-label=format!("The test {phase} as it was sent")>{whole}</pre>
        {came}
    }
    .into_any()
}

fn came(phase: &'static str, answer: TestAnswer, took: String) -> AnyView {
    let TestAnswer { status, headers, body, cut, read } = answer;
    let whole = format!("HTTP {status}\n{}\n{body}", lines_of(&headers));
    let cut =
        cut.then(|| view! { <p class="hint">"Only the beginning of the answer stands here; all of it was read."</p> });
    view! {
        <p>{format!("The answer, after {took}:")}</p>
        <pre class="code" tabindex="0" aria-label=format!("The answer to the test {phase}")>{whole}</pre>
        {cut}
        {view::reading(read)}
    }
    .into_any()
}

fn lines_of(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// The tests that were sent before.
pub fn lines(tests: Vec<TestLine>, clock: &Clock) -> Option<AnyView> {
    if tests.is_empty() {
        return None;
    }
    let row = |test: TestLine| {
        let by = if test.author_name.is_empty() { test.author } else { test.author_name };
        let status = test.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
        let took = test.took_us.map(|took| format::ms(u32::try_from(took).unwrap_or(u32::MAX))).unwrap_or_default();
        let outcome = if test.outcome.is_empty() { "not told".to_owned() } else { test.outcome };
        view! {
            <tr>
                <td><When at=test.at clock=clock.clone()/></td><td>{by}</td><td>{test.phase.name()}</td><td>{test.host}</td>
                <td class="number">{status}</td><td>{outcome}</td><td class="number">{took}</td>
            </tr>
        }
    };
    let rows = tests.into_iter().map(row).collect_view();
    Some(
        view! {
            <section class="card" id="tests" aria-labelledby="tests-title">
                <h2 id="tests-title">"Tests that were sent"</h2>
                <div class="scroll" tabindex="0" role="region" aria-label="The tests, newest first">
                    <table class="list">
                        <caption class="sr-only">"Tests that were sent to this buyer, newest first"</caption>
                        <thead><tr><th scope="col">"When"</th><th scope="col">"By"</th><th scope="col">"Call"</th><th scope="col">"To"</th><th scope="col" class="number">"Status"</th><th scope="col">"Outcome"</th><th scope="col" class="number">"Took"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}
