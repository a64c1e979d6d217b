//! The steps that the review screen offers, and what each must say.
//!
//! Which of them are open to whom is the record's matter: [`auxlog_record::review`].

use auxlog_record::Decision;
use auxlog_record::review::{Closed, ReviewStanding};

/// A step that the review screen offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// One of the decisions of the record.
    Decide(Decision),
    /// Taking down what the auxiliary says.
    TakeStatement,
}

impl Step {
    /// All steps, in the order in which the screen lists them: that of a review.
    pub const ALL: [Self; 13] = [
        Self::Decide(Decision::Note),
        Self::Decide(Decision::Propose),
        Self::Decide(Decision::Facts),
        Self::Decide(Decision::Evidence),
        Self::Decide(Decision::Statement),
        Self::TakeStatement,
        Self::Decide(Decision::Confirm),
        Self::Decide(Decision::Dismiss),
        Self::Decide(Decision::OrderCorrection),
        Self::Decide(Decision::Criticise),
        Self::Decide(Decision::ReturnToCompany),
        Self::Decide(Decision::Transfer),
        Self::Decide(Decision::Reopen),
    ];

    /// Whether it says more than its reason.
    pub fn needs_measure(self) -> bool {
        matches!(self, Self::Decide(decision) if decision.needs_measure())
    }

    /// Whether it concerns one of the task's auxiliaries.
    pub fn needs_person(self) -> bool {
        match self {
            Self::Decide(decision) => decision.is_measure(),
            Self::TakeStatement => true,
        }
    }

    /// The step that a draft calls `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Its name in a draft.
    pub fn name(self) -> &'static str {
        match self {
            Self::TakeStatement => "take_statement",
            Self::Decide(decision) => match decision {
                Decision::Note => "note",
                Decision::Propose => "propose",
                Decision::Confirm => "confirm",
                Decision::Dismiss => "dismiss",
                Decision::Statement => "statement",
                Decision::OrderCorrection => "order_correction",
                Decision::Criticise => "criticise",
                Decision::ReturnToCompany => "return_to_company",
                Decision::Transfer => "transfer",
                Decision::Facts => "facts",
                Decision::Evidence => "evidence",
                Decision::Reopen => "reopen",
            },
        }
    }
}

/// Whether `step` is open, or why not.
///
/// # Errors
/// The first reason that closes it.
pub fn open(step: Step, standing: &ReviewStanding) -> Result<(), Closed> {
    match step {
        Step::Decide(decision) => standing.open(decision, None),
        Step::TakeStatement => standing.open_statement(),
    }
}

/// What a written step still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The reason.
    Reason,
    /// What the step carries beside it.
    Measure,
    /// The auxiliary's acknowledgement of what was taken down.
    Acknowledgement,
}

/// What was written for a step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The reason, or the words of the statement (empty when the auxiliary waives it).
    pub words: String,
    /// What the step carries beside it.
    pub measure: String,
    /// The auxiliary acknowledged what was taken down.
    pub acknowledged: bool,
}

/// The first thing that `written` lacks for `step`.
pub fn lack(step: Step, written: &Written) -> Option<Lack> {
    let said = !written.words.trim().is_empty();
    match step {
        Step::TakeStatement => (!written.acknowledged).then_some(Lack::Acknowledgement),
        Step::Decide(_) if !said => Some(Lack::Reason),
        Step::Decide(_) if step.needs_measure() && written.measure.trim().is_empty() => Some(Lack::Measure),
        Step::Decide(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decision_of_the_record_is_offered() {
        for decision in Decision::ALL {
            assert!(Step::ALL.contains(&Step::Decide(decision)), "{decision:?}");
        }
        assert_eq!(Step::ALL.len(), Decision::ALL.len() + 1, "and taking down a statement");
    }

    #[test]
    fn a_draft_finds_every_step_again() {
        for step in Step::ALL {
            assert_eq!(Step::named(step.name()), Some(step));
        }
        assert_eq!(Step::named("something else"), None);
    }

    #[test]
    fn each_step_says_what_the_record_needs() {
        let written = |words: &str, measure: &str| Written {
            words: words.to_owned(),
            measure: measure.to_owned(),
            ..Written::default()
        };
        let confirm = Step::Decide(Decision::Confirm);
        assert_eq!(lack(confirm, &written(" ", "")), Some(Lack::Reason));
        assert_eq!(lack(confirm, &written("属实", "")), Some(Lack::Measure));
        assert_eq!(lack(confirm, &written("属实", "当场纠正")), None);
        assert_eq!(lack(Step::Decide(Decision::Transfer), &written("涉嫌犯罪", "")), Some(Lack::Measure));
        assert_eq!(lack(Step::Decide(Decision::Dismiss), &written("误记", "")), None);
        assert_eq!(lack(Step::TakeStatement, &written("", "")), Some(Lack::Acknowledgement));
        let waived = Written { acknowledged: true, ..Written::default() };
        assert_eq!(lack(Step::TakeStatement, &waived), None, "they may waive it, but must acknowledge that");
    }
}
