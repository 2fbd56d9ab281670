//! Users: read by id, found through an index, written together with their claims.

use std::collections::HashSet;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata as _,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, Select, TransactWriteItem, Update},
};

use super::{
    Item, Retry, Store, StoreError,
    claim::{Claim, holder},
    expression, idempotency,
    tables::{CODE_INDEX, EMAIL_INDEX},
    transaction::{ConditionFailed, Transacted},
    user_item,
    write::write,
};
use crate::domain::{
    AccountId, Among, Code, Email, KeptAnswer, Line, Login, Patch, PhcString, Timestamp, Unique, User, UserChange,
    UserId,
};

/// Users that one transaction can write: each is up to five of its hundred actions.
pub(crate) const TOGETHER: usize = 20;

/// What became of a new user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserInsert {
    /// It is there, with its claims.
    Done,
    /// Its id was given up for it meanwhile, or is another's; nothing is written.
    Plugged,
    /// It was written by an attempt before, and deleted since; nothing is written.
    Gone,
    /// Other users hold these values; nothing is written.
    Taken(Vec<Unique>),
    /// The request was carried out before, and this was answered; nothing is written.
    Repeated(Box<KeptAnswer>),
}

/// What became of a change.
#[derive(Debug)]
pub enum UserWrite {
    /// It is done, and the user now stands like this.
    Done(Box<User>),
    /// There is no such user; nothing is written.
    Gone,
    /// The user has changed since it was read, and stands like this; nothing is written.
    Stale(Box<User>),
    /// Other users hold these values; nothing is written.
    Taken(Vec<Unique>),
    /// The request was carried out before, and this was answered; nothing is written.
    Repeated(Box<KeptAnswer>),
}

/// A change to be written.
#[derive(Clone, Copy, Debug)]
pub struct UserEdit<'a> {
    /// What it changes.
    pub change: &'a UserChange,
    /// A new password.
    pub password: Option<&'a PhcString>,
    /// Whom it is meant for.
    pub among: Among,
    /// When.
    pub now: Timestamp,
}

impl UserEdit<'_> {
    /// What `user` is after it.
    pub(crate) fn applied_to(&self, user: &User) -> User {
        if self.is_idle() {
            return User { rev: user.rev + 1, ..user.clone() };
        }
        self.change.applied_to(user, self.now)
    }

    /// Whether it leaves everything as it is.
    pub(crate) fn is_idle(&self) -> bool {
        self.change.is_empty() && self.password.is_none()
    }
}

impl Store {
    /// The user with an id, if there is one.
    ///
    /// # Errors
    /// The store does not answer, or the item is not ours.
    pub async fn user_read(&self, account: AccountId, id: UserId) -> Result<Option<User>, StoreError> {
        self.user_item(account, id).await?.map_or(Ok(None), |item| user_item::read(account, item))
    }

    pub(super) async fn user_item(&self, account: AccountId, id: UserId) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.users)
            .set_key(Some(user_item::key(account, id)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item)
    }

    /// The user who holds a login, by the claim.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_claim_login(&self, account: AccountId, login: &Login) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::login(account, login)).await
    }

    /// The user with an id and the hash of its password, for signing in alone.
    ///
    /// # Errors
    /// The store does not answer, or the item is not ours.
    pub async fn user_credential(
        &self,
        account: AccountId,
        id: UserId,
    ) -> Result<Option<(User, Option<PhcString>)>, StoreError> {
        let Some(item) = self.user_item(account, id).await? else { return Ok(None) };
        let password = user_item::password(&item);
        Ok(user_item::read(account, item)?.map(|user| (user, password)))
    }

    /// Puts `new` in the place of the hash `old` of the same password; nothing where that has gone.
    ///
    /// # Errors
    /// The store does not answer, or refuses.
    pub(crate) async fn user_rehash(
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

    /// The user whom `email-index` names for an address. It may lag: the caller reads the user.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_index_email(&self, account: AccountId, email: &Email) -> Result<Option<UserId>, StoreError> {
        self.user_index(EMAIL_INDEX, "email_key", user_item::email_key(account, email)).await
    }

    /// The user whom `code-index` names for a code. It may lag: the caller reads the user.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_index_code(&self, account: AccountId, code: &Code) -> Result<Option<UserId>, StoreError> {
        self.user_index(CODE_INDEX, "code_key", user_item::code_key(account, code)).await
    }

    async fn user_index(&self, index: &str, attribute: &str, key: String) -> Result<Option<UserId>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.tables.users)
            .index_name(index)
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", attribute)
            .expression_attribute_values(":key", AttributeValue::S(key))
            .select(Select::AllProjectedAttributes)
            .limit(1)
            .send()
            .await?;
        let id = answer.items().first().and_then(|item| item.get("id")).and_then(|id| id.as_n().ok());
        Ok(id.and_then(|id| UserId::parse(id)))
    }

    /// The user who holds an address, by the claim: decides where the index does not.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_claim_email(&self, account: AccountId, email: &Email) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::email(account, email)).await
    }

    /// The user who holds a code, by the claim: decides where the index does not.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn user_claim_code(&self, account: AccountId, code: &Code) -> Result<Option<UserId>, StoreError> {
        self.claim_read(&Claim::code(account, code)).await
    }

    /// Writes a new user and its claims in one transaction, and the answer that is kept; `again` where
    /// an attempt that nobody remembers may have written it before.
    ///
    /// # Errors
    /// The store does not answer within `retry`, or refuses.
    pub(crate) async fn user_insert(
        &self,
        user: &User,
        password: Option<&PhcString>,
        again: bool,
        kept: Option<&KeptAnswer>,
        retry: &mut Retry,
    ) -> Result<UserInsert, StoreError> {
        let claims = claims(user);
        let mut actions = self.insert_actions(user, password, &claims, again)?;
        let answer = actions.len();
        if let Some(kept) = kept {
            actions.push(self.answer_put(kept, user.created_at)?);
        }
        let mut failed = match self.transact(actions, retry).await? {
            Transacted::Done => return Ok(UserInsert::Done),
            Transacted::Failed(failed) => failed,
        };
        if let Some(kept) = kept_before(&mut failed, answer)? {
            return Ok(UserInsert::Repeated(kept));
        }
        if let Some(Some(ConditionFailed { item })) = failed.first() {
            // An id is leased once: whatever stands under it is a plug or this very user, written
            // by an attempt whose answer was lost. (After a restore it may be somebody else.)
            let own = item.as_ref().is_some_and(|item| user_item::is_login(item, &user.login));
            return Ok(if own { UserInsert::Done } else { UserInsert::Plugged });
        }
        if again && failed.get(1 + claims.len()).is_some_and(Option::is_some) {
            return Ok(UserInsert::Gone);
        }
        taken(&claims, failed.get(1..).unwrap_or_default(), user.id).map(UserInsert::Taken)
    }

    /// What writes a new user and its claims: the user first.
    fn insert_actions(
        &self,
        user: &User,
        password: Option<&PhcString>,
        claims: &[Claim],
        again: bool,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.users)
            .set_item(Some(user_item::write(user, password)?))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        let mut actions = vec![TransactWriteItem::builder().put(put).build()];
        for claim in claims {
            actions.push(self.claim_put(claim, user.id)?);
        }
        if again {
            actions.push(self.tombstone_absent(user)?);
        }
        Ok(actions)
    }

    /// Writes up to [`TOGETHER`] new users and their claims in one transaction; `false` where that
    /// cannot be done for all of them, and nothing is written (or all of them stand there since an
    /// attempt whose answer was lost): each is to be written by itself then.
    ///
    /// # Errors
    /// The store does not answer within `retry`, or refuses.
    pub(crate) async fn user_insert_together(
        &self,
        users: &[(User, Option<PhcString>)],
        again: bool,
        retry: &mut Retry,
    ) -> Result<bool, StoreError> {
        let (mut actions, mut taken) = (Vec::new(), HashSet::new());
        for (user, password) in users {
            let claims = claims(user);
            // One transaction cannot touch an item twice.
            if !claims.iter().all(|claim| taken.insert(claim.clone())) {
                return Ok(false);
            }
            actions.extend(self.insert_actions(user, password.as_ref(), &claims, again)?);
        }
        Ok(matches!(self.transact(actions, retry).await?, Transacted::Done))
    }

    /// Keeps any user from getting an id for which none was written; `false` where there is a user.
    ///
    /// # Errors
    /// The store does not answer within `retry`.
    pub(crate) async fn user_plug(
        &self,
        account: AccountId,
        id: UserId,
        retry: &mut Retry,
    ) -> Result<bool, StoreError> {
        let plug = self
            .client
            .put_item()
            .table_name(&self.tables.users)
            .set_item(Some(user_item::key(account, id)))
            .item("void", AttributeValue::Bool(true))
            .condition_expression("attribute_not_exists(id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(match write(retry, || plug.clone().send()).await? {
            Ok(_) => true,
            Err(PutItemError::ConditionalCheckFailedException(failed)) => match failed.item {
                Some(item) => user_item::is_plug(&item),
                None => return Err(StoreError::Unavailable("a condition failed on nothing".to_owned())),
            },
            Err(error) => return Err(StoreError::Refused(format!("plug: {}", error.code().unwrap_or("no code")))),
        })
    }

    /// Changes `user`, as it was read, and moves its claims where an address or login changes; keeps
    /// the answer to it, if there is one to keep.
    ///
    /// # Errors
    /// The store does not answer within `retry`, or refuses.
    pub(crate) async fn user_update(
        &self,
        user: &User,
        edit: UserEdit<'_>,
        kept: Option<&KeptAnswer>,
        retry: &mut Retry,
    ) -> Result<UserWrite, StoreError> {
        let (freed, wanted) = moved_claims(user, edit.change);
        let mut after = edit.applied_to(user);
        let mut update = user_item::update(user, edit);
        // What is answered was computed from the user as it was read.
        let is_computed = kept.is_some() || edit.change.is_computed();
        let condition = condition(&mut update, user, edit, is_computed);
        if freed.is_empty() && wanted.is_empty() && kept.is_none() {
            return self.user_update_alone(user, update, &condition, retry).await;
        }
        let mut keeping = Vec::new();
        if let Some(kept) = kept {
            let crowded = after.kept_answers.add(kept.request.key.clone(), edit.now);
            update.set(user_item::KEPT_ANSWERS, user_item::kept_answers(&after.kept_answers));
            keeping.push(self.answer_put(kept, edit.now)?);
            for key in &crowded {
                keeping.push(self.answer_delete(key)?);
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
            .build()?;
        let mut actions = vec![TransactWriteItem::builder().update(update).build()];
        for claim in &wanted {
            actions.push(self.claim_put(claim, user.id)?);
        }
        for claim in &freed {
            actions.push(self.claim_delete(claim, user.id)?);
        }
        let answer = actions.len();
        actions.extend(keeping);
        let mut failed = match self.transact(actions, retry).await? {
            // A transaction returns no values; this one held the user still since it was read.
            Transacted::Done => return Ok(UserWrite::Done(Box::new(after))),
            Transacted::Failed(failed) => failed,
        };
        if let Some(kept) = kept_before(&mut failed, answer)? {
            return Ok(UserWrite::Repeated(kept));
        }
        if let Some(first) = failed.first_mut().and_then(Option::take) {
            return stale(user.account, first.item);
        }
        taken(&wanted, failed.get(1..=wanted.len()).unwrap_or_default(), user.id).map(UserWrite::Taken)
    }

    /// Changes one item; no claim moves.
    async fn user_update_alone(
        &self,
        user: &User,
        update: expression::Update,
        condition: &str,
        retry: &mut Retry,
    ) -> Result<UserWrite, StoreError> {
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
                Ok(UserWrite::Done(Box::new(written)))
            }
            Err(UpdateItemError::ConditionalCheckFailedException(failed)) => stale(user.account, failed.item),
            Err(_) => stale(user.account, None),
        }
    }
}

/// What a change rests on: that the user is there, and among those it is meant for, and, where the
/// change was computed from what was read, that nothing has changed since.
fn condition(update: &mut expression::Update, user: &User, edit: UserEdit<'_>, is_computed: bool) -> String {
    let UserEdit { change, among, .. } = edit;
    let rev = update.name("rev");
    let mut conditions = vec![if is_computed {
        let read = update.value("read", AttributeValue::N(user.rev.to_string()));
        format!("{rev} = {read}")
    } else {
        format!("attribute_exists({rev})")
    }];
    let mut unchanged = |attribute: &str, line: &Line| {
        let (name, read) = (update.name(attribute), AttributeValue::S(line.as_str().to_owned()));
        conditions.push(format!("{name} = {}", update.value(&format!("read_{attribute}"), read)));
    };
    // The full name is computed from the new one and the one that stays.
    match (&change.first_name, &change.last_name) {
        (Some(_), None) => unchanged("last_name", &user.last_name),
        (None, Some(_)) => unchanged("first_name", &user.first_name),
        (None, None) | (Some(_), Some(_)) => {}
    }
    if among == Among::Regular {
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

/// The values whose claims other users hold. A claim that names `user` itself is its own.
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

/// The answer that stood in the way of the action of this number.
fn kept_before(failed: &mut [Option<ConditionFailed>], action: usize) -> Result<Option<Box<KeptAnswer>>, StoreError> {
    let Some(ConditionFailed { item }) = failed.get_mut(action).and_then(Option::take) else { return Ok(None) };
    let item = item.ok_or_else(|| StoreError::Unavailable("a condition failed on nothing".to_owned()))?;
    Ok(Some(Box::new(idempotency::read(item)?)))
}

fn stale(account: AccountId, item: Option<Item>) -> Result<UserWrite, StoreError> {
    let user = item.map_or(Ok(None), |item| user_item::read(account, item))?;
    Ok(user.map_or(UserWrite::Gone, |user| UserWrite::Stale(Box::new(user))))
}
