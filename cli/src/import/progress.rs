//! The progress of an import: a bar on a terminal, otherwise a line at intervals.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

/// The interval between two lines where there is no terminal.
const LINES: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    bar: ProgressBar,
    /// The size of the file in bytes, if it is known.
    length: Option<u64>,
    import: Instant,
    /// Rows that were done before.
    skipped: u64,
    told: Instant,
}

impl Progress {
    pub(super) fn new(length: Option<u64>, skipped: u64) -> Self {
        let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
        let template = match length {
            Some(_) => "{bar:40} {percent:>3} %  {msg}  {eta} left",
            None => "{spinner} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let now = Instant::now();
        Self { bar, length, import: now, skipped, told: now }
    }

    /// Reports the number of rows done and the number of bytes read.
    pub(super) fn report(&mut self, rows: u64, bytes: u64) {
        let seconds = self.import.elapsed().as_secs_f64().max(0.001);
        let rate = (rows.saturating_sub(self.skipped)) as f64 / seconds;
        let message = format!("{rows} rows, {rate:.0} a second");
        if !self.bar.is_hidden() {
            self.bar.set_position(bytes);
            self.bar.set_message(message);
        } else if self.told.elapsed() >= LINES {
            self.told = Instant::now();
            let percent = self.length.filter(|length| *length > 0).map(|length| bytes * 100 / length);
            let percent = percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
            output::note(&format!("{message}{percent}"));
        }
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
