//! The REST dialects as pure codecs. A dialect is three things: bytes to requests of the domain, values of the domain to
//! bytes, errors to bytes.
//!
//! | module | is |
//! |---|---|
//! | [`http`] | requests, responses, and bodies in JSON, forms and XML |
//! | [`laravel`] | what member and admin share: how bodies are read, how errors are worded |
//! | [`member`] | `/api/users` |
//! | [`admin`] | `/api/v1/users` and `/api/login` |
//! | [`exceed`] | `/api/v2/users`, in JSON and in XML |
//! | [`schedule`] | the input of scheduled events |
//!
//! There is no directory, no store and no future here: everything a dialect needs is passed to it.

pub mod admin;
mod error;
mod errors;
pub mod exceed;
pub mod http;
pub mod laravel;
pub mod member;
pub mod schedule;

pub use error::{ErrorResponse, IdempotencyError, MAX_PAGE};
pub use errors::Errors;
