//! The frontier moved on, and deletions folded in.

use super::{Bitmap, Count, Entry, Leased, Ledger, Plugged, Standing, count_of, frontier, last_of, sealed};

/// Gaps that one sealing plugs at most: each is a call of its own.
const PLUGS: usize = 32;
/// Ids after a block that are looked at to tell whether a gap at its end is abandoned.
const BEYOND: u64 = 256;

/// What became of a sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealing {
    /// Something was done, and there may be more to do.
    Done,
    /// There is nothing to do, or nothing that can be done yet.
    Idle,
    /// Somebody else was there at the same time.
    Lost,
}

impl Sealing {
    const fn of(written: bool) -> Self {
        if written { Self::Done } else { Self::Lost }
    }
}

/// Moves the frontier on by what stands above it in its block, or, where there is nothing to move it
/// by, folds the deletions of a block that has many.
pub(crate) async fn seal<L: Ledger>(ledger: &L) -> Result<Sealing, L::Error> {
    // Frontier and counts first: whatever is read after them can only be newer.
    let (leased, counts) = tokio::try_join!(ledger.leased(), ledger.counts())?;
    if leased.is_importing {
        return Ok(Sealing::Idle);
    }
    let first = frontier::<L>(&counts, &leased) + 1;
    let due = due_for_folding::<L>(&counts, &leased);
    let leased = leased.last;
    if first <= leased {
        let count = count_of(&counts, first / L::BLOCK);
        let last = leased.min(last_of::<L>(count.block) + BEYOND);
        let (bitmap, entries) = tokio::try_join!(ledger.bitmap(count.block), ledger.entries(first..=last))?;
        let sealing = advance(ledger, &count, bitmap, &entries, leased).await?;
        if sealing != Sealing::Idle {
            return Ok(sealing);
        }
    }
    match due {
        Some(count) => fold(ledger, count, ledger.bitmap(count.block).await?).await,
        None => Ok(Sealing::Idle),
    }
}

/// A block whose deletions are to be folded into its bitmap.
pub(super) fn due_for_folding<'a, L: Ledger>(counts: &'a [Count], leased: &Leased) -> Option<&'a Count> {
    sealed::<L>(counts, leased).iter().find(|count| count.dead.len() > L::DEAD)
}

/// Moves the frontier on within the block of `count`, as far as ids are decided. `bitmap` and `entries`, those above the frontier, were read after `count`.
pub(crate) async fn advance<L: Ledger>(
    ledger: &L,
    count: &Count,
    bitmap: Bitmap,
    entries: &[Entry<L::User>],
    leased: u64,
) -> Result<Sealing, L::Error> {
    if bitmap.ver != count.ver {
        return Ok(Sealing::Lost);
    }
    // There is no user 0.
    let first = count.upto.map_or(count.block * L::BLOCK, |upto| upto + 1).max(1);
    let last = leased.min(last_of::<L>(count.block));
    let (mut seen, mut upto, mut plugs) = (Vec::new(), None, 0);
    for id in first..=last {
        let found = entries.binary_search_by_key(&id, |entry| entry.id).ok().and_then(|place| entries.get(place));
        let lives = match found.map(|entry| &entry.standing) {
            Some(Standing::User(..)) => true,
            Some(Standing::Plug) => false,
            None if count.dead.contains(&id) => false,
            None if plugs == PLUGS || !ledger.is_abandoned(id, entries) => break,
            None => {
                plugs += 1;
                match ledger.plug(id).await? {
                    Plugged::Done => false,
                    Plugged::User => true,
                    Plugged::Busy => break,
                }
            }
        };
        if lives && !count.dead.contains(&id) {
            seen.push(id - count.block * L::BLOCK);
        }
        upto = Some(id);
    }
    let Some(upto) = upto else { return Ok(Sealing::Idle) };
    let mut bitmap = without_dead::<L>(bitmap, count);
    for n in seen {
        bitmap.insert(n);
    }
    let dead = count.dead.iter().copied().filter(|id| *id > upto).collect();
    let sealed = Count { born: bitmap.len(), upto: Some(upto), dead, ver: bitmap.ver, ..count.clone() };
    Ok(Sealing::of(ledger.advance(count, &sealed, &bitmap).await?))
}

/// Takes the deleted ids of a block out of its bitmap. `bitmap` was read after `count`.
pub(super) async fn fold<L: Ledger>(ledger: &L, count: &Count, bitmap: Bitmap) -> Result<Sealing, L::Error> {
    let Some(upto) = count.upto else { return Ok(Sealing::Idle) };
    if bitmap.ver != count.ver {
        return Ok(Sealing::Lost);
    }
    let folded: Vec<u64> = count.dead.range(..=upto).copied().collect();
    if folded.is_empty() {
        return Ok(Sealing::Idle);
    }
    let bitmap = without_dead::<L>(bitmap, count);
    Ok(Sealing::of(ledger.fold(count, &folded, &bitmap).await?))
}

/// The next version of a bitmap, without those who were deleted.
fn without_dead<L: Ledger>(mut bitmap: Bitmap, count: &Count) -> Bitmap {
    for id in &count.dead {
        bitmap.remove(id - count.block * L::BLOCK);
    }
    bitmap.ver = count.ver + 1;
    bitmap
}
