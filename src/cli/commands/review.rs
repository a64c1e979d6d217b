//! `auxlog review`: a review step on a flagged task, as the review screen takes it.

use auxlog_record::Decision;
use auxlog_store::ReviewInput;
use clap::{Args, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::refusal;

/// Which step on which task.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// The task: its own reference, or its record `writer:seq`.
    #[arg(value_name = "TASK")]
    task: String,
    /// The step.
    #[arg(long, value_enum)]
    decision: Step,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The measure taken.
    #[arg(long, value_name = "TEXT")]
    measure: Option<String>,
    #[command(flatten)]
    whose: Whose,
    /// The form of the result.
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
}

impl From<Step> for Decision {
    fn from(step: Step) -> Self {
        match step {
            Step::Note => Self::Note,
            Step::Propose => Self::Propose,
            Step::Confirm => Self::Confirm,
            Step::Dismiss => Self::Dismiss,
            Step::Statement => Self::Statement,
            Step::OrderCorrection => Self::OrderCorrection,
            Step::Criticise => Self::Criticise,
            Step::ReturnToCompany => Self::ReturnToCompany,
            Step::Transfer => Self::Transfer,
        }
    }
}

impl Review {
    /// Records the step.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let ledger = ledger::open(context, &self.whose)?;
        let refuse = |error| refusal::ledger(&error, &context.words);
        let target = ledger
            .find(&self.task)
            .map_err(refuse)?
            .ok_or_else(|| Failure::usage(fl!(context.words.loader(), "ledger-no-task", id = self.task.clone())))?;
        let step = ReviewInput {
            target,
            decision: self.decision.into(),
            reason: self.reason.clone(),
            measure: self.measure.clone(),
        };
        let record = ledger.review(&step).map_err(refuse)?;
        let row = ledger.task(target).map_err(refuse)?.row;
        ledger.close();

        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "id": row.reference, "seq": record.seq, "writer": record.writer.to_string(),
                "decision": step.decision, "status": row.status,
            }))?,
            Format::Table => {
                let status = crate::terms::status(row.status, &context.words);
                let (id, record) = (row.reference, record.to_string());
                results.line(&fl!(context.words.loader(), "review-done", id = id, record = record, status = status))?;
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}
