use std::error::Error;

use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use roster_directory::ports::StoreError;

/// Codes after which a later attempt may succeed.
const PASSING: [&str; 9] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// The error of a request that failed.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn sdk_error<E>(error: SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let request = error.raw_response().and_then(RequestId::request_id).unwrap_or("none").to_owned();
    match &error {
        SdkError::ServiceError(service) => {
            // Only the code and the request id, because a message may quote the item.
            let code = service.err().code().unwrap_or("no code");
            let text = format!("{code} (request {request})");
            // A proxy or load balancer in front of the store responds without an error code.
            let status = service.raw().status().as_u16();
            let passing = PASSING.contains(&code) || status >= 500 || status == 429;
            if passing { StoreError::Unavailable(text) } else { StoreError::Rejected(text) }
        }
        SdkError::TimeoutError(_) => StoreError::Unavailable("no answer in time".to_owned()),
        SdkError::ResponseError(_) => StoreError::Unavailable(format!("an answer that is none (request {request})")),
        // Also a connection that was closed before the response arrived.
        SdkError::DispatchFailure(failure)
            if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() =>
        {
            StoreError::Unavailable(causes(&error))
        }
        // No credentials, no region, a request that cannot be built.
        _ => StoreError::Rejected(causes(&error)),
    }
}

/// The messages of an error and its causes, in one line. Never their debug form, which contains the request.
fn causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said.replace('\n', " ")
}

/// The error for a request that the SDK's builders reject as incomplete.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn build_error(error: BuildError) -> StoreError {
    StoreError::Rejected(error.to_string())
}
