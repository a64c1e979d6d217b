//! Tests of reducing a task to facts.

use std::collections::BTreeMap;

use auxlog_law::{Outcome, Status};

use super::*;
use crate::{AgencyId, AuxiliaryId, Moment, Officer};

fn date(text: &str) -> Date {
    Date(text.parse().expect("a date"))
}

fn at(text: &str) -> Moment {
    Moment(chrono::DateTime::parse_from_rfc3339(text).expect("a moment"))
}

fn roster() -> Roster {
    let certificate = |until: &str| {
        Some(Certificate { number: "1".into(), from: Some(date("2024-01-01")), until: Some(date(until)) })
    };
    let auxiliary = |id: &str| Auxiliary {
        id: id.into(),
        name: "王小明".into(),
        agency: "A01".into(),
        certificate: certificate("2026-11-23"),
        born: Some(date("1990-05-01")),
        recusals: vec![
            RecusalEntry { counterpart: "某便利店".into(), relation: Some("战友".into()), decided: true },
            RecusalEntry { counterpart: "李 四".into(), relation: None, decided: false },
        ],
        ..Auxiliary::default()
    };
    let officer = |id: &str, until| Officer {
        id: id.into(),
        agency: "A01".into(),
        certificate: certificate(until),
        ..Officer::default()
    };
    Roster {
        version: 7,
        agencies: BTreeMap::new(),
        officers: [officer("O1", "2030-01-01"), officer("O9", "2024-02-01")]
            .map(|officer| (officer.id.clone(), officer))
            .into(),
        auxiliaries: [(AuxiliaryId::from("X1"), auxiliary("X1"))].into(),
    }
}

fn task(stated: StatedAuxiliary) -> Task {
    Task {
        id: "t".into(),
        at: Some(at("2026-11-23T23:59:00+08:00")),
        agency: Some(AgencyId::from("A01")),
        auxiliaries: vec![stated],
        ..Task::default()
    }
}

fn named(id: &str) -> StatedAuxiliary {
    StatedAuxiliary { id: id.into(), ..StatedAuxiliary::default() }
}

fn one(task: &Task, source: Source) -> (Person, JudgedPerson) {
    let reduced = reduce(Rulebook::embedded(), task, &roster(), &Defaults { source, ..Defaults::default() });
    (reduced.facts.people[0], reduced.people[0].clone())
}

#[test]
fn a_number_alone_is_looked_up() {
    let (person, judged) = one(&task(named("X1")), Source::Stated);
    assert!(person.known && person.certificate_valid && !person.other_agency && !person.underage);
    assert_eq!(judged.name.as_deref(), Some("王小明"));
}

#[test]
fn a_number_alone_that_the_roster_lacks_is_unknown() {
    let (person, judged) = one(&task(named("X2")), Source::Stated);
    assert!(!person.known && !judged.known);
}

#[test]
fn any_stated_fact_makes_the_others_harmless_even_for_someone_on_the_roster() {
    let mut task = task(StatedAuxiliary { training: Some(Outcome::None), ..named("X1") });
    task.at = Some(at("2027-01-01T08:00:00+08:00"));
    let (person, judged) = one(&task, Source::Stated);
    assert_eq!(person.training, Outcome::None);
    assert!(person.certificate_valid, "not stated, so harmless, although lapsed on the roster");
    assert_eq!(judged.differs, ["training"]);
    let (person, judged) = one(&task, Source::Roster);
    assert_eq!(person.training, Outcome::Passed, "the roster's word counts when logging");
    assert!(!person.certificate_valid);
    assert_eq!(judged.differs, ["training"], "and what was stated otherwise is shown");
}

#[test]
fn someone_stated_in_full_needs_no_roster() {
    let (person, judged) = one(&task(StatedAuxiliary { recused: Some(false), ..named("X9") }), Source::Roster);
    assert!(person.known && judged.known && judged.name.is_none());
    assert_eq!(Person { known: true, ..Person::default() }, person);
}

#[test]
fn a_stated_recusal_stands_beside_the_roster() {
    let task = task(StatedAuxiliary { recused: Some(true), ..named("X1") });
    for source in [Source::Stated, Source::Roster] {
        let (person, judged) = one(&task, source);
        assert_eq!(person.recusal, Recusal::Decided);
        assert_eq!(judged.differs, ["recused"]);
    }
}

#[test]
fn certificates_are_valid_to_the_end_of_their_last_day_in_china() {
    for (at_text, valid) in [
        ("2026-11-23T23:59:59+08:00", true),
        ("2026-11-24T00:00:00+08:00", false),
        ("2026-11-23T16:00:00+00:00", false),
        ("2024-01-01T00:00:00+08:00", true),
    ] {
        let (person, _) = one(&Task { at: Some(at(at_text)), ..task(named("X1")) }, Source::Stated);
        assert_eq!(person.certificate_valid, valid, "at {at_text}");
    }
}

#[test]
fn of_age_on_the_birthday_in_china_and_leap_days_in_march() {
    for (born, day, underage) in [
        ("2008-11-23", "2026-11-22T23:59:59+08:00", true),
        ("2008-11-23", "2026-11-22T16:00:00+00:00", false),
        ("2008-11-23", "2026-11-23T00:00:00+08:00", false),
        ("2008-02-29", "2026-02-28T23:00:00+08:00", true),
        ("2008-02-29", "2026-03-01T00:00:00+08:00", false),
    ] {
        let stated = StatedAuxiliary { born: Some(date(born)), ..named("X9") };
        let (person, _) = one(&Task { at: Some(at(day)), ..task(stated) }, Source::Stated);
        assert_eq!(person.underage, underage, "born {born}, at {day}");
    }
}

#[test]
fn undated_tasks_read_dates_by_today_or_not_at_all() {
    let undated = Task { at: None, ..task(named("X1")) };
    let with = |today: Option<&str>| {
        let defaults = Defaults { today: today.map(date), ..Defaults::default() };
        let reduced = reduce(Rulebook::embedded(), &undated, &roster(), &defaults);
        assert_eq!(reduced.facts.at, None);
        reduced.facts.people[0].certificate_valid
    };
    assert!(with(None));
    assert!(with(Some("2026-11-23")));
    assert!(!with(Some("2026-11-24")));
}

#[test]
fn recusals_are_found_by_the_counterpart() {
    for (counterpart, expected) in [
        ("某便利店", Recusal::Decided),
        (" 某 便利店", Recusal::Decided),
        ("某\u{200b}便利店", Recusal::Decided),
        ("某便利店【人民路】", Recusal::Known),
        ("某便利店（人民路）", Recusal::Known),
        ("李四", Recusal::Known),
        ("李四的店", Recusal::Known),
        ("李", Recusal::None),
        ("张三", Recusal::None),
        ("", Recusal::None),
    ] {
        let task = Task { counterpart: Some(counterpart.into()), ..task(named("X1")) };
        assert_eq!(one(&task, Source::Stated).0.recusal, expected, "towards {counterpart}");
    }
}

#[test]
fn a_counterpart_is_the_same_however_it_is_written() {
    let named = |name: &str| [RecusalEntry { counterpart: name.into(), relation: None, decided: true }];
    for (entry, counterpart) in
        [("买买提·吐尔逊", "買買提．吐爾遜"), ("某店（人民路）", "某店(人民路)"), ("ＡＢＣ超市", "abc 超市")]
    {
        assert_eq!(recusal(&named(entry), counterpart), Recusal::Decided, "{entry} and {counterpart}");
    }
    assert_eq!(recusal(&named("张伟"), "张炜"), Recusal::None);
}

#[test]
fn whoever_left_later_was_in_service_then() {
    let mut roster = roster();
    let person = roster.auxiliaries.get_mut(&AuxiliaryId::from("X1")).expect("X1");
    person.status = Status::Departed;
    person.left_on = Some(date("2026-11-23"));
    let status = |at_text| {
        let task = Task { at: Some(at(at_text)), ..task(named("X1")) };
        reduce(Rulebook::embedded(), &task, &roster, &Defaults::default()).facts.people[0].status
    };
    assert_eq!(status("2026-11-23T12:00:00+08:00"), Status::Active);
    assert_eq!(status("2026-11-24T00:00:00+08:00"), Status::Departed);
}

#[test]
fn officers_are_counted_by_certificate() {
    let officer = |id: &str, certificate_valid| StatedOfficer { id: id.into(), certificate_valid, agency: None };
    let count = |officers: Option<Vec<StatedOfficer>>, source| {
        let task = Task { officers, ..task(named("X1")) };
        let reduced = reduce(Rulebook::embedded(), &task, &roster(), &Defaults { source, ..Defaults::default() });
        (reduced.facts.officers, reduced.unknown_officers.len())
    };
    let stated = |valid, total| Officers::Stated { valid, total };
    let cases = [
        ("unstated", None, (Officers::Unstated, 0)),
        ("nobody", Some(vec![]), (stated(0, 0), 0)),
        ("valid by the roster", Some(vec![officer("O1", None)]), (stated(1, 1), 0)),
        ("lapsed by the roster", Some(vec![officer("O9", None)]), (stated(0, 1), 0)),
        ("stated valid", Some(vec![officer("Z", Some(true))]), (stated(1, 1), 0)),
        ("stated lapsed", Some(vec![officer("Z", Some(false))]), (stated(0, 1), 0)),
        ("nothing known", Some(vec![officer("Z", None)]), (Officers::Unstated, 1)),
        ("one known, one not", Some(vec![officer("O1", None), officer("Z", None)]), (stated(1, 2), 1)),
    ];
    for (name, officers, expected) in cases {
        assert_eq!(count(officers, Source::Stated), expected, "{name}");
    }
    let claimed = Some(vec![officer("O9", Some(true))]);
    assert_eq!(count(claimed.clone(), Source::Stated).0, stated(1, 1));
    assert_eq!(count(claimed, Source::Roster).0, stated(0, 1), "the roster's word counts when logging");
}

#[test]
fn another_agency_is_seen_with_the_default_agency_too() {
    let mut task = task(named("X1"));
    task.agency = None;
    let other = |agency: Option<&str>| {
        let defaults = Defaults { agency: agency.map(AgencyId::from), ..Defaults::default() };
        reduce(Rulebook::embedded(), &task, &roster(), &defaults).facts.people[0].other_agency
    };
    assert!(other(Some("A02")));
    assert!(!other(Some("A01")));
    assert!(!other(None));
}
