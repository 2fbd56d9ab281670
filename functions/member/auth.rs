//! The credentials of requests of the member dialect.

use roster_dialects::{http::Request, member::Error};
use roster_domain::{ApiKey, Scope};

use crate::request::ScopedKey;

/// The key of a request.
///
/// # Errors
/// The body is too large, or there is no well-formed key.
pub fn key(request: &Request) -> Result<ScopedKey, Error> {
    if request.is_too_large() {
        return Err(Error::TooLarge);
    }
    let key = request.bearer_token().and_then(|token| ApiKey::parse(token).ok()).ok_or(Error::Forbidden)?;
    Ok(ScopedKey { key, scope: Scope::Member })
}
