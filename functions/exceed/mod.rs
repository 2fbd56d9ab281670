//! The exceed dialect: `/api/v2/users`.

pub mod create;
pub mod delete;
pub mod deletions;
pub mod list;
pub mod read;
pub mod update;
