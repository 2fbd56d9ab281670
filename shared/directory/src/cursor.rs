//! Lists without random access: they are read in order of ids, from the position that an earlier page has reached.

use std::future::Future;

use futures_util::TryStreamExt as _;
use roster_domain::{Deletion, Failure, ListError, User, UserId};
use tokio::time::{Instant, timeout_at};

use crate::{
    Directory, clock,
    filter::PAGE,
    ports::{BatchStream, Cursor, CursorKey, CursorSlot, Store, StoreError},
    timeouts,
};

/// What a list is read from.
pub(crate) trait Source {
    type Entry: HasId;

    /// All entries from an id on.
    fn entries(&self, start: UserId, wanted: u64) -> BatchStream<Self::Entry>;

    /// As [`Source::entries`], the ids alone.
    fn ids(&self, start: UserId, wanted: u64) -> BatchStream<UserId>;

    /// The entries with these ids, as far as they (still) belong to the list.
    fn get_many(&self, ids: &[UserId]) -> impl Future<Output = Result<Vec<Self::Entry>, StoreError>> + Send;
}

pub(crate) trait HasId: Send {
    fn id(&self) -> UserId;
}

impl HasId for User {
    fn id(&self) -> UserId {
        self.id
    }
}

impl HasId for Deletion {
    fn id(&self) -> UserId {
        self.id
    }
}

/// A page that was read, and the cursors to be stored for the next request.
pub(crate) struct Read<T> {
    /// `None` where there was not enough time.
    page: Option<Vec<T>>,
    key: CursorKey,
    /// To be written, or removed.
    cursors: Vec<(CursorSlot, Option<Cursor>)>,
}

impl<T> Read<T> {
    /// The page, and no cursor is stored.
    pub(crate) fn without_cursors(self) -> Result<Vec<T>, ListError> {
        self.page.ok_or(ListError::OutOfTime)
    }
}

/// Where a reading begins.
pub(crate) struct Start {
    cursor: Cursor,
    /// Whether another reading ran out of time there.
    is_unfinished: bool,
}

impl Start {
    /// At a position that was not stored.
    pub(crate) const fn at(cursor: Cursor) -> Self {
        Self { cursor, is_unfinished: false }
    }
}

impl<S: Store> Directory<S> {
    /// Stores the cursors of a page once `authenticated` is done, and returns the page. A cursor that cannot be stored
    /// makes later pages slower, not wrong.
    pub(crate) async fn cursor_store<T>(
        &self,
        read: Read<T>,
        authenticated: impl Future<Output = ()>,
    ) -> Result<Vec<T>, ListError> {
        if !read.cursors.is_empty() {
            authenticated.await;
        }
        for (slot, cursor) in &read.cursors {
            let stored = match cursor {
                Some(cursor) => {
                    let end = clock::now().saturating_add(timeouts::CURSOR);
                    self.store.cursor_put(&read.key, *slot, cursor, end).await
                }
                None => self.store.cursor_delete(&read.key, *slot).await,
            };
            if let Err(error) = stored {
                tracing::warn!(%error, "the position of a list was not stored");
            }
        }
        read.without_cursors()
    }

    /// Where the reading for a page can begin.
    pub(crate) async fn cursor_start(&self, key: &CursorKey, page: u64) -> Result<Start, Failure> {
        let now = clock::now();
        let of_page =
            async { if page == 1 { Ok(None) } else { self.store.cursor_get(key, CursorSlot::Page(page), now).await } };
        let (of_page, unfinished) = tokio::try_join!(of_page, self.store.cursor_get(key, CursorSlot::Unfinished, now))?;
        let offset = offset(page);
        let unfinished = unfinished.and_then(|cursor| usable_for(cursor, offset));
        let unfinished = unfinished.map(|cursor| Start { cursor, is_unfinished: true });
        let of_page = of_page.map(Start::at);
        let furthest =
            unfinished.into_iter().chain(of_page).max_by_key(|start| (start.cursor.found, start.cursor.next));
        let beginning = Cursor { found: 0, next: UserId::new(0), partial_page: Vec::new() };
        Ok(furthest.unwrap_or(Start::at(beginning)))
    }

    /// Reads a page from `start` on, until `end`.
    pub(crate) async fn cursor_read<R: Source>(
        &self,
        key: &CursorKey,
        page: u64,
        start: Start,
        end: Instant,
        source: &R,
    ) -> Result<Read<R::Entry>, Failure> {
        let offset = offset(page);
        let mut cursors = Vec::new();
        if start.is_unfinished {
            // It is used only once, so that the same request sees later writes next time.
            cursors.push((CursorSlot::Unfinished, None));
        }
        let read = |page, cursors| Read { page, key: key.clone(), cursors };
        let late = |cursor| read(None, vec![(CursorSlot::Unfinished, Some(cursor))]);
        let start = match skip(source, start.cursor, offset, end).await? {
            Skipped::To(start) => start,
            Skipped::PastTheEnd => return Ok(read(Some(Vec::new()), cursors)),
            Skipped::Late(cursor) => return Ok(late(cursor)),
        };
        let (mut found, mut next) = (source.get_many(&start.partial_page).await?, start.next);
        let missing = |found: &Vec<_>| PAGE.saturating_sub(found.len() as u64);
        let mut entries = source.entries(next, missing(&found));
        while missing(&found) > 0 {
            let Ok(batch) = timeout_at(end, entries.try_next()).await else {
                let partial_page: Vec<_> = found.iter().map(HasId::id).collect();
                return Ok(late(Cursor { found: offset + partial_page.len() as u64, next, partial_page }));
            };
            let Some(batch) = batch? else { break };
            found.extend(batch.found);
            next = batch.next;
        }
        found.truncate(usize::try_from(PAGE).expect("a page has few entries"));
        if let (0, Some(last)) = (missing(&found), found.last()) {
            let cursor = Cursor { found: offset + PAGE, next: last.id().next(), partial_page: Vec::new() };
            cursors.push((CursorSlot::Page(page + 1), Some(cursor)));
        }
        Ok(read(Some(found), cursors))
    }
}

/// The cursor, if it is at the beginning of the page, within it or before it.
fn usable_for(cursor: Cursor, offset: u64) -> Option<Cursor> {
    if cursor.found.checked_sub(cursor.partial_page.len() as u64) == Some(offset) {
        return Some(cursor);
    }
    (cursor.found <= offset).then(|| Cursor { partial_page: Vec::new(), ..cursor })
}

enum Skipped {
    /// The page begins here.
    To(Cursor),
    PastTheEnd,
    /// Time ran out here.
    Late(Cursor),
}

/// Skips the entries before the page.
async fn skip<R: Source>(source: &R, start: Cursor, offset: u64, end: Instant) -> Result<Skipped, Failure> {
    let mut cursor = start;
    if cursor.found >= offset {
        return Ok(Skipped::To(cursor));
    }
    let mut ids = source.ids(cursor.next, offset - cursor.found);
    while cursor.found < offset {
        let Ok(batch) = timeout_at(end, ids.try_next()).await else { return Ok(Skipped::Late(cursor)) };
        let Some(batch) = batch? else { return Ok(Skipped::PastTheEnd) };
        let missing = usize::try_from(offset - cursor.found).expect("an offset fits into memory");
        cursor = match batch.found.get(missing - 1) {
            Some(last) => Cursor { found: offset, next: last.next(), ..cursor },
            None => Cursor { found: cursor.found + batch.found.len() as u64, next: batch.next, ..cursor },
        };
    }
    Ok(Skipped::To(cursor))
}

/// How many entries stand before a page.
pub(crate) const fn offset(page: u64) -> u64 {
    page.saturating_sub(1).saturating_mul(PAGE)
}
