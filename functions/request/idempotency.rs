//! `Idempotency-Key`: a repeated request gets the first response again, and is not carried out again.

use roster_dialects::http::Request;
use roster_domain::{IdempotentRequest, MalformedIdempotencyKey};

use super::Credentials;

const HEADER: &str = "idempotency-key";

/// The request under its idempotency key; `None` where it has no such header.
///
/// # Errors
/// The key is malformed.
pub(super) fn idempotent_request(
    request: &Request,
    credentials: &impl Credentials,
) -> Result<Option<IdempotentRequest>, MalformedIdempotencyKey> {
    let Some(key) = request.header_bytes(HEADER) else { return Ok(None) };
    let key = credentials.idempotency_key(key)?;
    let content_type = request.header("content-type").unwrap_or_default();
    let parts = [request.method.as_str(), &request.path, &request.query, &content_type].map(str::as_bytes);
    let fingerprint = credentials.fingerprint(&[parts.as_slice(), &[&request.body]].concat());
    Ok(Some(IdempotentRequest { key, fingerprint }))
}
