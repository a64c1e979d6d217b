//! What the screen writes to files: lists, a task's evidence, sheets for signatures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_record::{Access, RecordId};
use auxlog_store::{Ledger, TaskDetail, TaskQuery};
use auxlog_tui::export::{Exporter, Form, Job, Which};
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::task_list::{self, ListFormat};
use crate::words::Words;
use crate::{attachments, evidence_page, failed, outfile, server_proofs, sign_off_page};

/// What writes files for the screen.
pub(crate) fn exporter() -> Arc<dyn Exporter> {
    Arc::new(Files)
}

struct Files;

impl Exporter for Files {
    fn export(&self, ledger: &Ledger, job: &Job) -> Result<u64, String> {
        let words = crate::words::load(job.lang).with_rulebooks(ledger.rulebooks().clone());
        let path = at_home(&job.path);
        write(ledger, job, &path, &words).map_err(|failure| failure.message)
    }
}

/// Writes the file and has it recorded that personal data was taken out; if that cannot be
/// recorded, the file goes again.
fn write(ledger: &Ledger, job: &Job, path: &Path, words: &Words) -> Result<u64, Failure> {
    let refuse = |error| failed::ledger(&error, words);
    let (content, subject, tasks) = match (&job.which, job.form) {
        (Which::Task(id), Form::Evidence) => {
            // Out of reach, the server is vouched for by its receipts.
            let (mut evidence, _) = server_proofs::prove_all(ledger, *id, words).map_err(refuse)?;
            let page = evidence_page::written(&mut evidence, &attachments::beside(path), words)
                .map_err(|error| Failure::new(Exit::Damaged, words.reason(&error)))?;
            (ledger.seal_evidence(&evidence, &page).map_err(refuse)?.into_bytes(), id.to_string(), 1)
        }
        (Which::Task(id), Form::Sheet) => {
            let page = sign_off_page::page(ledger, &[ledger.task(*id).map_err(refuse)?], words);
            (page.into_bytes(), id.to_string(), 1)
        }
        (Which::Task(id), form) => {
            let rows = [ledger.task(*id).map_err(refuse)?.row];
            (task_list::file(&rows, format(form), words)?, id.to_string(), 1)
        }
        (Which::List(query), Form::Sheet) => {
            let details = details(ledger, query).map_err(refuse)?;
            (
                sign_off_page::page(ledger, &details, words).into_bytes(),
                task_list::subject("tasks", query),
                details.len() as u64,
            )
        }
        (Which::List(query), form) => {
            let rows = ledger.tasks(&TaskQuery { offset: 0, limit: 0, ..query.clone() }).map_err(refuse)?.rows;
            (task_list::file(&rows, format(form), words)?, task_list::subject("tasks", query), rows.len() as u64)
        }
    };
    outfile::write_new(path, &content).map_err(|error| {
        let there = || fl!(words.loader(), "export-there", path = path.display().to_string());
        let taken = error.kind() == std::io::ErrorKind::AlreadyExists;
        Failure::new(Exit::Found, if taken { there() } else { failed::file(path, &error, words) })
    })?;
    ledger.record_access(Access::Exported, &subject, tasks).map_err(|error| {
        // Nothing is taken out unrecorded.
        let _ = std::fs::remove_file(path);
        refuse(error)
    })?;
    if let (Which::Task(id), Form::Evidence) = (&job.which, job.form) {
        let attached = ledger.attachments(*id).map_err(refuse)?;
        let elsewhere = attachments::save(ledger, &attached, &attachments::beside(path), words)?;
        if let Some(name) = elsewhere.first() {
            let message = fl!(words.loader(), "export-attachment-elsewhere", name = name.clone());
            return Err(Failure::new(Exit::Found, message));
        }
    }
    Ok(tasks)
}

fn format(form: Form) -> ListFormat {
    match form {
        Form::Xlsx => ListFormat::Xlsx,
        Form::Json => ListFormat::Json,
        // Evidence of a whole list is not offered; the list itself is what is left.
        Form::Csv | Form::Sheet | Form::Evidence => ListFormat::Csv,
    }
}

/// The tasks of a sheet, in the order in which they were done.
fn details(ledger: &Ledger, query: &TaskQuery) -> Result<Vec<TaskDetail>, auxlog_store::LedgerError> {
    let query = TaskQuery { offset: 0, limit: sign_off_page::MOST, ..query.clone() };
    let mut ids: Vec<RecordId> = ledger.tasks(&query)?.rows.iter().map(|row| row.id).collect();
    ids.reverse();
    ids.into_iter().map(|id| ledger.task(id)).collect()
}

/// `~/` as a shell reads it.
fn at_home(path: &Path) -> PathBuf {
    let at = path.iter().position(|part| part == "~");
    let rest: Option<PathBuf> = at.map(|at| path.iter().skip(at + 1).collect());
    let home = || directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
    rest.and_then(|rest| Some(home()?.join(rest))).unwrap_or_else(|| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_an_export_says_which_list_it_was() {
        let query = TaskQuery {
            item: Some("16.2".into()),
            verdict: Some(auxlog_law::Severity::Improper),
            ..TaskQuery::default()
        };
        assert_eq!(task_list::subject("tasks", &query), "tasks item=16.2 verdict=Improper");
        assert_eq!(task_list::subject("tasks", &TaskQuery::default()), "tasks");
    }

    #[test]
    fn only_a_tilde_of_its_own_means_home() {
        assert_eq!(at_home(Path::new("/tmp/a~b")), Path::new("/tmp/a~b"));
        assert!(at_home(Path::new("/work/~/a.csv")).ends_with("a.csv"));
        assert!(!at_home(Path::new("/work/~/a.csv")).starts_with("/work"));
    }
}
