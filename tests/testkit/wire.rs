//! Calls of the store on their way to the engine, and hooks that stand in their way: on a socket, for programs, or
//! inside the SDK, for code of this process.
//!
//! Inside the SDK a hook works under tokio's paused clock: the clock stands still while the engine works, and jumps
//! when all that runs waits for a timer. What is measured or given up after a time is then the same on every machine.

use std::{
    fmt,
    future::Future,
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};

use aws_sdk_dynamodb::config::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
        orchestrator::HttpRequest,
        orchestrator::HttpResponse,
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::sync::watch;

/// One call of DynamoDB's protocol.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GetItem`
    pub operation: String,
    /// Under which name its caller found the hook: the path without slashes.
    pub name: String,
    pub body: Value,
}

/// The engine's response, or a hook's.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub body: String,
}

/// The connection ends without a response.
#[derive(Debug)]
pub struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lost")
    }
}

impl std::error::Error for Lost {}

/// What happens to calls.
pub trait Hook: Send + Sync + 'static {
    fn call(&self, call: Call) -> impl Future<Output = Result<Response, Lost>> + Send;
}

/// An engine's address, which names the key pair that opens it: `http://key:secret@127.0.0.1:8000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub url: String,
    pub key: String,
    pub secret: String,
}

impl Address {
    /// One without a key pair takes any.
    pub fn of(address: &str) -> Self {
        let (scheme, rest) = address.split_once("://").unwrap();
        let Some((keys, host)) = rest.split_once('@') else {
            return Self { url: address.to_owned(), key: "local".to_owned(), secret: "local".to_owned() };
        };
        let (key, secret) = keys.split_once(':').unwrap();
        Self { url: format!("{scheme}://{host}"), key: key.to_owned(), secret: secret.to_owned() }
    }

    /// What the SDKs take it from.
    pub fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.url),
            ("AWS_REGION", "local"),
            ("AWS_ACCESS_KEY_ID", &self.key),
            ("AWS_SECRET_ACCESS_KEY", &self.secret),
        ]
    }

    /// The headers of a call of this body.
    pub fn signed(&self, operation: &str, body: &[u8], time: SystemTime) -> Vec<(String, String)> {
        let own = [
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amz-target", format!("DynamoDB_20120810.{operation}")),
        ];
        let identity = Credentials::new(&self.key, &self.secret, None, None, "testkit").into();
        let params = v4::SigningParams::builder().identity(&identity).region("local").name("dynamodb").time(time);
        let params = params.settings(SigningSettings::default()).build().unwrap().into();
        let headers = own.iter().map(|(name, value)| (*name, value.as_str()));
        let request =
            SignableRequest::new("POST", format!("{}/", self.url), headers, SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let signed = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain(signed).collect()
    }
}

/// The wall clock's time.
pub fn now() -> SystemTime {
    let milliseconds = u64::try_from(roster_directory::clock::now().as_millisecond()).unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
}

/// Where calls end. A hook itself, for those who want none.
#[derive(Clone, Debug)]
pub struct Engine(watch::Sender<Option<String>>);

impl Engine {
    pub fn at(url: &str) -> Self {
        Self(watch::Sender::new(Some(url.to_owned())))
    }

    /// Goes over to another engine. With `None`, calls are lost.
    pub fn go_over_to(&self, url: Option<&str>) {
        self.0.send_replace(url.map(str::to_owned));
    }

    /// Waits until there is an engine.
    pub async fn is_there(&self) {
        self.0.subscribe().wait_for(Option::is_some).await.expect("the sender is here");
    }
}

impl Hook for Engine {
    async fn call(&self, call: Call) -> Result<Response, Lost> {
        static CLIENT: LazyLock<reqwest::blocking::Client> =
            LazyLock::new(|| reqwest::blocking::Client::builder().timeout(super::GENEROUS).no_proxy().build().unwrap());
        let url = self.0.borrow().clone().ok_or(Lost)?;
        // Blocking work holds a paused clock still.
        let sent = tokio::task::spawn_blocking(move || {
            let (address, body) = (Address::of(&url), call.body.to_string());
            let headers = address.signed(&call.operation, body.as_bytes(), now());
            let request = headers
                .into_iter()
                .fold(CLIENT.post(&address.url), |request, (name, value)| request.header(name, value));
            let response = request.body(body).send()?;
            Ok::<_, reqwest::Error>(Response { status: response.status().as_u16(), body: response.text()? })
        });
        sent.await.unwrap().map_err(|_| Lost)
    }
}

/// Runs a hook as a proxy on a port of its own, until the process ends; its address.
pub fn serve(hook: Arc<impl Hook>) -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let hook = Arc::clone(&hook);
                let service = service_fn(move |request| pass(Arc::clone(&hook), request));
                let connection =
                    http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
    });
    receiver.recv().unwrap()
}

async fn pass(hook: Arc<impl Hook>, request: Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Lost> {
    let target = request.headers()["x-amz-target"].to_str().unwrap().to_owned();
    let name = request.uri().path().trim_matches('/').to_owned();
    let body = request.into_body().collect().await.map_err(|_| Lost)?.to_bytes();
    let response = run(hook, &target, name, &body).await?;
    let answer =
        hyper::Response::builder().status(response.status).header("content-type", "application/x-amz-json-1.0");
    Ok(answer.body(Full::new(Bytes::from(response.body))).unwrap())
}

/// A call that has begun ends, also when its caller has given up.
async fn run(hook: Arc<impl Hook>, target: &str, name: String, body: &[u8]) -> Result<Response, Lost> {
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let call = Call { operation, name, body: serde_json::from_slice(body).unwrap() };
    tokio::spawn(async move { hook.call(call).await }).await.unwrap()
}

/// A hook inside the SDK; its calls come under `name`.
pub fn connector(hook: Arc<impl Hook>, name: &str) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector { hook, name: name.to_owned() });
    http_client_fn(move |_, _| connector.clone())
}

struct Connector<H> {
    hook: Arc<H>,
    name: String,
}

impl<H> fmt::Debug for Connector<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl<H: Hook> HttpConnector for Connector<H> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (hook, name) = (Arc::clone(&self.hook), self.name.clone());
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap().to_owned();
            let response = run(hook, &target, name, request.body().bytes().unwrap()).await;
            let response = response.map_err(|lost| ConnectorError::io(lost.into()))?;
            let status = StatusCode::try_from(response.status).unwrap();
            let mut http = HttpResponse::new(status, SdkBody::from(response.body));
            http.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(http)
        })
    }
}

/// A runtime on which time passes only while nothing else can be done.
pub fn paused_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}
