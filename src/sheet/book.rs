//! Writing workbooks as offices keep them: a bold head that stays in view and stands on every page,
//! dates as dates, columns as wide as what stands in them, lists to choose from, a filter.

use auxlog_record::visible;
use chrono::{Datelike as _, NaiveDate, Timelike as _};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr as _;

use crate::{Column, Shape, Value};

/// The workbook could not be written, for instance since there are more rows than one holds.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct Unwritten(String);

impl From<XlsxError> for Unwritten {
    fn from(error: XlsxError) -> Self {
        Self(error.to_string())
    }
}

/// How a sheet is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// Its name.
    pub name: &'a str,
    /// What stands over all columns.
    pub title: Option<&'a str>,
    /// Its columns.
    pub columns: &'a [Column],
    /// How many columns stay in view beside those that scroll.
    pub kept: u16,
}

/// The last row that is prepared to be filled in.
const LAST_TO_FILL: u32 = 9_999;

/// No column is narrower or wider, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=48;

/// A4, by its number in workbooks.
const A4: u8 = 9;

/// A workbook being written.
pub struct Book {
    workbook: Workbook,
    cell: Format,
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// A workbook without sheets.
    pub fn new() -> Self {
        let mut workbook = Workbook::new();
        // The same content gives the same bytes.
        let epoch = ExcelDateTime::from_ymd(2022, 8, 1).and_then(|day| day.and_hms(0, 0, 0));
        if let Ok(epoch) = epoch {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&epoch));
        }
        Self { workbook, cell: Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top) }
    }

    /// Adds a sheet with `rows` under their headings.
    ///
    /// # Errors
    /// When there are more rows than a sheet has, or its name can be no sheet's.
    pub fn sheet<R>(&mut self, layout: &Layout, rows: impl IntoIterator<Item = R>) -> Result<(), Unwritten>
    where
        R: IntoIterator<Item: Into<Value>>,
    {
        let formats: Vec<Format> = layout.columns.iter().map(|column| self.format(&column.shape)).collect();
        let head = self.cell.clone().set_bold().set_align(FormatAlign::Center).set_text_wrap();
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(layout.name)?;
        let last = u16::try_from(layout.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let heading = u32::from(layout.title.is_some());
        if let Some(title) = layout.title {
            let format = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
            sheet.write_with_format(0, 0, fitting(&visible(title)), &format)?;
            if last > 0 {
                sheet.merge_range(0, 0, 0, last, &fitting(&visible(title)), &format)?;
            }
        }
        let mut widths: Vec<usize> = Vec::new();
        for ((column, format), position) in layout.columns.iter().zip(&formats).zip(0..) {
            sheet.write_with_format(heading, position, fitting(&visible(&column.heading)), &head)?;
            sheet.set_column_format(position, format)?;
            choose_from(sheet, (heading + 1, position), &column.shape)?;
            widths.push(column.heading.width());
        }
        let mut end = heading;
        for (row, values) in (heading + 1..).zip(rows) {
            for ((position, value), (format, width)) in (0..).zip(values).zip(formats.iter().zip(&mut widths)) {
                let shown = write(sheet, (row, position), value.into(), format)?;
                *width = (*width).max(shown);
            }
            end = row;
        }
        for (position, width) in (0..).zip(widths) {
            let width = (width + 3).clamp(*WIDTHS.start(), *WIDTHS.end());
            sheet.set_column_width(position, u16::try_from(width).unwrap_or_default())?;
        }
        sheet.set_freeze_panes(heading + 1, layout.kept)?;
        sheet.autofilter(heading, 0, end, last)?;
        sheet.set_repeat_rows(heading, heading)?;
        sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// Merges a run of equal cells in a column of sheet `sheet`, as people do with an agency's name.
    ///
    /// # Errors
    /// When the rows are merged already.
    pub fn merge(&mut self, sheet: usize, column: u16, rows: (u32, u32), text: &str) -> Result<(), Unwritten> {
        let sheet = self.workbook.worksheet_from_index(sheet)?;
        sheet.merge_range(rows.0, column, rows.1, column, &fitting(&visible(text)), &self.cell)?;
        Ok(())
    }

    /// The workbook's bytes.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn finish(mut self) -> Result<Vec<u8>, Unwritten> {
        Ok(self.workbook.save_to_buffer()?)
    }

    fn format(&self, shape: &Shape) -> Format {
        let cell = self.cell.clone();
        match shape {
            Shape::Day | Shape::PastDay | Shape::LastDay => cell.set_num_format("yyyy-mm-dd"),
            Shape::Time => cell.set_num_format("yyyy-mm-dd hh:mm"),
            Shape::Number => cell.set_num_format("0"),
            Shape::Money => cell.set_num_format("#,##0.00"),
            Shape::Text => cell.set_num_format("@").set_text_wrap(),
            // As text, so that a number typed there keeps its zeros.
            Shape::Code | Shape::Line | Shape::Choice(_) | Shape::YesNo | Shape::Ignored => cell.set_num_format("@"),
        }
    }
}

/// Writes a cell; how wide it is.
fn write(sheet: &mut Worksheet, at: (u32, u16), value: Value, format: &Format) -> Result<usize, XlsxError> {
    let shown = visible(&value.to_string()).into_owned();
    let day = |day: NaiveDate| {
        // Before 1900 and after 9999 a workbook has no days.
        let year = u16::try_from(day.year()).ok()?;
        ExcelDateTime::from_ymd(year, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
    };
    let dated = match &value {
        Value::Day(date) => day(date.0),
        Value::Time(time) => day(time.date()).and_then(|date| {
            let part = |part: u32| u8::try_from(part).unwrap_or_default();
            date.and_hms(u16::from(part(time.hour())), part(time.minute()), part(time.second())).ok()
        }),
        _ => None,
    };
    // A workbook keeps fifteen digits; beyond them a number is text, so that it stays what it is.
    let number = match &value {
        Value::Number(_) | Value::Money(_) if shown.len() <= 15 => shown.parse::<f64>().ok(),
        _ => None,
    };
    match (value, dated, number) {
        (Value::Blank, ..) => return Ok(0),
        (_, Some(date), _) => sheet.write_datetime_with_format(at.0, at.1, &date, format)?,
        (_, _, Some(number)) => sheet.write_number_with_format(at.0, at.1, number, format)?,
        // As text, so that no spreadsheet program takes what somebody typed for a formula.
        _ => sheet.write_string_with_format(at.0, at.1, fitting(&shown), format)?,
    };
    Ok(shown.lines().map(str::width).max().unwrap_or(0))
}

fn choose_from(sheet: &mut Worksheet, from: (u32, u16), shape: &Shape) -> Result<(), XlsxError> {
    let choices = shape.choices();
    // A list of more than 255 characters is no workbook's.
    if choices.is_empty() || choices.iter().map(|word| word.chars().count() + 1).sum::<usize>() > 255 {
        return Ok(());
    }
    let validation = DataValidation::new().allow_list_strings(&choices)?;
    sheet.add_data_validation(from.0, from.1, LAST_TO_FILL, from.1, &validation)?;
    Ok(())
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
    fn a_cell_is_cut_to_what_a_workbook_takes() {
        assert_eq!(fitting(&"长".repeat(32_767)).chars().count(), 32_767);
        let cut = fitting(&"😀".repeat(40_000));
        assert!(cut.encode_utf16().count() <= 32_767 && cut.ends_with('…'));
        let columns = [Column { heading: "长".repeat(70_000), shape: Shape::Text }];
        let mut book = Book::new();
        let layout = Layout { name: "a", title: Some(&"长".repeat(70_000)), columns: &columns, kept: 0 };
        book.sheet(&layout, [["长".repeat(70_000)]]).expect("filled");
        assert!(book.finish().is_ok());
    }
}
