//! `roster import`: creates or updates users from a file, in an account that keeps serving requests.
//!
//! Rows are imported in batches. Before a batch begins, the progress of the import and the ids of the batch are stored.
//! So the same command resumes after any interruption, and repeats nothing.

mod batch;
mod external;
mod ids;
mod importer;
mod outcome;
mod progress;
mod reader;
mod report;
mod row;

use std::{
    fs::File,
    io::Read,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use batch::import_batch;
use external::ExternalIds;
use ids::IdRange;
use importer::Importer;
pub(crate) use importer::Key;
use outcome::{NAMES, Outcome, Tally};
use progress::Progress;
use reader::Reader;
use report::Report;
use roster_directory::{ReserveIdsError, ports::ImportJob};
use roster_domain::hex;
use roster_lambda::Directory;
use row::{Mapping, Rows};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    args::ImportArgs,
    connect,
    output::{self, Status},
    record::Plans,
};

/// The file name that stands for standard input.
const STDIN: &str = "-";
/// Rows after which users are sealed, so that lists do not have to seal them.
const SEAL_EVERY: usize = 16_384;
/// The maximum number of rejected rows that are printed one by one when there is no report.
const MAX_REPORTED: u64 = 20;

/// Runs the command.
pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<Status> {
    let directory = connect::target(&args.target, false).await?;
    let account = directory.account_get(args.account).await?;
    anyhow::ensure!(account.is_some(), "there is no account {}; `roster account create` makes one", args.account);
    if let Some(report) = &args.report {
        anyhow::ensure!(!is_same_file(report, &args.file), "the report would take the place of the file itself");
    }
    if !args.dry_run {
        return Command::new(args, directory)?.run(None).await;
    }
    let dry_run = connect::DryRun::start().await?;
    directory.account_copy(args.account, &dry_run.directory).await?;
    let mut command = Command::new(args, dry_run.directory.clone())?;
    // The copy contains what was imported before, so the dry run continues where a real run would.
    let standing = directory.import_get(command.args.account, &command.name()?).await?;
    command.run(standing).await
}

/// An import in progress.
struct Command {
    args: ImportArgs,
    importer: Importer,
    reader: Reader,
    length: Option<u64>,
    ids: Option<IdRange>,
}

impl Command {
    fn new(args: ImportArgs, directory: Directory) -> anyhow::Result<Self> {
        let from_pipe = args.file.as_os_str() == STDIN;
        anyhow::ensure!(!(args.keep_ids && from_pipe), "--keep-ids reads the file twice: it cannot be standard input");
        let ids = if args.keep_ids { Some(IdRange::read(open_rows(&args)?.0)?) } else { None };
        let (rows, length) = open_rows(&args)?;
        let (keeps_ids, is_dry_run) = (args.keep_ids, args.dry_run);
        let importer = Importer { directory, account: args.account, keeps_ids, is_dry_run, external: None };
        Ok(Self { args, importer, reader: Reader::new(rows), length, ids })
    }

    /// The name that identifies this import: a hash of its options and of the first row.
    fn name(&mut self) -> anyhow::Result<String> {
        let mut map = self.args.map.clone();
        map.sort();
        let asked = format!("{:?} {} {map:?}", self.args.upsert, self.args.keep_ids);
        let mut hash = Sha256::new();
        hash.update(asked);
        hash.update(self.reader.peek()?.map(|row| row.digest.as_str()).unwrap_or_default());
        Ok(hex(&hash.finalize()))
    }

    /// Imports the remaining rows. `standing` is the progress of the real import, for a dry run.
    async fn run(mut self, standing: Option<ImportJob>) -> anyhow::Result<Status> {
        let name = self.name()?;
        let (directory, account) = (self.importer.directory.clone(), self.args.account);
        // Takes the import over before anything else: any other worker on it stops at its next batch.
        let mut import = directory.import_begin(account, &name, self.args.restart).await?;
        import.job = standing.filter(|_| !self.args.restart).unwrap_or(import.job);
        let done = import.job.rows;
        if done > 0 || import.job.pending.is_some() {
            output::note(&format!("this import was broken off: going on after row {done}"));
        }
        if done > 0 {
            self.reader.skip(&import.job)?;
        }
        let mut summary = Summary::open(&self.args, &import.job, Progress::new(self.length, done))?;
        // If all rows are done, only the end is missing, and the reservation of the ids may have ended already.
        let has_rows = self.reader.peek()?.is_some();
        if let Some(ids) = self.ids.as_ref().filter(|_| has_rows) {
            let reserved = directory.import_reserve_ids(account, ids.lowest, ids.highest, &name).await;
            reserved.map_err(|error| match error {
                ReserveIdsError::NotEmpty => anyhow::anyhow!("{error}: `roster verify --repair`"),
                error @ ReserveIdsError::Failed(_) => error.into(),
            })?;
        }
        if self.args.upsert == Some(Key::ExternalId) {
            self.importer.external = Some(ExternalIds::read(&directory, account).await?);
        }
        self.rows(&mut import, &mut summary).await?;
        self.importer.note(&import).await?;
        if self.ids.is_some() {
            directory.import_seal_ids(account, &name).await?;
        } else {
            directory.census_seal(account).await?;
        }
        directory.import_end(import).await?;
        summary.end(&self.args)
    }

    /// Imports all rows.
    async fn rows(&mut self, import: &mut roster_directory::Import, summary: &mut Summary) -> anyhow::Result<()> {
        let plans = self.importer.directory.plan_list(self.args.account).await?;
        let plans: Plans = plans.into_iter().map(|plan| (plan.slug.as_str().to_owned(), plan.id)).collect();
        let are_apart = self.args.upsert.is_some();
        let stop = stop_signal();
        // Rows up to this one must be imported one by one.
        let mut alone = 0_u64;
        let mut unsealed = 0;
        loop {
            let until = import.job.pending.as_ref().map(|pending| pending.until);
            let until = until.or_else(|| (import.job.rows < alone).then_some(import.job.rows + 1));
            let batch = self.reader.take(until, are_apart, &plans)?;
            let Some(last) = batch.last() else { return Ok(()) };
            let (number, digest) = (last.number, last.digest.clone());
            let numbers: Vec<u64> = batch.iter().map(|row| row.number).collect();
            let Some(outcomes) = import_batch(&self.importer, import, self.args.upsert, &batch, &plans).await? else {
                alone = number;
                self.reader.put_back(batch);
                continue;
            };
            summary.enter(&numbers, &outcomes)?;
            import.job = ImportJob { rows: number, digest, outcomes: summary.tally.0.to_vec(), pending: None };
            summary.progress.report(number, self.reader.position());
            unsealed += numbers.len();
            if unsealed > SEAL_EVERY && self.ids.is_none() {
                self.importer.directory.census_seal(self.args.account).await?;
                unsealed = 0;
            }
            if stop.load(Ordering::Relaxed) {
                self.importer.note(import).await?;
                summary.progress.end();
                anyhow::bail!("stopped after row {number} ({}); the same command goes on from there", summary.tally);
            }
        }
    }
}

/// The summary and the report of the rows.
struct Summary {
    report: Option<Report>,
    tally: Tally,
    progress: Progress,
}

impl Summary {
    fn open(args: &ImportArgs, job: &ImportJob, progress: Progress) -> anyhow::Result<Self> {
        // A dry run does not continue the report of the real run.
        let rows = if args.dry_run { 0 } else { job.rows };
        let report = args.report.as_deref().map(|path| Report::open(path, rows)).transpose()?;
        Ok(Self { report, tally: tally(job), progress })
    }

    /// Records the outcomes of rows, before the rows count as done.
    fn enter(&mut self, numbers: &[u64], outcomes: &[Outcome]) -> anyhow::Result<()> {
        for (number, outcome) in numbers.iter().zip(outcomes) {
            match &mut self.report {
                Some(report) => report.row(*number, outcome)?,
                None if self.tally.refused() < MAX_REPORTED && !outcome.reason().is_empty() => {
                    output::note(&format!("row {number}: {}", outcome.reason()));
                }
                None => {}
            }
            self.tally.add(outcome);
        }
        self.report.as_mut().map_or(Ok(()), Report::flush)
    }

    fn end(&self, args: &ImportArgs) -> anyhow::Result<Status> {
        self.progress.end();
        let tally = &self.tally;
        let counts = NAMES.iter().zip(tally.0).map(|(word, count)| ((*word).to_owned(), count.into()));
        let mut document: serde_json::Map<String, serde_json::Value> = counts.collect();
        document.insert("dry_run".to_owned(), json!(args.dry_run));
        let tried = if args.dry_run { " (tried on a copy; nothing is written)" } else { "" };
        output::report_created(args.target.json, &document, &format!("{tally}{tried}"))?;
        if self.report.is_none() && tally.refused() > MAX_REPORTED {
            output::note("more rows were refused than are told; --report FILE tells all");
        }
        Ok(if tally.refused() > 0 { Status::Findings } else { Status::Fine })
    }
}

/// Whether two paths lead to the same file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let file = |path: &Path| std::fs::metadata(path).ok().map(|data| (data.dev(), data.ino()));
    file(one).is_some_and(|one| file(other) == Some(one))
}

fn tally(job: &ImportJob) -> Tally {
    let mut tally = Tally::default();
    for (count, stood) in tally.0.iter_mut().zip(&job.outcomes) {
        *count = *stood;
    }
    tally
}

/// The file's rows, and its length if it is a regular file.
fn open_rows(args: &ImportArgs) -> anyhow::Result<(Rows, Option<u64>)> {
    let (source, length) = open(&args.file)?;
    Ok((Rows::open(source, args.format, Mapping::new(&args.map)?)?, length))
}

fn open(path: &Path) -> anyhow::Result<(Box<dyn Read>, Option<u64>)> {
    if path.as_os_str() == STDIN {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let data = file.metadata().with_context(|| format!("{} cannot be read", path.display()))?;
    anyhow::ensure!(!data.is_dir(), "{} is a directory", path.display());
    let length = Some(data).filter(std::fs::Metadata::is_file).map(|data| data.len());
    Ok((Box::new(file), length))
}

/// Becomes true when the operator presses Ctrl-C; the current batch is finished first.
fn stop_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            output::note("stopping after the rows in hand");
            set.store(true, Ordering::Relaxed);
        }
    });
    stop
}
