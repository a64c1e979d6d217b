//! Views in memory: for read-only commands, for verification, for tests.

use std::collections::BTreeMap;
use std::convert::Infallible;

use auxlog_law::RulebookSet;

use super::{Notice, TaskView, Views, WriterView};
use crate::crypto::sha256;
use crate::{Authority, Event, Hash, Hlc, Record, RecordId, Roster, Word, WriterId};

/// Views in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// Writers.
    pub writers: BTreeMap<WriterId, WriterView>,
    /// Tasks, by the record that logged or planned them.
    pub tasks: BTreeMap<RecordId, TaskView>,
    /// The roster imported last, and the record that it came with.
    pub roster: Option<(Hlc, RecordId, Roster)>,
    /// Who is who.
    pub authority: Authority,
    /// The rulebooks at hand.
    pub rulebooks: RulebookSet,
    /// Notices.
    pub notices: BTreeMap<(Hlc, RecordId, Hash), Notice>,
}

impl Memory {
    /// Hash of everything; equal for the same records in whichever order they came.
    pub fn digest(&self) -> Hash {
        let mut all = Vec::new();
        for task in self.tasks.values() {
            all.extend_from_slice(&task.digest().0);
        }
        let encode = |writer: &WriterView| minicbor::to_vec(writer).expect("writing to memory can't fail");
        for writer in self.writers.values() {
            all.extend_from_slice(&sha256(&[&encode(writer)]).0);
        }
        for notice in self.notices.values() {
            all.extend_from_slice(&notice.hash.0);
        }
        if let Some((hlc, record, _)) = &self.roster {
            all.extend_from_slice(&hlc.0.to_be_bytes());
            all.extend_from_slice(record.to_string().as_bytes());
        }
        sha256(&[b"views", &all])
    }
}

impl Views for Memory {
    type Error = Infallible;

    fn writer(&self, id: &WriterId) -> Result<Option<WriterView>, Infallible> {
        Ok(self.writers.get(id).cloned())
    }

    fn put_writer(&mut self, writer: &WriterView) -> Result<(), Infallible> {
        self.writers.insert(writer.id, writer.clone());
        Ok(())
    }

    fn authority(&self) -> &Authority {
        &self.authority
    }

    fn rulebooks(&self) -> &RulebookSet {
        &self.rulebooks
    }

    fn put_authority(&mut self, record: &Record, event: &Event, word: Option<&Word>) -> Result<(), Infallible> {
        self.authority.take(record, event, word);
        Ok(())
    }

    fn task(&mut self, id: &RecordId) -> Result<Option<TaskView>, Infallible> {
        Ok(self.tasks.remove(id))
    }

    fn put_task(&mut self, task: TaskView) -> Result<(), Infallible> {
        self.tasks.insert(task.id, task);
        Ok(())
    }

    fn roster_origin(&self) -> Result<Option<(Hlc, RecordId)>, Infallible> {
        Ok(self.roster.as_ref().map(|(hlc, record, _)| (*hlc, *record)))
    }

    fn put_roster(&mut self, origin: (Hlc, RecordId), roster: &Roster) -> Result<(), Infallible> {
        self.roster = Some((origin.0, origin.1, roster.clone()));
        Ok(())
    }

    fn put_notice(&mut self, notice: &Notice) -> Result<(), Infallible> {
        self.notices.insert((notice.hlc, notice.record, notice.hash), notice.clone());
        Ok(())
    }
}
