//! Every endpoint of Roster, and what runs on a schedule. Each file is a Lambda binary of its own and, here, a module for
//! the local server: the same code either way.
//!
//! An endpoint's file needs no neighbours but its dialect's `auth` and `load` and the [`request`] module.

// So that one file can be the root of a binary and a module here, and name its neighbours in both.
extern crate self as roster_functions;

pub mod admin;
pub mod docs;
pub mod exceed;
pub mod member;
pub mod ops;
pub mod request;

use roster_lambda::{Endpoint, schedule::Task};

/// All endpoints.
pub static ENDPOINTS: [&Endpoint; 19] = [
    &admin::create::ENDPOINT,
    &admin::delete::ENDPOINT,
    &admin::get::ENDPOINT,
    &admin::list::ENDPOINT,
    &admin::login::ENDPOINT,
    &admin::update::ENDPOINT,
    &docs::page::ENDPOINT,
    &exceed::create::ENDPOINT,
    &exceed::delete::ENDPOINT,
    &exceed::deletions::ENDPOINT,
    &exceed::get::ENDPOINT,
    &exceed::list::ENDPOINT,
    &exceed::update::ENDPOINT,
    &member::create::ENDPOINT,
    &member::disabled::ENDPOINT,
    &member::find::ENDPOINT,
    &member::get::ENDPOINT,
    &member::get_subscriptions::ENDPOINT,
    &member::update::ENDPOINT,
];

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
    ENDPOINTS.into_iter().find(|endpoint| endpoint.name == name)
}
