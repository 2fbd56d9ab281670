//! The census's rows: one count row and one bitmap row for each block of ids, both under keys of the
//! account, apart from one another: count rows are read all at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    time::Duration,
};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{
    Item, Retry, Store, StoreError, account::row_key, expression, query::all, transaction::Transacted, user_item,
};
use crate::{
    census::{Bitmap, Count, Entry, Leased, Ledger, Plugged, Standing},
    clock,
    domain::{AccountId, Timestamp, User, UserId},
};

/// Ids of a block: its bitmap has 2 KiB, and a million users have 62 count rows.
pub(crate) const BLOCK: u64 = 16_384;
/// Queries of one reading under way at a time.
const AT_ONCE: usize = 16;
/// A range of ids up to here is read whole, since the page may lie in it; of a longer one only what
/// is needed to count.
const WHOLE: u64 = 256;
/// A gap is left alone until somebody above it is so old: whoever leased it may yet use it.
const COURTESY: Duration = Duration::from_secs(10);

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

/// How many tombstones each part of a block has. A page of deletions is found by them; they stand in
/// attributes of one letter, since a list reads the rows of all blocks.
pub(super) type Gone = [u64; GONE.len()];

/// The attributes, in order of the ids.
const GONE: [&str; 16] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
/// Ids of such a part.
pub(crate) const PART: u64 = BLOCK / GONE.len() as u64;

/// The attribute that counts the tombstones around an id.
pub(super) fn gone_attribute(id: u64) -> &'static str {
    let part = usize::try_from(id % BLOCK / PART).unwrap_or(usize::MAX);
    GONE.get(part).copied().unwrap_or("a")
}

fn gone(row: &Item) -> Gone {
    GONE.map(|attribute| {
        let count = row.get(attribute).and_then(|count| count.as_n().ok());
        count.and_then(|count| count.parse().ok()).unwrap_or(0)
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

/// What is read of users who only have to be counted.
#[derive(Deserialize)]
struct Counted {
    id: u64,
    #[serde(default)]
    void: bool,
    created_on: Option<Timestamp>,
}

/// The census of one account.
pub(crate) struct AccountLedger {
    store: Store,
    account: AccountId,
}

impl Store {
    /// The census of an account.
    pub(crate) fn ledger(&self, account: AccountId) -> AccountLedger {
        AccountLedger { store: self.clone(), account }
    }

    /// Where the deletion stands that comes after `offset` others: how many come before its part of a
    /// block, and the first id of that part.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn deletion_place(&self, account: AccountId, offset: u64) -> Result<(u64, UserId), StoreError> {
        let (mut before, mut place) = (0, (0, UserId::new(0)));
        for (block, gone) in self.gone_counts(account).await? {
            for (part, gone) in (0..).zip(gone) {
                // Past them all, the last part that has any tells whether there are more.
                if gone > 0 && before <= offset && before > 0 {
                    place = (before, UserId::new(block * BLOCK + part * PART));
                }
                before += gone;
            }
        }
        Ok(place)
    }

    /// How many are gone of each part of each block, as the count rows say.
    pub(super) async fn gone_counts(&self, account: AccountId) -> Result<BTreeMap<u64, Gone>, StoreError> {
        let rows = self.account_rows(counts_part(account)).await?;
        let counts = rows.into_iter().map(|row| {
            let gone = gone(&row);
            let row: CountItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(row)?;
            Ok((row.block()?, gone))
        });
        counts.collect()
    }

    async fn count_rows(&self, account: AccountId) -> Result<Vec<CountItem>, StoreError> {
        let rows = self.account_rows(counts_part(account)).await?;
        Ok(serde_dynamo::aws_sdk_dynamodb_1::from_items(rows)?)
    }

    /// What tells the census of a deletion, whatever it knows of the user.
    /// `is_recorded` tells whether a tombstone is written with it, to be counted.
    pub(super) fn census_delete(
        &self,
        account: AccountId,
        id: UserId,
        is_recorded: bool,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = expression::Update::default();
        update.add_to_set("dead", id.get());
        if is_recorded {
            update.add(gone_attribute(id.get()), 1);
        }
        update.add("rev", 1);
        let update = Update::builder()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&counts_part(account), &sort(id.get() / BLOCK))))
            .update_expression(update.text())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .build()?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl AccountLedger {
    /// One partition's part of a range.
    async fn block_entries(&self, number: u64, ids: RangeInclusive<u64>) -> Result<Vec<Entry<User>>, StoreError> {
        let whole = ids.end() - ids.start() < WHOLE;
        let query = self
            .store
            .client
            .query()
            .table_name(&self.store.tables.users)
            .key_condition_expression("#block = :block AND #id BETWEEN :first AND :last")
            .expression_attribute_names("#block", "block")
            .expression_attribute_names("#id", "id")
            .expression_attribute_values(":block", AttributeValue::S(user_item::block(self.account, number)))
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
        let standing = user.map_or(Standing::Plug, |user| {
            let made = user.created_at;
            Standing::User(Some(user), made)
        });
        Ok(Entry { id, standing })
    }
}

fn counted_entry(item: Item) -> Result<Entry<User>, StoreError> {
    let counted: Counted = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
    let standing = match counted.created_on {
        _ if counted.void => Standing::Plug,
        Some(made) => Standing::User(None, made),
        None => return Err(StoreError::Unreadable("user without a beginning".to_owned())),
    };
    Ok(Entry { id: counted.id, standing })
}

impl Ledger for AccountLedger {
    const BLOCK: u64 = BLOCK;
    const TAIL: u64 = 32;
    const DEAD: usize = 64;
    type User = User;
    type Error = StoreError;

    async fn leased(&self) -> Result<Leased, StoreError> {
        let counter = self.store.user_counter(self.account).await?;
        let is_importing = counter.importing.is_some();
        Ok(Leased { last: counter.leased, first_block: counter.lowest / BLOCK, is_importing })
    }

    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let rows = self.store.count_rows(self.account).await?;
        let count = |row: CountItem| {
            let block = row.block()?;
            Ok(Count { block, born: row.born, upto: row.upto, dead: row.dead, rev: row.rev, ver: row.ver })
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
            .await?;
        let Some(item) = answer.item else { return Ok(Bitmap::default()) };
        let item: BitmapItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
        Ok(Bitmap { ver: item.ver, octets: item.live.into_vec() })
    }

    async fn entries(&self, ids: RangeInclusive<u64>) -> Result<Vec<Entry<User>>, StoreError> {
        let [first, last] = [*ids.start(), *ids.end()].map(|id| user_item::block_number(UserId::new(id)));
        let part = |number| {
            let (start, end) = (user_item::block_start(number).get(), user_item::block_start(number + 1).get() - 1);
            self.block_entries(number, (*ids.start()).max(start)..=(*ids.end()).min(end))
        };
        let parts: Vec<Vec<_>> = stream::iter((first..=last).map(part)).buffered(AT_ONCE).try_collect().await?;
        Ok(parts.into_iter().flatten().collect())
    }

    async fn users(&self, ids: &[u64]) -> Result<Vec<(u64, User)>, StoreError> {
        let ids: Vec<_> = ids.iter().copied().map(UserId::new).collect();
        // Between two neighbours of a page stand only plugs, which cost next to nothing.
        let users = self.store.user_read_ranges(self.account, &ids).await?;
        Ok(users.into_iter().map(|user| (user.id.get(), user)).collect())
    }

    async fn plug(&self, id: u64) -> Result<Plugged, StoreError> {
        match self.store.user_plug(self.account, UserId::new(id), &mut Retry::never()).await {
            Ok(true) => Ok(Plugged::Done),
            Ok(false) => Ok(Plugged::User),
            // Whoever holds it may be making a user of it.
            Err(StoreError::Unavailable(_)) => Ok(Plugged::Busy),
            Err(error) => Err(error),
        }
    }

    async fn advance(&self, read: &Count, sealed: &Count, bitmap: &Bitmap) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        for (attribute, value) in [("born", sealed.born), ("upto", sealed.upto.unwrap_or(0)), ("ver", sealed.ver)] {
            update.set(attribute, number(value));
        }
        if sealed.dead.is_empty() {
            update.remove("dead");
        } else {
            update.set("dead", numbers(sealed.dead.iter()));
        }
        let rev = update.name("rev");
        let condition = if read.rev == 0 {
            format!("attribute_not_exists({rev})")
        } else {
            format!("{rev} = {}", update.value("read", number(read.rev)))
        };
        self.seal(read.block, update, condition, bitmap).await
    }

    async fn fold(&self, read: &Count, folded: &[u64], bitmap: &Bitmap) -> Result<bool, StoreError> {
        let mut update = expression::Update::default();
        update.set("born", number(bitmap.len()));
        update.set("ver", number(bitmap.ver));
        update.delete_from_set("dead", numbers(folded.iter()));
        let condition = format!("{} = {}", update.name("ver"), update.value("read", number(read.ver)));
        self.seal(read.block, update, condition, bitmap).await
    }

    fn is_abandoned(&self, gap: u64, entries: &[Entry<User>]) -> bool {
        let now = clock::now();
        let above = entries.iter().rev().take_while(|entry| entry.id > gap);
        above
            .into_iter()
            .any(|entry| matches!(entry.standing, Standing::User(_, made) if made.saturating_add(COURTESY) < now))
    }

    fn torn() -> StoreError {
        StoreError::Unavailable("two rows of the census disagree".to_owned())
    }

    async fn pause(&self, tries: u32) -> bool {
        const TRIES: u32 = 16;
        tokio::time::sleep(Duration::from_millis(10).mul_f64(rand::random::<f64>() * f64::from(tries.min(8)))).await;
        tries < TRIES
    }
}

impl AccountLedger {
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
            .build()?;
        let actions = vec![TransactWriteItem::builder().update(update).build(), self.bitmap_put(block, bitmap)?];
        match self.store.transact(actions, &mut Retry::never()).await {
            Ok(Transacted::Done) => Ok(true),
            // Somebody else was there. Nothing is lost: the next reading finds what there is to do.
            Ok(Transacted::Failed(_)) | Err(StoreError::Unavailable(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn bitmap_put(&self, block: u64, bitmap: &Bitmap) -> Result<TransactWriteItem, StoreError> {
        let item = BitmapItem {
            part: bitmaps_part(self.account),
            sort: sort(block),
            live: ByteBuf::from(bitmap.octets.clone()),
            ver: bitmap.ver,
        };
        let put = Put::builder()
            .table_name(&self.store.tables.accounts)
            .set_item(Some(serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?))
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn numbers<'a>(numbers: impl Iterator<Item = &'a u64>) -> AttributeValue {
    AttributeValue::Ns(numbers.map(u64::to_string).collect())
}
