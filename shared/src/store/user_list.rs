//! Users of an account in order of their ids.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{Item, Store, StoreError, query::all, user_item};
use crate::domain::{AccountId, PhcString, User, UserId};

/// Queries of one list in flight at a time.
const AT_ONCE: usize = 16;
/// Ids no further apart are read by one query: a user of up to 1 KB costs a quarter of a unit in a
/// query and a whole one alone.
const CLOSE: u64 = 4;
/// Ids that one query of a range asks for: larger ranges are read side by side.
const RANGE: usize = 128;

impl Store {
    /// The users with these ids, which are in order; those who are gone are left out. What lies
    /// close together is read together, and little else.
    ///
    /// # Errors
    /// The store does not answer, or an item is not ours.
    pub async fn user_read_all(&self, account: AccountId, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let together = |a: &UserId, b: &UserId| {
            user_item::block_number(*a) == user_item::block_number(*b) && b.get() - a.get() <= CLOSE
        };
        self.user_read_runs(account, ids.chunk_by(together).collect()).await
    }

    /// As [`Store::user_read_all`], where nobody else stands between these ids.
    ///
    /// # Errors
    /// The store does not answer, or an item is not ours.
    pub(crate) async fn user_read_ranges(&self, account: AccountId, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let blocks = ids.chunk_by(|a, b| user_item::block_number(*a) == user_item::block_number(*b));
        self.user_read_runs(account, blocks.flat_map(|ids| ids.chunks(RANGE)).collect()).await
    }

    async fn user_read_runs(&self, account: AccountId, runs: Vec<&[UserId]>) -> Result<Vec<User>, StoreError> {
        let reads: Vec<_> = runs.into_iter().map(|ids| self.run_users(account, ids.to_vec())).collect();
        let users: Vec<Vec<User>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(users.into_iter().flatten().collect())
    }

    /// Every item under the ids of a partition of users, plugs too.
    pub(super) async fn user_items(&self, account: AccountId, number: u64) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .key_condition_expression("#block = :block")
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", AttributeValue::S(user_item::block(account, number)))
            .consistent_read(true);
        all(query).await
    }

    /// The users of a partition in order, with the hashes of their passwords.
    ///
    /// # Errors
    /// The store does not answer, or an item is not ours.
    pub(crate) async fn user_read_block(
        &self,
        account: AccountId,
        number: u64,
    ) -> Result<Vec<(User, Option<PhcString>)>, StoreError> {
        let whole = |item: Item| {
            let hash = user_item::password(&item);
            Ok(user_item::read(account, item)?.map(|user| (user, hash)))
        };
        let items = self.user_items(account, number).await?;
        let users: Vec<_> = items.into_iter().map(whole).collect::<Result<_, StoreError>>()?;
        Ok(users.into_iter().flatten().collect())
    }

    async fn run_users(&self, account: AccountId, ids: Vec<UserId>) -> Result<Vec<User>, StoreError> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        if first == last {
            return Ok(self.user_read(account, *first).await?.into_iter().collect());
        }
        let query = self
            .block_query(account, user_item::block_number(*first))
            .key_condition_expression("#block = :block AND id BETWEEN :first AND :last")
            .expression_attribute_values(":first", AttributeValue::N(first.to_string()))
            .expression_attribute_values(":last", AttributeValue::N(last.to_string()));
        let users = all(query).await?.into_iter().map(|item| user_item::read(account, item));
        let users: Vec<_> = users.collect::<Result<_, _>>()?;
        Ok(users.into_iter().flatten().filter(|user| ids.binary_search(&user.id).is_ok()).collect())
    }

    /// A query of the users in a block; plugs are no users.
    fn block_query(&self, account: AccountId, number: u64) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.tables.users)
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", AttributeValue::S(user_item::block(account, number)))
            .filter_expression("attribute_exists(rev)")
            .consistent_read(true)
    }
}
