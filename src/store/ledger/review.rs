//! Review steps and statements.

use auxlog_law::Severity;
use auxlog_record::{Decision, Event, RecordId, ReviewStep, Statement};

use super::Ledger;
use super::log::required;
use crate::{LedgerError, ReviewInput};

impl Ledger {
    /// Takes a review step. Whoever logged or planned the task may only note and propose;
    /// another officer decides. To confirm, the measure taken is named.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::OwnTask`], [`LedgerError::NothingToDecide`],
    /// [`LedgerError::Missing`], [`LedgerError::NotSaved`].
    pub fn review(&self, step: &ReviewInput) -> Result<RecordId, LedgerError> {
        let (_, view) = self.view(step.target)?;
        let reason = required("reason", &step.reason)?;
        let measure = step.measure.as_deref().map(str::trim).filter(|measure| !measure.is_empty()).map(str::to_owned);
        if !matches!(step.decision, Decision::Note | Decision::Propose) {
            if !view.may_decide(&self.reader.author) {
                return Err(LedgerError::OwnTask { officer: self.identity().officer.clone() });
            }
            if view.worst == Severity::Permitted {
                return Err(LedgerError::NothingToDecide { id: step.target });
            }
        }
        if step.decision == Decision::Confirm && measure.is_none() {
            return Err(LedgerError::Missing { field: "measure" });
        }
        self.record(&Event::ReviewStep(ReviewStep {
            target: step.target,
            based_on: view.heads(),
            decision: step.decision,
            reason,
            measure,
        }))
    }

    /// Takes down an auxiliary's statement and defence (第三十条); what it is based on is filled in.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::NotNamed`] when the task does not name him,
    /// [`LedgerError::NotSaved`].
    pub fn statement(&self, statement: &Statement) -> Result<RecordId, LedgerError> {
        let (_, view) = self.view(statement.target)?;
        let named = view.task.auxiliaries.iter().chain(&view.original.auxiliaries);
        if !named.into_iter().any(|person| person.id == statement.auxiliary) {
            return Err(LedgerError::NotNamed { person: statement.auxiliary.clone() });
        }
        self.record(&Event::Statement(Statement { based_on: view.heads(), ..statement.clone() }))
    }
}
