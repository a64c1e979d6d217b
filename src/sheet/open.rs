//! Opening a file as sheets of cells, whatever program wrote it.

use std::io::Cursor;

use calamine::{Data, DataRef, Dimensions, Reader as _, Style};

use crate::room::Room;
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
    let mut room = Room::new();
    if bytes.starts_with(b"PK") {
        return xlsx(bytes, &mut room);
    }
    if !bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok(vec![crate::text::sheet(bytes, name, &mut room)?]);
    }
    // Old workbooks, and encrypted new ones, are compound files.
    match calamine::Xls::new(Cursor::new(bytes)) {
        Ok(workbook) => xls(workbook, &mut room),
        Err(calamine::XlsError::Password) => Err(FileError::Protected),
        Err(_) if encrypted(bytes) => Err(FileError::Protected),
        Err(error) => Err(not(&error)),
    }
}

fn not(error: &dyn std::error::Error) -> FileError {
    FileError::NotAWorkbook(error.to_string())
}

/// Whether a compound file holds an encrypted package (a workbook with a password).
fn encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

/// Reads a workbook cell by cell: where they stand is what it says, and nobody makes room for what it does not hold.
fn xlsx(bytes: &[u8], room: &mut Room) -> Result<Vec<Sheet>, FileError> {
    let merges = crate::room::unpack(bytes)?;
    let mut workbook = calamine::Xlsx::new(Cursor::new(bytes)).map_err(|error| not(&error))?;
    let from_1904 = workbook.has_1904_epoch();
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let mut rows = Vec::new();
        match workbook.worksheet_cells_reader(&name) {
            Ok(mut cells) => {
                while let Some((read, style)) = cells.next_cell_with_style_id().map_err(|error| not(&error))? {
                    let data = match read.get_value() {
                        DataRef::Empty => continue,
                        DataRef::SharedString(text) => text_cell(text),
                        data => cell(&Data::from(data.clone()), cells.styles().get(style), from_1904),
                    };
                    put(&mut rows, read.get_position(), data, room)?;
                }
            }
            // A chart has a sheet of its own.
            Err(calamine::XlsxError::NotAWorksheet(_)) => {}
            Err(error) => return Err(not(&error)),
        }
        let merged = if merges { workbook.merge_cells_by_sheet_name(&name).unwrap_or_default() } else { Vec::new() };
        sheets.push(merge(Sheet { name, rows }, &merged, room)?);
    }
    Ok(sheets)
}

fn xls(mut workbook: calamine::Xls<Cursor<&[u8]>>, room: &mut Room) -> Result<Vec<Sheet>, FileError> {
    let from_1904 = workbook.has_1904_epoch();
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|error| not(&error))?;
        let merged = workbook.merge_cells_by_sheet_name(&name).unwrap_or_default();
        // What a number shows is worth reading the sheet once more, where there are numbers.
        let numbers = range.used_cells().any(|(_, _, data)| matches!(data, Data::Float(_)));
        let styles = numbers.then(|| workbook.worksheet_style(&name)).transpose().map_err(|error| not(&error))?;
        let (top, left) = range.start().unwrap_or_default();
        let mut rows = Vec::new();
        for (row, column, data) in range.used_cells() {
            let at = (top.saturating_add(to_u32(row)), left.saturating_add(to_u32(column)));
            let style = styles.as_ref().and_then(|styles| styles.get(at));
            put(&mut rows, at, cell(data, style, from_1904), room)?;
        }
        sheets.push(merge(Sheet { name, rows }, &merged, room)?);
    }
    Ok(sheets)
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Puts a cell where it stands, if there is room for all before it.
fn put(rows: &mut Vec<Vec<Cell>>, at: (u32, u32), cell: Cell, room: &mut Room) -> Result<(), FileError> {
    let (row, column) = (at.0 as usize, at.1 as usize);
    if rows.len() <= row {
        room.cells(row + 1 - rows.len())?;
        rows.resize_with(row + 1, Vec::new);
    }
    let beside = row.checked_sub(1).map_or(0, |above| rows[above].len());
    let cells = &mut rows[row];
    if cells.len() <= column {
        room.cells(column + 1 - cells.len())?;
        if cells.is_empty() {
            cells.reserve_exact(beside.max(column + 1));
        }
        cells.resize(column + 1, Cell::Empty);
    }
    room.content(&cell)?;
    cells[column] = cell;
    Ok(())
}

/// Gives every cell of a merged region the region's value: an agency merged over its people's rows belongs to each
/// of them.
fn merge(mut sheet: Sheet, merged: &[Dimensions], room: &mut Room) -> Result<Sheet, FileError> {
    for region in merged {
        let value = sheet.cell(region.start.0 as usize, region.start.1 as usize).clone();
        for row in sheet.rows.iter_mut().take(region.end.0 as usize + 1).skip(region.start.0 as usize) {
            let (from, to) = (region.start.1 as usize, region.end.1 as usize);
            if row.len() <= to && from < 1024 {
                row.resize(to.min(1024) + 1, Cell::Empty);
            }
            for cell in row.iter_mut().take(to + 1).skip(from) {
                room.cells(1)?;
                room.content(&value)?;
                cell.clone_from(&value);
            }
        }
    }
    Ok(sheet)
}

fn cell(data: &Data, style: Option<&Style>, from_1904: bool) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DurationIso(text) => text_cell(text),
        Data::DateTimeIso(text) => value::date(text, Edge::First).map_or_else(|| text_cell(text), Cell::Date),
        Data::Int(number) => number_cell(number.to_string().parse().unwrap_or_default(), "", from_1904),
        Data::Float(number) => {
            let format = style.and_then(|style| style.number_format.as_ref());
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
