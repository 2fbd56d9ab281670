//! Documents that are not requests: what a schedule sends, and answers that were kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roster_shared::{http::Answer, schedule::Input};

fuzz_target!(|input: &[u8]| {
    if let Ok(event) = serde_json::from_slice(input) {
        let _ = Input::read(&event);
    }
    if let Some(answer) = Answer::read(input) {
        let written = answer.written();
        assert_eq!(Answer::read(&written).map(|again| again.written()), Some(written));
    }
});
