//! Roster files as people send them, and what is taken from them.

use auxlog_law::{Outcome, Status};
use auxlog_record::{Agency, AgencyId, AuxiliaryId, Date, OfficerId, Roster};
use auxlog_sheet::{FileError, Place, Wrong};
use chrono::NaiveDate;

use super::*;

fn day(y: i32, m: u32, d: u32) -> Date {
    Date(NaiveDate::from_ymd_opt(y, m, d).expect("a date"))
}

fn context() -> ImportContext {
    ImportContext {
        agencies: vec![Agency { id: "A01".into(), name: "海安市城市管理局".into() }],
        default_agency: Some("A01".into()),
        today: day(2026, 11, 23),
    }
}

fn csv(text: &str) -> RosterImport {
    read_roster(text.as_bytes(), "名册.csv", &context()).expect("readable")
}

fn auxiliary<'a>(roster: &'a Roster, id: &str) -> &'a auxlog_record::Auxiliary {
    &roster.auxiliaries[&AuxiliaryId::from(id)]
}

fn missing(heading: &str) -> What {
    Wrong::Missing(heading.into()).into()
}

fn not_one_of(heading: &str, value: &str, choices: [&str; 3]) -> What {
    let choices = choices.map(str::to_owned).to_vec();
    Wrong::NotOneOf { heading: heading.into(), value: value.into(), choices }.into()
}

#[test]
fn the_sample_is_read_without_a_complaint_and_is_varied() {
    let bytes = sample_workbook(context().today).expect("written");
    let RosterImport { roster, report } = read_roster(&bytes, "sample.xlsx", &context()).expect("readable");
    assert_eq!((report.agencies, report.officers, report.auxiliaries), (3, 15, 60));
    assert_eq!(report.problems, []);
    let count =
        |test: &dyn Fn(&auxlog_record::Auxiliary) -> bool| roster.auxiliaries.values().filter(|p| test(p)).count();
    let ends = |p: &auxlog_record::Auxiliary| p.certificate.as_ref().and_then(|c| c.until);
    assert_eq!(count(&|p| p.status == Status::Departed && p.left_on == Some(day(2026, 10, 29))), 3);
    assert_eq!(count(&|p| p.status == Status::Suspended), 3);
    assert_eq!(count(&|p| p.certificate.is_none()), 3);
    assert_eq!(count(&|p| ends(p).is_some_and(|until| until < context().today)), 6);
    assert_eq!(count(&|p| ends(p) == Some(context().today)), 3);
    assert_eq!(count(&|p| p.training == Outcome::Failed), 3);
    assert_eq!(count(&|p| p.training == Outcome::None), 3);
    assert_eq!(count(&|p| p.recusals.iter().any(|r| r.decided)), 4);
    assert_eq!(count(&|p| p.recusals.iter().any(|r| !r.decided)), 4);
    assert_eq!(count(&|p| p.born.is_none()), 0);
    assert_eq!(auxiliary(&roster, "X011").qualifications, ["道路运输管理员", "驾驶证A2"]);
    assert!(roster.auxiliaries.values().any(|p| p.name.starts_with('单')));
    assert_eq!(roster.officers[&OfficerId::from("O6")].agency, AgencyId::from("A02"));
    assert_eq!(roster.agencies[&AgencyId::from("A03")].name, "海安市交通运输局");
}

#[test]
fn the_sample_of_a_day_is_always_the_same() {
    assert_eq!(sample_workbook(context().today).expect("written"), sample_workbook(context().today).expect("written"));
}

#[test]
fn what_is_exported_is_read_back_unchanged() {
    let sample = sample_workbook(context().today).expect("written");
    let roster = read_roster(&sample, "sample.xlsx", &context()).expect("readable").roster;
    let again = read_roster(&workbook(&roster).expect("written"), "名册.xlsx", &context()).expect("readable");
    assert_eq!(again.report.problems, []);
    assert_eq!(again.roster, roster);
    let text = csv_text(&roster);
    let again = read_roster(text.as_bytes(), "名册.csv", &context()).expect("readable");
    assert_eq!(again.report.problems, []);
    assert_eq!(again.roster, roster);
}

#[test]
fn the_template_asks_for_everything_and_holds_nobody() {
    let import = read_roster(&template().expect("written"), "template.xlsx", &context()).expect("readable");
    assert_eq!(import.report, RosterImportReport::default());
}

#[test]
fn titles_any_order_synonyms_and_wide_digits_are_read() {
    let import = csv("海安市城市管理局协管员花名册,,,,,\n制表日期：2026年11月,,,,,\n\
         考核,工作证有效期,姓　名,工号,出生年月,岗前培训情况,工作证编号,在职情况\n\
         合格,2025.1.1-2027.12.31,张　伟,Ｘ００１,1990年5月,已培训,海辅1,在职\n\
         填表人：李四,,,,,\n");
    let zhang = auxiliary(&import.roster, "X001");
    assert_eq!(zhang.name, "张伟");
    assert_eq!(zhang.agency, AgencyId::from("A01"));
    assert_eq!(zhang.born, Some(day(1990, 5, 1)));
    assert_eq!((zhang.training, zhang.assessment), (Outcome::Passed, Outcome::Passed));
    let certificate = zhang.certificate.clone().expect("held");
    assert_eq!((certificate.from, certificate.until), (Some(day(2025, 1, 1)), Some(day(2027, 12, 31))));
    assert_eq!((import.report.auxiliaries, import.report.officers, import.report.refused), (1, 0, 0));
    assert_eq!(import.report.problems, []);
}

#[test]
fn a_row_that_cannot_be_taken_is_named_and_the_others_are_taken() {
    let import = csv("编号,姓名,工作证号,有效期至,出生日期,岗前培训,考核结果,在岗状态\n\
         X1,张三,1,2027-01-01,1990-01-01,合格,合格,在岗\n\
         X2,李四,2,2027年13月1日,1990-01-01,合格,合格,在岗\n\
         ,王五,3,2027-01-01,1990-01-01,合格,合格,在岗\n\
         X1,赵六,4,2027-01-01,1990-01-01,合格,合格,在岗\n\
         X5,,5,2027-01-01,1990-01-01,合格,合格,在岗\n\
         X6,钱七,6,2027-01-01,2030-01-01,也许,合格,休假\n\
         X7,孙八,7,2027-01-01,,未培训,,\n");
    assert_eq!(import.roster.auxiliaries.keys().map(|id| id.0.as_str()).collect::<Vec<_>>(), ["X1", "X7"]);
    assert_eq!(import.report.refused, 5);
    let found: Vec<_> = import.report.problems.iter().map(|p| (p.place.to_string(), p.what.clone())).collect();
    let first = Place { sheet: "名册.csv".into(), row: 2, column: Some(0) };
    assert_eq!(
        found,
        [
            ("名册.csv!D3".to_owned(), Wrong::NotADate("2027年13月1日".into()).into()),
            ("名册.csv!A4".to_owned(), missing("编号")),
            ("名册.csv!A5".to_owned(), What::Duplicate { number: "X1".into(), first }),
            ("名册.csv!B6".to_owned(), missing("姓名")),
            ("名册.csv!H7".to_owned(), not_one_of("在岗状态", "休假", ["在岗", "停岗", "离职"])),
            ("名册.csv!E7".to_owned(), Wrong::InTheFuture("2030-01-01".into()).into()),
            ("名册.csv!F7".to_owned(), not_one_of("岗前培训", "也许", ["合格", "不合格", "未培训"])),
        ]
    );
    let sun = auxiliary(&import.roster, "X7");
    assert_eq!((sun.training, sun.assessment, sun.status), (Outcome::None, Outcome::None, Status::Active));
}

#[test]
fn one_number_written_twice_is_a_duplicate() {
    let import = csv("编号,姓名,工作证号,有效期至,岗前培训,考核结果,出生日期\n\
         X-1,张三,1,2027-1-1,合格,合格,1990-1-1\n\
         ｘ－１,李四,2,2027-1-1,合格,合格,1990-1-1\n\
         X\u{200b}—1,王五,3,2027-1-1,合格,合格,1990-1-1\n\
         X-11,赵六,4,2027-1-1,合格,合格,1990-1-1\n");
    assert_eq!(import.roster.auxiliaries.keys().map(|id| id.0.as_str()).collect::<Vec<_>>(), ["X-1", "X-11"]);
    assert!(import.report.problems.iter().all(|problem| matches!(problem.what, What::Duplicate { .. })));
    assert_eq!(import.report.refused, 2);
}

#[test]
fn a_missing_column_that_changes_verdicts_is_pointed_out() {
    let import = csv("编号,姓名,工作证号,有效期至,岗前培训,考核结果,星座\nX1,张三,1,2027-01-01,合格,合格,天秤\n");
    assert_eq!(import.report.auxiliaries, 1);
    let whats: Vec<_> = import.report.problems.iter().map(|p| p.what.clone()).collect();
    assert_eq!(
        whats,
        [Wrong::UnknownHeading("星座".into()).into(), Wrong::MissingColumn("出生日期".into()).into()] as [What; 2]
    );
    assert!(import.report.problems.iter().all(|p| p.what.is_note()));
}

#[test]
fn headings_over_two_rows_are_joined() {
    let import = csv(
        "执法辅助人员名册,,,,,,\n编号,姓名,工作证,,岗前培训,年度考核,出生日期\n,,证号,有效期至,,,\nX1,张三,海1,2027/1/1,合格,合格,1990-1-1\n",
    );
    assert_eq!(auxiliary(&import.roster, "X1").certificate.as_ref().map(|c| c.number.as_str()), Some("海1"));
    assert_eq!(import.report.problems, []);
}

#[test]
fn one_sheet_may_hold_both_kinds_of_people() {
    let import = csv(
        "人员类别,编号,姓名,单位名称,证号,有效期\n执法人员,O1,李队,海安市市场监督管理局,苏1,长期\n辅助人员,X1,张三,A01,辅1,2027-1-1\n",
    );
    assert_eq!((import.report.officers, import.report.auxiliaries), (1, 1));
    let officer = &import.roster.officers[&OfficerId::from("O1")];
    // An agency known by name alone goes by its name.
    assert_eq!(officer.agency, AgencyId::from("海安市市场监督管理局"));
    assert_eq!(officer.certificate.as_ref().map(|c| c.until), Some(None));
    assert_eq!(auxiliary(&import.roster, "X1").agency, AgencyId::from("A01"));
}

#[test]
fn an_identity_number_gives_the_birth_date_and_is_not_kept() {
    let import = csv(
        "编号,姓名,身份证号,工作证号,有效期至,岗前培训,考核结果\nX1,张三,320621199005014411,1,2027-1-1,合格,合格\n",
    );
    assert_eq!(auxiliary(&import.roster, "X1").born, Some(day(1990, 5, 1)));
    assert_eq!(import.report.problems, []);
    assert!(!format!("{:?}", import.roster).contains("4411"));
}

#[test]
fn what_is_no_roster_is_refused_whole() {
    let read = |bytes: &[u8]| read_roster(bytes, "x.xlsx", &context()).expect_err("refused");
    assert!(matches!(read(b"PK\x03\x04 cut short"), RosterFileError::File(FileError::NotAWorkbook(_))));
    assert!(matches!(read("品名,数量\n苹果,3\n".as_bytes()), RosterFileError::NoPeople));
    assert!(matches!(read(b""), RosterFileError::NoPeople));
    assert!(matches!(read(&[0xff, 0xff, 0, 1]), RosterFileError::File(FileError::NotText)));
    let mut cut = workbook(&Roster::default()).expect("written");
    cut.truncate(cut.len() / 2);
    assert!(matches!(read(&cut), RosterFileError::File(FileError::NotAWorkbook(_))));
}

#[test]
fn a_validity_is_read_to_its_end_or_named() {
    let row = |n: usize, until: &str| format!("X{n},人{n},辅{n},{until},合格,合格,1990-05-01\n");
    let until = [
        "2024-01-01-2027-12-31",
        "20240101-20271231",
        "2024-01-01 至 长期",
        "2027-12-31（已注销）",
        "2027-12-31前有效；2025-06-30吊销",
    ];
    let rows: String = until.iter().enumerate().map(|(n, until)| row(n + 1, until)).collect();
    let import = csv(&format!("编号,姓名,工作证号,有效期至,岗前培训,考核结果,出生日期\n{rows}"));
    let read: Vec<_> = import.roster.auxiliaries.values().map(|person| person.certificate.as_ref()?.until).collect();
    assert_eq!(read, [Some(day(2027, 12, 31)), Some(day(2027, 12, 31)), None]);
    let named: Vec<String> = import.report.problems.iter().map(|problem| problem.place.to_string()).collect();
    assert_eq!(named, ["名册.csv!D5", "名册.csv!D6"]);
}

#[test]
fn what_spreadsheet_programs_would_calculate_is_exported_as_text_and_read_back() {
    let mut roster = csv("编号,姓名,单位编码,岗前培训\nX1,张三,A01,合格\n").roster;
    for person in roster.auxiliaries.values_mut() {
        person.unit = Some("'=1+1".into());
        person.dispatched_by = Some("@公司".into());
    }
    let text = csv_text(&roster);
    assert!(text.contains("''=1+1") && text.contains("'@公司"), "{text}");
    assert_eq!(read_roster(text.as_bytes(), "名册.csv", &context()).expect("readable").roster, roster);
    assert_eq!(
        read_roster(&workbook(&roster).expect("written"), "名册.xlsx", &context()).expect("readable").roster,
        roster
    );
}
