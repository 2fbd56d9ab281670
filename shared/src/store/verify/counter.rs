//! The counter of an account's users: above every id, and in nobody's hands.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    super::{
        FORGOTTEN, Retry, Store, StoreError,
        account::{COUNTER, row_key, user_counter_part},
        user_item,
        write::write,
    },
    Verification,
};
use crate::{
    clock,
    domain::{AccountId, UserId},
};

/// An import that was not heard of for so long is dead.
const ALIVE: Duration = Duration::from_secs(600);

impl Verification<'_> {
    pub(super) async fn settle_counter(&mut self, account: AccountId) -> Result<(), StoreError> {
        let store = self.store;
        let mut highest = 0;
        for partition in store.user_counter(account).await?.leased / user_item::BLOCK.. {
            let items = store.user_items(account, partition).await?;
            let Some(last) = items.last() else { break };
            highest = highest.max(user_item::id(last)?.get());
        }
        // Read after the users: whoever was made meanwhile is below it.
        if highest <= store.user_counter(account).await?.leased {
            return Ok(());
        }
        let mend = store.counter_raise(account, UserId::new(highest));
        self.mend("the counter stands above every id", "accounts", counter_key(account), mend).await
    }

    /// An import that keeps ids and that nobody has been at for a while.
    pub(super) async fn settle_importing(&mut self, account: AccountId) -> Result<(), StoreError> {
        let store = self.store;
        let Some(import) = store.user_counter(account).await?.importing else { return Ok(()) };
        let remembered = store.import_remembered(account, &import).await?;
        let alive = clock::now().saturating_add(FORGOTTEN).saturating_sub(ALIVE);
        if remembered.is_some_and(|end| end > alive) {
            return Ok(());
        }
        let mend = async { store.user_ids_kept(account, &import).await.map(|()| true) };
        self.mend("an import that keeps ids comes to its end", "accounts", counter_key(account), mend).await
    }
}

fn counter_key(account: AccountId) -> String {
    format!("{}/{COUNTER}", user_counter_part(account))
}

impl Store {
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
