//! `auxlog completions SHELL`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Cli;
use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::help;
use crate::output::Results;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let mut command = help::localise(Cli::command(), &context.words);
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "auxlog", &mut script);
        let mut results = Results::new();
        results.file(&script)?;
        results.flush()?;
        Ok(Exit::Done)
    }
}
