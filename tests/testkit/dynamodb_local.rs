//! AWS's DynamoDB Local in the place of the embedded engine, where `ROSTER_DYNAMODB_LOCAL` names the directory that it
//! was unpacked into. Each server has one of its own.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Notes, in a server's data directory, where its engine answers.
const NOTE: &str = "dynamodb-local";

pub struct Engine {
    pub url: String,
    child: Child,
}

/// The directory that holds it, where the suites are to run on it.
pub fn place() -> Option<PathBuf> {
    std::env::var_os("ROSTER_DYNAMODB_LOCAL").map(PathBuf::from)
}

impl Engine {
    /// Starts one, in memory, that ends with this process, however that ends.
    pub fn start(place: &Path, data: &Path) -> Self {
        let address = super::lambda::free_address();
        let port = address.rsplit(':').next().unwrap();
        let script = r#""$@" & pid=$!; cat > /dev/null; kill -9 "$pid""#;
        let child = Command::new("sh")
            .args(["-c", script, "sh", "java", "-Xmx512m", "-Djava.library.path=DynamoDBLocal_lib"])
            .args(["-jar", "DynamoDBLocal.jar", "-inMemory", "-port", port])
            .current_dir(place)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let engine = Self { url: format!("http://{address}"), child };
        let start = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(start.elapsed() < super::GENEROUS, "DynamoDB Local does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(data.join(NOTE), &engine.url).unwrap();
        engine
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Where the engine of a data directory answers, if it has one of its own.
pub fn of(data: &Path) -> Option<String> {
    std::fs::read_to_string(data.join(NOTE)).ok()
}
