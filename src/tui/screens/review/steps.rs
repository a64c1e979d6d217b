//! Which steps of a review are open to whom, and what each must say.
//!
//! Whoever logged or arranged a task may note and propose; another person decides (第二十四条).
//! A measure against an auxiliary needs his statement to have been asked for and taken down, or
//! waived, before it (第三十条).

use auxlog_law::Answerable;
use auxlog_record::Decision;

/// A step that the review screen offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// One of the decisions of the record.
    Decide(Decision),
    /// Taking down what the auxiliary says.
    TakeStatement,
}

impl Step {
    /// All steps, in the order in which the screen lists them.
    pub const ALL: [Self; 10] = [
        Self::Decide(Decision::Note),
        Self::Decide(Decision::Propose),
        Self::Decide(Decision::Statement),
        Self::TakeStatement,
        Self::Decide(Decision::Confirm),
        Self::Decide(Decision::Dismiss),
        Self::Decide(Decision::OrderCorrection),
        Self::Decide(Decision::Criticise),
        Self::Decide(Decision::ReturnToCompany),
        Self::Decide(Decision::Transfer),
    ];

    /// Whether the step says what was done about it, beside the reason.
    pub fn needs_measure(self) -> bool {
        self == Self::Decide(Decision::Confirm)
    }

    /// Whether it is one of the four measures of 第二十九条.
    fn is_measure_against_auxiliary(self) -> bool {
        use Decision::{Criticise, OrderCorrection, ReturnToCompany, Transfer};
        matches!(self, Self::Decide(OrderCorrection | Criticise | ReturnToCompany | Transfer))
    }
}

/// How far the auxiliary's statement (陈述和申辩) has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hearing {
    /// He was not asked.
    #[default]
    NotAsked,
    /// He was asked, nothing was taken down yet.
    Asked,
    /// It was taken down, or he waived it.
    Taken,
}

/// What the offers depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The officer at the screen logged or arranged the task.
    pub own: bool,
    /// The task has been decided (or was never flagged).
    pub closed: bool,
    /// The auxiliary's statement.
    pub hearing: Hearing,
    /// Who answers for the findings, all taken together.
    pub answers: Vec<Answerable>,
}

/// Why a step is not open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The officer logged or arranged the task himself.
    Own,
    /// The flag has been decided.
    Decided,
    /// Nobody was asked for a statement.
    NotAsked,
    /// The auxiliary has not been heard (第三十条).
    NotHeard,
    /// No finding is one that the auxiliary answers for.
    NotHis,
}

/// Whether `step` is open, or why not.
///
/// # Errors
/// The first reason that closes it.
pub fn open(step: Step, standing: &Standing) -> Result<(), Closed> {
    use Decision::{Note, Propose, Statement};
    let auxiliary_answers = standing.answers.contains(&Answerable::Auxiliary);
    match step {
        Step::Decide(Note) => Ok(()),
        _ if standing.closed => Err(Closed::Decided),
        Step::Decide(Propose) => Ok(()),
        _ if standing.own => Err(Closed::Own),
        Step::TakeStatement if standing.hearing == Hearing::NotAsked => Err(Closed::NotAsked),
        Step::TakeStatement | Step::Decide(Statement) => Ok(()),
        _ if step.is_measure_against_auxiliary() && !auxiliary_answers => Err(Closed::NotHis),
        _ if step.is_measure_against_auxiliary() && standing.hearing != Hearing::Taken => Err(Closed::NotHeard),
        Step::Decide(_) => Ok(()),
    }
}

/// What a written step still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The reason.
    Reason,
    /// The measure taken.
    Measure,
    /// The auxiliary's acknowledgement of what was taken down.
    Acknowledgement,
}

/// What was written for a step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The reason, or the words of the statement (empty when the auxiliary waives it).
    pub words: String,
    /// The measure taken.
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

    fn flagged() -> Standing {
        Standing { answers: vec![Answerable::Agency, Answerable::Auxiliary], ..Standing::default() }
    }

    fn offered(standing: &Standing) -> Vec<Step> {
        Step::ALL.into_iter().filter(|step| open(*step, standing).is_ok()).collect()
    }

    #[test]
    fn whoever_logged_the_task_may_only_note_and_propose() {
        let own = Standing { own: true, hearing: Hearing::Taken, ..flagged() };
        assert_eq!(offered(&own), [Step::Decide(Decision::Note), Step::Decide(Decision::Propose)]);
        assert_eq!(open(Step::Decide(Decision::Dismiss), &own), Err(Closed::Own));
    }

    #[test]
    fn a_measure_against_the_auxiliary_waits_for_his_statement() {
        let order = Step::Decide(Decision::OrderCorrection);
        assert_eq!(open(order, &flagged()), Err(Closed::NotHeard));
        assert_eq!(open(order, &Standing { hearing: Hearing::Asked, ..flagged() }), Err(Closed::NotHeard));
        assert_eq!(open(order, &Standing { hearing: Hearing::Taken, ..flagged() }), Ok(()));
    }

    #[test]
    fn what_the_agency_answers_for_is_no_ground_for_a_measure_against_the_auxiliary() {
        let standing = Standing { answers: vec![Answerable::Agency], hearing: Hearing::Taken, ..Standing::default() };
        assert_eq!(open(Step::Decide(Decision::Criticise), &standing), Err(Closed::NotHis));
        assert_eq!(open(Step::Decide(Decision::Confirm), &standing), Ok(()));
    }

    #[test]
    fn a_statement_is_taken_down_once_it_was_asked_for() {
        assert_eq!(open(Step::TakeStatement, &flagged()), Err(Closed::NotAsked));
        assert_eq!(open(Step::TakeStatement, &Standing { hearing: Hearing::Asked, ..flagged() }), Ok(()));
    }

    #[test]
    fn after_the_decision_only_notes_are_added() {
        let closed = Standing { closed: true, ..flagged() };
        assert_eq!(offered(&closed), [Step::Decide(Decision::Note)]);
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
        assert_eq!(lack(Step::Decide(Decision::Dismiss), &written("误记", "")), None);
        assert_eq!(lack(Step::TakeStatement, &written("", "")), Some(Lack::Acknowledgement));
        let waived = Written { acknowledged: true, ..Written::default() };
        assert_eq!(lack(Step::TakeStatement, &waived), None, "he may waive it, but must acknowledge that");
    }
}
