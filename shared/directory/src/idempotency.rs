use roster_domain::{Failure, IdempotentRequest, Replay, StoredResponse, StoredResponses, Timestamp, User};

use crate::{Directory, clock, ports::Store};

/// Renders the response to a write, given the user after it.
type Render<'a> = Box<dyn Fn(&User) -> Vec<u8> + Send + Sync + 'a>;

/// A request that is carried out once, however often it is sent. Its response is stored in the same transaction.
pub struct Idempotency<'a> {
    request: &'a IdempotentRequest,
    render: Render<'a>,
}

impl<'a> Idempotency<'a> {
    /// A request, and its response as bytes, given the user after it.
    pub fn new(request: &'a IdempotentRequest, render: impl Fn(&User) -> Vec<u8> + Send + Sync + 'a) -> Self {
        Self { request, render: Box::new(render) }
    }

    pub(crate) fn request(&self) -> &IdempotentRequest {
        self.request
    }

    /// The response to store for a request, given the user after it.
    pub(crate) fn response(&self, user: &User, now: Timestamp) -> StoredResponse {
        StoredResponse {
            request: self.request.clone(),
            account: user.account,
            user: user.id,
            response: (self.render)(user),
            expires_at: StoredResponses::end(now),
        }
    }

    /// The error of a write that found a stored response under its key. (Only idempotent writes find any.)
    pub(crate) fn replay(this: Option<&Self>, stored: StoredResponse) -> Replay {
        this.map_or(Replay::DifferentRequest, |this| Replay::of(this.request, stored))
    }
}

impl<S: Store> Directory<S> {
    /// The outcome of a request that was carried out in the last 24 hours; `None` if there was none under its key.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn replay_get(&self, request: &IdempotentRequest) -> Result<Option<Replay>, Failure> {
        let stored = self.store.response_get(&request.key, clock::now()).await?;
        Ok(stored.map(|stored| Replay::of(request, stored)))
    }
}
