//! Who may be sent for a duty now, and why not.
//!
//! The law decides: the duty is judged as if it were supervised as well as it can be, by two
//! officers with valid certificates on the scene. What still fires is about the person.

use auxlog_law::{Facts, Finding, Mode, Officers, Presence, Rulebook, Severity};
use auxlog_record::facts::{Defaults, Source, reduce};
use auxlog_record::{AgencyId, AuxiliaryId, Moment, Roster, StatedAuxiliary, Task};

/// Whether somebody may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitness {
    /// The verdict on sending him.
    pub severity: Severity,
    /// What stands against it, gravest first.
    pub against: Vec<Finding>,
}

/// Judges sending `person` for the duty `code` (`None`: for any that only asks who he is).
pub fn fitness(
    rulebook: &Rulebook,
    roster: &Roster,
    agency: &AgencyId,
    person: &AuxiliaryId,
    code: Option<&str>,
    now: Moment,
) -> Fitness {
    let task = Task {
        at: Some(now),
        agency: Some(agency.clone()),
        items: vec![code.unwrap_or("15.1:publicity").to_owned()],
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        auxiliaries: vec![StatedAuxiliary { id: person.clone(), ..StatedAuxiliary::default() }],
        ..Task::default()
    };
    let defaults = Defaults { source: Source::Roster, agency: Some(agency.clone()), today: Some(now.china_date()) };
    let reduced = reduce(rulebook, &task, roster, &defaults);
    let facts = Facts { officers: Officers::Stated { valid: 2, total: 2 }, legal_basis: true, ..reduced.facts };
    let verdict = rulebook.judge(&facts);
    Fitness { severity: verdict.verdict, against: verdict.findings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn of(person: &str, code: Option<&str>) -> Fitness {
        let shared = testing::shared();
        let roster = shared.roster();
        fitness(Rulebook::in_use(), &roster, &"A01".into(), &person.into(), code, shared.now)
    }

    #[test]
    fn somebody_in_good_standing_may_be_sent() {
        let fitness = of("X1", Some("16.2:site-verification"));
        assert_eq!((fitness.severity, fitness.against.len()), (Severity::Permitted, 0));
    }

    #[test]
    fn a_lapsed_certificate_bars_from_every_duty() {
        for code in [None, Some("15.2:patrol"), Some("16.2:site-verification")] {
            let fitness = of("X3", code);
            assert_eq!(fitness.severity, Severity::Improper);
            assert!(fitness.against.iter().any(|finding| finding.rule == "person.no-certificate"), "{code:?}");
        }
    }

    #[test]
    fn what_no_auxiliary_may_do_is_nobody_s() {
        assert_eq!(of("X1", Some("17.1:decision")).severity, Severity::Improper);
    }
}
