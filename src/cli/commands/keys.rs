//! `auxlog keys check`: what is wrong with a keymap file.

use std::path::PathBuf;

use auxlog_tui::keymap::check_file;
use clap::{Args, Subcommand};
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::output::Results;

/// What to do with key bindings.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Keys {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        match self {
            Self::Check(check) => check.run(context),
        }
    }
}

impl Check {
    /// Exit 0: it does what its author wanted · 1: it does not.
    fn run(&self, context: &Context) -> Outcome {
        let loader = context.words.loader();
        let Some(path) = self.file.clone().or_else(|| context.config.keymap_file()) else {
            return Err(Failure::usage(fl!(loader, "keys-no-file")));
        };
        let (_, problems) =
            check_file(&path).map_err(|error| Failure::usage(failed::file(&path, &error, &context.words)))?;
        let words = auxlog_tui::words::load(context.words.lang());
        let mut results = Results::new();
        problems.iter().try_for_each(|problem| results.line(&problem.describe(&words)))?;
        let wrong = problems.iter().any(auxlog_tui::keymap::Mistake::is_error);
        if !wrong {
            results.line(&fl!(loader, "keys-sound", path = path.display().to_string()))?;
        }
        results.flush()?;
        Ok(if wrong { Exit::Found } else { Exit::Done })
    }
}
