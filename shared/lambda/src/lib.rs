//! Endpoints and scheduled tasks as Lambda functions.
//!
//! An endpoint is a function of a [`Context`]: the request, the directory, the caller, and background work. [`run`]
//! serves it on Lambda. [`invoke`] runs it in any process, with the same events.

mod background;
mod caller;
mod context;
mod endpoint;
pub mod event;
mod log;
mod metrics;
pub mod schedule;
mod serve;

pub use background::Background;
pub use caller::CallerCell;
pub use context::Context;
pub use endpoint::{Endpoint, Prewarm, respond};
pub use lambda_runtime::Error;
use roster_store::DynamoDbStore;
pub use serve::{invoke, run, run_on};

/// The directory on DynamoDB.
pub type Directory = roster_directory::Directory<DynamoDbStore>;
