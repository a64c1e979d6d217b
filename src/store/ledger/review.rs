//! Review steps and statements.

use auxlog_record::fold::TaskView;
use auxlog_record::review::Closed;
use auxlog_record::{AuxiliaryId, Event, RecordId, ReviewStep, Statement};

use super::Ledger;
use super::log::required;
use crate::{LedgerError, ReviewInput};

impl Ledger {
    /// Takes a review step. Whoever logged or planned the task may only note and propose;
    /// another officer decides, and a measure of 第二十九条 needs facts, evidence and statement
    /// on record before it (第三十条).
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::OwnTask`], [`LedgerError::NothingToDecide`],
    /// [`LedgerError::NotOpen`], [`LedgerError::NotNamed`], [`LedgerError::Missing`],
    /// [`LedgerError::NotSaved`].
    pub fn review(&self, step: &ReviewInput) -> Result<RecordId, LedgerError> {
        let (_, view) = self.view(step.target)?;
        let reason = required("reason", &step.reason)?;
        let measure = step.measure.as_deref().map(str::trim).filter(|measure| !measure.is_empty()).map(str::to_owned);
        let against = if step.decision.is_measure() { Some(against(&view, step.against.as_ref())?) } else { None };
        let standing = view.standing(&self.reader.author);
        standing.open(step.decision, against.as_ref()).map_err(|why| self.closed(step.target, why))?;
        if step.decision.needs_measure() && measure.is_none() {
            return Err(LedgerError::Missing { field: "measure" });
        }
        self.keep_rules()?;
        self.say(&Event::ReviewStep(ReviewStep {
            target: step.target,
            based_on: view.heads(),
            decision: step.decision,
            reason,
            measure,
            against,
        }))
    }

    /// Takes down an auxiliary's statement and defence (第三十条); what it is based on is filled in.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::NotNamed`] when the task does not name them,
    /// [`LedgerError::OwnTask`], [`LedgerError::NotOpen`] when they were not asked, and
    /// [`LedgerError::NotSaved`].
    pub fn statement(&self, statement: &Statement) -> Result<RecordId, LedgerError> {
        let (_, view) = self.view(statement.target)?;
        named(&view, &statement.auxiliary)?;
        let standing = view.standing(&self.reader.author);
        standing.open_statement().map_err(|why| self.closed(statement.target, why))?;
        self.keep_rules()?;
        self.say(&Event::Statement(Statement { based_on: view.heads(), ..statement.clone() }))
    }

    fn closed(&self, id: RecordId, why: Closed) -> LedgerError {
        match why {
            Closed::Own => LedgerError::OwnTask { officer: self.identity().officer.clone() },
            Closed::Nothing => LedgerError::NothingToDecide { id },
            why => LedgerError::NotOpen { id, why },
        }
    }
}

/// Whom a measure is taken against: whoever is named, or the only auxiliary of the task.
fn against(view: &TaskView, stated: Option<&AuxiliaryId>) -> Result<AuxiliaryId, LedgerError> {
    if let Some(person) = stated {
        named(view, person)?;
        return Ok(person.clone());
    }
    match &view.task.auxiliaries[..] {
        [only] => Ok(only.id.clone()),
        _ => Err(LedgerError::Missing { field: "person" }),
    }
}

/// Refuses whoever the task does not name.
fn named(view: &TaskView, person: &AuxiliaryId) -> Result<(), LedgerError> {
    let mut all = view.task.auxiliaries.iter().chain(&view.original().auxiliaries);
    if all.any(|stated| stated.id == *person) { Ok(()) } else { Err(LedgerError::NotNamed { person: person.clone() }) }
}
