//! An account copied into another store, to try things out there.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};

use super::{
    Item, Retry, Store, StoreError,
    account::{settings_part, user_counter_part},
    plan::plans_part,
    user::claims,
    user_item,
};
use crate::domain::AccountId;

/// Items that one request can write.
const TOGETHER: usize = 25;

impl Store {
    /// Writes an account's settings, plans, counter, users and their claims into `to`, which has none of
    /// them; no keys, deletions and census.
    ///
    /// # Errors
    /// One of the stores does not answer.
    pub(crate) async fn account_copy(&self, account: AccountId, to: &Self) -> Result<(), StoreError> {
        for part in [settings_part(account), plans_part(account), user_counter_part(account)] {
            to.write_all(&to.tables.accounts, self.account_rows(part).await?).await?;
        }
        let counter = self.user_counter(account).await?;
        for number in counter.lowest / user_item::BLOCK..=counter.leased / user_item::BLOCK {
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

    async fn write_all(&self, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let put = |item| {
                let put = PutRequest::builder().set_item(Some(item)).build()?;
                Ok::<_, StoreError>(WriteRequest::builder().put_request(put).build())
            };
            let mut left: Vec<_> = items.by_ref().take(TOGETHER).map(put).collect::<Result<_, _>>()?;
            let mut retry = Retry::start();
            while !left.is_empty() {
                let request = HashMap::from([(table.to_owned(), left)]);
                let answer = self.client.batch_write_item().set_request_items(Some(request)).send().await?;
                left = answer.unprocessed_items.unwrap_or_default().remove(table).unwrap_or_default();
                if !left.is_empty() && !retry.again().await {
                    return Err(StoreError::Unavailable("items keep being left unwritten".to_owned()));
                }
            }
        }
        Ok(())
    }
}
