//! Tables of the register that tests declare: written out and read back, messy ones read.

use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_record::fold::Author;
use auxlog_record::{Auxiliary, AuxiliaryId, Data, Date, Datum, RecordId, Roster};
use auxlog_sheet::{Book, Layout, csv};

use super::super::table::{Amiss, Shown, headings, read, row};
use super::super::*;

/// A roster of two people, and nothing entered.
struct Town(Arc<Roster>);

impl Town {
    fn new() -> Self {
        let person = |id: &str, name: &str| {
            (AuxiliaryId::from(id), Auxiliary { id: id.into(), name: name.into(), ..Auxiliary::default() })
        };
        let auxiliaries = [person("X1", "单伟"), person("X2", "王晓梅")].into();
        Self(Arc::new(Roster { auxiliaries, ..Roster::default() }))
    }
}

impl Reading for Town {
    fn dossiers(&self, _: &Register, _: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        Ok(Vec::new())
    }

    fn dossier(&self, _: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        Ok(None)
    }

    fn is_empty(&self) -> bool {
        true
    }

    fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.0)
    }

    fn me(&self) -> Author {
        Author::default()
    }

    fn today(&self) -> Date {
        Date("2026-11-30".parse().expect("a date"))
    }
}

fn part(what: &str, number: i64) -> Datum {
    let text = |text: &str| Datum::Text(text.to_owned());
    let persons = Datum::List(vec![text("X1")]);
    Datum::Group(Data::from([(1, text(what)), (2, persons), (3, Datum::Number(number))]))
}

fn full() -> Data {
    let text = |text: &str| Datum::Text(text.to_owned());
    Data::from([
        (1, text("=计划")),
        (2, text("两行\n内容")),
        (3, text("2026-03-01")),
        (4, text("2026-03-01T09:30:00+08:00")),
        (5, Datum::Number(12)),
        (6, Datum::Number(123_450)),
        (7, text("b")),
        (8, Datum::Flag(true)),
        (9, Datum::List(vec![text("X1"), text("X2")])),
        (10, text("O1")),
        (11, text("A01")),
        (12, text("91320621MA1")),
        (13, text(&format!("{}:7", "ab".repeat(16)))),
        (15, Datum::Group(Data::from([(1, Datum::Number(420_000)), (2, text("按月"))]))),
        (16, text("2027-03-01")),
        (14, text(&"ab".repeat(32))),
        (18, Datum::List(vec![text(&"01".repeat(32)), text(&"23".repeat(32))])),
        (19, Datum::List(vec![part("对讲机", 2), part("帽", 3)])),
    ])
}

#[test]
fn every_kind_of_field_is_written_out_and_read_back_as_it_was() {
    let (town, register) = (Town::new(), named("trial").expect("declared for tests"));
    assert!(register.check(&full()).is_empty(), "{:?}", register.check(&full()));
    let entry = Dossier::draft(register, full(), Author::default());
    let columns = headings(register, Shown::All);
    let rows = || [row(&entry, Shown::All, Lang::Zh, &|_, id| id.to_owned())];
    let mut book = Book::new();
    book.sheet(&Layout { name: "试验", title: Some("某局"), columns: &columns, kept: 1 }, rows()).expect("written");
    let files = [("a.xlsx", book.finish().expect("written")), ("a.csv", csv(&columns, rows()).into_bytes())];
    for (name, bytes) in files {
        let read = read(register, &bytes, name, &Data::new(), &town, town.today(), &|_, _| {}).expect("read");
        let [one] = &read[..] else { panic!("{name}: {read:?}") };
        assert_eq!(one.amiss, [], "{name}");
        assert_eq!(one.data, full(), "{name}");
    }
}

#[test]
fn a_messy_row_is_named_cell_by_cell() {
    let (town, register) = (Town::new(), named("trial").expect("declared for tests"));
    let text =
        "名称,日期,数量,方式,紧急,人员\n甲,2026年3月1日,１２,第一,急,王晓梅、X1\n,明天,一打,丙,也许,李四\n合计,,,,,\n";
    let rows = read(register, text.as_bytes(), "a.csv", &Data::new(), &town, town.today(), &|_, _| {}).expect("read");
    let [good, bad] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(good.amiss, []);
    assert_eq!(good.data.get(&5), Some(&Datum::Number(12)));
    assert_eq!(good.data.get(&9), Some(&Datum::List(vec![Datum::Text("X2".into()), Datum::Text("X1".into())])));
    let places: Vec<String> = bad.amiss.iter().map(|(place, _)| place.to_string()).collect();
    for cell in ["a.csv!A3", "a.csv!B3", "a.csv!C3", "a.csv!D3", "a.csv!E3", "a.csv!F3"] {
        assert!(places.iter().any(|place| place == cell), "{cell}: {:?}", bad.amiss);
    }
    assert!(bad.amiss.iter().any(|(_, amiss)| matches!(amiss, Amiss::Field(_, Misfit::Unknown { .. }))));
}

#[test]
fn a_sheet_names_no_files_of_this_machine() {
    let (town, register) = (Town::new(), named("trial").expect("declared for tests"));
    let text = "名称,扫描件,材料,明细\n甲,/etc/passwd,,\n乙,,/etc/passwd,\n丙,,,\"[{\"\"what\"\":\"\"帽\"\",\"\"photo\"\":\"\"/etc/passwd\"\"}]\"\n";
    let rows = read(register, text.as_bytes(), "a.csv", &Data::new(), &town, town.today(), &|_, _| {}).expect("read");
    assert_eq!(rows.iter().map(|row| row.amiss.len()).collect::<Vec<_>>(), [1, 1, 1], "{rows:?}");
}

#[test]
fn anybody_sees_what_is_public_alone() {
    let register = named("trial").expect("declared for tests");
    let entry = Dossier::draft(register, full(), Author::default());
    assert_eq!(headings(register, Shown::Public).len(), 1);
    assert_eq!(row(&entry, Shown::Public, Lang::Zh, &|_, id| id.to_owned()), ["=计划".into()]);
    let said = json::public(&entry, Town::new().today());
    assert_eq!(said["fields"], serde_json::json!({ "name": "=计划" }));
    assert_eq!(said.get("title"), None);
}
