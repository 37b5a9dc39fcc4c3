//! Bars side by side. What they say stands in a table of the page too.

use leptos::prelude::*;

const WIDTH: i64 = 960;
const HEIGHT: i64 = 160;
const FOOT: i64 = 22;
const HEAD: i64 = 18;
/// At most so many words under the bars.
const LABELS: usize = 12;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The word under it.
    pub label: String,
    /// What it says when it is pointed at.
    pub title: String,
    /// How high it is; nothing below zero is drawn.
    pub value: i64,
}

/// A chart of bars, the highest as high as there is room.
#[component]
pub fn Bars(
    /// From left to right.
    bars: Vec<Bar>,
    /// What the chart says, in a sentence.
    summary: String,
    /// The highest value in words, at its height.
    top: String,
) -> impl IntoView {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let slot = WIDTH / i64::try_from(bars.len().max(1)).unwrap_or(1);
    let every = bars.len().div_ceil(LABELS).max(1);
    let drawn = bars.into_iter().enumerate().map(|(index, bar)| {
        let x = i64::try_from(index).unwrap_or(0) * slot;
        let room = i128::from(HEIGHT - FOOT - HEAD);
        let height = i64::try_from(i128::from(bar.value.max(0)) * room / i128::from(most)).unwrap_or(0);
        let height = if bar.value > 0 { height.max(2) } else { 0 };
        let gap = (slot / 8).clamp(1, 5);
        let label = index.is_multiple_of(every).then(|| {
            view! {
                <text class="tick" x=(x + slot / 2).to_string() y=(HEIGHT - 6).to_string() text-anchor="middle">
                    {bar.label}
                </text>
            }
        });
        view! {
            <g>
                <title>{bar.title}</title>
                // As high as there is room: a low bar is no smaller thing to point at.
                <rect class="bar-slot" data-bar=index.to_string() x=x.to_string() y="0" width=slot.to_string() height=(HEIGHT - FOOT).to_string()></rect>
                <rect
                    class="bar-fill"
                    x=(x + gap).to_string()
                    y=(HEIGHT - FOOT - height).to_string()
                    width=(slot - 2 * gap).max(1).to_string()
                    height=height.to_string()
                    rx="2"
                ></rect>
                {label}
            </g>
        }
    });
    view! {
        <figure class="chart">
            <figcaption>{summary}</figcaption>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label="The table below says the same">
                <line class="axis" x1="0" x2=WIDTH.to_string() y1=(HEIGHT - FOOT).to_string() y2=(HEIGHT - FOOT).to_string()></line>
                {drawn.collect_view()}
                <text class="tick" x="0" y="12">{top}</text>
            </svg>
        </figure>
    }
}
