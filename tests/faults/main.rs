//! Calls to the store that go wrong: whatever happens, the answer is a documented one, all tables agree, and
//! whoever sends the request again finds what one request would have done.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod history;
mod linear;
mod sweep;
