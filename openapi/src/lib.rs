//! The OpenAPI documents of the dialects. Statuses, headers, examples and schemas come from the code that responds: it
//! creates the response of every example.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "all that is read here is our own, and a test makes every document"
)]

mod admin;
mod document;
mod exceed;
mod laravel;
mod member;
mod operation;
mod rules;
mod sample;
mod types;

pub use document::{Dialect, Document, document};
pub use operation::{Body, Case, ExpectedResponse, Operation, Sent, Signed};
pub(crate) use operation::{FORM, JSON, XML, parameter, request};
pub(crate) use types::Types;

/// Every dialect with all its operations, as they are documented.
#[must_use]
pub fn dialects() -> Vec<Dialect> {
    vec![member::dialect(), admin::dialect(), exceed::dialect()]
}
