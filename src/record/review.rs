//! Which steps of a review are open to whom, and what each must say.
//!
//! Whoever logged or arranged a task may note and propose; another person decides (第二十四条).
//! A measure of 第二十九条 against an auxiliary is open only after the facts, the evidence and his
//! statement (陈述和申辩: offered, then given or waived) are on record (第三十条).

use auxlog_law::{Answerable, Finding};

use crate::fold::Status;
use crate::{AuxiliaryId, Decision, Event};

impl Decision {
    /// All steps, in the order in which a review takes them.
    pub const ALL: [Self; 11] = [
        Self::Note,
        Self::Propose,
        Self::Facts,
        Self::Evidence,
        Self::Statement,
        Self::Confirm,
        Self::Dismiss,
        Self::OrderCorrection,
        Self::Criticise,
        Self::ReturnToCompany,
        Self::Transfer,
    ];

    /// Whether whoever logged or arranged the task may take it too.
    pub fn is_open_to_all(self) -> bool {
        matches!(self, Self::Note | Self::Propose)
    }

    /// Whether it is one of the four measures of 第二十九条 against an auxiliary.
    pub fn is_measure(self) -> bool {
        matches!(self, Self::OrderCorrection | Self::Criticise | Self::ReturnToCompany | Self::Transfer)
    }

    /// Whether it must say more than its reason: to confirm, the measure taken; to order
    /// correction, what and by when; to criticise, before whom; to return, what makes it serious
    /// (情节严重的); to transfer, to which authority.
    pub fn needs_measure(self) -> bool {
        self == Self::Confirm || self.is_measure()
    }
}

/// Where the review of a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Nothing was found and it was not sampled: there is nothing to decide.
    Nothing,
    /// A finding, or a sample, awaits a decision.
    #[default]
    Undecided,
    /// The findings stand.
    Confirmed,
    /// The findings don't stand.
    Dismissed,
}

impl Stage {
    /// The stage of a task with this status; `sampled` when it was permitted and is to be looked
    /// at all the same.
    pub fn of(status: Status, sampled: bool) -> Self {
        match status {
            Status::Open | Status::Statement | Status::Incomplete => Self::Undecided,
            Status::Confirmed => Self::Confirmed,
            Status::Dismissed => Self::Dismissed,
            Status::Clear if sampled => Self::Undecided,
            Status::Clear | Status::Planned | Status::Annulled => Self::Nothing,
        }
    }
}

/// What decides which steps are open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub struct Standing {
    /// Whoever asks logged or arranged the task.
    pub own: bool,
    /// Where the review stands.
    pub stage: Stage,
    /// The facts are on record.
    pub facts: bool,
    /// The evidence is on record.
    pub evidence: bool,
    /// The auxiliary was asked for his statement.
    pub asked: bool,
    /// Whose statement was taken down and acknowledged, or waived.
    pub heard: Vec<AuxiliaryId>,
    /// Who answers for the findings, all taken together.
    pub answers: Vec<Answerable>,
}

impl Standing {
    /// Reads it from a task's findings and its records; of each record, whether it is without
    /// effect.
    pub fn of<'a>(
        own: bool,
        stage: Stage,
        findings: impl IntoIterator<Item = &'a Finding>,
        records: impl IntoIterator<Item = (&'a Event, bool)>,
    ) -> Self {
        let mut standing = Self { own, stage, ..Self::default() };
        for (event, _) in records.into_iter().filter(|(_, void)| !void) {
            match event {
                Event::ReviewStep(step) => match step.decision {
                    Decision::Facts => standing.facts = true,
                    Decision::Evidence => standing.evidence = true,
                    Decision::Statement => standing.asked = true,
                    _ => {}
                },
                Event::Statement(statement) if statement.acknowledged => {
                    standing.heard.push(statement.auxiliary.clone());
                }
                _ => {}
            }
        }
        standing.answers = findings.into_iter().flat_map(|finding| finding.answers.iter().copied()).collect();
        standing.answers.sort_unstable();
        standing.answers.dedup();
        standing
    }

    /// Whether `decision` is open, or why not; a measure, against this auxiliary (`None`: against
    /// anyone who was heard).
    ///
    /// # Errors
    /// The first reason that closes it.
    pub fn open(&self, decision: Decision, against: Option<&AuxiliaryId>) -> Result<(), Closed> {
        if decision == Decision::Note {
            return Ok(());
        }
        // What was confirmed may have to be followed up: 责令改正, later 退回.
        let follows_up = decision.is_measure() || matches!(decision, Decision::Facts | Decision::Evidence);
        match self.stage {
            Stage::Nothing => return Err(Closed::Nothing),
            Stage::Confirmed if follows_up || decision == Decision::Statement => {}
            Stage::Confirmed | Stage::Dismissed => return Err(Closed::Decided),
            Stage::Undecided => {}
        }
        if self.own && !decision.is_open_to_all() {
            return Err(Closed::Own);
        }
        if !decision.is_measure() {
            return Ok(());
        }
        let heard = against.map_or(!self.heard.is_empty(), |person| self.heard.contains(person));
        if !self.answers.contains(&Answerable::Auxiliary) {
            Err(Closed::NotHis)
        } else if !self.facts {
            Err(Closed::NoFacts)
        } else if !self.evidence {
            Err(Closed::NoEvidence)
        } else if !heard {
            Err(if self.asked { Closed::NotHeard } else { Closed::NotAsked })
        } else {
            Ok(())
        }
    }

    /// Whether a statement may be taken down, or why not.
    ///
    /// # Errors
    /// The first reason that closes it.
    pub fn open_statement(&self) -> Result<(), Closed> {
        self.open(Decision::Statement, None)?;
        if self.asked { Ok(()) } else { Err(Closed::NotAsked) }
    }
}

/// Why a step is not open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The officer logged or arranged the task himself.
    Own,
    /// The flag has been decided.
    Decided,
    /// Nothing was found.
    Nothing,
    /// The facts are not on record (第三十条, 事实清楚).
    NoFacts,
    /// The evidence is not on record (第三十条, 证据确凿).
    NoEvidence,
    /// Nobody was asked for a statement.
    NotAsked,
    /// The auxiliary has not been heard (第三十条).
    NotHeard,
    /// No finding is one that the auxiliary answers for.
    NotHis,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Moment, RecordId, ReviewStep, Statement};

    fn flagged() -> Standing {
        Standing { answers: vec![Answerable::Agency, Answerable::Auxiliary], ..Standing::default() }
    }

    /// Everything that a measure against X1 needs.
    fn ready() -> Standing {
        Standing { facts: true, evidence: true, asked: true, heard: vec!["X1".into()], ..flagged() }
    }

    fn open_steps(standing: &Standing) -> Vec<Decision> {
        Decision::ALL.into_iter().filter(|step| standing.open(*step, None).is_ok()).collect()
    }

    #[test]
    fn whoever_logged_the_task_may_only_note_and_propose() {
        let own = Standing { own: true, ..ready() };
        assert_eq!(open_steps(&own), [Decision::Note, Decision::Propose]);
        assert_eq!(own.open(Decision::Dismiss, None), Err(Closed::Own));
        assert_eq!(own.open_statement(), Err(Closed::Own));
    }

    #[test]
    fn a_measure_waits_for_facts_evidence_and_the_statement() {
        let x1 = AuxiliaryId::from("X1");
        for measure in Decision::ALL.into_iter().filter(|step| step.is_measure()) {
            let open = |standing: Standing| standing.open(measure, Some(&x1));
            assert_eq!(open(Standing { facts: false, ..ready() }), Err(Closed::NoFacts));
            assert_eq!(open(Standing { evidence: false, ..ready() }), Err(Closed::NoEvidence));
            assert_eq!(open(Standing { heard: Vec::new(), ..ready() }), Err(Closed::NotHeard));
            assert_eq!(open(Standing { heard: Vec::new(), asked: false, ..ready() }), Err(Closed::NotAsked));
            assert_eq!(open(ready()), Ok(()));
            assert_eq!(ready().open(measure, Some(&"X2".into())), Err(Closed::NotHeard), "another was heard");
            let arranger = Standing { answers: vec![Answerable::Agency], ..ready() };
            assert_eq!(open(arranger), Err(Closed::NotHis));
        }
        assert_eq!(flagged().open(Decision::Confirm, None), Ok(()), "no measure against a person");
    }

    #[test]
    fn after_a_dismissal_only_notes_are_added_and_after_a_confirmation_measures_too() {
        let dismissed = Standing { stage: Stage::Dismissed, ..ready() };
        assert_eq!(open_steps(&dismissed), [Decision::Note]);
        let confirmed = Standing { stage: Stage::Confirmed, ..ready() };
        assert_eq!(confirmed.open(Decision::ReturnToCompany, None), Ok(()));
        assert_eq!(confirmed.open(Decision::Dismiss, None), Err(Closed::Decided));
        let clear = Standing { stage: Stage::Nothing, ..ready() };
        assert_eq!(open_steps(&clear), [Decision::Note]);
    }

    #[test]
    fn it_is_read_from_the_records_that_have_effect() {
        let step = |decision| {
            let (target, based_on) = (RecordId::default(), Vec::new());
            let reason = "看过".to_owned();
            Event::ReviewStep(ReviewStep { target, based_on, decision, reason, measure: None, against: None })
        };
        let statement = |acknowledged| {
            Event::Statement(Statement {
                target: RecordId::default(),
                auxiliary: "X1".into(),
                text: String::new(),
                acknowledged,
                given_at: Moment("2026-11-23T09:30:00+08:00".parse().expect("a moment")),
                based_on: Vec::new(),
            })
        };
        let (facts, evidence) = (step(Decision::Facts), step(Decision::Evidence));
        let (asked, waived, unsigned) = (step(Decision::Statement), statement(true), statement(false));
        let records = [(&facts, false), (&evidence, true), (&asked, false), (&unsigned, false)];
        let standing = Standing::of(false, Stage::Undecided, [], records);
        assert_eq!((standing.facts, standing.evidence, standing.asked), (true, false, true));
        assert!(standing.heard.is_empty(), "not acknowledged");
        assert_eq!(Standing::of(false, Stage::Undecided, [], [(&waived, false)]).heard, ["X1".into()]);
    }
}
