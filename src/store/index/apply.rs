//! Applying the journal's entries.

use auxlog_record::{Event, Record, Roster, Word, fold};

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

impl Index {
    /// Applies a record that stands at `place`. One that is known already, or does not follow
    /// its writer's newest, is left aside and `false` returned.
    pub(crate) fn apply(
        &mut self,
        source: &dyn Source,
        place: Place,
        record: &Record,
        word: Option<&Word>,
        origin: Origin,
    ) -> Result<bool, LedgerError> {
        let veiled = self.is_masked(record).then(|| record.clone().masked());
        let record = veiled.as_ref().unwrap_or(record);
        let event = read(record);
        self.apply_event(source, place, record, &event, word, origin)
    }

    /// As [`Self::apply`], where the event was read before.
    pub(crate) fn apply_event(
        &mut self,
        source: &dyn Source,
        place: Place,
        record: &Record,
        event: &Event,
        word: Option<&Word>,
        origin: Origin,
    ) -> Result<bool, LedgerError> {
        let id = record.id();
        let before = self.writers.get(&id.writer).map_or(0, |writer| writer.tip.seq);
        if !self.writers.add(id, place, record.hash(), record.envelope().hlc) {
            return Ok(false);
        }
        self.generation += 1;
        for piece in self.writers.pieces_of(&id.writer, id.seq.min(before + 1), id.seq) {
            self.touch(Kind::Places, piece);
        }
        if origin == Origin::Own
            && let Some(writer) = self.writers.get_mut(&id.writer)
        {
            writer.own = true;
        }
        if let Some(number) = self.orphans.remove(&id) {
            self.writers.set_slot(id, number);
        }
        let mut lens = Lens { index: self, source, record: id, place, origin };
        fold::apply(&mut lens, record, event, word)?;
        Ok(true)
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
