use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use tokio::sync::Semaphore;

use super::Failure;
use crate::domain::{Password, PhcString};

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LENGTH: usize = 16;

/// Hashes passwords beside the event loop, a bounded number at a time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
}

impl Hasher {
    /// At most `at_once` hashes run at a time; each keeps a core and 19 MiB busy.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// Hashes a password under a new random salt.
    pub(crate) async fn hash(&self, password: Password) -> Result<PhcString, Failure> {
        let internal = |text: &str| Failure::Internal(format!("password hash: {text}"));
        let _place = self.places.acquire().await.map_err(|_| internal("closed"))?;
        tokio::task::spawn_blocking(move || hash(&password))
            .await
            .map_err(|_| internal("interrupted"))?
            .map_err(|error| internal(&error.to_string()))
    }
}

fn hash(password: &Password) -> Result<PhcString, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let salt: [u8; SALT_LENGTH] = rand::random();
    let hash =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_with_salt(password.as_bytes(), &salt)?;
    Ok(PhcString::new(hash.to_string()))
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordVerifier, password_hash::phc::PasswordHash};

    use super::*;

    #[tokio::test]
    async fn a_hash_has_the_stated_parameters_and_verifies() {
        let hasher = Hasher::new(1);
        let [one, two] =
            [hasher.hash(Password::parse("pässword").unwrap()), hasher.hash(Password::parse("pässword").unwrap())];
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
        assert_ne!(one.as_str(), two.as_str());
        let parsed = PasswordHash::new(one.as_str()).unwrap();
        assert_eq!(parsed.salt.unwrap().len(), SALT_LENGTH);
        assert!(Argon2::default().verify_password("pässword".as_bytes(), &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"other", &parsed).is_err());
    }
}
