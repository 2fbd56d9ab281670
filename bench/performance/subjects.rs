//! What is measured: the functions as they are deployed, and what else one would write.

use std::{
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
};

use tempfile::TempDir;

use testkit::runtime::Function;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/performance/node");
const OHA: &str = "1.16.0";
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/performance/python");

/// A Lambda function, and how it is started.
pub(crate) struct Subject {
    pub(crate) name: String,
    program: PathBuf,
    arguments: Vec<PathBuf>,
    /// What a script is to do.
    handler: Option<&'static str>,
    /// Where a binary was copied to; it goes with the last of them.
    _place: Option<Rc<TempDir>>,
}

impl Subject {
    fn binary(name: &str, place: &Rc<TempDir>) -> Self {
        let (program, place) = (place.path().join(name), Some(Rc::clone(place)));
        Self { name: name.to_owned(), program, arguments: Vec::new(), handler: None, _place: place }
    }

    fn script(name: &str, program: PathBuf, script: PathBuf, handler: &'static str) -> Self {
        Self { name: name.to_owned(), program, arguments: vec![script], handler: Some(handler), _place: None }
    }

    /// The file that is deployed, where it is one.
    pub(crate) fn file(&self) -> &Path {
        &self.program
    }

    /// Starts it, and waits until it asks for an event.
    pub(crate) fn start(&self, dynamodb: &str) -> Function {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.handler.map(|handler| ("HANDLER", handler)));
        Function::run(command, &self.name, dynamodb)
    }
}

/// Functions of ours that are asked again and again.
const ASKED: [&str; 4] = ["member-get", "member-find", "admin-list", "member-create"];

/// Functions of ours, built as they are deployed: `all`, or those that are asked again and again.
pub(crate) fn functions(all: bool) -> Vec<Subject> {
    let endpoints = roster_functions::endpoints().map(|endpoint| endpoint.name);
    let names = endpoints.chain(roster_functions::TASKS.iter().map(|task| task.name));
    let names: Vec<&str> = names.filter(|name| all || ASKED.contains(name)).collect();
    let binaries = names.iter().flat_map(|name| ["--bin", name]);
    let options: Vec<&str> = ["--package", "roster-functions"].into_iter().chain(binaries).collect();
    built(&names, &options, None)
}

/// A function that answers and does nothing.
pub(crate) fn hello() -> Subject {
    built(&["hello"], &["--package", "roster-hello"], None).remove(0)
}

/// Makes release builds of functions. What is built next with other options takes their place in the build's directory, so
/// they are copied out of it.
pub(crate) fn built(names: &[&str], options: &[&str], environment: Option<(&str, &str)>) -> Vec<Subject> {
    // What another environment changes would be built again with the next.
    let target = tools().join(if environment.is_some() { "builds-otherwise" } else { "builds" });
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(ROOT).args(["build", "--release", "--locked", "--target-dir"]).arg(&target).args(options);
    run(cargo.envs(environment));
    let place = Rc::new(tempfile::tempdir_in(tools()).unwrap());
    let copied = |name: &&str| {
        std::fs::copy(target.join("release").join(name), place.path().join(name)).unwrap();
        Subject::binary(name, &place)
    };
    names.iter().map(copied).collect()
}

/// The same get and create in Node.js, each a file of its own.
pub(crate) fn node() -> [Subject; 2] {
    let place = tools().join("node");
    std::fs::create_dir_all(&place).unwrap();
    for file in ["package.json", "function.mjs"] {
        std::fs::copy(Path::new(NODE).join(file), place.join(file)).unwrap();
    }
    run(Command::new("npm").current_dir(&place).args(["install", "--silent", "--no-audit", "--no-fund"]));
    let bundle = "--bundle --minify --platform=node --format=esm --external:@node-rs/argon2 --outfile=bundle.mjs";
    // What of the SDK is CommonJS asks for Node's own modules so.
    let banner = "--banner:js=import{createRequire}from'module';const require=createRequire(import.meta.url);";
    let mut esbuild = Command::new(place.join("node_modules/.bin/esbuild"));
    run(esbuild.current_dir(&place).arg("function.mjs").args(bundle.split(' ')).args([banner, "--log-level=error"]));
    let script = |name, handler| Subject::script(name, "node".into(), place.join("bundle.mjs"), handler);
    [script("node get", "get"), script("node create", "create")]
}

/// The same in Python.
pub(crate) fn python() -> [Subject; 2] {
    let place = tools().join("python");
    if !place.join("bin/pip").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place));
    }
    let requirements = Path::new(PYTHON).join("requirements.txt");
    let mut pip = Command::new(place.join("bin/pip"));
    run(pip.args(["install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements));
    // A file that is run is compiled each time, one that is imported once: Lambda imports it.
    let module = place.join("function.py");
    std::fs::copy(Path::new(PYTHON).join("function.py"), &module).unwrap();
    std::fs::write(place.join("main.py"), "import function\n").unwrap();
    let script = |name, handler| Subject::script(name, place.join("bin/python"), place.join("main.py"), handler);
    [script("python get", "get"), script("python create", "create")]
}

/// A load generator.
pub(crate) fn oha() -> PathBuf {
    let place = tools().join("oha");
    let options = ["install", "oha", "--version", OHA, "--locked"];
    run(Command::new(env!("CARGO")).args(options).arg("--quiet").arg("--root").arg(&place));
    place.join("bin/oha")
}

/// Below the target directory.
fn tools() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_roster")).ancestors().nth(2).unwrap();
    target.join("performance")
}

/// What a program says of its version.
pub(crate) fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output().unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
