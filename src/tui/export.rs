//! Taking tasks out of the ledger into a file: what the screen asks for. Who writes the file is
//! handed to the screen, so that it knows no workbook and no page.

use std::path::PathBuf;

use auxlog_law::Lang;
use auxlog_record::RecordId;
use auxlog_store::{Ledger, TaskQuery};

use crate::effect::Ask;
use crate::shared::{Cx, Shared, Tone};
use crate::words::say;

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

/// Where a file about `what` goes unless another path is given; its name says what it is.
pub fn path(shared: &Shared, what: &str, form: Form) -> PathBuf {
    // What may stand in a file's name everywhere.
    let plain = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let what: String = what.chars().map(plain).collect();
    let part = if form == Form::Evidence { say!(shared.words, "export-file-evidence") } else { String::new() };
    let day = shared.now.0.format("%Y%m%d-%H%M%S");
    shared.exports_to.clone().unwrap_or_default().join(format!("{what}{part}-{day}.{}", form.ending()))
}

/// Has a file written.
pub fn ask(which: Which, form: Form, path: PathBuf, cx: &mut Cx) {
    let lang = cx.shared.lang();
    cx.notify(Tone::Hint, say!(cx.words(), "export-working"));
    cx.ask(Ask::Export(Box::new(Job { which, form, path, lang })));
}
