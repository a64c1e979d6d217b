//! A table that only this test knows: one field of every shape, there and back.

use std::io::{Cursor, Read as _, Write as _};

use auxlog_record::Date;
use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

const KINDS: [(u8, &str); 2] = [(0, "初训 首次 first"), (1, "复训")];

/// The fields; each goes by its place.
fn fields() -> Fields<usize> {
    let all = [
        ("编号 工号", Shape::Code),
        ("姓名", Shape::Line),
        ("说明", Shape::Text),
        ("课时", Shape::Number),
        ("费用（元）", Shape::Money),
        ("计划日期", Shape::Day),
        ("完成日期", Shape::PastDay),
        ("有效期至", Shape::LastDay),
        ("开始时间", Shape::Time),
        ("类别", Shape::choice(&KINDS)),
        ("是否合格", Shape::YesNo),
        ("备注", Shape::Ignored),
    ];
    Fields::new(all.into_iter().enumerate().map(|(key, (headings, shape))| Field::new(key, headings, shape)))
}

fn day(y: i32, m: u32, d: u32) -> Date {
    Date(NaiveDate::from_ymd_opt(y, m, d).expect("a date"))
}

fn book(rows: &[Vec<Value>]) -> Vec<u8> {
    let columns = fields().columns();
    let mut book = Book::new();
    let layout = Layout { name: "培训", title: Some("培训台账"), columns: &columns, kept: 2 };
    book.sheet(&layout, rows.to_vec()).expect("written");
    book.finish().expect("written")
}

/// The rows of a file and what was wrong with them.
fn rows(bytes: &[u8]) -> (Vec<Vec<Value>>, Vec<(String, Wrong)>) {
    let (fields, today) = (fields(), day(2026, 11, 23));
    let sheet = read(bytes, "培训.csv").expect("readable").remove(0);
    let heading = Heading::find(&sheet, &fields, |found| found.has(0) && found.has(1)).expect("a heading");
    assert_eq!(heading.aside, []);
    let mut wrong = Vec::new();
    let read = |at| {
        let mut row: Row<_> = Row::new(&sheet, at, &fields, &heading, today);
        let values = (0..11).map(|key| row.value(key)).collect();
        wrong.extend(row.wrong.drain(..).map(|(column, what)| (sheet.place(at + 1, column).to_string(), what)));
        values
    };
    (heading.rows(&sheet, &fields).map(read).collect(), wrong)
}

#[test]
fn the_template_asks_for_every_field_and_holds_nothing() {
    assert_eq!(rows(&book(&[])), (vec![], vec![]));
}

/// A file within a workbook.
fn part(book: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).expect("a zip file");
    let mut text = String::new();
    archive.by_name(name).expect("there").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_workbook_is_laid_out_for_reading_filling_in_and_printing() {
    let row = vec!["X1".into(), "江海路综合行政执法大队".into(), Value::Blank, Value::Number(8)];
    let bytes = book(&[row]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for laid in [
        r#"<pane xSplit="2" ySplit="2" topLeftCell="C3""#,
        r#"<autoFilter ref="A2:K3""#,
        r#"<c r="D3" s="5"><v>8</v></c>"#,
        r#"sqref="J3:J10000"><formula1>"初训,复训"</formula1>"#,
        r#"sqref="K3:K10000"><formula1>"是,否"</formula1>"#,
        r#"<pageSetUpPr fitToPage="1"/>"#,
        r#"<pageSetup paperSize="9" fitToHeight="0" orientation="landscape""#,
    ] {
        assert!(sheet.contains(laid), "{laid} in {sheet}");
    }
    // Eleven characters, each twice as wide as a letter.
    let width = sheet.split(r#"<col min="2" max="2" width=""#).nth(1).and_then(|rest| rest.split('.').next());
    assert!(width.and_then(|width| width.parse().ok()).is_some_and(|width: u32| width > 22), "{sheet}");
    let titles = part(&bytes, "xl/workbook.xml");
    assert!(titles.contains("_xlnm.Print_Titles") && titles.contains("!$2:$2"), "{titles}");
}

#[test]
fn what_cannot_be_read_is_named_cell_by_cell() {
    let text = "培训台账,,,,,,,,,,\n\
        编号,姓名,说明,课时,费用,计划日期,完成日期,有效期至,开始时间,类别,是否合格\n\
        X 1,张\u{3000}三,,８,￥1，200.5,2024年3月,2024.3.1,2024-01-01至2027.12,2024/3/1 9:30,首　次,√\n\
        X3,李四,,,,,,长期有效,,,\n\
        X2,,,八,x,3月,2030-01-01,吊销,上午,外训,也许\n\
        编号,姓名,,,,,,,,,\n\
        合计,2人,,,,,,,,,\n";
    let (read, wrong) = rows(text.as_bytes());
    assert_eq!((read.len(), &read[1][7]), (3, &value::ENDLESS.into()));
    let time = day(2024, 3, 1).0.and_hms_opt(9, 30, 0).expect("a time");
    assert_eq!(
        read[0],
        [
            Value::from("X1"),
            "张 三".into(),
            Value::Blank,
            Value::Number(8),
            Value::Money(120_050),
            day(2024, 3, 1).into(),
            day(2024, 3, 1).into(),
            day(2027, 12, 31).into(),
            Value::Time(time),
            "初训".into(),
            Value::Yes(true)
        ]
    );
    let one_of = |heading: &str, value: &str, choices: [&str; 2]| Wrong::NotOneOf {
        heading: heading.into(),
        value: value.into(),
        choices: choices.map(str::to_owned).to_vec(),
    };
    let named: Vec<(&str, Wrong)> = wrong.iter().map(|(place, what)| (place.as_str(), what.clone())).collect();
    assert_eq!(
        named,
        [
            ("培训.csv!D5", Wrong::NotANumber("八".into())),
            ("培训.csv!E5", Wrong::NotANumber("x".into())),
            ("培训.csv!F5", Wrong::NotADate("3月".into())),
            ("培训.csv!G5", Wrong::InTheFuture("2030-01-01".into())),
            ("培训.csv!H5", Wrong::NotADate("吊销".into())),
            ("培训.csv!I5", Wrong::NotADate("上午".into())),
            ("培训.csv!J5", one_of("类别", "外训", ["初训", "复训"])),
            ("培训.csv!K5", one_of("是否合格", "也许", ["是", "否"])),
        ]
    );
}

/// A workbook of one sheet with one column of numbers in `format`.
fn numbers(format: &str, numbers: &[f64]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let format = rust_xlsxwriter::Format::new().set_num_format(format);
    for (row, number) in (0..).zip(numbers) {
        sheet.write_number_with_format(row, 0, *number, &format).expect("written");
    }
    workbook.save_to_buffer().expect("written")
}

#[test]
fn numbers_are_read_as_they_show() {
    let shown = |format, number| read(&numbers(format, &[number]), "a.xlsx").expect("readable")[0].cell(0, 0).text();
    assert_eq!(shown("0.00", 2008.1), "2008.10");
    assert_eq!(shown("000000", 123.0), "000123");
    assert_eq!(shown("General", 1001.0), "1001");
    assert_eq!(shown("#,##0.00", 1200.5), "1200.5");
}

/// The workbook counting from 1904, as old ones from other machines do.
fn from_1904(bytes: &[u8]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).expect("there");
        let mut content = String::new();
        file.read_to_string(&mut content).expect("text");
        new.start_file(file.name().expect("UTF-8"), zip::write::SimpleFileOptions::default()).expect("begun");
        new.write_all(content.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").as_bytes()).expect("written");
    }
    new.finish().expect("written").into_inner()
}

/// The workbook with `name` in it replaced by `content`, so many times over.
fn swollen(bytes: &[u8], name: &str, content: &[u8], times: usize) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).expect("there");
        let part = file.name().expect("UTF-8").to_string();
        new.start_file(&part, zip::write::SimpleFileOptions::default()).expect("begun");
        if part == name {
            (0..times).for_each(|_| new.write_all(content).expect("written"));
        } else {
            std::io::copy(&mut file, &mut new).expect("copied");
        }
    }
    new.finish().expect("written").into_inner()
}

/// A workbook whose cells stand far apart.
fn scattered(rows: u32) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    (0..rows).for_each(|row| {
        sheet.write_string(row * 1000, 16_383, "x").expect("written");
    });
    workbook.save_to_buffer().expect("written")
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_the_memory_is_spent() {
    let row = book(&[vec!["X1".into()]]);
    let text = vec![b' '; 1 << 20];
    let refused = |bytes: &[u8], name| {
        let mut refused = false;
        let used = allocation_counter::measure(|| {
            refused = matches!(read(bytes, name), Err(FileError::UnpacksTooLarge { .. }));
        });
        assert!(used.bytes_max < 300 << 20, "{} MiB", used.bytes_max >> 20);
        (refused, used.bytes_max < 8 << 20)
    };
    for (part, content, times) in [
        ("xl/worksheets/sheet1.xml", &*text, 257),
        ("xl/sharedStrings.xml", &*text, 65),
        ("xl/sharedStrings.xml", b"<si/><si/><si/><si/><si/><si/><si/><si/>", 1 << 20),
        ("xl/styles.xml", b"<xf/><xf/>", 1 << 19),
        ("docProps/app.xml", &*text, 257),
    ] {
        let bomb = swollen(&row, part, content, times + 1);
        assert!(bomb.len() < 4 << 20, "{}", bomb.len());
        assert_eq!(refused(&bomb, "a.xlsx"), (true, true), "{part}");
    }
    assert!(refused(&scattered(1000), "a.xlsx").0);
    assert!(refused(&[b','].repeat(10 << 20), "a.csv").0);
    // What stands far away alone takes little.
    let used = allocation_counter::measure(|| drop(read(&scattered(2), "a.xlsx").expect("readable")));
    assert!(used.bytes_max < 4 << 20, "{}", used.bytes_max);
}

#[test]
fn a_workbook_that_counts_from_1904_is_read_so_in_every_format() {
    for format in ["yyyy-mm-dd", "General", "0"] {
        let bytes = numbers(format, &[45_291.0]);
        let read = |bytes: &[u8]| match &read(bytes, "a.xlsx").expect("readable")[0].cell(0, 0) {
            Cell::Date(day) | Cell::Number { day: Some(day), .. } => *day,
            other => panic!("{other:?}"),
        };
        assert_eq!((read(&bytes), read(&from_1904(&bytes))), (day(2023, 12, 31), day(2028, 1, 1)), "{format}");
    }
}

#[test]
fn a_month_kept_as_a_number_is_what_it_shows_or_is_named() {
    let (fields, today) = (fields(), day(2026, 11, 23));
    let heading =
        Heading { row: 0, below: 0, columns: vec![(7, 0)], texts: vec![], aside: vec![], title: String::new() };
    let read = |format, number| {
        let sheet = read(&numbers(format, &[number]), "a.xlsx").expect("readable").remove(0);
        let mut row: Row<_> = Row::new(&sheet, 0, &fields, &heading, today);
        let value = row.value(7);
        (value, row.wrong.into_iter().map(|(_, wrong)| wrong).collect::<Vec<_>>())
    };
    assert_eq!(read("0.00", 2027.1), (day(2027, 10, 31).into(), vec![]));
    assert_eq!(read("General", 2027.5), (day(2027, 5, 31).into(), vec![]));
    // Typed for January or for October: nobody can tell.
    assert_eq!(read("General", 2027.1), (Value::Blank, vec![Wrong::NotADate("2027.1".into())]));
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        code in "[A-Z0-9=+@-]{1,9}",
        line in "[\\u{4e00}-\\u{4eff}=+'a-z]{1,12}",
        text in "[\\u{4e00}-\\u{4eff};|,\"'=]{0,20}x\n?y",
        number in any::<i64>(),
        fen in -1_000_000_000_i64..1_000_000_000_000,
        days in prop::array::uniform3(0_i64..20_000),
        minutes in 0_i64..20_000_000,
        which in 0_usize..2,
        yes in any::<bool>(),
    ) {
        prop_assume!(!value::is_blank(&code) && value::fold(&line) == line && value::fold(&text) == text);
        let day = |since: i64| Date(day(1970, 1, 1).0 + chrono::TimeDelta::days(since));
        let time = NaiveDate::from_ymd_opt(1970, 1, 1).and_then(|day| day.and_hms_opt(0, 1, 0)).expect("a time");
        let row = vec![
            code.into(),
            line.into(),
            text.into(),
            Value::Number(number),
            Value::Money(fen),
            day(days[0]).into(),
            day(days[1]).into(),
            day(days[2]).into(),
            Value::Time(time + chrono::TimeDelta::minutes(minutes)),
            ["初训", "复训"][which].into(),
            Value::Yes(yes),
        ];
        let written = [row.clone(), row];
        prop_assert_eq!(&rows(&book(&written)), &(written.to_vec(), vec![]));
        let text = csv(&fields().columns(), written.clone());
        prop_assert_eq!(&rows(text.as_bytes()), &(written.to_vec(), vec![]));
    }
}
