//! Copies an account into another store, for a dry run of an import.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};

use roster_directory::{
    Retry,
    ports::{StoreError, TransferStore, UserCounterStore as _, Verified, Violation},
};
use roster_domain::AccountId;

use super::{
    DynamoDbStore, Item,
    account::{settings_part, user_counter_part},
    error::{build_error, sdk_error},
    plan::plans_part,
    user::claims,
    user_item,
};

/// Items that one request can write.
const MAX_PER_REQUEST: usize = 25;

impl TransferStore for DynamoDbStore {
    async fn account_copy(&self, account: AccountId, to: &Self) -> Result<(), StoreError> {
        for part in [settings_part(account), plans_part(account), user_counter_part(account)] {
            to.write_all(&to.tables.accounts, self.account_rows(part).await?).await?;
        }
        let counter = self.user_counter(account).await?;
        for number in user_item::partitions(&counter) {
            let users = self.user_items(account, number).await?;
            let mut held = Vec::new();
            for user in &users {
                let user = user_item::read(account, user.clone())?;
                held.extend(user.iter().flat_map(|user| claims(user).into_iter().map(|claim| claim.item(user.id))));
            }
            to.write_all(&to.tables.users, users).await?;
            to.write_all(&to.tables.claims, held).await?;
        }
        Ok(())
    }

    async fn verify(&self, only: Option<AccountId>, repairs: bool) -> Result<(Verified, Vec<Violation>), StoreError> {
        self.verify_tables(only, repairs).await
    }
}

impl DynamoDbStore {
    async fn write_all(&self, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let put = |item| {
                let put = PutRequest::builder().set_item(Some(item)).build().map_err(build_error)?;
                Ok::<_, StoreError>(WriteRequest::builder().put_request(put).build())
            };
            let mut left: Vec<_> = items.by_ref().take(MAX_PER_REQUEST).map(put).collect::<Result<_, _>>()?;
            let mut retry = Retry::start();
            while !left.is_empty() {
                let request = HashMap::from([(table.to_owned(), left)]);
                let answer =
                    self.client.batch_write_item().set_request_items(Some(request)).send().await.map_err(sdk_error)?;
                left = answer.unprocessed_items.unwrap_or_default().remove(table).unwrap_or_default();
                if !left.is_empty() && !retry.again().await {
                    return Err(StoreError::Unavailable("items keep being left unwritten".to_owned()));
                }
            }
        }
        Ok(())
    }
}
