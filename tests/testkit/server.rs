use std::{
    fs::File,
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{GENEROUS, dynamodb_local, program};

/// A `roster serve` process on ports of its own.
pub struct Server {
    pub url: String,
    pub dynamodb: String,
    /// What it printed until it was ready.
    pub banner: String,
    child: Child,
    data: PathBuf,
    /// Where it has one that is not its own, and it was started for it.
    _engine: Option<dynamodb_local::Engine>,
    _own: Option<TempDir>,
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// A server on a directory that others use too.
    pub fn start(data: &Path) -> Self {
        Self::spawn(Command::new(program("roster")), data.to_owned(), None)
    }

    /// A server on a fresh directory that ends with this process, however that ends: it is killed
    /// when the pipe that we hold closes.
    pub fn start_attended() -> Self {
        let own = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", r#""$@" & pid=$!; exec >&-; cat >&2; kill "$pid""#, "sh"])
            .arg(program("roster"))
            .stdin(Stdio::piped());
        Self::spawn(command, own.path().to_owned(), Some(own))
    }

    /// A server on a fresh directory, without an attendant: for tests that end it themselves.
    pub fn start_alone() -> Self {
        let own = tempfile::tempdir().unwrap();
        Self::spawn(Command::new(program("roster")), own.path().to_owned(), Some(own))
    }

    fn spawn(mut command: Command, data: PathBuf, own: Option<TempDir>) -> Self {
        std::fs::create_dir_all(&data).unwrap();
        let engine = match (dynamodb_local::place(), dynamodb_local::of(&data)) {
            (Some(place), None) => Some(dynamodb_local::Engine::start(&place, &data)),
            _ => None,
        };
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        let mut dynamodb = dynamodb_local::of(&data).unwrap_or_default();
        match dynamodb.as_str() {
            "" => command.args(["--dynamodb-listen", "127.0.0.1:0", "--data"]).arg(&data),
            engine => command.args(["--engine", engine]),
        };
        let errors = File::options().create(true).append(true).open(log(&data)).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut banner = String::new();
        let url = loop {
            let Some(line) = stdout.next() else {
                let _ = child.wait();
                panic!("roster ended: {}", std::fs::read_to_string(log(&data)).unwrap());
            };
            let line = line.unwrap();
            banner.push_str(&line);
            banner.push('\n');
            if let Some(url) = line.strip_prefix("DynamoDB endpoint: http://") {
                url.clone_into(&mut dynamodb);
            }
            if let Some(keys) = line.strip_prefix("AWS_ACCESS_KEY_ID=") {
                let (key, rest) = keys.split_once(' ').unwrap();
                let secret = rest.split(['=', ' ']).nth(1).unwrap();
                dynamodb = format!("http://{key}:{secret}@{dynamodb}");
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        Self { url, dynamodb, banner, child, data, _engine: engine, _own: own, _stdout: stdout }
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal and waits for the end; the exit code.
    pub fn signal(&mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < GENEROUS, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything it wrote to standard error, on this directory.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log(&self.data)).unwrap()
    }
}

/// Beside the data directory: within, it would be part of it.
fn log(data: &Path) -> PathBuf {
    data.with_extension("log")
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ends the shell's `cat` of an attended server, and so the server.
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(log(&self.data));
    }
}
