//! What each choice is worth: the same function, built otherwise in one respect.

use std::fmt::Write as _;

use crate::{
    asks::Asks,
    cold::starts,
    sizes,
    statistics::ratio,
    subjects::{Subject, built},
    warm::batches,
};

const ROUNDS: usize = 41;

/// Options of cargo that make both functions.
const BOTH: [&str; 6] = ["--package", "roster-functions", "--bin", GET, "--bin", CREATE];

/// Another way to build them.
struct Build {
    name: &'static str,
    /// Settings of the release profile.
    profile: &'static [&'static str],
    environment: Option<(&'static str, &'static str)>,
}

const fn build(name: &'static str, profile: &'static [&'static str]) -> Build {
    Build { name, profile, environment: None }
}

const BUILDS: [Build; 4] = [
    build("all `opt-level = 3`", &["opt-level=3"]),
    build("linked with `opt-level = \"s\"`, too", &["package.roster-functions.opt-level=\"s\""]),
    build("thin LTO", &["lto=\"thin\""]),
    Build {
        name: "with aws-lc's jitter entropy",
        profile: &[],
        environment: Some(("AWS_LC_SYS_NO_JITTER_ENTROPY", "0")),
    },
];

/// One function, written or composed otherwise: the name of the row, which function, the binary, options.
const WRITTEN: [(&str, &str, &str, &[&str]); 6] = [
    ("all authorities of the system", GET, "system-roots", &[]),
    ("the SDK's chain of credentials", GET, "credential-chain", &[]),
    ("no connection before the first event", GET, "unwarmed", &[]),
    ("no memory for a hash before the first event (create)", CREATE, "unwarmed-hash", &[]),
    ("mimalloc", GET, "mimalloc", &[]),
    ("all default features of the libraries", GET, "system-roots", &["--features", "untrimmed"]),
];

const GET: &str = "member-get";
const CREATE: &str = "member-create";

/// A row: what does the same as the functions of these names, otherwise.
struct Lever {
    name: &'static str,
    subjects: Vec<(Subject, &'static str)>,
}

/// Builds all of them.
fn levers() -> Vec<Lever> {
    let mut all = Vec::new();
    for Build { name, profile, environment } in BUILDS {
        let settings: Vec<String> = profile.iter().map(|setting| format!("profile.release.{setting}")).collect();
        let settings = settings.iter().flat_map(|setting| ["--config", setting.as_str()]);
        let options: Vec<&str> = BOTH.into_iter().chain(settings).collect();
        let both = built(&[GET, CREATE], &options, environment);
        all.push(Lever { name, subjects: both.into_iter().zip([GET, CREATE]).collect() });
    }
    for (name, function, binary, features) in WRITTEN {
        let options = [&["--package", "roster-levers", "--bin", binary], features].concat();
        let subject = built(&[binary], &options, None).remove(0);
        all.push(Lever { name, subjects: vec![(subject, function)] });
    }
    all
}

/// The table.
pub(crate) fn measure(asks: &Asks, functions: &[Subject]) -> String {
    let levers = levers();
    // Those that are deployed come first.
    let deployed = [GET, CREATE].map(|name| (functions.iter().find(|function| function.name == name).unwrap(), name));
    let others = levers.iter().flat_map(|lever| &lever.subjects).map(|(subject, function)| (subject, *function));
    let subjects: Vec<_> = deployed.into_iter().chain(others).collect();
    let starts = starts(asks, &asks.server.dynamodb, &subjects, ROUNDS);
    let running = batches(asks, &subjects);

    let mut text = format!(
        "Compared with what is deployed: × are medians of the ratios within {ROUNDS} rounds of starts, and within \
         batches of events.\n\n\
         | change | binary | archive | start to first `/next` | get, start to first response \
         | get, outside store and hash | create, start to first response | create, running |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|\n"
    );
    let (binary, archive) = sizes::of(deployed[0].0.file());
    let megabytes = |size: u64| size as f64 / 1e6;
    writeln!(
        text,
        "| *as deployed*, get | {:.2} MB | {:.2} MB | 1 | 1 | 1 | 1 | 1 |",
        megabytes(binary),
        megabytes(archive)
    )
    .unwrap();
    let mut place = deployed.len();
    for lever in &levers {
        let mut cells = vec![String::new(); 7];
        for (cell, (subject, function)) in lever.subjects.iter().enumerate() {
            let own = usize::from(*function == CREATE);
            let answered = ratio(&starts[place].answered, &starts[own].answered);
            if cell == 0 {
                let (of, beside) = (sizes::of(subject.file()), sizes::of(deployed[own].0.file()));
                let init = ratio(&starts[place].init, &starts[own].init);
                let first = [of.0 as f64 / beside.0 as f64, of.1 as f64 / beside.1 as f64, init];
                cells.iter_mut().zip(first).for_each(|(cell, times)| *cell = format!("{times:.2} ×"));
            }
            if *function == GET {
                cells[3] = format!("{answered:.2} ×");
                cells[4] = format!("{:.2} ×", ratio(&running[place].outside(), &running[own].outside()));
            } else {
                cells[5] = format!("{answered:.2} ×");
                cells[6] = format!("{:.2} ×", ratio(&running[place].took, &running[own].took));
            }
            place += 1;
        }
        writeln!(text, "| {} | {} |", lever.name, cells.join(" | ")).unwrap();
    }
    text
}
