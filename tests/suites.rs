//! The black-box suites: see `README.md`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

mod across;
mod admin;
mod census;
mod cleanup;
mod contract;
mod events;
mod exceed;
mod faults;
mod member;
mod policies;
mod process;
mod receipts;
mod transfer;
mod verify;
