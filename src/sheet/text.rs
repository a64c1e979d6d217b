//! Tables as text: csv, read in what encoding and with what separator it comes, written as Chinese
//! spreadsheet programs take it.

use std::borrow::Cow;

use auxlog_record::{is_hidden, visible};
use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::open::text_cell;
use crate::room::Room;
use crate::{Cell, Column, FileError, Sheet, Value};

/// By this mark spreadsheet programs know UTF-8.
const MARK: char = '\u{feff}';

/// A csv file in UTF-8, UTF-16 with its mark, or GBK, separated by comma, semicolon or tab.
pub(crate) fn sheet(bytes: &[u8], name: &str, room: &mut Room) -> Result<Sheet, FileError> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let decode = |encoding: &'static Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]).filter(|text| !text.contains('\0'))
    };
    let text = decode(encoding).or_else(|| decode(GB18030).filter(|_| mark == 0)).ok_or(FileError::NotText)?;
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',');
    room.cells(memchr::memchr_iter(delimiter, text.as_bytes()).count())?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| FileError::NotAWorkbook(error.to_string()))?;
        // The reader skips blank lines; rows keep the numbers an editor shows.
        if let Some(line) = record.position().and_then(|at| usize::try_from(at.line()).ok()) {
            let lines = rows.len().max(line.saturating_sub(1));
            room.cells(lines - rows.len())?;
            rows.resize(lines, Vec::new());
        }
        room.cells(1)?;
        let row: Vec<Cell> = record.iter().map(|cell| text_cell(armed(cell))).collect();
        row.iter().try_for_each(|cell| room.content(cell))?;
        rows.push(row);
    }
    Ok(Sheet { name: name.to_owned(), rows })
}

/// `rows` under their headings as csv. A cell that a spreadsheet program would take for a formula gets an
/// apostrophe before it, which reading takes away.
pub fn csv<R>(columns: &[Column], rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item: Into<Value>>,
{
    let mut text = MARK.to_string();
    line(&mut text, columns.iter().map(|column| Value::from(column.heading.as_str())));
    for row in rows {
        line(&mut text, row);
    }
    text
}

fn line(text: &mut String, cells: impl IntoIterator<Item: Into<Value>>) {
    let shown = |value: Value| match value {
        Value::Text(text) => visible(&disarmed(&text)).into_owned(),
        // Signs that this program wrote.
        other => other.to_string(),
    };
    let cells: Vec<String> = cells.into_iter().map(|cell| shown(cell.into())).collect();
    // Also those at which another program splits: it must not find a cell of its own within.
    let splits = cells.iter().any(|cell| cell.contains([';', '\t', '|']));
    let style = if splits { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let mut writer =
        csv::WriterBuilder::new().quote_style(style).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = writer.write_record(&cells).ok().and_then(|()| writer.into_inner().ok());
    // Neither memory nor text refuses.
    text.push_str(&written.and_then(|line| String::from_utf8(line).ok()).unwrap_or_default());
}

/// `cell` as text to a spreadsheet program: what it would take for a formula (`=`, `+`, `-`, `@`,
/// full-width too, after blanks too) gets an apostrophe before it.
fn disarmed(cell: &str) -> Cow<'_, str> {
    let begins = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\u{2212}' | '\u{fe62}'..='\u{fe66}' | '\u{fe6b}'
        )
    };
    // An apostrophe that stands there already is somebody's own: reading takes one away.
    let bare = cell.trim_start_matches('\'');
    let first = bare.chars().find(|c| !(c.is_whitespace() || is_hidden(*c)));
    if first.is_some_and(begins) || bare.starts_with(['\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// A cell as it was before [`disarmed`].
fn armed(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| matches!(disarmed(rest), Cow::Owned(_))).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;

    fn written(row: &[&str]) -> String {
        let columns: Vec<Column> =
            row.iter().map(|cell| Column { heading: (*cell).to_owned(), shape: Shape::Line }).collect();
        let text = csv(&columns, [row.to_vec()]);
        let (heading, below) = text.strip_prefix(MARK).and_then(|text| text.split_once("\r\n")).expect("two lines");
        assert_eq!(format!("{heading}\r\n"), below, "a heading is written as any other cell");
        heading.to_owned()
    }

    #[test]
    fn csv_quotes_and_defuses() {
        assert_eq!(written(&["a,b", "=1+1", "说“好”", "x\"y"]), "\"a,b\",'=1+1,说“好”,\"x\"\"y\"");
        assert_eq!(written(&["x;=1", "x\t=1", "y"]), "\"x;=1\",\"x\t=1\",\"y\"");
        let marks = ["\u{3000}＝1", "\u{1b}]0;x\u{7}", "\u{202e}+1"];
        assert_eq!(written(&marks), "\"'\u{3000}＝1\",\"‹1B›]0;x‹07›\",\"'‹202E›+1\"");
    }

    #[test]
    fn formulas_are_text_in_every_width_and_after_blanks() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@a",
            "＝1",
            "＋1",
            "－1",
            "＠a",
            "  =1",
            "\u{3000}＝1",
            "\u{feff}=1",
            "\t1",
            "\r1",
            "'=1",
        ] {
            assert_eq!(disarmed(cell), format!("'{cell}"), "{cell:?}");
            assert_eq!(armed(&disarmed(cell)), cell);
        }
        for cell in ["", "A=1", "某店（战友）", "2026-11-30", " ", "'a"] {
            assert_eq!((disarmed(cell), armed(cell)), (Cow::Borrowed(cell), cell));
        }
    }

    #[test]
    fn text_is_read_in_the_encodings_that_spreadsheet_programs_write() {
        let text = "编号\t姓名\r\nX1\t单雄信\r\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        let forms = [
            text.as_bytes().to_vec(),
            format!("{MARK}{text}").into_bytes(),
            GB18030.encode(text).0.into_owned(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ];
        for bytes in forms {
            let sheet = sheet(&bytes, "a.txt", &mut Room::new()).expect("text");
            assert_eq!(sheet.cell(1, 1).text(), "单雄信", "{bytes:?}");
        }
        for bytes in [&[0xff, 0xfe, 0x00, 0xd8][..], &[0xff, 0xff], b"a\0b"] {
            assert!(matches!(sheet(bytes, "a.txt", &mut Room::new()), Err(FileError::NotText)), "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_cells_hold_no_mark_leaves(cells in proptest::collection::vec(".*", 1..6)) {
            let text = csv(&[], [cells]);
            let seen = text.trim_start_matches(MARK).replace("\r\n", "").replace(['\n', '\t'], "");
            proptest::prop_assert!(!seen.contains(is_hidden), "{text:?}");
        }
    }
}
