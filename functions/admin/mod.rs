//! The admin dialect: `/api/v1/users`.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod login;
pub mod update;
