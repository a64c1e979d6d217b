//! Opening the data directory for a command.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_record::{Date, OfficerId};
use auxlog_store::{Flaw, Ledger, OpenOptions, Reader};
use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::tell;
use crate::{failed, progress};

/// Whose keys a command uses, where several officers share a laptop.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    #[arg(long = "as", value_name = "OFFICER", env = "AUXLOG_OFFICER")]
    pub(crate) officer: Option<String>,
}

impl Whose {
    pub(crate) fn officer(&self) -> Option<OfficerId> {
        self.officer.as_deref().map(OfficerId::from)
    }
}

/// Opens the data directory, to write.
pub(crate) fn open(context: &Context, whose: &Whose) -> Result<Ledger, Failure> {
    let dir = there(context, whose)?;
    open_with(context, &dir, whose, &context.passphrase()?)
}

/// The same with a passphrase at hand.
pub(crate) fn open_with(context: &Context, dir: &Path, whose: &Whose, passphrase: &str) -> Result<Ledger, Failure> {
    let ledger = Ledger::open(dir, whose.officer().as_ref(), passphrase, options(context))
        .map_err(|error| failed::open(&error, &context.words))?;
    tell_older_copy(&ledger, context);
    Ok(ledger)
}

/// Opens the data directory, to read: also while another process writes.
pub(crate) fn read(context: &Context, whose: &Whose) -> Result<Reader, Failure> {
    let dir = there(context, whose)?;
    read_with(context, &dir, whose, &context.passphrase()?)
}

/// The same with a passphrase at hand.
pub(crate) fn read_with(context: &Context, dir: &Path, whose: &Whose, passphrase: &str) -> Result<Reader, Failure> {
    let reader = Reader::open(dir, whose.officer().as_ref(), passphrase, &options(context))
        .map_err(|error| failed::open(&error, &context.words))?;
    if let Some(damage) = reader.damage() {
        // What is whole is shown, and that it is not all is said.
        tell(&fl!(context.words.loader(), "open-damaged", what = context.words.reason(damage)));
    }
    tell_older_copy(&reader, context);
    Ok(reader)
}

/// Says where an older copy of the data directory stands in the place of a newer one.
fn tell_older_copy(reader: &Reader, context: &Context) {
    if reader.older_copy().is_some() {
        tell(&fl!(context.words.loader(), "open-damaged", what = context.words.reason(&Flaw::OlderCopy)));
    }
}

/// The data directory, once it is known whose keys are to be used: that needs no passphrase, so
/// it is told before one is asked for.
pub(crate) fn there(context: &Context, whose: &Whose) -> Result<PathBuf, Failure> {
    let dir = context.data_dir()?;
    let known = Ledger::officers(&dir).map_err(|error| failed::open(&error, &context.words))?;
    if whose.officer.is_none() && known.len() > 1 {
        return Err(failed::which_officer(&known, &context.words));
    }
    Ok(dir)
}

/// How this program opens a data directory: the cache is kept in a child process.
pub(crate) fn options(context: &Context) -> OpenOptions {
    let program = std::env::current_exe().ok();
    let cache_process = program.map(|program| vec![program, PathBuf::from(CACHE)]).unwrap_or_default();
    let bar = progress::Bar::new(&fl!(context.words.loader(), "progress-rebuild"));
    OpenOptions {
        cache_process,
        progress: Arc::new(move |done, all| bar.set(done, all)),
        review_months: context.config.review_every_months,
        rulebooks: context.words.rulebooks().clone(),
        ..OpenOptions::default()
    }
}

/// The hidden command that reads and writes a cache, so that a fault of sled's stays in its process.
pub(crate) const CACHE: &str = "cache";

/// Whether `dir` holds a ledger.
pub(crate) fn is_there(dir: &Path) -> bool {
    Ledger::officers(dir).is_ok()
}

/// A date on the command line.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    text.parse().map(Date).map_err(|_| "YYYY-MM-DD".to_owned())
}
