//! `auxlog rules`: reads the regulation and the rulebook.

mod lint;
mod list;
mod prove;
mod rejudge;
mod show;

use clap::Subcommand;

pub(crate) use lint::words_for;

use crate::context::Context;
use crate::exit::Outcome;

/// What to do with the rulebook.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    List(list::List),
    Show(show::Show),
    Lint(lint::Lint),
    Prove(prove::Prove),
    Rejudge(rejudge::Rejudge),
}

impl Rules {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        match self {
            Self::List(list) => list.run(context),
            Self::Show(show) => show.run(context),
            Self::Lint(lint) => lint.run(context),
            Self::Prove(prove) => prove.run(context),
            Self::Rejudge(rejudge) => rejudge.run(context),
        }
    }
}
