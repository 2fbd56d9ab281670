use std::{collections::BTreeMap, time::Duration};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{AccountId, Timestamp, UserId, hex};

/// How long the response to a request is stored.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);
/// Responses stored for one user. Each is listed in the user's item and in the transaction that deletes the user.
const PER_USER: usize = 64;
/// Characters that a client's key may have.
const MAX_LENGTH: usize = 255;
/// Bytes of the hash under which a response is stored. A collision affects only the client that causes it.
const HASH_LENGTH: usize = 16;

/// A request that is carried out once, however often its client sends it: its key and a fingerprint of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// Identifies the request.
    pub key: IdempotencyKey,
    /// Distinguishes it from another request under the same key.
    pub fingerprint: Fingerprint,
}

/// The name under which the response to a request is stored: a hash of the account, of the owner of the credentials
/// and of the client's own key. So keys of different clients never collide.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(String);

/// The client's key does not have 1 to 255 visible characters of ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed idempotency key")]
pub struct MalformedIdempotencyKey;

impl IdempotencyKey {
    /// Reads the key that a client sent. `holder` names the owner of the credentials in the account.
    ///
    /// # Errors
    /// It does not have 1 to 255 visible characters.
    pub fn parse(account: AccountId, holder: &str, given: &[u8]) -> Result<Self, MalformedIdempotencyKey> {
        if given.is_empty() || given.len() > MAX_LENGTH || !given.iter().all(u8::is_ascii_graphic) {
            return Err(MalformedIdempotencyKey);
        }
        let digest = Sha256::new().chain_update(format!("{account} {holder} ")).chain_update(given).finalize();
        Ok(Self(hex(digest.iter().take(HASH_LENGTH))))
    }

    /// Wraps a stored name.
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Distinguishes a request from another without revealing its content. Requests hold passwords, and a plain hash of
/// one could be guessed.
#[derive(Clone)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// An HMAC of all `parts` under a secret of the caller.
    pub(super) fn of(secret: &str, parts: &[&[u8]]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
        for part in parts {
            // The length prefix keeps different splits of the same bytes apart.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// Wraps a stored fingerprint.
    pub fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Compares in constant time.
impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Fingerprint {}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

/// The response to a request, stored to be replayed. It is deleted with its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    /// The request.
    pub request: IdempotentRequest,
    /// The account of the user.
    pub account: AccountId,
    /// The user that was created or updated.
    pub user: UserId,
    /// The response, as the dialect encoded it.
    pub response: Vec<u8>,
    /// From this time on, the same request is a new one.
    pub expires_at: Timestamp,
}

/// The keys of the responses stored for a user, and when each expires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredResponses(BTreeMap<IdempotencyKey, Timestamp>);

impl StoredResponses {
    /// When a response stored at `now` expires.
    #[must_use]
    pub fn end(now: Timestamp) -> Timestamp {
        now.saturating_add(RETENTION)
    }

    /// Adds a key and drops expired ones. Returns the oldest keys beyond the limit; the caller must remove their
    /// responses.
    pub fn add(&mut self, key: IdempotencyKey, now: Timestamp) -> Vec<IdempotencyKey> {
        self.0.retain(|_, end| now < *end);
        self.0.insert(key, Self::end(now));
        let mut crowded = Vec::new();
        while self.0.len() > PER_USER {
            let Some(oldest) = self.0.iter().min_by_key(|(_, end)| **end).map(|(key, _)| key.clone()) else { break };
            self.0.remove(&oldest);
            crowded.push(oldest);
        }
        crowded
    }

    /// Each key, and when its response expires.
    pub fn iter(&self) -> impl Iterator<Item = (&IdempotencyKey, Timestamp)> {
        self.0.iter().map(|(key, end)| (key, *end))
    }
}

impl FromIterator<(IdempotencyKey, Timestamp)> for StoredResponses {
    fn from_iter<I: IntoIterator<Item = (IdempotencyKey, Timestamp)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(holder: &str, given: &str) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        IdempotencyKey::parse(AccountId::new(1), holder, given.as_bytes())
    }

    #[test]
    fn a_key_has_1_to_255_visible_characters() {
        for good in ["a", "~", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &"x".repeat(255)] {
            assert!(key("holder", good).is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "é", "\u{7f}", &"x".repeat(256)] {
            assert_eq!(key("holder", bad), Err(MalformedIdempotencyKey), "{bad}");
        }
    }

    #[test]
    fn no_two_holders_or_accounts_share_a_key() {
        let other = IdempotencyKey::parse(AccountId::new(11), "holder", b"a");
        assert!(key("holder", "a") == key("holder", "a"));
        assert!(key("holder", "a") != key("other", "a") && key("holder", "a") != other);
    }

    #[test]
    fn fingerprints_tell_parts_and_secrets_apart() {
        let of = |secret: &str, parts: &[&[u8]]| Fingerprint::of(secret, parts);
        assert!(of("s", &[b"ab", b"c"]) == of("s", &[b"ab", b"c"]));
        assert!(of("s", &[b"ab", b"c"]) != of("s", &[b"a", b"bc"]));
        assert!(of("s", &[b"ab"]) != of("t", &[b"ab"]));
    }

    #[test]
    fn the_oldest_make_room_and_what_is_over_is_forgotten() {
        let moment = |second: u64| Timestamp::from_millisecond(0).saturating_add(Duration::from_secs(second));
        let nth = |n: u64| key("holder", &n.to_string()).unwrap();
        let mut kept = StoredResponses::default();
        for n in 0..64 {
            assert!(kept.add(nth(n), moment(n)).is_empty());
        }
        assert_eq!(kept.add(nth(64), moment(64)), [nth(0)]);
        assert_eq!(kept.iter().count(), 64);
        assert!(kept.add(nth(65), moment(24 * 60 * 60 + 40)).is_empty());
        assert_eq!(kept.iter().count(), 25);
    }
}
