//! Documents that are not requests: what a schedule sends, and stored responses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roster_dialects::{http::Response, schedule::Input};

fuzz_target!(|input: &[u8]| {
    if let Ok(event) = serde_json::from_slice(input) {
        let _ = Input::read(&event);
    }
    if let Some(response) = Response::from_bytes(input) {
        let stored = response.to_bytes();
        assert_eq!(Response::from_bytes(&stored).map(|again| again.to_bytes()), Some(stored));
    }
});
