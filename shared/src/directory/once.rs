//! Requests that have their effect once, however often they come.

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{Idempotency, KeptAnswer, KeptAnswers, Timestamp, User},
};

/// Writes the answer down, given a user as it will stand.
pub type Answering<'a> = Box<dyn Fn(&User) -> Vec<u8> + Send + Sync + 'a>;

/// That a request is to have its effect once, and how its answer is written down for whoever sends it
/// again. The answer is kept in the transaction that has the effect.
pub struct Once<'a> {
    /// The request.
    pub request: &'a Idempotency,
    /// The answer, once a user stands as it will.
    pub answer: Answering<'a>,
}

impl Once<'_> {
    /// What is kept of a request whose effect is `user`.
    pub(super) fn kept(&self, user: &User, now: Timestamp) -> KeptAnswer {
        KeptAnswer {
            request: self.request.clone(),
            account: user.account,
            user: user.id,
            answer: (self.answer)(user),
            expires_at: KeptAnswers::end(now),
        }
    }
}

/// What is known of a request that came before.
#[derive(Debug)]
pub enum Repeat {
    /// It had its effect, and this was answered.
    Answered(Vec<u8>),
    /// Its key was used for another.
    OtherRequest,
}

impl Repeat {
    pub(super) fn of(request: &Idempotency, kept: KeptAnswer) -> Self {
        if kept.request.fingerprint == request.fingerprint { Self::Answered(kept.answer) } else { Self::OtherRequest }
    }

    /// What a write was told that met an answer under its key. (Only those that are to happen once meet any.)
    pub(super) fn met(once: Option<&Once<'_>>, kept: KeptAnswer) -> Self {
        once.map_or(Self::OtherRequest, |once| Self::of(once.request, kept))
    }
}

impl Directory {
    /// Whether a request came before, in the last 24 hours, and had its effect.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn repeat_of(&self, request: &Idempotency) -> Result<Option<Repeat>, Failure> {
        let kept = self.store.answer_read(&request.key, clock::now()).await?;
        Ok(kept.map(|kept| Repeat::of(request, kept)))
    }
}
