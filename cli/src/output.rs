use std::io::{self, Write as _};

use anyhow::Context as _;
use serde::Serialize;

/// How a command that succeeded ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Fine,
    /// It found something: rows that were rejected, tables that disagree.
    Findings,
}

/// Prints what a command is about, as JSON or as text.
pub(crate) fn tell_made(json: bool, document: &impl Serialize, text: &str) -> anyhow::Result<()> {
    let document = if json { Some(serde_json::to_string(document)?) } else { None };
    print(document.as_deref().unwrap_or(text)).context("it is done, but cannot be printed")
}

/// Prints a line that the command is about.
///
/// # Errors
/// Standard output is closed or full.
pub(crate) fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Prints a line that nobody may be reading: a server goes on without a listener.
pub(crate) fn tell(line: &str) {
    let _ = print(line);
}

/// Prints a line beside what the command is about, to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "roster: {line}");
}
