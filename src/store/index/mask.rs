//! Bodies masked by order: nobody is shown them any more, whatever still lies in the journal.

use auxlog_record::{Event, Record, RecordId};

use super::lens::{read, reconstruct};
use super::{Index, Source};
use crate::LedgerError;

impl Index {
    /// A record as it may be read: without its body where that was masked by order.
    pub(crate) fn veil(&self, record: Record) -> Record {
        if self.is_masked(&record) { record.masked() } else { record }
    }

    /// Whether a record is masked. An order about one that must stay readable counts for nothing.
    pub(crate) fn is_masked(&self, record: &Record) -> bool {
        self.masked.contains(&record.id()) && record.envelope().is_maskable()
    }

    /// The records that are masked.
    pub(crate) fn masked(&self) -> impl Iterator<Item = RecordId> {
        self.masked.iter().copied()
    }

    /// Masks a record and brings after it what lists keep of its task. A record that has not
    /// arrived is masked when it does.
    pub(super) fn mask(&mut self, source: &dyn Source, target: RecordId) -> Result<(), LedgerError> {
        if !self.masked.insert(target) {
            return Ok(());
        }
        self.dirty.tables = true;
        let Some(place) = self.writers.get(&target.writer).and_then(|writer| writer.place(target.seq)) else {
            return Ok(());
        };
        let Some(task) = about(&source.record(place)?) else { return Ok(()) };
        let Some(number) = self.writers.slot_of(&task).or_else(|| self.orphans.get(&task).copied()) else {
            return Ok(());
        };
        let Some(old) = self.slots.get(number).copied() else { return Ok(()) };
        if let Some(view) = reconstruct(self, source, number)? {
            let new = self.summary(&view, old);
            self.replace(number, old, new);
        }
        Ok(())
    }
}

/// The task that a record is about.
fn about(record: &Record) -> Option<RecordId> {
    match read(record) {
        Event::TaskLogged(_) | Event::TaskPlanned(_) => Some(record.id()),
        Event::Amendment(e) => Some(e.target),
        Event::Annulment(e) => Some(e.target),
        Event::Attachment(e) => Some(e.target),
        Event::ReviewStep(e) => Some(e.target),
        Event::Statement(e) => Some(e.target),
        Event::Rejudged(e) => Some(e.target),
        _ => None,
    }
}
