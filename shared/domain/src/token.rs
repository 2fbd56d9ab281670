//! Texts that carry a secret: a prefix, fields in base62, and a checksum. The checksum rejects typing errors and
//! guesses without a read.

use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Base62 characters of a public id: 71 bits, so that ids need no look-up to be unique.
const ID_LENGTH: usize = 12;
/// Base62 characters of a secret: 190 bits.
const SECRET_LENGTH: usize = 32;
/// Base62 characters that hold a CRC-32.
const CHECKSUM_LENGTH: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(super) fn random_id() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), ID_LENGTH)
}

pub(super) fn random_secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), SECRET_LENGTH)
}

pub(super) fn is_id(text: &str) -> bool {
    is_base62(text, ID_LENGTH)
}

pub(super) fn is_secret(text: &str) -> bool {
    is_base62(text, SECRET_LENGTH)
}

fn is_base62(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Appends the checksum.
pub(super) fn seal(body: &str) -> String {
    format!("{body}{}", checksum(body))
}

/// The fields of a sealed text with this prefix; `None` where the checksum is wrong.
pub(super) fn fields<'a, const N: usize>(prefix: &str, text: &'a str) -> Option<[&'a str; N]> {
    let (body, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM_LENGTH)?)?;
    if sum != checksum(body) {
        return None;
    }
    let fields: Vec<_> = body.strip_prefix(prefix)?.split('_').collect();
    fields.try_into().ok()
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

/// SHA-256 of a secret. Secrets are random, so a fast hash is enough.
#[derive(Clone)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Wraps a stored digest.
    #[must_use]
    pub fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Compares in constant time.
impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}
