//! The member dialect: `/api/users`.

pub mod auth;
pub mod load;

roster_lambda::endpoints!(create, disabled, find, get, get_subscriptions, update);
