//! One user directory behind several REST dialects.
//!
//! A request passes through the layers in one direction, and no layer knows the one above it:
//!
//! | layer | knows | does not know |
//! |---|---|---|
//! | [`http`] | Lambda events, headers, bodies | any dialect |
//! | [`schedule`] | events that a schedule sends | any dialect |
//! | `contract` | how OpenAPI documents are put together | any dialect |
//! | [`dialect`] | one API's fields, texts and shapes | DynamoDB |
//! | [`directory`] | what a user directory promises | HTTP, DynamoDB |
//! | `census` | who stands at which place of a list | HTTP, DynamoDB, users |
//! | [`store`] | keys, items, conditions, retries | any dialect, HTTP |
//! | [`domain`] | what is valid | everything else |

mod census;
pub mod clock;
#[cfg(feature = "contract")]
pub mod contract;
pub mod dialect;
pub mod directory;
pub mod domain;
pub mod http;
mod log;
mod metrics;
pub mod schedule;
pub mod store;
mod usage;

pub use directory::Directory;
