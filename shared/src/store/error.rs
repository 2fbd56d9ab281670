use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::RequestId,
};

/// Why the store did not do as asked. Carries no item data.
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

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: RequestId,
{
    fn from(error: SdkError<E, R>) -> Self {
        let request = error.request_id().unwrap_or("none").to_owned();
        match &error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("unknown");
                // Only the code and the request id: a message may quote the item.
                let text = format!("{code} (request {request})");
                if PASSING.contains(&code) { Self::Unavailable(text) } else { Self::Refused(text) }
            }
            SdkError::ConstructionFailure(_) => Self::Refused(DisplayErrorContext(&error).to_string()),
            // Time-outs, broken connections and answers that are no answers hold no item data.
            SdkError::TimeoutError(_) => Self::Unavailable("no answer in time".to_owned()),
            SdkError::ResponseError(_) => Self::Unavailable(format!("unreadable answer (request {request})")),
            _ => Self::Unavailable(DisplayErrorContext(&error).to_string()),
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// A request of ours that the SDK's own builders find incomplete.
impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Tells a condition that did not hold, which is an answer, from a failure: `None` is the former.
pub(super) fn if_condition_held<T, E, R>(result: Result<T, SdkError<E, R>>) -> Result<Option<T>, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: RequestId,
{
    match result {
        Ok(done) => Ok(Some(done)),
        Err(error)
            if error.as_service_error().and_then(ProvideErrorMetadata::code)
                == Some("ConditionalCheckFailedException") =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
