//! Workbooks and CSV.

use std::path::Path;

use auxlog_record::cut;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::exit::{Exit, Failure};
use crate::words::Words;

/// The most characters of a cell, below what a workbook takes (32,767).
const MAX_CELL: usize = 32_000;

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
        self.fill(rows).and_then(|mut book| book.save(path)).map_err(|error| refused(path, &error, words))
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
                sheet.write_string(line, column, cut(&cell, MAX_CELL))?;
            }
        }
        sheet.autofit();
        Ok(book)
    }
}

fn refused(path: &Path, error: &XlsxError, words: &Words) -> Failure {
    let why = std::io::Error::other(error.to_string());
    Failure::new(Exit::Usage, crate::refusal::file(path, &why, words))
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
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
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
    }
}
