use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{AccountId, Scope, Timestamp};

const PREFIX: &str = "ros_";
/// Base62 characters: 71 bits, so that ids need no look-up to be unique.
const ID_LENGTH: usize = 12;
/// Base62 characters: 190 bits.
const SECRET_LENGTH: usize = 32;
/// Base62 characters that hold a CRC-32.
const CHECKSUM_LENGTH: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// An API key as a client holds it: `ros_{account}_{id}_{secret}{checksum}`.
///
/// The account stands in front so that the key and what it asks for are read at once; the
/// checksum refuses typing errors and guesses without a read. It proves nothing until its
/// digest has been compared with the stored one.
#[derive(Clone)]
pub struct ApiKey {
    account: AccountId,
    id: ApiKeyId,
    secret: String,
}

/// The text has not the form of a key, or its checksum does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed API key")]
pub struct MalformedApiKey;

impl ApiKey {
    /// A new random key of an account.
    #[must_use]
    pub fn random(account: AccountId) -> Self {
        let random = |length| Alphanumeric.sample_string(&mut rand::rng(), length);
        Self { account, id: ApiKeyId(random(ID_LENGTH)), secret: random(SECRET_LENGTH) }
    }

    /// Reads a key's text.
    ///
    /// # Errors
    /// Anything that [`ApiKey::reveal`] does not write.
    pub fn parse(text: &str) -> Result<Self, MalformedApiKey> {
        let split = text.len().checked_sub(CHECKSUM_LENGTH).ok_or(MalformedApiKey)?;
        let (body, sum) = text.split_at_checked(split).ok_or(MalformedApiKey)?;
        if sum != checksum(body) {
            return Err(MalformedApiKey);
        }
        let mut parts = body.strip_prefix(PREFIX).ok_or(MalformedApiKey)?.split('_');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(account), Some(id), Some(secret), None) if is_base62(secret, SECRET_LENGTH) => Ok(Self {
                account: AccountId::parse(account).ok_or(MalformedApiKey)?,
                id: ApiKeyId::parse(id).ok_or(MalformedApiKey)?,
                secret: secret.to_owned(),
            }),
            _ => Err(MalformedApiKey),
        }
    }

    /// The account whose data the key claims to open.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The public part.
    #[must_use]
    pub const fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// The whole key, to be shown once to whoever asked for it.
    #[must_use]
    pub fn reveal(&self) -> String {
        let body = format!("{PREFIX}{}_{}_{}", self.account, self.id, self.secret);
        format!("{body}{}", checksum(&body))
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> ApiKeyDigest {
        ApiKeyDigest(Sha256::digest(self.secret.as_bytes()).into())
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({}…)", self.id)
    }
}

fn is_base62(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut sum = [b'0'; CHECKSUM_LENGTH];
    for place in sum.iter_mut().rev() {
        *place = BASE62.get(rest as usize % 62).copied().unwrap_or(b'0');
        rest /= 62;
    }
    sum.iter().copied().map(char::from).collect()
}

/// The public part of a key: safe to show, to log and to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// Reads the public part of a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_base62(text, ID_LENGTH).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of a key's secret. The secret is random, so a fast hash is enough.
#[derive(Clone)]
pub struct ApiKeyDigest([u8; 32]);

impl ApiKeyDigest {
    /// Wraps a stored digest.
    #[must_use]
    pub(crate) fn stored(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The octets to store.
    #[must_use]
    pub(crate) fn octets(&self) -> [u8; 32] {
        self.0
    }
}

/// Compares in constant time.
impl PartialEq for ApiKeyDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for ApiKeyDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeyDigest(…)")
    }
}

/// A key as the directory keeps it.
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    /// The public part.
    pub id: ApiKeyId,
    /// The account it opens.
    pub account: AccountId,
    /// What its secret is compared with.
    pub digest: ApiKeyDigest,
    /// The dialects it opens, sorted.
    pub scopes: Vec<Scope>,
    /// Whether it may only look.
    pub read_only: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// The hour of its last use, `2025-01-01T00`.
    pub last_used: Option<String>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKeyRecord {
    /// Whether `key` is this key and may be used at `now`.
    #[must_use]
    pub fn admits(&self, key: &ApiKey, now: Timestamp) -> bool {
        self.digest == key.digest()
            && self.account == key.account
            && self.revoked_at.is_none()
            && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back() {
        let key = ApiKey::random(AccountId::new(12));
        let again = ApiKey::parse(&key.reveal()).unwrap();
        assert_eq!(again.account(), AccountId::new(12));
        assert_eq!(again.id(), key.id());
        assert_eq!(again.digest(), key.digest());
        assert!(key.reveal().starts_with("ros_12_"));
        assert!(!format!("{key:?}").contains(&key.secret));
    }

    #[test]
    fn every_single_changed_character_is_refused() {
        let text = ApiKey::random(AccountId::new(1)).reveal();
        for place in 0..text.len() {
            let mut octets = text.clone().into_bytes();
            octets[place] = if octets[place] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(octets).unwrap();
            assert!(ApiKey::parse(&changed).is_err(), "{place}");
        }
    }

    #[test]
    fn odd_texts_are_refused() {
        for text in ["", "ros_", "éééééé", "ros_1_a_b000000", "é", "ros_1__"] {
            assert!(ApiKey::parse(text).is_err(), "{text:?}");
        }
        let body = "ros_01_aaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        assert!(ApiKey::parse(&format!("{body}{}", checksum(body))).is_err());
    }
}
