//! Every endpoint and every scheduled task of Roster. Each file is a separate Lambda binary and, here, a module for the
//! local server. Both run the same code.
//!
//! The file of an endpoint depends only on `auth` and `load` of its dialect and on the [`request`] module.

// So that a file can be the root of a binary and a module here, and refer to other modules in both.
extern crate self as roster_functions;

pub mod admin;
pub mod docs;
pub mod exceed;
pub mod member;
pub mod ops;
pub mod request;

use roster_lambda::{Endpoint, schedule::Task};

/// All endpoints.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    [member::ENDPOINTS, admin::ENDPOINTS, exceed::ENDPOINTS, docs::ENDPOINTS].into_iter().flatten().copied()
}

/// All scheduled tasks.
pub static TASKS: [&Task; 1] = [&ops::cleanup::TASK];

/// The task with a name.
#[must_use]
pub fn task(name: &str) -> Option<&'static Task> {
    TASKS.into_iter().find(|task| task.name == name)
}

/// The endpoint with a name.
#[must_use]
pub fn endpoint(name: &str) -> Option<&'static Endpoint> {
    endpoints().find(|endpoint| endpoint.name == name)
}
