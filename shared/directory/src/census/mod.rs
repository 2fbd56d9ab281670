//! The census: how many users an account has, and which user is at which position. It does not read all users, although
//! the store supports neither an offset nor a count.
//!
//! Ids are cut into blocks. Each block has two rows: a [`Count`], which is small and read together with all others of
//! the account, and a [`Bitmap`] of the ids that live, read for the blocks that a page touches. Both describe the ids up
//! to [`Count::sealed_through`], which are *decided*: a user stands there, or stood there, or never will. The highest
//! decided id of an account is its *frontier*; the users above it, the *tail*, are read.
//!
//! - A create writes nothing here, so creates do not conflict. An id that was reserved and not used is a gap. Only a
//!   *void marker*, written under the user's own key, decides it: a create that comes late fails on the marker, however
//!   late it is.
//! - A delete adds its id to the block's count row, whatever state that is in, and raises its `version`.
//! - Sealing reads the count row first, then the rest, and writes both rows on condition of the `version` that was
//!   read; if that fails, nothing has happened. Only the frontier's block advances. Where deletions are only compacted
//!   into the bitmap, the condition is the `bitmap_version`, so that further deletions do not prevent it.
//! - A list takes frontier and counts from one reading, and drops users that it does not find.
//!
//! Guarantees of a list: it includes every write that completed before the list began. A concurrent write may or may
//! not be included. Page and total describe the same set. These rules were found with random schedules in which
//! transactions become visible one item at a time; the tests here do the same.

mod bitmap;
mod page;
mod rebuild;
mod seal;

#[cfg(test)]
mod model;

use std::{collections::BTreeSet, fmt::Display, future::Future, ops::RangeInclusive};

pub use bitmap::Bitmap;
pub use page::{Page, page};
pub use rebuild::{Decided, is_consistent, rebuild};
use roster_domain::Timestamp;
pub use seal::{Sealing, seal};

/// The count row of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number of the block, from 0.
    pub block: u64,
    /// Ids that lived when the block was last sealed.
    pub live_at_seal: u64,
    /// All ids up to this one are decided; `None` while the block was never sealed.
    pub sealed_through: Option<u64>,
    /// Ids deleted since.
    pub deleted: BTreeSet<u64>,
    /// Raised by every writer; never goes back.
    pub version: u64,
    /// The version of the bitmap that belongs to this row.
    pub bitmap_version: u64,
}

impl Count {
    /// How many of the decided ids live.
    fn live(&self) -> u64 {
        let Some(sealed_through) = self.sealed_through else { return 0 };
        self.live_at_seal.saturating_sub(self.deleted.range(..=sealed_through).count() as u64)
    }
}

/// What the store holds under an id.
#[derive(Clone, Debug)]
pub struct Entry<U> {
    /// The id.
    pub id: u64,
    /// What it is.
    pub slot: Slot<U>,
}

/// A user, or the marker that no user will ever have the id.
#[derive(Clone, Debug)]
pub enum Slot<U> {
    /// No user will ever have this id.
    Void,
    /// A user, whole if so much was read, and when it was created.
    User(Option<U>, Timestamp),
}

/// The result of voiding an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voided {
    /// No user will ever have this id.
    Done,
    /// A user has it.
    User,
    /// Another writer holds it; the result is unknown.
    Busy,
}

/// The ids of an account that users may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReservedIds {
    /// The highest.
    pub last: u64,
    /// The first block in which there are any: users that were imported with their ids may begin anywhere.
    pub first_block: u64,
    /// Users are being imported with their ids: nothing is sealed before that is done.
    pub is_importing: bool,
}

/// The operations of a store that the census needs, for one account.
pub trait IndexStore: Sync {
    /// Ids of a block.
    const BLOCK: u64;
    /// Ids above the frontier beyond which a list moves it.
    const MAX_TAIL: u64;
    /// Deleted ids in a count row beyond which they are compacted into the bitmap.
    const MAX_DELETED: usize;
    /// A user.
    type User: Clone + Send;
    /// Why it cannot.
    type Error: Display + Send;

    /// The ids that were reserved.
    fn reserved(&self) -> impl Future<Output = Result<ReservedIds, Self::Error>> + Send;
    /// All count rows, in order of their blocks.
    fn counts(&self) -> impl Future<Output = Result<Vec<Count>, Self::Error>> + Send;
    /// The bitmap of a block; an empty one of version 0 where there is none.
    fn bitmap(&self, block: u64) -> impl Future<Output = Result<Bitmap, Self::Error>> + Send;
    /// The entries of a range of ids, in order.
    fn entries(
        &self,
        ids: RangeInclusive<u64>,
    ) -> impl Future<Output = Result<Vec<Entry<Self::User>>, Self::Error>> + Send;
    /// The users with these ids, which are in order; those that do not exist (any more) are left out.
    fn users(&self, ids: &[u64]) -> impl Future<Output = Result<Vec<(u64, Self::User)>, Self::Error>> + Send;
    /// Voids an id that no user has, so that no user will ever have it.
    fn void_id(&self, id: u64) -> impl Future<Output = Result<Voided, Self::Error>> + Send;
    /// Writes both rows of a block atomically, if its `version` is still that of `read`; returns whether it did.
    /// `sealed.version` is ignored: the row's own is raised.
    fn advance(
        &self,
        read: &Count,
        sealed: &Count,
        bitmap: &Bitmap,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
    /// Writes both rows of a block atomically, if its `bitmap_version` is still that of `read`; returns whether it did.
    /// It removes the `compacted` ids from the deleted ones; ids deleted meanwhile stay. `sealed_through` does not
    /// change.
    fn compact(
        &self,
        read: &Count,
        compacted: &[u64],
        bitmap: &Bitmap,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
    /// Whether a reserved id seems abandoned, judged by the entries around it. A wrong result does no harm.
    fn is_abandoned(&self, gap: u64, entries: &[Entry<Self::User>]) -> bool;
    /// The error that two rows of a block never agreed.
    fn inconsistent() -> Self::Error;
    /// Waits before the next reading; `false` if there must be no more.
    fn pause(&self, tries: u32) -> impl Future<Output = bool> + Send;
}

/// The count rows up to the frontier's: each block before it is decided to its end. Rows after a gap are left out: their
/// neighbour was read before it was sealed to its end, and above the frontier every user is read.
fn sealed<'a, L: IndexStore>(counts: &'a [Count], reserved: &ReservedIds) -> &'a [Count] {
    let counts = counts.get(counts.partition_point(|count| count.block < reserved.first_block)..).unwrap_or_default();
    let mut rows = 0;
    for (count, block) in counts.iter().zip(reserved.first_block..) {
        if count.block != block || count.sealed_through.is_none() {
            break;
        }
        rows += 1;
        if count.sealed_through != Some(last_of::<L>(block)) {
            break;
        }
    }
    counts.get(..rows).unwrap_or_default()
}

/// The highest decided id; 0 if none is.
fn frontier<L: IndexStore>(counts: &[Count], reserved: &ReservedIds) -> u64 {
    let none = (reserved.first_block * L::BLOCK).saturating_sub(1);
    sealed::<L>(counts, reserved).last().and_then(|count| count.sealed_through).unwrap_or(none)
}

/// The last id of a block.
fn last_of<L: IndexStore>(block: u64) -> u64 {
    (block + 1) * L::BLOCK - 1
}

/// The count row of a block; an empty one where there is none.
fn count_of(counts: &[Count], block: u64) -> Count {
    let found = counts.iter().find(|count| count.block == block);
    found.cloned().unwrap_or(Count { block, ..Count::default() })
}
