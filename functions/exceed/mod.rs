//! The exceed dialect: `/api/v2/users`.

pub mod auth;
pub mod load;

roster_lambda::endpoints!(create, delete, deletions, get, list, update);
