use std::sync::{Arc, Mutex, MutexGuard};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use futures_util::{FutureExt as _, future::BoxFuture};
use roster_domain::{Failure, Password, PhcString};
use tokio::sync::Semaphore;

use crate::usage;

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LENGTH: usize = 16;

/// Bounds of hashes that come from elsewhere: each login costs what they ask for. One of 38,912 KiB (memory times passes)
/// takes 36 ms at 1,024 MB, so the most expensive one, of 655,360 KiB, takes some 610 ms: less than the 700 ms that a rejected login
/// has before its second is over.
const MAX_MEMORY_KIB: u32 = 65_536;
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;

/// Why a hash from another system is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableHash {
    /// No string of this form, with salt and hash.
    #[error("is no Argon2 hash in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash)")]
    Malformed,
    /// Verifying it would take more than a login may.
    #[error("asks for more than 64 MiB, 10 passes or 4 lanes")]
    TooExpensive,
}

/// Hashes passwords.
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password with a new random salt.
    fn hash(&self, password: Password) -> BoxFuture<'_, Result<PhcString, Failure>>;

    /// Whether a password has this hash. Without a hash, one is computed anyway, so that the time does not reveal
    /// whether there was one.
    fn verify(&self, password: Password, hash: Option<PhcString>) -> BoxFuture<'_, Result<bool, Failure>>;

    /// Whether a hash should be replaced by one of this hasher's.
    fn is_outdated(&self, hash: &PhcString) -> bool;

    /// Takes the memory of one hash, so that the first hash finds its pages. A failure is logged and ignored.
    fn prewarm(&self) -> BoxFuture<'_, ()>;
}

/// Hashes passwords with Argon2id outside the event loop, a bounded number at a time. Cheap to clone.
#[derive(Clone)]
pub struct Argon2Hasher {
    permits: Arc<Semaphore>,
    /// The memory of past hashes, for later ones: fresh pages for each would cost time, and freed ones would stay with
    /// the thread that had them.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Argon2Hasher {
    /// At most `concurrency` hashes run at a time; each keeps a core and 19 MiB busy.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(concurrency.max(1))), memory: Arc::default() }
    }

    /// Checks an Argon2 hash from another system: at most 64 MiB, 10 passes and 4 lanes.
    ///
    /// # Errors
    /// See [`UnusableHash`].
    pub fn accept(text: &str) -> Result<PhcString, UnusableHash> {
        let hash = PasswordHash::new(text).map_err(|_| UnusableHash::Malformed)?;
        let argon2 = argon2(&hash).map_err(|_| UnusableHash::Malformed)?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(UnusableHash::Malformed);
        }
        let params = argon2.params();
        if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
            return Err(UnusableHash::TooExpensive);
        }
        Ok(PhcString::new(text.to_owned()))
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.memory.lock().expect("nothing panics while it is held")
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let internal = |text: &str| Failure::Internal(format!("password hash: {text}"));
        let _hashing = usage::in_hash();
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| internal("closed"))?;
        let hasher = self.clone();
        let working = move || {
            // Held until the hash is done, even if nothing waits for it any more, because it cannot be cancelled.
            let _permit = permit;
            let mut blocks = hasher.free().pop().unwrap_or_default();
            let done = work(&mut blocks);
            hasher.free().push(blocks);
            done
        };
        let done = tokio::task::spawn_blocking(working).await.map_err(|_| internal("interrupted"))?;
        done.map_err(|error| internal(&error.to_string()))
    }
}

impl PasswordHasher for Argon2Hasher {
    fn hash(&self, password: Password) -> BoxFuture<'_, Result<PhcString, Failure>> {
        self.run(move |blocks| hash(&password, blocks)).boxed()
    }

    fn verify(&self, password: Password, hash: Option<PhcString>) -> BoxFuture<'_, Result<bool, Failure>> {
        self.run(move |blocks| verify(&password, hash.as_ref(), blocks)).boxed()
    }

    fn is_outdated(&self, hash: &PhcString) -> bool {
        let own = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
        !hash.as_str().starts_with(&own)
    }

    /// The kernel clears 4,864 pages, which takes about half as long as the hash itself.
    fn prewarm(&self) -> BoxFuture<'_, ()> {
        let taken = self.run(|blocks| {
            blocks.resize(MEMORY_KIB as usize, Block::default());
            Ok(())
        });
        async {
            if let Err(error) = taken.await {
                tracing::warn!(%error, "no memory was taken for a hash; the first one takes it");
            }
        }
        .boxed()
    }
}

impl std::fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Argon2Hasher")
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
    let bytes = output(&argon2, password, &salt, Params::DEFAULT_OUTPUT_LEN, blocks)?;
    let hash = PasswordHash { hash: Some(bytes), ..parts };
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
        output(&argon2, password, &[0; SALT_LENGTH], Params::DEFAULT_OUTPUT_LEN, blocks)?;
        return Ok(false);
    };
    // `Output` compares in constant time.
    Ok(output(&argon2(stored)?, password, &salt, expected.len(), blocks)? == expected)
}

/// The function that created a hash.
fn argon2(hash: &PasswordHash) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    // As in the reference encoding: a hash without a version has the first one.
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or(Version::V0x10);
    Ok(Argon2::new(Algorithm::try_from(hash.algorithm.as_str())?, version, Params::try_from(hash)?))
}

fn output(
    argon2: &Argon2<'_>,
    password: &Password,
    salt: &[u8],
    length: usize,
    blocks: &mut Vec<Block>,
) -> Result<Output, argon2::password_hash::Error> {
    let mut bytes = vec![0; length];
    blocks.resize(argon2.params().block_count(), Block::default());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut bytes, blocks.as_mut_slice())?;
    Ok(Output::new(&bytes)?)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    #[tokio::test]
    async fn a_hash_has_the_stated_parameters_and_verifies() {
        let hasher = Argon2Hasher::new(1);
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

    #[tokio::test(flavor = "current_thread")]
    async fn a_hash_that_nothing_waits_for_keeps_its_permit() {
        let hasher = Argon2Hasher::new(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = std::sync::mpsc::channel::<()>();
        let work = hasher.run(move |_| {
            let _ = begun.send(());
            let _ = may_end.recv();
            Ok(())
        });
        tokio::select! {
            _ = work => panic!("it ends when it may"),
            begun = has_begun => begun.unwrap(),
        }
        // Its caller was dropped, and it continues.
        assert_eq!(hasher.permits.available_permits(), 0);
        end.send(()).unwrap();
        hasher.hash(Password::parse("x").unwrap()).await.unwrap();
        assert_eq!(hasher.memory.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_hash_is_made_in_the_memory_that_was_taken_before() {
        let hasher = Argon2Hasher::new(1);
        hasher.prewarm().await;
        let blocks = |hasher: &Argon2Hasher| {
            let free = hasher.memory.lock().unwrap();
            free.iter().map(|blocks| (blocks.as_ptr() as usize, blocks.capacity())).collect::<Vec<_>>()
        };
        let taken = blocks(&hasher);
        hasher.hash(Password::parse("x").unwrap()).await.unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!(blocks(&hasher), taken);
    }

    #[tokio::test]
    async fn hashes_from_elsewhere_verify_within_bounds() {
        // Test vectors of the reference implementation.
        let hasher = Argon2Hasher::new(1);
        for hash in [
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            // Without a version it is the first, 0x10; these are also argon2-cffi's.
            "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
            "$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
            "$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$2gcOV25Q8vOKPIl8vdxsf7QCjocJcf+erntOGHkpXm4",
            "$argon2d$m=256,t=2,p=1$c29tZXNhbHQ$vUBIaP8AxS51Q8gzLmp3KlckiS1+Mo1c8lO7yOcms3E",
        ] {
            let hash = Argon2Hasher::accept(hash).unwrap();
            assert!(hasher.is_outdated(&hash));
            let verify = |password| hasher.verify(Password::parse(password).unwrap(), Some(hash.clone()));
            assert!(verify("password").await.unwrap() && !verify("passwort").await.unwrap());
        }
        let own = hasher.hash(Password::parse("x").unwrap()).await.unwrap();
        assert!(!hasher.is_outdated(&own) && Argon2Hasher::accept(own.as_str()).is_ok());
        let tail = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        for parameters in ["m=65537,t=2,p=1", "m=256,t=11,p=1", "m=256,t=2,p=5"] {
            let hash = format!("$argon2id$v=19${parameters}${tail}");
            assert_eq!(Argon2Hasher::accept(&hash), Err(UnusableHash::TooExpensive), "{parameters}");
        }
        for hash in [
            "",
            "x",
            "$2b$12$abc",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=1,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
        ] {
            assert_eq!(Argon2Hasher::accept(hash), Err(UnusableHash::Malformed), "{hash}");
        }
    }
}
