//! A person's standing on a day, from the entries that name them; the row of an imported roster is the baseline
//! that they stand on.

use std::collections::BTreeMap;
use std::sync::Arc;

use auxlog_law::{Outcome, Status};
use auxlog_record::{Auxiliary, Certificate, Date, Datum, RecordId, Roster, Task};

use crate::{Dossier, Reading};

/// The registers by which [`as_of`] tells how somebody stands; what others say of them changes no verdict.
const TELLING: [&str; 5] = ["result", "certificate", "inspection", "agreement", "leaving"];

/// Whether entries of the register of that number tell how somebody stands.
pub fn tells_standing(register: u16) -> bool {
    crate::numbered(register).is_some_and(|register| TELLING.contains(&register.key.as_str()))
}

/// The people whom a task names as they stood on its day: what a verdict on it reads of a roster. `None` where no
/// register says anything of them that the roster doesn't.
pub fn people_on(entries: &dyn Reading, roster: &Roster, task: &Task, day: Date) -> Option<Roster> {
    if entries.is_empty() {
        return None;
    }
    let named = || task.auxiliaries.iter().filter_map(|stated| roster.auxiliaries.get(&stated.id));
    let told = |row: &Auxiliary| Some(as_of(row, entries, day)).filter(|person| person != row);
    let told: Vec<Auxiliary> = named().filter_map(told).collect();
    if told.is_empty() {
        return None;
    }
    let officers = task.officers.iter().flatten().filter_map(|stated| roster.officers.get_key_value(&stated.id));
    let mut few = Roster {
        version: roster.version,
        auxiliaries: named().map(|row| (row.id.clone(), row.clone())).collect(),
        officers: officers.map(|(id, officer)| (id.clone(), officer.clone())).collect(),
        ..Roster::default()
    };
    few.auxiliaries.extend(told.into_iter().map(|person| (person.id.clone(), person)));
    Some(few)
}

/// The person as they stood on a day, by the roster's row and the entries that count by then.
///
/// Of two words about one thing the later day's counts; a word without a day is the roster's and counts
/// least. A training passed after the day clears nothing, a certificate renewed later taints nothing.
pub fn as_of(row: &Auxiliary, entries: &dyn Reading, day: Date) -> Auxiliary {
    let mut person = row.clone();
    if entries.is_empty() {
        return person;
    }
    let of = |key: &str| entries.of_person(key, &row.id);
    if let Some((outcome, on)) = training(&of("result"), entries, day)
        && row.trained_on.is_none_or(|before| before <= on || day < before)
    {
        (person.training, person.trained_on) = (outcome, Some(on));
    }
    certificate(&mut person, &of("certificate"), &of("inspection"), day);
    if let Some(left) = left(&of("leaving"), day).filter(|left| person.left_on.is_none_or(|known| *left < known)) {
        (person.status, person.left_on) = (Status::Departed, Some(left));
    }
    if lapsed(&of("agreement"), day) {
        person.lapsed_on = Some(day);
    }
    person
}

/// The last day in service, where their leaving was approved and it lies before the day (第二十二条).
fn left(leavings: &[Arc<Dossier>], day: Date) -> Option<Date> {
    let approved = leavings.iter().filter(|one| !one.is_annulled() && matches!(one.state, "effective" | "closed"));
    approved.filter_map(|one| one.day_in("effective")).filter(|on| *on < day).min()
}

/// Whether agreements that cover them are on record, and none was in force on the day (第十条).
fn lapsed(agreements: &[Arc<Dossier>], day: Date) -> bool {
    // When it was entered says nothing of when it was signed.
    let signed = |one: &&Arc<Dossier>| !one.is_annulled() && one.state != "draft";
    let begun = |one: &Dossier| one.day_in("from").is_some_and(|from| from <= day);
    let mut known = agreements.iter().filter(signed).filter(|one| begun(one)).peekable();
    let in_force =
        |one: &Arc<Dossier>| one.state_on(day).key != "ended" && one.day_in("until").is_none_or(|until| day <= until);
    known.peek().is_some() && !known.any(in_force)
}

/// The newest pre-post training that they finished by the day.
pub(crate) fn training(results: &[Arc<Dossier>], entries: &dyn Reading, day: Date) -> Option<(Outcome, Date)> {
    let mut courses: BTreeMap<RecordId, Option<Date>> = BTreeMap::new();
    let mut newest = None;
    for result in results.iter().filter(|result| !result.is_annulled()) {
        let Some(id) = result.text("course").and_then(|id| id.parse().ok()) else { continue };
        let ended = *courses.entry(id).or_insert_with(|| {
            let course = entries.dossier(id).ok().flatten()?;
            let counts = !course.is_annulled() && course.get("pre_post").is_some_and(Datum::is_yes);
            counts.then(|| course.day_in("until")).flatten()
        });
        let Some(on) = ended.filter(|on| *on <= day) else { continue };
        let passed = result.get("passed").is_some_and(Datum::is_yes);
        let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
        newest = newest.max(Some((on, passed, outcome)));
    }
    newest.map(|(on, _, outcome)| (outcome, on))
}

/// The certificate that they held on the day. One that is suspended, lost or recalled, or whose inspection
/// failed, is none from that day on.
fn certificate(person: &mut Auxiliary, certificates: &[Arc<Dossier>], inspections: &[Arc<Dossier>], day: Date) {
    let issued = |one: &&Arc<Dossier>| !one.is_annulled() && one.day_in("from").is_some_and(|from| from <= day);
    let Some(newest) = certificates.iter().filter(issued).max_by_key(|one| (one.day_in("from"), one.id)) else {
        return;
    };
    let number = newest.text("no").unwrap_or_default();
    let of_roster = person.certificate.as_ref();
    // A certificate that the roster has been told of since is the newer word.
    let later = of_roster.is_some_and(|held| {
        auxlog_record::plain(&held.number) != auxlog_record::plain(number) && held.from > newest.day_in("from")
    });
    if later {
        return;
    }
    let holds = newest.state_on(day).key == "issued" && !failed(newest, inspections, day);
    person.certificate = holds.then(|| Certificate {
        number: number.to_owned(),
        from: newest.day_in("from"),
        until: newest.day_in("until"),
    });
}

/// Whether the newest inspection of a certificate by the day was failed, and nobody has reinstated it since.
pub(crate) fn failed(certificate: &Dossier, inspections: &[Arc<Dossier>], day: Date) -> bool {
    let id = certificate.id.to_string();
    let of_it = |one: &&Arc<Dossier>| {
        !one.is_annulled() && one.text("certificate") == Some(&id) && one.day_in("on").is_some_and(|on| on <= day)
    };
    let newest = inspections.iter().filter(of_it).max_by_key(|one| (one.day_in("on"), one.wall_ms, one.id));
    let Some(failed) = newest.filter(|one| one.text("conclusion") == Some("failed")) else { return false };
    let since = failed.day_in("on");
    let reinstated =
        |taken: &crate::Taken| taken.step.key == "reinstate" && taken.day() >= since && taken.day() <= Some(day);
    !certificate.taken.iter().any(reinstated)
}
