//! Bodies masked by order: nobody is shown them any more, whatever still lies in the journal.

use auxlog_record::{Record, RecordId, Word};

use super::lens::{read, reconstruct};
use super::{Index, Run, Source};
use crate::LedgerError;
use crate::ledger::{word_in, word_topic};

impl Index {
    /// A record as it may be read: without its body where that was masked by order.
    pub(crate) fn veil(&self, record: Record) -> Record {
        if self.is_masked(&record) { record.masked() } else { record }
    }

    /// Whether a record is masked. An order about one that must stay readable counts for nothing.
    pub(crate) fn is_masked(&self, record: &Record) -> bool {
        self.masked.contains(&record.id()) && record.envelope().is_maskable()
    }

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
        self.reread(source, target)
    }

    /// What the agency's log says of a record that was here before it was in the log.
    pub(crate) fn word_of(&self, id: RecordId) -> Option<Word> {
        self.noted_word(id).or_else(|| self.placed.word(id))
    }

    /// The same, where that is noted by itself: it says, or said, more than that it is in the log.
    pub(crate) fn noted_word(&self, id: RecordId) -> Option<Word> {
        let topic = word_topic(id);
        word_in(&topic, self.topic(&topic)?).map(|(_, word)| word)
    }

    /// Notes where own records stand in the agency's log, and brings after it what is read otherwise there
    /// than by what the office says now.
    pub(crate) fn put_placed(&mut self, source: &dyn Source, run: Run) -> Result<(), LedgerError> {
        self.placed.put(run);
        self.dirty.tables = true;
        self.moved(source, &run.first.writer)?;
        let first = run.first.seq;
        if !self.authority.differs_at(&run.first.writer, &run.word(first)) {
            return Ok(());
        }
        (first..first.saturating_add(run.count)).try_for_each(|seq| self.reread(source, RecordId { seq, ..run.first }))
    }

    /// Brings what lists keep of a record's task after what is known of the record now.
    pub(crate) fn reread(&mut self, source: &dyn Source, id: RecordId) -> Result<(), LedgerError> {
        let Some(place) = self.writers.get(&id.writer).and_then(|writer| writer.place(id.seq)) else {
            return Ok(());
        };
        let Some(task) = about(&source.record(place)?) else { return Ok(()) };
        let Some(number) = self.writers.slot_of(&task).or_else(|| self.orphans.get(&task).copied()) else {
            return Ok(());
        };
        self.reread_task(source, number)
    }

    /// Derives every task anew.
    pub(crate) fn reread_all(&mut self, source: &dyn Source) -> Result<(), LedgerError> {
        (0..self.slots.len()).try_for_each(|number| self.reread_task(source, number))
    }

    fn reread_task(&mut self, source: &dyn Source, number: u32) -> Result<(), LedgerError> {
        let Some(old) = self.slots.get(number).copied() else { return Ok(()) };
        if let Some(view) = reconstruct(self, source, number)? {
            let new = self.summary(&view, old);
            self.replace(number, old, new);
        }
        Ok(())
    }
}

fn about(record: &Record) -> Option<RecordId> {
    let event = read(record);
    if event.begins_history() { Some(record.id()) } else { event.target().filter(|_| event.is_history()) }
}
