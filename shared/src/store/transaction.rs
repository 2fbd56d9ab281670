use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};

use super::{Item, Retry, Store, StoreError};
use crate::usage;

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
            if cancellation(&error).is_some_and(|reasons| reasons.iter().any(is_conflict)) {
                usage::conflict();
            }
            let outcome = match cancellation(&error) {
                Some(reasons) if !reasons.iter().any(is_conflict) => return failed(reasons),
                // What another writer holds may yet turn out to fail, or not: one more look tells.
                Some(reasons) => unsettled(reasons),
                None => match StoreError::from(error) {
                    passing @ StoreError::Unavailable(_) => Err(passing),
                    lasting => return Err(lasting),
                },
            };
            if !retry.again().await {
                return outcome;
            }
        }
    }
}

/// What is told of a transaction that met other writers to the last: the conditions that failed,
/// if the first action, which the others hang on, was not itself in their hands.
fn unsettled(reasons: &[CancellationReason]) -> Result<Transacted, StoreError> {
    let any_failed = reasons.iter().any(|reason| reason.code() == Some("ConditionalCheckFailed"));
    match reasons.first() {
        Some(first) if any_failed && !is_conflict(first) => failed(reasons),
        _ => Err(StoreError::Unavailable("transactions keep meeting each other".to_owned())),
    }
}

fn cancellation<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons()),
        _ => None,
    }
}

/// Whether another writer, or the store's patience, kept an action from being judged.
fn is_conflict(reason: &CancellationReason) -> bool {
    matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}

fn failed(reasons: &[CancellationReason]) -> Result<Transacted, StoreError> {
    let failed = |reason: &CancellationReason| match reason.code().unwrap_or("None") {
        "ConditionalCheckFailed" => Ok(Some(ConditionFailed { item: reason.item().cloned() })),
        "None" => Ok(None),
        _ if is_conflict(reason) => Ok(None),
        code => Err(StoreError::Refused(format!("transaction: {code}"))),
    };
    reasons.iter().map(failed).collect::<Result<_, _>>().map(Transacted::Failed)
}
