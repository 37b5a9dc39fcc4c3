//! Any text as a call. See `connectors_fuzz::calls`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("calls"),
    |bytes: &[u8]| connectors_fuzz::calls(bytes)
);
