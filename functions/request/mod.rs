//! What endpoints of every dialect do with a request: authenticate it, carry it out once, write.

mod authenticate;
mod credentials;
mod idempotency;
mod writer;

pub use authenticate::{authenticate, authenticate_write, nothing};
pub use credentials::{Credentials, ScopedKey};
pub use writer::Writer;
