//! Lambda's runtime API, as a function meets it: it asks for the next event, and posts its answer.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::Path,
    process::{Child, Command},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path as Segment, State},
    http::Response,
    routing::{get, post},
};
use serde_json::Value;
use tokio::sync::{Mutex, mpsc};

/// What the runtime was calls.
#[derive(Debug)]
pub enum Call {
    /// The function asks for an event.
    Next,
    /// It has answered one.
    Response(String, Bytes),
    /// It could not.
    Error(String, Bytes),
}

/// A function's process, and the runtime it talks to.
pub struct Function {
    pub child: Child,
    /// What it has written: standard output and standard error.
    written: [File; 2],
    started: Instant,
    /// From the start of its process until it asked for its first event.
    pub init: Duration,
    events: mpsc::UnboundedSender<(String, String)>,
    calls: std::sync::mpsc::Receiver<(Instant, Call)>,
    sent: u64,
}

/// What it answered to an event, and when.
pub struct Invocation {
    pub payload: Value,
    /// Since the event was there for it.
    pub took: Duration,
    /// Since its process was started.
    pub since_start: Duration,
}

#[derive(Clone)]
struct Runtime {
    events: Arc<Mutex<mpsc::UnboundedReceiver<(String, String)>>>,
    calls: std::sync::mpsc::Sender<(Instant, Call)>,
}

impl Function {
    /// Starts a binary on the engine at `dynamodb`, and waits until it asks for an event.
    pub fn start(binary: &Path, dynamodb: &str) -> Self {
        let name = binary.file_name().unwrap().to_str().unwrap();
        Self::run(Command::new(binary), name, dynamodb)
    }

    /// As [`Function::start`], for any program that speaks to the runtime API.
    pub fn run(mut command: Command, name: &str, dynamodb: &str) -> Self {
        let (events, incoming) = mpsc::unbounded_channel();
        let (sender, calls) = std::sync::mpsc::channel();
        let api = serve(Runtime { events: Arc::new(Mutex::new(incoming)), calls: sender });
        // A pipe would fill up: it is not read meanwhile.
        let written = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let [stdout, stderr] = written.each_ref().map(|file| file.try_clone().unwrap());
        command
            .env("AWS_LAMBDA_RUNTIME_API", api)
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .envs([("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")])
            .envs(super::wire::Address::of(dynamodb).environment())
            .env("AWS_DEFAULT_REGION", "local")
            .stdout(stdout)
            .stderr(stderr);
        let started = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}; `cargo test` makes it"));
        let mut function = Self { child, written, started, init: Duration::ZERO, events, calls, sent: 0 };
        let (asked, first) = function.receive();
        assert!(matches!(first, Call::Next), "{first:?}");
        function.init = asked - started;
        function
    }

    /// Gives it an event; the payload it answers with.
    pub fn invoke(&mut self, event: &str) -> Value {
        self.invoke_timed(event).payload
    }

    /// As [`Function::invoke`], with the time.
    pub fn invoke_timed(&mut self, event: &str) -> Invocation {
        self.sent += 1;
        let id = format!("8476a536-e9f4-11e8-9739-{:012}", self.sent);
        let given = Instant::now();
        self.events.send((id.clone(), event.to_owned())).unwrap();
        loop {
            match self.receive() {
                (_, Call::Next) => {}
                (answered, Call::Response(of, body)) => {
                    assert_eq!(of, id);
                    return Invocation {
                        payload: serde_json::from_slice(&body).unwrap(),
                        took: answered - given,
                        since_start: answered - self.started,
                    };
                }
                (_, Call::Error(of, body)) => panic!("{of}: {}", String::from_utf8_lossy(&body)),
            }
        }
    }

    /// Ends it; what it wrote to its standard streams.
    pub fn end(mut self) -> (String, String) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let [stdout, stderr] = self.written();
        (stdout, stderr)
    }

    fn receive(&mut self) -> (Instant, Call) {
        match self.calls.recv_timeout(super::GENEROUS) {
            Ok(calls) => calls,
            Err(_) => panic!("the function says nothing more; it has written: {:?}", self.written()),
        }
    }

    fn written(&mut self) -> [String; 2] {
        self.written.each_mut().map(|file| {
            let mut text = String::new();
            file.rewind().unwrap();
            file.read_to_string(&mut text).unwrap();
            text
        })
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it answers; it runs until the process ends.
fn serve(runtime: Runtime) -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        executor.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap().to_string()).unwrap();
            let routes = Router::new()
                .route("/2018-06-01/runtime/invocation/next", get(next))
                .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
                .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
                .with_state(runtime);
            axum::serve(listener, routes).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn next(State(runtime): State<Runtime>) -> Response<Body> {
    let _ = runtime.calls.send((Instant::now(), Call::Next));
    let Some((id, event)) = runtime.events.lock().await.recv().await else {
        return Response::builder().status(500).body(Body::empty()).unwrap();
    };
    let deadline = roster_directory::clock::now().as_millisecond() + 30_000;
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:roster")
        .header("lambda-runtime-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
        .body(Body::from(event))
        .unwrap()
}

async fn answered(State(runtime): State<Runtime>, Segment(id): Segment<String>, body: Bytes) -> Response<Body> {
    let _ = runtime.calls.send((Instant::now(), Call::Response(id, body)));
    Response::builder().status(202).body(Body::empty()).unwrap()
}

async fn failed(State(runtime): State<Runtime>, Segment(id): Segment<String>, body: Bytes) -> Response<Body> {
    let _ = runtime.calls.send((Instant::now(), Call::Error(id, body)));
    Response::builder().status(202).body(Body::empty()).unwrap()
}
