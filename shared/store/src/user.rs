//! Single users: read by id, written together with their claims.

use std::collections::HashSet;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata as _,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update},
};
use roster_directory::{
    Retry,
    ports::{StoreError, StoredUser, UserDeleted, UserEdit, UserInsert, UserInserted, UserStore, UserUpdated},
};
use roster_domain::{
    AccountId, Line, Patch, PhcString, RoleGuard, StoredResponse, Timestamp, Unique, User, UserChange, UserId,
};

use super::{
    DynamoDbStore, Item,
    claim::{Claim, holder},
    error::{build_error, sdk_error},
    expression, response,
    transaction::{ConditionFailed, Transacted},
    user_item,
    write::write,
};

impl UserStore for DynamoDbStore {
    /// Each user takes up to five of a transaction's hundred actions.
    const MAX_PER_TRANSACTION: usize = 20;

    async fn user_delete(
        &self,
        user: &StoredUser,
        now: Timestamp,
        retry: &mut Retry,
    ) -> Result<UserDeleted, StoreError> {
        self.delete_user(user, now, retry).await
    }

    async fn user_get(&self, account: AccountId, id: UserId) -> Result<Option<StoredUser>, StoreError> {
        self.user_item(account, id).await?.map_or(Ok(None), |item| user_item::read(account, item))
    }

    async fn user_get_with_password(
        &self,
        account: AccountId,
        id: UserId,
    ) -> Result<Option<(StoredUser, Option<PhcString>)>, StoreError> {
        let Some(item) = self.user_item(account, id).await? else { return Ok(None) };
        let password = user_item::password(&item);
        Ok(user_item::read(account, item)?.map(|user| (user, password)))
    }

    async fn user_rehash(
        &self,
        account: AccountId,
        id: UserId,
        old: &PhcString,
        new: &PhcString,
    ) -> Result<(), StoreError> {
        let hash = |hash: &PhcString| AttributeValue::S(hash.as_str().to_owned());
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, id)))
            .update_expression("SET password = :new")
            .condition_expression("password = :old")
            .expression_attribute_values(":new", hash(new))
            .expression_attribute_values(":old", hash(old));
        write(&mut Retry::start(), || update.clone().send()).await.map(|_| ())
    }

    async fn user_create(
        &self,
        insert: UserInsert<'_>,
        response: Option<&StoredResponse>,
        retry: &mut Retry,
    ) -> Result<UserInserted, StoreError> {
        let UserInsert { user, is_repeated, .. } = insert;
        let claims = claims(user);
        let mut actions = self.insert_actions(insert, &claims)?;
        let response_action = actions.len();
        if let Some(response) = response {
            actions.push(self.response_put(response, user.created_at)?);
        }
        let mut failed = match self.transact(actions, retry).await? {
            Transacted::Done => return Ok(UserInserted::Done),
            Transacted::Failed(failed) => failed,
        };
        if let Some(earlier) = stored_before(&mut failed, response_action)? {
            return Ok(UserInserted::Replayed(earlier));
        }
        if let Some(Some(ConditionFailed { item })) = failed.first() {
            // An id is reserved only once. So its item is a void marker, or this user, written by an attempt whose
            // response was lost. (After a restore it may be another user.)
            let is_own = item.as_ref().is_some_and(|item| user_item::is_login(item, &user.login));
            return Ok(if is_own { UserInserted::Done } else { UserInserted::Voided });
        }
        if is_repeated && failed.get(1 + claims.len()).is_some_and(Option::is_some) {
            return Ok(UserInserted::Deleted);
        }
        taken(&claims, failed.get(1..).unwrap_or_default(), user.id).map(UserInserted::Taken)
    }

    async fn user_create_together(&self, inserts: &[UserInsert<'_>], retry: &mut Retry) -> Result<bool, StoreError> {
        let (mut actions, mut taken) = (Vec::new(), HashSet::new());
        for insert in inserts {
            let claims = claims(insert.user);
            // One transaction cannot write an item twice.
            if !claims.iter().all(|claim| taken.insert(claim.clone())) {
                return Ok(false);
            }
            actions.extend(self.insert_actions(*insert, &claims)?);
        }
        Ok(matches!(self.transact(actions, retry).await?, Transacted::Done))
    }

    async fn user_void_id(&self, account: AccountId, id: UserId, retry: &mut Retry) -> Result<bool, StoreError> {
        let marker = self
            .client
            .put_item()
            .table_name(&self.tables.users)
            .set_item(Some(user_item::key(account, id)))
            .item("void", AttributeValue::Bool(true))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(match write(retry, || marker.clone().send()).await? {
            Ok(_) => true,
            Err(PutItemError::ConditionalCheckFailedException(failed)) => match failed.item {
                Some(item) => user_item::is_void(&item),
                None => return Err(StoreError::Unavailable("a condition failed on nothing".to_owned())),
            },
            Err(error) => {
                return Err(StoreError::Rejected(format!("void marker: {}", error.code().unwrap_or("no code"))));
            }
        })
    }

    async fn user_update(
        &self,
        user: &StoredUser,
        edit: UserEdit<'_>,
        response: Option<&StoredResponse>,
        retry: &mut Retry,
    ) -> Result<UserUpdated, StoreError> {
        let (freed, wanted) = moved_claims(user, edit.change);
        let mut after = edit.applied_to(user);
        let mut update = user_item::update(user, edit);
        // The response was computed from the user as it was read.
        let is_computed = response.is_some() || edit.change.is_computed();
        let condition = condition(&mut update, user, edit, is_computed);
        if freed.is_empty() && wanted.is_empty() && response.is_none() {
            return self.user_update_alone(user, update, &condition, retry).await;
        }
        let mut response_actions = Vec::new();
        if let Some(response) = response {
            let evicted = after.responses.add(response.request.key.clone(), edit.now);
            update.set(user_item::RESPONSES, user_item::responses(&after.responses));
            response_actions.push(self.response_put(response, edit.now)?);
            for key in &evicted {
                response_actions.push(self.response_delete(key)?);
            }
        }
        let update = Update::builder()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .update_expression(update.text())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        let mut actions = vec![TransactWriteItem::builder().update(update).build()];
        for claim in &wanted {
            actions.push(self.claim_put(claim, user.id)?);
        }
        for claim in &freed {
            actions.push(self.claim_delete(claim, user.id)?);
        }
        let response_action = actions.len();
        actions.extend(response_actions);
        let mut failed = match self.transact(actions, retry).await? {
            // A transaction returns no values, but the user has not changed since it was read.
            Transacted::Done => return Ok(UserUpdated::Done(Box::new(after))),
            Transacted::Failed(failed) => failed,
        };
        if let Some(earlier) = stored_before(&mut failed, response_action)? {
            return Ok(UserUpdated::Replayed(earlier));
        }
        if let Some(first) = failed.first_mut().and_then(Option::take) {
            return stale(user.account, first.item);
        }
        taken(&wanted, failed.get(1..=wanted.len()).unwrap_or_default(), user.id).map(UserUpdated::Taken)
    }
}

impl DynamoDbStore {
    pub(super) async fn user_item(&self, account: AccountId, id: UserId) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(sdk_error)?;
        Ok(answer.item)
    }

    /// The actions that write a new user and its claims: the user first.
    fn insert_actions(&self, insert: UserInsert<'_>, claims: &[Claim]) -> Result<Vec<TransactWriteItem>, StoreError> {
        let UserInsert { user, password, is_repeated } = insert;
        let put = Put::builder()
            .table_name(&self.tables.users)
            .set_item(Some(user_item::write(user, password)?))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(build_error)?;
        let mut actions = vec![TransactWriteItem::builder().put(put).build()];
        for claim in claims {
            actions.push(self.claim_put(claim, user.id)?);
        }
        if is_repeated {
            actions.push(self.tombstone_absent(user)?);
        }
        Ok(actions)
    }

    /// Changes one item; no claim moves.
    async fn user_update_alone(
        &self,
        user: &StoredUser,
        update: expression::Update,
        condition: &str,
        retry: &mut Retry,
    ) -> Result<UserUpdated, StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(user.account, user.id)))
            .update_expression(update.text())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match write(retry, || request.clone().send()).await? {
            Ok(answer) => {
                let written = answer.attributes.map_or(Ok(None), |item| user_item::read(user.account, item))?;
                let written = written.ok_or_else(|| StoreError::Unreadable("an update without its user".to_owned()))?;
                Ok(UserUpdated::Done(Box::new(written)))
            }
            Err(UpdateItemError::ConditionalCheckFailedException(failed)) => stale(user.account, failed.item),
            Err(_) => stale(user.account, None),
        }
    }
}

/// The condition of an update. The user must exist and have the role that the update applies to. If the update was
/// computed from the user as it was read, the user must not have changed since.
fn condition(update: &mut expression::Update, user: &StoredUser, edit: UserEdit<'_>, is_computed: bool) -> String {
    let UserEdit { change, guard, .. } = edit;
    let rev = update.name("rev");
    let mut conditions = vec![if is_computed {
        let read = update.value("read", AttributeValue::N(user.version.to_string()));
        format!("{rev} = {read}")
    } else {
        format!("attribute_exists({rev})")
    }];
    let mut unchanged = |attribute: &str, line: &Line| {
        let (name, read) = (update.name(attribute), AttributeValue::S(line.as_str().to_owned()));
        conditions.push(format!("{name} = {}", update.value(&format!("read_{attribute}"), read)));
    };
    // The full name is computed from the new name and the unchanged one.
    match (&change.first_name, &change.last_name) {
        (Some(_), None) => unchanged("last_name", &user.last_name),
        (None, Some(_)) => unchanged("first_name", &user.first_name),
        (None, None) | (Some(_), Some(_)) => {}
    }
    if guard == RoleGuard::RegularOnly {
        let (role, administrator) = (update.name("role"), user_item::ADMINISTRATOR.to_owned());
        let administrator = update.value("administrator", AttributeValue::S(administrator));
        conditions.push(format!("{role} <> {administrator}"));
    }
    conditions.join(" AND ")
}

/// Every claim that a user holds.
pub(super) fn claims(user: &User) -> Vec<Claim> {
    let email = user.email.as_ref().map(|email| Claim::email(user.account, email));
    email.into_iter().chain([Claim::login(user.account, &user.login), Claim::code(user.account, &user.code)]).collect()
}

/// The claims that a change frees and those it takes.
fn moved_claims(user: &User, change: &UserChange) -> (Vec<Claim>, Vec<Claim>) {
    let held = claims(user);
    let login = Claim::login(user.account, &change.login_of(user));
    let email = match &change.email {
        Patch::Set(email) => Some(Claim::email(user.account, email)),
        Patch::Keep | Patch::Clear => None,
    };
    let wanted: Vec<Claim> = email.into_iter().chain([login]).filter(|claim| !held.contains(claim)).collect();
    let cleared = |claim: &Claim| claim.kind == Unique::Email && change.email == Patch::Clear;
    let replaced = |claim: &Claim| wanted.iter().any(|new| new.kind == claim.kind);
    let freed = held.into_iter().filter(|claim| cleared(claim) || replaced(claim)).collect();
    (freed, wanted)
}

/// The values whose claims other users hold. A claim that names `user` itself does not count.
fn taken(claims: &[Claim], failed: &[Option<ConditionFailed>], user: UserId) -> Result<Vec<Unique>, StoreError> {
    let mut taken = Vec::new();
    for (claim, failed) in claims.iter().zip(failed) {
        let Some(ConditionFailed { item }) = failed else { continue };
        if item.as_ref().map(holder).transpose()? != Some(user) {
            taken.push(claim.kind);
        }
    }
    if taken.is_empty() {
        return Err(StoreError::Unavailable("claims and user disagree".to_owned()));
    }
    Ok(taken)
}

/// The stored response that made the action with this index fail.
fn stored_before(
    failed: &mut [Option<ConditionFailed>],
    action: usize,
) -> Result<Option<Box<StoredResponse>>, StoreError> {
    let Some(ConditionFailed { item }) = failed.get_mut(action).and_then(Option::take) else { return Ok(None) };
    let item = item.ok_or_else(|| StoreError::Unavailable("a condition failed on nothing".to_owned()))?;
    Ok(Some(Box::new(response::read(item)?)))
}

fn stale(account: AccountId, item: Option<Item>) -> Result<UserUpdated, StoreError> {
    let user = item.map_or(Ok(None), |item| user_item::read(account, item))?;
    Ok(user.map_or(UserUpdated::NotFound, |user| UserUpdated::Stale(Box::new(user))))
}
