//! Entries as a ledger would tell them, made by hand.

use std::sync::Arc;

use auxlog_record::fold::{Annulled, Author, Conflict};
use auxlog_record::{AgencyId, Data, Datum};
use auxlog_registers::{Closed, Dossier, Due, Names, Taken};

use super::now;
use super::samples::id;
use crate::entries::{EntryList, EntryPage, Holdings, Sheet, Within};

fn names(said: &str) -> Names {
    Names { zh: said.to_owned(), en: said.to_owned() }
}

fn author() -> Author {
    Author { officer: "O1".into(), name: "王建国".into(), ..Author::default() }
}

/// An entry of `register` called `title`, with these fields: key, value, as it is read.
pub(crate) fn sheet(register: &str, seq: u64, title: &str, fields: &[(&str, &str, &str)]) -> Sheet {
    let register = auxlog_registers::named(register).expect("a register");
    let mut data = Data::new();
    let mut said = Vec::new();
    for (key, value, shown) in fields {
        let field = register.field(key).expect("a field");
        data.insert(field.n, Datum::Text((*value).to_owned()));
        said.push((field, names(shown)));
    }
    let agency = AgencyId::from("A01");
    let mut entry = Dossier::draft(register, data, author());
    (entry.id, entry.agency, entry.wall_ms) = (id(seq), agency, now().millis());
    let open = |step: &'static auxlog_registers::Step| (step, entry.open(step, &author()).err());
    let steps = register.steps.iter().map(open).collect();
    let today = now().china_date();
    let until = register.until.as_ref().filter(|_| entry.days_left(today).is_some());
    let due = until.and_then(|until| {
        let state = register.state(&until.to)?;
        let what = Names { zh: state.zh.clone(), en: state.en.clone() };
        Some(Due { day: entry.day_in(&until.field)?, what })
    });
    let due = due.into_iter().collect();
    Sheet {
        due,
        title: names(title),
        said,
        found: Vec::new(),
        taken: Vec::new(),
        steps,
        kept: None,
        entry: Arc::new(entry),
    }
}

/// Changes an entry.
pub(crate) fn changed(mut sheet: Sheet, change: impl FnOnce(&mut Dossier)) -> Sheet {
    change(Arc::make_mut(&mut sheet.entry));
    sheet
}

/// The work certificate of 王小明, which ends on a day.
pub(crate) fn certificate(seq: u64, until: &str) -> Sheet {
    sheet(
        "certificate",
        seq,
        "海执辅字第0001号 王小明 X1",
        &[
            ("person", "X1", "王小明 X1"),
            ("no", "海执辅字第0001号", "海执辅字第0001号"),
            ("agency", "A01", "海安市城市管理局 A01"),
            ("from", "2024-01-01", "2024-01-01"),
            ("until", until, until),
            ("issuer", "海安市城市管理局", "海安市城市管理局"),
        ],
    )
}

/// The same, suspended, contradicted, with a step that has no effect, and annulled.
pub(crate) fn troubled() -> Sheet {
    let mut sheet = changed(certificate(1, "2026-12-10"), |entry| {
        let step = entry.register.step("suspend").expect("a step");
        let taken = Taken {
            record: id(2),
            author: author(),
            wall_ms: now().millis(),
            step,
            data: Data::new(),
            reason: Some("停岗调查".to_owned()),
            state: "suspended",
        };
        entry.taken.push(taken);
        entry.state = "suspended";
        entry.conflicts.push(Conflict { field: "until".to_owned(), records: Vec::new() });
        entry.void.insert(id(3), Closed::Role);
        let reason = "重复登记".to_owned();
        entry.annulled.push(Annulled { record: id(4), author: author(), reason });
    });
    sheet.taken.push(names("自 2026-11-20"));
    sheet
}

/// The first part of a list in which nothing is searched for.
pub(crate) fn list(of: Within) -> EntryList {
    EntryList { of, text: String::new(), offset: 0, limit: crate::widgets::PART }
}

/// All of a list.
pub(crate) fn page(rows: Vec<Sheet>) -> EntryPage {
    EntryPage { total: rows.len(), rows }
}

/// The registers; certificates hold two entries.
pub(crate) fn holdings() -> Holdings {
    let held = |register: &'static auxlog_registers::Register| {
        (register, if register.key == "certificate" { 2 } else { 0 }, None)
    };
    Holdings { registers: auxlog_registers::all().iter().map(held).collect(), soon: 1 }
}
