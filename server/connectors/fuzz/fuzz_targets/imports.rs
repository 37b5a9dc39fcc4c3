//! Any text as a buyer's posting document. See `connectors_fuzz::imports`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("imports"),
    |bytes: &[u8]| connectors_fuzz::imports(bytes)
);
