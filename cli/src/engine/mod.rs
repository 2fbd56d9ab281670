//! The embedded engine: DynamoDB's protocol over SQLite, in this process.

mod connector;
mod data_dir;
mod data_file;
mod dispatch;
mod endpoint;
mod signature;

use std::time::Duration;

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
pub use data_dir::DataDir;
use dynoxide::Database;
pub use endpoint::serve;
pub use signature::KeyPair;

/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a caller waits for the engine. It handles one request at a time, writes commits to disk, and other
/// processes may have locked the file. Under a burst, the last request in the queue waits far longer than with
/// DynamoDB.
#[derive(Clone, Copy, Debug)]
pub enum Patience {
    /// For a client of the server: 20 s.
    Caller,
    /// For an operator's command: about two minutes. An attempt that cannot lock the file fails after five seconds.
    Operator,
}

impl Patience {
    const fn time(self) -> Duration {
        match self {
            Self::Caller => Duration::from_secs(20),
            // Longer than all attempts and the pauses between them.
            Self::Operator => Duration::from_secs(150),
        }
    }

    const fn attempts(self) -> u32 {
        match self {
            Self::Caller => 3,
            Self::Operator => 20,
        }
    }

    /// `config` with these limits.
    pub(crate) fn limit(self, config: Builder) -> Builder {
        let time = self.time();
        config
            .retry_config(RetryConfig::standard().with_max_attempts(self.attempts()).with_max_backoff(PAUSE))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(time).operation_timeout(time).build())
    }
}

/// Opens the engine on a directory's file.
///
/// # Errors
/// The file is not ours, is damaged, or cannot be written.
pub fn open(data: &DataDir) -> anyhow::Result<Database> {
    let file = data.file();
    let path = file.to_str().context("the data directory's path is not valid UTF-8")?;
    let unusable = || format!("{path} cannot be used");
    data_file::check(&file).with_context(unusable)?;
    let opened = Database::new(path).map_err(|error| anyhow::anyhow!("{error}"));
    let database = opened.with_context(unusable)?;
    data.protect()?;
    Ok(database)
}

/// Opens the engine in memory.
///
/// # Errors
/// Memory is short.
pub fn open_in_memory() -> anyhow::Result<Database> {
    Database::memory().map_err(|error| anyhow::anyhow!("{error}")).context("cannot open the engine in memory")
}

/// A client of the engine that needs no socket: the SDK builds requests and parses responses as usual.
#[must_use]
pub fn client(database: &Database, patience: Patience) -> Client {
    let config = patience
        .limit(roster_store::config())
        .region(Region::from_static("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "embedded engine"))
        .http_client(connector::connector(database.clone()))
        .build();
    Client::from_conf(config)
}
