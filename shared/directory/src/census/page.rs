//! A page of an account's users, by its position.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use futures_util::future::try_join_all;

use super::{
    Bitmap, Count, Entry, IndexStore, ReservedIds, Sealing, Slot, count_of, frontier, last_of,
    seal::{advance, compact, due_for_compaction, seal},
    sealed,
};

/// A page of users, and how many there are in all. Both are of one set.
#[derive(Clone, Debug)]
pub struct Page<U> {
    /// The users, in order of their ids.
    pub users: Vec<U>,
    /// All users of the account.
    pub total: u64,
}

/// Blocks above the frontier beyond which a list does not read them all, but seals first.
const MAX_UNSEALED_BLOCKS: u64 = 2;
/// Sealings in which another writer was first, beyond which a list reads what there is.
const MAX_LOST_SEALS: u32 = 8;

/// The users after the first `offset`, at most `limit`.
///
/// If many users are above the frontier, or many were deleted below it, one attempt to seal them runs concurrently with
/// the reading, once `authenticated` is done. If there are very many, they are sealed first. What was sealed stays
/// sealed if time runs out.
///
/// # Errors
/// The store's.
pub async fn page<L: IndexStore>(
    store: &L,
    offset: u64,
    limit: u64,
    authenticated: impl Future<Output = ()> + Send,
) -> Result<Page<L::User>, L::Error> {
    let (mut authenticated, mut lost) = (Some(authenticated), 0);
    let (reserved, counts) = loop {
        let (reserved, counts) = tokio::try_join!(store.reserved(), store.counts())?;
        if reserved.last.saturating_sub(frontier::<L>(&counts, &reserved)) <= MAX_UNSEALED_BLOCKS * L::BLOCK {
            break (reserved, counts);
        }
        if let Some(authenticated) = authenticated.take() {
            authenticated.await;
        }
        match seal(store).await? {
            Sealing::Done => {}
            Sealing::Lost if lost < MAX_LOST_SEALS => lost += 1,
            Sealing::Lost | Sealing::Idle => break (reserved, counts),
        }
    };
    let first = frontier::<L>(&counts, &reserved) + 1;
    let mut builder = PageBuilder::new(store, sealed::<L>(&counts, &reserved), offset, limit);
    let due = Due::of::<L>(&counts, &reserved);
    let reserved = reserved.last;
    let tail = async { if first > reserved { Ok(Vec::new()) } else { store.entries(first..=reserved).await } };
    let bitmap = async {
        // A failure here affects only later lists, so it is ignored.
        match &due {
            Some(due) => Ok(store.bitmap(due.count().block).await.ok()),
            None => Ok(None),
        }
    };
    let (tail, bitmap, ()) = tokio::try_join!(tail, bitmap, builder.load())?;
    builder.add_tail(&tail);
    let background = async {
        let (Some(due), Some(bitmap)) = (&due, bitmap) else { return };
        if let Some(authenticated) = authenticated {
            authenticated.await;
        }
        if let Err(error) = due.run(store, bitmap, &tail, reserved).await {
            tracing::warn!(%error, "users were not sealed; a later list does it");
        }
    };
    let (page, ()) = tokio::join!(builder.page(), background);
    page
}

/// The work of a list that makes later lists cheaper.
enum Due {
    Advance(Count),
    Compact(Count),
}

impl Due {
    /// Compaction comes first: a count row with many deletions is expensive for every writer.
    fn of<L: IndexStore>(counts: &[Count], reserved: &ReservedIds) -> Option<Self> {
        if reserved.is_importing {
            return None;
        }
        let frontier = frontier::<L>(counts, reserved);
        let compact = due_for_compaction::<L>(counts, reserved).cloned().map(Self::Compact);
        let advance = reserved.last.saturating_sub(frontier) > L::MAX_TAIL;
        compact.or_else(|| advance.then(|| Self::Advance(count_of(counts, (frontier + 1) / L::BLOCK))))
    }

    const fn count(&self) -> &Count {
        match self {
            Self::Advance(count) | Self::Compact(count) => count,
        }
    }

    async fn run<L: IndexStore>(
        &self,
        store: &L,
        bitmap: Bitmap,
        tail: &[Entry<L::User>],
        reserved: u64,
    ) -> Result<Sealing, L::Error> {
        match self {
            Self::Advance(count) => advance(store, count, bitmap, tail, reserved).await,
            Self::Compact(count) => compact(store, count, bitmap).await,
        }
    }
}

/// Builds a page: the ids in order, as far as they must be known to cut it.
struct PageBuilder<'a, L: IndexStore> {
    store: &'a L,
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
    /// How many live: by the bitmap, once it has been read, which may be newer than the count row and loses the users that
    /// are not found.
    fn len(&self) -> u64 {
        self.ids.as_ref().map_or_else(|| self.count.live(), |ids| ids.len() as u64)
    }
}

impl<'a, L: IndexStore> PageBuilder<'a, L> {
    fn new(store: &'a L, sealed: &[Count], offset: u64, limit: u64) -> Self {
        let blocks = sealed.iter().map(|count| Block { count: count.clone(), ids: None }).collect();
        Self { store, offset, limit, blocks, tail: Vec::new(), known: BTreeMap::new() }
    }

    fn add_tail(&mut self, entries: &[Entry<L::User>]) {
        for entry in entries {
            if let Slot::User(user, _) = &entry.slot {
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
            let bitmaps = touched.iter().filter_map(|index| self.blocks.get(*index));
            let bitmaps = try_join_all(bitmaps.map(|block| self.store.bitmap(block.count.block))).await?;
            let mut is_inconsistent = false;
            for (index, bitmap) in touched.into_iter().zip(bitmaps) {
                let Some(block) = self.blocks.get_mut(index) else { continue };
                // The count row was seen before its bitmap: half of a transaction.
                let newer = bitmap.bitmap_version >= block.count.bitmap_version;
                if newer {
                    block.ids = Some(living::<L>(&block.count, &bitmap));
                } else {
                    is_inconsistent = true;
                }
            }
            if is_inconsistent {
                tries += 1;
                if !self.store.pause(tries).await {
                    return Err(L::inconsistent());
                }
            }
        }
    }

    /// The blocks on which the page may lie and of which no bitmap has been read.
    fn touched(&self) -> Vec<usize> {
        let (mut before, mut touched) = (0, Vec::new());
        let end = self.offset.saturating_add(self.limit);
        for (index, block) in self.blocks.iter().enumerate() {
            let len = block.len();
            if block.ids.is_none() && before < end && before + len > self.offset {
                touched.push(index);
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
            let cut = |position: u64| {
                usize::try_from(position.clamp(before, before + len) - before).expect("a block has few ids")
            };
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

    /// The page's users. A user that is not found was deleted since: it leaves page and total, and others move up.
    async fn page(mut self) -> Result<Page<L::User>, L::Error> {
        loop {
            self.load().await?;
            let ids = self.ids();
            let unknown: Vec<_> = ids.iter().copied().filter(|id| !self.known.contains_key(id)).collect();
            if unknown.is_empty() {
                return Ok(self.cut(&ids));
            }
            self.known.extend(self.store.users(&unknown).await?);
            let missing: BTreeSet<_> = unknown.into_iter().filter(|id| !self.known.contains_key(id)).collect();
            for ids in self.blocks.iter_mut().filter_map(|block| block.ids.as_mut()).chain([&mut self.tail]) {
                ids.retain(|id| !missing.contains(id));
            }
        }
    }
}

/// The ids of a block that live, by both of its rows.
fn living<L: IndexStore>(count: &Count, bitmap: &Bitmap) -> Vec<u64> {
    let sealed_through = count.sealed_through.unwrap_or(0).min(last_of::<L>(count.block));
    let ids = bitmap.iter().map(|n| count.block * L::BLOCK + n);
    ids.take_while(|id| *id <= sealed_through).filter(|id| !count.deleted.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use std::{future::ready, ops::RangeInclusive};

    use super::*;

    /// One block of 8 ids, sealed to its end, with fixed rows.
    struct Fixed {
        count: Count,
        bitmap: Bitmap,
        users: Vec<u64>,
    }

    impl IndexStore for Fixed {
        const BLOCK: u64 = 8;
        const MAX_TAIL: u64 = 8;
        const MAX_DELETED: usize = 8;
        type User = u64;
        type Error = String;

        async fn reserved(&self) -> Result<ReservedIds, String> {
            Ok(ReservedIds { last: 7, ..ReservedIds::default() })
        }

        async fn counts(&self) -> Result<Vec<Count>, String> {
            Ok(vec![self.count.clone()])
        }

        async fn bitmap(&self, _: u64) -> Result<Bitmap, String> {
            Ok(self.bitmap.clone())
        }

        async fn entries(&self, _: RangeInclusive<u64>) -> Result<Vec<Entry<u64>>, String> {
            Ok(Vec::new())
        }

        async fn users(&self, ids: &[u64]) -> Result<Vec<(u64, u64)>, String> {
            Ok(ids.iter().filter(|id| self.users.contains(id)).map(|id| (*id, *id)).collect())
        }

        async fn void_id(&self, _: u64) -> Result<super::super::Voided, String> {
            Err("no id is voided".to_owned())
        }

        async fn advance(&self, _: &Count, _: &Count, _: &Bitmap) -> Result<bool, String> {
            Err("nothing is sealed".to_owned())
        }

        async fn compact(&self, _: &Count, _: &[u64], _: &Bitmap) -> Result<bool, String> {
            Err("nothing is compacted".to_owned())
        }

        fn is_abandoned(&self, _: u64, _: &[Entry<u64>]) -> bool {
            false
        }

        fn inconsistent() -> String {
            "inconsistent".to_owned()
        }

        async fn pause(&self, _: u32) -> bool {
            false
        }
    }

    fn fixed(bitmap_version: u64, live: &[u64], users: &[u64]) -> Fixed {
        let mut bitmap = Bitmap { bitmap_version, ..Bitmap::default() };
        live.iter().for_each(|id| bitmap.insert(*id));
        let count =
            Count { live_at_seal: 5, sealed_through: Some(7), bitmap_version: 3, version: 3, ..Count::default() };
        Fixed { count, bitmap, users: users.to_vec() }
    }

    async fn listed(store: &Fixed, offset: u64, limit: u64) -> Result<(Vec<u64>, u64), String> {
        page(store, offset, limit, ready(())).await.map(|page| (page.users, page.total))
    }

    #[tokio::test]
    async fn a_newer_bitmap_counts_and_an_older_one_is_never_taken() {
        let newer = fixed(4, &[1, 3, 5], &[1, 3, 5]);
        assert_eq!(listed(&newer, 0, 2).await, Ok((vec![1, 3], 3)));
        let older = fixed(2, &[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]);
        assert_eq!(listed(&older, 0, 2).await, Err("inconsistent".to_owned()));
    }

    #[tokio::test]
    async fn a_user_that_is_not_found_leaves_page_and_total_and_others_move_up() {
        let store = fixed(3, &[1, 2, 3, 4, 5], &[1, 3, 4, 5]);
        assert_eq!(listed(&store, 0, 3).await, Ok((vec![1, 3, 4], 4)));
    }
}
