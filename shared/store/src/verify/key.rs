//! Checks API keys, sessions and stored responses: the owner of each must exist.

use std::collections::BTreeSet;

use roster_directory::{
    clock,
    ports::{AccountStore as _, StoreError, UserStore as _},
};
use roster_domain::{AccountId, UserId};

use super::{
    super::{DynamoDbStore, Item, account::row_key, api_key, error::sdk_error, response},
    Candidate, Verification,
    read::{number, text},
};

impl Verification<'_> {
    /// Checks all keys.
    pub(super) async fn keys(&mut self, accounts: &[AccountId]) -> Result<(), StoreError> {
        let accounts: BTreeSet<AccountId> = accounts.iter().copied().collect();
        let mut start = None;
        loop {
            let (items, further) = self.store.raw_scan(&self.store.tables.keys, None, start).await?;
            for item in items {
                let key = text(&item, "key").to_owned();
                let kind = key.split('#').next().unwrap_or_default();
                let account = number(&item, "account").map(AccountId::new);
                if !matches!(kind, "api-key" | "session" | "idempotency")
                    || account.is_some_and(|account| !self.concerns(account))
                {
                    continue;
                }
                self.verified.keys += 1;
                let owner = account.filter(|account| accounts.contains(account)).zip(number(&item, "owner"));
                let sound = match (kind, owner, account) {
                    ("session", Some((account, owner)), _) => {
                        self.store.user_get(account, UserId::new(owner)).await?.is_some()
                    }
                    ("api-key", _, Some(account)) if accounts.contains(&account) => {
                        self.store.is_listed(account, &key).await?
                    }
                    ("idempotency", _, Some(account)) if accounts.contains(&account) => {
                        self.store.is_kept_with_its_user(item).await?
                    }
                    _ => false,
                };
                if !sound {
                    self.candidate(Candidate::Key(key));
                }
            }
            start = further;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    pub(super) async fn recheck_key(&mut self, key: &str) -> Result<(), StoreError> {
        let store = self.store;
        let Some(item) = store.key_item(key.to_owned()).await? else { return Ok(()) };
        let account = number(&item, "account").map(AccountId::new);
        let known = match account {
            Some(account) => store.account_get(account).await?.is_some(),
            None => false,
        };
        let remove = async {
            store.key_delete(key.to_owned()).await?;
            Ok(true)
        };
        if known && key.starts_with(response::PREFIX) {
            if !store.is_kept_with_its_user(item).await? {
                self.repair("a stored response has its user", "keys", key, remove).await?;
            }
            return Ok(());
        }
        match (account.filter(|_| known), number(&item, "owner")) {
            (Some(account), Some(owner)) => {
                if store.user_get(account, UserId::new(owner)).await?.is_none() {
                    self.repair("a session has its owner", "keys", key, remove).await?;
                }
            }
            (Some(account), None) => {
                if !store.is_listed(account, key).await? {
                    self.repair("an API key is listed", "accounts", key, store.list_again(account, key)).await?;
                }
            }
            (None, _) => self.repair("a key has its account", "keys", key, remove).await?,
        }
        Ok(())
    }
}

impl DynamoDbStore {
    /// Whether a response will be deleted with its user, because the user's item lists it. An expired response counts
    /// as sound: the cleanup will remove it.
    async fn is_kept_with_its_user(&self, item: Item) -> Result<bool, StoreError> {
        let stored = response::read(item)?;
        if stored.expires_at <= clock::now() {
            return Ok(true);
        }
        let user = self.user_get(stored.account, stored.user).await?;
        Ok(user.is_some_and(|user| user.responses.iter().any(|(key, _)| *key == stored.request.key)))
    }

    async fn is_listed(&self, account: AccountId, key: &str) -> Result<bool, StoreError> {
        let id = key.split_once('#').map_or("", |(_, id)| id);
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.accounts)
            .set_key(Some(row_key(&api_key::list_part(account), id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(answer.item.is_some())
    }

    async fn list_again(&self, account: AccountId, key: &str) -> Result<bool, StoreError> {
        let id = key.split_once('#').map_or("", |(_, id)| id);
        let item = row_key(&api_key::list_part(account), id);
        self.client
            .put_item()
            .table_name(&self.tables.accounts)
            .set_item(Some(item))
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(true)
    }
}
