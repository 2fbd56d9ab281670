use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};

use roster_directory::{Retry, ports::StoreError, usage};

use super::{DynamoDbStore, Item, error::sdk_error};

/// The result of a transaction that did not fail for temporary reasons.
#[derive(Debug)]
pub(crate) enum Transacted {
    /// All actions were carried out.
    Done,
    /// No action was carried out. For each action, in order: whether its condition failed, and on which item.
    Failed(Vec<Option<ConditionFailed>>),
}

/// A condition that failed.
#[derive(Debug)]
pub(crate) struct ConditionFailed {
    /// The item as it was; `None` if there was none (or if it was not requested).
    pub(crate) item: Option<Item>,
}

impl DynamoDbStore {
    /// Writes all of `actions` or none.
    ///
    /// Conflicts with other writers are retried as long as `retry` allows; the SDK does not retry them. One token
    /// identifies all attempts, so an attempt whose response was lost is not carried out twice.
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
                // The condition of an action that met another writer is unknown, so one more attempt decides.
                Some(reasons) => unresolved(reasons),
                None => match sdk_error(error) {
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

/// The result of a transaction whose last attempt met other writers. It is the failed conditions, if the first action,
/// on which the others depend, met no other writer.
fn unresolved(reasons: &[CancellationReason]) -> Result<Transacted, StoreError> {
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

/// Whether another writer, or throttling, prevented an action from being evaluated.
fn is_conflict(reason: &CancellationReason) -> bool {
    matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}

fn failed(reasons: &[CancellationReason]) -> Result<Transacted, StoreError> {
    let failed = |reason: &CancellationReason| match reason.code().unwrap_or("None") {
        "ConditionalCheckFailed" => Ok(Some(ConditionFailed { item: reason.item().cloned() })),
        "None" => Ok(None),
        _ if is_conflict(reason) => Ok(None),
        code => Err(StoreError::Rejected(format!("transaction: {code}"))),
    };
    reasons.iter().map(failed).collect::<Result<_, _>>().map(Transacted::Failed)
}
