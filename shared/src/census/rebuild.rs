//! The rows of a block made anew, from those who stand in it.

use std::collections::BTreeSet;

use super::{Bitmap, Count, Entry, Ledger, Standing, count_of, last_of, seal::Sealing};

/// What is known of a block's ids besides who stands there.
pub(crate) struct Decided {
    /// Up to here nobody can be given an id any more who does not have it already.
    pub(crate) upto: u64,
    /// Ids whose users were deleted.
    pub(crate) deleted: BTreeSet<u64>,
    /// Ids that the count row has among the dead, wrongly: their users stand there long after.
    pub(crate) living: BTreeSet<u64>,
}

/// Writes both rows of a block from its users, whatever they said before. All ids up to
/// [`Decided::upto`] count as decided, and those after it as far as somebody stands there, or stood.
/// `decide` runs after the count row was read and before the users are.
pub(crate) async fn rebuild<L: Ledger>(
    ledger: &L,
    block: u64,
    decide: impl Future<Output = Result<Decided, L::Error>>,
) -> Result<Sealing, L::Error> {
    let count = count_of(&ledger.counts().await?, block);
    let decided = decide.await?;
    let first = (block * L::BLOCK).max(1);
    let (bitmap, entries) = tokio::try_join!(ledger.bitmap(block), ledger.entries(first..=last_of::<L>(block)))?;
    let (sealed, bitmap) = made::<L>(&count, &bitmap, &entries, &decided);
    Ok(if ledger.advance(&count, &sealed, &bitmap).await? { Sealing::Done } else { Sealing::Lost })
}

/// Whether the rows of a sealed block say of every decided id what stands there. `count` was read before.
pub(crate) async fn standing<L: Ledger>(ledger: &L, count: &Count) -> Result<bool, L::Error> {
    let Some(upto) = count.upto else { return Ok(true) };
    let first = (count.block * L::BLOCK).max(1);
    let (bitmap, entries) = tokio::try_join!(ledger.bitmap(count.block), ledger.entries(first..=upto))?;
    let told: BTreeSet<u64> =
        bitmap.iter().map(|n| count.block * L::BLOCK + n).filter(|id| !count.dead.contains(id)).collect();
    let lives = |entry: &&Entry<L::User>| matches!(entry.standing, Standing::User(..));
    let found: BTreeSet<u64> = entries.iter().filter(lives).map(|entry| entry.id).collect();
    Ok(bitmap.ver == count.ver && bitmap.len() == count.born && told == found)
}

fn made<L: Ledger>(count: &Count, old: &Bitmap, entries: &[Entry<L::User>], decided: &Decided) -> (Count, Bitmap) {
    let dead: BTreeSet<u64> = count.dead.difference(&decided.living).copied().collect();
    let first = (count.block * L::BLOCK).max(1);
    let stands =
        |id: u64| entries.binary_search_by_key(&id, |entry| entry.id).ok().and_then(|place| entries.get(place));
    let is_gone = |id: u64| dead.contains(&id) || decided.deleted.contains(&id);
    let is_decided = |id: &u64| *id <= decided.upto || is_gone(*id) || stands(*id).is_some();
    let upto = (first..=last_of::<L>(count.block)).take_while(is_decided).last();
    let mut bitmap = Bitmap { ver: count.ver.max(old.ver) + 1, octets: Vec::new() };
    for entry in entries.iter().filter(|entry| upto.is_some_and(|upto| entry.id <= upto)) {
        if matches!(entry.standing, Standing::User(..)) && !dead.contains(&entry.id) {
            bitmap.insert(entry.id - count.block * L::BLOCK);
        }
    }
    let dead = dead.into_iter().filter(|id| upto.is_none_or(|upto| *id > upto)).collect();
    (Count { born: bitmap.len(), upto, dead, ver: bitmap.ver, ..count.clone() }, bitmap)
}
