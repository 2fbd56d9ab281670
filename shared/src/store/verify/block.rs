//! The census: its rows say who lives and how many are gone.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::TryStreamExt as _;

use super::{
    super::{
        Retry, Store, StoreError,
        account::row_key,
        census::{BLOCK, Gone, PART, counts_part, gone_attribute, sort},
        expression,
        write::write,
    },
    PAUSE, Suspect, Verification,
};
use crate::{
    census::{Decided, Ledger as _, Sealing, rebuild, standing},
    domain::{AccountId, UserId},
};

/// Looks at a block before it is given up.
const LOOKS: u32 = 8;

impl Verification<'_> {
    /// Looks at all blocks of an account.
    pub(super) async fn blocks(&mut self, account: AccountId) -> Result<(), StoreError> {
        let tombstones = self.tombstones(account).await?;
        self.verified.deletions += tombstones.len() as u64;
        let gone = counted(&tombstones);
        let rows = self.store.gone_counts(account).await?;
        let sealed = self.store.last_sealed(account).await?;
        let first = self.store.user_counter(account).await?.lowest / BLOCK;
        let all: BTreeSet<u64> =
            gone.keys().chain(rows.keys()).copied().chain(first..sealed.map_or(first, |last| last + 1)).collect();
        for block in all {
            if !self.store.block_is_sound(account, block, &gone, sealed).await? {
                self.suspect(Suspect::Block(account, block));
            }
        }
        Ok(())
    }

    /// Judges a block by two readings between which nobody wrote to its row: a transaction that is half
    /// visible at the first is over by the second.
    pub(super) async fn settle_block(&mut self, account: AccountId, block: u64) -> Result<(), StoreError> {
        let store = self.store;
        let mut before = None;
        for _ in 0..LOOKS {
            let rev = store.block_rev(account, block).await?;
            let gone = counted(&store.tombstones_of(account, block).await?);
            let sealed = store.last_sealed(account).await?;
            if store.block_is_sound(account, block, &gone, sealed).await? {
                return Ok(());
            }
            if before == Some(rev) && store.block_rev(account, block).await? == rev {
                let key = format!("{}/{}", counts_part(account), sort(block));
                let mend = store.block_again(account, block, sealed, rev);
                return self.mend("the census knows who lives and who is gone", "accounts", key, mend).await;
            }
            before = Some(rev);
            tokio::time::sleep(PAUSE).await;
        }
        // Never quiet for so long: there is no telling.
        tracing::warn!(%account, block, "a block of the census was never quiet enough to be judged");
        Ok(())
    }
}

/// How many are gone of each part of each block.
fn counted(tombstones: &BTreeSet<u64>) -> BTreeMap<u64, Gone> {
    let mut gone: BTreeMap<u64, Gone> = BTreeMap::new();
    for id in tombstones {
        let part = usize::try_from(id % BLOCK / PART).unwrap_or(usize::MAX);
        if let Some(count) = gone.entry(id / BLOCK).or_default().get_mut(part) {
            *count += 1;
        }
    }
    gone
}

impl Store {
    async fn block_rev(&self, account: AccountId, block: u64) -> Result<u64, StoreError> {
        let counts = self.ledger(account).counts().await?;
        Ok(counts.into_iter().find(|count| count.block == block).map_or(0, |count| count.rev))
    }

    /// The last block of which anything is sealed.
    async fn last_sealed(&self, account: AccountId) -> Result<Option<u64>, StoreError> {
        let counts = self.ledger(account).counts().await?;
        Ok(counts.iter().filter(|count| count.upto.is_some()).map(|count| count.block).max())
    }

    async fn block_is_sound(
        &self,
        account: AccountId,
        block: u64,
        gone: &BTreeMap<u64, Gone>,
        last_sealed: Option<u64>,
    ) -> Result<bool, StoreError> {
        let ledger = self.ledger(account);
        let count = ledger.counts().await?.into_iter().find(|count| count.block == block);
        let told = self.gone_counts(account).await?.get(&block).copied().unwrap_or_default();
        if told != gone.get(&block).copied().unwrap_or_default() {
            return Ok(false);
        }
        // The blocks before one that is sealed are sealed to their ends.
        let upto = count.as_ref().and_then(|count| count.upto);
        if last_sealed.is_some_and(|last| block < last) && upto != Some((block + 1) * BLOCK - 1) {
            return Ok(false);
        }
        match (count, upto) {
            (Some(count), Some(_)) => standing(&ledger, &count).await,
            _ => Ok(true),
        }
    }

    /// Writes the rows of a block from those who stand in it, if nobody has written to it since `rev`.
    async fn block_again(
        &self,
        account: AccountId,
        block: u64,
        last_sealed: Option<u64>,
        rev: u64,
    ) -> Result<bool, StoreError> {
        let ledger = self.ledger(account);
        let count = ledger.counts().await?.into_iter().find(|count| count.block == block).unwrap_or_default();
        let (stood, dead): (_, Vec<u64>) = (count.upto, count.dead.into_iter().collect());
        let tombstones = self.tombstones_of(account, block).await?;
        // They have been among the dead since before the pause: whoever stands there is alive.
        let living = ledger.users(&dead).await?.into_iter().map(|(id, _)| id).collect();
        let gone = counted(&tombstones).remove(&block).unwrap_or_default();
        if !self.gone_write(account, block, gone, rev).await? {
            return Ok(false);
        }
        let is_full = last_sealed.is_some_and(|last| block < last);
        // Where nothing of a block is decided yet, there is nothing to count.
        if !is_full && stood.is_none() {
            return Ok(true);
        }
        let upto = if is_full { (block + 1) * BLOCK - 1 } else { stood.unwrap_or(0) };
        let decided = async { Ok(Decided { upto, deleted: tombstones, living }) };
        Ok(rebuild(&ledger, block, decided).await? == Sealing::Done)
    }

    /// Writes how many of a block are gone, if nobody has written to its row since `rev`.
    async fn gone_write(&self, account: AccountId, block: u64, gone: Gone, rev: u64) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        for (part, gone) in (0..).zip(gone) {
            match (gone_attribute(part * PART), gone) {
                (attribute, 0) => update.remove(attribute),
                (attribute, gone) => update.set(attribute, AttributeValue::N(gone.to_string())),
            }
        }
        update.add("rev", 1);
        let name = update.name("rev");
        let condition = match rev {
            0 => format!("attribute_not_exists({name})"),
            rev => format!("{name} = {}", update.value("read", AttributeValue::N(rev.to_string()))),
        };
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&counts_part(account), &sort(block))))
            .update_expression(update.text())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }

    /// The ids of a block's tombstones.
    async fn tombstones_of(&self, account: AccountId, block: u64) -> Result<BTreeSet<u64>, StoreError> {
        let mut batches = self.deletions(account, None, UserId::new(block * BLOCK), 1_000);
        let mut ids = BTreeSet::new();
        while let Some(batch) = batches.try_next().await? {
            ids.extend(batch.found.iter().map(|gone| gone.id.get()).filter(|id| id / BLOCK == block));
            if batch.next.get() / BLOCK > block {
                break;
            }
        }
        Ok(ids)
    }
}
