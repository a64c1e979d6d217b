//! What the rows on work certificates read of one.

use auxlog_record::Date;

use crate::rules::Stated;
use crate::standing::{failed, training};
use crate::{Dossier, Reading};

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
        ("inspection", if active && failed(certificate, &of("inspection"), day) { "failed" } else { "passed" }),
    ]
}
