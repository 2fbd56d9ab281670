use futures_util::future::BoxFuture;

use super::{Answer, Call};
use crate::{Directory, directory::Failure};

/// One endpoint of one dialect: a Lambda function of its own, or a route of the local server.
pub struct Endpoint {
    /// Its name in every layer: binary, function, event, test.
    pub name: &'static str,
    /// What it does.
    pub handle: for<'a> fn(&'a Call, &'a Directory) -> BoxFuture<'a, Answer>,
    /// What it answers when we cannot.
    pub failed: fn(&Call, &Failure) -> Answer,
    /// What is made ready before its first event.
    pub needs: Needs,
}

/// What an endpoint uses, in a function's environment that has just begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Neither store nor hash.
    Nothing,
    /// The store: a connection to it.
    Store,
    /// Also the memory in which a password is hashed, nearly every time it is called.
    StoreAndHash,
}

/// Makes the surrounding file an endpoint: a constant for the local server and a `main` for the
/// Lambda binary. `$function` takes a [`Call`] and a [`Directory`] and gives an [`Answer`] or a
/// refusal of its dialect. It needs the store, and a hash if a fourth word says so.
#[macro_export]
macro_rules! endpoint {
    ($name:literal, $dialect:ident, $function:ident) => {
        $crate::endpoint!($name, $dialect, $function, Store);
    };
    ($name:literal, $dialect:ident, $function:ident, $needs:ident) => {
        /// This endpoint.
        pub const ENDPOINT: $crate::http::Endpoint = $crate::http::Endpoint {
            name: $name,
            handle: |call, directory| {
                Box::pin(async move { $crate::dialect::$dialect::answer(call, $function(call, directory).await) })
            },
            failed: $crate::dialect::$dialect::failed,
            needs: $crate::http::Needs::$needs,
        };

        /// Serves this endpoint alone, as a Lambda function.
        ///
        /// # Errors
        /// The runtime cannot be reached.
        pub fn main() -> Result<(), $crate::http::Error> {
            $crate::http::run(&ENDPOINT)
        }
    };
}
