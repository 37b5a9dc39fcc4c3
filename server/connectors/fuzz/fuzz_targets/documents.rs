//! Any JSON as a document. See `connectors_fuzz::documents`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("documents"),
    |bytes: &[u8]| connectors_fuzz::documents(bytes)
);
