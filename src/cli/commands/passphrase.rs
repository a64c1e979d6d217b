//! `auxlog passphrase`: another passphrase for an officer's keys.

use std::path::PathBuf;

use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::ledger::{self, Whose};
use crate::output::Results;
use crate::{failed, secret};

#[derive(Debug, Args)]
pub(crate) struct Passphrase {
    #[arg(long, value_name = "F")]
    new_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
}

impl Passphrase {
    /// Changes it; the keys and the records stay as they are.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = ledger::there(context, &self.whose)?;
        let old = context.passphrase()?;
        let ledger = ledger::open_with(context, &dir, &self.whose, &old)?;
        let new = secret::new_passphrase(self.new_passphrase_file.as_deref(), &context.words)?;
        ledger.change_passphrase(&old, &new).map_err(|error| failed::open(&error, &context.words))?;
        ledger.close();
        let mut results = Results::new();
        results.line(&fl!(context.words.loader(), "passphrase-changed"))?;
        results.flush()?;
        Ok(Exit::Done)
    }
}
