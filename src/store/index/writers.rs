//! Whose chains there are and where their records stand.

use std::collections::HashMap;

use auxlog_record::fold::WriterView;
use auxlog_record::{Hash, Hlc, RecordId, Tip, WriterId};

use super::{NOWHERE, Place};

/// Places that the cache keeps in one piece: 16 KiB.
pub(super) const PLACES_PER_PIECE: u32 = 2048;

/// No task.
const NONE: u32 = u32::MAX;

/// One writer's chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writer {
    /// The writer.
    pub(crate) id: WriterId,
    /// Whose it is; `None` until the first record arrived.
    pub(crate) view: Option<WriterView>,
    /// His keys are on this laptop.
    pub(crate) own: bool,
    /// The newest record.
    pub(crate) tip: Tip,
    /// Seq covered by the server's last verified receipt.
    pub(crate) acked: u64,
    /// Where each record stands, from seq 1.
    places: Vec<Place>,
    /// The task that each record logged or planned.
    slots: Vec<u32>,
}

impl Writer {
    /// Where the record with that seq stands.
    pub(crate) fn place(&self, seq: u64) -> Option<Place> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.places.get(at).copied().filter(|place| *place != NOWHERE)
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }
}

/// All writers, numbered in the order they came.
#[derive(Default)]
pub(crate) struct Writers {
    all: Vec<Writer>,
    numbers: HashMap<WriterId, u16>,
}

impl Writers {
    /// The number of a writer, new or known.
    pub(super) fn number(&mut self, id: WriterId) -> u16 {
        *self.numbers.entry(id).or_insert_with(|| {
            self.all.push(Writer { id, ..Writer::default() });
            u16::try_from(self.all.len() - 1).unwrap_or(u16::MAX)
        })
    }

    pub(crate) fn get(&self, id: &WriterId) -> Option<&Writer> {
        self.numbers.get(id).and_then(|number| self.all.get(usize::from(*number)))
    }

    pub(crate) fn get_mut(&mut self, id: &WriterId) -> Option<&mut Writer> {
        self.numbers.get(id).and_then(|number| self.all.get_mut(usize::from(*number)))
    }

    /// The writer with that number.
    pub(crate) fn at(&self, number: u16) -> Option<&Writer> {
        self.all.get(usize::from(number))
    }

    pub(super) fn id(&self, number: u16) -> WriterId {
        self.at(number).map(|writer| writer.id).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Writer> {
        self.all.iter()
    }

    /// Takes note of a record's place. `false` where the record does not follow the writer's
    /// newest: it is known already, or another one is missing before it.
    pub(super) fn add(&mut self, id: RecordId, place: Place, hash: Hash, hlc: Hlc) -> bool {
        let number = self.number(id.writer);
        let Some(writer) = self.all.get_mut(usize::from(number)) else { return false };
        if id.seq != writer.tip.seq + 1 {
            return false;
        }
        writer.tip = Tip { seq: id.seq, hash, hlc };
        writer.places.push(place);
        writer.slots.push(NONE);
        true
    }

    pub(super) fn slot_of(&self, id: &RecordId) -> Option<u32> {
        let at = usize::try_from(id.seq.checked_sub(1)?).ok()?;
        self.get(&id.writer)?.slots.get(at).copied().filter(|slot| *slot != NONE)
    }

    pub(super) fn set_slot(&mut self, id: RecordId, slot: u32) -> bool {
        let at = usize::try_from(id.seq.saturating_sub(1)).unwrap_or(usize::MAX);
        match self.get_mut(&id.writer).and_then(|writer| writer.slots.get_mut(at)) {
            Some(kept) => {
                *kept = slot;
                true
            }
            None => false,
        }
    }

    /// The piece that a record's place stands in.
    pub(super) fn piece_of(&self, id: &RecordId) -> Option<u32> {
        let number = u32::from(*self.numbers.get(&id.writer)?);
        let piece = u32::try_from(id.seq.checked_sub(1)? / u64::from(PLACES_PER_PIECE)).ok()?;
        Some((number << 16) | piece)
    }

    /// Puts a writer back as the cache kept him.
    pub(super) fn restore(&mut self, writer: Writer) {
        self.numbers.insert(writer.id, u16::try_from(self.all.len()).unwrap_or(u16::MAX));
        self.all.push(writer);
    }

    /// Puts the next of a writer's places back; `false` where there is no such writer.
    pub(super) fn restore_places(&mut self, number: u16, places: &[Place]) -> bool {
        let Some(writer) = self.all.get_mut(usize::from(number)) else { return false };
        writer.places.extend_from_slice(places);
        writer.slots.resize(writer.places.len(), NONE);
        true
    }
}
