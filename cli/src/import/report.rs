//! The report of an import: the outcome of each row, in a separate file.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::Context as _;

use super::outcome::{NAMES, Outcome};
use crate::output;

const HEADER: &str = "row,verdict,user,reason";

/// A CSV file with a line for each row, written before a row counts as done.
pub(super) struct Report(csv::Writer<File>);

impl Report {
    /// Creates a report, or continues the existing one after `rows` that are done.
    pub(super) fn open(path: &Path, rows: u64) -> anyhow::Result<Self> {
        let context = || format!("the report {} cannot be written", path.display());
        let file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path);
        let mut file = file.with_context(context)?;
        // Lines of rows that were not done are written again.
        let mut kept = 0;
        if rows > 0 && file.metadata().with_context(context)?.len() > 0 {
            let mut lines = BufReader::new(&file);
            let mut line = Vec::new();
            for _ in 0..=rows {
                line.clear();
                kept += lines.read_until(b'\n', &mut line).with_context(context)? as u64;
            }
            let is_ours = line.starts_with(format!("{rows},").as_bytes());
            anyhow::ensure!(
                is_ours,
                "{} is not the report of this import up to row {rows}; name another",
                path.display()
            );
        } else if rows > 0 {
            output::note(&format!("the report begins after row {rows}"));
        }
        file.set_len(kept).with_context(context)?;
        file.seek(SeekFrom::Start(kept)).with_context(context)?;
        if kept == 0 {
            writeln!(file, "{HEADER}").with_context(context)?;
        }
        Ok(Self(csv::Writer::from_writer(file)))
    }

    pub(super) fn row(&mut self, number: u64, outcome: &Outcome) -> anyhow::Result<()> {
        let word = NAMES.get(outcome.index()).expect("every outcome has a name");
        let id = outcome.id().map(|id| id.to_string());
        let row = [&number.to_string(), *word, id.as_deref().unwrap_or(""), outcome.reason()];
        self.0.write_record(row).context("the report cannot be written")
    }

    /// Flushes all lines to the file.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        self.0.flush().context("the report cannot be written")
    }
}
