//! Lambda events in, answers out: what every dialect shares and none defines.

mod answer;
mod call;
mod endpoint;
mod fields;
mod form;
mod json;
mod raw;
mod serve;
mod value;
mod wrapped;
mod xml;

pub use answer::Answer;
pub use call::{Call, MAX_BODY};
pub use endpoint::{Endpoint, Needs};
pub use fields::Fields;
pub use serve::{invoke, run, run_on};
pub use value::{BadBody, Value};
pub use wrapped::Wrapped;

#[doc(hidden)]
pub use lambda_http::Error;
