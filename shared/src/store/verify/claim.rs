//! Claims: each names a user who carries the value.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    super::{Item, Retry, StoreError, claim::holder, user::claims, user_item, write::write},
    Suspect, Verification,
    read::{account_of, text},
    user::with_own_key,
};
use crate::domain::{AccountId, UserId};

impl Verification<'_> {
    /// Looks at all claims.
    pub(super) async fn claims(&mut self) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let (items, further) = self.store.raw_scan(&self.store.tables.claims, None, start).await?;
            self.claims_of(items).await?;
            start = further;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    async fn claims_of(&mut self, items: Vec<Item>) -> Result<(), StoreError> {
        let mut held: BTreeMap<(AccountId, UserId), BTreeSet<String>> = BTreeMap::new();
        for item in items {
            let key = text(&item, "claim").to_owned();
            match account_of(&key) {
                Some(account) if !self.concerns(account) => {}
                Some(account) => {
                    self.verified.claims += 1;
                    held.entry((account, holder(&item)?)).or_default().insert(key);
                }
                None => self.suspect(Suspect::Claim(key)),
            }
        }
        for item in self.store.raw_users_of(held.keys().copied()).await? {
            let account = account_of(text(&item, "block")).unwrap_or(AccountId::new(0));
            // What hangs on a user who cannot be read is left alone.
            if let Some(id) = user_item::id(&item).ok().filter(|id| self.unreadable.contains(&(account, *id))) {
                held.remove(&(account, id));
                continue;
            }
            let Some(user) = user_item::read(account, item)?.map(with_own_key) else { continue };
            if let Some(claimed) = held.get_mut(&(account, user.id)) {
                for claim in claims(&user) {
                    claimed.remove(claim.key());
                }
            }
        }
        for key in held.into_values().flatten() {
            self.suspect(Suspect::Claim(key));
        }
        Ok(())
    }

    pub(super) async fn settle_claim(&mut self, key: &str) -> Result<(), StoreError> {
        let store = self.store;
        let Some(id) = store.raw_holders(vec![key.to_owned()]).await?.remove(key) else { return Ok(()) };
        let user = match account_of(key) {
            Some(account) => store.user_read(account, id).await?,
            None => None,
        };
        if user.map(with_own_key).is_some_and(|user| claims(&user).iter().any(|claim| claim.key() == key)) {
            return Ok(());
        }
        let delete = store
            .client
            .delete_item()
            .table_name(&store.tables.claims)
            .key("claim", AttributeValue::S(key.to_owned()))
            .condition_expression("#user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", AttributeValue::N(id.to_string()));
        let mend = async { Ok(write(&mut Retry::start(), || delete.clone().send()).await?.is_ok()) };
        self.mend("a claim has its user", "claims", key, mend).await
    }
}
