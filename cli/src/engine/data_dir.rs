use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::KeyPair;

const FILE: &str = "roster.db";
/// The key pair of the DynamoDB endpoint.
const CREDENTIALS: &str = "roster.credentials";
/// The suffixes of the data file and of the files that SQLite creates next to it while it is open.
const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// The directory that contains the engine's file. Only their owner can read them.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Uses a directory, and creates it if it is missing.
    ///
    /// # Errors
    /// It cannot be created, or is not a directory.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make the data directory {}", path.display()))?;
        let data = Self(path.to_owned());
        if data.is_ours()? {
            restrict(path, 0o700)?;
        }
        Ok(data)
    }

    /// Uses a directory that contains data already.
    ///
    /// # Errors
    /// It contains no data.
    pub fn existing(path: &Path) -> anyhow::Result<Self> {
        let data = Self(path.to_owned());
        anyhow::ensure!(
            data.file().exists(),
            "there is no Roster data in {}; `roster serve` or `roster account create` starts some, --data names another place",
            path.display()
        );
        Ok(data)
    }

    /// The engine's file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    /// The key pair of the DynamoDB endpoint. The first call creates it in a file that the AWS CLI can also read
    /// (`AWS_SHARED_CREDENTIALS_FILE`).
    ///
    /// # Errors
    /// The file cannot be written or read.
    pub fn key_pair(&self) -> anyhow::Result<KeyPair> {
        let path = self.credentials();
        let cannot = |what: &str| format!("cannot {what} {}", path.display());
        if !path.exists() {
            let KeyPair { id, secret } = KeyPair::random();
            let text = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
            // Written atomically, because two servers may start concurrently.
            let mut file = tempfile::NamedTempFile::new_in(&self.0).with_context(|| cannot("write"))?;
            file.write_all(text.as_bytes()).with_context(|| cannot("write"))?;
            if let Err(error) = file.persist_noclobber(&path)
                && error.error.kind() != io::ErrorKind::AlreadyExists
            {
                return Err(error.error).with_context(|| cannot("write"));
            }
        }
        restrict(&path, 0o600)?;
        let text = fs::read_to_string(&path).with_context(|| cannot("read"))?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.split_once('=').filter(|(key, _)| key.trim() == name));
            line.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let (Some(id), Some(secret)) = (value("aws_access_key_id"), value("aws_secret_access_key")) else {
            anyhow::bail!("{} holds no key pair; remove it, and the next start makes another", path.display());
        };
        Ok(KeyPair { id, secret })
    }

    /// The file that contains the key pair.
    #[must_use]
    pub fn credentials(&self) -> PathBuf {
        self.0.join(CREDENTIALS)
    }

    /// Removes the permissions of everyone but the owner.
    pub(super) fn protect(&self) -> anyhow::Result<()> {
        for companion in COMPANIONS {
            let path = self.0.join(format!("{FILE}{companion}"));
            if path.exists() {
                restrict(&path, 0o600)?;
            }
        }
        Ok(())
    }

    /// A directory that contains other files keeps its permissions.
    fn is_ours(&self) -> anyhow::Result<bool> {
        let names = fs::read_dir(&self.0)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>());
        let names = names.with_context(|| format!("cannot read the data directory {}", self.0.display()))?;
        let is_ours = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(FILE) || name == CREDENTIALS;
        Ok(names.iter().all(is_ours))
    }
}

fn restrict(path: &Path, mode: u32) -> anyhow::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .with_context(|| format!("cannot protect {}", path.display()))
}
