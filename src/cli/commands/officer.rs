//! `auxlog officer`: who has keys on this laptop.

use std::path::PathBuf;

use auxlog_store::Ledger;
use clap::{Args, Subcommand};
use i18n_embed_fl::fl;

use super::init::Who;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::Results;
use crate::{failed, secret};

#[derive(Debug, Subcommand)]
pub(crate) enum Officer {
    List,
    Add(Add),
    Renew {
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    who: Who,
    #[arg(long, value_name = "F")]
    new_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
}

impl Officer {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        match self {
            Self::List => {
                let officers =
                    Ledger::officers(&context.data_dir()?).map_err(|error| failed::open(&error, &context.words))?;
                let mut results = Results::new();
                officers.iter().try_for_each(|officer| results.line(&officer.0))?;
                results.flush()?;
                Ok(Exit::Done)
            }
            Self::Add(add) => add.run(context),
            Self::Renew { whose } => {
                let dir = ledger::there(context, whose)?;
                let passphrase = context.passphrase()?;
                let officer = whose.officer();
                let ledger = Ledger::renew_key(&dir, officer.as_ref(), &passphrase, ledger::options(context))
                    .map_err(|error| failed::open(&error, &context.words))?;
                let (officer, writer) = (ledger.identity().officer.to_string(), ledger.identity().writer.to_string());
                let loader = context.words.loader();
                let known = ledger.succession().is_some();
                ledger.close();
                let mut results = Results::new();
                results.line(&if known {
                    fl!(loader, "officer-renewed-known", officer = officer, writer = writer)
                } else {
                    fl!(loader, "officer-renewed", officer = officer, writer = writer)
                })?;
                results.flush()?;
                Ok(Exit::Done)
            }
        }
    }
}

impl Add {
    fn run(&self, context: &Context) -> Outcome {
        let ledger = ledger::open(context, &self.whose)?;
        let host = ledger.identity().clone();
        let who = self.who.options(host.agency, host.agency_name);
        who.within_limits().map_err(|beyond| Failure::usage(context.words.reason(&beyond)))?;
        let passphrase = secret::new_passphrase(self.new_passphrase_file.as_deref(), &context.words)?;
        ledger.add_officer(&who, &passphrase).map_err(|error| failed::open(&error, &context.words))?;
        ledger.close();
        let mut results = Results::new();
        results.line(&fl!(context.words.loader(), "officer-added", officer = who.officer.to_string()))?;
        results.flush()?;
        Ok(Exit::Done)
    }
}
