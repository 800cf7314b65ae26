//! Articles from CSV: a column for each field.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::Reading;
use super::items::{List, document};
use super::options::Options;
use crate::input;

/// Far more than a site has, and less than fills the memory.
const MAX_CSV_BYTES: u64 = 1 << 30;

/// What separates fields: by the standard, by spreadsheets where the comma is the decimal point, and in TSV.
const DELIMITERS: &[u8] = b",;\t";

/// What separates tags within their field.
const TAG_SEPARATORS: [char; 3] = [',', ';', '|'];

/// Reads `path`, whose first line names the columns. `needs_text` says whether the text is to be embedded.
///
/// # Errors
///
/// The first line that is wrong.
pub fn read(path: &Path, needs_text: bool, options: &Options) -> Result<Reading> {
    let name = path.display();
    let file = input::open(path).with_context(|| format!("cannot read {name}"))?;
    let mut source = BufReader::new(file.take(MAX_CSV_BYTES));
    let head = source.fill_buf().with_context(|| format!("cannot read {name}"))?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter(head)).from_reader(source);
    let columns = columns(reader.headers().map_err(|error| problem(path, &error))?)
        .with_context(|| format!("{name} line 1"))?;
    let mut list = List::default();
    for record in reader.records() {
        let record = record.map_err(|error| problem(path, &error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let place = || format!("{name} line {line}");
        let document = document(fields(&columns, &record), needs_text, options).with_context(place)?;
        list.push(document, line).with_context(place)?;
    }
    if reader.into_inner().into_inner().limit() == 0 {
        bail!("{name} has more than the {} MB that are read", MAX_CSV_BYTES >> 20);
    }
    if list.reading.documents.is_empty() {
        bail!("{name} has no items: write one a line, below the names of the columns");
    }
    Ok(list.reading)
}

/// The one that is most frequent in the first line.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    // The last of equals is taken: the standard's.
    DELIMITERS.iter().rev().copied().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

fn columns(header: &StringRecord) -> Result<Vec<String>> {
    let columns: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase()).collect();
    for needed in ["title", "url"] {
        if !columns.iter().any(|name| name == needed) {
            bail!(
                "there is no column {needed}: the first line must name the columns, found {}",
                columns.join(", ")
            );
        }
    }
    for (i, name) in columns.iter().enumerate() {
        if columns[..i].contains(name) {
            bail!("two columns are called \"{name}\"");
        }
    }
    Ok(columns)
}

/// Empty fields are not there, but for `text` and `title`, which may be empty.
fn fields(columns: &[String], record: &StringRecord) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in columns.iter().zip(record) {
        let value = match name.as_str() {
            "tags" => {
                let tags = value.split(TAG_SEPARATORS).map(str::trim).filter(|tag| !tag.is_empty());
                tags.map(Value::from).collect::<Vec<_>>().into()
            }
            "title" | "text" => Value::from(value),
            _ if value.trim().is_empty() => continue,
            _ => Value::from(value.trim()),
        };
        fields.insert(name.clone(), value);
    }
    fields
}

fn problem(path: &Path, error: &csv::Error) -> anyhow::Error {
    let name = path.display();
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => anyhow!("{name} line {line} is not UTF-8: save the file as UTF-8"),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            anyhow!("{name} line {line} has {len} fields, but there are {expected_len} columns")
        }
        csv::ErrorKind::Io(error) => anyhow!("cannot read {name}: {error}"),
        _ => anyhow!("{name} line {line}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::delimiter;

    #[test]
    fn the_delimiter_is_what_separates_the_columns() {
        assert_eq!(delimiter(b"title,url;text,x\na;b;c;d;e"), b',');
        assert_eq!(delimiter(b"title;url;text\n"), b';');
        assert_eq!(delimiter(b"title\turl\ttext, more"), b'\t');
        assert_eq!(delimiter(b"title"), b',');
        assert_eq!(delimiter(b""), b',');
    }
}
