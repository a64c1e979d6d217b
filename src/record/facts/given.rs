//! What a verdict was given on, kept with it so that it can be given again.

use auxlog_law::{Facts, Officers, Outcome, Person, Recusal, Rulebook, Status, Verdict};
use minicbor::{Decode, Encode};

use super::{Defaults, reduce};
use crate::{Roster, Task};

/// What was known of a task's people when it was judged. Everything else that a verdict reads stands
/// in the task itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Given {
    /// Size of the agency's log up to which its office's records were known; 0 where there is no
    /// office.
    #[n(0)]
    pub office: u64,
    /// Officers with a valid certificate, and all officers; `None` where they count as unstated.
    #[n(1)]
    pub officers: Option<(u8, u8)>,
    /// The auxiliaries, in the task's order.
    #[n(2)]
    pub people: Vec<Known>,
}

/// What was known of an auxiliary: [`Person`], with its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Known {
    /// Bits of what is or is not so, lowest first: known, certificate valid, other agency, qualified,
    /// under age, standing on the day unknown, agreement lapsed (the last two not before 0.2.0).
    #[n(0)]
    pub bits: u8,
    /// Standing.
    #[n(1)]
    pub status: Status,
    /// Pre-post training.
    #[n(2)]
    pub training: Outcome,
    /// Last assessment.
    #[n(3)]
    pub assessment: Outcome,
    /// Relation to the counterpart.
    #[n(4)]
    pub recusal: Recusal,
}

impl From<&Person> for Known {
    fn from(person: &Person) -> Self {
        let flags = [
            person.known,
            person.certificate_valid,
            person.other_agency,
            person.qualified,
            person.underage,
            person.standing_unknown,
            person.agreement_lapsed,
        ];
        Self {
            bits: (0..).zip(flags).map(|(bit, set)| u8::from(set) << bit).sum(),
            status: person.status,
            training: person.training,
            assessment: person.assessment,
            recusal: person.recusal,
        }
    }
}

impl From<&Known> for Person {
    fn from(known: &Known) -> Self {
        let set = |bit: u8| known.bits & (1 << bit) != 0;
        Self {
            known: set(0),
            certificate_valid: set(1),
            other_agency: set(2),
            qualified: set(3),
            underage: set(4),
            standing_unknown: set(5),
            agreement_lapsed: set(6),
            status: known.status,
            training: known.training,
            assessment: known.assessment,
            recusal: known.recusal,
        }
    }
}

impl Given {
    /// Keeps what was known.
    pub(super) fn of(facts: &Facts, office: u64) -> Self {
        let officers = match facts.officers {
            Officers::Unstated => None,
            Officers::Stated { valid, total } => Some((valid, total)),
        };
        Self { office, officers, people: facts.people.iter().map(Known::from).collect() }
    }

    /// Whether it is what these facts say of people and officers: then it gives what they give.
    pub fn is_of(&self, facts: &Facts) -> bool {
        *self == Self::of(facts, self.office)
    }

    /// The verdict on `task` once more, on what was known then. The rulebook must be the one that the
    /// verdict names.
    pub fn judge(&self, task: &Task, rulebook: &Rulebook) -> Verdict {
        let mut facts = reduce(rulebook, task, &Roster::default(), &Defaults::default()).facts;
        facts.officers = match self.officers {
            None => Officers::Unstated,
            Some((valid, total)) => Officers::Stated { valid, total },
        };
        facts.people = self.people.iter().map(Person::from).collect();
        let suggestion = task.said().map(|text| rulebook.suggest(text));
        rulebook.judge_task(&facts, suggestion.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Judging, judge};
    use crate::{Auxiliary, StatedAuxiliary, StatedOfficer};

    #[test]
    fn a_verdict_can_be_given_again_from_what_was_known() {
        for rulebook in [Rulebook::embedded(), Rulebook::released().first().expect("of 0.1.0")] {
            given_again(rulebook);
        }
    }

    fn given_again(rulebook: &Rulebook) {
        let mut roster = Roster::default();
        let suspended = Auxiliary { id: "X1".into(), status: Status::Suspended, ..Auxiliary::default() };
        roster.auxiliaries.insert("X1".into(), suspended);
        let task = Task {
            items: vec!["16.3:inventory".into()],
            text: Some(" 协助清点 ".into()),
            auxiliaries: vec![StatedAuxiliary { id: "X1".into(), ..StatedAuxiliary::default() }],
            officers: Some(vec![StatedOfficer { id: "O9".into(), ..StatedOfficer::default() }]),
            ..Task::default()
        };
        let Judging { reduced, verdict, .. } = judge(rulebook, &task, &roster, &Defaults::default());
        assert!(verdict.findings.iter().any(|finding| finding.rule == "person.suspended"), "{verdict:?}");
        let given = reduced.judged(verdict.clone(), 1, 7).given.expect("kept");
        let bytes = minicbor::to_vec(&given).expect("memory");
        let again: Given = minicbor::decode(&bytes).expect("reads");
        assert_eq!(again, given);
        assert_eq!(again.judge(&task, rulebook), verdict);
        for (n, known) in given.people.iter().enumerate() {
            assert_eq!(Known::from(&Person::from(known)), *known, "{n}");
        }
    }
}
