//! Revenue by hour as bars, with a table that says the same.

use crate::format;
use leptos::prelude::*;
use model::{Currency, Micros, report::HourPoint};

const WIDTH: i64 = 960;
const HEIGHT: i64 = 180;
const FOOT: i64 = 22;
const HEAD: i64 = 18;

/// Today's hours. The running hour is hatched: it is not over.
#[component]
pub fn HourChart(
    /// The hours so far.
    hours: Vec<HourPoint>,
    /// Of the money.
    currency: Currency,
) -> impl IntoView {
    let top = hours.iter().map(|hour| hour.totals.revenue).max().unwrap_or_default().max(Micros(1));
    let total: Micros = hours.iter().map(|hour| hour.totals.revenue).sum();
    let best = hours.iter().max_by_key(|hour| hour.totals.revenue).filter(|hour| hour.totals.revenue > Micros::ZERO);
    let summary = match best {
        Some(best) => format!(
            "{} today so far; the best hour began at {:02}:00 with {}.",
            format::money(total, currency),
            best.local_hour,
            format::money(best.totals.revenue, currency),
        ),
        None => "No revenue today so far.".to_owned(),
    };
    let slot = WIDTH / 24;
    let last = hours.len().saturating_sub(1);
    let bars: Vec<_> =
        hours.iter().enumerate().map(|(index, hour)| bar(index, hour, top, slot, index == last)).collect();
    let ticks = (0..24_i64).step_by(3).map(|hour| {
        view! {
            <text class="tick" x=(hour * slot + slot / 2).to_string() y=(HEIGHT - 6).to_string() text-anchor="middle">
                {format!("{hour:02}:00")}
            </text>
        }
    });
    let rows = hours.iter().rev().map(|hour| {
        view! {
            <tr>
                <th scope="row">{format!("{:02}:00", hour.local_hour)}</th>
                <td class="number">{format::thousands(hour.totals.received)}</td>
                <td class="number">{format::thousands(hour.totals.sold)}</td>
                <td class="number">{format::money(hour.totals.revenue, currency)}</td>
                <td class="number">{format::money(hour.totals.margin(), currency)}</td>
            </tr>
        }
    });
    view! {
        <figure class="chart">
            <figcaption>{summary}</figcaption>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label="Revenue by hour; the table below says the same">
                <defs>
                    <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect class="bar-fill" width="3" height="6"></rect>
                    </pattern>
                </defs>
                <line class="axis" x1="0" x2=WIDTH.to_string() y1=(HEIGHT - FOOT).to_string() y2=(HEIGHT - FOOT).to_string()></line>
                {bars}
                {ticks.collect_view()}
                <text class="tick" x="0" y="12">{format::money(top, currency)}</text>
            </svg>
            <details>
                <summary>"Table"</summary>
                <div class="scroll" tabindex="0" role="region" aria-label="Revenue by hour">
                    <table>
                        <caption class="sr-only">"Revenue by hour"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Hour"</th>
                                <th scope="col" class="number">"Received"</th>
                                <th scope="col" class="number">"Sold"</th>
                                <th scope="col" class="number">"Revenue"</th>
                                <th scope="col" class="number">"Margin"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

fn bar(index: usize, hour: &HourPoint, top: Micros, slot: i64, running: bool) -> impl IntoView + use<> {
    let room = HEIGHT - FOOT - HEAD;
    let height =
        i64::try_from(i128::from(hour.totals.revenue.0.max(0)) * i128::from(room) / i128::from(top.0)).unwrap_or(0);
    let height = if hour.totals.revenue > Micros::ZERO { height.max(2) } else { 0 };
    let x = i64::try_from(index).unwrap_or(0) * slot + 5;
    view! {
        <rect
            class=if running { "bar-fill running" } else { "bar-fill" }
            x=x.to_string()
            y=(HEIGHT - FOOT - height).to_string()
            width=(slot - 10).to_string()
            height=height.to_string()
            rx="2"
        ></rect>
    }
}
