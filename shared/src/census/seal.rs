//! The frontier moved on, and deletions folded in.

use super::{Bitmap, Count, Entry, Ledger, Plugged, Standing, count_of, frontier};
use crate::store::StoreError;

/// Moves the frontier on by what stands above it in its block, or, where there is nothing to move it
/// by, folds the deletions of a block that has many; whether anything was done. To be called again
/// while it was.
pub(crate) async fn seal<L: Ledger>(ledger: &L) -> Result<bool, StoreError> {
    // Frontier and counts first: whatever is read after them can only be newer.
    let (leased, counts) = tokio::try_join!(ledger.leased(), ledger.counts())?;
    let first = frontier(&counts) + 1;
    if first <= leased {
        let count = count_of(&counts, first / L::BLOCK);
        let last = leased.min(last_of::<L>(count.block));
        let (bitmap, entries) = tokio::try_join!(ledger.bitmap(count.block), ledger.entries(first..=last))?;
        if advance(ledger, &count, bitmap, &entries, leased).await? {
            return Ok(true);
        }
    }
    let Some(count) = counts.iter().find(|count| count.upto.is_some() && count.dead.len() > L::DEAD) else {
        return Ok(false);
    };
    fold(ledger, count, ledger.bitmap(count.block).await?).await
}

/// Moves the frontier on within the block of `count`, as far as ids are decided; whether it did.
/// `bitmap` and `entries`, those above the frontier, were read after `count`.
pub(crate) async fn advance<L: Ledger>(
    ledger: &L,
    count: &Count,
    bitmap: Bitmap,
    entries: &[Entry<L::User>],
    leased: u64,
) -> Result<bool, StoreError> {
    if bitmap.ver != count.ver {
        return Ok(false);
    }
    // There is no user 0.
    let first = count.upto.map_or(count.block * L::BLOCK, |upto| upto + 1).max(1);
    let last = leased.min(last_of::<L>(count.block));
    let (mut seen, mut upto) = (Vec::new(), None);
    for id in first..=last {
        let found = entries.binary_search_by_key(&id, |entry| entry.id).ok().and_then(|place| entries.get(place));
        let lives = match found.map(|entry| &entry.standing) {
            Some(Standing::User(..)) => true,
            Some(Standing::Plug) => false,
            None if count.dead.contains(&id) => false,
            None if !ledger.is_abandoned(id, entries) => break,
            None => match ledger.plug(id).await? {
                Plugged::Done => false,
                Plugged::User => true,
                Plugged::Busy => break,
            },
        };
        if lives && !count.dead.contains(&id) {
            seen.push(id - count.block * L::BLOCK);
        }
        upto = Some(id);
    }
    match upto {
        Some(upto) => write(ledger, count, bitmap, upto, seen).await,
        None => Ok(false),
    }
}

/// Takes the deleted ids of a block out of its bitmap; whether it did. `bitmap` was read after
/// `count`.
pub(super) async fn fold<L: Ledger>(ledger: &L, count: &Count, bitmap: Bitmap) -> Result<bool, StoreError> {
    match count.upto {
        Some(upto) if bitmap.ver == count.ver && count.dead.range(..=upto).next().is_some() => {
            write(ledger, count, bitmap, upto, Vec::new()).await
        }
        _ => Ok(false),
    }
}

async fn write<L: Ledger>(
    ledger: &L,
    count: &Count,
    mut bitmap: Bitmap,
    upto: u64,
    seen: Vec<u64>,
) -> Result<bool, StoreError> {
    for id in &count.dead {
        bitmap.remove(id - count.block * L::BLOCK);
    }
    for n in seen {
        bitmap.insert(n);
    }
    bitmap.ver = count.ver + 1;
    let dead = count.dead.iter().copied().filter(|id| *id > upto).collect();
    let sealed = Count { born: bitmap.len(), upto: Some(upto), dead, ver: bitmap.ver, ..count.clone() };
    ledger.write(count, &sealed, &bitmap).await
}

/// The last id of a block.
pub(super) fn last_of<L: Ledger>(block: u64) -> u64 {
    (block + 1) * L::BLOCK - 1
}
