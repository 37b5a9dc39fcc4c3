//! The browser entry: brings the islands of `app` to life. The page's own script calls [`hydrate`] and then each island.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the islands callable. They are found by name: linking `app` is what puts them here.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}

// Without a mention the linker would drop the crate, and its islands with it.
pub use app::islands::{Live, Palette, Week, Zoom};
