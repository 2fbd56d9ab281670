//! The function binaries, each behind AWS's runtime emulator, and a gateway in front of them.

use std::{
    collections::HashMap,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use roster_cli::{
    gateway::{self, Invoke},
    template::Template,
};
use tokio::sync::Mutex;

use super::{GENEROUS, Server, program};

/// Instances of each function: the emulator runs one invocation at a time.
const INSTANCES: usize = 2;

/// Function processes; they end with this.
pub struct Functions {
    pub gateway: Remote,
    _instances: Vec<Instance>,
}

struct Instance(Child);

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts every function of the template on `server`'s engine. The emulator's path stands in
/// `AWS_LAMBDA_RIE`.
pub fn start(server: &Server) -> (String, Functions) {
    let emulator = std::env::var("AWS_LAMBDA_RIE").expect("AWS_LAMBDA_RIE names AWS's runtime emulator");
    let Template { routes, functions, .. } = Template::built_in().unwrap();
    assert!(
        std::env::var_os(ARTEFACTS).is_none() || functions.iter().any(|name| artefact(name).is_some()),
        "{ARTEFACTS} names a directory without functions"
    );
    let guard = super::guard::start(&server.dynamodb);
    let (mut pools, mut instances) = (HashMap::new(), Vec::new());
    for name in functions {
        let urls = (0..INSTANCES).map(|_| {
            let (url, instance) = function(&emulator, &name, &format!("{guard}/{name}"));
            instances.push(instance);
            Mutex::new(url)
        });
        let urls = urls.collect();
        pools.insert(name, Pool { urls, next: AtomicUsize::new(0) });
    }
    let remote = Remote { pools: Arc::new(pools), client: reqwest::Client::builder().no_proxy().build().unwrap() };
    let gateway = remote.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            gateway::serve(listener, &routes, remote, std::future::pending()).await.unwrap();
        });
    });
    (receiver.recv().unwrap(), Functions { gateway, _instances: instances })
}

fn function(emulator: &str, name: &str, dynamodb: &str) -> (String, Instance) {
    let (invoke, runtime) = (free_address(), free_address());
    // As for the server: killed when the pipe closes, however this process ends.
    let script = r#""$@" & pid=$!; cat > /dev/null; kill -9 "$pid"; pkill -9 -P "$pid""#;
    let child = Command::new("sh")
        .args(["-c", script, "sh", emulator, "--log-level", "error"])
        .args(["--runtime-interface-emulator-address", &invoke, "--runtime-api-address", &runtime])
        .arg(binary(name))
        .envs(super::wire::Address::of(dynamodb).environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while std::net::TcpStream::connect(&invoke).is_err() {
        assert!(start.elapsed() < GENEROUS, "{name} does not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    (format!("http://{invoke}/2015-03-31/functions/function/invocations"), Instance(child))
}

/// Names the directory in which `sam build` has put functions; others are run from the tests' build.
const ARTEFACTS: &str = "ROSTER_ARTEFACTS";

/// The function's binary: as it would be deployed, or from the same build as `roster`.
fn binary(name: &str) -> PathBuf {
    artefact(name).unwrap_or_else(|| {
        let path = program(name);
        assert!(path.exists(), "{} is missing; `cargo test` makes it", path.display());
        path
    })
}

fn artefact(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(ARTEFACTS)?).join(resource(name)).join("bootstrap");
    path.exists().then_some(path)
}

/// What the template calls a function: `MemberCreateFunction` is `member-create`.
fn resource(name: &str) -> String {
    let capital = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('-').map(capital).chain(["Function".to_owned()]).collect::<Vec<String>>().concat()
}

/// An address that no process listens on, below the ports that outgoing connections are given: none of
/// them can take it before the emulator does.
pub fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 120).unwrap() * 100;
    let addresses = (0..12_000).map(|_| {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        format!("127.0.0.1:{}", 20_000 + (port - 20_000) % 12_000)
    });
    let mut free = addresses.filter(|address| TcpListener::bind(address).is_ok());
    free.next().expect("a free port below 32,000")
}

/// Functions behind their emulators.
#[derive(Clone)]
pub struct Remote {
    pools: Arc<HashMap<String, Pool>>,
    client: reqwest::Client,
}

struct Pool {
    urls: Vec<Mutex<String>>,
    next: AtomicUsize,
}

impl Invoke for Remote {
    async fn invoke(&self, function: &str, event: Vec<u8>, _request_id: &str) -> anyhow::Result<Vec<u8>> {
        let pool = self.pools.get(function).context("no such function")?;
        let turn = pool.next.fetch_add(1, Ordering::Relaxed) % pool.urls.len();
        let url = pool.urls[turn].lock().await;
        Ok(self.client.post(url.as_str()).body(event).send().await?.bytes().await?.to_vec())
    }
}
