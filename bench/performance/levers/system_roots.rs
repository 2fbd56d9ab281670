//! Every authority of the system is read, as the SDK's own client does.

use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, Region},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use roster_functions::member::get::ENDPOINT;
use roster_lambda::{Error, run_on};
use roster_store::{DynamoDbStore, Tables};

fn main() -> Result<(), Error> {
    run_on(&ENDPOINT, async || {
        let set = |name| roster_store::variable(name).unwrap_or_default();
        let credentials =
            Credentials::new(set("AWS_ACCESS_KEY_ID"), set("AWS_SECRET_ACCESS_KEY"), None, None, "environment");
        let config = roster_store::config()
            .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https())
            .region(Region::new(set("AWS_REGION")))
            .endpoint_url(set("AWS_ENDPOINT_URL_DYNAMODB"))
            .credentials_provider(credentials);
        DynamoDbStore::new(Client::from_conf(config.build()), Tables::from_environment())
    })
}
