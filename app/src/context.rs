//! What the server tells a page beside the backend: names of the packed files, theme, request id.

use leptos::prelude::use_context;
use serde::Deserialize;

/// Names of the packed files, read from the bundle's `manifest.json`. They lie under `/pkg/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Assets {
    /// The script that starts the browser side, for example `gavel.3f2a.js`.
    pub js: String,
    /// The browser side.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// Colours as the person chose them; the cookie [`THEME_COOKIE`] keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The cookie with the chosen theme. It is not secret and says nothing about the person.
pub const THEME_COOKIE: &str = "theme";

impl Theme {
    /// Every choice, in the order it is offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and in `<html data-theme>`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else is [`Theme::System`].
    #[must_use]
    pub fn read(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == word).unwrap_or_default()
    }

    /// Reads a whole `Cookie` header.
    #[must_use]
    pub fn from_cookies(header: &str) -> Self {
        cookie(header, THEME_COOKIE).map_or(Self::System, Self::read)
    }
}

/// Whether single keys go to pages (`g l`, `/`, `?`); the cookie [`KEYS_COOKIE`] keeps it. They can be switched off for
/// people whose keys are pressed by speech or by mistake (WCAG 2.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keys {
    /// They do.
    #[default]
    On,
    /// They do nothing.
    Off,
}

/// The cookie with that choice.
pub const KEYS_COOKIE: &str = "keys";

impl Keys {
    /// Reads a whole `Cookie` header.
    #[must_use]
    pub fn from_cookies(header: &str) -> Self {
        if cookie(header, KEYS_COOKIE) == Some("off") { Self::Off } else { Self::On }
    }

    /// Whether they are on.
    #[must_use]
    pub fn on(self) -> bool {
        self == Self::On
    }
}

/// One cookie of a `Cookie` header.
fn cookie<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let mut cookies = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    cookies.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The id under which the current request stands in the log (`req_…`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The current request's id, empty when the server provided none.
#[must_use]
pub fn request_id() -> String {
    use_context::<RequestId>().map(|id| id.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_is_read_from_among_other_cookies() {
        assert_eq!(Theme::from_cookies("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(Theme::from_cookies("theme=\"><script>"), Theme::System);
        assert_eq!(Theme::from_cookies(""), Theme::System);
    }

    #[test]
    fn single_keys_are_on_until_they_are_switched_off() {
        assert_eq!(Keys::from_cookies("theme=dark"), Keys::On);
        assert_eq!(Keys::from_cookies("theme=dark; keys=off"), Keys::Off);
    }
}
