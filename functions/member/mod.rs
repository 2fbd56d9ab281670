//! The member dialect: `/api/users`.

pub mod create;
pub mod disabled;
pub mod find;
pub mod get;
pub mod get_subscriptions;
pub mod update;
