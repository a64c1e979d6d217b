//! A roster file as sheets of cells, whatever program wrote it.

use std::borrow::Cow;
use std::io::Cursor;

use auxlog_record::Date;
use calamine::{Data, Dimensions, Range, Reader, Sheets};

use super::RosterFileError;
use super::value::fold;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, folded to narrow forms.
    Text(String),
    /// A date kept as a date.
    Date(Date),
    /// The spreadsheet program's error.
    Error(String),
}

impl Cell {
    /// What the cell shows.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.clone(),
            Self::Date(date) => date.0.to_string(),
        }
    }
}

/// A sheet: rows of cells from its first row and column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sheet {
    /// Its name.
    pub(super) name: String,
    /// Its rows; may differ in length.
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A cell; empty beyond the edge.
    pub(super) fn cell(&self, row: usize, column: usize) -> &Cell {
        const NOTHING: &Cell = &Cell::Empty;
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(NOTHING)
    }
}

/// Reads a file's sheets; `name` decides between workbook and csv where the content does not.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Vec<Sheet>, RosterFileError> {
    let path = || name.to_owned();
    if bytes.len() as u64 > LARGEST {
        return Err(RosterFileError::TooLarge { path: path(), limit: LARGEST });
    }
    let not = |reason: String| RosterFileError::NotAWorkbook { path: path(), reason };
    let sheets = if bytes.starts_with(b"PK") {
        calamine::Xlsx::new(Cursor::new(bytes)).map(Sheets::Xlsx).map_err(|error| not(error.to_string()))?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        // Old workbooks, and encrypted new ones, are compound files.
        match calamine::Xls::new(Cursor::new(bytes)) {
            Ok(workbook) => Sheets::Xls(workbook),
            Err(calamine::XlsError::Password) => return Err(RosterFileError::Protected { path: path() }),
            Err(_) if encrypted(bytes) => return Err(RosterFileError::Protected { path: path() }),
            Err(error) => return Err(not(error.to_string())),
        }
    } else {
        return Ok(vec![text_sheet(bytes, name)?]);
    };
    workbook_sheets(sheets).map_err(|error| not(error.to_string()))
}

/// Whether a compound file holds an encrypted package (a workbook with a password).
fn encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

fn workbook_sheets(mut workbook: Sheets<Cursor<&[u8]>>) -> Result<Vec<Sheet>, calamine::Error> {
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name)?;
        let merged = match &mut workbook {
            Sheets::Xlsx(xlsx) => xlsx.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            Sheets::Xls(xls) => xls.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            Sheets::Xlsb(_) | Sheets::Ods(_) => Vec::new(),
        };
        sheets.push(sheet(name, &range, &merged));
    }
    Ok(sheets)
}

/// Copies the range to absolute rows and columns and gives every cell of a merged region the
/// region's value: an agency merged over its people's rows belongs to each of them.
fn sheet(name: String, range: &Range<Data>, merged: &[Dimensions]) -> Sheet {
    let (top, left) = range.start().unwrap_or_default();
    let (top, left) = (top as usize, left as usize);
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); top];
    rows.extend(range.rows().map(|cells| {
        let mut row = vec![Cell::Empty; left];
        row.extend(cells.iter().map(cell));
        row
    }));
    let mut sheet = Sheet { name, rows };
    for region in merged {
        let value = sheet.cell(region.start.0 as usize, region.start.1 as usize).clone();
        for row in sheet.rows.iter_mut().take(region.end.0 as usize + 1).skip(region.start.0 as usize) {
            let (from, to) = (region.start.1 as usize, region.end.1 as usize);
            if row.len() <= to && from < 1024 {
                row.resize(to.min(1024) + 1, Cell::Empty);
            }
            row.iter_mut().take(to + 1).skip(from).for_each(|cell| cell.clone_from(&value));
        }
    }
    sheet
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DurationIso(text) => text_cell(text),
        Data::DateTimeIso(text) => super::value::date(text, false).map_or_else(|| text_cell(text), Cell::Date),
        Data::Int(number) => Cell::Text(number.to_string()),
        // Numbers stand for what they show: a person's number 1001 is not 1001.0.
        Data::Float(number) => Cell::Text(number.to_string()),
        Data::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        Data::DateTime(stamp) => match stamp.as_datetime() {
            Some(at) if stamp.is_datetime() => Cell::Date(Date(at.date())),
            _ => Cell::Text(stamp.as_f64().to_string()),
        },
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

fn text_cell(text: &str) -> Cell {
    let folded = fold(text);
    if folded.is_empty() { Cell::Empty } else { Cell::Text(folded) }
}

/// A cell of csv as it was before [`auxlog_record::disarmed`] kept spreadsheet programs from
/// calculating with it.
fn armed(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| matches!(auxlog_record::disarmed(rest), Cow::Owned(_))).unwrap_or(cell)
}

/// A csv file in UTF-8 (with or without its mark) or GBK, separated by comma, semicolon or tab.
fn text_sheet(bytes: &[u8], name: &str) -> Result<Sheet, RosterFileError> {
    let not_text = || RosterFileError::NotText { path: name.to_owned() };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or_else(not_text)?
            .into_owned(),
    };
    if text.contains('\0') {
        return Err(not_text());
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',');
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record
            .map_err(|error| RosterFileError::NotAWorkbook { path: name.to_owned(), reason: error.to_string() })?;
        // The reader skips blank lines; rows keep the numbers an editor shows.
        if let Some(line) = record.position().and_then(|at| usize::try_from(at.line()).ok()) {
            rows.resize(rows.len().max(line.saturating_sub(1)), Vec::new());
        }
        rows.push(record.iter().map(|cell| text_cell(armed(cell))).collect());
    }
    Ok(Sheet { name: name.to_owned(), rows })
}
