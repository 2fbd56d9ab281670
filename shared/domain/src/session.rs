use super::{
    AccountId, Fingerprint, SecretDigest, Timestamp, UserId,
    token::{self, fields, is_id, is_secret, random_id, random_secret},
};

const PREFIX: &str = "ses_";

/// A session token as an administrator holds it: `ses_{account}_{user}_{id}_{secret}{checksum}`.
///
/// Account and owner stand in front so that session, owner and what is asked for are read at
/// once. It proves nothing until the stored session has been compared with it.
#[derive(Clone)]
pub struct SessionToken {
    account: AccountId,
    owner: UserId,
    id: String,
    secret: String,
}

impl SessionToken {
    /// A new random token of a user.
    #[must_use]
    pub fn random(account: AccountId, owner: UserId) -> Self {
        Self { account, owner, id: random_id(), secret: random_secret() }
    }

    /// Reads a token's text; `None` for whatever [`SessionToken::reveal`] does not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [account, owner, id, secret] = fields(PREFIX, text)?;
        let (account, owner) = (AccountId::parse(account)?, UserId::parse(owner)?);
        (is_id(id) && is_secret(secret)).then(|| Self { account, owner, id: id.to_owned(), secret: secret.to_owned() })
    }

    /// The account it claims to open.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The administrator whose session it claims to be.
    #[must_use]
    pub const fn owner(&self) -> UserId {
        self.owner
    }

    /// The public part.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole token, to be shown once to whoever signed in.
    #[must_use]
    pub fn reveal(&self) -> String {
        token::seal(&format!("{PREFIX}{}_{}_{}_{}", self.account, self.owner, self.id, self.secret))
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.secret)
    }

    /// What tells a request that comes with it from others.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        Fingerprint::of(&self.secret, parts)
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionToken({}…)", self.id)
    }
}

/// A session as the directory keeps it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account it opens.
    pub account: AccountId,
    /// Whose it is.
    pub owner: UserId,
    /// What its secret is compared with.
    pub digest: SecretDigest,
    /// The number that its owner's sessions had when it was opened: what ends sessions raises it.
    pub epoch: u64,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_is_no_api_key() {
        let token = SessionToken::random(AccountId::new(3), UserId::new(7));
        let again = SessionToken::parse(&token.reveal()).unwrap();
        assert_eq!((again.account(), again.owner(), again.id()), (AccountId::new(3), UserId::new(7), token.id()));
        assert!(again.digest() == token.digest());
        assert!(super::super::ApiKey::parse(&token.reveal()).is_err());
        assert!(SessionToken::parse(&super::super::ApiKey::random(AccountId::new(3)).reveal()).is_none());
        assert!(!format!("{token:?}").contains(&token.secret));
    }
}
