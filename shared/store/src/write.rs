use std::{error::Error, future::Future};

use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use roster_directory::{Retry, ports::StoreError, usage};

use super::error::sdk_error;

/// Sends a conditional write of one item until it succeeds, its condition fails (the inner error), or `retry` is used
/// up. The SDK does not wait for another writer's transaction to end.
pub(super) async fn write<T, E, S>(retry: &mut Retry, send: impl Fn() -> S) -> Result<Result<T, E>, StoreError>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    S: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    loop {
        let error = match send().await {
            Ok(done) => return Ok(Ok(done)),
            Err(error) => error,
        };
        if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ConditionalCheckFailedException") {
            return match error {
                SdkError::ServiceError(service) => Ok(Err(service.into_err())),
                other => Err(sdk_error(other)),
            };
        }
        if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("TransactionConflictException") {
            usage::conflict();
        }
        match sdk_error(error) {
            StoreError::Unavailable(_) if retry.again().await => {}
            lasting => return Err(lasting),
        }
    }
}
