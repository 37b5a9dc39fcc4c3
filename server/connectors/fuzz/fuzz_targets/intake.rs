//! Any bytes as a request of another platform's program. See `connectors_fuzz::intake`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("intake"),
    |bytes: &[u8]| connectors_fuzz::intake(bytes)
);
