//! Passphrases: from a file for scripts, typed without echo by a person.

use std::path::Path;

use auxlog_journal::composed;
use i18n_embed_fl::fl;
use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};
use crate::words::Words;

/// A passphrase, wiped from memory when dropped.
pub(crate) type Passphrase = Zeroizing<String>;

/// Characters below which a new passphrase is refused.
const SHORTEST: usize = 8;

/// Those of eight characters and more that lists of guessed passphrases begin with, and what
/// officers here would think of first.
const COMMON: &str = include_str!("common-passphrases.txt");

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
    if is_common(&chosen) {
        return Err(Failure::usage(fl!(words.loader(), "passphrase-common")));
    }
    // As it is derived from: a mark before it, or one that joins a letter, makes it no longer.
    if composed(&chosen).chars().count() < SHORTEST {
        return Err(Failure::usage(fl!(words.loader(), "passphrase-short", least = SHORTEST)));
    }
    Ok(chosen)
}

/// Whether a passphrase is among those that are guessed first: on the list, in whichever case; one
/// sign or two over and over; signs that follow each other.
fn is_common(passphrase: &str) -> bool {
    let plain = Zeroizing::new(passphrase.trim().trim_start_matches('\u{feff}').to_lowercase());
    let signs = Zeroizing::new(plain.chars().map(u32::from).collect::<Vec<u32>>());
    let few = signs.iter().collect::<std::collections::BTreeSet<_>>().len() <= 2;
    let follow = |step: i64| signs.windows(2).all(|pair| i64::from(pair[1]) - i64::from(pair[0]) == step);
    few || follow(1) || follow(-1) || COMMON.lines().any(|common| common == plain.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in [
            "12345678",
            "        ",
            "password",
            "PASSWORD",
            "Password1",
            "11111111",
            "abcdefgh",
            "87654321",
            "woaini1314",
            "abababab",
            "chengguan",
            "\u{feff}qwertyuiop",
        ] {
            assert!(is_common(common), "{common:?}");
        }
        for own in ["海安辅助2022", "correct-horse-battery-staple", "café-horse-battery-staple", "雨后 青石 板路"]
        {
            assert!(!is_common(own), "{own:?}");
        }
    }
}
