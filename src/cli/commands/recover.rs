//! `auxlog recover`: the agency's recovery key, for a forgotten passphrase.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use auxlog_journal::{RecoveryPublic, RecoverySecret};
use auxlog_store::{Ledger, RecoverError};
use clap::{Args, Subcommand};
use i18n_embed_fl::fl;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::Results;
use crate::{failed, secret};

#[derive(Debug, Subcommand)]
pub(crate) enum Recover {
    New {
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    Trust {
        public: String,
        #[command(flatten)]
        whose: Whose,
    },
    Open(Open),
}

/// Whose passphrase was forgotten.
#[derive(Debug, Args)]
pub(crate) struct Open {
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    #[arg(long, value_name = "OFFICER")]
    officer: String,
    #[arg(long, value_name = "F")]
    new_passphrase_file: Option<PathBuf>,
}

impl Recover {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let line = match self {
            Self::New { output } => new(context, output)?,
            Self::Trust { public, whose } => trust(context, public, whose)?,
            Self::Open(open) => open.run(context)?,
        };
        let mut results = Results::new();
        results.line(&line)?;
        results.flush()?;
        Ok(Exit::Done)
    }
}

/// The secret half goes to a new file that is its owner's alone; nothing is overwritten.
fn new(context: &Context, output: &Path) -> Result<String, Failure> {
    let secret = RecoverySecret::generate().map_err(|error| Failure::new(Exit::Found, context.words.reason(&error)))?;
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(output)
        .and_then(|mut file| {
            file.write_all(secret.to_text().as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        })
        .map_err(|source| Failure::new(Exit::Found, failed::file(output, &source, &context.words)))?;
    let file = output.display().to_string();
    Ok(fl!(context.words.loader(), "recover-made", file = file, public = secret.public().to_string()))
}

fn trust(context: &Context, public: &str, whose: &Whose) -> Result<String, Failure> {
    let loader = context.words.loader();
    let public: RecoveryPublic = public.parse().map_err(|_| Failure::usage(fl!(loader, "recover-no-public")))?;
    let ledger = ledger::open(context, whose)?;
    ledger.trust_recovery(public).map_err(|error| failed::open(&error, &context.words))?;
    ledger.close();
    Ok(fl!(loader, "recover-trusted"))
}

impl Open {
    fn run(&self, context: &Context) -> Result<String, Failure> {
        let loader = context.words.loader();
        let dir = context.data_dir()?;
        let text = std::fs::read_to_string(&self.key_file)
            .map(Zeroizing::new)
            .map_err(|source| Failure::usage(failed::file(&self.key_file, &source, &context.words)))?;
        let wrong = || Failure::new(Exit::Locked, fl!(loader, "recover-wrong-key"));
        let secret = RecoverySecret::from_text(&text).map_err(|_| wrong())?;
        let passphrase = secret::new_passphrase(self.new_passphrase_file.as_deref(), &context.words)?;
        let officer = self.officer.as_str().into();
        let opened = Ledger::recover(&dir, &secret, &officer, &passphrase, ledger::options(context));
        let ledger = opened.map_err(|error| match error {
            RecoverError::WrongKey => wrong(),
            RecoverError::Open(error) => failed::open(&error, &context.words),
        })?;
        let writer = ledger.identity().writer.to_string();
        ledger.close();
        Ok(fl!(loader, "recover-done", officer = self.officer.clone(), writer = writer))
    }
}
