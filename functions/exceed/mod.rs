//! The exceed dialect: `/api/v2/users`.

pub mod auth;
pub mod create;
pub mod delete;
pub mod deletions;
pub mod get;
pub mod list;
pub mod load;
pub mod update;
