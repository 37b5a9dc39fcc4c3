//! Any bytes as a request to every platform's routes and every hook.
#![no_main]

use connectors::intake::{Aliases, HookFormat, Platform, Request, place, read, read_hook};
use libfuzzer_sys::fuzz_target;
use model::intake::Intake;

fuzz_target!(|bytes: &[u8]| {
    let query = std::str::from_utf8(bytes).unwrap_or_default();
    let request =
        |path| Request { method: "POST", path, query, content_type: "application/json", accept: query, key: None, body: bytes };
    let intake = Intake::default();
    for platform in Platform::ALL {
        let asked = read(*platform, &request("ping"));
        let _ = place(&asked.members, Aliases { intake: &intake, platform: Some(*platform), fields: &[] }, false);
    }
    for format in HookFormat::ALL {
        let _ = read_hook(*format, &request(""));
    }
});
