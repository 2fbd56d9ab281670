use std::future::Future;

use roster_domain::{AccountId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::StoreError;

/// The state of imports, so that an import can be resumed after any interruption.
pub trait ImportJobStore {
    /// The state of an import, without taking it over.
    fn import_get(
        &self,
        account: AccountId,
        id: &str,
    ) -> impl Future<Output = Result<Option<ImportJob>, StoreError>> + Send;

    /// Takes an import over from any other worker, and returns its state; with `restart`, that of a new one.
    fn import_take(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        end: Timestamp,
        restart: bool,
    ) -> impl Future<Output = Result<ImportJob, StoreError>> + Send;

    /// Stores the state of an import; `false` where another worker has taken it over.
    fn import_put(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
        job: &ImportJob,
        end: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes the state of an import, unless another worker has taken it over.
    fn import_delete(
        &self,
        account: AccountId,
        id: &str,
        worker: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The state of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJob {
    /// The number of rows that are done.
    #[serde(default)]
    pub rows: u64,
    /// A hash of the rows that are done.
    #[serde(default)]
    pub digest: String,
    /// The number of these rows by outcome.
    #[serde(default, rename = "verdicts")]
    pub outcomes: Vec<u64>,
    /// The rows in progress.
    #[serde(default, rename = "ahead", skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
}

/// Rows that an import has in progress, and the ids that are reserved for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The last of the rows.
    pub until: u64,
    /// A hash of what was read up to their end.
    pub digest: String,
    /// The first of the consecutive ids; `None` if the rows have their own ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<UserId>,
    /// The rows that the ids are for, in order; empty where each of the rows has one.
    pub rows: Vec<u64>,
}
