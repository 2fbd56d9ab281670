//! Every endpoint of Roster, and what runs on a schedule. Each file is a Lambda binary of its own and, here, a module for the
//! local server: the same code either way.

use roster_shared::{http::Endpoint, schedule::Task};

pub mod admin;
pub mod docs;
pub mod exceed;
pub mod member;
pub mod ops;

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
    &exceed::list::ENDPOINT,
    &exceed::read::ENDPOINT,
    &exceed::update::ENDPOINT,
    &member::create::ENDPOINT,
    &member::disabled::ENDPOINT,
    &member::find::ENDPOINT,
    &member::get::ENDPOINT,
    &member::get_subscriptions::ENDPOINT,
    &member::update::ENDPOINT,
];

/// All that a schedule calls.
pub static TASKS: [&Task; 1] = [&ops::cleanup::TASK];

/// The task of a name.
#[must_use]
pub fn task(name: &str) -> Option<&'static Task> {
    TASKS.into_iter().find(|task| task.name == name)
}

/// The endpoint of a name.
#[must_use]
pub fn endpoint(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.into_iter().find(|endpoint| endpoint.name == name)
}
