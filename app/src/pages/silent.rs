//! What followed a lead's auction: earlier rounds, the next one, and what silent contracts got.

use super::waterfall::{finding, said, waterfall};
use crate::{
    components::{StandingBadge, When},
    format::{self, Clock},
};
use leptos::prelude::*;
use model::{
    Currency, Timestamp,
    contract::ContractKind,
    lead::{LeadDetail, Round},
    trace::{CopyLine, Verdict},
};

/// Both sections; nothing of a lead that nothing followed.
pub(super) fn after(lead: &LeadDetail, clock: &Clock) -> impl IntoView + use<> {
    let currency = lead.row.revenue.or(lead.row.payout).map_or(Currency::USD, |money| money.currency);
    let again = lead.again_at.map(|at| {
        let when = clock.clone();
        view! { <p class="hint">"It is auctioned again at " <When at clock=when exact=true/> "."</p> }
    });
    let rounds: Vec<_> = lead.rounds.iter().map(|round| earlier(round, currency, clock)).collect();
    let count = rounds.len();
    let rounds = (again.is_some() || count > 0).then(|| {
        let told = match count {
            0 => "Nobody bought it yet.".to_owned(),
            1 => "The auction above is the second round. Nobody bought it in the first.".to_owned(),
            more => format!("The auction above is round {}. Nobody bought it in those before.", more + 1),
        };
        view! {
            <section class="card" aria-labelledby="rounds">
                <h2 id="rounds">"Rounds"</h2>
                <p class="lead-in">{told}</p>
                {again}
                {rounds}
            </section>
        }
    });
    view! { {rounds} {copies(lead, currency, clock)} }
}

fn earlier(round: &Round, currency: Currency, clock: &Clock) -> impl IntoView + use<> {
    let title = format!("Round {}", u32::from(round.number) + 1);
    let body = match &round.trace {
        Some(trace) => waterfall(trace, Some(currency)).into_any(),
        None => view! { <p class="hint">"The server stopped before its auction ended."</p> }.into_any(),
    };
    let until = round.until;
    let clock = clock.clone();
    view! {
        <details>
            <summary>{title} ", until " <When at=until clock=clock exact=true/></summary>
            {body}
        </details>
    }
}

/// Every silent contract: those that got a copy or not, then those whose turn has not come.
fn copies(lead: &LeadDetail, currency: Currency, clock: &Clock) -> Option<AnyView> {
    let decided = |verdict: &&Verdict| lead.copies.iter().any(|copy| copy.verdict.contract_id == verdict.contract_id);
    let silent = lead.trace.iter().flat_map(|trace| &trace.verdicts).filter(|one| one.kind == ContractKind::Silent);
    let waiting: Vec<&Verdict> = silent.filter(|verdict| !decided(verdict)).collect();
    if lead.copies.is_empty() && waiting.is_empty() {
        return None;
    }
    let decided = lead.copies.iter().map(|CopyLine { at, verdict, .. }| row(verdict, Some(*at), currency, clock));
    let rows: Vec<_> = decided.chain(waiting.into_iter().map(|verdict| row(verdict, None, currency, clock))).collect();
    let table = view! {
        <section class="card" aria-labelledby="copies">
            <h2 id="copies">"Silent deliveries"</h2>
            <p class="lead-in">"A copy is sent when the lead has come out. It is no sale and changes nothing about it."</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Silent deliveries">
                <table>
                    <caption class="sr-only">"Every silent contract and why it did or did not get a copy"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Contract"</th>
                            <th scope="col">"Verdict"</th>
                            <th scope="col">"When"</th>
                            <th scope="col" class="number">"Price"</th>
                            <th scope="col" class="number">"Answered in"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    };
    Some(table.into_any())
}

fn row(verdict: &Verdict, at: Option<Timestamp>, currency: Currency, clock: &Clock) -> impl IntoView + use<> {
    let findings: Vec<_> = verdict.findings.iter().map(finding).collect();
    let call = verdict.post.as_ref();
    let words = call.and_then(|call| said("Post", call));
    let when = at.map(|at| view! { <When at clock=clock.clone() exact=true/> });
    view! {
        <tr>
            <th scope="row">{verdict.buyer.clone()}" "<span class="hint">{verdict.contract.clone()}</span></th>
            <td><StandingBadge standing=verdict.standing/><ul class="findings">{findings} {words}</ul></td>
            <td>{when}</td>
            <td class="number">{verdict.price.map(|price| format::money(price, currency))}</td>
            <td class="number">{call.map_or_else(|| "–".to_owned(), |call| format::ms(call.took_us))}</td>
        </tr>
    }
}
