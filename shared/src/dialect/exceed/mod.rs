//! The exceed dialect: `/api/v2/users`, in JSON and in XML.

mod attributes;
#[cfg(feature = "contract")]
mod contract;
mod decode;
mod door;
mod filter;
mod format;
mod json;
mod moments;
mod parameters;
mod refusal;
mod selection;
mod wire;
mod written;
mod xml;

#[cfg(feature = "contract")]
pub use contract::contract;
pub use decode::{Update, new_user, profile_names, profile_value, user_update};
pub use door::{
    Access, Named, authorize, authorize_once, authorize_while, by_code_and_id, by_code_or_id, by_id, deletions,
    deletions_listed, key, users, users_listed,
};
pub use filter::filter;
pub use parameters::Parameters;
pub use refusal::Refusal;
pub use selection::Selection;
pub use wire::{Reply, answer, failed};
