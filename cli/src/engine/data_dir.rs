use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

const FILE: &str = "roster.db";
/// What SQLite keeps beside the file while it is open.
const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// The directory that holds the engine's file. Both are readable by their owner alone.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Uses a directory, making it where it is missing.
    ///
    /// # Errors
    /// It cannot be made, or is no directory.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make the data directory {}", path.display()))?;
        let data = Self(path.to_owned());
        if data.is_ours()? {
            restrict(path, 0o700)?;
        }
        Ok(data)
    }

    /// Uses a directory that holds data already.
    ///
    /// # Errors
    /// It holds none.
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

    /// Takes the file away from everybody but its owner.
    pub(super) fn protect(&self) -> anyhow::Result<()> {
        for companion in COMPANIONS {
            let path = self.0.join(format!("{FILE}{companion}"));
            if path.exists() {
                restrict(&path, 0o600)?;
            }
        }
        Ok(())
    }

    /// A directory in which other things live keeps its permissions.
    fn is_ours(&self) -> anyhow::Result<bool> {
        let names = fs::read_dir(&self.0)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>());
        let names = names.with_context(|| format!("cannot read the data directory {}", self.0.display()))?;
        Ok(names.iter().all(|name| name.to_string_lossy().starts_with(FILE)))
    }
}

fn restrict(path: &Path, mode: u32) -> anyhow::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .with_context(|| format!("cannot protect {}", path.display()))
}
