//! From `--data`, `--memory` and `--aws` to a directory.

use std::time::Duration;

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use dynoxide::Database;
use roster_directory::Argon2Hasher;
use roster_lambda::Directory;
use roster_store::{self, DynamoDbStore, Tables};

use crate::{
    args::Target,
    engine::{self, DataDir, Patience},
    tables,
    template::Template,
};

/// A directory on an embedded engine; missing tables are created.
pub(crate) async fn embedded(
    database: &Database,
    patience: Patience,
    template: &Template,
) -> anyhow::Result<Directory> {
    on_tables(engine::client(database, patience), template).await
}

/// A directory on an external engine that speaks DynamoDB's protocol.
pub(crate) async fn engine(url: &str, template: &Template) -> anyhow::Result<Directory> {
    let set = |name, otherwise: &str| roster_store::variable(name).unwrap_or_else(|| otherwise.to_owned());
    let credentials = Credentials::new(
        set("AWS_ACCESS_KEY_ID", "local"),
        set("AWS_SECRET_ACCESS_KEY", "local"),
        roster_store::variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let config = Patience::Caller
        .limit(roster_store::config())
        .region(Region::new(set("AWS_REGION", "local")))
        .credentials_provider(credentials)
        .endpoint_url(url);
    on_tables(Client::from_conf(config.build()), template).await
}

async fn on_tables(client: Client, template: &Template) -> anyhow::Result<Directory> {
    let names = Tables::from_environment();
    tables::create_missing(&client, &names, template).await?;
    Ok(directory(DynamoDbStore::new(client, names)))
}

/// The directory an operator's command works on. With `creates`, a missing one is created empty.
pub(crate) async fn target(target: &Target, creates: bool) -> anyhow::Result<Directory> {
    if target.aws {
        return Ok(directory(aws().await));
    }
    let data = if creates { DataDir::create(&target.data)? } else { DataDir::existing(&target.data)? };
    let database = engine::open(&data)?;
    embedded(&database, Patience::Operator, &Template::built_in()?)
        .await
        .with_context(|| format!("{} cannot be used", data.file().display()))
}

/// An empty temporary directory; dropping this value deletes it.
pub(crate) struct DryRun {
    pub(crate) directory: Directory,
    _place: tempfile::TempDir,
}

impl DryRun {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let place = tempfile::tempdir().context("there is no place for a copy")?;
        let database = engine::open(&DataDir::create(place.path())?)?;
        let directory = embedded(&database, Patience::Operator, &Template::built_in()?).await?;
        Ok(Self { directory, _place: place })
    }
}

/// The tables on AWS, or at `AWS_ENDPOINT_URL_DYNAMODB`, with the SDK's whole chain of credentials. A command may wait
/// longer than a function, because no client waits for it.
async fn aws() -> DynamoDbStore {
    let found = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let limits = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_secs(150));
    let mut config = roster_store::config()
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(limits.build());
    config.set_region(found.region().cloned());
    config.set_credentials_provider(found.credentials_provider());
    config.set_endpoint_url(
        roster_store::variable("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| found.endpoint_url().map(str::to_owned)),
    );
    DynamoDbStore::new(Client::from_conf(config.build()), Tables::from_environment())
}

fn directory(store: DynamoDbStore) -> Directory {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Directory::new(store, Argon2Hasher::new(cores))
}
