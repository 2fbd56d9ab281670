//! The admin dialect: `/api/v1/users` and `/api/login`.

mod decode;
mod encode;
mod error;
mod paging;

pub use decode::{LoginForm, MAX_NAME, MIN_PASSWORD, login_form, new_user, user_update};
pub use encode::{
    Data, Deleted, MessageAndData, SessionView, UserList, UserView, signed_in, user_created, user_deleted, user_shown,
    user_updated, users_listed,
};
pub use error::{Error, InvalidBody, taken};
pub use paging::Paging;
