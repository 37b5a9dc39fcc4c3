//! Any bytes as what a source sends. See `connectors_fuzz::leads`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("leads"),
    |bytes: &[u8]| connectors_fuzz::leads(bytes)
);
