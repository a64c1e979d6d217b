//! Questions to the open ledger. May block on the disk: called from blocking tasks.

use std::sync::Arc;

use auxlog_store::{Ledger, LedgerError};

use crate::effect::{Answer, Ask, Failure};
use crate::effects::entries;
use crate::entries::Refusal;
use crate::export::Exporter;

/// The ledger's answer to `ask`.
pub(super) fn answer(ledger: &Ledger, exporter: Option<&dyn Exporter>, ask: &Ask) -> Answer {
    try_answer(ledger, exporter, ask).unwrap_or_else(|error| failed(ask, error))
}

/// The answer to a question that may be given up; `None` when it was.
pub(super) fn answer_unless(ledger: &Ledger, ask: &Ask, given_up: &dyn Fn() -> bool) -> Option<Answer> {
    let Ask::Tasks(query) = ask else { return Some(answer(ledger, None, ask)) };
    match ledger.tasks_unless(query, given_up) {
        Ok(page) => page.map(|page| Answer::Tasks(query.clone(), page)),
        Err(error) => Some(failed(ask, error)),
    }
}

fn failed(ask: &Ask, error: LedgerError) -> Answer {
    Answer::Failed(Failure { ask: ask.clone(), error: Arc::new(error) })
}

fn told<T>(done: Result<T, Refusal>, answer: impl FnOnce(T) -> Answer) -> Answer {
    done.map_or_else(|refusal| Answer::Refused(Arc::new(refusal)), answer)
}

fn try_answer(ledger: &Ledger, exporter: Option<&dyn Exporter>, ask: &Ask) -> Result<Answer, LedgerError> {
    Ok(match ask {
        Ask::Today(date) => Answer::Today(Box::new(ledger.today(*date)?)),
        Ask::Tasks(query) => Answer::Tasks(query.clone(), ledger.tasks(query)?),
        Ask::Plans(since, until) => Answer::Plans(ledger.plans(*since, *until)?),
        Ask::Flags(query) => Answer::Flags(query.clone(), ledger.flags(query)?),
        Ask::Task(id) => {
            let detail = ledger.task(*id)?;
            ledger.note_viewed(*id);
            Answer::Task(Box::new(detail))
        }
        Ask::People { query, limit } => Answer::People(query.clone(), ledger.search_auxiliaries(query, *limit)),
        Ask::Officers { query, limit } => Answer::Officers(query.clone(), ledger.search_officers(query, *limit)),
        Ask::PeopleIndex => Answer::PeopleIndex(ledger.people()),
        Ask::Person(id) => Answer::Person(id.clone(), ledger.auxiliary(id)?.map(Box::new)),
        Ask::Holdings => told(entries::holdings(ledger), |holdings| Answer::Holdings(Box::new(holdings))),
        Ask::Entries(list) => told(entries::list(ledger, list), |page| Answer::Entries(list.clone(), page)),
        Ask::Entry(id) => told(entries::one(ledger, *id), |sheet| Answer::Entry(*id, sheet.map(Box::new))),
        Ask::Write(written) => told(entries::write(ledger, written), Answer::Written),
        Ask::Waiting => Answer::Waiting(ledger.waiting()?),
        Ask::Concerns => Answer::Concerns(Box::new(auxlog_store::concerns(ledger))),
        Ask::LoadDraft(form) => Answer::Draft(form, ledger.load_draft(form)?.map(Box::new)),
        Ask::SaveDraft(form, draft) => {
            ledger.save_draft(form, draft)?;
            Answer::DraftSaved(form)
        }
        Ask::ClearDraft(form) => {
            ledger.clear_draft(form)?;
            Answer::DraftSaved(form)
        }
        Ask::Log(task) => {
            let mut acks = ledger.log(std::slice::from_ref(task.as_ref()));
            match acks.pop() {
                Some(ack) => Answer::Logged(ack?),
                None => return Err(LedgerError::NoSuchTask { id: task.id.clone() }),
            }
        }
        Ask::LogWith(task, files) => {
            let files: Vec<_> = files.iter().map(|file| (file.clone(), None)).collect();
            Answer::Logged(ledger.log_attaching(task, &files)?)
        }
        Ask::Stage(path) => Answer::Staged(Box::new(ledger.stage(path)?)),
        Ask::Attach(target, file) => {
            ledger.attach(*target, file, None)?;
            Answer::Recorded(*target)
        }
        Ask::Plan(task, reason) => Answer::Planned(ledger.plan(task, reason.clone())?),
        Ask::Amend { target, based_on, corrected, reason } => {
            ledger.amend(*target, based_on, corrected, reason)?;
            Answer::Recorded(*target)
        }
        Ask::Annul(target, reason) => {
            ledger.annul(*target, reason)?;
            Answer::Recorded(*target)
        }
        Ask::Review(step) => {
            ledger.review(step)?;
            Answer::Recorded(step.target)
        }
        Ask::Statement(statement) => {
            ledger.statement(statement)?;
            Answer::Recorded(statement.target)
        }
        Ask::Export(job) => {
            let written = exporter.map_or(Ok(0), |exporter| exporter.export(ledger, job));
            Answer::Exported(job.clone(), written)
        }
    })
}
