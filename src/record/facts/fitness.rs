//! Who may be sent, and why not.

use auxlog_law::{Facts, Finding, Mode, Officers, Person, Presence, Rulebook};

use super::standing;
use crate::{AgencyId, Auxiliary, Date};

/// What stands against sending `person` for `agency` on `day`, gravest first.
///
/// A duty is judged as if it were supervised as well as it can be, by two officers with valid
/// certificates on the scene. Without one only what they are themselves counts: whether they may work at all.
pub fn against(
    rulebook: &Rulebook,
    person: &Auxiliary,
    agency: &AgencyId,
    duty: Option<&str>,
    day: Date,
) -> Vec<Finding> {
    let facts = Facts {
        activities: duty.and_then(|code| rulebook.activity(code)).into_iter().collect(),
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        officers: Officers::Stated { valid: 2, total: 2 },
        legal_basis: true,
        people: vec![Person { other_agency: person.agency != *agency, ..standing(person, Some(day)) }],
        ..Facts::default()
    };
    let mut findings = rulebook.judge(&facts).findings;
    findings.retain(|finding| duty.is_some() || finding.person.is_some());
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certificate;

    fn rules(until: &str, agency: &str, duty: Option<&str>) -> Vec<String> {
        let day = |text: &str| Date(text.parse().expect("a date"));
        let certificate = Certificate { until: Some(day(until)), ..Certificate::default() };
        let person = Auxiliary { agency: "A01".into(), certificate: Some(certificate), ..Auxiliary::default() };
        let found = against(Rulebook::embedded(), &person, &agency.into(), duty, day("2026-11-23"));
        found.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn whoever_is_in_good_standing_may_be_sent_and_what_nobody_may_do_is_nobody_s() {
        for duty in [None, Some("15.2:patrol"), Some("16.2:site-verification"), Some("16.7:other-assistance")] {
            assert!(rules("2026-11-23", "A01", duty).is_empty(), "{duty:?}");
            assert_eq!(rules("2026-11-22", "A01", duty), ["person.no-certificate"], "{duty:?}");
            assert_eq!(rules("2026-11-23", "A02", duty), ["person.other-agency"], "{duty:?}");
        }
        assert_eq!(rules("2026-11-23", "A01", Some("17.1:decision")), ["prohibited.decision"]);
    }
}
