//! What the rows on assessment schemes, assessments and their use read (第二十六条).

use auxlog_record::{Date, Datum};

use crate::means::linked;
use crate::rules::Stated;
use crate::{Dossier, Reading};

/// What is assessed (第二十六条).
const CRITERIA: [&str; 4] = ["discipline", "work", "conduct", "learning"];

fn criteria(dossier: &Dossier) -> (&'static str, &'static str) {
    let all = CRITERIA.iter().all(|key| dossier.get(key).is_some());
    ("criteria", if all { "all" } else { "missing" })
}

pub(crate) fn scheme(_: &dyn Reading, scheme: &Dossier, _: Date) -> Stated {
    vec![criteria(scheme), linked(scheme.data.values())]
}

pub(crate) fn assessment(_: &dyn Reading, assessment: &Dossier, _: Date) -> Stated {
    vec![criteria(assessment), linked(assessment.get("why").into_iter())]
}

pub(crate) fn consequence(entries: &dyn Reading, consequence: &Dossier, _: Date) -> Stated {
    let ends = consequence.text("use") == Some("ending");
    let in_all = |register: &str| {
        let persons = consequence.persons();
        let stands = |person| {
            let of = entries.of_person(register, person);
            of.iter().any(|one| !one.is_annulled() && one.get("clause").is_some_and(Datum::is_yes))
        };
        !persons.is_empty() && persons.iter().all(stands)
    };
    let stands = !ends || (in_all("agreement") && in_all("contract"));
    let assessment = consequence.text("assessment").and_then(|id| entries.dossier(id.parse().ok()?).ok().flatten());
    let open = assessment.is_some_and(|assessment| assessment.state != "final");
    vec![("clause", if stands { "stands" } else { "missing" }), ("result", if open { "open" } else { "final" })]
}
