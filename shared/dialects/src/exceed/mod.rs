//! The exceed dialect: `/api/v2/users`, in JSON and in XML.

mod attribute;
mod date_format;
mod date_range;
mod decode;
mod encode;
mod error;
mod fieldset;
mod filter;
mod format;
mod json;
mod parameters;
mod target;
mod wrapper;
mod xml;

pub use attribute::{ATTRIBUTES, Attribute, Constant, Field, Source};
pub use date_range::day_start;
pub use decode::{new_user, not_allowed, user_update};
pub use encode::{deletions_listed, done, user_created, user_shown, users_listed};
pub use error::{Error, taken};
pub use fieldset::Fieldset;
pub use format::Format;
pub use json::{DeletionView, ErrorBody};
pub use parameters::{Parameters, Received, Since};
pub use target::Target;
