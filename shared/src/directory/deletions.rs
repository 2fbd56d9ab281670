//! Who was deleted.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::time::Instant;

use super::{
    Directory, Failure, Walked,
    walk::{Reading, Stream},
};
use crate::{
    domain::{AccountId, Deletion, Timestamp, UserId},
    store::{Batch, Store, StoreError, WalkKey},
};

impl Directory {
    /// The page, of a thousand, of an account's deletions in order of ids, through any door, those
    /// at or after `since` if it is given.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn deletion_page(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
        page: u64,
        patience: Duration,
    ) -> Result<Walked<Deletion>, Failure> {
        let end = Instant::now() + patience;
        let key = WalkKey::new(account, &("deletions", since));
        let start = self.walk_start(&key, page).await?;
        self.walk(&key, page, start, end, &Deleted { store: self.store.clone(), account, since }).await
    }
}

struct Deleted {
    store: Store,
    account: AccountId,
    since: Option<Timestamp>,
}

impl Reading for Deleted {
    type Found = Deletion;

    fn entries(&self, start: UserId, _wanted: u64) -> Stream<Deletion> {
        self.store.deletions(self.account, self.since, start)
    }

    fn ids(&self, start: UserId, wanted: u64) -> Stream<UserId> {
        let ids = |batch: Batch<Deletion>| Batch {
            found: batch.found.iter().map(|gone| gone.id).collect(),
            next: batch.next,
        };
        self.entries(start, wanted).map_ok(ids).boxed()
    }

    async fn held(&self, ids: &[UserId]) -> Result<Vec<Deletion>, StoreError> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut entries = self.entries(*first, ids.len() as u64);
        while let Some(batch) = entries.try_next().await? {
            found.extend(batch.found.into_iter().filter(|deletion| ids.binary_search(&deletion.id).is_ok()));
            if batch.next > *last {
                break;
            }
        }
        Ok(found)
    }
}
