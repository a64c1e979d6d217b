//! `auxlog` alone: opens the terminal UI.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use auxlog_tui::keymap::Preset;
use auxlog_tui::{Options, run};
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::{ledger, refusal, screen_export};

/// Opens the terminal UI on the data directory.
pub(crate) fn open(context: &Context) -> Outcome {
    let dir = context.data_dir()?;
    // A directory that is not there is told in plain words, not on a screen that can do nothing.
    auxlog_store::Ledger::officers(&dir).map_err(|error| refusal::open(&error, &context.words))?;
    show(context, dir, None)
}

/// Opens the terminal UI on `dir`; `hint` stands on the unlock screen.
///
/// # Errors
/// When this is no terminal.
pub(crate) fn show(context: &Context, dir: PathBuf, hint: Option<String>) -> Outcome {
    let loader = context.words.loader();
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage(fl!(loader, "ui-no-terminal")));
    }
    let preset = context.config.keymap.as_deref().and_then(Preset::named).unwrap_or_default();
    let options = Options {
        open: ledger::options(context),
        theme: context.config.theme,
        preset,
        keymap: context.config.keymap_file(),
        hint,
        exporter: std::env::current_dir().ok().map(|here| (screen_export::exporter(), here)),
        ..Options::new(dir, context.words.lang())
    };
    run(options)
        .map_err(|error| Failure::new(Exit::Found, fl!(loader, "ui-ended", why = context.words.reason(&error))))?;
    Ok(Exit::Done)
}
