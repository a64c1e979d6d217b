//! Judging a task with the facts of the roster.

use auxlog_law::Rulebook;
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{Task, TaskProblem};
use auxlog_registers::people_on;

use super::Reader;
use crate::{Judgement, LedgerError};

impl Reader {
    /// Judges `task` without storing it: people's facts from the roster, a suggestion from the
    /// text. A task without a reference or a time is judged as it would be logged now.
    pub fn judge(&self, task: &Task) -> Judgement {
        self.judge_by(self.rulebooks.in_force_at(task.at.map(|at| at.0)), task)
    }

    /// Judges `task` by one rulebook.
    pub(super) fn judge_by(&self, rulebook: &Rulebook, task: &Task) -> Judgement {
        let day = task.at.map_or_else(|| self.today_date(), auxlog_record::Moment::china_date);
        let roster = self.roster();
        let told = people_on(self, &roster, task, day);
        let roster = told.as_ref().unwrap_or(&roster);
        let defaults = Defaults {
            source: Source::Roster,
            agency: Some(self.identity.agency.clone()),
            today: Some(self.today_date()),
        };
        let Judging { reduced, suggestion, verdict } = judge(rulebook, task, roster, &defaults);
        let facts = reduced.facts.clone();
        Judgement {
            judged: reduced.judged(verdict, roster.version, self.index().authority().position()),
            suggestion,
            facts,
        }
    }

    /// What keeps a task from being stored as done: a time that lies ahead.
    ///
    /// # Errors
    /// [`LedgerError::BadTask`] with each such time.
    pub fn validate_done(&self, task: &Task) -> Result<(), LedgerError> {
        task.validate_done(self.clock.now()).map_err(|problems| LedgerError::BadTask { problems })
    }

    /// What keeps a task from being stored.
    ///
    /// # Errors
    /// [`LedgerError::BadTask`] with everything that is wrong with it.
    pub fn validate(&self, task: &Task) -> Result<(), LedgerError> {
        let rulebook = self.rulebooks.in_force_at(task.at.map(|at| at.0));
        task.validate(|code| rulebook.activity(code))
            .map_err(|problems: Vec<TaskProblem>| LedgerError::BadTask { problems })
    }
}
