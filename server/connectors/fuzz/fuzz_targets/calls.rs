//! Any JSON as a call: templates, names, paths and patterns are read or refused, and never panic.
#![no_main]

use connectors::Prepared;
use libfuzzer_sys::fuzz_target;
use model::mapping::Call;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let call = serde_json::json!({
        "url": text, "timeout_ms": 1,
        "rows": [
            { "to": text, "from": { "template": text } }, { "to": "x", "from": { "field": text }, "place": "query" },
        ],
        "response": { "accept": { "path": text }, "reject": { "path": "a", "pattern": text }, "price": text },
    });
    if let Ok(call) = serde_json::from_value::<Call>(call) {
        if let Ok(call) = Prepared::new(&call) {
            let _ = call.read_ping(200, None, bytes);
        }
    }
});
