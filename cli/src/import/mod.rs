//! `roster import`: users of a file made or changed, in an account that goes on serving.
//!
//! Rows are taken a batch at a time. Before a batch is begun, it is noted how far the import has come and
//! which ids the batch has; so the same command goes on after any end, and does not do twice what it did.

mod desk;
mod external;
mod ids;
mod progress;
mod report;
mod row;
mod verdict;

use std::{
    fs::File,
    io::Read,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use desk::Desk;
pub(crate) use desk::Key;
use external::ExternalIds;
use ids::IdRange;
use progress::Progress;
use report::Report;
use roster_shared::{
    Directory, clock,
    directory::ImportBegun,
    domain::{PlanId, UserId},
    store::{Ahead, ImportJob},
};
pub(crate) use row::Format;
use row::{Mapping, Row, Rows, hex};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use verdict::{Tally, Verdict, WORDS};

use crate::{args::ImportArgs, connect, operate::Outcome, output, record::Record};

/// What stands for standard input.
const STDIN: &str = "-";
/// Rows that are handed in together.
const BATCH: usize = 480;
/// Batches after which users are sealed, so that lists do not have to.
const SEAL: u64 = 34;
/// Refused rows that are told one by one where there is no report.
const TOLD: u64 = 20;

/// Runs the command.
pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<Outcome> {
    let directory = connect::target(&args.target, false).await?;
    let account = directory.account_get(args.account).await?;
    anyhow::ensure!(account.is_some(), "there is no account {}; `roster account create` makes one", args.account);
    if !args.dry_run {
        return Import::new(args, directory, false)?.run().await;
    }
    let trial = connect::Trial::start().await?;
    directory.account_copy(args.account, &trial.directory).await?;
    Import::new(args, trial.directory.clone(), true)?.run().await
}

/// An import under way.
struct Import {
    args: ImportArgs,
    desk: Desk,
    rows: Rows,
    /// The first batch, which is read early, to know the import by.
    first: Vec<Row>,
    length: Option<u64>,
    ids: Option<IdRange>,
}

impl Import {
    fn new(args: ImportArgs, directory: Directory, is_trial: bool) -> anyhow::Result<Self> {
        let from_pipe = args.file.as_os_str() == STDIN;
        anyhow::ensure!(!(args.keep_ids && from_pipe), "--keep-ids reads the file twice: it cannot be standard input");
        let ids = if args.keep_ids { Some(IdRange::read(open_rows(&args)?.0)?) } else { None };
        let (mut rows, length) = open_rows(&args)?;
        let first = batch(&mut rows)?;
        let desk = Desk { directory, account: args.account, keeps: args.keep_ids, is_trial, external: None };
        Ok(Self { args, desk, rows, first, length, ids })
    }

    /// What tells this import from others: what is asked for, and the first row.
    fn name(&self) -> String {
        let mut map = self.args.map.clone();
        map.sort();
        let asked = format!("{:?} {} {map:?}", self.args.upsert, self.args.keep_ids);
        let mut hash = Sha256::new();
        hash.update(asked);
        hash.update(self.first.first().map(|row| row.digest.as_str()).unwrap_or_default());
        hex(&hash.finalize())
    }

    async fn run(mut self) -> anyhow::Result<Outcome> {
        let name = self.name();
        let (directory, account) = (self.desk.directory.clone(), self.args.account);
        let standing = if self.args.restart { None } else { directory.import_standing(account, &name).await? };
        let mut batch = std::mem::take(&mut self.first);
        if let Some(job) = &standing {
            batch = self.skip(batch, job)?;
        }
        let mut report = self.args.report.as_deref();
        let rows = standing.as_ref().map_or(0, |job| job.rows);
        let mut report = report.take().map(|path| Report::open(path, rows)).transpose()?;
        if let Some(ids) = &self.ids {
            directory.user_ids_keep(account, ids.lowest, ids.highest, &name).await?;
        }
        if self.args.upsert == Some(Key::ExternalId) {
            self.desk.external = Some(ExternalIds::read(&directory, account).await?);
        }
        let plans = directory.plan_list(account).await?;
        let plans: Plans = plans.into_iter().map(|plan| (plan.slug.as_str().to_owned(), plan.id)).collect();
        let stop = stop_signal();
        let mut begun = directory.import_begin(account, &name, standing.unwrap_or_default()).await?;
        let mut tally = tally(&begun.job);
        let mut progress = Progress::new(self.length, rows);
        let mut batches = 0;
        while let Some(last) = batch.last() {
            let (number, digest) = (last.number, last.digest.clone());
            let verdicts = self.hand_in(&mut begun, batch, &plans).await?;
            for (number, verdict) in &verdicts {
                if report.is_none() && tally.refused() < TOLD && !verdict.reason().is_empty() {
                    output::note(&format!("row {number}: {}", verdict.reason()));
                }
                tally.add(verdict);
                report.as_mut().map_or(Ok(()), |report| report.row(*number, verdict))?;
            }
            report.as_mut().map_or(Ok(()), Report::flush)?;
            begun.job = ImportJob { rows: number, digest, verdicts: tally.0.to_vec(), ahead: None };
            progress.tell(number, self.rows.position());
            batches += 1;
            if batches % SEAL == 0 && self.ids.is_none() {
                directory.user_seal(account).await?;
            }
            if stop.load(Ordering::Relaxed) {
                self.note(&begun).await?;
                progress.end();
                anyhow::bail!("stopped after row {number} ({tally}); the same command goes on from there");
            }
            batch = self.batch()?;
        }
        progress.end();
        match &self.ids {
            Some(ids) => directory.user_ids_kept(account, ids.lowest, ids.highest).await?,
            None => {
                directory.user_seal(account).await?;
            }
        }
        directory.import_end(begun).await?;
        self.tell(&tally)
    }

    fn tell(&self, tally: &Tally) -> anyhow::Result<Outcome> {
        let counts = WORDS.iter().zip(tally.0).map(|(word, count)| ((*word).to_owned(), count.into()));
        let mut document: serde_json::Map<String, serde_json::Value> = counts.collect();
        document.insert("dry_run".to_owned(), json!(self.args.dry_run));
        let tried = if self.args.dry_run { " (tried on a copy; nothing is written)" } else { "" };
        crate::operate::print(self.args.target.json, &document, &format!("{tally}{tried}"))?;
        if self.args.report.is_none() && tally.refused() > TOLD {
            output::note("more rows were refused than are told; --report FILE tells all");
        }
        Ok(if tally.refused() > 0 { Outcome::Findings } else { Outcome::Fine })
    }

    fn batch(&mut self) -> anyhow::Result<Vec<Row>> {
        batch(&mut self.rows)
    }

    /// The rows that come after those which are done with.
    fn skip(&mut self, mut rows: Vec<Row>, job: &ImportJob) -> anyhow::Result<Vec<Row>> {
        output::note(&format!("going on after row {}", job.rows));
        while let Some(last) = rows.last().map(|row| row.number).filter(|last| *last < job.rows) {
            rows = self.batch()?;
            anyhow::ensure!(!rows.is_empty(), changed(last));
        }
        if let Some(done) = rows.iter().find(|row| row.number == job.rows) {
            anyhow::ensure!(done.digest == job.digest, changed(job.rows));
        }
        rows.retain(|row| row.number > job.rows);
        if rows.is_empty() { self.batch() } else { Ok(rows) }
    }

    async fn note(&self, begun: &ImportBegun) -> anyhow::Result<()> {
        let own = self.desk.directory.import_note(begun).await?;
        anyhow::ensure!(own, "another import of the same file has taken over");
        Ok(())
    }

    /// Hands rows in; the verdict on each, in their order.
    async fn hand_in(
        &self,
        begun: &mut ImportBegun,
        rows: Vec<Row>,
        plans: &Plans,
    ) -> anyhow::Result<Vec<(u64, Verdict)>> {
        let now = clock::now();
        let digest = rows.last().map(|row| row.digest.clone()).unwrap_or_default();
        let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
        let (mut verdicts, mut records) = (Vec::new(), Vec::new());
        for (place, row) in rows.into_iter().enumerate() {
            let record = row.cells.and_then(|cells| Record::read(cells, plans, now).map_err(|wrong| wrong.join("; ")));
            match record {
                Ok(record) => records.push((place, record)),
                Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
            }
        }
        verdicts.extend(match self.args.upsert {
            Some(key) => {
                self.note(begun).await?;
                self.desk.upsert(key, records).await?
            }
            None => self.create(begun, digest, records).await?,
        });
        verdicts.sort_by_key(|(place, _)| *place);
        Ok(numbers.into_iter().zip(verdicts.into_iter().map(|(_, verdict)| verdict)).collect())
    }

    async fn create(
        &self,
        begun: &mut ImportBegun,
        digest: String,
        records: Vec<(usize, Record)>,
    ) -> anyhow::Result<Vec<(usize, Verdict)>> {
        let (mut verdicts, mut new, mut own_ids) = (Vec::new(), Vec::new(), Vec::new());
        for (place, record) in records {
            let id = record.id;
            match self.desk.new_user(record) {
                Ok(_) if self.args.keep_ids && id.is_none() => {
                    verdicts.push((place, Verdict::Refused("has no id to keep".to_owned())));
                }
                Ok(user) => {
                    own_ids.extend(id);
                    new.push((place, user));
                }
                Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
            }
        }
        let ids = if self.args.keep_ids { own_ids } else { self.lease(begun, digest, new.len() as u64).await? };
        let new = new.into_iter().zip(ids).map(|((place, user), id)| (place, (id, user))).collect();
        verdicts.extend(self.desk.create(new).await?);
        Ok(verdicts)
    }

    /// The ids of a batch: those that it had when it was broken off, or new ones.
    async fn lease(&self, begun: &mut ImportBegun, digest: String, many: u64) -> anyhow::Result<Vec<UserId>> {
        let standing = begun.job.ahead.take().filter(|ahead| ahead.digest == digest && ahead.ids == many);
        let first = match standing {
            Some(ahead) => ahead.first,
            None => {
                let mut leased = self.desk.directory.user_lease_many(self.args.account, many).await?;
                leased.next().unwrap_or(UserId::new(1))
            }
        };
        begun.job.ahead = Some(Ahead { digest, first, ids: many });
        self.note(begun).await?;
        let many = usize::try_from(many)?;
        Ok((first.get()..).map(UserId::new).take(many).collect())
    }
}

type Plans = std::collections::BTreeMap<String, PlanId>;

fn changed(row: u64) -> String {
    format!("the file is not the one that was imported up to row {row} and then broken off; --restart begins anew")
}

fn batch(rows: &mut Rows) -> anyhow::Result<Vec<Row>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        let Some(row) = rows.next()? else { break };
        batch.push(row);
    }
    Ok(batch)
}

fn tally(job: &ImportJob) -> Tally {
    let mut tally = Tally::default();
    for (count, stood) in tally.0.iter_mut().zip(&job.verdicts) {
        *count = *stood;
    }
    tally
}

/// The file's rows, and its length where it has one.
fn open_rows(args: &ImportArgs) -> anyhow::Result<(Rows, Option<u64>)> {
    let (source, length) = open(&args.file)?;
    Ok((Rows::open(source, args.format, Mapping::new(&args.map)?)?, length))
}

fn open(path: &PathBuf) -> anyhow::Result<(Box<dyn Read>, Option<u64>)> {
    if path.as_os_str() == STDIN {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
    Ok((Box::new(file), length))
}

/// Becomes true when the operator wants an end; what is in hand is finished.
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
