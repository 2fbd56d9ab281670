//! Who was deleted.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::time::Instant;

use super::{
    Directory, Failure, Walked,
    walk::{self, Reading, Start, Stream},
};
use crate::{
    domain::{AccountId, Deletion, Timestamp, UserId},
    store::{Batch, Point, Store, StoreError, WalkKey},
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
        let deleted = Deleted { store: self.store.clone(), account, since };
        let key = WalkKey::new(account, &("deletions", since));
        if since.is_some() {
            let start = self.walk_start(&key, page).await?;
            return self.walk(&key, page, start, end, &deleted).await;
        }
        // The census knows in which block any page begins, so no walk has to be remembered.
        let (found, next) = self.store.deletion_place(account, walk::offset(page)).await?;
        let start = Start::at(Point { found, next, held: Vec::new() });
        Ok(self.walk(&key, page, start, end, &deleted).await?.forgotten())
    }
}

struct Deleted {
    store: Store,
    account: AccountId,
    since: Option<Timestamp>,
}

impl Reading for Deleted {
    type Found = Deletion;

    fn entries(&self, start: UserId, wanted: u64) -> Stream<Deletion> {
        self.store.deletions(self.account, self.since, start, wanted)
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
