//! The OpenAPI documents of the dialects. Statuses, headers, examples and schemas come from the code that answers:
//! every example is an answer that it gave.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "all that is read here is our own, and a test makes every document"
)]

mod document;
mod operation;
pub(crate) mod rules;
pub(crate) mod sample;
mod types;

pub use document::{Dialect, Document, document};
pub use operation::{Answered, Body, Case, Operation, Sent, Signed};
pub(crate) use operation::{FORM, JSON, XML, call, parameter};
pub(crate) use types::Types;
