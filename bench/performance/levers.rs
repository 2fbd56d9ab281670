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
const BOTH: [&str; 6] = ["--package", "roster-functions", "--bin", "member-get", "--bin", "member-create"];

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

/// The get alone, written or composed otherwise.
const WRITTEN: [(&str, &str, &[&str]); 5] = [
    ("all authorities of the system", "system-roots", &[]),
    ("the SDK's chain of credentials", "credential-chain", &[]),
    ("no connection before the first event", "unwarmed", &[]),
    ("mimalloc", "mimalloc", &[]),
    ("all default features of the libraries", "system-roots", &["--features", "untrimmed"]),
];

/// The table.
pub(crate) fn measure(asks: &Asks, functions: &[Subject]) -> String {
    let ours = |name: &str| functions.iter().find(|function| function.name == name).unwrap();
    let mut variants: Vec<(&str, Subject, Option<Subject>)> = Vec::new();
    for Build { name, profile, environment } in BUILDS {
        let settings: Vec<String> = profile.iter().map(|setting| format!("profile.release.{setting}")).collect();
        let settings = settings.iter().flat_map(|setting| ["--config", setting.as_str()]);
        let options: Vec<&str> = BOTH.into_iter().chain(settings).collect();
        let mut both = built(&["member-get", "member-create"], &options, environment);
        let create = both.pop();
        variants.push((name, both.remove(0), create));
    }
    for (name, binary, features) in WRITTEN {
        let options = [&["--package", "roster-levers", "--bin", binary], features].concat();
        variants.push((name, built(&[binary], &options, None).remove(0), None));
    }

    let mut subjects = vec![(ours("member-get"), "member-get"), (ours("member-create"), "member-create")];
    for (_, get, create) in &variants {
        subjects.push((get, "member-get"));
        subjects.extend(create.iter().map(|create| (create, "member-create")));
    }
    let gets: Vec<_> = subjects.iter().copied().filter(|(_, asked_as)| *asked_as == "member-get").collect();
    let starts = starts(asks, &gets, ROUNDS);
    let running = batches(asks, &subjects);

    let mut text = format!(
        "Beside what is deployed: × are medians of the ratios within {ROUNDS} rounds of starts, and within batches of events.\n\n\
         | otherwise | binary of get | archive of get | start to first `/next` | start to first answer | get, outside store and hash | create, whole |\n\
         |---|---:|---:|---:|---:|---:|---:|\n"
    );
    let (own_binary, own_archive) = sizes::of(gets[0].0.file());
    writeln!(
        text,
        "| *as deployed* | {:.2} MB | {:.2} MB | 1 | 1 | 1 | 1 |",
        own_binary as f64 / 1e6,
        own_archive as f64 / 1e6
    )
    .unwrap();
    let mut place = 2;
    for ((name, get, create), starts_of) in variants.iter().zip(&starts[1..]) {
        let (binary, archive) = sizes::of(get.file());
        let outside = ratio(&running[place].outside(), &running[0].outside());
        write!(
            text,
            "| {name} | {:.2} × | {:.2} × | {:.2} × | {:.2} × | {outside:.2} × |",
            binary as f64 / own_binary as f64,
            archive as f64 / own_archive as f64,
            ratio(&starts_of.init, &starts[0].init),
            ratio(&starts_of.answered, &starts[0].answered),
        )
        .unwrap();
        place += 1;
        if create.is_some() {
            write!(text, " {:.2} × |", ratio(&running[place].took, &running[1].took)).unwrap();
            place += 1;
        } else {
            text += " |";
        }
        text.push('\n');
    }
    text
}
