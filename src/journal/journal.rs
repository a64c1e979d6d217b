//! The journal, open for writing.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{Disk, DiskFile};
use crate::entry::{Entry, Position};
use crate::error::JournalError;
use crate::key::{SealingKey, StoreKey, nonces};
use crate::layout::{
    FRAME_HEAD, FRAMES, FrameLink, FramePlace, Head, MAX_ENTRY, SECTOR, SLOT, Slot, align, segment_name,
};
use crate::read::{Last, numbers, read};
use crate::report::Report;

/// Settings of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalOptions {
    /// Bytes that a segment is preallocated with; at least 16 KiB are taken.
    pub segment_bytes: u64,
}

impl Default for JournalOptions {
    /// 4 MiB.
    fn default() -> Self {
        Self { segment_bytes: 4 << 20 }
    }
}

/// After so many entries that no slot confirms, a commit writes one although it is alone.
const UNCONFIRMED: u64 = 256;

/// What is kept of the memory that a commit was put together in.
const KEPT: usize = 1 << 20;

/// The journal, open for writing. One process at a time: hold an [`crate::InstanceLock`].
pub struct Journal {
    disk: Arc<dyn Disk>,
    key: SealingKey,
    options: JournalOptions,
    state: Mutex<State>,
}

/// Where the next commit goes.
struct State {
    /// `None` once a write or sync of the segment failed, or when it is damaged: what its cache
    /// holds can no longer be trusted to reach the disk, so the next commit opens a new segment.
    file: Option<Box<dyn DiskFile>>,
    number: u64,
    length: u64,
    offset: u64,
    end: Position,
    link: FrameLink,
    generation: u64,
    /// Everything before it was acknowledged, and a slot on the disk says so.
    confirmed: Position,
    /// The commit's bytes, kept to be used again.
    buffer: Vec<u8>,
}

impl Journal {
    /// Makes a new journal, durably.
    ///
    /// # Errors
    /// [`JournalError::Exists`] when there is one.
    pub fn create(disk: Arc<dyn Disk>, key: &StoreKey, options: JournalOptions) -> Result<Self, JournalError> {
        if !numbers(&*disk)?.is_empty() {
            return Err(JournalError::Exists);
        }
        let state = State {
            file: None,
            number: 0,
            length: 0,
            offset: FRAMES,
            end: 0,
            link: FrameLink::default(),
            generation: 0,
            confirmed: 0,
            buffer: Vec::new(),
        };
        let journal = Self { disk, key: key.for_purpose("journal"), options, state: Mutex::new(state) };
        journal.roll(&mut journal.lock(), 0)?;
        Ok(journal)
    }

    /// Opens a journal, recovers from whatever happened to it, and shows every entry from `from`
    /// on, in order. When this returns, all that was shown is durable.
    ///
    /// # Errors
    /// [`JournalError`]; damage is no error but stands in the report.
    pub fn open(
        disk: Arc<dyn Disk>,
        key: &StoreKey,
        options: JournalOptions,
        from: Position,
        visit: &mut dyn FnMut(Position, Entry),
    ) -> Result<(Self, Report), JournalError> {
        let key = key.for_purpose("journal");
        let aside = Arc::clone(&disk);
        let mut set_aside = |file: &str, offset: u64, bytes: &[u8]| quarantine(&*aside, file, offset, bytes);
        let (report, last) = read(&*disk, &key, from, visit, &mut set_aside)?;
        let state = recover(&*disk, &key, last)?;
        let journal = Self { disk, key, options, state: Mutex::new(state) };
        Ok((journal, report))
    }

    /// Appends entries together; they are durable when this returns.
    ///
    /// # Errors
    /// [`JournalError::NotSaved`]: none of them is acknowledged, append them again.
    pub fn append(&self, entries: &[Entry]) -> Result<Range<Position>, JournalError> {
        // What each is as bytes is asked twice and not kept: there may be a hundred thousand of them.
        let mut need = 0;
        for entry in entries {
            let length = entry.encode().len();
            if length > MAX_ENTRY {
                return Err(JournalError::TooLarge(length));
            }
            need += (length + FRAME_HEAD + crate::key::TAG) as u64;
        }
        let need = align(need);
        let mut state = self.lock();
        let start = state.end;
        if entries.is_empty() {
            return Ok(start..start);
        }
        if state.file.is_some() && state.offset + need > state.length {
            self.roll(&mut state, need)?;
        }
        // A failed write or sync poisons its segment: once more, in a new one.
        if state.file.is_some() {
            match self.commit(&mut state, entries, need) {
                Ok(()) => return Ok(start..state.end),
                Err(error @ JournalError::NotSaved { .. }) => {
                    tracing::warn!(%error, "writing goes on in a new segment");
                    state.file = None;
                }
                Err(other) => return Err(other),
            }
        }
        self.roll(&mut state, need)?;
        match self.commit(&mut state, entries, need) {
            Ok(()) => Ok(start..state.end),
            Err(error) => {
                state.file = None;
                Err(error)
            }
        }
    }

    /// Confirms on the disk that the last commit was acknowledged, so that even its loss would be
    /// known as damage. Called when nothing more is to be written at once, and when the journal is
    /// dropped.
    ///
    /// # Errors
    /// [`JournalError::NotSaved`]; the entries themselves stay durable.
    pub fn rest(&self) -> Result<(), JournalError> {
        let mut state = self.lock();
        if state.confirmed == state.end || state.file.is_none() {
            return Ok(());
        }
        let end = state.end;
        let written = self.write_slot(&mut state, end, false).and_then(|()| sync(&mut state));
        if written.is_err() {
            state.file = None;
        }
        written
    }

    /// The position that the next entry gets.
    pub fn end(&self) -> Position {
        self.lock().end
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // State changes only after the disk has taken what it describes, so that it holds even
        // if a holder of the lock panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the frames, then the slot that names several of them, then makes both durable at once.
    fn commit(&self, state: &mut State, entries: &[Entry], need: u64) -> Result<(), JournalError> {
        let nonces = nonces(entries.len())?;
        let alone = entries.len() == 1;
        let mut buffer = std::mem::take(&mut state.buffer);
        buffer.clear();
        buffer.reserve(usize::try_from(need).unwrap_or_default());
        let mut link = state.link;
        let mut position = state.end;
        for (entry, nonce) in entries.iter().zip(&nonces) {
            let offset = state.offset + buffer.len() as u64;
            let place = FramePlace { segment: state.number, offset, position, link, alone };
            link = place.encode(&self.key, nonce, &entry.encode(), &mut buffer);
            position += 1;
        }
        let end = state.offset + buffer.len() as u64;
        buffer.resize(buffer.len() + usize::try_from(align(end) - end).unwrap_or_default(), 0);
        let written = write(state, state.offset, &buffer);
        let length = buffer.len() as u64;
        buffer.clear();
        buffer.shrink_to(KEPT);
        state.buffer = buffer;
        written?;
        let before = (state.offset, state.end, state.link);
        (state.offset, state.end, state.link) = (state.offset + length, position, link);
        // What one frame says of those before it needs no slot, unless resting is long overdue.
        let named = alone && state.end - state.confirmed < UNCONFIRMED;
        let slot = if named { Ok(()) } else { self.write_slot(state, before.1, false) };
        let synced = slot.and_then(|()| sync(state));
        if synced.is_err() {
            (state.offset, state.end, state.link) = before;
        }
        synced
    }

    /// Writes the slot that is not the newest one.
    fn write_slot(&self, state: &mut State, confirmed: Position, sealed: bool) -> Result<(), JournalError> {
        let slot = Slot {
            generation: state.generation + 1,
            end: state.end,
            offset: state.offset,
            link: state.link,
            confirmed,
            sealed,
        };
        write_slot(state, &self.key, &slot)
    }

    /// Makes a new segment, durably, and only then seals the old one: a sealed segment always
    /// has a successor.
    fn roll(&self, state: &mut State, need: u64) -> Result<(), JournalError> {
        let number = state.number + 1;
        let name = segment_name(number);
        let passing = format!("{name}.new");
        let length = align(self.options.segment_bytes.max(FRAMES + SECTOR * 8).max(FRAMES + need));
        let head = Head { number, first: state.end, link: state.link, length };
        let failed = |source| JournalError::NotSaved { file: name.clone(), source };
        let mut next = State {
            file: None,
            number,
            length,
            offset: FRAMES,
            end: state.end,
            link: state.link,
            generation: 0,
            confirmed: state.end,
            buffer: Vec::new(),
        };
        let mut named = false;
        let made = (|| {
            let mut file = self.disk.create(&passing).map_err(failed)?;
            preallocate(&mut *file, length).map_err(failed)?;
            file.write_at(0, &head.encode(&self.key)?).map_err(failed)?;
            next.file = Some(file);
            // Both slots, so that an empty one is never a proper one.
            for _ in 0..2 {
                self.write_slot(&mut next, head.first, false)?;
            }
            let file = next.file.as_mut().expect("it was put there above");
            file.sync_all().map_err(failed)?;
            named = true;
            self.disk.rename(&passing, &name).map_err(failed)?;
            self.disk.sync_dir().map_err(failed)
        })();
        if let Err(error) = made {
            // What counts is the first error; a leftover is removed when the journal is opened.
            let _ = self.disk.remove(&passing);
            if named {
                // It may come back after a crash, and would then end the old segment where it
                // begins: nothing more may be written there.
                let _ = self.disk.remove(&name);
                state.file = None;
            }
            return Err(error);
        }
        if state.file.is_some() {
            let end = state.end;
            if let Err(error) = self.write_slot(state, end, true).and_then(|()| sync(state)) {
                // Its entries are durable, and the new segment's head confirms them.
                tracing::warn!(%error, "a full segment could not be sealed");
            }
        }
        next.buffer = std::mem::take(&mut state.buffer);
        *state = next;
        Ok(())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Err(error) = self.rest() {
            tracing::warn!(%error, "the last commit could not be confirmed");
        }
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journal(end {})", self.end())
    }
}

/// Shows every entry from `from` on, in order, while another process may be writing. Writes
/// nothing.
///
/// # Errors
/// [`JournalError`]; damage is no error but stands in the report.
pub fn scan(
    disk: &dyn Disk,
    key: &StoreKey,
    from: Position,
    visit: &mut dyn FnMut(Position, Entry),
) -> Result<Report, JournalError> {
    read(disk, &key.for_purpose("journal"), from, visit, &mut |_, _, _| {}).map(|(report, _)| report)
}

/// Sets a torn tail aside, makes what was read durable and confirmed, and finds where to go on.
fn recover(disk: &dyn Disk, key: &SealingKey, last: Last) -> Result<State, JournalError> {
    let Last { number, segment, bytes, damaged, half } = last;
    let name = segment.name.clone();
    let io = |source| JournalError::Io { file: name.clone(), source };
    for leftover in disk.list().map_err(io)?.iter().filter(|name| name.ends_with(".seg.new")) {
        disk.remove(leftover).map_err(io)?;
    }
    for (number, slot) in half {
        // Two slots say the same thing; that one was torn while its segment was sealed is healed.
        if let Err(error) = copy_slot(disk, key, number, &slot) {
            tracing::warn!(%error, "a head slot could not be written again");
        }
    }
    let mut state = State {
        file: None,
        number,
        length: bytes.len() as u64,
        offset: segment.offset,
        end: segment.end,
        link: segment.link.unwrap_or_default(),
        generation: segment.slot.map_or(0, |slot| slot.generation),
        confirmed: segment.slot.map_or(0, |slot| slot.confirmed),
        buffer: Vec::new(),
    };
    let mut file = disk.open(&name).map_err(io)?;
    if let Some(torn) = &segment.torn {
        let start = usize::try_from(torn.offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(torn.bytes).unwrap_or(usize::MAX)).min(bytes.len());
        quarantine(disk, &name, torn.offset, &bytes[start.min(end)..end]);
        file.write_at(torn.offset, &vec![0; end - start.min(end)]).map_err(io)?;
    }
    if damaged || segment.link.is_none() {
        // The damaged segment stays as it is, as evidence; writing goes on in a new one.
        file.sync_data().map_err(io)?;
        return Ok(state);
    }
    state.file = Some(file);
    let slot = Slot {
        generation: 0,
        end: state.end,
        offset: state.offset,
        link: state.link,
        confirmed: state.end,
        sealed: false,
    };
    // Both slots where one was lost.
    for _ in 0..=usize::from(segment.slot_lost) {
        let slot = Slot { generation: state.generation + 1, ..slot };
        write_slot(&mut state, key, &slot)?;
    }
    sync(&mut state)?;
    Ok(state)
}

fn write(state: &mut State, offset: u64, bytes: &[u8]) -> Result<(), JournalError> {
    let name = segment_name(state.number);
    match &mut state.file {
        Some(file) => file.write_at(offset, bytes).map_err(|source| JournalError::NotSaved { file: name, source }),
        None => Err(JournalError::NotSaved { file: name, source: std::io::ErrorKind::NotConnected.into() }),
    }
}

fn sync(state: &mut State) -> Result<(), JournalError> {
    let name = segment_name(state.number);
    match &mut state.file {
        Some(file) => file.sync_data().map_err(|source| JournalError::NotSaved { file: name, source }),
        None => Err(JournalError::NotSaved { file: name, source: std::io::ErrorKind::NotConnected.into() }),
    }
}

/// Writes what a slot says into the other one's place.
fn copy_slot(disk: &dyn Disk, key: &SealingKey, number: u64, slot: &Slot) -> Result<(), JournalError> {
    let name = segment_name(number);
    let (place, bytes) = slot_sector(&Slot { generation: slot.generation.wrapping_sub(1), ..*slot }, key, number)?;
    let io = |source| JournalError::Io { file: name.clone(), source };
    let mut file = disk.open(&name).map_err(io)?;
    file.write_at(place, &bytes).map_err(io)?;
    file.sync_data().map_err(io)
}

/// A slot's place and bytes: a whole sector, so that the disk need not read it first.
fn slot_sector(slot: &Slot, key: &SealingKey, number: u64) -> Result<(u64, Vec<u8>), JournalError> {
    let which = usize::from(slot.generation % 2 == 1);
    let mut bytes = slot.encode(key, number, which)?;
    debug_assert_eq!(bytes.len(), SLOT, "a slot has a fixed size");
    bytes.resize(usize::try_from(SECTOR).unwrap_or(SLOT), 0);
    Ok((Slot::place(which), bytes))
}

fn write_slot(state: &mut State, key: &SealingKey, slot: &Slot) -> Result<(), JournalError> {
    let (place, bytes) = slot_sector(slot, key, state.number)?;
    write(state, place, &bytes)?;
    state.generation = slot.generation;
    state.confirmed = slot.confirmed;
    Ok(())
}

/// Real zeros, not a hole: later commits then change no metadata, which makes them cheaper.
fn preallocate(file: &mut dyn DiskFile, length: u64) -> std::io::Result<()> {
    let zeros = vec![0; 1 << 20];
    let mut offset = 0;
    while offset < length {
        let part = (length - offset).min(zeros.len() as u64);
        file.write_at(offset, &zeros[..usize::try_from(part).unwrap_or(zeros.len())])?;
        offset += part;
    }
    Ok(())
}

/// Keeps bytes that were set aside. That they can't be kept is no reason not to open.
fn quarantine(disk: &dyn Disk, file: &str, offset: u64, bytes: &[u8]) {
    let sum = crc32c::crc32c(bytes);
    if let Err(error) = disk.quarantine(&format!("{file}-{offset}-{sum:08x}"), bytes) {
        tracing::warn!(%error, file, offset, "damaged bytes could not be set aside");
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
