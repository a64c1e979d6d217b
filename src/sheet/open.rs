//! Opening a file as sheets of cells, whatever program wrote it.

use std::io::Cursor;

use calamine::{Data, Dimensions, Range, Reader, Sheets, StyleRange};

use crate::value::{self, Edge, fold};
use crate::{Cell, FileError, Sheet};
use auxlog_record::Date;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Reads a file's sheets: a workbook (xlsx, xls), or csv, to which `name` is given.
///
/// # Errors
/// When it is none of them, or too large.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Sheet>, FileError> {
    if bytes.len() as u64 > LARGEST {
        return Err(FileError::TooLarge { limit: LARGEST });
    }
    let not = |error: &dyn std::error::Error| FileError::NotAWorkbook(error.to_string());
    let (sheets, from_1904) = if bytes.starts_with(b"PK") {
        let workbook = calamine::Xlsx::new(Cursor::new(bytes)).map_err(|error| not(&error))?;
        let from_1904 = workbook.has_1904_epoch();
        (Sheets::Xlsx(workbook), from_1904)
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        // Old workbooks, and encrypted new ones, are compound files.
        let workbook = match calamine::Xls::new(Cursor::new(bytes)) {
            Ok(workbook) => workbook,
            Err(calamine::XlsError::Password) => return Err(FileError::Protected),
            Err(_) if encrypted(bytes) => return Err(FileError::Protected),
            Err(error) => return Err(not(&error)),
        };
        let from_1904 = workbook.has_1904_epoch();
        (Sheets::Xls(workbook), from_1904)
    } else {
        return Ok(vec![crate::text::sheet(bytes, name)?]);
    };
    workbook_sheets(sheets, from_1904).map_err(|error| not(&error))
}

/// Whether a compound file holds an encrypted package (a workbook with a password).
fn encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

fn workbook_sheets(mut workbook: Sheets<Cursor<&[u8]>>, from_1904: bool) -> Result<Vec<Sheet>, calamine::Error> {
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name)?;
        let merged = match &mut workbook {
            Sheets::Xlsx(xlsx) => xlsx.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            Sheets::Xls(xls) => xls.merge_cells_by_sheet_name(&name).unwrap_or_default(),
            Sheets::Xlsb(_) | Sheets::Ods(_) => Vec::new(),
        };
        // What a number shows is worth reading the sheet once more, where there are numbers.
        let numbers = range.used_cells().any(|(_, _, data)| matches!(data, Data::Float(_)));
        let styles = if numbers { workbook.worksheet_style(&name)? } else { StyleRange::empty() };
        sheets.push(sheet(name, &range, &merged, &styles, from_1904));
    }
    Ok(sheets)
}

/// Copies the range to absolute rows and columns and gives every cell of a merged region the
/// region's value: an agency merged over its people's rows belongs to each of them.
fn sheet(name: String, range: &Range<Data>, merged: &[Dimensions], styles: &StyleRange, from_1904: bool) -> Sheet {
    let (top, left) = range.start().unwrap_or_default();
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); top as usize];
    rows.extend((top..).zip(range.rows()).map(|(at, cells)| {
        let mut row = vec![Cell::Empty; left as usize];
        row.extend((left..).zip(cells).map(|(column, data)| cell(data, (at, column), styles, from_1904)));
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

fn cell(data: &Data, at: (u32, u32), styles: &StyleRange, from_1904: bool) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DurationIso(text) => text_cell(text),
        Data::DateTimeIso(text) => value::date(text, Edge::First).map_or_else(|| text_cell(text), Cell::Date),
        Data::Int(number) => number_cell(number.to_string().parse().unwrap_or_default(), "", from_1904),
        Data::Float(number) => {
            let format = styles.get(at).and_then(|style| style.number_format.as_ref());
            number_cell(*number, format.map_or("", |format| &format.format_code), from_1904)
        }
        Data::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        Data::DateTime(stamp) => match stamp.as_datetime() {
            Some(time) if stamp.is_datetime() && time.time() == chrono::NaiveTime::MIN => Cell::Date(Date(time.date())),
            Some(time) if stamp.is_datetime() => Cell::Time(time),
            _ => Cell::Text(stamp.as_f64().to_string()),
        },
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

fn number_cell(number: f64, format: &str, from_1904: bool) -> Cell {
    Cell::Number { shown: shown(number, format), day: value::serial(number, from_1904) }
}

/// What a number shows: a person's number 1001 is not 1001.0, the month 2008.10 not 2008.1. Of a
/// format's forms only zeros before and after the point are read.
fn shown(number: f64, format: &str) -> String {
    let (whole, decimals) = format.split_once('.').unwrap_or((format, ""));
    if whole.is_empty() || !whole.bytes().chain(decimals.bytes()).all(|sign| sign == b'0') {
        return number.to_string();
    }
    let (places, width) = (decimals.len(), whole.len() + decimals.len() + usize::from(!decimals.is_empty()));
    format!("{number:0width$.places$}")
}

/// A cell of text; empty where nothing is seen in it.
pub(crate) fn text_cell(text: &str) -> Cell {
    let folded = fold(text);
    if folded.is_empty() { Cell::Empty } else { Cell::Text(folded) }
}
