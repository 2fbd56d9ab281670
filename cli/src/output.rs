use std::io::{self, Write as _};

use anyhow::Context as _;
use serde::Serialize;

/// The result of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Fine,
    /// It found something: rows that were rejected, tables that disagree.
    Findings,
}

/// Prints the result of a command, as JSON or as text.
pub(crate) fn report_created(json: bool, document: &impl Serialize, text: &str) -> anyhow::Result<()> {
    let document = if json { Some(serde_json::to_string(document)?) } else { None };
    print(document.as_deref().unwrap_or(text)).context("it is done, but cannot be printed")
}

/// Prints a line of the result.
///
/// # Errors
/// Standard output is closed or full.
pub(crate) fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Prints a line and ignores errors: a server continues when its standard output is closed.
pub(crate) fn report(line: &str) {
    let _ = print(line);
}

/// Prints a line that is not part of the result, to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "roster: {line}");
}
