//! Requests, responses and bodies, shared by all dialects.

mod accept;
mod fields;
pub(crate) mod form;
pub mod json;
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
