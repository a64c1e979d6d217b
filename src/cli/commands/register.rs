//! `auxlog register`: the books that an agency keeps beside its tasks, on a laptop.

use auxlog_record::Access;
use auxlog_registers::{EntryQuery, Reading};
use clap::Args;

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::output::{Results, Table};
use crate::registers::{self, Act, Noted};

/// Which register, and what is done in it; without either, what registers there are.
#[derive(Debug, Args)]
pub(crate) struct Register {
    #[arg(value_name = "KIND", value_parser = registers::kinds())]
    kind: Option<String>,
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    whose: Whose,
}

impl Register {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let Some(register) = self.kind.as_deref().and_then(auxlog_registers::named) else {
            return self.overview(context);
        };
        let list = Act::default();
        let act = self.act.as_ref().unwrap_or(&list);
        if let Some(done) = act.needs_nothing(context, register)? {
            return Ok(done);
        }
        if act.writes() {
            let ledger = ledger::open(context, &self.whose)?;
            let done = act.write(context, register, &ledger);
            ledger.close();
            return done;
        }
        let reader = ledger::read(context, &self.whose)?;
        let Noted { exit, subject, count, kept } = act.read(context, register, &reader)?;
        if count > 0 {
            let noted = if kept {
                reader.note_access(Access::Exported, &subject, count)
            } else {
                reader.note_reading(Access::Read, &subject, count)
            };
            failed::unnoted(noted, &context.words);
        }
        Ok(exit)
    }

    fn overview(&self, context: &Context) -> Outcome {
        let reader = ledger::read(context, &self.whose)?;
        let reading: &dyn Reading = &reader;
        let mut table = Table::default();
        for register in auxlog_registers::all() {
            let entries = reading.entries(register, &EntryQuery::default());
            let count = entries.map_err(|error| registers::failure(&error, context))?.len();
            table.row([register.key.clone(), register.name(context.words.lang()).to_owned(), count.to_string()]);
        }
        let mut results = Results::new();
        table.print(&mut results)?;
        results.flush()?;
        Ok(Exit::Done)
    }
}
