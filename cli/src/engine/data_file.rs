use std::{io, path::Path};

use anyhow::Context as _;
use rusqlite::{Connection, ErrorCode};

/// Files up to this size are checked completely before use. Checking larger ones would delay the start by seconds.
const THOROUGH: u64 = 64 * 1024 * 1024;

/// Rejects a file that is damaged, or that belongs to another program. The engine itself would notice damage only when
/// it reads the damaged part, and would add its tables to a foreign file.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    let size = match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(file) if file.is_file() && file.len() == 0 => return Ok(()),
        Ok(file) => file.len(),
        Err(error) => return Err(error.into()),
    };
    let problem = match examine(path, size <= THOROUGH) {
        Ok(problem) => problem,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Some("it is no data file of Roster's".to_owned())
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Some("it is damaged".to_owned()),
        Err(error) => return Err(error).context("it cannot be read"),
    };
    match problem {
        Some(problem) => anyhow::bail!("{problem}; restore it from a copy, or start anew with another --data"),
        None => Ok(()),
    }
}

fn examine(path: &Path, thorough: bool) -> rusqlite::Result<Option<String>> {
    let file = Connection::open(path)?;
    file.busy_timeout(std::time::Duration::from_secs(30))?;
    let count = |filter: &str| {
        file.query_row(&format!("SELECT count(*) FROM sqlite_master WHERE {filter}"), [], |row| row.get::<_, u64>(0))
    };
    if count("name = '_config'")? == 0 && count("1 = 1")? > 0 {
        return Ok(Some("it is another program's database".to_owned()));
    }
    if thorough {
        let verdict: String = file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        return Ok((verdict != "ok").then(|| "it is damaged".to_owned()));
    }
    Ok(None)
}
