//! Workbooks and CSV.

use std::path::Path;

use auxlog_record::{disarmed, visible};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::exit::{Exit, Failure};
use crate::words::Words;

/// A worksheet with a heading.
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// Its first row.
    pub(crate) heading: Vec<String>,
}

impl Sheet {
    /// Saves `rows` under the heading as a workbook at `path`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn save(
        &self,
        path: &Path,
        rows: impl IntoIterator<Item = Vec<String>>,
        words: &Words,
    ) -> Result<(), Failure> {
        let bytes = self.bytes(path, rows, words)?;
        crate::outfile::write(path, &bytes)
            .map_err(|error| Failure::new(Exit::Usage, crate::failed::file(path, &error, words)))
    }

    /// The same as bytes, for the file `path`.
    ///
    /// # Errors
    /// When there are more rows than a workbook has.
    pub(crate) fn bytes(
        &self,
        path: &Path,
        rows: impl IntoIterator<Item = Vec<String>>,
        words: &Words,
    ) -> Result<Vec<u8>, Failure> {
        self.fill(rows).and_then(|mut book| book.save_to_buffer()).map_err(|error| refused(path, &error, words))
    }

    fn fill(&self, rows: impl IntoIterator<Item = Vec<String>>) -> Result<Workbook, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(&self.name)?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, title) in (0..).zip(&self.heading) {
            sheet.write_with_format(0, column, title, &bold)?;
        }
        for (line, row) in (1..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                // As text, so that no spreadsheet takes what somebody typed for a formula.
                sheet.write_string(line, column, fitting(&visible(&cell)))?;
            }
        }
        sheet.autofit();
        Ok(book)
    }
}

fn refused(path: &Path, error: &XlsxError, words: &Words) -> Failure {
    let why = std::io::Error::other(error.to_string());
    Failure::new(Exit::Usage, crate::failed::file(path, &why, words))
}

/// `rows` under `heading` as CSV. A cell that a spreadsheet would take for a formula gets an
/// apostrophe before it.
pub(crate) fn csv(heading: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    std::iter::once(heading.to_vec()).chain(rows).map(|row| csv_line(&row)).collect()
}

fn csv_line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    cells.join(",") + "\r\n"
}

fn csv_cell(cell: &str) -> String {
    let guarded = visible(&disarmed(cell)).into_owned();
    // Also those at which another program splits: it must not find a cell of its own within.
    let splits = guarded.contains(['"', ',', ';', '\t', '|', '\n', '\r']);
    if splits { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// What a workbook's cell holds: what is longer is cut and says so.
fn fitting(cell: &str) -> String {
    const MOST: usize = 32_767;
    // Counted as workbooks do, in units of UTF-16.
    let mut units = 0;
    let end = cell.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > MOST - 1).then_some(at)
    });
    match end {
        Some(end) if cell.encode_utf16().count() > MOST => format!("{}…", &cell[..end]),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_any_length_leaves_the_workbook_writable() {
        let sheet = Sheet { name: "a".into(), heading: vec!["a".into()] };
        let mut book = sheet.fill([vec!["长".repeat(70_000)]]).expect("filled");
        assert!(book.save_to_buffer().is_ok());
    }

    #[test]
    fn csv_quotes_and_defuses() {
        let row = ["a,b", "=1+1", "说“好”", "x\"y"].map(str::to_owned).to_vec();
        assert_eq!(csv(&row, []), "\"a,b\",'=1+1,说“好”,\"x\"\"y\"\r\n");
        assert_eq!(csv(&["x;=1".to_owned(), "x\t=1".to_owned()], []), "\"x;=1\",\"x\t=1\"\r\n");
        let row = ["\u{3000}＝1", "\u{1b}]0;x\u{7}", "\u{202e}+1"].map(str::to_owned).to_vec();
        assert_eq!(csv(&row, []), "'\u{3000}＝1,\"‹1B›]0;x‹07›\",'‹202E›+1\r\n");
    }

    #[test]
    fn a_cell_is_cut_to_what_a_workbook_takes() {
        assert_eq!(fitting(&"长".repeat(32_767)).chars().count(), 32_767);
        let cut = fitting(&"😀".repeat(40_000));
        assert!(cut.encode_utf16().count() <= 32_767 && cut.ends_with('…'));
    }
}
