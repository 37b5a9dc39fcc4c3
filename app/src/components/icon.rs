//! Small line icons; decoration beside a word, never instead of one.

use leptos::prelude::*;

/// An icon of 16 pixels drawn from one path.
#[component]
pub fn Icon(
    /// The outline, in a box of 16 by 16.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}

/// A check mark.
pub const CHECK: &str = "M3 8.5 6.5 12 13 4.5";
/// A cross.
pub const CROSS: &str = "M4 4l8 8M12 4l-8 8";
/// A short line.
pub const MINUS: &str = "M3 8h10";
/// A slash in a circle.
pub const SLASH: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M4 12 12 4";
/// A clock.
pub const CLOCK: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3l2 1.5";
/// A question mark.
pub const QUESTION: &str = "M5.8 6a2.2 2.2 0 1 1 3.4 1.8C8.4 8.4 8 8.8 8 9.7M8 12.2v.1";
/// Two sheets.
pub const COPIES: &str = "M6 6h7v7H6zM10 6V3H3v7h3";
/// An arrow back.
pub const BACK: &str = "M6 4 2.5 7.5 6 11M2.5 7.5H10a3.5 3.5 0 0 1 0 7H7";
/// Dots of something under way.
pub const DOTS: &str = "M3.5 8h.1M8 8h.1M12.5 8h.1";
/// A flask.
pub const FLASK: &str = "M6 2h4M7 2v4L3 13.2a.6.6 0 0 0 .5.8h9a.6.6 0 0 0 .5-.8L9 6V2";
