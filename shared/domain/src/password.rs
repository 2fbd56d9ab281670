use rand::distr::{Alphanumeric, SampleString};

/// A password as a person typed it: any characters, not trimmed. Never stored, never printed.
#[derive(Clone)]
pub struct Password(String);

/// The password has more than 1,000 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password has more than 1,000 characters")]
pub struct PasswordTooLong;

impl Password {
    /// Unicode characters that a password may have.
    pub const MAX_LENGTH: usize = 1000;

    /// Takes a text as it is.
    ///
    /// # Errors
    /// More than 1,000 Unicode characters.
    pub fn parse(text: &str) -> Result<Self, PasswordTooLong> {
        if text.chars().nth(Self::MAX_LENGTH).is_some() {
            return Err(PasswordTooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// Twelve random letters and digits (71 bits), for a user created without a password.
    #[must_use]
    pub fn random() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), 12))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The password of a user, as a request or a file contains it.
#[derive(Debug)]
pub enum PasswordInput {
    /// A password, yet to be hashed.
    Password(Password),
    /// A hash from another system.
    Hash(PhcString),
}

impl From<Password> for PasswordInput {
    fn from(password: Password) -> Self {
        Self::Password(password)
    }
}

/// A password's hash as a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PhcString(String);

impl PhcString {
    /// Wraps a string that a hasher created.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The string, to be stored or exported.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PhcString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhcString(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_characters_are_the_limit_and_nothing_is_trimmed() {
        assert!(Password::parse(&"é".repeat(1000)).is_ok());
        assert_eq!(Password::parse(&"é".repeat(1001)).unwrap_err(), PasswordTooLong);
        assert_eq!(Password::parse(" \u{0}x ").unwrap().as_bytes(), b" \0x ");
    }

    #[test]
    fn random_passwords_have_twelve_characters_and_differ() {
        let (one, two) = (Password::random(), Password::random());
        assert_eq!(one.as_bytes().len(), 12);
        assert_ne!(one.as_bytes(), two.as_bytes());
    }

    #[test]
    fn printing_a_secret_prints_nothing_of_it() {
        let password = Password::parse("hunter22").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(format!("{:?}", PhcString::new("$argon2id$x".into())), "PhcString(…)");
    }
}
