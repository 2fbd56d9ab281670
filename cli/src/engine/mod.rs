//! The embedded engine: DynamoDB's protocol over SQLite, in this process.

mod connector;
mod data_dir;
mod data_file;
mod dispatch;
mod endpoint;

use std::time::Duration;

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, Region, timeout::TimeoutConfig},
};
pub use data_dir::DataDir;
use dynoxide::Database;
pub use endpoint::serve;
use roster_shared::store;

/// The engine answers one request at a time, and commits go to disk: under a burst the last in
/// the queue waits far longer than DynamoDB would let it.
const PATIENCE: Duration = Duration::from_secs(20);

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

/// How long an engine on this machine is waited for.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build()
}

/// A client of the engine that needs no socket: requests are made and read by the SDK as ever.
#[must_use]
pub fn client(database: &Database) -> Client {
    let config = store::config()
        .region(Region::from_static("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "embedded engine"))
        .timeout_config(timeouts())
        .http_client(connector::connector(database.clone()))
        .build();
    Client::from_conf(config)
}
