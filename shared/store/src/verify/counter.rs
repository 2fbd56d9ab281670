//! Checks the counter of an account's users: it must not be below any id, and no dead import may hold it.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use roster_directory::{
    Retry, clock,
    ports::{StoreError, UserCounterStore as _},
    seal_imported_ids,
    timeouts::IMPORT,
};
use roster_domain::{AccountId, UserId};

use super::{
    super::{
        DynamoDbStore,
        account::{COUNTER, row_key, user_counter_part},
        user_item,
        write::write,
    },
    Verification,
};

/// An import that has not written for this long is considered dead.
const ALIVE: Duration = Duration::from_secs(600);

impl Verification<'_> {
    pub(super) async fn recheck_counter(&mut self, account: AccountId) -> Result<(), StoreError> {
        let store = self.store;
        let mut highest = 0;
        for partition in store.user_counter(account).await?.reserved / user_item::PARTITION.. {
            let items = store.user_items(account, partition).await?;
            let Some(last) = items.last() else { break };
            highest = highest.max(user_item::id(last)?.get());
        }
        // Read after the users, so that users created in between are not above it.
        if highest <= store.user_counter(account).await?.reserved {
            return Ok(());
        }
        let repair = store.counter_raise(account, UserId::new(highest));
        self.repair("the counter stands above every id", "accounts", counter_key(account), repair).await
    }

    /// Ends an import that keeps ids, if no worker has continued it for a while.
    pub(super) async fn recheck_importing(&mut self, account: AccountId) -> Result<(), StoreError> {
        let store = self.store;
        let Some(import) = store.user_counter(account).await?.importing else { return Ok(()) };
        let remembered = store.import_expiry(account, &import).await?;
        let alive = clock::now().saturating_add(IMPORT).saturating_sub(ALIVE);
        if remembered.is_some_and(|end| end > alive) {
            return Ok(());
        }
        let repair = async { seal_imported_ids(store, account, &import).await.map(|()| true) };
        self.repair("an import that keeps ids comes to its end", "accounts", counter_key(account), repair).await
    }
}

fn counter_key(account: AccountId) -> String {
    format!("{}/{COUNTER}", user_counter_part(account))
}

impl DynamoDbStore {
    async fn counter_raise(&self, account: AccountId, highest: UserId) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            .update_expression("SET leased = :highest")
            .condition_expression("attribute_not_exists(leased) OR leased < :highest")
            .expression_attribute_values(":highest", AttributeValue::N(highest.to_string()));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }
}
