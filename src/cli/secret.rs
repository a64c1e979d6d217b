//! Passphrases: from a file for scripts, typed without echo by a person.

use std::path::Path;

use i18n_embed_fl::fl;
use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};
use crate::words::Words;

/// A passphrase, wiped from memory when dropped.
pub(crate) type Passphrase = Zeroizing<String>;

/// Characters below which a new passphrase is refused.
const SHORTEST: usize = 8;

/// The passphrase from the first line of `file`, or typed.
pub(crate) fn passphrase(file: Option<&Path>, words: &Words) -> Result<Passphrase, Failure> {
    match file {
        Some(file) => from_file(file, words),
        None => typed(&fl!(words.loader(), "passphrase-ask"), words),
    }
}

/// A new passphrase from the first line of `file`, or typed twice.
pub(crate) fn new_passphrase(file: Option<&Path>, words: &Words) -> Result<Passphrase, Failure> {
    let chosen = if let Some(file) = file {
        from_file(file, words)?
    } else {
        let first = typed(&fl!(words.loader(), "passphrase-choose"), words)?;
        if *typed(&fl!(words.loader(), "passphrase-again"), words)? != *first {
            return Err(Failure::usage(fl!(words.loader(), "passphrase-differ")));
        }
        first
    };
    if chosen.chars().count() < SHORTEST {
        return Err(Failure::usage(fl!(words.loader(), "passphrase-short", least = SHORTEST)));
    }
    Ok(chosen)
}

fn from_file(file: &Path, words: &Words) -> Result<Passphrase, Failure> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| {
        let (path, why) = (file.display().to_string(), words.reason(&error));
        Failure::usage(fl!(words.loader(), "passphrase-file-unreadable", path = path, why = why))
    })?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Read from the terminal itself, so that tasks may still come by standard input.
fn typed(prompt: &str, words: &Words) -> Result<Passphrase, Failure> {
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| {
        tracing::debug!(%error, "no passphrase from the terminal");
        Failure::new(Exit::Locked, fl!(words.loader(), "passphrase-no-terminal"))
    })
}
