//! The three APIs. A dialect is three things: decode to a domain request, domain value to wire,
//! error to wire.

pub mod admin;
pub mod laravel;
pub mod member;

use std::future::Future;

use crate::directory::Failure;

/// What a call needs of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A read-only key is enough.
    Read,
    /// A read-only key is refused.
    Write,
}

/// Verifies whoever asks while `reading` goes on beside it, so that both cost one trip. What was
/// read is thrown away if the check fails; `reading` must not write.
async fn verified_while<C, T, R: From<Failure>>(
    check: impl Future<Output = Result<C, R>>,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<T, R> {
    let (checked, read) = tokio::join!(check, reading);
    checked?;
    Ok(read?)
}
