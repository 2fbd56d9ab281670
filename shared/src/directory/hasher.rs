use std::sync::{Arc, Mutex};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::Semaphore;

use super::Failure;
use crate::domain::{Password, PhcString};

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LENGTH: usize = 16;

/// Hashes passwords beside the event loop, a bounded number at a time. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    places: Arc<Semaphore>,
    /// The memory of hashes past, for those to come: fresh pages for each would cost time, and
    /// freed ones would stay with whichever thread had them.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Hasher {
    /// At most `at_once` hashes run at a time; each keeps a core and 19 MiB busy.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once.max(1))), memory: Arc::default() }
    }

    /// Hashes a password under a new random salt.
    pub(crate) async fn hash(&self, password: Password) -> Result<PhcString, Failure> {
        self.run(move |blocks| hash(&password, blocks)).await
    }

    /// Whether a password has this hash. Without a hash one is made all the same, so that nobody
    /// can tell from the time whether there was one.
    pub(crate) async fn verify(&self, password: Password, hash: Option<PhcString>) -> Result<bool, Failure> {
        self.run(move |blocks| verify(&password, hash.as_ref(), blocks)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let internal = |text: &str| Failure::Internal(format!("password hash: {text}"));
        let _place = self.places.acquire().await.map_err(|_| internal("closed"))?;
        let memory = self.memory.clone();
        let working = move || {
            let mut blocks = memory.lock().ok().and_then(|mut free| free.pop()).unwrap_or_default();
            let done = work(&mut blocks);
            if let Ok(mut free) = memory.lock() {
                free.push(blocks);
            }
            done
        };
        let done = tokio::task::spawn_blocking(working).await.map_err(|_| internal("interrupted"))?;
        done.map_err(|error| internal(&error.to_string()))
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

fn hash(password: &Password, blocks: &mut Vec<Block>) -> Result<PhcString, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let salt: [u8; SALT_LENGTH] = rand::random();
    let parts = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(&salt)?),
        hash: None,
    };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = PasswordHash { hash: Some(output(&argon2, password, &salt, blocks)?), ..parts };
    Ok(PhcString::new(hash.to_string()))
}

fn verify(
    password: &Password,
    hash: Option<&PhcString>,
    blocks: &mut Vec<Block>,
) -> Result<bool, argon2::password_hash::Error> {
    let stored = hash.and_then(|hash| PasswordHash::new(hash.as_str()).ok());
    let Some((stored, Some(salt), Some(expected))) = stored.as_ref().map(|hash| (hash, hash.salt, hash.hash)) else {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        output(&argon2, password, &[0; SALT_LENGTH], blocks)?;
        return Ok(false);
    };
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(Algorithm::try_from(stored.algorithm.as_str())?, version, Params::try_from(stored)?);
    // `Output` compares in constant time.
    Ok(output(&argon2, password, &salt, blocks)? == expected)
}

fn output(
    argon2: &Argon2<'_>,
    password: &Password,
    salt: &[u8],
    blocks: &mut Vec<Block>,
) -> Result<Output, argon2::password_hash::Error> {
    let mut octets = [0; Params::DEFAULT_OUTPUT_LEN];
    blocks.resize(argon2.params().block_count(), Block::default());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut octets, blocks.as_mut_slice())?;
    Ok(Output::new(&octets)?)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    #[tokio::test]
    async fn a_hash_has_the_stated_parameters_and_verifies() {
        let hasher = Hasher::new(1);
        let [one, two] =
            [hasher.hash(Password::parse("pässword").unwrap()), hasher.hash(Password::parse("pässword").unwrap())];
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
        assert_ne!(one.as_str(), two.as_str());
        // The second was made in the memory of the first.
        for hash in [one, two] {
            let parsed = PasswordHash::new(hash.as_str()).unwrap();
            assert_eq!(parsed.salt.unwrap().len(), SALT_LENGTH);
            assert!(Argon2::default().verify_password("pässword".as_bytes(), &parsed).is_ok());
            assert!(Argon2::default().verify_password(b"other", &parsed).is_err());
            let verify = |password| hasher.verify(Password::parse(password).unwrap(), Some(hash.clone()));
            assert!(verify("pässword").await.unwrap() && !verify("other").await.unwrap());
        }
        assert!(!hasher.verify(Password::parse("pässword").unwrap(), None).await.unwrap());
    }
}
