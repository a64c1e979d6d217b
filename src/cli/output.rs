//! Results to standard output, words to standard error; tables by column width.

use std::io::{self, Write};

use auxlog_record::cut;
use clap::ValueEnum;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::exit::{Exit, Failure};

/// The form of a result that people read or programs do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns for a person.
    Table,
    /// One JSON object a line.
    Json,
}

/// Says something to the person, on standard error.
pub(crate) fn tell(message: &str) {
    // With standard error closed nobody is left to tell.
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Standard output, buffered.
pub(crate) struct Results(io::BufWriter<io::StdoutLock<'static>>);

impl Results {
    /// Takes standard output.
    pub(crate) fn new() -> Self {
        Self(io::BufWriter::new(io::stdout().lock()))
    }

    /// One line of text.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.0, "{text}").map_err(|error| unwritten(&error))
    }

    /// One JSON object on a line of its own.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.0, value).map_err(|error| unwritten(&error.into()))?;
        self.line("")
    }

    /// Hands on what is buffered, so that whoever reads along sees it.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.0.flush().map_err(|error| unwritten(&error))
    }
}

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A reader that went away (`| head`) is no fault worth words; a full disk is.
pub(crate) fn unwritten(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::new(Exit::Done, String::new())
    } else {
        Failure::usage(error.to_string())
    }
}

/// `text` padded with spaces to `columns` of a terminal.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    // Not by a width in the format, which ends at 65,535 with a panic.
    let spaces = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(spaces))
}

/// The most characters of a cell: one record must not push all others off the screen.
const MAX_CELL: usize = 1_000;

/// A table whose columns are as wide as their widest cell; the last one runs free.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table under `heading`.
    pub(crate) fn new(heading: impl IntoIterator<Item = String>) -> Self {
        Self { rows: vec![heading.into_iter().collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| cut(&cell, MAX_CELL).replace(['\n', '\r', '\t'], " ")).collect());
    }

    /// All rows, a line each.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.width()).max().unwrap_or(0))
            .collect();
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
            cells.join("  ").trim_end().to_owned() + "\n"
        };
        self.rows.iter().map(line).collect()
    }

    /// Writes all rows.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn print(&self, results: &mut Results) -> Result<(), Failure> {
        results.write_all(self.render().as_bytes()).map_err(|error| unwritten(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_by_column_not_by_character() {
        assert_eq!(pad("待复核", 8), "待复核  ");
        assert_eq!(pad("abc", 2), "abc");
    }

    #[test]
    fn a_cell_of_any_width_is_cut_and_not_fatal() {
        assert_eq!(pad("", 70_000).len(), 70_000);
        let mut table = Table::new(["a", "b"].map(str::to_owned));
        table.row(["x".repeat(70_000), "长".repeat(70_000)]);
        let rendered = table.render();
        assert!(rendered.lines().all(|line| line.chars().count() < 2_100), "{}", rendered.len());
        assert!(rendered.contains('…'));
    }
}
