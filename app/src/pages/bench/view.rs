//! What the bench shows: requests as they would leave, and an answer as it is read.

use crate::format;
use leptos::prelude::*;
use model::bench::{AnswerRead, Outcome, Outgoing, Preview, SignRead};

/// The requests of a contract.
pub fn preview(preview: Preview) -> AnyView {
    let whose = match (&preview.lead, preview.personal) {
        (None, _) => "Every value is the example of its field.",
        (Some(_), false) => "The lead's own values; those of the person are the examples of their fields.",
        (Some(_), true) => "The lead's own values, those of the person too. This is written to its history.",
    };
    view! {
        <section class="card stack" id="requests" aria-labelledby="requests-title" tabindex="-1">
            <h2 id="requests-title">"The requests"</h2>
            <p role="status">{whose}</p>
            {preview.ping.map(|ping| outgoing("Ping", ping))}
            {outgoing("Post", preview.post)}
            <p class="hint">"The post is shown as if the ping had been answered with a bid of 10.00 and sample tokens."</p>
        </section>
    }
    .into_any()
}

fn outgoing(title: &'static str, call: Outgoing) -> AnyView {
    let left_out = (!call.left_out.is_empty()).then(|| {
        let names = call.left_out.join(", ");
        view! { <p class="hint">"Left out, for want of a value or because a condition does not hold: "<strong>{names}</strong></p> }
    });
    let request = match call.unsendable {
        Some(why) => view! { <p class="fault">{why}</p> }.into_any(),
        None => {
            let headers: String = call.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            let whole = format!("{} {}\n{headers}\n{}", call.method, call.url, call.body);
            view! { <pre class="code" tabindex="0" aria-label=format!("The {}", title.to_lowercase())>{whole}</pre> }
                .into_any()
        }
    };
    view! { <h3>{title}</h3>{request}{left_out} }.into_any()
}

/// An answer as it is read.
pub fn read(read: AnswerRead) -> AnyView {
    view! {
        <section class="card stack" id="reading" aria-labelledby="reading-title" tabindex="-1" autofocus=true>
            <h2 id="reading-title">"How it is read"</h2>
            {reading(read)}
        </section>
    }
    .into_any()
}

/// What is read in an answer, and by which signs.
pub fn reading(read: AnswerRead) -> AnyView {
    let tone = match read.outcome {
        Outcome::Bid | Outcome::Accepted => "badge success",
        Outcome::NoBid | Outcome::Rejected => "badge danger",
        Outcome::Pending | Outcome::Unclear => "badge warning",
    };
    let carried = |(name, values): (String, Vec<String>)| (format!("Carried as {name}"), values.join(", "));
    let some = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
    let facts = [
        some("Price", read.price),
        some("Token or id", read.reference),
        some("Good for", read.good_for_ms.map(|ms| format!("{} ms", format::thousands(ms.into())))),
        some("Consumer is sent to", read.redirect),
        some("Reason", read.reason.map(|reason| reason.code().to_owned())),
        some("In the buyer's words", read.said),
        some("What was found", read.why),
    ];
    let facts = facts.into_iter().flatten().chain(read.carried.into_iter().map(carried));
    let facts = facts.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view();
    let unread = read.signs.is_empty();
    let sign = |sign: SignRead| {
        let (tone, word) = if sign.shows { ("badge success", "shows") } else { ("badge", "does not show") };
        view! { <li><span class=tone>{word}</span>" the "{sign.which}" sign: "<code>{sign.sign}</code></li> }
    };
    let signs = read.signs.into_iter().map(sign).collect_view();
    view! {
        <p role="status"><span class=tone>{read.outcome.words()}</span></p>
        <dl class="pairs">{facts}</dl>
        {unread.then(|| view! { <p class="hint">"No sign could be looked for in it."</p> })}
        <ul class="effects">{signs}</ul>
    }
    .into_any()
}
