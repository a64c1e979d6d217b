//! `auxlog backup` and `auxlog restore`: an encrypted copy of the data directory, and back.

use std::path::PathBuf;

use auxlog_journal::{BackupError, BackupReport};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::output::{Format, Results};
use crate::words::Words;

/// Where to back up to.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    file: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    file: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Backup {
    /// Copies the encrypted files, also while the screens are open; needs no passphrase.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = context.data_dir()?;
        let report = auxlog_journal::backup(&dir, &self.file).map_err(|error| refuse(&error, &context.words))?;
        failed::unnoted(auxlog_store::note_copied(&dir), &context.words);
        let (files, written) = (report.files, report.written);
        let file = self.file.display().to_string();
        let line = fl!(context.words.loader(), "backup-done", file = file, files = files, written = written);
        answer(&report, &line, self.format)
    }
}

impl Restore {
    /// Restores whole or not at all, to a place that holds nothing.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = context.data_dir()?;
        let report = auxlog_journal::restore(&self.file, &dir).map_err(|error| refuse(&error, &context.words))?;
        let place = dir.display().to_string();
        let line = fl!(context.words.loader(), "restore-done", dir = place, files = report.files);
        answer(&report, &line, self.format)
    }
}

fn answer(report: &BackupReport, line: &str, format: Format) -> Outcome {
    let mut results = Results::new();
    match format {
        Format::Json => {
            let BackupReport { files, bytes, written } = *report;
            results.json(&json!({ "files": files, "bytes": bytes, "written": written }))?;
        }
        Format::Table => results.line(line)?,
    }
    results.flush()?;
    Ok(Exit::Done)
}

fn refuse(error: &BackupError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        BackupError::OtherStore(path) => {
            Failure::usage(fl!(loader, "backup-other-store", file = path.display().to_string()))
        }
        BackupError::NoBackup { path, what } => Failure::new(
            Exit::Damaged,
            fl!(loader, "backup-none", file = path.display().to_string(), why = what.clone()),
        ),
        BackupError::Exists(path) => Failure::usage(fl!(loader, "restore-exists", dir = path.display().to_string())),
        BackupError::Keys(auxlog_journal::KeyError::Missing(path)) => {
            let dir = path.parent().and_then(std::path::Path::parent).unwrap_or(path);
            Failure::usage(fl!(loader, "open-no-directory", dir = dir.display().to_string()))
        }
        BackupError::Keys(other) => {
            Failure::new(Exit::Damaged, fl!(loader, "open-damaged", what = words.reason(other)))
        }
        BackupError::Io { path, source } => Failure::new(Exit::Found, failed::file(path, source, words)),
    }
}
