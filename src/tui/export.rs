//! Taking tasks out of the ledger into a file: what the screen asks for. Who writes the file is
//! handed to the screen, so that it knows no workbook and no page.

use std::path::PathBuf;

use auxlog_law::Lang;
use auxlog_record::RecordId;
use auxlog_store::{Ledger, TaskQuery};

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A workbook.
    Xlsx,
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Json,
    /// A page to print, with lines for signatures.
    Sheet,
    /// A task's evidence, which proves itself.
    Evidence,
}

impl Form {
    /// What a file of this form is called after its last dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "jsonl",
            Self::Sheet | Self::Evidence => "html",
        }
    }
}

/// Which tasks.
#[derive(Debug, Clone, PartialEq)]
pub enum Which {
    /// All that a list shows.
    List(TaskQuery),
    /// One.
    Task(RecordId),
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What is in it.
    pub which: Which,
    /// In which form.
    pub form: Form,
    /// Where; a file that is there already is left alone.
    pub path: PathBuf,
    /// The language of its words.
    pub lang: Lang,
}

/// Writes files.
pub trait Exporter: Send + Sync {
    /// Writes the file and has the ledger record that personal data was taken out; how many tasks
    /// are in it.
    ///
    /// # Errors
    /// Why not, in the job's language, with what to do; then there is no file.
    fn export(&self, ledger: &Ledger, job: &Job) -> Result<u64, String>;
}
