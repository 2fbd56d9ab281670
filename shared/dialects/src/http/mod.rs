//! Requests, responses and bodies: what every dialect shares and none defines.

mod accept;
mod fields;
pub(crate) mod form;
pub(crate) mod json;
mod request;
mod response;
mod value;
pub(crate) mod xml;

pub(crate) use accept::weighted;
pub use fields::Fields;
pub use request::{MAX_BODY, Request};
pub use response::{Body, Response};
pub(crate) use value::MAX_LIST;
pub use value::{BadBody, Value};
