//! The auction as a table whose last column is a chart: every contract with its verdict, every call on one time axis.

use crate::{components::StandingBadge, format};
use leptos::prelude::*;
use model::{
    Currency,
    contract::ContractKind,
    trace::{CallTrace, Finding, Stage, Standing, Trace, Verdict},
};

/// Units of the chart's width.
const WIDTH: u64 = 1000;

/// Draws one auction.
pub(super) fn waterfall(trace: &Trace, currency: Option<Currency>) -> impl IntoView + use<> {
    let currency = currency.unwrap_or(Currency::USD);
    let scale = Scale::of(trace);
    // Silent contracts do not compete: what they got stands by itself.
    let mut verdicts: Vec<&Verdict> = trace.verdicts.iter().filter(|one| one.kind != ContractKind::Silent).collect();
    verdicts
        .sort_by_key(|verdict| (order(verdict.standing), verdict.rank.unwrap_or(u8::MAX), verdict.price.map(|p| -p)));
    let steps: Vec<_> = trace
        .steps
        .iter()
        .map(|step| {
            let bars = vec![("own", step.start_us, step.took_us)];
            view! {
                <tr class="step">
                    <td>{capital(&step.name)}</td>
                    <td colspan="2">{step.note.clone()}</td>
                    <td class="number">{format::ms(step.took_us)}</td>
                    <td class="lane" aria-hidden="true">{lane(bars, &scale)}</td>
                </tr>
            }
        })
        .collect();
    let rows: Vec<_> = verdicts.into_iter().map(|verdict| contract(verdict, currency, &scale)).collect();
    let decided = trace.decided_us.map(|at| format!("The plan was made after {}. ", format::ms(at)));
    view! {
        <p class="lead-in">
            {sentence(trace, currency)} " " {decided}
            "It was over after " {format::ms(trace.done_us)} ", with " {trace.deadline_ms} " ms allowed."
        </p>
        <div class="scroll" tabindex="0" role="region" aria-label="Auction, contract by contract">
            <table class="waterfall">
                <caption class="sr-only">"Auction: every contract and why it did or did not get the lead"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Contract"</th>
                        <th scope="col">"Verdict"</th>
                        <th scope="col" class="number">"Price"</th>
                        <th scope="col" class="number">"Answered in"</th>
                        <th scope="col" class="lane" aria-label="Time">{axis(&scale)}</th>
                    </tr>
                </thead>
                <tbody>{steps} {rows}</tbody>
            </table>
        </div>
        <p class="legend hint" aria-hidden="true">
            <span class="key own"></span>"our own work" <span class="key ping"></span>"ping" <span class="key post"></span>"post"
            <span class="key decided"></span>"plan made" <span class="key deadline"></span>"deadline"
        </p>
    }
}

/// Who got it, in one sentence.
fn sentence(trace: &Trace, currency: Currency) -> String {
    let asked = trace.verdicts.iter().filter(|verdict| verdict.ping.is_some()).count();
    let bids = trace.verdicts.iter().filter(|v| v.ping.is_some() && v.price.is_some()).count();
    let posts = trace.verdicts.iter().filter(|verdict| verdict.post.is_some()).count();
    let floor = format::money(trace.floor, currency);
    format!("{asked} asked, {bids} with a price, {posts} posted to; floor {floor}.")
}

const fn order(standing: Standing) -> u8 {
    match standing {
        Standing::Sold => 0,
        Standing::Unknown => 1,
        Standing::Rejected => 2,
        Standing::Lost => 3,
        Standing::Failed => 4,
        Standing::Excluded => 5,
        Standing::Waiting | Standing::Copied => 6,
    }
}

fn contract(verdict: &Verdict, currency: Currency, scale: &Scale) -> impl IntoView + use<> {
    let kind = match verdict.kind {
        ContractKind::Auction => "auction",
        ContractKind::Direct => "fixed price",
        ContractKind::Silent => "silent",
    };
    let mut bars = Vec::new();
    bars.extend(verdict.ping.as_ref().map(|call| ("ping", call.start_us, call.took_us)));
    bars.extend(verdict.post.as_ref().map(|call| ("post", call.start_us, call.took_us)));
    let took = [("ping", &verdict.ping), ("post", &verdict.post)]
        .into_iter()
        .filter_map(|(name, call)| Some(format!("{name} {}", format::ms(call.as_ref()?.took_us))))
        .map(|line| view! { <div>{line}</div> })
        .collect::<Vec<_>>();
    let rank = verdict.rank.map(|rank| view! { <span class="hint">{format!("place {rank} in the plan")}</span> });
    let findings: Vec<_> = verdict.findings.iter().map(finding).collect();
    let calls: Vec<_> = [("Ping", &verdict.ping), ("Post", &verdict.post)]
        .into_iter()
        .filter_map(|(name, call)| said(name, call.as_ref()?))
        .collect();
    let class = if verdict.standing == Standing::Excluded { "excluded" } else { "" };
    view! {
        <tr class=class>
            <th scope="row">
                {verdict.buyer.clone()}
                <span class="hint">{format!("{} · {kind}", verdict.contract)}</span>
            </th>
            <td>
                <StandingBadge standing=verdict.standing/>
                {rank}
                <ul class="findings">{findings} {calls}</ul>
            </td>
            <td class="number">{verdict.price.map(|price| format::money(price, currency))}</td>
            <td class="number">{took.is_empty().then_some("–")} {took}</td>
            <td class="lane" aria-hidden="true">{lane(bars, scale)}</td>
        </tr>
    }
}

pub(super) fn finding(found: &Finding) -> impl IntoView + use<> {
    let detail = match (&found.subject, &found.have, &found.want) {
        (Some(subject), Some(have), Some(want)) => format!(" {}: {have}; wanted: {want}.", capital(subject)),
        _ => String::new(),
    };
    let stage = match found.stage {
        Stage::Eligibility => "Before the ping",
        Stage::Ping => "Ping",
        Stage::Plan => "Plan",
        Stage::Post => "Post",
    };
    view! {
        <li title=found.reason.advice()>
            <span class="stage">{stage}</span> " " {found.reason.meaning()} {detail}
            <span class="sr-only">" " {found.reason.advice()}</span>
        </li>
    }
}

pub(super) fn said(name: &'static str, call: &CallTrace) -> Option<impl IntoView + use<>> {
    let mut parts = Vec::new();
    parts.extend(call.status.map(|status| format!("HTTP {status}")));
    parts.extend(call.said.as_ref().map(|said| format!("“{said}”")));
    parts.extend(call.reference.as_ref().map(|reference| format!("their reference {reference}")));
    let shown = call.said.is_some() || (name == "Post" && !parts.is_empty());
    shown.then(|| view! { <li><span class="stage">{name}</span> " " {parts.join(", ")}</li> })
}

/// Microseconds to chart units, the whole auction across.
struct Scale {
    end: u64,
    decided: Option<u64>,
    deadline: u64,
    step_ms: u64,
}

impl Scale {
    fn of(trace: &Trace) -> Self {
        let calls = trace.verdicts.iter().flat_map(|v| [v.ping.as_ref(), v.post.as_ref()]).flatten();
        let last = calls.map(|call| u64::from(call.start_us) + u64::from(call.took_us)).max().unwrap_or(0);
        let end = last.max(u64::from(trace.done_us)).max(1000);
        let end = end + end / 20;
        let step_ms = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000]
            .into_iter()
            .find(|step| end / 1000 / step <= 6)
            .unwrap_or(600_000);
        Self { end, decided: trace.decided_us.map(u64::from), deadline: u64::from(trace.deadline_ms) * 1000, step_ms }
    }

    fn x(&self, us: u64) -> u64 {
        us * WIDTH / self.end
    }
}

fn lane(bars: Vec<(&'static str, u32, u32)>, scale: &Scale) -> impl IntoView + use<> {
    let bars: Vec<_> = bars
        .into_iter()
        .map(|(kind, start, took)| {
            let (x, width) = (scale.x(u64::from(start)), scale.x(u64::from(took)).max(4));
            view! { <rect class=kind x=x.to_string() y="5" width=width.to_string() height="10" rx="2"></rect> }
        })
        .collect();
    let line = |class: &'static str, at: u64| {
        let x = scale.x(at).to_string();
        view! { <line class=class x1=x.clone() x2=x y1="0" y2="20"></line> }
    };
    let decided = scale.decided.map(|at| line("decided", at));
    let deadline = (scale.deadline <= scale.end).then(|| line("deadline", scale.deadline));
    view! { <svg viewBox="0 0 1000 20" preserveAspectRatio="none">{bars} {decided} {deadline}</svg> }
}

/// The axis has no view box: its words keep their size, their places are shares of the width.
fn axis(scale: &Scale) -> impl IntoView + use<> {
    let share = |units: u64| format!("{}.{}%", units / 10, units % 10);
    let ticks: Vec<_> = (0..=scale.end / 1000 / scale.step_ms)
        .map(|tick| {
            let ms = tick * scale.step_ms;
            let x = scale.x(ms * 1000);
            // The unit stands at the end.
            let shown = x < WIDTH * 93 / 100;
            let anchor = if tick == 0 { "start" } else { "middle" };
            shown.then(|| view! { <text class="tick" x=share(x) y="12" text-anchor=anchor>{ms}</text> })
        })
        .collect();
    view! { <svg aria-hidden="true">{ticks} <text class="tick" x="100%" y="12" text-anchor="end">"ms"</text></svg> }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
