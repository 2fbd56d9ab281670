use roster_dialects::http::Response;
use roster_directory::{Idempotency, ports::StoredUser};
use roster_domain::{Caller, CreateUserError, IdempotentRequest, NewUser, UpdateUserError, User, UserUpdate};
use roster_lambda::Context;

/// Carries out the write of a request once, and stores the response under its idempotency key, if it has one. Only
/// [`authenticate_write`](super::authenticate_write) creates a writer.
pub struct Writer<'a> {
    context: &'a Context,
    request: Option<IdempotentRequest>,
    /// The caller.
    pub caller: Caller,
}

impl<'a> Writer<'a> {
    pub(super) fn new(context: &'a Context, caller: Caller, request: Option<IdempotentRequest>) -> Self {
        Self { context, request, caller }
    }

    /// Creates a user; `encode` renders the response.
    ///
    /// # Errors
    /// See [`CreateUserError`].
    pub async fn user_create(
        self,
        new: NewUser,
        encode: impl Fn(&User) -> Response + Send + Sync,
    ) -> Result<Response, CreateUserError> {
        let encode = &encode;
        let idempotency =
            self.request.as_ref().map(|request| Idempotency::new(request, move |user| encode(user).to_bytes()));
        let user = self.context.directory.user_create(self.caller.account, new, idempotency).await?;
        Ok(encode(&user))
    }

    /// Updates a user as it was read; `encode` renders the response.
    ///
    /// # Errors
    /// See [`UpdateUserError`].
    pub async fn user_update(
        self,
        user: StoredUser,
        update: UserUpdate,
        encode: impl Fn(&User) -> Response + Send + Sync,
    ) -> Result<Response, UpdateUserError> {
        let encode = &encode;
        let idempotency =
            self.request.as_ref().map(|request| Idempotency::new(request, move |user| encode(user).to_bytes()));
        let user = self.context.directory.user_update(user, update, idempotency).await?;
        Ok(encode(&user))
    }
}
