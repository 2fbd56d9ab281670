//! A page of an account's users, by its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use futures_util::future::try_join_all;

#[cfg(test)]
use super::model::{Flaw, is_planted};
use super::{
    Bitmap, Count, Entry, Leased, Ledger, Sealing, Standing, count_of, frontier, last_of,
    seal::{advance, due_for_folding, fold, seal},
    sealed,
};

/// A page of users, and how many there are in all. Both are of one set.
#[derive(Clone, Debug)]
pub(crate) struct Page<U> {
    pub(crate) users: Vec<U>,
    pub(crate) total: u64,
}

/// Blocks above the frontier beyond which a list does not read them all, but seals first.
const LONG: u64 = 2;
/// Sealings in which somebody else was first, beyond which a list reads what there is.
const LOST: u32 = 8;

/// The users after the first `offset`, at most `limit`. Where many stand above the frontier, or many
/// were deleted below it, one try is made beside the reading to seal them, once `admitted` is done.
/// Where a great many do, they are sealed before; what was sealed stays, should time run out.
pub(crate) async fn page<L: Ledger>(
    ledger: &L,
    offset: u64,
    limit: u64,
    admitted: impl Future<Output = ()> + Send,
) -> Result<Page<L::User>, L::Error> {
    let (mut admitted, mut lost) = (Some(admitted), 0);
    let (leased, counts) = loop {
        let (leased, counts) = tokio::try_join!(ledger.leased(), ledger.counts())?;
        if leased.last.saturating_sub(frontier::<L>(&counts, &leased)) <= LONG * L::BLOCK {
            break (leased, counts);
        }
        if let Some(admitted) = admitted.take() {
            admitted.await;
        }
        match seal(ledger).await? {
            Sealing::Done => {}
            Sealing::Lost if lost < LOST => lost += 1,
            Sealing::Lost | Sealing::Idle => break (leased, counts),
        }
    };
    let first = frontier::<L>(&counts, &leased) + 1;
    let mut roll = Roll::new(ledger, sealed::<L>(&counts, &leased), offset, limit);
    let due = Due::of::<L>(&counts, &leased);
    let leased = leased.last;
    let tail = async { if first > leased { Ok(Vec::new()) } else { ledger.entries(first..=leased).await } };
    let bitmap = async {
        // What is only good for later lists is no reason to fail.
        match &due {
            Some(due) => Ok(ledger.bitmap(due.count().block).await.ok()),
            None => Ok(None),
        }
    };
    let (tail, bitmap, ()) = tokio::try_join!(tail, bitmap, roll.load())?;
    roll.add_tail(&tail);
    let beside = async {
        let (Some(due), Some(bitmap)) = (&due, bitmap) else { return };
        if let Some(admitted) = admitted {
            admitted.await;
        }
        if let Err(error) = due.done(ledger, bitmap, &tail, leased).await {
            tracing::warn!(%error, "users were not sealed; a later list does it");
        }
    };
    let (page, ()) = tokio::join!(roll.page(), beside);
    page
}

/// What a list does for those after it.
enum Due {
    Advance(Count),
    Fold(Count),
}

impl Due {
    /// Folding comes first: a count row with many deletions is dear for all who write to it.
    fn of<L: Ledger>(counts: &[Count], leased: &Leased) -> Option<Self> {
        if leased.is_importing {
            return None;
        }
        let frontier = frontier::<L>(counts, leased);
        let fold = due_for_folding::<L>(counts, leased).cloned().map(Self::Fold);
        let advance = leased.last.saturating_sub(frontier) > L::TAIL;
        fold.or_else(|| advance.then(|| Self::Advance(count_of(counts, (frontier + 1) / L::BLOCK))))
    }

    const fn count(&self) -> &Count {
        match self {
            Self::Advance(count) | Self::Fold(count) => count,
        }
    }

    async fn done<L: Ledger>(
        &self,
        ledger: &L,
        bitmap: Bitmap,
        tail: &[Entry<L::User>],
        leased: u64,
    ) -> Result<Sealing, L::Error> {
        match self {
            Self::Advance(count) => advance(ledger, count, bitmap, tail, leased).await,
            Self::Fold(count) => fold(ledger, count, bitmap).await,
        }
    }
}

/// The users in order, as far as they must be known to cut the page.
struct Roll<'a, L: Ledger> {
    ledger: &'a L,
    offset: u64,
    limit: u64,
    blocks: Vec<Block>,
    /// Users above the frontier.
    tail: Vec<u64>,
    known: BTreeMap<u64, L::User>,
}

/// The decided ids of a block.
struct Block {
    count: Count,
    /// Those that live, once the bitmap has been read.
    ids: Option<Vec<u64>>,
}

impl Block {
    /// How many live: by the bitmap, which may be newer than the count row and loses whoever is not
    /// found, as soon as it has been read.
    fn len(&self) -> u64 {
        #[cfg(test)]
        if is_planted(Flaw::NoRecount) {
            return self.count.live();
        }
        self.ids.as_ref().map_or_else(|| self.count.live(), |ids| ids.len() as u64)
    }
}

impl<'a, L: Ledger> Roll<'a, L> {
    fn new(ledger: &'a L, sealed: &[Count], offset: u64, limit: u64) -> Self {
        let blocks = sealed.iter().map(|count| Block { count: count.clone(), ids: None }).collect();
        Self { ledger, offset, limit, blocks, tail: Vec::new(), known: BTreeMap::new() }
    }

    fn add_tail(&mut self, entries: &[Entry<L::User>]) {
        for entry in entries {
            if let Standing::User(user, _) = &entry.standing {
                self.tail.push(entry.id);
                self.known.extend(user.clone().map(|user| (entry.id, user)));
            }
        }
    }

    /// Reads the bitmaps of all blocks that the page touches.
    async fn load(&mut self) -> Result<(), L::Error> {
        let mut tries = 0;
        loop {
            let touched = self.touched();
            if touched.is_empty() {
                return Ok(());
            }
            let bitmaps = touched.iter().filter_map(|place| self.blocks.get(*place));
            let bitmaps = try_join_all(bitmaps.map(|block| self.ledger.bitmap(block.count.block))).await?;
            let mut torn = false;
            for (place, bitmap) in touched.into_iter().zip(bitmaps) {
                let Some(block) = self.blocks.get_mut(place) else { continue };
                // The count row was seen before its bitmap: half of a transaction.
                let newer = bitmap.ver >= block.count.ver;
                #[cfg(test)]
                let newer = newer || is_planted(Flaw::TornRows);
                if newer {
                    block.ids = Some(living::<L>(&block.count, &bitmap));
                } else {
                    torn = true;
                }
            }
            if torn {
                tries += 1;
                if !self.ledger.pause(tries).await {
                    return Err(L::torn());
                }
            }
        }
    }

    /// The blocks on which the page may lie and of which no bitmap has been read.
    fn touched(&self) -> Vec<usize> {
        let (mut before, mut touched) = (0, Vec::new());
        let end = self.offset.saturating_add(self.limit);
        for (place, block) in self.blocks.iter().enumerate() {
            let len = block.len();
            if block.ids.is_none() && before < end && before + len > self.offset {
                touched.push(place);
            }
            before += len;
        }
        touched
    }

    /// The ids of the page.
    fn ids(&self) -> Vec<u64> {
        let (mut before, mut page) = (0, Vec::new());
        let end = self.offset.saturating_add(self.limit);
        let blocks = self.blocks.iter().map(|block| (block.len(), block.ids.as_deref()));
        for (len, ids) in blocks.chain([(self.tail.len() as u64, Some(self.tail.as_slice()))]) {
            let cut = |place: u64| usize::try_from(place.clamp(before, before + len) - before).unwrap_or(usize::MAX);
            if let Some(ids) = ids {
                page.extend_from_slice(ids.get(cut(self.offset)..cut(end)).unwrap_or_default());
            }
            before += len;
        }
        page
    }

    /// The page of these ids, as far as they are known.
    fn cut(mut self, ids: &[u64]) -> Page<L::User> {
        let total = self.blocks.iter().map(Block::len).sum::<u64>() + self.tail.len() as u64;
        Page { users: ids.iter().filter_map(|id| self.known.remove(id)).collect(), total }
    }

    /// The page's users. Whoever is not found was deleted since: it leaves page and total, and others
    /// move up.
    async fn page(mut self) -> Result<Page<L::User>, L::Error> {
        loop {
            self.load().await?;
            let ids = self.ids();
            let unknown: Vec<_> = ids.iter().copied().filter(|id| !self.known.contains_key(id)).collect();
            if unknown.is_empty() {
                return Ok(self.cut(&ids));
            }
            self.known.extend(self.ledger.users(&unknown).await?);
            #[cfg(test)]
            if is_planted(Flaw::NoRepair) {
                return Ok(self.cut(&ids));
            }
            let gone: BTreeSet<_> = unknown.into_iter().filter(|id| !self.known.contains_key(id)).collect();
            for ids in self.blocks.iter_mut().filter_map(|block| block.ids.as_mut()).chain([&mut self.tail]) {
                ids.retain(|id| !gone.contains(id));
            }
        }
    }
}

/// The ids of a block that live, by both of its rows.
fn living<L: Ledger>(count: &Count, bitmap: &Bitmap) -> Vec<u64> {
    let upto = count.upto.unwrap_or(0).min(last_of::<L>(count.block));
    let ids = bitmap.iter().map(|n| count.block * L::BLOCK + n);
    ids.take_while(|id| *id <= upto).filter(|id| !count.dead.contains(id)).collect()
}
