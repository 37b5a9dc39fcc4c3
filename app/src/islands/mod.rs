//! The parts of a page that the browser brings to life. Everything they show stands in the page without them too.

mod copy;
mod live;
mod palette;
mod week;
mod zoom;

pub use copy::Copy;
pub use live::Live;
pub use palette::Palette;
pub use week::Week;
pub use zoom::Zoom;

/// A page of ours, asked for as the browser would, and read.
#[cfg(feature = "hydrate")]
async fn page(address: &str) -> Result<web_sys::Document, wasm_bindgen::JsValue> {
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: web_sys::Response = JsFuture::from(window.fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() || response.redirected() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    web_sys::DomParser::new()?.parse_from_string(&text, web_sys::SupportedType::TextHtml)
}
