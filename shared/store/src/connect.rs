use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};

use roster_directory::timeouts::{STORE_ATTEMPT, STORE_CONNECT, STORE_OPERATION};

use super::{DynamoDbStore, Tables, capacity::CapacityInterceptor, tls};

/// The base configuration of every client: explicit time limits, three attempts, and counted capacity.
pub fn config() -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .interceptor(CapacityInterceptor)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(STORE_CONNECT)
                .operation_attempt_timeout(STORE_ATTEMPT)
                .operation_timeout(STORE_OPERATION)
                .build(),
        )
}

/// An environment variable; `None` also if it is empty.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Connects with the settings that Lambda puts into the environment: region, credentials, table names, and
/// `AWS_ENDPOINT_URL_DYNAMODB` if it is set. The SDK's chain of other sources would cost start-up time and find nothing
/// more.
#[must_use]
pub fn from_environment() -> DynamoDbStore {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let endpoint = variable("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| variable("AWS_ENDPOINT_URL"));
    let mut config = config().http_client(tls::client(region.as_deref(), endpoint.as_deref()));
    config.set_region(region.map(Region::new));
    config.set_endpoint_url(endpoint);
    if let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        config = config.credentials_provider(Credentials::new(
            id,
            secret,
            variable("AWS_SESSION_TOKEN"),
            None,
            "environment",
        ));
    }
    DynamoDbStore::new(Client::from_conf(config.build()), Tables::from_environment())
}
