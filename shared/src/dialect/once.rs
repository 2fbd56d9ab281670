//! `Idempotency-Key`: a request that is sent again is answered again, and not carried out again.

use std::future::Future;

use lambda_http::http::StatusCode;

use super::verified_while;
use crate::{
    Directory,
    directory::{self, Failure},
    domain::{ApiKey, Fingerprint, Idempotency, IdempotencyKey, MalformedIdempotencyKey, SessionToken, User},
    http::{Answer, Call},
};

const HEADER: &str = "idempotency-key";

/// Whoever asks, as far as keys of requests are theirs alone.
pub trait Holder {
    /// The key of a request.
    ///
    /// # Errors
    /// It is none.
    fn request_key(&self, given: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey>;

    /// What tells a request of these parts from others.
    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint;
}

impl Holder for ApiKey {
    fn request_key(&self, given: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        IdempotencyKey::parse(self.account(), self.id().as_str(), given)
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        self.fingerprint(parts)
    }
}

impl Holder for SessionToken {
    fn request_key(&self, given: &[u8]) -> Result<IdempotencyKey, MalformedIdempotencyKey> {
        IdempotencyKey::parse(self.account(), self.id(), given)
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> Fingerprint {
        self.fingerprint(parts)
    }
}

/// Whether a call is to have its effect once.
#[derive(Debug)]
pub struct Once(Result<Option<Idempotency>, MalformedIdempotencyKey>);

impl Once {
    /// What the call says.
    #[must_use]
    pub fn of(call: &Call, holder: &impl Holder) -> Self {
        let request = call.header_octets(HEADER).map(|given| {
            let key = holder.request_key(given)?;
            let content_type = call.header("content-type").unwrap_or_default();
            let parts = [call.method(), call.raw_path(), call.raw_query(), &content_type].map(str::as_bytes);
            let fingerprint = holder.fingerprint(&[parts.as_slice(), &[call.body()]].concat());
            Ok(Idempotency { key, fingerprint })
        });
        Self(request.transpose())
    }

    /// As the directory takes it, with what is answered once a user stands as it will.
    pub fn answering<'a>(&'a self, answer: impl Fn(&User) -> Answer + Send + Sync + 'a) -> Option<directory::Once<'a>> {
        let request = self.0.as_ref().ok()?.as_ref()?;
        Some(directory::Once { request, answer: Box::new(move |user| answer(user).written()) })
    }

    async fn repeat(&self, directory: &Directory) -> Result<Option<directory::Repeat>, Failure> {
        match &self.0 {
            Ok(Some(request)) => directory.repeat_of(request).await,
            Ok(None) | Err(_) => Ok(None),
        }
    }
}

/// Why a call with an `Idempotency-Key` is not carried out.
#[derive(Debug)]
pub enum Repeat {
    /// It was before, and this was answered.
    Answered(Answer),
    /// Its key was used for another.
    OtherRequest,
    /// Its key is none.
    Malformed,
}

impl Repeat {
    /// What the directory knows of a request.
    ///
    /// # Errors
    /// The answer that was kept cannot be read.
    pub(super) fn of(repeat: directory::Repeat) -> Result<Self, Failure> {
        match repeat {
            directory::Repeat::OtherRequest => Ok(Self::OtherRequest),
            directory::Repeat::Answered(written) => Answer::read(&written)
                .map(Self::Answered)
                .ok_or_else(|| Failure::Internal("a kept answer cannot be read".to_owned())),
        }
    }

    /// The first answer, or status and words of the refusal.
    pub(super) fn answer(self) -> Result<Answer, (StatusCode, &'static str)> {
        match self {
            Self::Answered(answer) => Ok(answer),
            Self::OtherRequest => {
                Err((StatusCode::UNPROCESSABLE_ENTITY, "The Idempotency-Key has been used for another request."))
            }
            Self::Malformed => {
                Err((StatusCode::BAD_REQUEST, "The Idempotency-Key must have 1 to 255 visible characters."))
            }
        }
    }
}

/// As [`verified_while`], for a write: what was answered to the request before, if it is a repeat, is read
/// beside, and answered again.
pub(super) async fn verified_once<C, T, R: From<Failure> + From<directory::Repeat> + From<Repeat>>(
    directory: &Directory,
    once: &Once,
    check: impl Future<Output = Result<C, R>>,
    reading: impl Future<Output = Result<T, Failure>>,
) -> Result<(C, T), R> {
    let reading = async { tokio::try_join!(once.repeat(directory), reading) };
    let (caller, (repeat, read)) = verified_while(check, reading).await?;
    if once.0.is_err() {
        return Err(Repeat::Malformed.into());
    }
    match repeat {
        Some(repeat) => Err(repeat.into()),
        None => Ok((caller, read)),
    }
}
