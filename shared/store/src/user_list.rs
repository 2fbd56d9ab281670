//! Users of an account in order of their ids.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use roster_directory::ports::{
    ResultStream, StoreError, StoredUser, UserCounterStore as _, UserListStore, UserStore as _,
};
use roster_domain::{AccountId, PhcString, User, UserId};

use super::{DynamoDbStore, Item, query::all, user_item};

/// Queries of one list in progress at a time.
const CONCURRENCY: usize = 16;
/// Partitions that a reading of all users reads ahead.
const READ_AHEAD: usize = 3;
/// Ids that are at most this far apart are read by one query. A user of up to 1 KB costs a quarter of a unit in a
/// query, and a whole unit alone.
const MAX_DISTANCE: u64 = 4;
/// The maximum number of ids in one query of a range; larger ranges are read in parallel.
const MAX_RANGE: usize = 128;

impl UserListStore for DynamoDbStore {
    async fn user_get_many(&self, account: AccountId, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let together = |a: &UserId, b: &UserId| {
            user_item::partition_number(*a) == user_item::partition_number(*b) && b.get() - a.get() <= MAX_DISTANCE
        };
        self.user_get_runs(account, ids.chunk_by(together).collect()).await
    }

    fn user_stream(&self, account: AccountId) -> ResultStream<Vec<(StoredUser, Option<PhcString>)>> {
        let store = self.clone();
        let partitions = async move {
            let counter = store.user_counter(account).await?;
            let reads = user_item::partitions(&counter).map(move |number| {
                let store = store.clone();
                async move { store.user_get_partition(account, number).await }
            });
            Ok::<_, StoreError>(stream::iter(reads).buffered(READ_AHEAD))
        };
        stream::once(partitions).try_flatten().boxed()
    }
}

impl DynamoDbStore {
    /// As [`UserListStore::user_get_many`], if there are no other users between these ids.
    pub(super) async fn user_get_ranges(&self, account: AccountId, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let blocks = ids.chunk_by(|a, b| user_item::partition_number(*a) == user_item::partition_number(*b));
        self.user_get_runs(account, blocks.flat_map(|ids| ids.chunks(MAX_RANGE)).collect()).await
    }

    async fn user_get_runs(&self, account: AccountId, runs: Vec<&[UserId]>) -> Result<Vec<User>, StoreError> {
        let reads: Vec<_> = runs.into_iter().map(|ids| self.run_users(account, ids.to_vec())).collect();
        let users: Vec<Vec<User>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        Ok(users.into_iter().flatten().collect())
    }

    /// Every item under the ids of a partition of users, void markers too.
    pub(super) async fn user_items(&self, account: AccountId, number: u64) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .key_condition_expression("#block = :block")
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", AttributeValue::S(user_item::partition(account, number)))
            .consistent_read(true);
        all(query).await
    }

    /// The users of a partition in order, with the hashes of their passwords.
    async fn user_get_partition(
        &self,
        account: AccountId,
        number: u64,
    ) -> Result<Vec<(StoredUser, Option<PhcString>)>, StoreError> {
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
            return Ok(self.user_get(account, *first).await?.map(|stored| stored.user).into_iter().collect());
        }
        let query = self
            .partition_query(account, user_item::partition_number(*first))
            .key_condition_expression("#block = :block AND id BETWEEN :first AND :last")
            .expression_attribute_values(":first", AttributeValue::N(first.to_string()))
            .expression_attribute_values(":last", AttributeValue::N(last.to_string()));
        let users = all(query).await?.into_iter().map(|item| user_item::read(account, item));
        let users: Vec<_> = users.collect::<Result<_, _>>()?;
        Ok(users
            .into_iter()
            .flatten()
            .map(|stored| stored.user)
            .filter(|user| ids.binary_search(&user.id).is_ok())
            .collect())
    }

    /// A query of the users in a partition, without void markers.
    fn partition_query(&self, account: AccountId, number: u64) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.tables.users)
            .expression_attribute_names("#block", "block")
            .expression_attribute_values(":block", AttributeValue::S(user_item::partition(account, number)))
            .filter_expression("attribute_exists(rev)")
            .consistent_read(true)
    }
}
