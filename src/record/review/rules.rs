//! The rules of steps, as data: step × role × relation to the task × what must stand before it.
//!
//! They are numbered. Released ones never change: a step is read by the rules that held where it
//! stands in the log.

use super::Stage;
use crate::{Decision, Role};

/// Number of the newest rules.
pub const NEWEST: u16 = 2;

/// What someone does about a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Logs or plans a task, amends or annuls one, attaches something.
    Record,
    /// Takes a step of its review.
    Decide(Decision),
    /// Takes down an auxiliary's statement.
    TakeStatement,
    /// Records a verdict given again.
    Rejudge,
}

impl Step {
    /// All steps.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Record, Self::TakeStatement, Self::Rejudge]
            .into_iter()
            .chain(Decision::ALL.into_iter().map(Self::Decide))
    }
}

/// What must stand before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// An auxiliary was asked for a statement.
    Asked,
    /// A finding that the auxiliary answers for.
    Answerable,
    /// Facts, evidence, and the auxiliary heard (第三十条).
    Process,
    /// The same, where a finding is one that an auxiliary answers for.
    ProcessIfAnswerable,
    /// Somebody else took the decision that stands.
    Another,
}

/// To whom a step is open, and after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The step.
    pub step: Step,
    /// Roles that take it.
    pub roles: &'static [Role],
    /// Whether it is open also to whoever is named in the task, logged, planned or arranged it.
    pub own: bool,
    /// Where the review must stand.
    pub stages: &'static [Stage],
    /// What must be on record.
    pub needs: &'static [Need],
}

const ANYONE: &[Role] = &Role::ALL;
/// Auditor, legal bureau and clerk write nothing about tasks.
const FIELD: &[Role] = &[Role::Officer, Role::Supervisor, Role::Admin];

const ALWAYS: &[Stage] = &[Stage::Nothing, Stage::Undecided, Stage::Confirmed, Stage::Dismissed];
const UNDECIDED: &[Stage] = &[Stage::Undecided];
/// What was confirmed may have to be followed up: 责令改正, later 退回.
const FOLLOWED_UP: &[Stage] = &[Stage::Undecided, Stage::Confirmed];
const DECIDED: &[Stage] = &[Stage::Confirmed, Stage::Dismissed];

const fn rule(step: Step, roles: &'static [Role], own: bool, stages: &'static [Stage], needs: &'static [Need]) -> Rule {
    Rule { step, roles, own, stages, needs }
}

/// Of 0.1.0: whoever logged or planned a task only notes and proposes.
const FIRST: &[Rule] = &[
    rule(Step::Record, ANYONE, true, ALWAYS, &[]),
    rule(Step::Rejudge, ANYONE, true, ALWAYS, &[]),
    rule(Step::TakeStatement, ANYONE, true, ALWAYS, &[]),
    rule(Step::Decide(Decision::Note), ANYONE, true, ALWAYS, &[]),
    rule(Step::Decide(Decision::Propose), ANYONE, true, ALWAYS, &[]),
    rule(Step::Decide(Decision::Facts), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Evidence), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Statement), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Confirm), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Dismiss), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::OrderCorrection), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Criticise), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::ReturnToCompany), ANYONE, false, ALWAYS, &[]),
    rule(Step::Decide(Decision::Transfer), ANYONE, false, ALWAYS, &[]),
];

const MEASURE: &[Need] = &[Need::Answerable, Need::Process];

const SECOND: &[Rule] = &[
    rule(Step::Record, FIELD, true, ALWAYS, &[]),
    rule(Step::Rejudge, FIELD, true, ALWAYS, &[]),
    rule(Step::TakeStatement, FIELD, false, FOLLOWED_UP, &[Need::Asked]),
    rule(Step::Decide(Decision::Note), FIELD, true, ALWAYS, &[]),
    rule(Step::Decide(Decision::Propose), FIELD, true, UNDECIDED, &[]),
    rule(Step::Decide(Decision::Facts), FIELD, false, FOLLOWED_UP, &[]),
    rule(Step::Decide(Decision::Evidence), FIELD, false, FOLLOWED_UP, &[]),
    rule(Step::Decide(Decision::Statement), FIELD, false, FOLLOWED_UP, &[]),
    rule(Step::Decide(Decision::Confirm), FIELD, false, UNDECIDED, &[Need::ProcessIfAnswerable]),
    rule(Step::Decide(Decision::Dismiss), FIELD, false, UNDECIDED, &[]),
    rule(Step::Decide(Decision::OrderCorrection), FIELD, false, FOLLOWED_UP, MEASURE),
    rule(Step::Decide(Decision::Criticise), FIELD, false, FOLLOWED_UP, MEASURE),
    rule(Step::Decide(Decision::ReturnToCompany), FIELD, false, FOLLOWED_UP, MEASURE),
    rule(Step::Decide(Decision::Transfer), FIELD, false, FOLLOWED_UP, MEASURE),
    rule(Step::Decide(Decision::Reopen), FIELD, false, DECIDED, &[Need::Another]),
];

/// The rules of that number; the newest of one that this version does not know.
pub fn rules(number: u16) -> &'static [Rule] {
    if number <= 1 { FIRST } else { SECOND }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_one_rule() {
        for step in Step::all() {
            let of = |rules: &[Rule]| rules.iter().filter(|rule| rule.step == step).count();
            assert_eq!(of(SECOND), 1, "{step:?}");
            assert_eq!(of(FIRST), usize::from(step != Step::Decide(Decision::Reopen)), "{step:?}");
        }
    }
}
