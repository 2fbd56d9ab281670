//! Lists that cannot be cut at a place: they are read in order of ids from where a walk over their
//! pages has come to.

use std::{future::Future, time::Duration};

use futures_util::{TryStreamExt as _, stream::BoxStream};
use tokio::time::{Instant, timeout_at};

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{Deletion, User, UserId},
    store::{Batch, Place, Point, StoreError, WalkKey},
};

/// Entries of a page of these lists, and of the exceed dialect's.
pub const PAGE: u64 = 1000;
/// How long a point that a walk has reached is kept.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// A page, and what is to be noted of the walk: see [`Directory::walk_note`].
#[derive(Debug)]
pub struct Walked<T> {
    /// The entries, in order of ids; `None` where there was not enough time to find them. What was
    /// read until then is not lost once it is noted: the same call goes on from there.
    pub page: Option<Vec<T>>,
    notes: Vec<(WalkKey, Place, Option<Point>)>,
}

/// What a walk goes over.
pub(super) trait Reading {
    type Found: Numbered;

    /// All of it from an id on.
    fn entries(&self, start: UserId, wanted: u64) -> Stream<Self::Found>;

    /// As [`Reading::entries`], the ids alone.
    fn ids(&self, start: UserId, wanted: u64) -> Stream<UserId>;

    /// Those of these ids that (still) belong to it.
    fn held(&self, ids: &[UserId]) -> impl Future<Output = Result<Vec<Self::Found>, StoreError>> + Send;
}

pub(super) type Stream<T> = BoxStream<'static, Result<Batch<T>, StoreError>>;

/// What has an id.
pub(super) trait Numbered: Send {
    fn id(&self) -> UserId;
}

impl Numbered for User {
    fn id(&self) -> UserId {
        self.id
    }
}

impl Numbered for Deletion {
    fn id(&self) -> UserId {
        self.id
    }
}

/// A page that was found without a walk.
impl<T> From<Vec<T>> for Walked<T> {
    fn from(page: Vec<T>) -> Self {
        Self { page: Some(page), notes: Vec::new() }
    }
}

impl Directory {
    /// Keeps, for ten minutes, where a walk has come to, so that the next page need not read again
    /// what stands before it. A list that loses it is slower and no less right.
    pub async fn walk_note<T>(&self, walked: &Walked<T>) {
        for (key, place, point) in &walked.notes {
            let noted = match point {
                Some(point) => {
                    let end = clock::now().saturating_add(KEPT);
                    self.store.walk_write(key, *place, point, end).await
                }
                None => self.store.walk_delete(key, *place).await,
            };
            if let Err(error) = noted {
                tracing::warn!(%error, "where a walk has come to was not noted");
            }
        }
    }

    /// Where the reading for a page can begin.
    pub(super) async fn walk_start(&self, key: &WalkKey, page: u64) -> Result<Start, Failure> {
        let now = clock::now();
        let of_page =
            async { if page == 1 { Ok(None) } else { self.store.walk_read(key, Place::Page(page), now).await } };
        let (of_page, unfinished) = tokio::try_join!(of_page, self.store.walk_read(key, Place::Unfinished, now))?;
        let offset = offset(page);
        let unfinished = unfinished.and_then(|point| point.usable_for(offset));
        let unfinished = unfinished.map(|point| Start { point, unfinished: true });
        let of_page = of_page.map(|point| Start { point, unfinished: false });
        let further = unfinished.into_iter().chain(of_page).max_by_key(|start| (start.point.found, start.point.next));
        let beginning = Point { found: 0, next: UserId::new(0), held: Vec::new() };
        Ok(further.unwrap_or(Start { point: beginning, unfinished: false }))
    }

    /// Reads a page from `start` on, until `end`.
    pub(super) async fn walk<R: Reading>(
        &self,
        key: &WalkKey,
        page: u64,
        start: Start,
        end: Instant,
        reading: &R,
    ) -> Result<Walked<R::Found>, Failure> {
        let offset = offset(page);
        let mut notes = Vec::new();
        if start.unfinished {
            // Once it has served, whoever asks again shall see what was written since.
            notes.push((key.clone(), Place::Unfinished, None));
        }
        let late = |point| Walked { page: None, notes: vec![(key.clone(), Place::Unfinished, Some(point))] };
        let start = match skip(reading, start.point, offset, end).await? {
            Skipped::To(start) => start,
            Skipped::PastTheEnd => return Ok(Walked { page: Some(Vec::new()), notes }),
            Skipped::Late(point) => return Ok(late(point)),
        };
        let (mut found, mut next) = (reading.held(&start.held).await?, start.next);
        let missing = |found: &Vec<_>| PAGE.saturating_sub(found.len() as u64);
        let mut entries = reading.entries(next, missing(&found));
        while missing(&found) > 0 {
            let Ok(batch) = timeout_at(end, entries.try_next()).await else {
                let held: Vec<_> = found.iter().map(Numbered::id).collect();
                return Ok(late(Point { found: offset + held.len() as u64, next, held }));
            };
            let Some(batch) = batch? else { break };
            found.extend(batch.found);
            next = batch.next;
        }
        found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        if let (0, Some(last)) = (missing(&found), found.last()) {
            let point = Point { found: offset + PAGE, next: last.id().next(), held: Vec::new() };
            notes.push((key.clone(), Place::Page(page + 1), Some(point)));
        }
        Ok(Walked { page: Some(found), notes })
    }
}

/// Where a reading begins.
pub(super) struct Start {
    point: Point,
    /// Whether another reading ran out of time there.
    unfinished: bool,
}

impl Start {
    /// At a point that was not noted.
    pub(super) const fn at(point: Point) -> Self {
        Self { point, unfinished: false }
    }
}

impl<T> Walked<T> {
    /// The page alone, with nothing to be noted.
    pub(super) fn forgotten(self) -> Self {
        Self { notes: Vec::new(), ..self }
    }
}

impl Point {
    /// This point, where it stands at the beginning of a page, within it or before it.
    fn usable_for(self, offset: u64) -> Option<Self> {
        if self.found.checked_sub(self.held.len() as u64) == Some(offset) {
            return Some(self);
        }
        (self.found <= offset).then(|| Self { held: Vec::new(), ..self })
    }
}

enum Skipped {
    /// The page begins here.
    To(Point),
    PastTheEnd,
    /// Time ran out here.
    Late(Point),
}

/// Goes over what stands before the page.
async fn skip<R: Reading>(reading: &R, start: Point, offset: u64, end: Instant) -> Result<Skipped, Failure> {
    let mut point = start;
    if point.found >= offset {
        return Ok(Skipped::To(point));
    }
    let mut ids = reading.ids(point.next, offset - point.found);
    while point.found < offset {
        let Ok(batch) = timeout_at(end, ids.try_next()).await else { return Ok(Skipped::Late(point)) };
        let Some(batch) = batch? else { return Ok(Skipped::PastTheEnd) };
        let missing = usize::try_from(offset - point.found).unwrap_or(usize::MAX);
        point = match batch.found.get(missing - 1) {
            Some(last) => Point { found: offset, next: last.next(), ..point },
            None => Point { found: point.found + batch.found.len() as u64, next: batch.next, ..point },
        };
    }
    Ok(Skipped::To(point))
}

/// How many entries stand before a page.
pub(super) const fn offset(page: u64) -> u64 {
    page.saturating_sub(1).saturating_mul(PAGE)
}
