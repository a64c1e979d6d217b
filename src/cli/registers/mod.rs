//! What is done in a register, the same on a laptop and on the server's machine.

mod import;
mod input;
mod list;
mod make;
mod show;

pub(crate) use input::Entered;

use auxlog_registers::{EntryError, Reading, Register, Writing};
use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    List(list::List),
    Show(show::Show),
    Add(make::Add),
    Step(make::Further),
    Correct(make::Correct),
    Annul(make::Annul),
    Import(import::Import),
    Template(list::Template),
}

impl Default for Act {
    fn default() -> Self {
        Self::List(list::List::default())
    }
}

/// What was read, for the record of who looked at what.
pub(crate) struct Noted {
    pub(crate) exit: Exit,
    pub(crate) subject: String,
    pub(crate) count: u64,
    /// It was kept in a file, or handed to another program.
    pub(crate) kept: bool,
}

impl Act {
    /// Whether it writes.
    pub(crate) fn writes(&self) -> bool {
        match self {
            Self::List(_) | Self::Show(_) | Self::Template(_) => false,
            Self::Import(import) => !import.dry_run,
            Self::Add(_) | Self::Step(_) | Self::Correct(_) | Self::Annul(_) => true,
        }
    }

    /// Whether what is sealed to the server's key is to be read.
    pub(crate) fn opens(&self) -> bool {
        matches!(self, Self::Show(show::Show { sealed: true, .. }))
    }

    /// What is looked at, for an audit log that says so before.
    pub(crate) fn subject(&self, register: &Register) -> String {
        match self {
            Self::Show(show) => format!("{} {}", register.key, show.entry),
            Self::List(list::List { person: Some(person), .. }) => format!("{} {person}", register.key),
            _ => register.key.clone(),
        }
    }

    /// Does it where no entry is needed for it.
    ///
    /// # Errors
    /// When a file could not be written.
    pub(crate) fn needs_nothing(
        &self,
        context: &Context,
        register: &'static Register,
    ) -> Result<Option<Exit>, Failure> {
        if let Self::Template(template) = self { template.run(context, register).map(Some) } else { Ok(None) }
    }

    /// Does what only reads.
    ///
    /// # Errors
    /// What was refused or failed.
    pub(crate) fn read(
        &self,
        context: &Context,
        register: &'static Register,
        reading: &dyn Reading,
    ) -> Result<Noted, Failure> {
        match self {
            Self::List(list) => list.run(context, register, reading),
            Self::Show(show) => show.run(context, register, reading),
            Self::Import(import) => import.try_out(context, register, reading),
            _ => Ok(Noted { exit: Exit::Done, subject: String::new(), count: 0, kept: false }),
        }
    }

    /// Does what writes.
    ///
    /// # Errors
    /// What was refused or failed; then nothing was recorded.
    pub(crate) fn write(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        match self {
            Self::Add(add) => add.run(context, register, writing),
            Self::Step(step) => step.run(context, register, writing),
            Self::Correct(correct) => correct.run(context, register, writing),
            Self::Annul(annul) => annul.run(context, register, writing),
            Self::Import(import) => import.run(context, register, writing),
            Self::List(_) | Self::Show(_) | Self::Template(_) => Ok(Exit::Done),
        }
    }
}

/// The registers' names.
pub(crate) fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(auxlog_registers::all().iter().map(|register| register.key.as_str()))
}

/// What was refused about an entry.
pub(crate) fn failure(error: &EntryError, context: &Context) -> Failure {
    Failure::usage(context.words.terms().entry(error))
}
