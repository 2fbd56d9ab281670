//! That the template grants nothing which no function uses: after the suites have run behind Lambda, where
//! a guard refuses what is not granted and notes what is used.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod moments;

#[test]
#[ignore = "needs what the suites behind Lambda have noted in ROSTER_USED_PERMISSIONS"]
fn every_permission_is_used() {
    let idle = support::guard::unused().expect("ROSTER_USED_PERMISSIONS names the notes");
    assert!(idle.is_empty(), "granted and never used: {idle:#?}");
}
