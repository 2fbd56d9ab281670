//! The three APIs. A dialect is three things: decode to a domain request, domain value to wire,
//! error to wire.

pub mod admin;
mod errors;
pub mod exceed;
pub mod laravel;
pub mod member;
mod once;

use std::{future::Future, pin::pin};

pub use errors::Errors;
use futures_util::future::{Either, select};
use lambda_http::http::StatusCode;
use once::verified_once;
pub use once::{Holder, Once, Repeat};

use crate::{
    Directory,
    directory::{AuthorizeError, Caller, Failure},
    domain::{ApiKey, Scope},
    http::Call,
};

/// Every dialect with all its calls, as they are documented.
#[cfg(feature = "contract")]
#[must_use]
pub fn contracts() -> Vec<crate::contract::Dialect> {
    vec![member::contract(), admin::contract(), exceed::contract()]
}

/// What every dialect says of a body beyond the limit.
const TOO_LARGE: &str = "The request body is larger than 256 KiB.";

/// That we cannot answer, before a dialect gives it its shape.
struct Outage {
    status: StatusCode,
    text: String,
    /// Seconds after which it may be different.
    retry_after: Option<u32>,
}

/// What is told of a failure of ours. Its reason goes to the log alone.
fn outage(call: &Call, failure: &Failure) -> Outage {
    match failure {
        Failure::Unavailable(_) => {
            tracing::warn!(%failure, "refused");
            Outage {
                status: StatusCode::SERVICE_UNAVAILABLE,
                text: "The service is temporarily unavailable. Please try again.".to_owned(),
                retry_after: Some(1),
            }
        }
        Failure::Internal(_) => {
            tracing::error!(%failure, "refused");
            Outage {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                text: format!("Internal server error. Request id: {}", call.request_id()),
                retry_after: None,
            }
        }
    }
}

/// What every refusal is made from in the same way.
macro_rules! refusal_from {
    ($refusal:ident) => {
        impl From<$crate::directory::Failure> for $refusal {
            fn from(failure: $crate::directory::Failure) -> Self {
                Self::Failed(failure)
            }
        }

        impl From<$crate::http::BadBody> for $refusal {
            fn from(bad: $crate::http::BadBody) -> Self {
                Self::BadBody(bad)
            }
        }

        impl From<$crate::dialect::Repeat> for $refusal {
            fn from(repeat: $crate::dialect::Repeat) -> Self {
                Self::Repeat(repeat)
            }
        }

        impl From<$crate::directory::Repeat> for $refusal {
            fn from(repeat: $crate::directory::Repeat) -> Self {
                $crate::dialect::Repeat::of(repeat).map_or_else(Self::Failed, Self::Repeat)
            }
        }

        impl From<$crate::dialect::Errors> for $refusal {
            fn from(errors: $crate::dialect::Errors) -> Self {
                Self::Invalid(errors)
            }
        }
    };
}

use refusal_from;

/// What a call needs of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A read-only key is enough.
    Read,
    /// A read-only key is refused.
    Write,
}

/// Verifies that a key opens a dialect, for writing too where that is asked for, and notes whose it
/// is.
async fn admitted(
    call: &Call,
    directory: &Directory,
    key: &ApiKey,
    scope: Scope,
    access: Access,
) -> Result<Caller, AuthorizeError> {
    let caller = directory.api_key_authorize(key, scope, access == Access::Write).await?;
    call.admit(directory, &caller);
    Ok(caller)
}

/// Verifies whoever asks while `reading` goes on beside it, so that both cost one trip. Where the
/// check fails, `reading` is given up at once, and whatever came of it is thrown away; so it must
/// not write.
async fn verified_while<C, T, R: From<Failure>>(
    check: impl Future<Output = Result<C, R>>,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(C, T), R> {
    match select(pin!(check), pin!(reading)).await {
        Either::Left((checked, reading)) => {
            let checked = checked?;
            Ok((checked, reading.await?))
        }
        Either::Right((read, check)) => {
            let checked = check.await?;
            Ok((checked, read?))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn a_failed_check_waits_for_no_reading_and_comes_before_its_errors() {
        let refused = || ready(Err::<(), _>(Failure::Internal("refused".to_owned())));
        let endless = verified_while(refused(), pending::<Result<(), Failure>>()).await;
        let broken = ready(Err::<(), _>(Failure::Unavailable("broken".to_owned())));
        let slow_check = async {
            tokio::task::yield_now().await;
            refused().await
        };
        for outcome in [endless, verified_while(slow_check, broken).await] {
            assert!(matches!(outcome, Err(Failure::Internal(_))), "{outcome:?}");
        }
    }
}
