//! `auxlog mask`: a record's body goes by order (personal-information law); its hash stays.

use auxlog_record::{Event, RecordId};
use auxlog_store::{Ledger, MaskOrder};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::words::Words;

/// Which record, by whose order.
#[derive(Debug, Args)]
pub(crate) struct Mask {
    #[arg(value_name = "RECORD")]
    record: String,
    #[arg(long)]
    all: bool,
    #[arg(long, value_name = "NO")]
    order: String,
    #[arg(long, value_name = "TEXT")]
    authority: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Mask {
    /// Records the order and erases what it names.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let words = &context.words;
        let ledger = ledger::open(context, &self.whose)?;
        let orders: Vec<MaskOrder> =
            self.targets(&ledger, words)?.into_iter().map(|target| self.order(target)).collect();
        let records = ledger.mask(&orders).map_err(|error| failed::ledger(&error, words))?;
        let enrolled = ledger.enrolment().is_some();
        ledger.close();
        let mut results = Results::new();
        match self.format {
            Format::Json => {
                let masked: Vec<String> = orders.iter().map(|order| order.target.to_string()).collect();
                let orders: Vec<String> = records.iter().map(ToString::to_string).collect();
                results.json(&json!({ "masked": masked, "orders": orders }))?;
            }
            Format::Table => {
                results.line(&fl!(words.loader(), "mask-done", count = orders.len()))?;
                if enrolled {
                    results.line(&fl!(words.loader(), "mask-done-sync"))?;
                }
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }

    fn order(&self, target: RecordId) -> MaskOrder {
        let (order, authority, reason) = (self.order.clone(), self.authority.clone(), self.reason.clone());
        MaskOrder { target, order, authority, reason }
    }

    fn targets(&self, ledger: &Ledger, words: &Words) -> Result<Vec<RecordId>, Failure> {
        let refuse = |error| failed::ledger(&error, words);
        let none = || Failure::usage(fl!(words.loader(), "ledger-no-task", id = self.record.clone()));
        let exact: Option<RecordId> = self.record.parse().ok();
        if self.all || exact.is_none() {
            let task = ledger.find(&self.record).map_err(refuse)?.ok_or_else(none)?;
            if !self.all {
                return Ok(vec![task]);
            }
            let history = ledger.task(task).map_err(refuse)?.history;
            let bodies = history.iter().filter(|entry| !matches!(entry.event, Event::Masked { .. }));
            return Ok(bodies.map(|entry| entry.id).collect());
        }
        Ok(exact.into_iter().collect())
    }
}
