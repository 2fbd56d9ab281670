//! The three APIs. A dialect is three things: decode to a domain request, domain value to wire,
//! error to wire.

pub mod admin;
pub mod laravel;
pub mod member;

use std::{future::Future, pin::pin};

use futures_util::future::{Either, select};

use crate::directory::Failure;

/// What a call needs of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A read-only key is enough.
    Read,
    /// A read-only key is refused.
    Write,
}

/// Verifies whoever asks while `reading` goes on beside it, so that both cost one trip. Where the
/// check fails, `reading` is given up at once, and whatever came of it is thrown away; so it must
/// not write.
async fn verified_while<C, T, R: From<Failure>>(
    check: impl Future<Output = Result<C, R>>,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<T, R> {
    match select(pin!(check), pin!(reading)).await {
        Either::Left((checked, reading)) => {
            checked?;
            Ok(reading.await?)
        }
        Either::Right((read, check)) => {
            check.await?;
            Ok(read?)
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
