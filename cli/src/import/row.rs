//! Rows of a file, one at a time, in memory that does not grow with it.

use std::{
    cell::Cell as Shared,
    collections::{BTreeMap, HashSet},
    io::{self, BufRead, BufReader, Read},
    rc::Rc,
};

use anyhow::Context as _;
use roster_dialects::http::json;
use roster_directory::clock;
use roster_domain::hex;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::record::{Cell, Column, Format, Plans, Record};

/// The maximum size of a row, in bytes.
const MAX_ROW: u64 = 1 << 20;

/// A row of a file.
#[derive(Debug)]
pub(super) struct Row {
    /// Counts from 1, without the header.
    pub(super) number: u64,
    /// Its cells, or why they cannot be read.
    pub(super) cells: Result<Vec<(Column, Cell)>, String>,
    /// A hash of everything read up to its end.
    pub(super) digest: String,
}

impl Row {
    /// The record of a user that it contains.
    pub(super) fn record(&self, plans: &Plans) -> Result<Record, String> {
        Record::read(self.cells.clone()?, plans, clock::now()).map_err(|wrong| wrong.join("; "))
    }
}

/// The meaning of the columns of a file: their names, unless they are mapped.
#[derive(Debug, Default)]
pub(super) struct Mapping(BTreeMap<String, Column>);

impl Mapping {
    /// Reads `theirs=ours`; `theirs=` ignores a column.
    pub(super) fn new(pairs: &[(String, String)]) -> anyhow::Result<Self> {
        let column = |(theirs, ours): &(String, String)| {
            let column = if ours.is_empty() { Some(Column::Ignored) } else { Column::named(ours) };
            let column = column.with_context(|| format!("--map {theirs}={ours}: there is no column '{ours}'"))?;
            Ok((theirs.trim().to_ascii_lowercase(), column))
        };
        Ok(Self(pairs.iter().map(column).collect::<anyhow::Result<_>>()?))
    }

    fn column(&self, name: &str) -> Result<Column, String> {
        if name.trim().is_empty() {
            return Ok(Column::Ignored);
        }
        let mapped = self.0.get(&name.trim().to_ascii_lowercase()).copied();
        mapped.or_else(|| Column::named(name)).ok_or_else(|| {
            let name = name.chars().filter(|c| !c.is_control()).take(64).collect::<String>();
            format!("there is no column '{name}' (--map '{name}=login' says that it means the login, --map '{name}=' leaves it out)")
        })
    }
}

/// A file's rows.
pub(super) struct Rows {
    reader: Reader,
    mapping: Mapping,
    /// Rows read so far.
    number: u64,
    digest: [u8; 32],
}

enum Reader {
    Csv { csv: csv::Reader<Bounded>, columns: Vec<Column>, left: Rc<Shared<u64>> },
    Ndjson { lines: Box<dyn BufRead>, bytes: u64 },
}

impl Rows {
    /// Reads the beginning of a file. Without a `format`, the first byte decides.
    pub(super) fn open(source: impl Read + 'static, format: Option<Format>, mapping: Mapping) -> anyhow::Result<Self> {
        let mut source = BufReader::new(source);
        if source.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            source.consume(3);
        }
        let beginning = source.fill_buf()?;
        let is_wide = beginning.starts_with(&[0xff, 0xfe]) || beginning.starts_with(&[0xfe, 0xff]);
        anyhow::ensure!(!is_wide, "the file is in UTF-16; it has to be in UTF-8");
        let first = beginning.iter().find(|byte| !byte.is_ascii_whitespace());
        anyhow::ensure!(
            format.is_some() || first != Some(&b'['),
            "the file is a JSON array; it has to be an object on each line (`jq -c '.[]'` makes that of it)"
        );
        let is_json = first == Some(&b'{');
        let format = format.unwrap_or(if is_json { Format::Ndjson } else { Format::Csv });
        let delimiter = delimiter(source.fill_buf()?);
        let reader = match format {
            Format::Ndjson => Reader::Ndjson { lines: Box::new(source), bytes: 0 },
            Format::Csv => csv_reader(Box::new(source), delimiter, &mapping)?,
        };
        Ok(Self { reader, mapping, number: 0, digest: [0; 32] })
    }

    /// The approximate number of bytes read so far.
    pub(super) fn position(&self) -> u64 {
        match &self.reader {
            Reader::Csv { csv, .. } => csv.position().byte(),
            Reader::Ndjson { bytes, .. } => *bytes,
        }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Row>> {
        let number = self.number + 1;
        let mut hash = Sha256::new();
        hash.update(self.digest);
        let cells = match &mut self.reader {
            Reader::Csv { csv, columns, left } => {
                left.set(MAX_ROW);
                let mut record = csv::ByteRecord::new();
                loop {
                    if !csv.read_byte_record(&mut record).with_context(|| format!("row {number}"))? {
                        return Ok(None);
                    }
                    // A line of blanks is no row.
                    if record.len() > 1 || record.iter().any(|field| !field.trim_ascii().is_empty()) {
                        break;
                    }
                }
                for field in &record {
                    hash.update(field.len().to_be_bytes());
                    hash.update(field);
                }
                csv_cells(&record, columns)
            }
            Reader::Ndjson { lines, bytes } => {
                let Some(line) = next_line(lines, bytes)? else { return Ok(None) };
                hash.update(line.as_deref().unwrap_or_default());
                line.and_then(|line| json_cells(&line, &self.mapping))
            }
        };
        (self.number, self.digest) = (number, hash.finalize().into());
        Ok(Some(Row { number, cells, digest: hex(&self.digest) }))
    }
}

/// The delimiter of the first line. Spreadsheets write semicolons where the comma is the decimal separator.
fn delimiter(beginning: &[u8]) -> u8 {
    let line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let many = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of equal counts, the last delimiter wins: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(many).unwrap_or(b',')
}

fn csv_reader(source: Box<dyn Read>, delimiter: u8, mapping: &Mapping) -> anyhow::Result<Reader> {
    let left = Rc::new(Shared::new(MAX_ROW));
    let bounded = Bounded { source, left: Rc::clone(&left) };
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bounded);
    let header = csv.headers().context("the header cannot be read")?.clone();
    anyhow::ensure!(
        !header.iter().all(|name| name.trim().is_empty()),
        "the file has no header with the names of its columns"
    );
    // The message does not quote the line, because it may contain personal data.
    let is_header = header.iter().any(|name| mapping.column(name).is_ok_and(|column| column != Column::Ignored));
    anyhow::ensure!(is_header, "the first line names no column that is known: is the header missing?");
    let columns = header.iter().map(|name| mapping.column(name).map_err(anyhow::Error::msg));
    let columns: Vec<_> = columns.collect::<anyhow::Result<_>>()?;
    match twice(columns.iter().copied()) {
        Some(twice) => anyhow::bail!("two columns mean {} (--map leaves one out: --map 'name=')", twice.name()),
        None => Ok(Reader::Csv { csv, columns, left }),
    }
}

fn csv_cells(record: &csv::ByteRecord, columns: &[Column]) -> Result<Vec<(Column, Cell)>, String> {
    if record.len() != columns.len() {
        return Err(format!("has another number of cells than the header: {}, not {}", record.len(), columns.len()));
    }
    let cell = |(column, field): (&Column, &[u8])| {
        let text = std::str::from_utf8(field).map_err(|_| "is not UTF-8".to_owned())?;
        let cell = match text {
            "" => Cell::Blank,
            // A blank cell means null or no change. An empty text is written as two quotation marks; a text of only
            // quotation marks gets two more.
            text if text.len() > 1 && text.bytes().all(|byte| byte == b'"') => {
                Cell::Text(text.get(2..).unwrap_or_default().to_owned())
            }
            text => Cell::Text(text.to_owned()),
        };
        Ok((*column, cell))
    };
    columns.iter().zip(record).map(cell).collect()
}

/// The next line that is not empty, without its end, or why it cannot be read.
fn next_line(lines: &mut dyn BufRead, bytes: &mut u64) -> anyhow::Result<Option<Result<Vec<u8>, String>>> {
    loop {
        let mut line = Vec::new();
        let read = lines.take(MAX_ROW).read_until(b'\n', &mut line)?;
        *bytes += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if read as u64 == MAX_ROW && line.last() != Some(&b'\n') {
            *bytes += lines.skip_until(b'\n')? as u64;
            return Ok(Some(Err("has more than 1 MiB".to_owned())));
        }
        let text = line.trim_ascii();
        if !text.is_empty() {
            return Ok(Some(Ok(text.to_vec())));
        }
    }
}

fn json_cells(line: &[u8], mapping: &Mapping) -> Result<Vec<(Column, Cell)>, String> {
    let object = json::members(line).map_err(|_| "is no JSON object".to_owned())?;
    let cell = |(name, raw): (Option<String>, &RawValue)| {
        let name = name.ok_or("has a name that is not valid Unicode")?;
        Ok((mapping.column(&name)?, json_cell(raw.get())))
    };
    let cells: Vec<_> = object.0.into_iter().map(cell).collect::<Result<_, String>>()?;
    match twice(cells.iter().map(|(column, _)| *column)) {
        Some(column) => Err(format!("says {} twice", column.name())),
        None => Ok(cells),
    }
}

fn json_cell(raw: &str) -> Cell {
    match raw.as_bytes().first() {
        Some(b'n') => Cell::Null,
        Some(b'"') => serde_json::from_str(raw).map_or(Cell::Object, Cell::Text),
        Some(b'[') => serde_json::from_str(raw).map_or(Cell::Object, Cell::List),
        Some(b'{') => Cell::Object,
        // Numbers keep every digit.
        _ => Cell::Text(raw.to_owned()),
    }
}

/// A column that occurs more than once.
fn twice(columns: impl Iterator<Item = Column>) -> Option<Column> {
    let mut seen = HashSet::new();
    columns.into_iter().find(|column| *column != Column::Ignored && !seen.insert(*column))
}

/// Limits the size of a row. Without a limit, one unbalanced quotation mark would make the rest of the file one row.
struct Bounded {
    source: Box<dyn Read>,
    left: Rc<Shared<u64>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("has more than 1 MiB: is a quotation mark left open?")),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, map: &[(&str, &str)]) -> anyhow::Result<Vec<Row>> {
        let pairs: Vec<_> = map.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let mut rows = Rows::open(io::Cursor::new(text.to_owned()), None, Mapping::new(&pairs)?)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(row);
        }
        Ok(all)
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn both_formats_give_the_same_cells() {
        let csv = rows("\u{feff}Login,city,x\n\"a,b\",,1\nc,\"\"\"\"\"\",2\n", &[("X", "")]).unwrap();
        let cells = csv[0].cells.as_ref().unwrap();
        assert_eq!(cells[..2], [(Column::Login, text("a,b")), (Column::Profile("city"), Cell::Blank)]);
        assert_eq!(csv[1].cells.as_ref().unwrap()[1].1, text(""));
        let json =
            rows("{\"login\":\"a\",\"plans\":[\"p\"],\"city\":null,\"external_id\":12345678901234567890.5}\n\n{}", &[]);
        let json = json.unwrap();
        let cells = json[0].cells.as_ref().unwrap();
        assert!(cells.contains(&(Column::Plans, Cell::List(vec!["p".to_owned()]))));
        assert!(cells.contains(&(Column::Attribute("external_id"), text("12345678901234567890.5"))));
        assert!(cells.contains(&(Column::Profile("city"), Cell::Null)));
        assert_eq!((json.len(), json[1].number), (2, 2));
        assert_ne!(json[0].digest, json[1].digest);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert!(rows("login,shoe\n", &[]).unwrap_err().to_string().contains("no column 'shoe'"));
        assert!(rows("login,username\n", &[]).unwrap_err().to_string().contains("two columns mean login"));
        assert!(rows("", &[]).unwrap_err().to_string().contains("no header"));
        assert!(rows("login\n", &[("a", "shoe")]).unwrap_err().to_string().contains("no column 'shoe'"));
        let refused = rows("login,code\na\n", &[]).unwrap().remove(0).cells.unwrap_err();
        assert_eq!(refused, "has another number of cells than the header: 1, not 2");
        let refused = rows("{\"login\":\"a\",\"username\":\"b\"}\n{\"shoe\":1}\n{x\n[]", &[]).unwrap();
        let reasons: Vec<_> = refused.into_iter().map(|row| row.cells.unwrap_err()).collect();
        assert_eq!(reasons[0], "says login twice");
        assert!(reasons[1].starts_with("there is no column 'shoe'"), "{reasons:?}");
        assert_eq!(reasons[2..], ["is no JSON object", "is no JSON object"]);
        let endless = format!("login\n\"{}", "x\n".repeat(700_000));
        assert!(format!("{:#}", rows(&endless, &[]).unwrap_err()).contains("quotation mark"));
        let endless = format!("{{\"login\":\"{}\n{{}}", "x".repeat(3_100_000));
        let read = rows(&endless, &[]).unwrap();
        assert_eq!(read[0].cells.as_ref().unwrap_err(), "has more than 1 MiB");
        assert!(read.len() == 2 && read[1].cells.is_ok());
        assert_eq!(
            rows("{\"login\":\"a\",\"login\":\"b\"}", &[]).unwrap()[0].cells.as_ref().unwrap_err(),
            "says login twice"
        );
        assert!(rows("[{}]", &[]).unwrap_err().to_string().contains("JSON array"));
        let said = rows("ada@example.com,secret\n", &[]).unwrap_err().to_string();
        assert!(said.contains("header missing") && !said.contains("ada"), "{said}");
        let semicolons = rows("login;city;\na,b;Bern;\n   \n", &[]).unwrap();
        assert_eq!(semicolons.len(), 1);
        assert_eq!(semicolons[0].cells.as_ref().unwrap()[0], (Column::Login, text("a,b")));
    }
}
