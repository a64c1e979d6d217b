//! `auxlog review`: a review step on a flagged task, as the review screen takes it.

use auxlog_record::{AuxiliaryId, Clock as _, Decision, RecordId, Statement, SystemClock};
use auxlog_store::{Ledger, LedgerError, ReviewInput, TaskDetail};
use clap::{Args, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};

/// Which step on which task.
#[derive(Debug, Args)]
pub(crate) struct Review {
    #[arg(value_name = "TASK")]
    task: String,
    #[arg(long, value_enum)]
    decision: Step,
    #[arg(long, value_name = "TEXT", required_unless_present = "waived")]
    reason: Option<String>,
    #[arg(long, value_name = "TEXT")]
    measure: Option<String>,
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    #[arg(long)]
    acknowledged: bool,
    #[arg(long, conflicts_with = "reason")]
    waived: bool,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// [`Decision`] as the command line spells it: like the records' own words.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Step {
    Note,
    Propose,
    Confirm,
    Dismiss,
    Statement,
    OrderCorrection,
    Criticise,
    ReturnToCompany,
    Transfer,
    Facts,
    Evidence,
    Reopen,
    TakeStatement,
}

impl Step {
    /// As the command line spells it.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The decision that is recorded; `None` for a statement taken down.
    fn decision(self) -> Option<Decision> {
        Some(match self {
            Self::Note => Decision::Note,
            Self::Propose => Decision::Propose,
            Self::Confirm => Decision::Confirm,
            Self::Dismiss => Decision::Dismiss,
            Self::Statement => Decision::Statement,
            Self::OrderCorrection => Decision::OrderCorrection,
            Self::Criticise => Decision::Criticise,
            Self::ReturnToCompany => Decision::ReturnToCompany,
            Self::Transfer => Decision::Transfer,
            Self::Facts => Decision::Facts,
            Self::Evidence => Decision::Evidence,
            Self::Reopen => Decision::Reopen,
            Self::TakeStatement => return None,
        })
    }
}

impl Review {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let ledger = ledger::open(context, &self.whose)?;
        let refuse = |error| failed::ledger(&error, &context.words);
        let target = ledger
            .find(&self.task)
            .map_err(refuse)?
            .ok_or_else(|| Failure::usage(fl!(context.words.loader(), "ledger-no-task", id = self.task.clone())))?;
        let record = self.record(&ledger, target).map_err(refuse)?;
        let row = ledger.task(target).map_err(refuse)?.row;
        ledger.close();

        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "id": row.reference, "seq": record.seq, "writer": record.writer.to_string(),
                "decision": self.decision.name(), "status": row.status,
            }))?,
            Format::Table => {
                let status = context.words.terms().status(row.status);
                let (id, record) = (row.reference, record.to_string());
                results.line(&fl!(context.words.loader(), "review-done", id = id, record = record, status = status))?;
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }

    fn record(&self, ledger: &Ledger, target: RecordId) -> Result<RecordId, LedgerError> {
        let reason = self.reason.clone().unwrap_or_default();
        let person = self.person.as_deref().map(AuxiliaryId::from);
        let Some(decision) = self.decision.decision() else {
            let person =
                person.or_else(|| only(&ledger.task(target).ok()?)).ok_or(LedgerError::Missing { field: "person" })?;
            return self.take_statement(ledger, target, person);
        };
        ledger.review(&ReviewInput { target, decision, reason, measure: self.measure.clone(), against: person })
    }

    /// Takes down what the auxiliary says; an empty text is a waiver.
    fn take_statement(
        &self,
        ledger: &Ledger,
        target: RecordId,
        auxiliary: AuxiliaryId,
    ) -> Result<RecordId, LedgerError> {
        let text = self.reason.as_deref().unwrap_or_default().trim().to_owned();
        if text.is_empty() && !self.waived {
            return Err(LedgerError::Missing { field: "reason" });
        }
        if !self.acknowledged && !self.waived {
            return Err(LedgerError::Missing { field: "acknowledged" });
        }
        let given_at = SystemClock.now();
        ledger.statement(&Statement { target, auxiliary, text, acknowledged: true, given_at, based_on: Vec::new() })
    }
}

/// The task's auxiliary, where it names one alone.
fn only(task: &TaskDetail) -> Option<AuxiliaryId> {
    match &task.task.auxiliaries[..] {
        [only] => Some(only.id.clone()),
        _ => None,
    }
}
