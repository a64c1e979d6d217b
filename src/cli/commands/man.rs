//! `auxlog man`: the man page, made from the command line itself.

use std::io::Write as _;

use clap::{Args, CommandFactory as _};

use crate::args::Cli;
use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::help;
use crate::output::{Results, unwritten};

#[derive(Debug, Args)]
pub(crate) struct Man {}

impl Man {
    /// Prints one page: the program, then each command as a section of its own.
    pub(crate) fn run(context: &Context) -> Outcome {
        let mut command = help::localise(Cli::command(), &context.words);
        command.build();
        let mut text = Vec::new();
        page(&command, &mut text).map_err(|error| unwritten(&error))?;
        let mut results = Results::new();
        results.file(&text)?;
        results.flush()?;
        Ok(Exit::Done)
    }
}

fn page(command: &clap::Command, results: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(results)?;
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).try_for_each(|sub| section(sub, results))
}

/// The synopsis and options of a command and of the commands below it.
fn section(command: &clap::Command, results: &mut Vec<u8>) -> std::io::Result<()> {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_uppercase();
    writeln!(results, ".SH \"{name}\"")?;
    let page = clap_mangen::Man::new(command.clone());
    page.render_description_section(results)?;
    page.render_synopsis_section(results)?;
    page.render_options_section(results)?;
    for sub in command.get_subcommands() {
        section(sub, results)?;
    }
    Ok(())
}
