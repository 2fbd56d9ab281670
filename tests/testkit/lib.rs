//! The bundle under test, its accounts, and a client that shows everything it was answered.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

pub mod conflicts;
pub mod contract;
pub mod cost;
pub mod dynamodb_local;
pub mod faults;
pub mod function;
pub mod gate;
pub mod guard;
pub mod lambda;
pub mod meter;
pub mod raw_tables;
pub mod runtime;
pub mod server;
pub mod wire;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use reqwest::blocking::{Client, RequestBuilder};
use roster_cli::gateway::{InProcess, Invoke as _};
pub use server::Server;

/// How long something is waited for that must come: no machine is so slow, and who waits longer waits in vain.
pub const GENEROUS: Duration = Duration::from_secs(300);

/// A program of the build that this one is of: `roster`, or a function's binary.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    // Tests and benches lie in `deps/`, beside which the programs lie.
    let built = own.parent().and_then(Path::parent).unwrap().join(name);
    assert!(built.exists(), "{} is missing: `cargo build --workspace` makes it", built.display());
    built
}

/// A file of the repository, by its path from the top.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(path)
}

/// Where the suites send their requests: the local server, or (`ROSTER_BEHIND=lambda`) a gateway
/// in front of the function binaries, each behind AWS's runtime emulator.
pub struct Bundle {
    pub url: String,
    server: Server,
    lambda: Option<lambda::Functions>,
}

impl Bundle {
    pub fn data(&self) -> &Path {
        self.server.data()
    }

    /// Where its engine answers.
    pub fn dynamodb(&self) -> &str {
        &self.server.dynamodb
    }

    /// Gives one function an event as it stands; the payload it answers with.
    pub fn invoke(&self, function: &str, event: &str) -> serde_json::Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(async {
            let event = event.as_bytes().to_vec();
            match &self.lambda {
                Some(functions) => functions.gateway.invoke(function, event, "").await,
                None => {
                    InProcess(raw_tables::directory(&self.server.dynamodb)).invoke(function, event, "request").await
                }
            }
        });
        answered(function, &answer.unwrap())
    }
}

/// What a function answered, which must be as it is documented.
#[track_caller]
fn answered(function: &str, payload: &[u8]) -> serde_json::Value {
    let payload: serde_json::Value = serde_json::from_slice(payload).unwrap();
    if payload.get("statusCode").is_some() {
        contract::check_payload(function, &payload);
    }
    payload
}

/// Runs a function's code where no store answers; the payload it answers with.
pub fn invoke_without_a_store(function: &str, event: &str) -> serde_json::Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let directory = raw_tables::directory("http://127.0.0.1:1");
    let answer = runtime.block_on(InProcess(directory).invoke(function, event.as_bytes().to_vec(), "request"));
    answered(function, &answer.unwrap())
}

/// The bundle that all tests of a suite share; each test has accounts of its own in it.
pub fn bundle() -> &'static Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let server = Server::start_attended();
        if std::env::var("ROSTER_BEHIND").as_deref() == Ok("lambda") {
            let (url, functions) = lambda::start(&server);
            return Bundle { url, server, lambda: Some(functions) };
        }
        Bundle { url: server.url.clone(), server, lambda: None }
    })
}

/// A fresh account of the shared bundle, with a key for everything.
pub fn account() -> Account {
    let bundle = bundle();
    Account::create(&bundle.url, bundle.server.data(), &[])
}

/// An account and a key that opens it.
pub struct Account {
    pub id: String,
    pub key: String,
    url: String,
    data: std::path::PathBuf,
}

impl Account {
    pub fn create(url: &str, data: &Path, options: &[&str]) -> Self {
        let id = roster(data, &[&["account", "create", "--name", "Test"], options].concat());
        let mut account = Self { id, key: String::new(), url: url.to_owned(), data: data.to_owned() };
        account.key = account.new_key(&["--scope", "member,admin,exceed"]);
        account
    }

    /// Where the account's bundle answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Another key of the account.
    pub fn new_key(&self, options: &[&str]) -> String {
        self.roster(&[&["key", "create"], options].concat())
    }

    /// An operator's command on this account; what it printed.
    pub fn roster(&self, command: &[&str]) -> String {
        roster(&self.data, &[command, &["--account", &self.id]].concat())
    }

    /// A request with the account's key; the body is JSON as it stands.
    pub fn call(&self, method: &str, path: &str, body: &str) -> Response {
        let request = request(method, &format!("{}{path}", self.url)).bearer_auth(&self.key);
        if body.is_empty() {
            return send(request);
        }
        send(request.header("content-type", "application/json").body(body.to_owned()))
    }

    /// A request without the account's key.
    pub fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        request(method, &format!("{}{path}", self.url))
    }

    /// Makes a user through the member dialect; its id.
    pub fn user(&self, body: &str) -> u64 {
        let response = self.call("POST", "/api/users", body);
        assert_eq!(response.status, 201, "{}", response.body);
        response.json()["user_id"].as_u64().unwrap()
    }
}

/// What was answered, whole.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status, body to the letter, and the headers that every answer of ours carries.
    #[track_caller]
    pub fn expect(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
        self.expect_headers();
    }

    /// The exceed dialect's 422 with these errors, in any order.
    #[track_caller]
    pub fn expect_error(&self, errors: &str) {
        assert_eq!((self.status, self.json()), (422, serde_json::from_str(errors).unwrap()));
        assert_eq!(
            (self.header("content-type"), self.header("status")),
            (Some("application/json; charset=utf-8"), Some("422 Unprocessable Entity"))
        );
    }

    #[track_caller]
    pub fn expect_headers(&self) {
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert!(self.header("x-request-id").is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{self:?}");
    }
}

pub fn request(method: &str, url: &str) -> RequestBuilder {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::builder().timeout(GENEROUS).no_proxy().build().unwrap());
    CLIENT.request(method.parse().unwrap(), url)
}

#[track_caller]
pub fn send(request: RequestBuilder) -> Response {
    try_send(request).unwrap()
}

/// Sends a request; what is answered must be as it is documented.
#[track_caller]
pub fn try_send(request: RequestBuilder) -> reqwest::Result<Response> {
    let (client, request) = request.build_split();
    let request = request?;
    let (method, path) = (request.method().to_string(), request.url().path().to_owned());
    let response = client.execute(request)?;
    let response =
        Response { status: response.status().as_u16(), headers: response.headers().clone(), body: response.text()? };
    contract::check(&method, &path, &response);
    Ok(response)
}

/// Runs an operator's command that must succeed; what it printed, without the line's end.
#[track_caller]
pub fn roster(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

pub fn run(data: &Path, arguments: &[&str]) -> std::process::Output {
    command(data, arguments).output().unwrap()
}

/// An operator's command on a server's data.
pub fn command(data: &Path, arguments: &[&str]) -> Command {
    if let Some(engine) = dynamodb_local::of(data) {
        return through(&engine, arguments);
    }
    let mut command = Command::new(program("roster"));
    command.args(arguments).arg("--data").arg(data);
    command
}

/// An operator's command on the tables behind an address.
pub fn through(dynamodb: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("roster"));
    command.args(arguments).arg("--aws").envs(wire::Address::of(dynamodb).environment());
    command
}
