//! The `roster` program as a process: how it starts and ends, what it prints, what survives.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod canaries;
mod crash;
mod lines;
mod operate;
mod race;
mod serve;
