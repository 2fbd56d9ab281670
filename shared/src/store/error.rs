use std::error::Error;

use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};

/// Why the store did not do as asked. Carries no item data, and is one line.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not answer, or asks for patience; the same request may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It refuses a request of ours: a defect or a wrong set-up; trying again does not help.
    #[error("the store refused a request: {0}")]
    Refused(String),
    /// An item is not of the shape that we write.
    #[error("an item in the store cannot be read: {0}")]
    Unreadable(String),
}

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

impl<E> From<SdkError<E, HttpResponse>> for StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let request = error.raw_response().and_then(RequestId::request_id).unwrap_or("none").to_owned();
        match &error {
            SdkError::ServiceError(service) => {
                // Only the code and the request id: a message may quote the item.
                let code = service.err().code().unwrap_or("no code");
                let text = format!("{code} (request {request})");
                // What stands before the store answers without a code of the store's.
                let status = service.raw().status().as_u16();
                let passing = PASSING.contains(&code) || status >= 500 || status == 429;
                if passing { Self::Unavailable(text) } else { Self::Refused(text) }
            }
            SdkError::TimeoutError(_) => Self::Unavailable("no answer in time".to_owned()),
            SdkError::ResponseError(_) => Self::Unavailable(format!("an answer that is none (request {request})")),
            // The last: a connection that was closed before the answer came.
            SdkError::DispatchFailure(failure)
                if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() =>
            {
                Self::Unavailable(causes(&error))
            }
            // No credentials, no region, a request that cannot be built.
            _ => Self::Refused(causes(&error)),
        }
    }
}

/// What an error and its causes say, in one line. Never their debug form, which holds the request.
fn causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said.replace('\n', " ")
}

/// The values in an item stay out of the error: it is logged.
impl From<serde_dynamo::Error> for StoreError {
    fn from(_: serde_dynamo::Error) -> Self {
        Self::Unreadable("it has another shape than ours".to_owned())
    }
}

/// A request of ours that the SDK's own builders find incomplete.
impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Refused(error.to_string())
    }
}
