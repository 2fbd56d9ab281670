//! Reads that endpoints of the exceed dialect share.

use roster_dialects::exceed::{self, Error, Received, Since, Target};
use roster_directory::{PAGE, ports::StoredUser, timeouts::LIST};
use roster_domain::{AccountId, Deletion, Failure, TimeZone, User};
use roster_lambda::Context;

/// The user that a request is for.
///
/// # Errors
/// There is no such user, or the directory fails.
pub async fn user(
    context: &Context,
    account: AccountId,
    received: &Received,
    target: Target,
) -> Result<StoredUser, Error> {
    let directory = &context.directory;
    let by_code = async {
        match target.code() {
            Some(code) => directory.user_find_by_code(account, code).await,
            None => Ok(None),
        }
    };
    let by_id = async {
        match target.id() {
            Some(id) => directory.user_get(account, id).await,
            None => Ok(None),
        }
    };
    let (by_code, by_id) = tokio::try_join!(by_code, by_id)?;
    target.resolve(received, by_code, by_id)
}

/// The page of users that a list requests.
///
/// # Errors
/// Time runs out, or the directory fails.
pub async fn users(context: &Context, account: AccountId, received: &Received) -> Result<Vec<User>, Error> {
    let time_zone = if received.needs_time_zone() { time_zone(context, account).await? } else { None };
    let filter = received.filter(account, time_zone.as_ref());
    let page = received.page();
    if filter.is_empty() {
        let offset = (page - 1).saturating_mul(PAGE);
        return Ok(context.directory.user_list(account, offset, PAGE, context.authenticated()).await?.users);
    }
    Ok(context.directory.user_filter(account, &filter, page, LIST, context.authenticated()).await?)
}

/// The page of deletions that a list requests, and the time zone in which they are shown.
///
/// # Errors
/// Time runs out, or the directory fails.
pub async fn deletions(
    context: &Context,
    account: AccountId,
    received: &Received,
) -> Result<(Vec<Deletion>, Option<TimeZone>), Error> {
    let page = received.page();
    let read = |since| async move {
        Ok::<_, Error>(context.directory.deletion_list(account, since, page, LIST, context.authenticated()).await?)
    };
    let time_zone = async { Ok(time_zone(context, account).await?) };
    let day = match received.since() {
        Since::Always => return tokio::try_join!(read(None), time_zone),
        Since::Never => return Ok((Vec::new(), time_zone.await?)),
        Since::Day(day) => day,
    };
    let time_zone = time_zone.await?;
    match exceed::day_start(day, time_zone.as_ref()) {
        Some(since) => Ok((read(Some(since)).await?, time_zone)),
        None => Ok((Vec::new(), time_zone)),
    }
}

async fn time_zone(context: &Context, account: AccountId) -> Result<Option<TimeZone>, Failure> {
    Ok(context.directory.account_get(account).await?.and_then(|account| account.settings.time_zone))
}
