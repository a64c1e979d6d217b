//! `auxlog tasks` and `auxlog flags`: what is stored.

use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::task_list::{self, Destination, Filter};

/// Which tasks, and where their list goes.
#[derive(Debug, Args)]
pub(crate) struct Tasks {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    to: Destination,
    #[command(flatten)]
    whose: Whose,
}

/// Tasks, or those that await a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    /// Flags, gravest and longest waiting first.
    Flags,
}

impl Tasks {
    pub(crate) fn run(&self, context: &Context, which: Which) -> Outcome {
        let ledger = ledger::read(context, &self.whose)?;
        let query = self.filter.query();
        let page = match which {
            Which::All => ledger.tasks(&query),
            Which::Flags => ledger.flags(&query),
        }
        .map_err(|error| failed::ledger(&error, &context.words))?;
        task_list::write(context, &page.rows, &self.to)?;
        if !page.rows.is_empty() {
            let list = match which {
                Which::All => "tasks",
                Which::Flags => "flags",
            };
            let subject = task_list::subject(list, &query);
            let noted = self.to.note(&ledger, &subject, page.rows.len() as u64);
            failed::unnoted(noted, &context.words);
        }
        if page.rows.len() < page.total {
            let (shown, total) = (page.rows.len(), page.total);
            crate::output::tell(&fl!(context.words.loader(), "tasks-more", shown = shown, total = total));
        }
        Ok(if ledger.damage().is_some() { Exit::Damaged } else { Exit::Done })
    }
}
