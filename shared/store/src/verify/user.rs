//! Checks users: each must have its claims and no others, correct derived attributes, and no tombstone.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem};

use roster_directory::{
    Retry,
    ports::{PlanStore as _, StoreError, StoredUser, UserCounterStore as _, UserStore as _},
};
use roster_domain::{AccountId, Email, PlanId, UserId};

use super::{
    super::{
        DynamoDbStore, Item,
        claim::Claim,
        error::{build_error, sdk_error},
        expression::Update,
        transaction::Transacted,
        user::claims,
        user_item,
        write::write,
    },
    Candidate, Repair, Verification,
    read::number,
};

/// Attributes that are derived from others.
const DERIVED: [&str; 4] = ["email_key", "code_key", "full_name", "changes"];

impl Verification<'_> {
    /// Checks all users of an account.
    pub(super) async fn users(&mut self, account: AccountId) -> Result<(), StoreError> {
        let counter = self.store.user_counter(account).await?;
        if counter.importing.is_some() {
            self.candidate(Candidate::Importing(account));
        }
        let tombstones = self.tombstones(account).await?;
        let plans: BTreeSet<PlanId> = self.store.plan_list(account).await?.into_iter().map(|plan| plan.id).collect();
        let last = counter.reserved / user_item::PARTITION;
        // One partition more, because no user may have an id above the counter.
        for partition in counter.lowest / user_item::PARTITION..=last + 1 {
            let items = self.store.user_items(account, partition).await?;
            let mut wanted = Vec::new();
            for item in items {
                let id = user_item::id(&item)?;
                if id.get() > counter.reserved {
                    self.candidate(Candidate::Counter(account));
                }
                let user = match user_item::read(account, item.clone()) {
                    Ok(Some(user)) => with_own_key(user),
                    Ok(None) => continue,
                    Err(_) => {
                        self.unreadable.insert((account, id));
                        let key = user_key(account, id);
                        self.report("a user can be read", "users", key, Repair::Impossible);
                        continue;
                    }
                };
                self.verified.users += 1;
                let sound = derived_wrong(&item, &user)?.is_empty()
                    && !tombstones.contains(&id.get())
                    && user.plans.is_subset(&plans);
                if !sound {
                    self.candidate(Candidate::User(account, id));
                }
                wanted.extend(claims(&user).into_iter().map(|claim| (claim.key().to_owned(), id)));
            }
            let held = self
                .store
                .raw_holders(
                    wanted.iter().map(|(claim, _)| claim.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                )
                .await?;
            for (claim, id) in wanted {
                if held.get(&claim) != Some(&id) {
                    self.candidate(Candidate::User(account, id));
                }
            }
        }
        Ok(())
    }

    pub(super) async fn recheck_user(&mut self, account: AccountId, id: UserId) -> Result<(), StoreError> {
        let store = self.store;
        // Read before the user: after a deletion in between, the user is not found.
        let was_deleted = store.has_tombstone(account, id).await?;
        let Some(item) = store.user_item(account, id).await? else { return Ok(()) };
        let Some(user) = user_item::read(account, item.clone())?.map(with_own_key) else { return Ok(()) };
        let key = user_key(account, id);
        if was_deleted {
            // A tombstone is written only together with the deletion, and an id is never used again.
            return self.repair("a deleted user is gone", "users", key, store.finish_delete(&user)).await;
        }
        let wrong = derived_wrong(&item, &user)?;
        if !wrong.is_empty() {
            self.repair("derived attributes follow the user", "users", &key, store.derive_again(&user, wrong)).await?;
        }
        for claim in claims(&user) {
            let held = store.claim_read(&claim).await?;
            if held != Some(id) && !store.is_still(&user).await? {
                // The user was changed meanwhile, and its claims with it.
                return Ok(());
            }
            match held {
                Some(holder) if holder == id => {}
                None => {
                    let put = store.claim_again(&user, &claim, None);
                    self.repair("a user has its claims", "claims", claim.key(), put).await?;
                }
                Some(other) => {
                    let rival = store.user_get(account, other).await?;
                    if rival.map(with_own_key).is_some_and(|rival| claims(&rival).contains(&claim)) {
                        self.report("no two users share a value", "claims", claim.key(), Repair::Impossible);
                    } else {
                        let put = store.claim_again(&user, &claim, Some(other));
                        self.repair("a user has its claims", "claims", claim.key(), put).await?;
                    }
                }
            }
        }
        let plans: BTreeSet<PlanId> = store.plan_list(account).await?.into_iter().map(|plan| plan.id).collect();
        if !user.plans.is_subset(&plans) {
            self.report("a user's plans are the account's", "users", key, Repair::Impossible);
        }
        Ok(())
    }
}

/// The user with the compared form of its address computed again, because the stored one may be wrong.
pub(super) fn with_own_key(mut user: StoredUser) -> StoredUser {
    user.user.email = user.user.email.map(|email| Email::parse(email.as_str()).unwrap_or(email));
    user
}

fn user_key(account: AccountId, id: UserId) -> String {
    format!("{}/{id}", user_item::partition(account, user_item::partition_number(id)))
}

/// The correct values of the derived attributes that are wrong.
fn derived_wrong(item: &Item, user: &StoredUser) -> Result<Vec<(&'static str, Option<AttributeValue>)>, StoreError> {
    let right = user_item::write(user, None)?;
    let wrong = DERIVED.into_iter().filter(|attribute| item.get(*attribute) != right.get(*attribute));
    Ok(wrong.map(|attribute| (attribute, right.get(attribute).cloned())).collect())
}

impl DynamoDbStore {
    pub(super) async fn has_tombstone(&self, account: AccountId, id: UserId) -> Result<bool, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.deletions)
            .key("account", AttributeValue::N(account.to_string()))
            .key("id", AttributeValue::N(id.to_string()))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(answer.item.as_ref().and_then(|item| number(item, "id")).is_some())
    }

    /// Whether a user has not changed since it was read.
    async fn is_still(&self, user: &StoredUser) -> Result<bool, StoreError> {
        Ok(self.user_get(user.account, user.id).await?.is_some_and(|now| now.version == user.version))
    }

    /// Completes a deletion whose tombstone exists.
    async fn finish_delete(&self, user: &StoredUser) -> Result<bool, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .condition_expression("rev = :read")
            .expression_attribute_values(":read", AttributeValue::N(user.version.to_string()))
            .build()
            .map_err(build_error)?;
        let mut actions = vec![
            TransactWriteItem::builder().delete(delete).build(),
            self.census_delete(user.account, user.id, false)?,
        ];
        for claim in claims(user) {
            if self.claim_read(&claim).await? == Some(user.id) {
                actions.push(self.claim_delete(&claim, user.id)?);
            }
        }
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }

    async fn derive_again(
        &self,
        user: &StoredUser,
        right: Vec<(&'static str, Option<AttributeValue>)>,
    ) -> Result<bool, StoreError> {
        let mut update = Update::default();
        for (attribute, value) in right {
            match value {
                Some(value) => update.set(attribute, value),
                None => update.remove(attribute),
            }
        }
        let condition =
            format!("{} = {}", update.name("rev"), update.value("read", AttributeValue::N(user.version.to_string())));
        let request = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .update_expression(update.text())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values));
        Ok(write(&mut Retry::start(), || request.clone().send()).await?.is_ok())
    }

    /// Writes a claim of `user` that no user holds, or that the user `instead_of` holds without having the value.
    async fn claim_again(
        &self,
        user: &StoredUser,
        claim: &Claim,
        instead_of: Option<UserId>,
    ) -> Result<bool, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .condition_expression("rev = :read")
            .expression_attribute_values(":read", AttributeValue::N(user.version.to_string()))
            .build()
            .map_err(build_error)?;
        let put = match instead_of {
            None => self.claim_put(claim, user.id)?,
            Some(other) => {
                let put = Put::builder()
                    .table_name(&self.tables.claims)
                    .set_item(Some(claim.item(user.id)))
                    .condition_expression("#user = :other")
                    .expression_attribute_names("#user", "user")
                    .expression_attribute_values(":other", AttributeValue::N(other.to_string()));
                TransactWriteItem::builder().put(put.build().map_err(build_error)?).build()
            }
        };
        let actions = vec![TransactWriteItem::builder().condition_check(check).build(), put];
        Ok(matches!(self.transact(actions, &mut Retry::start()).await?, Transacted::Done))
    }
}
