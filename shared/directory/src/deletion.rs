use std::{future::Future, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _};
use roster_domain::{AccountId, Deletion, ListError, Timestamp, UserId};
use tokio::time::Instant;

use crate::{
    Directory,
    cursor::{self, Source, Start},
    ports::{Batch, BatchStream, Cursor, CursorKey, Store, StoreError},
};

impl<S: Store> Directory<S> {
    /// A page of up to a thousand deletions of an account, in order of ids, read within `time`. With `since`, only
    /// deletions at or after it. Once `authenticated` is done, the position is stored from which the next page
    /// continues.
    ///
    /// # Errors
    /// See [`ListError`].
    pub async fn deletion_list(
        &self,
        account: AccountId,
        since: Option<Timestamp>,
        page: u64,
        time: Duration,
        authenticated: impl Future<Output = ()> + Send,
    ) -> Result<Vec<Deletion>, ListError> {
        let end = Instant::now() + time;
        let source = Deletions { store: self.store.clone(), account, since };
        let key = CursorKey::new(account, &("deletions", since));
        if since.is_some() {
            let start = self.cursor_start(&key, page).await?;
            let read = self.cursor_read(&key, page, start, end, &source).await?;
            return self.cursor_store(read, authenticated).await;
        }
        // The census knows in which block every page begins, so the position of the next one need not be stored.
        let (found, next) = self.store.deletion_position(account, cursor::offset(page)).await.map_err(failed)?;
        let start = Start::at(Cursor { found, next, partial_page: Vec::new() });
        self.cursor_read(&key, page, start, end, &source).await?.without_cursors()
    }
}

fn failed(error: StoreError) -> ListError {
    ListError::Failed(error.into())
}

struct Deletions<S> {
    store: S,
    account: AccountId,
    since: Option<Timestamp>,
}

impl<S: Store> Source for Deletions<S> {
    type Entry = Deletion;

    fn entries(&self, start: UserId, wanted: u64) -> BatchStream<Deletion> {
        self.store.deletion_stream(self.account, self.since, start, wanted)
    }

    fn ids(&self, start: UserId, wanted: u64) -> BatchStream<UserId> {
        let ids = |batch: Batch<Deletion>| Batch {
            found: batch.found.iter().map(|deletion| deletion.id).collect(),
            next: batch.next,
        };
        self.entries(start, wanted).map_ok(ids).boxed()
    }

    async fn get_many(&self, ids: &[UserId]) -> Result<Vec<Deletion>, StoreError> {
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
