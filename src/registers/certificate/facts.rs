//! What the rows on work certificates read of one.

use std::sync::Arc;

use auxlog_record::{Date, Datum};
use chrono::Months;

use crate::rules::Stated;
use crate::standing::{failed, training};
use crate::{Dossier, Reading};

/// The last day for the next inspection, by the interval that the agency set; `None` where it set none.
pub(crate) fn inspection_due(entries: &dyn Reading, certificate: &Dossier, day: Date) -> Option<Date> {
    let set = crate::named("interval").and_then(|register| entries.dossiers(register, None).ok()).unwrap_or_default();
    let in_force = |one: &&Arc<Dossier>| {
        !one.is_annulled() && one.state_on(day).key == "in_force" && one.day_in("from").is_some_and(|from| from <= day)
    };
    let set = set.iter().filter(in_force).max_by_key(|one| (one.day_in("from"), one.wall_ms, one.id))?;
    let Some(Datum::Number(months)) = set.get("months") else { return None };
    let months = u32::try_from(*months).ok().filter(|months| *months > 0)?;
    if certificate.state_on(day).key != "issued" {
        return None;
    }
    let id = certificate.id.to_string();
    let inspections = certificate.persons().first().map(|person| entries.of_person("inspection", person));
    let of_it =
        |one: &Arc<Dossier>| (!one.is_annulled() && one.text("certificate") == Some(&id)).then(|| one.day_in("on"));
    let inspected = inspections.iter().flatten().filter_map(of_it).flatten().filter(|on| *on <= day);
    let last = inspected.chain(certificate.day_in("from")).max()?;
    let due = last.0.checked_add_months(Months::new(months)).map(Date)?;
    // Before it was set nothing was due.
    Some(due.max(set.day_in("from")?))
}

pub(crate) fn facts(entries: &dyn Reading, certificate: &Dossier, day: Date) -> Stated {
    let persons = certificate.persons();
    let of = |register: &str| persons.first().map(|person| entries.of_person(register, person)).unwrap_or_default();
    let issued = certificate.day_in("from").unwrap_or(day);
    let row = persons.first().and_then(|person| entries.roster().auxiliaries.get(person).cloned());
    let on_roster = row.is_some_and(|row| {
        row.training == auxlog_law::Outcome::Passed && row.trained_on.is_none_or(|trained| trained <= issued)
    });
    let passed = training(&of("result"), entries, issued).map(|(outcome, _)| outcome == auxlog_law::Outcome::Passed);
    let design = certificate.text("design").and_then(|id| entries.dossier(id.parse().ok()?).ok().flatten());
    let said = |design: &Dossier, key: &str| design.text(key).is_some_and(|text| !text.trim().is_empty());
    let same = design.is_some_and(|design| !said(&design, "difference") || !said(&design, "approved"));
    let active = certificate.state_on(day).key == "issued";
    vec![
        ("training", if passed.unwrap_or(on_roster) { "passed" } else { "missing" }),
        ("design", if same { "same" } else { "distinct" }),
        (
            "due",
            if inspection_due(entries, certificate, day).is_some_and(|due| due < day) { "overdue" } else { "none" },
        ),
        ("inspection", if active && failed(certificate, &of("inspection"), day) { "failed" } else { "passed" }),
    ]
}
