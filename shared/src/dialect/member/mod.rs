//! The member dialect: `/api/users`.

#[cfg(feature = "contract")]
mod contract;
mod decode;
mod door;
mod refusal;
mod wire;

#[cfg(feature = "contract")]
pub use contract::contract;
pub use decode::{lookup, new_user, user_change};
pub use door::{Access, access, authorize, authorize_once, authorize_while, email_user, key, path_user, writable};
pub use refusal::{Refusal, answer, failed};
pub use wire::{found, subscriptions, user_created, user_shown, user_updated};
