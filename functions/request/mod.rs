//! Request handling that endpoints of every dialect share: authentication, idempotency and writes.

mod authenticate;
mod credentials;
mod idempotency;
mod writer;

pub use authenticate::{authenticate, authenticate_write, nothing};
pub use credentials::{Credentials, ScopedKey};
pub use writer::Writer;
