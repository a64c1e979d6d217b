//! Checking a bundle.

use auxlog_law::RulebookSet;

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, EvidenceError, NoBundle};
use crate::fold::{Fold, Memory, TaskView, Views};
use crate::{
    AgencyId, Authority, Chain, ChainError, Event, Hash, Link, Record, RecordId, Word, WriterId, WriterOpened,
};

/// What is known of a bundle's records beside them: who is who, and what the agency's log says of each,
/// by its hash. Nothing where no server vouches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Who is who.
    pub authority: Authority,
    /// What the log says.
    pub words: BTreeMap<Hash, Word>,
}

/// Whether a record is about the task: its own one, or one that names it.
pub(super) fn concerns(record: &Record, task: RecordId) -> Result<bool, EvidenceError> {
    let id = record.id();
    if id == task {
        return Ok(true);
    }
    let event = record.event().map_err(|source| EvidenceError::Event { id, source })?;
    Ok(event.target() == Some(task))
}

/// The records about the task, orders to mask one of them among them.
pub(super) fn about<'a>(
    records: impl Iterator<Item = &'a Record> + Clone,
    task: RecordId,
) -> Result<BTreeSet<RecordId>, EvidenceError> {
    let mut about = BTreeSet::new();
    for record in records.clone() {
        if concerns(record, task)? {
            about.insert(record.id());
        }
    }
    for record in records {
        if let Ok(Event::MaskOrdered(order)) = record.event()
            && about.contains(&order.target)
        {
            about.insert(record.id());
        }
    }
    Ok(about)
}

/// The plan that a task's record carries out.
pub(super) fn plan_of(record: &Record) -> Option<RecordId> {
    match record.event() {
        Ok(Event::TaskLogged(logged)) => logged.plan,
        _ => None,
    }
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
        let about = about(self.chains.iter().flatten(), self.task)?;
        Ok(self.chains.iter().flatten().filter(|record| about.contains(&record.id())).collect())
    }

    /// The task as the records in the bundle tell it.
    ///
    /// # Errors
    /// [`EvidenceError::NoTask`], [`EvidenceError::Event`].
    pub fn view(&self) -> Result<TaskView, EvidenceError> {
        self.view_by(&Known::default())
    }

    /// The same, by what is known of who is who and of the log.
    ///
    /// # Errors
    /// As [`Evidence::view`].
    pub fn view_by(&self, known: &Known) -> Result<TaskView, EvidenceError> {
        let mut views = Memory { authority: known.authority.clone(), ..Memory::default() };
        if let Some(since) = self.rules_since {
            views.authority.adopt_alone(since);
        }
        let plan = self.record(self.task).and_then(plan_of);
        // Whose the chains are, before what they say.
        let openings = self.chains.iter().filter_map(|chain| chain.first());
        let rest = self.chains.iter().flat_map(|chain| chain.iter().skip(1));
        let mut fold = Fold::of(&mut views);
        for (n, record) in openings.map(|record| (0, record)).chain(rest.map(|record| (1, record))) {
            let id = record.id();
            if n == 0 || plan == Some(id) || concerns(record, self.task)? {
                let event = record.event().map_err(|source| EvidenceError::Event { id, source })?;
                let Ok(()) = fold.take(record, event, known.words.get(&record.hash()));
            }
        }
        let Ok(()) = fold.finish();
        let Ok(view) = views.task(&self.task);
        let view = view.ok_or(EvidenceError::NoTask(self.task))?;
        if view.base_author().is_none() {
            return Err(EvidenceError::NoTask(self.task));
        }
        Ok(view)
    }

    /// The record with this id.
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.chains.iter().flatten().find(|record| record.id() == id)
    }

    /// Whether an order to mask this record is in the bundle.
    pub fn is_ordered(&self, id: RecordId) -> bool {
        let orders = |record: &Record| matches!(record.event(), Ok(Event::MaskOrdered(order)) if order.target == id);
        self.chains.iter().flatten().any(orders)
    }
}

pub(super) fn check(evidence: &Evidence, exporter: &Record, rulebooks: &RulebookSet) -> Result<Checked, EvidenceError> {
    let mut writers = Vec::with_capacity(evidence.chains.len());
    let mut known = BTreeSet::new();
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
        if !known.insert(chain.writer()) {
            return Err(NoBundle::TwoChains.into());
        }
        writers.push(opened(&chain, first, records.len())?);
    }
    let task = evidence.view()?;
    let own = evidence.record(evidence.task).filter(|record| record.body().is_none());
    if own.is_some() && !evidence.is_ordered(evidence.task) {
        return Err(EvidenceError::Emptied(evidence.task));
    }
    let mut compared = true;
    for provision in &evidence.provisions {
        let Some(rulebook) = rulebooks.with_digest(&provision.digest) else {
            compared = false;
            continue;
        };
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
