//! All slots, in blocks: growing never copies or doubles what is there.

use super::slot::{SLOTS_PER_CHUNK, Slot};

#[derive(Default)]
pub(super) struct Slots {
    chunks: Vec<Vec<Slot>>,
}

impl Slots {
    pub(super) fn len(&self) -> u32 {
        let full = self.chunks.len().saturating_sub(1);
        let last = self.chunks.last().map_or(0, Vec::len);
        u32::try_from(full).unwrap_or(u32::MAX).saturating_mul(SLOTS_PER_CHUNK) + u32::try_from(last).unwrap_or(0)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Slot> {
        self.chunks.get((number / SLOTS_PER_CHUNK) as usize)?.get((number % SLOTS_PER_CHUNK) as usize)
    }

    /// The hash of a task's reference; 0 where it has none.
    pub(super) fn reference(&self, number: u32) -> u64 {
        self.get(number).map_or(0, |slot| slot.reference)
    }

    pub(super) fn put(&mut self, number: u32, slot: Slot) {
        let chunk = self.chunks.get_mut((number / SLOTS_PER_CHUNK) as usize);
        if let Some(kept) = chunk.and_then(|chunk| chunk.get_mut((number % SLOTS_PER_CHUNK) as usize)) {
            *kept = slot;
        }
    }

    /// Adds a slot and gives its number.
    pub(super) fn push(&mut self, slot: Slot) -> u32 {
        let number = self.len();
        if number.is_multiple_of(SLOTS_PER_CHUNK) {
            self.chunks.push(Vec::with_capacity(SLOTS_PER_CHUNK as usize));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(slot);
        }
        number
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Slot)> {
        (0_u32..).zip(self.chunks.iter().flatten())
    }

    pub(super) fn chunk_bytes(&self, chunk: u32) -> Option<Vec<u8>> {
        let slots = self.chunks.get(chunk as usize)?;
        let mut bytes = Vec::with_capacity(slots.len() * super::slot::SLOT_BYTES);
        for slot in slots {
            slot.write(&mut bytes);
        }
        Some(bytes)
    }

    pub(super) fn chunks(&self) -> u32 {
        u32::try_from(self.chunks.len()).unwrap_or(u32::MAX)
    }
}
