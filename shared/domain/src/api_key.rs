use super::{
    AccountId, Fingerprint, Scope, SecretDigest, Timestamp,
    token::{self, fields, is_id, is_secret, random_id, random_secret},
};

const PREFIX: &str = "ros_";

/// An API key as a client holds it: `ros_{account}_{id}_{secret}{checksum}`.
///
/// The account comes first, so that the key and the requested data can be read concurrently. The checksum rejects
/// typing errors and guesses without a read. A key proves nothing until its digest has been compared with the stored
/// one.
#[derive(Clone)]
pub struct ApiKey {
    account: AccountId,
    id: ApiKeyId,
    secret: String,
}

/// The text does not have the form of a key, or its checksum is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed API key")]
pub struct MalformedApiKey;

impl ApiKey {
    /// A new random key of an account.
    #[must_use]
    pub fn random(account: AccountId) -> Self {
        Self { account, id: ApiKeyId(random_id()), secret: random_secret() }
    }

    /// Reads a key's text.
    ///
    /// # Errors
    /// The text is not one that [`ApiKey::reveal`] writes.
    pub fn parse(text: &str) -> Result<Self, MalformedApiKey> {
        let [account, id, secret] = fields(PREFIX, text).ok_or(MalformedApiKey)?;
        if !is_secret(secret) {
            return Err(MalformedApiKey);
        }
        Ok(Self {
            account: AccountId::parse(account).ok_or(MalformedApiKey)?,
            id: ApiKeyId::parse(id).ok_or(MalformedApiKey)?,
            secret: secret.to_owned(),
        })
    }

    /// The account that the key claims to give access to.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The public part.
    #[must_use]
    pub const fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// The whole key, to be shown once to the caller who created it.
    #[must_use]
    pub fn reveal(&self) -> String {
        token::seal(&format!("{PREFIX}{}_{}_{}", self.account, self.id, self.secret))
    }

    /// The digest that is stored instead of the key.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.secret)
    }

    /// The fingerprint of a request sent with this key.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        Fingerprint::of(&self.secret, parts)
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({}…)", self.id)
    }
}

/// The public part of a key: safe to show, to log and to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// Reads the public part of a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_id(text).then(|| Self(text.to_owned()))
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

/// A key as the directory stores it.
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    /// The public part.
    pub id: ApiKeyId,
    /// The account it gives access to.
    pub account: AccountId,
    /// The digest that its secret is compared with.
    pub digest: SecretDigest,
    /// The dialects it gives access to, sorted.
    pub scopes: Vec<Scope>,
    /// Whether it is read-only.
    pub read_only: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// From this time on it is rejected; `None` means that it does not expire.
    pub expires_at: Option<Timestamp>,
    /// The hour of its last use, `2025-01-01T00`.
    pub last_used: Option<String>,
    /// From this time on it is rejected, because it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The key that replaced it when it was rotated.
    pub replaced_by: Option<ApiKeyId>,
}

impl ApiKeyRecord {
    /// Whether `key` is this key and may be used at `now`.
    #[must_use]
    pub fn allows(&self, key: &ApiKey, now: Timestamp) -> bool {
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
        assert!(ApiKey::parse(&token::seal(body)).is_err());
    }
}
