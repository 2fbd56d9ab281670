//! The admin dialect: `/api/v1/users`.

#[cfg(feature = "contract")]
mod contract;
mod decode;
mod door;
mod page;
mod refusal;
mod wire;

#[cfg(feature = "contract")]
pub use contract::contract;
pub use decode::{Credentials, credentials, new_user, user_change};
pub use door::{
    Access, Credential, authorize, authorize_once, authorize_while, credential, login_account, path_user, users,
};
pub use page::Paging;
pub use refusal::{Refusal, answer, failed};
pub use wire::{signed_in, user_created, user_deleted, user_shown, user_updated, users_listed};
