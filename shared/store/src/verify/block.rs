//! The census: its rows agree with users and tombstones.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::TryStreamExt as _;

use roster_directory::{
    Retry,
    census::{Decided, IndexStore as _, Sealing, is_consistent, rebuild},
    ports::{CensusStore as _, DeletionStore as _, StoreError, UserCounterStore as _},
    timeouts::VERIFY_PAUSE,
};
use roster_domain::{AccountId, UserId};

use super::{
    super::{
        DynamoDbStore,
        account::row_key,
        census::{BLOCK, SECTION, SectionCounts, counts_part, section_attribute, section_index, sort},
        expression,
        write::write,
    },
    Candidate, Verification,
};

/// Checks of a block before it is given up.
const MAX_CHECKS: u32 = 8;

impl Verification<'_> {
    /// Checks all blocks of an account.
    pub(super) async fn blocks(&mut self, account: AccountId) -> Result<(), StoreError> {
        let tombstones = self.tombstones(account).await?;
        self.verified.deletions += tombstones.len() as u64;
        let deletions = count_sections(&tombstones);
        let rows = self.store.deletion_counts(account).await?;
        let sealed = self.store.last_sealed(account).await?;
        let first = self.store.user_counter(account).await?.lowest / BLOCK;
        let all: BTreeSet<u64> =
            deletions.keys().chain(rows.keys()).copied().chain(first..sealed.map_or(first, |last| last + 1)).collect();
        for block in all {
            if !self.store.block_is_sound(account, block, &deletions, sealed).await? {
                self.candidate(Candidate::Block(account, block));
            }
        }
        Ok(())
    }

    /// Judges a block by two readings between which no writer changed its row. A transaction that is half visible at
    /// the first reading is complete by the second.
    pub(super) async fn recheck_block(&mut self, account: AccountId, block: u64) -> Result<(), StoreError> {
        let store = self.store;
        let mut before = None;
        for _ in 0..MAX_CHECKS {
            let version = store.block_version(account, block).await?;
            let deletions = count_sections(&store.tombstones_of(account, block).await?);
            let sealed = store.last_sealed(account).await?;
            if store.block_is_sound(account, block, &deletions, sealed).await? {
                return Ok(());
            }
            if before == Some(version) && store.block_version(account, block).await? == version {
                let key = format!("{}/{}", counts_part(account), sort(block));
                let repair = store.block_rewrite(account, block, sealed, version);
                return self.repair("the census agrees with users and tombstones", "accounts", key, repair).await;
            }
            before = Some(version);
            tokio::time::sleep(VERIFY_PAUSE).await;
        }
        // Writers never paused long enough: the block cannot be judged.
        tracing::warn!(%account, block, "a block of the census was never quiet enough to be judged");
        Ok(())
    }
}

/// How many tombstones each section of each block has.
fn count_sections(tombstones: &BTreeSet<u64>) -> BTreeMap<u64, SectionCounts> {
    let mut deletions: BTreeMap<u64, SectionCounts> = BTreeMap::new();
    for id in tombstones {
        if let Some(count) = deletions.entry(id / BLOCK).or_default().get_mut(section_index(*id)) {
            *count += 1;
        }
    }
    deletions
}

impl DynamoDbStore {
    async fn block_version(&self, account: AccountId, block: u64) -> Result<u64, StoreError> {
        let counts = self.census(account).counts().await?;
        Ok(counts.into_iter().find(|count| count.block == block).map_or(0, |count| count.version))
    }

    /// The last block that is at least partly sealed.
    async fn last_sealed(&self, account: AccountId) -> Result<Option<u64>, StoreError> {
        let counts = self.census(account).counts().await?;
        Ok(counts.iter().filter(|count| count.sealed_through.is_some()).map(|count| count.block).max())
    }

    async fn block_is_sound(
        &self,
        account: AccountId,
        block: u64,
        deletions: &BTreeMap<u64, SectionCounts>,
        last_sealed: Option<u64>,
    ) -> Result<bool, StoreError> {
        let census = self.census(account);
        let count = census.counts().await?.into_iter().find(|count| count.block == block);
        let counted = self.deletion_counts(account).await?.get(&block).copied().unwrap_or_default();
        if counted != deletions.get(&block).copied().unwrap_or_default() {
            return Ok(false);
        }
        // All blocks before a sealed one must be sealed to their ends.
        let sealed_through = count.as_ref().and_then(|count| count.sealed_through);
        if last_sealed.is_some_and(|last| block < last) && sealed_through != Some((block + 1) * BLOCK - 1) {
            return Ok(false);
        }
        match (count, sealed_through) {
            (Some(count), Some(_)) => is_consistent(&census, &count).await,
            _ => Ok(true),
        }
    }

    /// Writes the rows of a block from its users, if no writer has changed the block since `version`.
    async fn block_rewrite(
        &self,
        account: AccountId,
        block: u64,
        last_sealed: Option<u64>,
        version: u64,
    ) -> Result<bool, StoreError> {
        let census = self.census(account);
        let count = census.counts().await?.into_iter().find(|count| count.block == block).unwrap_or_default();
        let (stood, deleted): (_, Vec<u64>) = (count.sealed_through, count.deleted.into_iter().collect());
        let tombstones = self.tombstones_of(account, block).await?;
        // These ids were recorded as deleted before the pause. A user that still exists under one of them was not
        // deleted.
        let living = census.users(&deleted).await?.into_iter().map(|(id, _)| id).collect();
        let deletions = count_sections(&tombstones).remove(&block).unwrap_or_default();
        if !self.section_counts_write(account, block, deletions, version).await? {
            return Ok(false);
        }
        let is_full = last_sealed.is_some_and(|last| block < last);
        // If no id of a block is decided yet, there is nothing to count.
        if !is_full && stood.is_none() {
            return Ok(true);
        }
        let sealed_through =
            if is_full { (block + 1) * BLOCK - 1 } else { stood.expect("otherwise nothing is counted") };
        let decided = async { Ok(Decided { sealed_through, deleted: tombstones, living }) };
        Ok(rebuild(&census, block, decided).await? == Sealing::Done)
    }

    /// Writes how many tombstones the sections of a block have, if no writer has changed its row since `version`.
    async fn section_counts_write(
        &self,
        account: AccountId,
        block: u64,
        deletions: SectionCounts,
        version: u64,
    ) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        for (part, deletions) in (0..).zip(deletions) {
            match (section_attribute(part * SECTION), deletions) {
                (attribute, 0) => update.remove(attribute),
                (attribute, deletions) => update.set(attribute, AttributeValue::N(deletions.to_string())),
            }
        }
        update.add("rev", 1);
        let name = update.name("rev");
        let condition = match version {
            0 => format!("attribute_not_exists({name})"),
            version => format!("{name} = {}", update.value("read", AttributeValue::N(version.to_string()))),
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
        let mut batches = self.deletion_stream(account, None, UserId::new(block * BLOCK), 1_000);
        let mut ids = BTreeSet::new();
        while let Some(batch) = batches.try_next().await? {
            ids.extend(batch.found.iter().map(|deletions| deletions.id.get()).filter(|id| id / BLOCK == block));
            if batch.next.get() / BLOCK > block {
                break;
            }
        }
        Ok(ids)
    }
}
