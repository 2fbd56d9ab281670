use std::{
    future::{Future, ready},
    pin::pin,
};

use futures_util::future::{Either, select};
use roster_dialects::IdempotencyError;
use roster_domain::{Access, AuthenticateError, Caller, Failure, Replay};
use roster_lambda::Context;

use super::{Credentials, Writer, idempotency::idempotent_request};

/// Verifies the credentials of a request while `reading` runs, so that both take the time of one round trip.
///
/// If the check fails, `reading` is dropped immediately, with its results. So it must not write before
/// [`Context::authenticated`].
///
/// # Errors
/// The error of the check; then that of `reading`.
pub async fn authenticate<T, E: From<AuthenticateError>>(
    context: &Context,
    credentials: &impl Credentials,
    access: Access,
    reading: impl Future<Output = Result<T, E>>,
) -> Result<(Caller, T), E> {
    let (caller, read) = check_while(check(context, credentials, access), reading).await?;
    Ok((caller, read?))
}

/// As [`authenticate`], for a write. A stored response under the same idempotency key is looked up concurrently, and
/// replayed.
///
/// # Errors
/// The error of the check; then that the request was carried out before, or that its idempotency key is malformed; then
/// the error of `reading`.
pub async fn authenticate_write<'a, T, E>(
    context: &'a Context,
    credentials: &impl Credentials,
    reading: impl Future<Output = Result<T, E>>,
) -> Result<(Writer<'a>, T), E>
where
    E: From<AuthenticateError> + From<Failure> + From<IdempotencyError> + From<Replay>,
{
    let request = idempotent_request(&context.request, credentials);
    let replay = async {
        match &request {
            Ok(Some(request)) => context.directory.replay_get(request).await,
            Ok(None) | Err(_) => Ok(None),
        }
    };
    let both = async { tokio::join!(replay, reading) };
    let (caller, (replay, read)) = check_while::<_, E>(check(context, credentials, Access::Write), both).await?;
    let replay = replay?;
    let request = request.map_err(|_| IdempotencyError::MalformedKey)?;
    match replay {
        Some(replay) => Err(replay.into()),
        None => Ok((Writer::new(context, caller, request), read?)),
    }
}

/// For requests that read nothing concurrently with the check.
pub fn nothing<E>() -> impl Future<Output = Result<(), E>> {
    ready(Ok(()))
}

async fn check(context: &Context, credentials: &impl Credentials, access: Access) -> Result<Caller, AuthenticateError> {
    let caller = credentials.authenticate(&context.directory, access).await?;
    context.authenticate(&caller);
    Ok(caller)
}

/// Runs both concurrently; drops `reading` if the check fails.
async fn check_while<T, E: From<AuthenticateError>>(
    check: impl Future<Output = Result<Caller, AuthenticateError>>,
    reading: impl Future<Output = T>,
) -> Result<(Caller, T), E> {
    Ok(match select(pin!(check), pin!(reading)).await {
        Either::Left((checked, reading)) => (checked?, reading.await),
        Either::Right((read, check)) => (check.await?, read),
    })
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_failed_check_waits_for_no_reading() {
        let rejected = || ready(Err(AuthenticateError::InvalidKey));
        let endless = check_while::<(), AuthenticateError>(rejected(), pending()).await;
        let slow_check = async {
            tokio::task::yield_now().await;
            rejected().await
        };
        let slow = check_while::<(), AuthenticateError>(slow_check, ready(())).await;
        for outcome in [endless, slow] {
            assert!(matches!(outcome, Err(AuthenticateError::InvalidKey)), "{outcome:?}");
        }
    }
}
