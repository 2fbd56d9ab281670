//! Reads rows in batches.

use std::collections::{HashSet, VecDeque};

use roster_directory::ports::ImportJob;

use super::{
    importer::record_values,
    row::{Row, Rows},
};
use crate::record::Plans;

/// The maximum number of rows in a batch.
pub(super) const MAX_BATCH: usize = 480;

/// The rows of a file, some of which may have been put back.
pub(super) struct Reader {
    rows: Rows,
    pending: VecDeque<Row>,
    failed: Option<anyhow::Error>,
}

impl Reader {
    pub(super) fn new(rows: Rows) -> Self {
        Self { rows, pending: VecDeque::new(), failed: None }
    }

    /// The next row, without consuming it.
    pub(super) fn peek(&mut self) -> anyhow::Result<Option<&Row>> {
        if let Some(row) = self.next()? {
            self.pending.push_front(row);
        }
        Ok(self.pending.front())
    }

    fn next(&mut self) -> anyhow::Result<Option<Row>> {
        if let Some(row) = self.pending.pop_front() {
            return Ok(Some(row));
        }
        match self.failed.take() {
            Some(failed) => Err(failed),
            None => self.rows.next(),
        }
    }

    /// The approximate number of bytes read so far.
    pub(super) fn position(&self) -> u64 {
        self.rows.position()
    }

    /// Skips the rows that are done.
    pub(super) fn skip(&mut self, job: &ImportJob) -> anyhow::Result<()> {
        let mut done = None;
        while done.as_ref().is_none_or(|row: &Row| row.number < job.rows) {
            done = self.next()?;
            anyhow::ensure!(done.is_some(), changed(job.rows));
        }
        anyhow::ensure!(done.is_some_and(|row| row.digest == job.digest), changed(job.rows));
        Ok(())
    }

    /// Takes the next batch: rows up to the row `until` if it is set, otherwise at most [`MAX_BATCH`]. With
    /// `are_apart`, no two rows of the batch want the same value. Where reading fails, the rows before the failure are
    /// returned first, and the failure by the next call.
    pub(super) fn take(&mut self, until: Option<u64>, are_apart: bool, plans: &Plans) -> anyhow::Result<Vec<Row>> {
        let (mut batch, mut wanted) = (Vec::new(), HashSet::new());
        loop {
            let row = match self.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(batch),
                Err(failed) if batch.is_empty() => return Err(failed),
                Err(failed) => {
                    self.failed = Some(failed);
                    return Ok(batch);
                }
            };
            let is_full = match until {
                Some(until) => row.number > until,
                None => batch.len() == MAX_BATCH,
            };
            if is_full {
                self.pending.push_front(row);
                return Ok(batch);
            }
            if let (true, Ok(record)) = (are_apart, row.record(plans)) {
                let wants = record_values(&record);
                if until.is_none() && wants.iter().any(|value| wanted.contains(value)) {
                    self.pending.push_front(row);
                    return Ok(batch);
                }
                wanted.extend(wants);
            }
            batch.push(row);
        }
    }

    /// Returns the rows that were taken last; they come next again.
    pub(super) fn put_back(&mut self, batch: Vec<Row>) {
        for row in batch.into_iter().rev() {
            self.pending.push_front(row);
        }
    }
}

fn changed(row: u64) -> String {
    format!("the file is not the one that was imported up to row {row} and then broken off; --restart begins anew")
}
