//! Checks indexes: each entry must match its user.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use roster_directory::ports::StoreError;
use roster_domain::{AccountId, UserId};

use super::{
    super::{
        DynamoDbStore, Item,
        query::all,
        tables::{CHANGES_INDEX, CODE_INDEX, EMAIL_INDEX},
        user_item,
    },
    Candidate, Repair, Verification,
    read::{account_of, number, text},
};

/// The sort key of the only index that has one.
const SORT: &str = "updated_on";

/// Indexes and the attributes that are their keys.
const INDEXES: [(&str, &str); 3] = [(EMAIL_INDEX, "email_key"), (CODE_INDEX, "code_key"), (CHANGES_INDEX, "changes")];

impl Verification<'_> {
    /// Checks all indexes of users.
    pub(super) async fn indexes(&mut self) -> Result<(), StoreError> {
        for (index, attribute) in INDEXES {
            let mut start = None;
            loop {
                let (entries, further) = self.store.raw_scan(&self.store.tables.users, Some(index), start).await?;
                self.entries(index, attribute, entries).await?;
                start = further;
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn entries(&mut self, index: &'static str, attribute: &str, entries: Vec<Item>) -> Result<(), StoreError> {
        let mut told: BTreeMap<(AccountId, UserId), (String, String)> = BTreeMap::new();
        for entry in entries {
            let Some(account) = account_of(text(&entry, "block")).filter(|account| self.concerns(*account)) else {
                continue;
            };
            self.verified.index_entries += 1;
            let keys = (text(&entry, attribute).to_owned(), text(&entry, SORT).to_owned());
            told.insert((account, user_item::id(&entry)?), keys);
        }
        for item in self.store.raw_users_of(told.keys().copied()).await? {
            let owner = account_of(text(&item, "block")).zip(number(&item, "id").map(UserId::new));
            if let Some(owner) =
                owner.filter(|owner| told.get(owner).is_some_and(|(key, _)| key == text(&item, attribute)))
            {
                told.remove(&owner);
            }
        }
        for ((account, id), (key, sort)) in told {
            self.candidate(Candidate::Index(index, key, sort, account, id));
        }
        Ok(())
    }

    pub(super) async fn recheck_index(
        &mut self,
        index: &'static str,
        key: &str,
        sort: &str,
        account: AccountId,
        id: UserId,
    ) -> Result<(), StoreError> {
        let attribute = INDEXES.iter().find(|(name, _)| *name == index).map_or("", |(_, attribute)| attribute);
        let carries = |item: &Item| text(item, attribute) == key;
        let item = self.store.user_item(account, id).await?;
        // The user may have changed, and the index with it.
        if !item.as_ref().is_some_and(carries) && self.store.is_indexed(index, attribute, key, sort, id).await? {
            self.report("an index tells what users carry", index, format!("{key} → {id}"), Repair::Impossible);
        }
        Ok(())
    }
}

impl DynamoDbStore {
    async fn is_indexed(
        &self,
        index: &str,
        attribute: &str,
        key: &str,
        sort: &str,
        id: UserId,
    ) -> Result<bool, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .index_name(index)
            .key_condition_expression(if sort.is_empty() {
                "#key = :key"
            } else {
                "#key = :key AND updated_on = :sort"
            })
            .set_expression_attribute_values(
                (!sort.is_empty()).then(|| Item::from([(":sort".to_owned(), AttributeValue::S(sort.to_owned()))])),
            )
            .expression_attribute_names("#key", attribute)
            .expression_attribute_values(":key", AttributeValue::S(key.to_owned()));
        let entries = all(query).await?;
        Ok(entries.iter().any(|entry| number(entry, "id") == Some(id.get())))
    }
}
