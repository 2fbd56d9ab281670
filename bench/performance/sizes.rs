//! How large what is deployed is.

use std::{fmt::Write as _, io::Write as _, path::Path};

use flate2::{Compression, write::DeflateEncoder};

use crate::subjects::Subject;

/// Bytes of a file, and of the archive that is uploaded.
pub(crate) fn of(file: &Path) -> (u64, u64) {
    let bytes = std::fs::read(file).unwrap();
    let mut archive = DeflateEncoder::new(Vec::new(), Compression::default());
    archive.write_all(&bytes).unwrap();
    (bytes.len() as u64, archive.finish().unwrap().len() as u64)
}

/// The table.
pub(crate) fn measure(functions: &[Subject], hello: &Subject) -> String {
    let mut text = "| function | binary, MB | archive, MB |\n|---|---:|---:|\n".to_owned();
    for subject in functions.iter().chain([hello]) {
        let (binary, archive) = of(subject.file());
        writeln!(text, "| `{}` | {:.2} | {:.2} |", subject.name, binary as f64 / 1e6, archive as f64 / 1e6).unwrap();
    }
    text
}
