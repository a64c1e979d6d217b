//! Writing a roster as a workbook or csv with the headings that an import reads back.

use auxlog_law::{Outcome, Status};
use auxlog_record::{Agency, Auxiliary, Certificate, Date, Officer, RecusalEntry, Roster, disarmed, visible};
use chrono::Datelike as _;
use rust_xlsxwriter::{
    DataValidation, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Column, RosterFileError};

/// The sheets' names, which say whose they are.
pub(super) const AUXILIARIES: &str = "辅助人员";
pub(super) const OFFICERS: &str = "执法人员";
const AGENCIES: &str = "单位";

/// The columns of the auxiliaries' sheet.
pub(super) const AUXILIARY_COLUMNS: [(Column, &str); 21] = [
    (Column::Number, "编号"),
    (Column::Name, "姓名"),
    (Column::AgencyCode, "单位编码"),
    (Column::Agency, "所属单位"),
    (Column::Unit, "部门"),
    (Column::Status, "在岗状态"),
    (Column::Born, "出生日期"),
    (Column::Certificate, "工作证号"),
    (Column::CertificateFrom, "发证日期"),
    (Column::CertificateUntil, "有效期至"),
    (Column::Training, "岗前培训"),
    (Column::TrainedOn, "培训日期"),
    (Column::Assessment, "考核结果"),
    (Column::AssessedOn, "考核日期"),
    (Column::Qualifications, "专业资格"),
    (Column::Recusals, "回避对象"),
    (Column::Relations, "利害关系"),
    (Column::DispatchedBy, "劳务派遣单位"),
    (Column::LeftOn, "离职日期"),
    (Column::StatusSince, "状态日期"),
    (Column::Pinyin, "姓名拼音"),
];

/// The columns of the officers' sheet.
pub(super) const OFFICER_COLUMNS: [(Column, &str); 12] = [
    (Column::Number, "编号"),
    (Column::Name, "姓名"),
    (Column::AgencyCode, "单位编码"),
    (Column::Agency, "所属单位"),
    (Column::Unit, "部门"),
    (Column::Status, "在岗状态"),
    (Column::Certificate, "执法证号"),
    (Column::CertificateFrom, "发证日期"),
    (Column::CertificateUntil, "有效期至"),
    (Column::LeftOn, "离职日期"),
    (Column::StatusSince, "状态日期"),
    (Column::Pinyin, "姓名拼音"),
];

/// A cell to write.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Blank,
    /// Text.
    Text(String),
    /// A date as a date.
    Date(Date),
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Blank, |text| Self::Text(text.to_owned()))
    }
}

impl From<Option<Date>> for Value {
    fn from(date: Option<Date>) -> Self {
        date.map_or(Self::Blank, Self::Date)
    }
}

/// 在岗, 停岗, 离职.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "在岗",
        Status::Suspended => "停岗",
        Status::Departed => "离职",
    }
}

/// 合格, 不合格, or `none`.
fn outcome_word(outcome: Outcome, none: &'static str) -> &'static str {
    match outcome {
        Outcome::Passed => "合格",
        Outcome::Failed => "不合格",
        Outcome::None => none,
    }
}

fn recusal_list(entries: &[RecusalEntry], decided: bool) -> String {
    let of_kind = entries.iter().filter(|entry| entry.decided == decided);
    let written = of_kind.map(|entry| match &entry.relation {
        Some(relation) => format!("{}（{relation}）", entry.counterpart),
        None => entry.counterpart.clone(),
    });
    written.collect::<Vec<_>>().join("；")
}

fn certificate_value(certificate: Option<&Certificate>, column: Column) -> Value {
    let Some(certificate) = certificate else { return Value::Blank };
    match column {
        Column::CertificateFrom => certificate.from.into(),
        Column::CertificateUntil => certificate.until.map_or(Value::Text("长期".to_owned()), Value::Date),
        _ => Some(certificate.number.as_str()).into(),
    }
}

fn agency_name(roster: &Roster, id: &auxlog_record::AgencyId) -> Value {
    roster.agencies.get(id).map(|agency| agency.name.as_str()).into()
}

/// An auxiliary's value in a column.
pub(super) fn auxiliary_value(roster: &Roster, person: &Auxiliary, column: Column) -> Value {
    let text = |text: &str| Value::from(Some(text));
    match column {
        Column::Number => text(&person.id.0),
        Column::Name => text(&person.name),
        Column::AgencyCode => text(&person.agency.0),
        Column::Agency => agency_name(roster, &person.agency),
        Column::Unit => person.unit.as_deref().into(),
        Column::Status => text(status_word(person.status)),
        Column::Born => person.born.into(),
        Column::Certificate | Column::CertificateFrom | Column::CertificateUntil => {
            certificate_value(person.certificate.as_ref(), column)
        }
        Column::Training => text(outcome_word(person.training, "未培训")),
        Column::TrainedOn => person.trained_on.into(),
        Column::Assessment => text(outcome_word(person.assessment, "未考核")),
        Column::AssessedOn => person.assessed_on.into(),
        Column::Qualifications => text(&person.qualifications.join("、")),
        Column::Recusals => text(&recusal_list(&person.recusals, true)),
        Column::Relations => text(&recusal_list(&person.recusals, false)),
        Column::DispatchedBy => person.dispatched_by.as_deref().into(),
        Column::LeftOn => person.left_on.into(),
        Column::StatusSince => person.status_since.into(),
        Column::Pinyin => person.pinyin.as_deref().into(),
        Column::KindOfPerson => text(AUXILIARIES),
        Column::IdentityNumber | Column::Ignored => Value::Blank,
    }
}

/// An officer's value in a column.
pub(super) fn officer_value(roster: &Roster, person: &Officer, column: Column) -> Value {
    let text = |text: &str| Value::from(Some(text));
    match column {
        Column::Number => text(&person.id.0),
        Column::Name => text(&person.name),
        Column::AgencyCode => text(&person.agency.0),
        Column::Agency => agency_name(roster, &person.agency),
        Column::Unit => person.unit.as_deref().into(),
        Column::Certificate | Column::CertificateFrom | Column::CertificateUntil => {
            certificate_value(person.certificate.as_ref(), column)
        }
        Column::Status => text(status_word(person.status.unwrap_or_default())),
        Column::LeftOn => person.left_on.into(),
        Column::StatusSince => person.status_since.into(),
        Column::Pinyin => person.pinyin.as_deref().into(),
        Column::KindOfPerson => text(OFFICERS),
        _ => Value::Blank,
    }
}

/// The whole roster as a workbook that an import reads back unchanged.
///
/// # Errors
/// When a value is longer than a workbook's cell may be.
pub fn workbook(roster: &Roster) -> Result<Vec<u8>, RosterFileError> {
    let auxiliaries = roster.auxiliaries.values().map(|person| {
        AUXILIARY_COLUMNS.iter().map(|(column, _)| auxiliary_value(roster, person, *column)).collect::<Vec<_>>()
    });
    let officers = roster.officers.values().map(|person| {
        OFFICER_COLUMNS.iter().map(|(column, _)| officer_value(roster, person, *column)).collect::<Vec<_>>()
    });
    let mut book = Book::new();
    book.sheet(AUXILIARIES, "行政执法辅助人员名册", &AUXILIARY_COLUMNS, auxiliaries)
        .and_then(|()| book.sheet(OFFICERS, "行政执法人员名册", &OFFICER_COLUMNS, officers))
        .and_then(|()| book.agencies(roster.agencies.values()))
        .and_then(|()| book.finish())
        .map_err(|error| failed(&error))
}

/// An empty workbook to fill in: headings, lists to choose from, dates as dates.
///
/// # Errors
/// Never in practice; the writer's own errors are passed on.
pub fn template() -> Result<Vec<u8>, RosterFileError> {
    workbook(&Roster::default())
}

/// The whole roster as one csv table (UTF-8 with its mark, which spreadsheet programs need),
/// auxiliaries first, that an import reads back unchanged.
///
/// # Errors
/// Never in practice; the writer's own errors are passed on.
pub fn csv_text(roster: &Roster) -> Result<String, RosterFileError> {
    let columns = || std::iter::once(Column::KindOfPerson).chain(AUXILIARY_COLUMNS.iter().map(|(column, _)| *column));
    let shown = |value| match value {
        Value::Blank => String::new(),
        Value::Text(text) => visible(&disarmed(&text)).into_owned(),
        Value::Date(date) => date.0.to_string(),
    };
    let fail = |error: csv::Error| RosterFileError::Write(error.to_string());
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(columns().map(Column::heading)).map_err(fail)?;
    for person in roster.auxiliaries.values() {
        writer.write_record(columns().map(|c| shown(auxiliary_value(roster, person, c)))).map_err(fail)?;
    }
    for person in roster.officers.values() {
        writer.write_record(columns().map(|c| shown(officer_value(roster, person, c)))).map_err(fail)?;
    }
    let bytes = writer.into_inner().map_err(|error| RosterFileError::Write(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| RosterFileError::Write(error.to_string()))?;
    Ok(format!("\u{feff}{text}"))
}

/// The most that a workbook's cell holds, in UTF-16 units.
const CELL: usize = 32_767;

/// `text`, or as much of it as a cell holds.
fn fitting(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    end.map_or(text, |(at, _)| &text[..at])
}

pub(super) fn failed(error: &XlsxError) -> RosterFileError {
    RosterFileError::Write(error.to_string())
}

/// A workbook being written.
pub(super) struct Book {
    workbook: Workbook,
    date: Format,
    text: Format,
    heading: Format,
    title: Format,
}

impl Book {
    pub(super) fn new() -> Self {
        let border = Format::new().set_border(FormatBorder::Thin);
        let mut workbook = Workbook::new();
        // The same roster gives the same bytes.
        let epoch = ExcelDateTime::from_ymd(2022, 8, 1).and_then(|day| day.and_hms(0, 0, 0));
        if let Ok(epoch) = epoch {
            workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&epoch));
        }
        Self {
            workbook,
            date: border.clone().set_num_format("yyyy-mm-dd"),
            text: border.clone().set_num_format("@"),
            heading: border.set_bold().set_align(FormatAlign::Center).set_text_wrap(),
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
        }
    }

    /// A sheet with a merged title row, the headings, then the rows.
    pub(super) fn sheet(
        &mut self,
        name: &str,
        title: &str,
        columns: &[(Column, &str)],
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(name)?;
        let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        sheet.merge_range(0, 0, 0, last, title, &self.title)?;
        for ((column, heading), position) in columns.iter().zip(0_u16..) {
            sheet.write_with_format(1, position, *heading, &self.heading)?;
            sheet.set_column_width(position, width(*column))?;
            let format = if is_date(*column) { &self.date } else { &self.text };
            sheet.set_column_format(position, format)?;
            if let Some(list) = choices(*column) {
                choose_from(sheet, position, list)?;
            }
        }
        for (row, values) in (2_u32..).zip(rows) {
            for (position, value) in (0_u16..).zip(values) {
                match value {
                    Value::Blank => {}
                    Value::Text(text) => {
                        sheet.write_with_format(row, position, fitting(&visible(&text)), &self.text)?;
                    }
                    Value::Date(date) => {
                        let (year, month, day) = (date.0.year(), date.0.month(), date.0.day());
                        let date = ExcelDateTime::from_ymd(
                            u16::try_from(year).unwrap_or(1900),
                            u8::try_from(month).unwrap_or(1),
                            u8::try_from(day).unwrap_or(1),
                        )?;
                        sheet.write_datetime_with_format(row, position, &date, &self.date)?;
                    }
                }
            }
        }
        sheet.set_freeze_panes(2, 2)?;
        Ok(())
    }

    /// Merges a run of equal cells in a column, as people do with an agency's name.
    pub(super) fn merge(&mut self, sheet: usize, column: u16, rows: (u32, u32), text: &str) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(sheet)?;
        sheet.merge_range(rows.0, column, rows.1, column, text, &self.text)?;
        Ok(())
    }

    fn agencies<'a>(&mut self, agencies: impl Iterator<Item = &'a Agency>) -> Result<(), XlsxError> {
        let rows = agencies.map(|agency| vec![Value::Text(agency.id.0.clone()), Value::Text(agency.name.clone())]);
        self.sheet(AGENCIES, "行政执法机关", &[(Column::AgencyCode, "单位编码"), (Column::Agency, "单位名称")], rows)
    }

    pub(super) fn finish(&mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

fn is_date(column: Column) -> bool {
    use Column::{AssessedOn, Born, CertificateFrom, CertificateUntil, LeftOn, TrainedOn};
    matches!(column, Born | CertificateFrom | CertificateUntil | TrainedOn | AssessedOn | LeftOn)
}

fn width(column: Column) -> f64 {
    match column {
        Column::Agency | Column::Recusals | Column::Relations | Column::DispatchedBy | Column::Qualifications => 26.0,
        Column::Unit | Column::Certificate => 18.0,
        _ => 12.0,
    }
}

/// What a cell may be chosen from.
fn choices(column: Column) -> Option<&'static [&'static str]> {
    match column {
        Column::Status => Some(&["在岗", "停岗", "离职"]),
        Column::Training => Some(&["合格", "不合格", "未培训"]),
        Column::Assessment => Some(&["合格", "不合格", "未考核"]),
        _ => None,
    }
}

fn choose_from(sheet: &mut Worksheet, column: u16, list: &[&str]) -> Result<(), XlsxError> {
    let validation = DataValidation::new().allow_list_strings(list)?;
    sheet.add_data_validation(2, column, 9_999, column, &validation)?;
    Ok(())
}
