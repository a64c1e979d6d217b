//! Results to standard output, words to standard error; tables by column width.
//!
//! All text passes here on its way to a terminal, and with it no mark that acts on what shows it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use auxlog_record::{cut, is_hidden, visible, visible_line};
use clap::ValueEnum;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::exit::{Exit, Failure};

/// The form of a result that people read or programs do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
}

/// Says something to the person in one line, on standard error: what is named in it begins none of its own.
pub(crate) fn tell(message: &str) {
    tell_lines(&visible_line(message));
}

/// Says something of several lines, none of which is anybody else's.
pub(crate) fn tell_lines(message: &str) {
    // With standard error closed nobody is left to tell.
    let _ = writeln!(io::stderr().lock(), "{}", visible(message));
}

/// Standard output, buffered.
pub(crate) struct Results(io::BufWriter<io::StdoutLock<'static>>);

impl Results {
    /// Takes standard output.
    pub(crate) fn new() -> Self {
        Self(io::BufWriter::new(io::stdout().lock()))
    }

    /// One line of text, whatever is named in it.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.0, "{}", visible_line(text)).map_err(|error| unwritten(&error))
    }

    /// One JSON object on a line of its own.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let line = json_line(value).map_err(|error| unwritten(&error.into()))?;
        self.text(&line)
    }

    /// Text of several lines.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.0.write_all(visible(text).as_bytes()).map_err(|error| unwritten(&error))
    }

    /// A file's own bytes, such as a workbook's: what is in them passed [`visible`] where they were
    /// made.
    pub(crate) fn file(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write_all(bytes).map_err(|error| unwritten(&error))
    }

    /// Hands on what is buffered, so that whoever reads along sees it.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.0.flush().map_err(|error| unwritten(&error))
    }
}

/// `value` as JSON and a line end. Marks that a terminal acts on or that read otherwise than they
/// stand are escaped, so that it is the same value and yet harmless.
pub(crate) fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    let plain = serde_json::to_string(value)?;
    let mut line = String::with_capacity(plain.len() + 1);
    // Outside of strings JSON has only ASCII that is seen, so every such mark stands in one.
    for c in plain.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(c);
        }
    }
    line.push('\n');
    Ok(line)
}

/// Where the log of the crates below goes: standard error, by the same way as words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The log's writer gives whole lines.
        io::stderr().lock().write_all(visible(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
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
        let mut table = Self::default();
        table.row(heading);
        table
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| visible_line(&cut(&cell, MAX_CELL)).into_owned()).collect());
    }

    /// All rows, a line each.
    pub(crate) fn render(&self) -> String {
        self.render_in(None)
    }

    /// The same where a line has so much room: the widest columns give way.
    fn render_in(&self, room: Option<usize>) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.width()).max().unwrap_or(0))
            .collect();
        let widths = room.map_or(widths.clone(), |room| narrowed(widths, room));
        let line = |row: &Vec<String>| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| pad(&fitted(cell, *width), *width)).collect();
            cells.join("  ").trim_end().to_owned() + "\n"
        };
        self.rows.iter().map(line).collect()
    }

    /// Writes all rows.
    pub(crate) fn print(&self, results: &mut Results) -> Result<(), Failure> {
        // What goes to a file or another program is whole.
        let terminal = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
        results.text(&self.render_in(terminal.map(|(columns, _)| usize::from(columns))))
    }
}

/// No column becomes narrower than this, however little room there is.
const NARROWEST: usize = 8;

/// Columns' widths so that a line has room: the widest are narrowed to one width.
fn narrowed(widths: Vec<usize>, room: usize) -> Vec<usize> {
    let room = room.saturating_sub(2 * widths.len().saturating_sub(1));
    let at_most = |most: usize| widths.iter().map(|width| (*width).min(most)).sum::<usize>();
    let widest = widths.iter().copied().max().unwrap_or_default();
    let most = (NARROWEST..=widest).rev().find(|most| at_most(*most) <= room).unwrap_or(NARROWEST);
    widths.into_iter().map(|width| width.min(most)).collect()
}

/// `text`, or its beginning and an ellipsis where it takes more columns.
fn fitted(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let width = c.width().unwrap_or_default();
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    Cow::Owned(text.chars().take_while(fits).chain(['…']).collect())
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

    #[test]
    fn at_a_terminal_the_widest_columns_give_way() {
        let mut table = Table::new(["编号", "内容", "结论"].map(str::to_owned));
        table.row(["t-1", "协助执法队员在人民中路清点占道经营的物品并登记造册", "可以"].map(str::to_owned));
        table.row(["t-2".to_owned(), "长".repeat(900), "x".repeat(900)]);
        let rendered = table.render_in(Some(40));
        assert!(rendered.lines().all(|line| line.width() <= 40), "{rendered}");
        assert!(rendered.contains("t-1") && rendered.contains("协助") && rendered.contains('…'), "{rendered}");
        assert_eq!(table.render_in(Some(10_000)), table.render(), "where there is room nothing is cut");
    }

    #[test]
    fn json_is_the_same_value_without_a_mark() {
        let text = "a\u{1b}[2J\u{9b}\u{202e}\u{e0041}\u{7f}占\n";
        let line = json_line(&text).expect("JSON");
        assert!(!line.trim_end().contains(is_hidden), "{line:?}");
        assert_eq!(serde_json::from_str::<String>(&line).expect("JSON"), text);
    }

    #[test]
    fn cells_hold_no_mark() {
        let mut table = Table::new(["a\u{1b}]0;x\u{7}".to_owned()]);
        table.row(["b\r\n\u{202e}c".to_owned()]);
        assert_eq!(table.render(), "a‹1B›]0;x‹07›\nb ‹202E›c\n");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_cells_hold_no_mark_leaves(cells in proptest::collection::vec(proptest::prelude::any::<String>(), 1..6)) {
            let mut table = Table::new(cells.iter().map(|cell| format!("{cell}\u{1b}")));
            table.row(cells.clone());
            let forms = [
                table.render(),
                json_line(&cells).expect("JSON"),
                crate::evidence_page::escape(&cells.concat()),
            ];
            for form in forms {
                proptest::prop_assert!(!form.replace(['\n', '\t', '\r'], "").contains(is_hidden), "{form:?}");
            }
        }
    }
}
