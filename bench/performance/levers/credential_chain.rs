//! Region, endpoint and credentials are found by the SDK's whole chain of sources.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use roster_functions::member::get::ENDPOINT;
use roster_lambda::{Error, run_on};
use roster_store::{DynamoDbStore, Tables};

fn main() -> Result<(), Error> {
    run_on(&ENDPOINT, async || {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let found = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http.clone()).load().await;
        let mut config = roster_store::config().http_client(http);
        config
            .set_region(found.region().cloned())
            .set_credentials_provider(found.credentials_provider())
            .set_endpoint_url(roster_store::variable("AWS_ENDPOINT_URL_DYNAMODB"));
        DynamoDbStore::new(Client::from_conf(config.build()), Tables::from_environment())
    })
}
