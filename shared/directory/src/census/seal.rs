//! Sealing: moves the frontier, and compacts deletions.

use super::{Bitmap, Count, Entry, IndexStore, ReservedIds, Slot, Voided, count_of, frontier, last_of, sealed};

/// Gaps that one sealing voids at most: each is a request of its own.
const MAX_VOIDS: usize = 32;
/// Ids after a block that are read to judge whether a gap at its end is abandoned.
const LOOKAHEAD: u64 = 256;

/// The result of sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// Something was done, and there may be more to do.
    Done,
    /// There is nothing to do, or nothing that can be done yet.
    Idle,
    /// Another writer was first.
    Lost,
}

impl Sealing {
    const fn of(written: bool) -> Self {
        if written { Self::Done } else { Self::Lost }
    }
}

/// Moves the frontier past what stands above it in its block; where it cannot move, compacts the deletions of a block
/// that has many.
///
/// # Errors
/// The store's.
pub async fn seal<L: IndexStore>(store: &L) -> Result<Sealing, L::Error> {
    // Frontier and counts first: what is read after them can only be newer.
    let (reserved, counts) = tokio::try_join!(store.reserved(), store.counts())?;
    if reserved.is_importing {
        return Ok(Sealing::Idle);
    }
    let first = frontier::<L>(&counts, &reserved) + 1;
    let due = due_for_compaction::<L>(&counts, &reserved);
    let reserved = reserved.last;
    if first <= reserved {
        let count = count_of(&counts, first / L::BLOCK);
        let last = reserved.min(last_of::<L>(count.block) + LOOKAHEAD);
        let (bitmap, entries) = tokio::try_join!(store.bitmap(count.block), store.entries(first..=last))?;
        let sealing = advance(store, &count, bitmap, &entries, reserved).await?;
        if sealing != Sealing::Idle {
            return Ok(sealing);
        }
    }
    match due {
        Some(count) => compact(store, count, store.bitmap(count.block).await?).await,
        None => Ok(Sealing::Idle),
    }
}

/// A block whose deletions should be compacted into its bitmap.
pub(super) fn due_for_compaction<'a, L: IndexStore>(counts: &'a [Count], reserved: &ReservedIds) -> Option<&'a Count> {
    sealed::<L>(counts, reserved).iter().find(|count| count.deleted.len() > L::MAX_DELETED)
}

/// Moves the frontier within the block of `count`, as far as ids are decided. `bitmap` and `entries`, those above the
/// frontier, were read after `count`.
pub(super) async fn advance<L: IndexStore>(
    store: &L,
    count: &Count,
    bitmap: Bitmap,
    entries: &[Entry<L::User>],
    reserved: u64,
) -> Result<Sealing, L::Error> {
    if bitmap.bitmap_version != count.bitmap_version {
        return Ok(Sealing::Lost);
    }
    // There is no user 0.
    let first = count.sealed_through.map_or(count.block * L::BLOCK, |sealed_through| sealed_through + 1).max(1);
    let last = reserved.min(last_of::<L>(count.block));
    let (mut seen, mut sealed_through, mut voids) = (Vec::new(), None, 0);
    for id in first..=last {
        let found = entries.binary_search_by_key(&id, |entry| entry.id).ok().and_then(|index| entries.get(index));
        let lives = match found.map(|entry| &entry.slot) {
            Some(Slot::User(..)) => true,
            Some(Slot::Void) => false,
            None if count.deleted.contains(&id) => false,
            None if voids == MAX_VOIDS || !store.is_abandoned(id, entries) => break,
            None => {
                voids += 1;
                match store.void_id(id).await? {
                    Voided::Done => false,
                    Voided::User => true,
                    Voided::Busy => break,
                }
            }
        };
        if lives && !count.deleted.contains(&id) {
            seen.push(id - count.block * L::BLOCK);
        }
        sealed_through = Some(id);
    }
    let Some(sealed_through) = sealed_through else { return Ok(Sealing::Idle) };
    let mut bitmap = without_deleted::<L>(bitmap, count);
    for n in seen {
        bitmap.insert(n);
    }
    let deleted = count.deleted.iter().copied().filter(|id| *id > sealed_through).collect();
    let sealed = Count {
        live_at_seal: bitmap.count_ones(),
        sealed_through: Some(sealed_through),
        deleted,
        bitmap_version: bitmap.bitmap_version,
        ..count.clone()
    };
    Ok(Sealing::of(store.advance(count, &sealed, &bitmap).await?))
}

/// Takes the deleted ids of a block out of its bitmap. `bitmap` was read after `count`.
pub(super) async fn compact<L: IndexStore>(store: &L, count: &Count, bitmap: Bitmap) -> Result<Sealing, L::Error> {
    let Some(sealed_through) = count.sealed_through else { return Ok(Sealing::Idle) };
    if bitmap.bitmap_version != count.bitmap_version {
        return Ok(Sealing::Lost);
    }
    let compacted: Vec<u64> = count.deleted.range(..=sealed_through).copied().collect();
    if compacted.is_empty() {
        return Ok(Sealing::Idle);
    }
    let bitmap = without_deleted::<L>(bitmap, count);
    Ok(Sealing::of(store.compact(count, &compacted, &bitmap).await?))
}

/// The next version of a bitmap, without the deleted ids.
fn without_deleted<L: IndexStore>(mut bitmap: Bitmap, count: &Count) -> Bitmap {
    for id in &count.deleted {
        bitmap.remove(id - count.block * L::BLOCK);
    }
    bitmap.bitmap_version = count.bitmap_version + 1;
    bitmap
}
