//! Checking a bundle.

use auxlog_law::Rulebook;

use super::{Evidence, EvidenceError, NoBundle};
use crate::fold::{Memory, TaskView, apply};
use crate::{AgencyId, Chain, ChainError, Event, Link, Record, RecordId, WriterId, WriterOpened};

/// Whether a record is about the task: its own one, or one that names it.
pub(super) fn concerns(record: &Record, task: RecordId) -> Result<bool, EvidenceError> {
    let id = record.id();
    if id == task {
        return Ok(true);
    }
    let event = record.event().map_err(|source| EvidenceError::Event { id, source })?;
    Ok(event.target() == Some(task))
}

/// A writer whose chain was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterChecked {
    /// The writer.
    pub writer: WriterId,
    /// What the opening record says: officer, agency, certificate, public key.
    pub opened: WriterOpened,
    /// Records in the chain.
    pub records: usize,
}

/// What checking a bundle established.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The task with everything recorded about it.
    pub task: TaskView,
    /// The agency in whose log it stands.
    pub agency: AgencyId,
    /// The writers.
    pub writers: Vec<WriterChecked>,
    /// Whoever exported and signed the bundle.
    pub exporter: WriterChecked,
    /// Records checked, those without a body included.
    pub records: usize,
    /// Whether the provisions were compared with this program's rulebook; not so where the
    /// verdicts were given by another version.
    pub provisions_compared: bool,
}

fn opened(chain: &Chain, first: &Record, records: usize) -> Result<WriterChecked, EvidenceError> {
    let id = first.id();
    match first.event().map_err(|source| EvidenceError::Event { id, source })? {
        Event::WriterOpened(opened) => Ok(WriterChecked { writer: chain.writer(), opened, records }),
        _ => Err(ChainError::NotOpened { id }.into()),
    }
}

impl Evidence {
    /// The records about the task, in the order of the chains.
    ///
    /// # Errors
    /// [`EvidenceError::Event`] where one can't be understood.
    pub fn about(&self) -> Result<Vec<&Record>, EvidenceError> {
        let mut about = Vec::new();
        for record in self.chains.iter().flatten() {
            if concerns(record, self.task)? {
                about.push(record);
            }
        }
        Ok(about)
    }

    /// The task as the records in the bundle tell it.
    ///
    /// # Errors
    /// [`EvidenceError::NoTask`], [`EvidenceError::Event`].
    pub fn view(&self) -> Result<TaskView, EvidenceError> {
        let mut views = Memory::default();
        for (n, record) in self.chains.iter().flat_map(|chain| chain.iter().enumerate()) {
            let id = record.id();
            if n == 0 || concerns(record, self.task)? {
                let event = record.event().map_err(|source| EvidenceError::Event { id, source })?;
                let Ok(()) = apply(&mut views, record, &event, None);
            }
        }
        let view = views.tasks.remove(&self.task).ok_or(EvidenceError::NoTask(self.task))?;
        if view.base_author().is_none() {
            return Err(EvidenceError::NoTask(self.task));
        }
        Ok(view)
    }
}

pub(super) fn check(evidence: &Evidence, exporter: &Record, rulebook: &Rulebook) -> Result<Checked, EvidenceError> {
    let mut writers = Vec::with_capacity(evidence.chains.len());
    for records in &evidence.chains {
        let Some((first, rest)) = records.split_first() else {
            return Err(NoBundle::EmptyChain.into());
        };
        let mut chain = Chain::open(first)?;
        for record in rest {
            if chain.check_next(record)? == Link::Duplicate {
                let (tip, found) = (chain.tip().seq, record.id());
                return Err(ChainError::Behind { tip, found }.into());
            }
        }
        writers.push(opened(&chain, first, records.len())?);
    }
    let task = evidence.view()?;
    let mut compared = true;
    for provision in &evidence.provisions {
        if provision.digest != rulebook.digest() {
            compared = false;
            continue;
        }
        let reads = rulebook.provision(&provision.cite).map(auxlog_law::Provision::verbatim);
        if reads.as_deref() != Some(provision.text.as_str()) {
            let (cite, rulebook) = (provision.cite.clone(), provision.rulebook.clone());
            return Err(EvidenceError::Provision { cite, rulebook });
        }
    }
    Ok(Checked {
        agency: task.agency.clone(),
        task,
        exporter: opened(&Chain::open(exporter)?, exporter, 1)?,
        records: writers.iter().map(|writer| writer.records).sum(),
        writers,
        provisions_compared: compared,
    })
}
