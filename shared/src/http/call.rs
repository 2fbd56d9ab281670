use std::{
    borrow::Cow,
    future::Future,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use lambda_http::{
    Body, Request, RequestExt,
    http::{
        HeaderValue, Method,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    request::RequestContext,
};
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tracing::Instrument as _;

use super::{Value, form, raw::Raw};
use crate::{Directory, directory::Caller, domain::AccountId, usage};

/// Octets that a request's body may have.
pub const MAX_BODY: usize = 256 * 1024;

/// How long an answer waits for work that it does not rest on.
const PATIENCE: Duration = Duration::from_secs(1);

/// One request, as an endpoint sees it.
#[derive(Debug)]
pub struct Call {
    request: Request,
    path: String,
    query: String,
    began: Instant,
    request_id: String,
    beside: Mutex<JoinSet<()>>,
    admitted: watch::Sender<bool>,
    /// Who asks, once that has been verified.
    caller: OnceLock<(AccountId, String)>,
}

impl Call {
    /// Takes over a request that came with a Lambda event, with what was taken out of that. Its id is the
    /// invocation's: ours, never the client's.
    pub(super) fn of_event(mut request: Request, raw: Raw) -> Self {
        *request.headers_mut() = raw.headers;
        let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
        Self {
            request,
            path: raw.path,
            query: raw.query,
            began: Instant::now(),
            request_id: request_id.unwrap_or_default(),
            beside: Mutex::default(),
            admitted: watch::Sender::default(),
            caller: OnceLock::new(),
        }
    }

    /// A request that came with no event.
    #[must_use]
    pub fn new(request: Request) -> Self {
        let raw = Raw {
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
        };
        Self::of_event(request, raw)
    }

    /// Starts work that the answer does not rest on, beside what follows.
    fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(mut beside) = self.beside.lock() {
            beside.spawn(usage::carried(work).in_current_span());
        }
    }

    /// Waits for the work beside, but not long: an execution environment stands still once it has
    /// answered.
    pub(super) async fn settle(&self) {
        let mut beside = self.beside.lock().map(|mut beside| std::mem::take(&mut *beside)).unwrap_or_default();
        let all = async { while beside.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("work beside a request was given up");
        }
    }

    /// Waits until whoever asks has been verified. What writes beside the check waits for this.
    pub(crate) async fn admitted(&self) {
        // The sender is our own: it is there as long as this is.
        let _ = self.admitted.subscribe().wait_for(|admitted| *admitted).await;
    }

    /// Notes who is asking, in the log and, once an hour, with the key.
    pub(crate) fn admit(&self, directory: &Directory, caller: &Caller) {
        self.admitted.send_replace(true);
        let _ = self.caller.set((caller.account, caller.name.clone()));
        let span = tracing::Span::current();
        span.record("account", caller.account.get());
        span.record("key", caller.name.as_str());
        if let Some((key, hour)) = caller.unnoted.clone() {
            let directory = directory.clone();
            self.beside(async move { directory.api_key_note_use(&key, &hour).await });
        }
    }

    /// The account and the name of whoever asks, once they have been verified.
    pub(super) fn asked_by(&self) -> Option<(AccountId, &str)> {
        self.caller.get().map(|(account, name)| (*account, name.as_str()))
    }

    /// When it came.
    #[must_use]
    pub fn began(&self) -> Instant {
        self.began
    }

    /// Names this request in answer and log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Whether the method is GET.
    #[must_use]
    pub fn is_get(&self) -> bool {
        self.request.method() == Method::GET
    }

    /// The address the gateway saw the request come from; no header has a say.
    #[must_use]
    pub fn source(&self) -> String {
        match self.request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The method's name.
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// A header's octets.
    #[must_use]
    pub fn header_octets(&self, name: &str) -> Option<&[u8]> {
        self.request.headers().get(name).map(HeaderValue::as_bytes)
    }

    /// A header's text, with replacement characters for what is not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.header_octets(name).map(String::from_utf8_lossy)
    }

    /// The last value of a parameter in the query, decoded; none where that is not UTF-8.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        match form::read_leniently(&self.query).into_iter().rfind(|(given, _)| given == name) {
            Some((_, Value::Text(value))) => Some(value),
            _ => None,
        }
    }

    /// The query as it came, still encoded.
    #[must_use]
    pub fn raw_query(&self) -> &str {
        &self.query
    }

    /// The path as it came, decoded.
    #[must_use]
    pub fn raw_path(&self) -> &str {
        &self.path
    }

    /// A variable of the route, decoded.
    #[must_use]
    pub fn path(&self, variable: &str) -> Option<&str> {
        self.request.path_parameters_ref().and_then(|variables| variables.first(variable))
    }

    /// The token after `Bearer`, in any letter case, of the Authorization header.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let header = self.request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = header.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The Content-Type without its parameters, in lower case; empty when there is none.
    #[must_use]
    pub fn content_type(&self) -> String {
        let header = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body's octets.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match self.request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(octets) => octets,
            _ => &[],
        }
    }

    /// Whether the body has more than [`MAX_BODY`] octets.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.body().len() > MAX_BODY
    }
}
