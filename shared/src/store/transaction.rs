use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};

use super::{Item, Retry, Store, StoreError};

/// What became of a transaction that was not turned away for passing reasons.
#[derive(Debug)]
pub(crate) enum Transacted {
    /// All of it is done.
    Done,
    /// None of it is done: for each action, in order, whether its condition failed, and on what.
    Failed(Vec<Option<ConditionFailed>>),
}

/// A condition that did not hold.
#[derive(Debug)]
pub(crate) struct ConditionFailed {
    /// The item as it stood; `None` where there was none (or it was not asked for).
    pub(crate) item: Option<Item>,
}

impl Store {
    /// Writes all of `actions` or none.
    ///
    /// Meetings with other writers are waited out as long as `retry` allows; the SDK does not do
    /// it. One token stands for all attempts, so an attempt whose answer was lost is not done
    /// twice.
    pub(crate) async fn transact(
        &self,
        actions: Vec<TransactWriteItem>,
        retry: &mut Retry,
    ) -> Result<Transacted, StoreError> {
        let token = uuid::Uuid::new_v4().to_string();
        let request = self.client.transact_write_items().set_transact_items(Some(actions)).client_request_token(token);
        loop {
            let Err(error) = request.clone().send().await else { return Ok(Transacted::Done) };
            let passing = match cancellation(&error) {
                Some(reasons) if reasons.iter().all(is_passing) => {
                    StoreError::Unavailable("transactions keep meeting each other".to_owned())
                }
                Some(reasons) => return failed(reasons),
                None => match StoreError::from(error) {
                    passing @ StoreError::Unavailable(_) => passing,
                    lasting => return Err(lasting),
                },
            };
            if !retry.again().await {
                return Err(passing);
            }
        }
    }
}

fn cancellation<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons()),
        _ => None,
    }
}

fn is_passing(reason: &CancellationReason) -> bool {
    matches!(
        reason.code().unwrap_or("None"),
        "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
    )
}

fn failed(reasons: &[CancellationReason]) -> Result<Transacted, StoreError> {
    let failed = |reason: &CancellationReason| match reason.code().unwrap_or("None") {
        "ConditionalCheckFailed" => Ok(Some(ConditionFailed { item: reason.item().cloned() })),
        _ if is_passing(reason) => Ok(None),
        code => Err(StoreError::Refused(format!("transaction: {code}"))),
    };
    reasons.iter().map(failed).collect::<Result<_, _>>().map(Transacted::Failed)
}
