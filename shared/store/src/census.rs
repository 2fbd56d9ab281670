//! The rows of the census: one count row and one bitmap row for each block of ids. Both have keys of the account, in
//! different partitions, because all count rows are read by one query.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    time::Duration,
};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use roster_directory::{
    Retry,
    census::{Bitmap, Count, Entry, IndexStore, ReservedIds, Slot, Voided},
    clock,
    ports::{CensusStore, StoreError, UserCounterStore as _, UserStore as _},
};
use roster_domain::{AccountId, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{
    DynamoDbStore, Item,
    account::row_key,
    error::{build_error, sdk_error},
    expression, item,
    query::all,
    transaction::Transacted,
    user_item,
};

/// Ids of a block: its bitmap has 2 KiB, and a million users have 62 count rows.
pub(crate) const BLOCK: u64 = 16_384;
/// Queries of one reading in progress at a time.
const CONCURRENCY: usize = 16;
/// A range of up to this many ids is read completely, because the page may lie in it. Of a longer range, only what is
/// needed to count users is read.
const MAX_WHOLE_RANGE: u64 = 256;
/// A gap is left alone until a user above it is this old, because the writer that reserved it may still use it.
const ABANDONED_AFTER: Duration = Duration::from_secs(10);
/// Attempts to read rows that disagree.
const MAX_READS: u32 = 16;

/// [`Count`], in the attributes of its row.
#[derive(Deserialize)]
struct CountItem {
    sort: String,
    #[serde(default)]
    born: u64,
    upto: Option<u64>,
    #[serde(with = "serde_dynamo::number_set", default)]
    dead: BTreeSet<u64>,
    rev: u64,
    #[serde(default)]
    ver: u64,
}

/// The number of tombstones in each section of a block, in order of the ids. They locate a page of deletions. Their
/// attributes have names of one letter, because a list reads the rows of all blocks.
pub(super) type SectionCounts = [u64; SECTIONS.len()];

/// The attributes, in order of the ids.
const SECTIONS: [&str; 16] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
/// Ids of a section.
pub(super) const SECTION: u64 = BLOCK / SECTIONS.len() as u64;

/// The section of an id, counted through all blocks.
pub(super) fn section(id: UserId) -> u64 {
    id.get() / SECTION
}

/// The first id of a section of a block.
pub(super) fn section_start(block: u64, section: u64) -> UserId {
    UserId::new(block * BLOCK + section * SECTION)
}

/// The index of an id's section in its block.
pub(super) fn section_index(id: u64) -> usize {
    usize::try_from(id % BLOCK / SECTION).expect("a block has few sections")
}

/// The attribute that counts the tombstones around an id.
#[expect(clippy::indexing_slicing, reason = "a section's index is below their number")]
pub(super) fn section_attribute(id: u64) -> &'static str {
    SECTIONS[section_index(id)]
}

fn section_counts(row: &Item) -> SectionCounts {
    SECTIONS.map(|attribute| {
        let count = row.get(attribute).and_then(|count| count.as_n().ok());
        count.map_or(0, |count| count.parse().expect("DynamoDB stores numbers"))
    })
}

impl CountItem {
    fn block(&self) -> Result<u64, StoreError> {
        self.sort.parse().map_err(|_| StoreError::Unreadable("count row without a block".to_owned()))
    }
}

#[derive(Serialize, Deserialize)]
struct BitmapItem {
    part: String,
    sort: String,
    live: ByteBuf,
    ver: u64,
}

pub(super) fn counts_part(account: AccountId) -> String {
    format!("{account}#counts")
}

fn bitmaps_part(account: AccountId) -> String {
    format!("{account}#bitmaps")
}

/// Padded, so that rows are in order of their blocks.
pub(super) fn sort(block: u64) -> String {
    format!("{block:010}")
}

/// The attributes that are read of users who are only counted.
#[derive(Deserialize)]
struct Counted {
    id: u64,
    #[serde(default)]
    void: bool,
    created_on: Option<Timestamp>,
}

/// The census of one account.
pub struct AccountCensus {
    store: DynamoDbStore,
    account: AccountId,
}

impl CensusStore for DynamoDbStore {
    type Census = AccountCensus;

    fn census(&self, account: AccountId) -> AccountCensus {
        AccountCensus { store: self.clone(), account }
    }
}

impl DynamoDbStore {
    /// The number of tombstones in each section of each block, according to the count rows.
    pub(super) async fn deletion_counts(&self, account: AccountId) -> Result<BTreeMap<u64, SectionCounts>, StoreError> {
        let rows = self.account_rows(counts_part(account)).await?;
        let counts = rows.into_iter().map(|row| {
            let sections = section_counts(&row);
            let row: CountItem = item::from_item(row)?;
            Ok((row.block()?, sections))
        });
        counts.collect()
    }

    async fn count_rows(&self, account: AccountId) -> Result<Vec<CountItem>, StoreError> {
        let rows = self.account_rows(counts_part(account)).await?;
        item::from_items(rows)
    }

    /// The action that records a deletion in the census. With `is_recorded`, a tombstone is written in the same
    /// transaction and is counted.
    pub(super) fn census_delete(
        &self,
        account: AccountId,
        id: UserId,
        is_recorded: bool,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = expression::Update::default();
        update.add_to_set("dead", id.get());
        if is_recorded {
            update.add(section_attribute(id.get()), 1);
        }
        update.add("rev", 1);
        let update = Update::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&counts_part(account), &sort(id.get() / BLOCK))))
            .update_expression(update.text())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl AccountCensus {
    /// One partition's part of a range.
    async fn partition_entries(&self, number: u64, ids: RangeInclusive<u64>) -> Result<Vec<Entry<User>>, StoreError> {
        let whole = ids.end() - ids.start() < MAX_WHOLE_RANGE;
        let query = self
            .store
            .client
            .query()
            .table_name(&self.store.tables.users)
            .key_condition_expression("#block = :block AND #id BETWEEN :first AND :last")
            .expression_attribute_names("#block", "block")
            .expression_attribute_names("#id", "id")
            .expression_attribute_values(":block", AttributeValue::S(user_item::partition(self.account, number)))
            .expression_attribute_values(":first", AttributeValue::N(ids.start().to_string()))
            .expression_attribute_values(":last", AttributeValue::N(ids.end().to_string()))
            .consistent_read(true);
        let query = if whole {
            query
        } else {
            query.projection_expression("#id, #void, created_on").expression_attribute_names("#void", "void")
        };
        let items = all(query).await?.into_iter();
        items.map(|item| if whole { self.whole_entry(item) } else { counted_entry(item) }).collect()
    }

    fn whole_entry(&self, item: Item) -> Result<Entry<User>, StoreError> {
        let id = user_item::id(&item)?.get();
        let user = user_item::read(self.account, item)?;
        let slot = user.map_or(Slot::Void, |user| {
            let created_at = user.created_at;
            Slot::User(Some(user.user), created_at)
        });
        Ok(Entry { id, slot })
    }
}

fn counted_entry(item: Item) -> Result<Entry<User>, StoreError> {
    let counted: Counted = item::from_item(item)?;
    let slot = match counted.created_on {
        _ if counted.void => Slot::Void,
        Some(created_at) => Slot::User(None, created_at),
        None => return Err(StoreError::Unreadable("user without a time of creation".to_owned())),
    };
    Ok(Entry { id: counted.id, slot })
}

impl IndexStore for AccountCensus {
    const BLOCK: u64 = BLOCK;
    const MAX_TAIL: u64 = 32;
    const MAX_DELETED: usize = 64;
    type User = User;
    type Error = StoreError;

    async fn reserved(&self) -> Result<ReservedIds, StoreError> {
        let counter = self.store.user_counter(self.account).await?;
        let is_importing = counter.importing.is_some();
        Ok(ReservedIds { last: counter.reserved, first_block: counter.lowest / BLOCK, is_importing })
    }

    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let rows = self.store.count_rows(self.account).await?;
        let count = |row: CountItem| {
            let block = row.block()?;
            Ok(Count {
                block,
                live_at_seal: row.born,
                sealed_through: row.upto,
                deleted: row.dead,
                version: row.rev,
                bitmap_version: row.ver,
            })
        };
        rows.into_iter().map(count).collect()
    }

    async fn bitmap(&self, block: u64) -> Result<Bitmap, StoreError> {
        let answer = self
            .store
            .client
            .get_item()
            .table_name(&self.store.tables.accounts)
            .set_key(Some(row_key(&bitmaps_part(self.account), &sort(block))))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        let Some(item) = answer.item else { return Ok(Bitmap::default()) };
        let item: BitmapItem = item::from_item(item)?;
        Ok(Bitmap { bitmap_version: item.ver, bytes: item.live.into_vec() })
    }

    async fn entries(&self, ids: RangeInclusive<u64>) -> Result<Vec<Entry<User>>, StoreError> {
        let [first, last] = [*ids.start(), *ids.end()].map(|id| user_item::partition_number(UserId::new(id)));
        let part = |number| {
            let (start, end) =
                (user_item::partition_start(number).get(), user_item::partition_start(number + 1).get() - 1);
            self.partition_entries(number, (*ids.start()).max(start)..=(*ids.end()).min(end))
        };
        let parts: Vec<Vec<_>> = stream::iter((first..=last).map(part)).buffered(CONCURRENCY).try_collect().await?;
        Ok(parts.into_iter().flatten().collect())
    }

    async fn users(&self, ids: &[u64]) -> Result<Vec<(u64, User)>, StoreError> {
        let ids: Vec<_> = ids.iter().copied().map(UserId::new).collect();
        // Between two neighbours of a page there are only void markers, which cost almost nothing.
        let users = self.store.user_get_ranges(self.account, &ids).await?;
        Ok(users.into_iter().map(|user| (user.id.get(), user)).collect())
    }

    async fn void_id(&self, id: u64) -> Result<Voided, StoreError> {
        match self.store.user_void_id(self.account, UserId::new(id), &mut Retry::never()).await {
            Ok(true) => Ok(Voided::Done),
            Ok(false) => Ok(Voided::User),
            // The other writer may be creating a user.
            Err(StoreError::Unavailable(_)) => Ok(Voided::Busy),
            Err(error) => Err(error),
        }
    }

    async fn advance(&self, read: &Count, sealed: &Count, bitmap: &Bitmap) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        for (attribute, value) in [
            ("born", sealed.live_at_seal),
            ("upto", sealed.sealed_through.expect("what is sealed ends somewhere")),
            ("ver", sealed.bitmap_version),
        ] {
            update.set(attribute, number(value));
        }
        if sealed.deleted.is_empty() {
            update.remove("dead");
        } else {
            update.set("dead", numbers(sealed.deleted.iter()));
        }
        let rev = update.name("rev");
        let condition = if read.version == 0 {
            format!("attribute_not_exists({rev})")
        } else {
            format!("{rev} = {}", update.value("read", number(read.version)))
        };
        self.seal(read.block, update, condition, bitmap).await
    }

    async fn compact(&self, read: &Count, compacted: &[u64], bitmap: &Bitmap) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        update.set("born", number(bitmap.count_ones()));
        update.set("ver", number(bitmap.bitmap_version));
        update.delete_from_set("dead", numbers(compacted.iter()));
        let condition = format!("{} = {}", update.name("ver"), update.value("read", number(read.bitmap_version)));
        self.seal(read.block, update, condition, bitmap).await
    }

    fn is_abandoned(&self, gap: u64, entries: &[Entry<User>]) -> bool {
        let now = clock::now();
        let above = entries.iter().rev().take_while(|entry| entry.id > gap);
        above.into_iter().any(
            |entry| matches!(entry.slot, Slot::User(_, created_at) if created_at.saturating_add(ABANDONED_AFTER) < now),
        )
    }

    fn inconsistent() -> StoreError {
        StoreError::Unavailable("two rows of the census disagree".to_owned())
    }

    async fn pause(&self, tries: u32) -> bool {
        tokio::time::sleep(Duration::from_millis(10).mul_f64(rand::random::<f64>() * f64::from(tries.min(8)))).await;
        tries < MAX_READS
    }
}

impl AccountCensus {
    /// Writes both rows of a block, the count row by an update on a condition.
    async fn seal(
        &self,
        block: u64,
        mut update: expression::Update,
        condition: String,
        bitmap: &Bitmap,
    ) -> Result<bool, StoreError> {
        update.add("rev", 1);
        let update = Update::builder()
            .table_name(&self.store.tables.accounts)
            .set_key(Some(row_key(&counts_part(self.account), &sort(block))))
            .update_expression(update.text())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .build()
            .map_err(build_error)?;
        let actions = vec![TransactWriteItem::builder().update(update).build(), self.bitmap_put(block, bitmap)?];
        match self.store.transact(actions, &mut Retry::never()).await {
            Ok(Transacted::Done) => Ok(true),
            // Another writer was first. Nothing is lost: the next reading finds the remaining work.
            Ok(Transacted::Failed(_)) | Err(StoreError::Unavailable(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn bitmap_put(&self, block: u64, bitmap: &Bitmap) -> Result<TransactWriteItem, StoreError> {
        let item = BitmapItem {
            part: bitmaps_part(self.account),
            sort: sort(block),
            live: ByteBuf::from(bitmap.bytes.clone()),
            ver: bitmap.bitmap_version,
        };
        let put = Put::builder()
            .table_name(&self.store.tables.accounts)
            .set_item(Some(item::to_item(item)?))
            .build()
            .map_err(build_error)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn numbers<'a>(numbers: impl Iterator<Item = &'a u64>) -> AttributeValue {
    AttributeValue::Ns(numbers.map(u64::to_string).collect())
}
