//! Any bytes as a buyer's answer. See `connectors_fuzz::answers`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: connectors_fuzz::sow("answers"),
    |bytes: &[u8]| connectors_fuzz::answers(bytes)
);
