//! The credentials of requests of the exceed dialect.

use roster_dialects::{
    exceed::{Error, Received},
    http::Request,
};
use roster_domain::{ApiKey, Scope};

use crate::request::ScopedKey;

/// The key of a request, from query, body or header.
///
/// # Errors
/// The body is too large, or there is no well-formed key.
pub fn key(request: &Request, received: &Received) -> Result<ScopedKey, Error> {
    if request.is_too_large() {
        return Err(Error::TooLarge);
    }
    let key = received.api_key(request).and_then(|key| ApiKey::parse(&key).ok()).ok_or(Error::Unauthorized)?;
    Ok(ScopedKey { key, scope: Scope::Exceed })
}
