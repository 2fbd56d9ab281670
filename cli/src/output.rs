use std::io::{self, Write as _};

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
