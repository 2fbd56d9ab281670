use std::{future::Future, time::Duration};

use super::{
    Refusal, Reply,
    filter::{filter, needs_zone},
    format::without_extension,
    moments,
    parameters::{Given, NamedCode, Parameters},
};
use crate::{
    Directory,
    dialect::{Once, admitted, verified_once, verified_while},
    directory::{Caller, Failure, PAGE, Walked},
    domain::{AccountId, ApiKey, Date, Deletion, Scope, TimeZone, User, UserId},
    http::Call,
};

pub use crate::dialect::Access;

/// How long a list is worked on. The gateway waits 29 s, and what was found is yet to be noted.
const PATIENCE: Duration = Duration::from_secs(23);

/// The key a call comes with: the first that is not empty of query, body and header. It claims an
/// account and proves nothing yet.
///
/// # Errors
/// The body is too large, or there is no well-formed key.
pub fn key(call: &Call, asked: &Parameters) -> Result<ApiKey, Refusal> {
    if call.is_too_large() {
        return Err(Refusal::TooLarge);
    }
    let given = asked.api_keys().find(|key| !key.is_empty());
    let key = given.as_deref().or_else(|| call.bearer()).and_then(|key| ApiKey::parse(key).ok());
    key.ok_or(Refusal::Unauthorized)
}

/// Verifies the key. To be called before anything is written.
///
/// # Errors
/// The key does not open this dialect, or not for this.
pub async fn authorize(call: &Call, directory: &Directory, key: &ApiKey, access: Access) -> Result<Caller, Refusal> {
    Ok(admitted(call, directory, key, Scope::Exceed, access).await?)
}

/// As [`authorize`], while `reading`, which must not write, goes on beside it.
///
/// # Errors
/// As [`authorize`], then as `reading`.
pub async fn authorize_while<T>(
    call: &Call,
    directory: &Directory,
    key: &ApiKey,
    access: Access,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(Caller, T), Refusal> {
    verified_while(authorize(call, directory, key, access), reading).await
}

/// As [`authorize_while`], for a write that is to have its effect once, if the call says so.
///
/// # Errors
/// As [`authorize`], then as `reading`; then that the call was carried out before, and its answer.
pub async fn authorize_once<T>(
    call: &Call,
    directory: &Directory,
    key: &ApiKey,
    once: &Once,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(Caller, T), Refusal> {
    verified_once(directory, once, authorize(call, directory, key, Access::Write), reading).await
}

/// The user a call is meant for, as far as path and code tell.
#[derive(Debug)]
pub struct Named {
    /// The id in the path.
    id: Option<String>,
    by_id: Option<User>,
    code: Option<NamedCode>,
    by_code: Option<User>,
}

/// Looks up the user whom the path names.
///
/// # Errors
/// See [`Failure`].
pub async fn by_id(call: &Call, directory: &Directory, account: AccountId) -> Result<Named, Failure> {
    let id = call.path("id").map(without_extension);
    let by_id = match id.and_then(UserId::parse) {
        Some(id) => directory.user_get(account, id).await?,
        None => None,
    };
    Ok(Named { id: id.map(str::to_owned), by_id, code: None, by_code: None })
}

/// Looks up the user whom a code names; where none is given, the one whom the path names.
///
/// # Errors
/// See [`Failure`].
pub async fn by_code_or_id(
    call: &Call,
    directory: &Directory,
    account: AccountId,
    asked: &Parameters,
) -> Result<Named, Failure> {
    match asked.code() {
        Some(code) => {
            let by_code = user_of(directory, account, &code).await?;
            Ok(Named { id: None, by_id: None, code: Some(code), by_code })
        }
        None => by_id(call, directory, account).await,
    }
}

/// Looks up the users whom the path and a code name.
///
/// # Errors
/// See [`Failure`].
pub async fn by_code_and_id(
    call: &Call,
    directory: &Directory,
    account: AccountId,
    asked: &Parameters,
) -> Result<Named, Failure> {
    let code = asked.code();
    let coded = async {
        match &code {
            Some(code) => user_of(directory, account, code).await,
            None => Ok(None),
        }
    };
    let (named, by_code) = tokio::try_join!(by_id(call, directory, account), coded)?;
    Ok(Named { code, by_code, ..named })
}

async fn user_of(directory: &Directory, account: AccountId, code: &NamedCode) -> Result<Option<User>, Failure> {
    match &code.code {
        Some(code) => directory.user_find_by_code(account, code).await,
        None => Ok(None),
    }
}

impl Named {
    /// The one user who is named.
    ///
    /// # Errors
    /// Nobody is, or two different users are; or the body, which might say who, could not be read.
    pub fn user(self, asked: &Parameters) -> Result<User, Refusal> {
        if self.id.is_none() && self.code.is_none() {
            asked.checked()?;
        }
        match (self.by_code, self.by_id) {
            (Some(by_code), Some(by_id)) if by_code.id != by_id.id => {
                asked.checked()?;
                Err(Refusal::code_does_not_match_id())
            }
            (Some(user), _) | (None, Some(user)) => Ok(user),
            (None, None) => Err(match (self.id, self.code) {
                (Some(id), _) => Refusal::UserNotFound { by: "id", value: id },
                (None, Some(code)) => Refusal::UserNotFound { by: "code", value: code.text },
                (None, None) => Refusal::NobodyNamed,
            }),
        }
    }
}

/// Reads the users whom a list is asked for.
///
/// # Errors
/// See [`Failure`].
pub async fn users(
    call: &Call,
    directory: &Directory,
    account: AccountId,
    asked: &Parameters,
) -> Result<Walked<User>, Failure> {
    let zone = if needs_zone(asked) { zone(directory, account).await? } else { None };
    let filter = filter(asked, account, zone.as_ref());
    if filter.is_empty() {
        let offset = (asked.page() - 1).saturating_mul(PAGE);
        let page = directory.user_page(account, offset, PAGE, call.admitted()).await?;
        return Ok(Walked::from(page.users));
    }
    directory.user_filtered(account, &filter, asked.page(), PATIENCE).await
}

/// Reads the deletions that a list is asked for, and the zone in which they are shown.
///
/// # Errors
/// See [`Failure`].
pub async fn deletions(
    directory: &Directory,
    account: AccountId,
    asked: &Parameters,
) -> Result<(Walked<Deletion>, Option<TimeZone>), Failure> {
    let page = asked.page();
    let read = |since| directory.deletion_page(account, since, page, PATIENCE);
    let Some(since) = asked.plain("deleted_at") else {
        return tokio::try_join!(read(None), zone(directory, account));
    };
    let zone = zone(directory, account).await?;
    let date = match since {
        Given::Text(text) => Date::parse(&text),
        Given::Null | Given::Unusable => None,
    };
    match date.and_then(|date| moments::day_start(date, zone.as_ref())) {
        Some(since) => Ok((read(Some(since)).await?, zone)),
        None => Ok((Walked::from(Vec::new()), zone)),
    }
}

async fn zone(directory: &Directory, account: AccountId) -> Result<Option<TimeZone>, Failure> {
    Ok(directory.account_get(account).await?.and_then(|account| account.settings.time_zone))
}

/// The reply to a list of users.
///
/// # Errors
/// There was not enough time.
pub async fn users_listed(directory: &Directory, walked: Walked<User>, asked: &Parameters) -> Result<Reply, Refusal> {
    directory.walk_note(&walked).await;
    let users = walked.page.ok_or(Refusal::TooSlow)?;
    Ok(Reply::Users(users, asked.fields()))
}

/// The reply to a list of deletions.
///
/// # Errors
/// There was not enough time.
pub async fn deletions_listed(
    directory: &Directory,
    walked: Walked<Deletion>,
    zone: Option<TimeZone>,
) -> Result<Reply, Refusal> {
    directory.walk_note(&walked).await;
    Ok(Reply::Deletions(walked.page.ok_or(Refusal::TooSlow)?, zone))
}
