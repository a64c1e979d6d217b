//! What every command is given: the words, the common options, the configuration.

use std::path::PathBuf;

use i18n_embed_fl::fl;

use crate::args::Common;
use crate::config::Config;
use crate::exit::Failure;
use crate::secret::{self, Passphrase};
use crate::words::Words;

/// The surroundings of one run.
pub(crate) struct Context {
    /// Messages in the reader's language.
    pub(crate) words: Words,
    pub(crate) common: Common,
    pub(crate) config: Config,
    /// Whether `--data-dir` itself was given, not only the environment's or the configuration's.
    pub(crate) data_dir_on_command_line: bool,
}

impl Context {
    /// The data directory: option, environment, configuration, then the user's own.
    pub(crate) fn data_dir(&self) -> Result<PathBuf, Failure> {
        self.common
            .data_dir
            .clone()
            .or_else(|| self.config.data_dir.clone())
            .or_else(|| directories::ProjectDirs::from("", "", "auxlog").map(|d| d.data_dir().to_path_buf()))
            .ok_or_else(|| Failure::usage(fl!(self.words.loader(), "no-home")))
    }

    /// The data directory, where `--data-dir` itself names it.
    pub(crate) fn named_on_command_line(&self) -> Option<PathBuf> {
        self.common.data_dir.clone().filter(|_| self.data_dir_on_command_line)
    }

    /// The server's data directory: as named, or one of its own beside the laptop's.
    pub(crate) fn server_dir(&self) -> Result<PathBuf, Failure> {
        let named = self.common.data_dir.clone().or_else(|| self.config.data_dir.clone());
        named
            .or_else(|| directories::ProjectDirs::from("", "", "auxlog-server").map(|d| d.data_dir().to_path_buf()))
            .ok_or_else(|| Failure::usage(fl!(self.words.loader(), "no-home")))
    }

    /// The passphrase, from the file named or asked for at the terminal.
    pub(crate) fn passphrase(&self) -> Result<Passphrase, Failure> {
        secret::passphrase(self.common.passphrase_file.as_deref(), &self.words)
    }

    /// A new passphrase, asked for twice.
    ///
    /// # Errors
    /// When there is neither file nor terminal, the two differ, or it is too short.
    pub(crate) fn new_passphrase(&self) -> Result<Passphrase, Failure> {
        secret::new_passphrase(self.common.passphrase_file.as_deref(), &self.words)
    }
}
