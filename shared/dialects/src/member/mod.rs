//! The member dialect: `/api/users`.

mod decode;
mod encode;
mod error;

pub use decode::{MAX_NAME, MAX_PHONE_NUMBER, lookup, new_user, user_update};
pub use encode::{
    Created, Found, Subscriptions, Updated, UserView, user_created, user_found, user_shown, user_subscriptions,
    user_updated,
};
pub use error::{Empty, Error, ErrorBody, InvalidBody, taken, visible, writable};
