//! Whose chains there are and where their records stand.

use std::collections::HashMap;

use auxlog_record::fold::WriterView;
use auxlog_record::{Hash, Hlc, RecordId, Tip, WriterId};

use super::{NOWHERE, Place, Slot};

/// Places that the cache keeps in one piece: 16 KiB.
pub(super) const PLACES_PER_PIECE: u32 = 2048;

/// The most records in a row that damage is believed to have taken.
const LARGEST_HOLE: usize = 1 << 24;

/// No task.
const NONE: u32 = u32::MAX;

/// One writer's chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownWriter {
    pub(crate) id: WriterId,
    /// Whose it is; `None` until the first record arrived.
    pub(crate) view: Option<WriterView>,
    /// Its keys are on this laptop.
    pub(crate) own: bool,
    /// The newest record.
    pub(crate) tip: Tip,
    /// Seq covered by the server's last verified receipt.
    pub(crate) acked: u64,
    /// Where each record stands, from seq 1.
    places: Vec<Place>,
    /// The task that each record logged or planned.
    slots: Vec<u32>,
    /// How many records before the newest are missing.
    holes: usize,
    /// How many were missing and came back.
    made_up: u64,
}

impl KnownWriter {
    /// Where the record with that seq stands.
    pub(crate) fn place(&self, seq: u64) -> Option<Place> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.places.get(at).copied().filter(|place| *place != NOWHERE)
    }

    /// The first record before the newest that damage took.
    pub(crate) fn first_hole(&self) -> Option<u64> {
        (self.holes > 0).then_some(())?;
        self.places.iter().position(|place| *place == NOWHERE).map(|at| at as u64 + 1)
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }
}

/// All writers, numbered in the order they came.
#[derive(Default)]
pub(crate) struct Writers {
    all: Vec<KnownWriter>,
    numbers: HashMap<WriterId, u16>,
}

impl Writers {
    /// The number of a writer, new or known.
    pub(super) fn number(&mut self, id: WriterId) -> u16 {
        *self.numbers.entry(id).or_insert_with(|| {
            self.all.push(KnownWriter { id, ..KnownWriter::default() });
            u16::try_from(self.all.len() - 1).unwrap_or(u16::MAX)
        })
    }

    pub(crate) fn get(&self, id: &WriterId) -> Option<&KnownWriter> {
        self.numbers.get(id).and_then(|number| self.all.get(usize::from(*number)))
    }

    pub(crate) fn get_mut(&mut self, id: &WriterId) -> Option<&mut KnownWriter> {
        self.numbers.get(id).and_then(|number| self.all.get_mut(usize::from(*number)))
    }

    pub(crate) fn at(&self, number: u16) -> Option<&KnownWriter> {
        self.all.get(usize::from(number))
    }

    pub(super) fn id(&self, number: u16) -> WriterId {
        self.at(number).map(|writer| writer.id).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &KnownWriter> {
        self.all.iter()
    }

    /// Takes note of a record's place. `false` where it is known already.
    ///
    /// The journal takes records in their order, so that what is missing before one was lost to
    /// damage. It leaves a hole, which is filled when the record comes back: were the writer to go
    /// on from before the hole, it would write another record in the place of one that it signed.
    pub(super) fn add(&mut self, id: RecordId, place: Place, hash: Hash, hlc: Hlc) -> bool {
        let number = self.number(id.writer);
        let Some(writer) = self.all.get_mut(usize::from(number)) else { return false };
        let Some(at) = usize::try_from(id.seq.wrapping_sub(1)).ok().filter(|_| id.seq > 0) else { return false };
        if id.seq <= writer.tip.seq {
            let hole = writer.places.get_mut(at).filter(|kept| **kept == NOWHERE);
            writer.holes -= usize::from(hole.is_some());
            writer.made_up += u64::from(hole.is_some());
            return hole.map(|kept| *kept = place).is_some();
        }
        let missing = at - writer.places.len();
        if missing > LARGEST_HOLE {
            return false;
        }
        writer.holes += missing;
        writer.places.resize(at, NOWHERE);
        writer.slots.resize(at, NONE);
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

    /// Puts back whose task it is; `false` where its record is not known.
    pub(super) fn restore_slot(&mut self, slot: &Slot, number: u32) -> bool {
        let at = usize::try_from(slot.seq.wrapping_sub(1)).unwrap_or(usize::MAX);
        let writer = self.all.get_mut(usize::from(slot.writer));
        writer.and_then(|writer| writer.slots.get_mut(at)).map(|kept| *kept = number).is_some()
    }

    /// How many records were missing and came back, where none is missing any more.
    pub(crate) fn made_up(&self) -> Option<u64> {
        let whole = self.all.iter().all(|writer| writer.holes == 0);
        whole.then(|| self.all.iter().map(|writer| writer.made_up).sum())
    }

    /// The pieces that a writer's places from seq `first` to `last` stand in.
    pub(super) fn pieces_of(&self, writer: &WriterId, first: u64, last: u64) -> impl Iterator<Item = u32> + use<> {
        let piece = |seq: u64| u32::try_from(seq.saturating_sub(1) / u64::from(PLACES_PER_PIECE)).unwrap_or(0);
        let number = self.numbers.get(writer).map(|number| u32::from(*number) << 16);
        number.into_iter().flat_map(move |number| (piece(first)..=piece(last)).map(move |piece| number | piece))
    }

    /// Puts a writer back as the cache kept it.
    pub(super) fn restore(&mut self, writer: KnownWriter) {
        self.numbers.insert(writer.id, u16::try_from(self.all.len()).unwrap_or(u16::MAX));
        self.all.push(writer);
    }

    /// Puts the next of a writer's places back; `false` where there is no such writer.
    pub(super) fn restore_places(&mut self, number: u16, places: &[Place]) -> bool {
        let Some(writer) = self.all.get_mut(usize::from(number)) else { return false };
        let all = usize::try_from(writer.tip.seq).unwrap_or(0).min(LARGEST_HOLE);
        writer.places.reserve_exact(all.saturating_sub(writer.places.len()));
        writer.slots.reserve_exact(all.saturating_sub(writer.slots.len()));
        writer.holes += places.iter().filter(|place| **place == NOWHERE).count();
        writer.places.extend_from_slice(places);
        writer.slots.resize(writer.places.len(), NONE);
        true
    }
}
