//! Writing a roster as a workbook or csv with the headings that an import reads back.

use auxlog_record::{Auxiliary, Certificate, Officer, RecusalEntry, Roster};
use auxlog_sheet::value::ENDLESS;
use auxlog_sheet::{Book, Column as Written, Layout, Shape, Unwritten, Value};

use super::Column;
use super::column::FIELDS;
use super::value::{OUTCOMES, STATUSES};

/// The sheets' names, which say whose they are.
pub(super) const AUXILIARIES: &str = "辅助人员";
pub(super) const OFFICERS: &str = "执法人员";
const AGENCIES: &str = "单位";

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

const AGENCY_COLUMNS: [(Column, &str); 2] = [(Column::AgencyCode, "单位编码"), (Column::Agency, "单位名称")];

fn written(columns: &[(Column, &str)]) -> Vec<Written> {
    columns.iter().map(|(column, heading)| Written { heading: (*heading).to_owned(), shape: column.shape() }).collect()
}

/// The word that a column of choices has for `value`.
fn word<T: PartialEq>(column: Column, words: &[(T, &str)], value: &T) -> Value {
    let at = words.iter().position(|(known, _)| known == value).unwrap_or_default();
    match FIELDS.get(column).map(|field| &field.shape) {
        Some(Shape::Choice(words)) => words[at].first().cloned().into(),
        _ => Value::Blank,
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
        Column::CertificateUntil => certificate.until.map_or(ENDLESS.into(), Value::Day),
        _ => certificate.number.as_str().into(),
    }
}

fn agency_name(roster: &Roster, id: &auxlog_record::AgencyId) -> Value {
    roster.agencies.get(id).map(|agency| agency.name.as_str()).into()
}

fn auxiliary_value(roster: &Roster, person: &Auxiliary, column: Column) -> Value {
    match column {
        Column::Number => person.id.0.as_str().into(),
        Column::Name => person.name.as_str().into(),
        Column::AgencyCode => person.agency.0.as_str().into(),
        Column::Agency => agency_name(roster, &person.agency),
        Column::Unit => person.unit.as_deref().into(),
        Column::Status => word(column, &STATUSES, &person.status),
        Column::Born => person.born.into(),
        Column::Certificate | Column::CertificateFrom | Column::CertificateUntil => {
            certificate_value(person.certificate.as_ref(), column)
        }
        Column::Training => word(column, &OUTCOMES, &person.training),
        Column::TrainedOn => person.trained_on.into(),
        Column::Assessment => word(column, &OUTCOMES, &person.assessment),
        Column::AssessedOn => person.assessed_on.into(),
        Column::Qualifications => person.qualifications.join("、").into(),
        Column::Recusals => recusal_list(&person.recusals, true).into(),
        Column::Relations => recusal_list(&person.recusals, false).into(),
        Column::DispatchedBy => person.dispatched_by.as_deref().into(),
        Column::LeftOn => person.left_on.into(),
        Column::StatusSince => person.status_since.into(),
        Column::Pinyin => person.pinyin.as_deref().into(),
        Column::KindOfPerson => AUXILIARIES.into(),
        Column::IdentityNumber | Column::Ignored => Value::Blank,
    }
}

fn officer_value(roster: &Roster, person: &Officer, column: Column) -> Value {
    match column {
        Column::Number => person.id.0.as_str().into(),
        Column::Name => person.name.as_str().into(),
        Column::AgencyCode => person.agency.0.as_str().into(),
        Column::Agency => agency_name(roster, &person.agency),
        Column::Unit => person.unit.as_deref().into(),
        Column::Certificate | Column::CertificateFrom | Column::CertificateUntil => {
            certificate_value(person.certificate.as_ref(), column)
        }
        Column::Status => word(column, &STATUSES, &person.status.unwrap_or_default()),
        Column::LeftOn => person.left_on.into(),
        Column::StatusSince => person.status_since.into(),
        Column::Pinyin => person.pinyin.as_deref().into(),
        Column::KindOfPerson => OFFICERS.into(),
        _ => Value::Blank,
    }
}

/// The whole roster as a workbook that an import reads back unchanged.
///
/// # Errors
/// When there are more people than a sheet has rows.
pub fn workbook(roster: &Roster) -> Result<Vec<u8>, Unwritten> {
    let auxiliaries = roster
        .auxiliaries
        .values()
        .map(|person| AUXILIARY_COLUMNS.iter().map(move |(column, _)| auxiliary_value(roster, person, *column)));
    let officers = roster
        .officers
        .values()
        .map(|person| OFFICER_COLUMNS.iter().map(move |(column, _)| officer_value(roster, person, *column)));
    let agencies = roster.agencies.values().map(|agency| [agency.id.0.as_str(), agency.name.as_str()]);
    let mut book = Book::new();
    sheet(&mut book, AUXILIARIES, "行政执法辅助人员名册", &AUXILIARY_COLUMNS, auxiliaries)?;
    sheet(&mut book, OFFICERS, "行政执法人员名册", &OFFICER_COLUMNS, officers)?;
    sheet(&mut book, AGENCIES, "行政执法机关", &AGENCY_COLUMNS, agencies)?;
    book.finish()
}

/// A sheet of a roster, with number and name always in view.
pub(super) fn sheet<R: IntoIterator<Item: Into<Value>>>(
    book: &mut Book,
    name: &str,
    title: &str,
    columns: &[(Column, &str)],
    rows: impl IntoIterator<Item = R>,
) -> Result<(), Unwritten> {
    book.sheet(&Layout { name, title: Some(title), columns: &written(columns), kept: 2 }, rows)
}

/// An empty workbook to fill in: headings, lists to choose from, dates as dates.
///
/// # Errors
/// Never in practice; the writer's own errors are passed on.
pub fn template() -> Result<Vec<u8>, Unwritten> {
    workbook(&Roster::default())
}

/// The whole roster as one csv table, auxiliaries first, that an import reads back unchanged.
pub fn csv_text(roster: &Roster) -> String {
    let columns = || std::iter::once(Column::KindOfPerson).chain(AUXILIARY_COLUMNS.iter().map(|(column, _)| *column));
    let auxiliaries = roster.auxiliaries.values();
    let auxiliaries = auxiliaries.map(|person| columns().map(|c| auxiliary_value(roster, person, c)).collect());
    let officers = roster.officers.values();
    let officers = officers.map(|person| columns().map(|c| officer_value(roster, person, c)).collect());
    let headings: Vec<_> = columns().map(|column| (column, column.heading())).collect();
    auxlog_sheet::csv(&written(&headings), auxiliaries.chain(officers).collect::<Vec<Vec<Value>>>())
}
