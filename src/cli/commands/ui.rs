//! `auxlog` alone: opens the terminal UI.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use auxlog_law::Lang;
use auxlog_tui::keymap::Preset;
use auxlog_tui::theme::Theme;
use auxlog_tui::{Ended, Look, Options, run};
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::{failed, ledger, screen_export};

/// Tells the process that begins anew at the lock how the screens looked.
const LOOK: &str = "AUXLOG_LOOK";

/// Opens the terminal UI on the data directory.
pub(crate) fn open(context: &Context) -> Outcome {
    let dir = context.data_dir()?;
    // A directory that is not there is told in plain words, not on a screen that can do nothing.
    auxlog_store::Ledger::officers(&dir).map_err(|error| failed::open(&error, &context.words))?;
    match shown(context, dir, None, cfg!(target_os = "linux"))? {
        Ended::Quit => Ok(Exit::Done),
        Ended::Locked(look) => begin_anew(context, look),
    }
}

/// Opens the terminal UI on `dir`; `hint` stands on the unlock screen.
pub(crate) fn show(context: &Context, dir: PathBuf, hint: Option<String>) -> Outcome {
    shown(context, dir, hint, false).map(|_| Exit::Done)
}

/// Lets the program begin anew in this process's place: whatever keys, names and drafts were in its
/// memory are gone with all of it, and the unlock screen is what comes first.
#[cfg(target_os = "linux")]
fn begin_anew(context: &Context, look: Look) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let mut arguments = std::env::args_os();
    // Not by its path: the file there may be another by now.
    let mut program = std::process::Command::new("/proc/self/exe");
    if let Some(name) = arguments.next() {
        program.arg0(name);
    }
    // Comes back only when it fails; then the program ends, which forgets as much.
    let error = program.args(arguments).env(LOOK, said(look)).exec();
    let why = context.words.reason(&error);
    Err(Failure::new(Exit::Found, fl!(context.words.loader(), "ui-ended", why = why)))
}

/// Elsewhere the lock wipes what it can and the screens go on.
#[cfg(not(target_os = "linux"))]
fn begin_anew(_: &Context, _: Look) -> Outcome {
    Ok(Exit::Done)
}

/// A look as [`LOOK`] has it.
#[cfg(any(test, target_os = "linux"))]
fn said(look: Look) -> String {
    format!("{} {}", look.lang.pick("zh-CN", "en"), look.theme.name())
}

/// The look that was `said`; what nobody here says is none.
fn heard(said: &str) -> Option<Look> {
    let (lang, theme) = said.split_once(' ')?;
    let lang = [Lang::Zh, Lang::En].into_iter().find(|known| known.pick("zh-CN", "en") == lang)?;
    Some(Look { lang, theme: Theme::named(theme)? })
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
        look: std::env::var(LOOK).ok().filter(|_| ends_at_lock).and_then(|look| heard(&look)),
        exporter: std::env::current_dir().ok().map(|here| (screen_export::exporter(), here)),
        ..Options::new(dir, context.words.lang())
    };
    run(options).map_err(|error| Failure::new(Exit::Found, fl!(loader, "ui-ended", why = context.words.reason(&error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_look_is_heard() {
        for lang in [Lang::Zh, Lang::En] {
            for theme in Theme::ALL {
                let look = Look { lang, theme };
                assert_eq!(heard(&said(look)), Some(look));
            }
        }
        for other in ["", "en", "en plaid", "tlh dark"] {
            assert_eq!(heard(other), None, "{other:?}");
        }
    }
}
