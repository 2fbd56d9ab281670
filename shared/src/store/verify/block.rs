//! The census: its rows say who lives and how many are gone, and the counter stands above every id.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::TryStreamExt as _;

use super::{
    super::{
        Retry, Store, StoreError,
        account::{row_key, user_counter_part},
        census::{BLOCK, Gone, PART, counts_part, gone_attribute, sort},
        expression, user_item,
        write::write,
    },
    Suspect, Verification,
};
use crate::{
    census::{Decided, Ledger as _, Sealing, rebuild, standing},
    domain::{AccountId, UserId},
};

impl Verification<'_> {
    /// Looks at all blocks of an account.
    pub(super) async fn blocks(&mut self, account: AccountId) -> Result<(), StoreError> {
        let tombstones = self.tombstones(account).await?;
        self.verified.deletions += tombstones.len() as u64;
        let gone = counted(&tombstones);
        let rows = self.store.gone_counts(account).await?;
        let sealed = self
            .store
            .ledger(account)
            .counts()
            .await?
            .iter()
            .filter(|count| count.upto.is_some())
            .map(|count| count.block)
            .max();
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

    pub(super) async fn settle_block(&mut self, account: AccountId, block: u64) -> Result<(), StoreError> {
        let store = self.store;
        let gone = counted(&store.tombstones_of(account, block).await?);
        let sealed = store
            .ledger(account)
            .counts()
            .await?
            .iter()
            .filter(|count| count.upto.is_some())
            .map(|count| count.block)
            .max();
        if store.block_is_sound(account, block, &gone, sealed).await? {
            return Ok(());
        }
        let key = format!("{}/{}", counts_part(account), sort(block));
        let mend = store.block_again(account, block, sealed);
        self.mend("the census knows who lives and who is gone", "accounts", key, mend).await
    }

    pub(super) async fn settle_counter(&mut self, account: AccountId) -> Result<(), StoreError> {
        let store = self.store;
        let counter = store.user_counter(account).await?;
        let mut highest = counter.leased;
        for partition in counter.leased / user_item::BLOCK.. {
            let items = store.raw_users(account, partition).await?;
            let Some(last) = items.last() else { break };
            highest = highest.max(user_item::id(last)?.get());
        }
        if highest == counter.leased {
            return Ok(());
        }
        let key = format!("{}/counter", user_counter_part(account));
        self.mend(
            "the counter stands above every id",
            "accounts",
            key,
            store.counter_raise(account, UserId::new(highest)),
        )
        .await
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

    /// Writes the rows of a block from those who stand in it.
    async fn block_again(&self, account: AccountId, block: u64, last_sealed: Option<u64>) -> Result<bool, StoreError> {
        let ledger = self.ledger(account);
        let count = ledger.counts().await?.into_iter().find(|count| count.block == block).unwrap_or_default();
        let stood = count.upto;
        let is_full = last_sealed.is_some_and(|last| block < last);
        let upto = if is_full { (block + 1) * BLOCK - 1 } else { stood.unwrap_or(0) };
        let dead: Vec<u64> = count.dead.into_iter().collect();
        let decided = async {
            let living = ledger.users(&dead).await?.into_iter().map(|(id, _)| id).collect();
            Ok(Decided { upto, deleted: self.tombstones_of(account, block).await?, living })
        };
        // Where nothing of a block is decided yet, there is nothing to count.
        if (is_full || stood.is_some()) && rebuild(&ledger, block, decided).await? != Sealing::Done {
            return Ok(false);
        }
        // Read before the tombstones: whoever deletes in between raises it.
        let read = ledger.counts().await?.into_iter().find(|count| count.block == block).map_or(0, |count| count.rev);
        let gone = counted(&self.tombstones_of(account, block).await?).remove(&block).unwrap_or_default();
        let mut update = expression::Update::default();
        for (part, gone) in (0..).zip(gone) {
            match (gone_attribute(part * PART), gone) {
                (attribute, 0) => update.remove(attribute),
                (attribute, gone) => update.set(attribute, AttributeValue::N(gone.to_string())),
            }
        }
        update.add("rev", 1);
        let rev = update.name("rev");
        let condition = match read {
            0 => format!("attribute_not_exists({rev})"),
            read => format!("{rev} = {}", update.value("read", AttributeValue::N(read.to_string()))),
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

    async fn counter_raise(&self, account: AccountId, highest: UserId) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), "counter")))
            .update_expression("SET leased = :highest")
            .condition_expression("attribute_not_exists(leased) OR leased < :highest")
            .expression_attribute_values(":highest", AttributeValue::N(highest.to_string()));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }
}
