//! `auxlog` alone: opens the terminal UI.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use auxlog_tui::keymap::Preset;
use auxlog_tui::{Ended, Options, run};
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::{ledger, refusal, screen_export};

/// Opens the terminal UI on the data directory.
pub(crate) fn open(context: &Context) -> Outcome {
    let dir = context.data_dir()?;
    // A directory that is not there is told in plain words, not on a screen that can do nothing.
    auxlog_store::Ledger::officers(&dir).map_err(|error| refusal::open(&error, &context.words))?;
    match shown(context, dir, None, cfg!(target_os = "linux"))? {
        Ended::Quit => Ok(Exit::Done),
        Ended::Locked => begin_anew(context),
    }
}

/// Opens the terminal UI on `dir`; `hint` stands on the unlock screen.
///
/// # Errors
/// When this is no terminal.
pub(crate) fn show(context: &Context, dir: PathBuf, hint: Option<String>) -> Outcome {
    shown(context, dir, hint, false).map(|_| Exit::Done)
}

/// Lets the program begin anew in this process's place: whatever keys, names and drafts were in its
/// memory are gone with all of it, and the unlock screen is what comes first.
#[cfg(target_os = "linux")]
fn begin_anew(context: &Context) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let mut arguments = std::env::args_os();
    // Not by its path: the file there may be another by now.
    let mut program = std::process::Command::new("/proc/self/exe");
    if let Some(name) = arguments.next() {
        program.arg0(name);
    }
    // Comes back only when it fails; then the program ends, which forgets as much.
    let error = program.args(arguments).exec();
    let why = context.words.reason(&error);
    Err(Failure::new(Exit::Found, fl!(context.words.loader(), "ui-ended", why = why)))
}

/// Elsewhere the lock wipes what it can and the screens go on.
#[cfg(not(target_os = "linux"))]
fn begin_anew(_: &Context) -> Outcome {
    Ok(Exit::Done)
}

fn shown(context: &Context, dir: PathBuf, hint: Option<String>, ends_at_lock: bool) -> Result<Ended, Failure> {
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
        ends_at_lock,
        exporter: std::env::current_dir().ok().map(|here| (screen_export::exporter(), here)),
        ..Options::new(dir, context.words.lang())
    };
    run(options).map_err(|error| Failure::new(Exit::Found, fl!(loader, "ui-ended", why = context.words.reason(&error))))
}
