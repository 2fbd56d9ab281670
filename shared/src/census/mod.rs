//! The census: how many users an account has, and who stands at which place, without reading them
//! all, although the store has neither an offset nor a count.
//!
//! Ids are cut into blocks. Of each block two rows are kept: a [`Count`], which is small and read
//! with all others of the account, and a [`Bitmap`] of the ids that live, read for the blocks a page
//! touches. Both speak of the ids up to [`Count::upto`], which are *decided*: a user stands there, or
//! stood there, or never will. The highest decided id of an account is its *frontier*; whoever stands
//! above it, the *tail*, is read.
//!
//! - A create writes nothing here, so creates do not meet. An id that was leased and not used is a
//!   gap; only what is written under the user's own key, a *plug*, decides it: a create that comes
//!   late fails on the plug, however late it is.
//! - A delete adds its id to the block's count row, whatever state that is in, and raises `rev`.
//! - Whoever *seals* reads the count row first, then the rest, and writes both rows on condition of
//!   the `rev` that was read; if that fails, nothing has happened. Only the frontier's block advances.
//!   Where deletions are only folded into the bitmap, the condition is its `ver`, so that deletions
//!   that go on do not keep it from being done.
//! - A list takes frontier and counts from one reading, and drops whoever it does not find.
//!
//! What a list promises: a write that was answered before it began is in it; one that overlaps is in
//! it or not; page and total are of one set. The rules were found by trying them on random schedules
//! in which transactions become visible one item at a time; the tests here do the same.

mod bitmap;
mod page;
mod rebuild;
mod seal;

#[cfg(test)]
mod model;

use std::{collections::BTreeSet, fmt::Display, future::Future, ops::RangeInclusive};

pub(crate) use bitmap::Bitmap;
pub(crate) use page::page;
pub(crate) use rebuild::{Decided, rebuild, standing};
pub(crate) use seal::{Sealing, seal};

use crate::domain::Timestamp;

/// The count row of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) block: u64,
    /// Ids that lived when the block was last sealed.
    pub(crate) born: u64,
    /// All ids up to here are decided; `None` while the block was never sealed.
    pub(crate) upto: Option<u64>,
    /// Ids deleted since.
    pub(crate) dead: BTreeSet<u64>,
    /// Raised by every writer; never goes back.
    pub(crate) rev: u64,
    /// Which bitmap belongs to this row.
    pub(crate) ver: u64,
}

impl Count {
    /// How many of the decided ids live.
    fn live(&self) -> u64 {
        let Some(upto) = self.upto else { return 0 };
        self.born.saturating_sub(self.dead.range(..=upto).count() as u64)
    }
}

/// What stands under an id.
#[derive(Clone, Debug)]
pub(crate) struct Entry<U> {
    pub(crate) id: u64,
    pub(crate) standing: Standing<U>,
}

/// A user, or what keeps one from ever standing there.
#[derive(Clone, Debug)]
pub(crate) enum Standing<U> {
    /// No user will ever have this id.
    Plug,
    /// A user, whole if so much was read, and when it was made.
    User(Option<U>, Timestamp),
}

/// What became of a plug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plugged {
    /// No user will ever have this id.
    Done,
    /// A user has it.
    User,
    /// Another writer holds it; there is no telling.
    Busy,
}

/// The ids of an account that can have been given to users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leased {
    /// The highest.
    pub(crate) last: u64,
    /// The first block in which there are any: users that were brought over with their ids may begin
    /// anywhere.
    pub(crate) first_block: u64,
    /// Users are being brought over with their ids: nothing is sealed before that is done.
    pub(crate) is_importing: bool,
}

/// What the census needs of a store, for one account.
pub(crate) trait Ledger: Sync {
    /// Ids of a block.
    const BLOCK: u64;
    /// Ids above the frontier beyond which a list moves it.
    const TAIL: u64;
    /// Deleted ids in a count row beyond which they are folded into the bitmap.
    const DEAD: usize;
    /// A user.
    type User: Clone + Send;
    /// Why it cannot.
    type Error: Display + Send;

    /// The ids that were leased.
    fn leased(&self) -> impl Future<Output = Result<Leased, Self::Error>> + Send;
    /// All count rows, in order of their blocks.
    fn counts(&self) -> impl Future<Output = Result<Vec<Count>, Self::Error>> + Send;
    /// The bitmap of a block; an empty one of version 0 where there is none.
    fn bitmap(&self, block: u64) -> impl Future<Output = Result<Bitmap, Self::Error>> + Send;
    /// All that stands under a range of ids, in order.
    fn entries(
        &self,
        ids: RangeInclusive<u64>,
    ) -> impl Future<Output = Result<Vec<Entry<Self::User>>, Self::Error>> + Send;
    /// The users with these ids, which are in order; those who are gone are left out.
    fn users(&self, ids: &[u64]) -> impl Future<Output = Result<Vec<(u64, Self::User)>, Self::Error>> + Send;
    /// Keeps any user from getting an id that nobody has.
    fn plug(&self, id: u64) -> impl Future<Output = Result<Plugged, Self::Error>> + Send;
    /// Writes both rows of a block at once, on condition that its `rev` is still the one of `read`;
    /// whether it did. `sealed.rev` is not looked at: the row's own is raised.
    fn advance(
        &self,
        read: &Count,
        sealed: &Count,
        bitmap: &Bitmap,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
    /// Writes both rows of a block at once, on condition that its `ver` is still the one of `read`:
    /// `folded` leave the deleted ids, and those that came meanwhile stay; whether it did. `upto` stays.
    fn fold(
        &self,
        read: &Count,
        folded: &[u64],
        bitmap: &Bitmap,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
    /// Whether nobody can be expected to use a leased id any more, by what stands around it. A
    /// courtesy: nothing goes wrong where this is mistaken.
    fn is_abandoned(&self, gap: u64, entries: &[Entry<Self::User>]) -> bool;
    /// That two rows of a block never agreed.
    fn torn() -> Self::Error;
    /// Waits before another reading; `false` when there shall be none.
    fn pause(&self, tries: u32) -> impl Future<Output = bool> + Send;
}

/// The count rows up to the frontier's: each block before it is decided to its end. Rows after a gap
/// are left out: their neighbour was read before it was sealed to its end, and above the frontier
/// everybody is read.
fn sealed<'a, L: Ledger>(counts: &'a [Count], leased: &Leased) -> &'a [Count] {
    let counts = counts.get(counts.partition_point(|count| count.block < leased.first_block)..).unwrap_or_default();
    let mut rows = 0;
    for (count, block) in counts.iter().zip(leased.first_block..) {
        if count.block != block || count.upto.is_none() {
            break;
        }
        rows += 1;
        if count.upto != Some(last_of::<L>(block)) {
            break;
        }
    }
    counts.get(..rows).unwrap_or_default()
}

/// The highest decided id; 0 where none is.
fn frontier<L: Ledger>(counts: &[Count], leased: &Leased) -> u64 {
    let none = (leased.first_block * L::BLOCK).saturating_sub(1);
    sealed::<L>(counts, leased).last().and_then(|count| count.upto).unwrap_or(none)
}

/// The last id of a block.
fn last_of<L: Ledger>(block: u64) -> u64 {
    (block + 1) * L::BLOCK - 1
}

/// The count row of a block; an empty one where there is none.
fn count_of(counts: &[Count], block: u64) -> Count {
    let found = counts.iter().find(|count| count.block == block);
    found.cloned().unwrap_or(Count { block, ..Count::default() })
}
