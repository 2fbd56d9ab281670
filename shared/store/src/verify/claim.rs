//! Checks claims: each must name a user that has the value.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem};

use roster_directory::{
    Retry,
    ports::{StoreError, UserStore as _},
};
use roster_domain::{AccountId, UserId};

use super::{
    super::{DynamoDbStore, Item, claim::holder, error::build_error, transaction::Transacted, user::claims, user_item},
    Candidate, Verification,
    read::{account_of, text},
    user::with_own_key,
};

impl Verification<'_> {
    /// Checks all claims.
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
                None => self.candidate(Candidate::Claim(key)),
            }
        }
        for item in self.store.raw_users_of(held.keys().copied()).await? {
            let account = account_of(text(&item, "block")).unwrap_or(AccountId::new(0));
            // Claims of a user whose item cannot be read are not changed.
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
            self.candidate(Candidate::Claim(key));
        }
        Ok(())
    }

    pub(super) async fn recheck_claim(&mut self, key: &str) -> Result<(), StoreError> {
        let store = self.store;
        let Some(id) = store.raw_holders(vec![key.to_owned()]).await?.remove(key) else { return Ok(()) };
        let account = account_of(key);
        let user = match account {
            Some(account) => store.user_get(account, id).await?,
            None => None,
        };
        let rev = user.as_ref().map(|user| user.version);
        if user.map(with_own_key).is_some_and(|user| claims(&user).iter().any(|claim| claim.key() == key)) {
            return Ok(());
        }
        if store.raw_holders(vec![key.to_owned()]).await?.get(key) != Some(&id) {
            return Ok(());
        }
        let repair = store.claim_remove(key, account, id, rev);
        self.repair("a claim has its user", "claims", key, repair).await
    }
}

impl DynamoDbStore {
    /// Removes a claim that names `user`, if the user still has the version `rev`, or still does not exist.
    async fn claim_remove(
        &self,
        key: &str,
        account: Option<AccountId>,
        user: UserId,
        rev: Option<u64>,
    ) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.claims)
            .key("claim", AttributeValue::S(key.to_owned()))
            .condition_expression("#user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", AttributeValue::N(user.to_string()))
            .build()
            .map_err(build_error)?;
        let mut actions = vec![TransactWriteItem::builder().delete(delete).build()];
        if let Some(account) = account {
            let check =
                ConditionCheck::builder().table_name(&self.tables.users).set_key(Some(user_item::key(account, user)));
            let check = match rev {
                None => check.condition_expression("attribute_not_exists(rev)"),
                Some(rev) => check
                    .condition_expression("rev = :read")
                    .expression_attribute_values(":read", AttributeValue::N(rev.to_string())),
            };
            actions.push(TransactWriteItem::builder().condition_check(check.build().map_err(build_error)?).build());
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }
}
