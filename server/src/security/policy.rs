//! Content security policies.

/// What may happen in an answer that is not a page: nothing.
pub const NOTHING: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// A page without scripts: our own styles and pictures only.
pub const PLAIN_PAGE: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// A page for consumers: the same, with a form. What the form's answer leads to is held against this too, and that is whoever
/// bought: any web address.
pub const CONSUMER_PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                                 frame-ancestors 'none'; form-action 'self' https: http:";

/// A page of the UI, whose own scripts carry `nonce`.
#[must_use]
pub fn page(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}
