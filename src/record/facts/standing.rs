//! What the roster says of a person on one day: may they work, may they supervise.
//!
//! A fact with a date holds from it on; one without holds on every day. What nothing is known of
//! before its date can't be told, and is asked about.

use auxlog_law::{Outcome, Person, Status};

use super::{is_underage, is_valid};
use crate::{Auxiliary, Certificate, Date, Officer, Roster, Task};

/// What the law asks of an auxiliary, on `day`; `None` reads no dates. Agency and recusal are a
/// task's matter.
pub fn standing(person: &Auxiliary, day: Option<Date>) -> Person {
    let left = day.is_some_and(|day| person.left_on.is_some_and(|left| left < day));
    let status = status_on(person.status, person.status_since, person.left_on, left, day);
    let certificate = certificate_on(person.certificate.as_ref(), day);
    let later = |on: Option<Date>| on.zip(day).is_some_and(|(on, day)| day < on);
    let training = match person.training {
        // What was passed later was not passed yet; of what was failed later nothing is said.
        Outcome::Passed if later(person.trained_on) => Some(Outcome::None),
        Outcome::Failed if later(person.trained_on) => None,
        outcome => Some(outcome),
    };
    let assessment = match person.assessment {
        Outcome::Failed if later(person.assessed_on) => Some(Outcome::None),
        // It may have been held again because one was failed.
        Outcome::Passed if later(person.assessed_on) => None,
        outcome => Some(outcome),
    };
    let harmless = Person::default();
    Person {
        known: true,
        status: status.unwrap_or(harmless.status),
        certificate_valid: certificate.unwrap_or(harmless.certificate_valid),
        training: training.unwrap_or(harmless.training),
        assessment: assessment.unwrap_or(harmless.assessment),
        qualified: !person.qualifications.is_empty(),
        underage: is_underage(person.born, day),
        agreement_lapsed: person.lapsed_on.is_some_and(|lapsed| day.is_none_or(|day| lapsed <= day)),
        standing_unknown: status.is_none() || certificate.is_none() || training.is_none() || assessment.is_none(),
        ..harmless
    }
}

/// An officer's standing on `day`: whoever has left, retired, been lent out or suspended is not in
/// service from that day; `None` where it can't be told.
pub fn officer_status(officer: &Officer, day: Option<Date>) -> Option<Status> {
    let left = day.is_some_and(|day| officer.left_on.is_some_and(|left| left <= day));
    status_on(officer.status.unwrap_or_default(), officer.status_since, officer.left_on, left, day)
}

/// Whether an officer may supervise on `day`; `None` where it can't be told.
pub fn supervises(officer: &Officer, day: Option<Date>) -> Option<bool> {
    match (officer_status(officer, day), certificate_on(officer.certificate.as_ref(), day)) {
        (Some(Status::Suspended | Status::Departed), _) | (_, Some(false)) => Some(false),
        (Some(Status::Active), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// The people whom `task` names as `newest` has them; where it can't tell how somebody stood that day,
/// as an `older` roster says it.
pub fn told_by_both(task: &Task, newest: &Roster, older: &Roster, day: Option<Date>) -> Roster {
    let mut both = Roster { version: newest.version, ..Roster::default() };
    for id in task.auxiliaries.iter().map(|stated| &stated.id) {
        let Some(known) = newest.auxiliaries.get(id) else { continue };
        let told = |person: &&Auxiliary| !standing(person, day).standing_unknown;
        let before = older.auxiliaries.get(id).filter(|_| !told(&known)).filter(told);
        let person = before.map_or_else(
            || known.clone(),
            |before| Auxiliary {
                status: before.status,
                status_since: before.status_since,
                left_on: before.left_on,
                certificate: before.certificate.clone(),
                training: before.training,
                trained_on: before.trained_on,
                assessment: before.assessment,
                assessed_on: before.assessed_on,
                ..known.clone()
            },
        );
        both.auxiliaries.insert(id.clone(), person);
    }
    for id in task.officers.iter().flatten().map(|stated| &stated.id) {
        let Some(known) = newest.officers.get(id) else { continue };
        let told = |officer: &&Officer| supervises(officer, day).is_some();
        let before = older.officers.get(id).filter(|_| !told(&known)).filter(told);
        both.officers.insert(id.clone(), before.unwrap_or(known).clone());
    }
    both
}

/// The facts that the rulebook of 0.1.0 was given: of the dates only a certificate's and a leaving's
/// beside 离职 counted.
pub(super) fn first_reading(person: &Auxiliary, day: Option<Date>) -> Person {
    let status = match (person.status, person.left_on, day) {
        (Status::Departed, Some(left), Some(day)) if day <= left => Status::Active,
        (status, ..) => status,
    };
    Person {
        status,
        certificate_valid: is_valid(person.certificate.as_ref(), day),
        training: person.training,
        assessment: person.assessment,
        standing_unknown: false,
        agreement_lapsed: false,
        ..standing(person, day)
    }
}

/// `left` says whether the day of leaving is past. That day also dates a suspension that has none of its own.
fn status_on(
    status: Status,
    since: Option<Date>,
    left_on: Option<Date>,
    left: bool,
    day: Option<Date>,
) -> Option<Status> {
    let Some(day) = day else { return Some(status) };
    match status {
        Status::Departed if left_on.is_some() => Some(if left { status } else { Status::Active }),
        Status::Departed => Some(since.filter(|since| day < *since).map_or(status, |_| Status::Active)),
        Status::Suspended if since.is_none() => {
            Some(left_on.filter(|from| day < *from).map_or(status, |_| Status::Active))
        }
        _ if left => Some(Status::Departed),
        Status::Suspended => Some(since.filter(|since| day < *since).map_or(status, |_| Status::Active)),
        Status::Active => since.is_none_or(|since| since <= day).then_some(status),
    }
}

/// Whether a certificate is held and valid; `None` where the one on record was issued later.
fn certificate_on(certificate: Option<&Certificate>, day: Option<Date>) -> Option<bool> {
    let later = certificate.and_then(|certificate| certificate.from).zip(day).is_some_and(|(from, day)| day < from);
    (!later).then(|| is_valid(certificate, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Auxiliary, Option<Date>);
    type Expected = fn(&Person) -> bool;

    fn date(text: &str) -> Date {
        Date(text.parse().expect("a date"))
    }

    fn in_order() -> Auxiliary {
        let certificate = Certificate { number: "1".into(), from: Some(date("2020-01-01")), until: None };
        Auxiliary {
            certificate: Some(certificate),
            trained_on: Some(date("2020-01-01")),
            assessed_on: Some(date("2025-12-01")),
            ..Auxiliary::default()
        }
    }

    #[test]
    fn facts_are_those_of_the_day() {
        let later = Some(date("2026-11-20"));
        let unknown: Expected = |person| Person { standing_unknown: false, ..*person } == Person::default();
        let cases: [(&str, Change, Expected, Expected); 12] = [
            ("renewed later", |p, on| p.certificate.as_mut().expect("one").from = on, unknown, |p| p.certificate_valid),
            (
                "trained later",
                |p, on| p.trained_on = on,
                |p| p.training == Outcome::None,
                |p| p.training == Outcome::Passed,
            ),
            (
                "training failed later",
                |p, on| (p.training, p.trained_on) = (Outcome::Failed, on),
                unknown,
                |p| p.training == Outcome::Failed,
            ),
            (
                "assessment failed later",
                |p, on| (p.assessment, p.assessed_on) = (Outcome::Failed, on),
                |p| p.assessment == Outcome::None,
                |p| p.assessment == Outcome::Failed,
            ),
            ("assessment passed later", |p, on| p.assessed_on = on, unknown, |p| p.assessment == Outcome::Passed),
            (
                "suspended later",
                |p, on| (p.status, p.status_since) = (Status::Suspended, on),
                |p| p.status == Status::Active,
                |p| p.status == Status::Suspended,
            ),
            (
                "suspended, with a leaving's date",
                |p, on| (p.status, p.left_on) = (Status::Suspended, on),
                |p| p.status == Status::Active,
                |p| p.status == Status::Suspended,
            ),
            ("back in service later", |p, on| p.status_since = on, unknown, |p| p.status == Status::Active),
            (
                "left later",
                |p, on| (p.status, p.left_on) = (Status::Departed, on),
                |p| p.status == Status::Active,
                |p| p.status == Status::Departed,
            ),
            (
                "left later by the standing's date",
                |p, on| (p.status, p.status_since) = (Status::Departed, on),
                |p| p.status == Status::Active,
                |p| p.status == Status::Departed,
            ),
            (
                "a leaving's date alone",
                |p, on| p.left_on = on,
                |p| p.status == Status::Active,
                |p| p.status == Status::Departed,
            ),
            (
                "suspended, and left later",
                |p, on| (p.status, p.status_since, p.left_on) = (Status::Suspended, Some(date("2020-01-01")), on),
                |p| p.status == Status::Suspended,
                |p| p.status == Status::Departed,
            ),
        ];
        for (case, change, before, after) in cases {
            let mut person = in_order();
            change(&mut person, later);
            let on = |day| standing(&person, Some(date(day)));
            assert!(before(&on("2026-10-30")), "{case}: {:?}", on("2026-10-30"));
            assert!(after(&on("2026-11-21")), "{case}: {:?}", on("2026-11-21"));
            assert!(!on("2026-11-21").standing_unknown, "{case}");
        }
    }

    #[test]
    fn what_has_no_date_holds_on_every_day() {
        for status in [Status::Active, Status::Suspended, Status::Departed] {
            for outcome in [Outcome::Passed, Outcome::Failed, Outcome::None] {
                let (training, assessment) = (outcome, outcome);
                let person = Auxiliary { status, training, assessment, ..Auxiliary::default() };
                for day in [None, Some(date("1999-01-01")), Some(date("2099-01-01"))] {
                    let said = standing(&person, day);
                    assert_eq!((said.status, said.training, said.assessment), (status, outcome, outcome));
                    assert!(!said.certificate_valid && !said.standing_unknown, "none on record is none");
                }
            }
        }
    }

    #[test]
    fn an_older_roster_tells_what_the_newest_cannot() {
        let lapsed = Certificate { until: Some(date("2026-10-29")), ..Certificate::default() };
        let renewed = Certificate { from: Some(date("2026-11-01")), ..Certificate::default() };
        let with = |certificate: &Certificate| {
            let auxiliary = Auxiliary { certificate: Some(certificate.clone()), ..in_order() };
            let officer = Officer { certificate: Some(certificate.clone()), ..Officer::default() };
            Roster {
                auxiliaries: [("X1".into(), auxiliary)].into(),
                officers: [("O1".into(), officer)].into(),
                ..Roster::default()
            }
        };
        let task = Task {
            auxiliaries: vec![crate::StatedAuxiliary { id: "X1".into(), ..Default::default() }],
            officers: Some(vec![crate::StatedOfficer { id: "O1".into(), ..Default::default() }]),
            ..Task::default()
        };
        for (older, valid) in
            [(with(&lapsed), Some(false)), (with(&Certificate::default()), Some(true)), (with(&renewed), None)]
        {
            let day = Some(date("2026-10-30"));
            let both = told_by_both(&task, &with(&renewed), &older, day);
            let person = standing(&both.auxiliaries[&"X1".into()], day);
            assert_eq!((!person.standing_unknown).then_some(person.certificate_valid), valid);
            assert_eq!(supervises(&both.officers[&"O1".into()], day), valid);
        }
        assert_eq!(told_by_both(&task, &Roster::default(), &with(&lapsed), None), Roster::default(), "gone is gone");
    }

    #[test]
    fn officers_who_are_out_of_service_supervise_nothing_from_that_day() {
        let certificate = Certificate { number: "1".into(), from: Some(date("2020-01-01")), until: None };
        let officer = Officer { certificate: Some(certificate), ..Officer::default() };
        let on = |officer: &Officer, day| supervises(officer, Some(date(day)));
        assert_eq!(on(&officer, "2026-11-20"), Some(true));
        assert_eq!(on(&officer, "2019-12-31"), None, "of what was before it nothing is known");
        for status in [Status::Departed, Status::Suspended] {
            let undated = Officer { status: Some(status), ..officer.clone() };
            assert_eq!((on(&undated, "2020-01-01"), supervises(&undated, None)), (Some(false), Some(false)));
            for (left_on, status_since) in [(Some(date("2026-11-20")), None), (None, Some(date("2026-11-20")))] {
                let dated = Officer { status_since, left_on, ..undated.clone() };
                assert_eq!((on(&dated, "2026-11-19"), on(&dated, "2026-11-20")), (Some(true), Some(false)));
            }
        }
        let date_alone = Officer { left_on: Some(date("2026-11-20")), ..officer.clone() };
        assert_eq!((on(&date_alone, "2026-11-19"), on(&date_alone, "2026-11-20")), (Some(true), Some(false)));
        let back = Officer { status_since: Some(date("2026-11-20")), ..officer };
        assert_eq!((on(&back, "2026-11-19"), on(&back, "2026-11-20")), (None, Some(true)));
    }
}
