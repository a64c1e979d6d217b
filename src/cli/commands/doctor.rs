//! `auxlog doctor`: what is wrong on this machine, and what to do.

use auxlog_record::{Clock as _, SystemClock};
use std::io::IsTerminal as _;
use std::path::Path;

use auxlog_journal::Keyring;
use auxlog_store::{Ledger, OpenError};
use chrono::Datelike as _;
use clap::Args;
use i18n_embed_fl::fl;
use serde::Serialize;

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::failed;
use crate::output::{Format, Results};
use crate::words::Words;

/// The least room on the disk, in MiB, before it is worth a word: a month of a busy laptop.
const ROOM: u64 = 512;

/// The smallest terminal in which every screen shows all of its parts.
const SMALLEST: (u16, u16) = (80, 24);

/// The form of what is told.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Sound,
    Notice,
    Wrong,
}

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Finding {
    subject: String,
    state: State,
    /// How it stands, and where something is wrong what to do.
    text: String,
}

impl Doctor {
    /// Exit 0: nothing is wrong · 1: something is.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let words = &context.words;
        let mut findings = vec![terminal(words), locale(words), clock(words), keymap(context), rulebook(words)];
        let dir = context.data_dir()?;
        findings.extend(data_dir(&dir, words));

        let mut results = Results::new();
        for finding in &findings {
            match self.format {
                Format::Json => results.json(finding)?,
                Format::Table => {
                    let mark = match finding.state {
                        State::Sound => "✓",
                        State::Notice => "!",
                        State::Wrong => "✗",
                    };
                    results.line(&format!("{mark} {}  {}", finding.subject, finding.text))?;
                }
            }
        }
        results.flush()?;
        let wrong = findings.iter().any(|finding| finding.state == State::Wrong);
        Ok(if wrong { Exit::Found } else { Exit::Done })
    }
}

fn finding(subject: String, state: State, text: String) -> Finding {
    Finding { subject, state, text }
}

fn terminal(words: &Words) -> Finding {
    let loader = words.loader();
    let subject = fl!(loader, "doctor-terminal");
    let kind = std::env::var("TERM").unwrap_or_default();
    if !std::io::stdout().is_terminal() {
        return finding(subject, State::Notice, fl!(loader, "doctor-no-terminal"));
    }
    if kind.is_empty() || kind == "dumb" {
        return finding(subject, State::Wrong, fl!(loader, "doctor-dumb-terminal", kind = kind));
    }
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).map_or((0, 0), |size| (size.ws_col, size.ws_row));
    let (columns, rows) = size;
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        let (least_columns, least_rows) = SMALLEST;
        let text = fl!(
            loader,
            "doctor-small-terminal",
            columns = columns,
            rows = rows,
            least_columns = least_columns,
            least_rows = least_rows
        );
        return finding(subject, State::Notice, text);
    }
    finding(subject, State::Sound, format!("{kind} {columns}×{rows}"))
}

fn locale(words: &Words) -> Finding {
    let loader = words.loader();
    let named = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = named.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default();
    let plain = locale.to_ascii_lowercase().replace('-', "");
    let subject = fl!(loader, "doctor-locale");
    if plain.contains("utf8") {
        finding(subject, State::Sound, locale)
    } else {
        finding(subject, State::Notice, fl!(loader, "doctor-not-utf8", locale = locale))
    }
}

fn clock(words: &Words) -> Finding {
    let loader = words.loader();
    let now = SystemClock.now();
    let subject = fl!(loader, "doctor-clock");
    let shown = now.0.format("%Y-%m-%d %H:%M %:z").to_string();
    // The regulation entered into force in 2022; no task was logged by this program before.
    if (2022..2100).contains(&now.0.year()) {
        finding(subject, State::Sound, shown)
    } else {
        finding(subject, State::Wrong, fl!(loader, "doctor-clock-wrong", now = shown))
    }
}

fn keymap(context: &Context) -> Finding {
    let loader = context.words.loader();
    let subject = fl!(loader, "doctor-keymap");
    let Some(path) = context.config.keymap_file() else {
        let preset = context.config.keymap.clone().unwrap_or_else(|| "default".to_owned());
        return finding(subject, State::Sound, preset);
    };
    match auxlog_tui::keymap::check_file(&path) {
        Err(error) => finding(subject, State::Wrong, failed::file(&path, &error, &context.words)),
        Ok((_, problems)) if problems.is_empty() => finding(subject, State::Sound, path.display().to_string()),
        Ok((_, problems)) => {
            let wrong = problems.iter().any(auxlog_tui::keymap::Mistake::is_error);
            let state = if wrong { State::Wrong } else { State::Notice };
            finding(subject, state, fl!(loader, "doctor-keymap-faulty", path = path.display().to_string()))
        }
    }
}

fn rulebook(words: &Words) -> Finding {
    let book = words.rulebook();
    let digest: String = book.digest().chars().take(19).collect();
    finding(fl!(words.loader(), "doctor-rulebook"), State::Sound, format!("{} {digest}…", book.id()))
}

fn data_dir(dir: &Path, words: &Words) -> Vec<Finding> {
    let loader = words.loader();
    let subject = fl!(loader, "doctor-data");
    let shown = dir.display().to_string();
    let officers = match Ledger::officers(dir) {
        Ok(officers) => officers,
        Err(OpenError::NoDirectory { .. }) => {
            return vec![finding(subject, State::Notice, fl!(loader, "open-no-directory", dir = shown))];
        }
        Err(error) => return vec![finding(subject, State::Wrong, failed::open(&error, words).message)],
    };
    let officers = officers.iter().map(ToString::to_string).collect::<Vec<_>>().join(words.comma());
    vec![
        finding(subject, State::Sound, fl!(loader, "doctor-data-of", dir = shown, officers = officers)),
        privacy(dir, words),
        room(dir, words),
        keys(dir, words),
    ]
}

/// Whether only the officer's own account can read the directory.
fn privacy(dir: &Path, words: &Words) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let loader = words.loader();
    let subject = fl!(loader, "doctor-privacy");
    match std::fs::metadata(dir) {
        Ok(data) if data.permissions().mode() % 0o100 == 0 => {
            finding(subject, State::Sound, fl!(loader, "doctor-private"))
        }
        Ok(_) => finding(subject, State::Wrong, fl!(loader, "doctor-not-private", dir = dir.display().to_string())),
        Err(error) => finding(subject, State::Wrong, failed::file(dir, &error, words)),
    }
}

fn room(dir: &Path, words: &Words) -> Finding {
    let loader = words.loader();
    let subject = fl!(loader, "doctor-room");
    match rustix::fs::statvfs(dir) {
        Ok(stat) => {
            let mebibytes = stat.f_bavail.saturating_mul(stat.f_frsize) >> 20;
            let state = if mebibytes < ROOM { State::Wrong } else { State::Sound };
            let key = mebibytes.to_string();
            let text = match state {
                State::Wrong => fl!(loader, "doctor-little-room", mebibytes = key),
                _ => fl!(loader, "doctor-enough-room", mebibytes = key),
            };
            finding(subject, state, text)
        }
        Err(error) => finding(subject, State::Wrong, failed::file(dir, &error.into(), words)),
    }
}

/// Whether both copies of the keyring are whole.
fn keys(dir: &Path, words: &Words) -> Finding {
    let loader = words.loader();
    let subject = fl!(loader, "doctor-keys");
    match Keyring::load(&dir.join("keys")) {
        Ok(keyring) if keyring.damaged().is_empty() => {
            let text = if keyring.recovery().is_some() {
                fl!(loader, "doctor-keys-recoverable")
            } else {
                fl!(loader, "doctor-keys-whole")
            };
            finding(subject, State::Sound, text)
        }
        Ok(keyring) => {
            let path = keyring.damaged().first().map(|path| path.display().to_string()).unwrap_or_default();
            finding(subject, State::Wrong, fl!(loader, "doctor-keys-damaged", path = path))
        }
        Err(error) => finding(subject, State::Wrong, words.reason(&error)),
    }
}
