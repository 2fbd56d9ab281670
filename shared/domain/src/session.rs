use super::{
    AccountId, Fingerprint, SecretDigest, Timestamp, UserId,
    token::{self, fields, is_id, is_secret, random_id, random_secret},
};

const PREFIX: &str = "ses_";

/// A session token as an administrator holds it: `ses_{account}_{user}_{id}_{secret}{checksum}`.
///
/// Account and owner come first, so that the session, its owner and the requested data can be read concurrently. A
/// token proves nothing until it has been compared with the stored session.
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

    /// Reads a token's text; `None` for any text that [`SessionToken::reveal`] does not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [account, owner, id, secret] = fields(PREFIX, text)?;
        let (account, owner) = (AccountId::parse(account)?, UserId::parse(owner)?);
        (is_id(id) && is_secret(secret)).then(|| Self { account, owner, id: id.to_owned(), secret: secret.to_owned() })
    }

    /// The account that it claims to give access to.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The administrator that it claims to belong to.
    #[must_use]
    pub const fn owner(&self) -> UserId {
        self.owner
    }

    /// The public part.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole token, to be shown once to the administrator who signed in.
    #[must_use]
    pub fn reveal(&self) -> String {
        token::seal(&format!("{PREFIX}{}_{}_{}_{}", self.account, self.owner, self.id, self.secret))
    }

    /// The digest that is stored instead of the token.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.secret)
    }

    /// The fingerprint of a request sent with this token.
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

/// A session as the directory stores it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account it gives access to.
    pub account: AccountId,
    /// Its owner.
    pub owner: UserId,
    /// The digest that its secret is compared with.
    pub digest: SecretDigest,
    /// The owner's `session_epoch` when the session was created. Raising the owner's epoch ends all earlier sessions.
    pub epoch: u64,
    /// From this time on it is rejected.
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
