//! The rows of a block, written again from the users in it.

use std::collections::BTreeSet;

use super::{Bitmap, Count, Entry, IndexStore, Slot, count_of, last_of, seal::Sealing};

/// The information about a block's ids other than the users in it.
#[derive(Debug)]
pub struct Decided {
    /// No user can get an id up to this one any more.
    pub sealed_through: u64,
    /// Ids whose users were deleted.
    pub deleted: BTreeSet<u64>,
    /// Ids that the count row wrongly has among the deleted: their users still exist long after.
    pub living: BTreeSet<u64>,
}

/// Writes both rows of a block from its users, regardless of the old rows. All ids up to [`Decided::sealed_through`]
/// count as decided. Later ids count as decided if a user has or had them. `decide` runs after the count row is read
/// and before the users are read.
///
/// # Errors
/// The store's.
pub async fn rebuild<L: IndexStore>(
    store: &L,
    block: u64,
    decide: impl Future<Output = Result<Decided, L::Error>>,
) -> Result<Sealing, L::Error> {
    let count = count_of(&store.counts().await?, block);
    let decided = decide.await?;
    let first = (block * L::BLOCK).max(1);
    let (bitmap, entries) = tokio::try_join!(store.bitmap(block), store.entries(first..=last_of::<L>(block)))?;
    let (sealed, bitmap) = made::<L>(&count, &bitmap, &entries, &decided);
    Ok(if store.advance(&count, &sealed, &bitmap).await? { Sealing::Done } else { Sealing::Lost })
}

/// Whether the rows of a sealed block agree with the users in it. `count` was read before.
///
/// # Errors
/// The store's.
pub async fn is_consistent<L: IndexStore>(store: &L, count: &Count) -> Result<bool, L::Error> {
    let Some(sealed_through) = count.sealed_through else { return Ok(true) };
    let first = (count.block * L::BLOCK).max(1);
    let (bitmap, entries) = tokio::try_join!(store.bitmap(count.block), store.entries(first..=sealed_through))?;
    let indexed: BTreeSet<u64> =
        bitmap.iter().map(|n| count.block * L::BLOCK + n).filter(|id| !count.deleted.contains(id)).collect();
    let lives = |entry: &&Entry<L::User>| matches!(entry.slot, Slot::User(..));
    let found: BTreeSet<u64> = entries.iter().filter(lives).map(|entry| entry.id).collect();
    Ok(bitmap.bitmap_version == count.bitmap_version && bitmap.count_ones() == count.live_at_seal && indexed == found)
}

fn made<L: IndexStore>(count: &Count, old: &Bitmap, entries: &[Entry<L::User>], decided: &Decided) -> (Count, Bitmap) {
    let deleted: BTreeSet<u64> = count.deleted.difference(&decided.living).copied().collect();
    let first = (count.block * L::BLOCK).max(1);
    let entry = |id: u64| entries.binary_search_by_key(&id, |entry| entry.id).ok().and_then(|index| entries.get(index));
    let is_gone = |id: u64| deleted.contains(&id) || decided.deleted.contains(&id);
    let is_decided = |id: &u64| *id <= decided.sealed_through || is_gone(*id) || entry(*id).is_some();
    let sealed_through = (first..=last_of::<L>(count.block)).take_while(is_decided).last();
    let mut bitmap = Bitmap { bitmap_version: count.bitmap_version.max(old.bitmap_version) + 1, bytes: Vec::new() };
    for entry in entries.iter().filter(|entry| sealed_through.is_some_and(|sealed_through| entry.id <= sealed_through))
    {
        if matches!(entry.slot, Slot::User(..)) && !deleted.contains(&entry.id) {
            bitmap.insert(entry.id - count.block * L::BLOCK);
        }
    }
    let deleted =
        deleted.into_iter().filter(|id| sealed_through.is_none_or(|sealed_through| *id > sealed_through)).collect();
    (
        Count {
            live_at_seal: bitmap.count_ones(),
            sealed_through,
            deleted,
            bitmap_version: bitmap.bitmap_version,
            ..count.clone()
        },
        bitmap,
    )
}
