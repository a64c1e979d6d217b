//! Applying the journal's entries.

use auxlog_record::fold::{Fold, Status};
use auxlog_record::kind::number;
use auxlog_record::{Record, RecordId, Roster, Word};

use super::lens::{Lens, read};
use super::slot::SLOTS_PER_CHUNK;
use super::{Index, Kind, Place, Slot, Source};
use crate::LedgerError;

/// Where a record came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Made on this laptop.
    Own,
    /// Pulled from the server.
    Received,
    /// Pulled from the server, which does not carry out what it orders.
    Unheeded,
}

/// A record to be applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'r> {
    pub(crate) place: Place,
    pub(crate) record: &'r Record,
    /// What the agency's log says of it.
    pub(crate) word: Option<&'r Word>,
    pub(crate) origin: Origin,
}

impl Item<'_> {
    /// Whether what other records mean changes with it: it is folded by itself.
    fn is_apart(&self) -> bool {
        matches!(self.record.envelope().kind, number::MASK_ORDERED | number::ROSTER_REPLACED)
    }
}

/// The most records that are folded together: their histories are held meanwhile.
const TOGETHER: usize = 1024;

impl Index {
    /// Applies records in their order, each task's derived once. One that is known already, or does not
    /// follow its writer's newest, is left aside. Gives those.
    pub(crate) fn apply(&mut self, source: &dyn Source, items: &[Item<'_>]) -> Result<Vec<RecordId>, LedgerError> {
        let mut aside = Vec::new();
        let together = items.chunk_by(|one, next| !one.is_apart() && !next.is_apart());
        for together in together.flat_map(|together| together.chunks(TOGETHER)) {
            self.apply_together(source, together, &mut aside)?;
        }
        Ok(aside)
    }

    fn apply_together(
        &mut self,
        source: &dyn Source,
        items: &[Item<'_>],
        aside: &mut Vec<RecordId>,
    ) -> Result<(), LedgerError> {
        let Some(first) = items.first() else { return Ok(()) };
        let mut lens = Lens::over(self, source, first);
        let mut fold = Fold::of(&mut lens);
        for item in items {
            let lens = fold.views();
            if !lens.enter(item) {
                aside.push(item.record.id());
                continue;
            }
            let veiled = lens.index.is_masked(item.record).then(|| item.record.clone().masked());
            let record = veiled.as_ref().unwrap_or(item.record);
            let noted = item.word.is_none().then(|| fold.views().index.word_of(record.id())).flatten();
            fold.take(record, read(record), item.word.or(noted.as_ref()))?;
        }
        fold.finish()?;
        lens.settle();
        Ok(())
    }

    /// Takes a record into its writer's chain; `false` where it does not follow.
    pub(super) fn chain(&mut self, item: &Item<'_>) -> bool {
        let id = item.record.id();
        let before = self.writers.get(&id.writer).map_or(0, |writer| writer.tip.seq);
        if !self.writers.add(id, item.place, item.record.hash(), item.record.envelope().hlc) {
            return false;
        }
        self.generation += 1;
        for piece in self.writers.pieces_of(&id.writer, id.seq.min(before + 1), id.seq) {
            self.touch(Kind::Places, piece);
        }
        if item.origin == Origin::Own
            && let Some(writer) = self.writers.get_mut(&id.writer)
        {
            writer.own = true;
        }
        if let Some(number) = self.orphans.remove(&id) {
            self.writers.set_slot(id, number);
        }
        true
    }

    /// Takes over a roster that came from the server.
    pub(crate) fn apply_roster(&mut self, place: Place, roster: Roster) {
        self.roster = std::sync::Arc::new(roster);
        self.roster_place = Some(place);
        self.roster_from_server = true;
        self.dirty.tables = true;
        self.generation += 1;
    }

    /// Notes that everything before `place` is applied.
    pub(crate) fn set_applied(&mut self, applied: u64) {
        self.dirty.tables |= self.applied != applied;
        self.applied = applied;
    }

    /// Replaces a task's slot and brings counters, order and reference index after it.
    pub(super) fn replace(&mut self, number: u32, old: Slot, new: Slot) {
        self.recount(number, Self::is_listed(&old).then_some(old), new);
        self.slots.put(number, new);
        if new.status == Status::Entry {
            self.changed_entries.push(number);
        }
        if number >= self.ordered {
            self.ordered = number + 1;
            self.place_in_order(number);
        } else if old.at_ms != new.at_ms {
            self.displace(number);
            self.place_in_order(number);
        }
        if old.reference != new.reference {
            self.refer(number, new.reference);
        }
        self.touch(Kind::Slots, number / SLOTS_PER_CHUNK);
    }
}
