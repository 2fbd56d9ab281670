//! The member dialect: `/api/users`.

pub mod auth;
pub mod create;
pub mod disabled;
pub mod find;
pub mod get;
pub mod get_subscriptions;
pub mod load;
pub mod update;
