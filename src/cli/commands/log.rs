//! `auxlog log`: records tasks, acknowledging each once it is durable.

use std::path::PathBuf;

use auxlog_record::Task;
use auxlog_store::{Ledger, LedgerError};
use clap::Args;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::input::Lines;
use crate::ledger::{self, Whose};
use crate::output::Results;
use crate::{failed, task_line};

/// Most tasks that are made durable together; more would keep a reader waiting.
const BATCH: usize = 256;

#[derive(Debug, Args)]
pub(crate) struct Log {
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
}

impl Log {
    /// Records each line's task and prints its acknowledgement.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let mut lines = Lines::open(context, &self.file)?;
        let ledger = ledger::open(context, &self.whose)?;
        let mut exit = Exit::Done;
        let mut results = Results::new();
        let outcome = loop {
            match batch(context, &mut lines, &mut exit) {
                Ok(batch) if batch.is_empty() => break Ok(()),
                Ok(batch) => {
                    if let Err(failure) = store(context, &ledger, &lines, batch, &mut results, &mut exit) {
                        break Err(failure);
                    }
                }
                Err(failure) => break Err(failure),
            }
        };
        ledger.close();
        outcome.map(|()| exit)
    }
}

/// The next tasks: those that have arrived already, so that who writes one line at a time hears
/// of each at once. Empty at the end of the input.
fn batch(context: &Context, lines: &mut Lines<'_>, exit: &mut Exit) -> Result<Vec<(usize, Task)>, Failure> {
    let book = context.words.rulebook();
    let mut batch = Vec::new();
    while batch.is_empty() || (batch.len() < BATCH && lines.has_arrived()) {
        let Some(line) = lines.next()? else { break };
        let number = line.number;
        match line.text.map(|text| task_line::read(&text, |code| book.activity(code))) {
            Ok(Ok(task)) => batch.push((number, task)),
            Ok(Err(problems)) => {
                *exit = Exit::Usage;
                for problem in problems {
                    lines.complain(number, &problem.words(&context.words));
                }
            }
            Err(no_text) => {
                *exit = Exit::Usage;
                lines.complain(number, &no_text);
            }
        }
    }
    Ok(batch)
}

fn store(
    context: &Context,
    ledger: &Ledger,
    lines: &Lines<'_>,
    batch: Vec<(usize, Task)>,
    results: &mut Results,
    exit: &mut Exit,
) -> Result<(), Failure> {
    let (numbers, tasks): (Vec<usize>, Vec<Task>) = batch.into_iter().unzip();
    for (number, answer) in numbers.into_iter().zip(ledger.log(&tasks)) {
        match answer {
            Ok(ack) => {
                results.json(&json!({ "id": ack.reference, "seq": ack.id.seq, "verdict": ack.verdict }))?;
            }
            Err(error) => {
                let failure = failed::ledger(&error, &context.words);
                if matches!(error, LedgerError::NotSaved { .. }) {
                    // What was acknowledged before stands; nothing after it may be tried on a sick disk.
                    results.flush()?;
                    return Err(failure);
                }
                *exit = failure.exit;
                lines.complain(number, &failure.message);
            }
        }
    }
    results.flush()
}
