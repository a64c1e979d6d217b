//! Letting a device in: which one, and the six digits that its laptop shows.

use std::io::IsTerminal as _;

use clap::Args;
use i18n_embed_fl::fl;

use crate::exit::Failure;
use crate::output::tell;
use crate::words::Words;

/// A device to let in.
#[derive(Debug, Args)]
pub(crate) struct Approval {
    pub(crate) device: String,
    #[arg(long, value_name = "N")]
    digits: Option<String>,
}

impl Approval {
    /// The digits as given, or as typed at the terminal.
    pub(crate) fn digits(&self, words: &Words) -> Result<String, Failure> {
        if let Some(digits) = &self.digits {
            return Ok(digits.clone());
        }
        let missing = || Failure::usage(fl!(words.loader(), "approve-no-digits"));
        if !std::io::stdin().is_terminal() {
            return Err(missing());
        }
        tell(&fl!(words.loader(), "approve-ask-digits"));
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(read) if read > 0 => Ok(line),
            _ => Err(missing()),
        }
    }
}
