//! The admin dialect: `/api/v1/users` and `/api/login`.

pub mod auth;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod load;
pub mod login;
pub mod update;
