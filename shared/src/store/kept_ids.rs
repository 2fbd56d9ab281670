//! Users brought over with their ids: room for these, and an end.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Retry, Store, StoreError,
    account::{COUNTER, row_key, user_counter_part},
    census::BLOCK,
    write::write,
};
use crate::{
    census::{Decided, Sealing, rebuild},
    domain::{AccountId, UserId},
};

impl Store {
    /// Reserves the ids from `lowest` to `highest` for the import of this name, in an account in which
    /// no id was ever leased; `false` in another. Nothing is sealed before [`Store::user_ids_kept`].
    pub(crate) async fn user_ids_keep(
        &self,
        account: AccountId,
        lowest: UserId,
        highest: UserId,
        import: &str,
    ) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            // Whoever makes a user meanwhile has ids above; they stay leased.
            .update_expression(
                "SET leased = if_not_exists(leased, :highest), lowest = :lowest, highest = :highest, importing = :import",
            )
            .condition_expression(
                "attribute_not_exists(leased) OR (importing = :import AND lowest = :lowest AND highest = :highest)",
            )
            .expression_attribute_values(":highest", AttributeValue::N(highest.to_string()))
            .expression_attribute_values(":lowest", AttributeValue::N(lowest.to_string()))
            .expression_attribute_values(":import", AttributeValue::S(import.to_owned()));
        Ok(write(&mut Retry::start(), || update.clone().send()).await?.is_ok())
    }

    /// Ends the import that keeps ids: nobody can get one between them any more, so all up to the highest
    /// are decided, and are sealed.
    pub(crate) async fn user_ids_kept(&self, account: AccountId, import: &str) -> Result<(), StoreError> {
        let counter = self.user_counter(account).await?;
        if counter.importing.as_deref() != Some(import) {
            return Ok(());
        }
        let ledger = self.ledger(account);
        for block in counter.lowest / BLOCK..=counter.highest / BLOCK {
            let mut turns = Retry::start();
            let decided =
                || async { Ok(Decided { upto: counter.highest, deleted: BTreeSet::new(), living: BTreeSet::new() }) };
            while rebuild(&ledger, block, decided()).await? != Sealing::Done {
                if !turns.again().await {
                    return Err(StoreError::Unavailable("others keep writing to the census".to_owned()));
                }
            }
        }
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&user_counter_part(account), COUNTER)))
            .update_expression("REMOVE importing")
            .condition_expression("importing = :import")
            .expression_attribute_values(":import", AttributeValue::S(import.to_owned()));
        write(&mut Retry::start(), || update.clone().send()).await.map(|_| ())
    }
}
