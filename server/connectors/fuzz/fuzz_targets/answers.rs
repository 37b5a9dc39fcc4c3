//! Any bytes as a buyer's answer, read by the rules of every preset.
#![no_main]

use connectors::{Prepared, presets};
use libfuzzer_sys::fuzz_target;
use std::{collections::BTreeMap, sync::LazyLock};

static CALLS: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let all = presets().iter().filter_map(|preset| {
        let blank = preset.placeholders.iter().filter(|placeholder| placeholder.default.is_none());
        let values: BTreeMap<_, _> =
            blank.map(|placeholder| (placeholder.name.clone(), "https://b.example".to_owned())).collect();
        preset.fill(&values).ok()
    });
    all.flat_map(|delivery| delivery.ping.into_iter().chain([delivery.post]))
        .filter_map(|call| Prepared::new(&call).ok())
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    for call in CALLS.iter() {
        let _ = call.read_ping(200, None, bytes);
        let _ = call.read_post(200, Some("application/x-www-form-urlencoded"), bytes);
    }
});
