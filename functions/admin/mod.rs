//! The admin dialect: `/api/v1/users` and `/api/login`.

pub mod auth;
pub mod load;

roster_lambda::endpoints!(create, delete, get, list, login, update);
