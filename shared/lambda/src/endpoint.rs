use futures_util::future::BoxFuture;
use roster_dialects::{
    ErrorResponse,
    http::{Request, Response},
};
use roster_domain::Failure;

use crate::Context;

/// One endpoint of one dialect: a Lambda function of its own, or a route of the local server.
pub struct Endpoint {
    /// Its name in every layer: binary, function, event, test.
    pub name: &'static str,
    /// Handles a request.
    pub handle: for<'a> fn(&'a Context) -> BoxFuture<'a, Response>,
    /// Renders an internal failure (500 or 503).
    pub failed: fn(&Request, Failure) -> Response,
    /// What is prepared before its first event.
    pub prewarm: Prewarm,
}

/// What to prepare for an endpoint in a new execution environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prewarm {
    /// Neither store nor hasher.
    Nothing,
    /// The store: a connection to it.
    Store,
    /// Also the memory for hashing a password, for endpoints that hash one in nearly every request.
    StoreAndHasher,
}

/// The response to a request; the reason of a failure is logged.
pub fn respond<E: ErrorResponse>(request: &Request, result: Result<Response, E>) -> Response {
    result.unwrap_or_else(|error| {
        match error.failure() {
            Some(failure @ Failure::Unavailable(_)) => tracing::warn!(%failure, "request failed"),
            Some(failure @ Failure::Internal(_)) => tracing::error!(%failure, "request failed"),
            None => {}
        }
        error.into_response(request)
    })
}

/// Makes the surrounding file an endpoint: a constant for the local server and a `main` for the Lambda binary.
///
/// `$handler` takes a [`Context`] and returns a response or an error of the dialect, `$error`. Its environment is
/// prewarmed with a connection to the store. A fourth word prewarms the hasher too.
#[macro_export]
macro_rules! endpoint {
    ($name:literal, $handler:ident, $error:ty) => {
        $crate::endpoint!($name, $handler, $error, Store);
    };
    ($name:literal, $handler:ident, $error:ty, $prewarm:ident) => {
        /// This endpoint.
        pub const ENDPOINT: $crate::Endpoint = $crate::Endpoint {
            name: $name,
            handle: |context| Box::pin(async move { $crate::respond(&context.request, $handler(context).await) }),
            failed: |request, failure| $crate::respond(request, Err(<$error>::from(failure))),
            prewarm: $crate::Prewarm::$prewarm,
        };

        /// Serves this endpoint alone, as a Lambda function.
        ///
        /// # Errors
        /// The runtime cannot be reached.
        pub fn main() -> Result<(), $crate::Error> {
            $crate::run(&ENDPOINT)
        }
    };
}

/// Registers the endpoints of a dialect: the files with these names, in the folder of the file that uses this macro.
#[macro_export]
macro_rules! endpoints {
    ($($name:ident),+ $(,)?) => {
        $(pub mod $name;)+

        /// The endpoints of this dialect.
        pub const ENDPOINTS: &[&$crate::Endpoint] = &[$(&$name::ENDPOINT),+];
    };
}
