//! What an officer's desk asks: plans, what falls due, tasks by their words.

use std::cell::Cell;

use auxlog_record::{Date, Moment, Task, china};
use chrono::{Days, TimeZone as _};

use super::tests::{ledger, open, task, today};
use crate::{DueKind, Ledger, LedgerError, OpenOptions, TaskQuery};

fn at(day: u32, hour: u32) -> Moment {
    Moment(china().with_ymd_and_hms(2026, 11, day, hour, 0, 0).single().expect("a moment"))
}

fn logged(ledger: &Ledger, id: &str, text: &str, place: &str) {
    let task = Task { text: Some(text.into()), place: Some(place.into()), at: Some(at(20, 9)), ..task(id) };
    assert!(ledger.log(&[task]).iter().all(Result::is_ok));
}

fn found(ledger: &Ledger, text: &str, place: &str) -> Vec<String> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let query = TaskQuery { text: some(text), place: some(place), ..TaskQuery::default() };
    let mut found: Vec<String> =
        ledger.tasks(&query).expect("listed").rows.into_iter().map(|row| row.reference).collect();
    found.sort();
    found
}

#[test]
fn every_word_must_be_there_and_a_place_is_a_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    logged(&ledger, "a", "核查店招，店主在人民中路开店", "江海路");
    logged(&ledger, "b", "核查占道经营", "人民中路");
    logged(&ledger, "c", "巡查河道", "人民中路");
    assert_eq!(found(&ledger, "人民中路 核查", ""), ["a", "b"], "in any order, in any field");
    assert_eq!(found(&ledger, "核查", "人民"), ["b"]);
    // A word that goes on is looked for in what was found; one that is taken back, in everything.
    assert_eq!(found(&ledger, "核查店", ""), ["a"]);
    assert_eq!(found(&ledger, "核", ""), ["a", "b"]);
    logged(&ledger, "d", "核查工地", "人民中路");
    assert_eq!(found(&ledger, "核查 中路", ""), ["a", "b", "d"], "what was logged since is found too");
}

#[test]
fn nobody_reads_on_when_nobody_waits() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    for n in 0..200 {
        logged(&ledger, &format!("t-{n}"), "巡查河道", "江海路");
    }
    let looks = Cell::new(0);
    let query = TaskQuery { text: Some("河道".into()), ..TaskQuery::default() };
    let given_up = || {
        looks.set(looks.get() + 1);
        looks.get() > 1
    };
    assert_eq!(ledger.tasks_unless(&query, &given_up).expect("read"), None);
    assert_eq!(looks.get(), 2, "it stopped at the second look");
    assert_eq!(ledger.tasks(&query).expect("read").total, 200, "half an answer is not kept");
}

#[test]
fn plans_keep_their_reason_their_planner_and_that_they_were_called_off() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let plan = |id: &str, day: u32| Task { at: Some(at(day, 9)), ..task(id) };
    let alone = Task { mode: auxlog_law::Mode::Independent, ..plan("p-1", 24) };
    assert!(matches!(ledger.plan(&alone, None), Err(LedgerError::Missing { field: "reason" })));
    let improper = ledger.plan(&alone, Some("执法人员随后到".into())).expect("planned");
    ledger.plan(&plan("p-2", 23), None).expect("planned");
    ledger.plan(&plan("p-3", 30), None).expect("planned");
    ledger.annul(improper, "改派").expect("called off");
    assert!(ledger.log(&[plan("p-2", 23)]).iter().all(Result::is_ok));

    let plans = ledger.plans(Date(today().0), Date(today().0 + Days::new(3))).expect("listed");
    let told: Vec<_> = plans.iter().map(|plan| (plan.task.id.as_str(), plan.done, plan.annulled, plan.mine)).collect();
    assert_eq!(told, [("p-2", true, false, true), ("p-1", false, true, true)], "by time; p-3 lies beyond");
    assert_eq!(plans[1].reason.as_deref(), Some("执法人员随后到"));
    let day = ledger.today(Date(today().0 + Days::new(1))).expect("a day");
    assert!(day.planned.is_empty(), "what was called off is no work for the day");
}

#[test]
fn a_review_falls_due_only_where_the_agency_set_how_often() {
    let dir = tempfile::tempdir().expect("a directory");
    ledger(dir.path()).close();
    let due = |months| {
        let options = OpenOptions { review_months: months, cheap_keys: true, ..OpenOptions::default() };
        let ledger = Ledger::open(dir.path(), None, "correct horse", options).expect("opened");
        let day = ledger.today(today()).expect("a day");
        day.due.into_iter().filter(|due| due.kind == DueKind::Review).collect::<Vec<_>>()
    };
    assert!(due(None).is_empty(), "the law names no interval");
    let yearly = due(Some(12));
    assert!(!yearly.is_empty());
    let roster = open(dir.path(), "O1").roster();
    for due in &yearly {
        let crate::PersonKey::Auxiliary(id) = &due.person else { panic!("{due:?}") };
        let person = &roster.auxiliaries[id];
        let last = person.assessed_on.or(person.trained_on);
        assert_eq!(due.on.map(|on| on.0), last.map(|last| last.0 + chrono::Months::new(12)), "{id}");
    }
}
