//! Region, endpoint and credentials are found by the SDK's whole chain of sources.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::Builder;
use roster_functions::member::get::ENDPOINT;
use roster_shared::{
    http::{Error, run_on},
    store::{Store, Tables},
};

fn main() -> Result<(), Error> {
    run_on(
        &ENDPOINT,
        async || {
            let http = Builder::new().build_http();
            let found = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).load().await;
            Store::new(Client::new(&found), Tables::from_environment())
        },
        true,
    )
}
