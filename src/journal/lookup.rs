//! Reading single entries by position, while the journal grows.

use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::Disk;
use crate::entry::{Entry, Position};
use crate::error::JournalError;
use crate::key::{SealingKey, StoreKey};
use crate::layout::{FRAME_HEAD, FRAMES, Frame, HEAD, Head, SECTOR, align, is_alone, segment_name, segment_number};

/// Bytes read at first for one entry: most fit, and one read is cheaper than two.
const GUESS: usize = 4096;

/// Bytes read at once while walking over frames.
const WINDOW: usize = 256 << 10;

/// The bytes of a frame that say its length and its entry's position.
const HEAD_BYTES: usize = 20;

/// Reads entries by position. It keeps where each entry stands (4 bytes each), nothing of what
/// it says; what it gives was authenticated anew.
pub struct Lookup {
    disk: Arc<dyn Disk>,
    key: SealingKey,
    segments: Mutex<Vec<Segment>>,
}

/// Where the entries of one segment stand.
struct Segment {
    number: u64,
    first: Position,
    length: u64,
    /// Offsets from `first` on; 0 where an entry was not found.
    offsets: Vec<u32>,
    /// Everything before it was walked through.
    walked: u64,
}

impl Lookup {
    /// A lookup in the journal on `disk`.
    pub fn new(disk: Arc<dyn Disk>, key: &StoreKey) -> Self {
        Self { disk, key: key.for_purpose("journal"), segments: Mutex::default() }
    }

    /// Forgets where entries stand, after the journal was written anew.
    pub fn forget(&self) {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The entry at `position`; `None` where there is none, or it is damaged.
    ///
    /// # Errors
    /// [`JournalError::Io`] when the disk refuses.
    pub fn entry(&self, position: Position) -> Result<Option<Entry>, JournalError> {
        let Some((number, offset)) = self.find(position)? else { return Ok(None) };
        let name = segment_name(number);
        let io = |source| JournalError::Io { file: name.clone(), source };
        let mut bytes = self.disk.read_at(&name, offset, GUESS).map_err(io)?;
        let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map_or(0, u32::from_be_bytes);
        let whole = FRAME_HEAD + usize::try_from(length).unwrap_or(usize::MAX);
        if whole > bytes.len() {
            bytes = self.disk.read_at(&name, offset, whole).map_err(io)?;
        }
        let frame = Frame::read(&bytes, number, offset, &self.key).filter(|frame| frame.place.position == position);
        Ok(frame.and_then(|frame| Entry::decode(&frame.plain).ok()))
    }

    /// Segment and offset of an entry.
    fn find(&self, position: Position) -> Result<Option<(u64, u64)>, JournalError> {
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known(&segments, position) {
            return Ok(Some(found));
        }
        self.refresh(&mut segments)?;
        if let Some(segment) = holding(&segments, position).and_then(|at| segments.get_mut(at)) {
            self.walk(segment, position)?;
        }
        Ok(known(&segments, position))
    }

    /// Takes note of segments made since.
    fn refresh(&self, segments: &mut Vec<Segment>) -> Result<(), JournalError> {
        let failed = |source| JournalError::Io { file: "directory".into(), source };
        let known = segments.last().map_or(0, |segment| segment.number);
        let mut numbers: Vec<u64> =
            self.disk.list().map_err(failed)?.iter().filter_map(|name| segment_number(name)).collect();
        numbers.retain(|number| *number > known);
        numbers.sort_unstable();
        for number in numbers {
            let name = segment_name(number);
            let bytes = self.disk.read_at(&name, 0, HEAD).map_err(|source| JournalError::Io { file: name, source })?;
            if let Some(head) = Head::decode(&bytes, &self.key).filter(|head| head.number == number) {
                let (first, length) = (head.first, head.length);
                segments.push(Segment { number, first, length, offsets: Vec::new(), walked: FRAMES });
            }
        }
        Ok(())
    }

    /// Walks on over the frames, by their heads, until the entry at `position` was passed or there
    /// is no more.
    fn walk(&self, segment: &mut Segment, position: Position) -> Result<(), JournalError> {
        let name = segment_name(segment.number);
        let mut offset = segment.walked;
        while offset < segment.length && !segment.knows(position) {
            let length = usize::try_from(segment.length - offset).unwrap_or(usize::MAX).min(WINDOW);
            let bytes = self
                .disk
                .read_at(&name, offset, length)
                .map_err(|source| JournalError::Io { file: name.clone(), source })?;
            let start = offset;
            while let Some(rest) = usize::try_from(offset - start).ok().and_then(|at| bytes.get(at..)) {
                // A head that is cut off stands whole in the next window.
                let Some(head) = rest.first_chunk::<HEAD_BYTES>() else { break };
                if let Some((position, frame)) = header(head).filter(|(_, frame)| offset + frame <= segment.length) {
                    segment.note(position, offset);
                    offset += frame;
                    segment.walked = offset;
                } else if offset == align(offset) {
                    // Nothing here: the end, or a damaged frame, after which others may stand.
                    offset += SECTOR;
                } else {
                    offset = align(offset);
                }
            }
            if offset == start {
                break;
            }
        }
        Ok(())
    }
}

impl Segment {
    /// Where the entry at `position` stands.
    fn offset(&self, position: Position) -> Option<u64> {
        let at = usize::try_from(position.checked_sub(self.first)?).ok()?;
        self.offsets.get(at).copied().filter(|offset| *offset > 0).map(u64::from)
    }

    fn knows(&self, position: Position) -> bool {
        self.offset(position).is_some()
    }

    fn note(&mut self, position: Position, offset: u64) {
        let Some(at) = position.checked_sub(self.first).and_then(|at| usize::try_from(at).ok()) else { return };
        // No segment holds more frames than it has bytes for: a wild position is damage.
        if at as u64 > self.length / FRAME_HEAD as u64 {
            return;
        }
        if self.offsets.len() <= at {
            self.offsets.resize(at + 1, 0);
        }
        self.offsets[at] = u32::try_from(offset).unwrap_or(0);
    }
}

/// Position and length of the frame that `head` begins; not authenticated.
fn header(head: &[u8; HEAD_BYTES]) -> Option<(Position, u64)> {
    is_alone(*head.first_chunk()?)?;
    let length = u64::from(u32::from_be_bytes(head[4..8].try_into().ok()?)) + FRAME_HEAD as u64;
    Some((Position::from_be_bytes(head[12..20].try_into().ok()?), length))
}

/// The last segment that begins at or before `position`. After a failed write two may begin at
/// the same one; the later one counts.
fn holding(segments: &[Segment], position: Position) -> Option<usize> {
    segments.partition_point(|segment| segment.first <= position).checked_sub(1)
}

fn known(segments: &[Segment], position: Position) -> Option<(u64, u64)> {
    let segment = segments.get(holding(segments, position)?)?;
    Some((segment.number, segment.offset(position)?))
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Directory, Journal, JournalOptions};

    fn note(n: usize) -> Entry {
        // Some larger than the first read.
        Entry::Note { topic: n.to_string(), bytes: vec![7; if n.is_multiple_of(9) { 9_000 } else { n }] }
    }

    #[test]
    fn every_entry_is_found_while_the_journal_grows_over_segments() {
        let dir = tempfile::tempdir().expect("a directory");
        let disk = Arc::new(Directory::new(&dir.path().join("journal"), &dir.path().join("quarantine")));
        disk.make().expect("made");
        let key = StoreKey::generate().expect("random bytes");
        let options = JournalOptions { segment_bytes: 32 << 10 };
        let journal = Journal::create(disk.clone(), &key, options).expect("made");
        let lookup = Lookup::new(disk, &key);
        for n in 0..120 {
            let position = journal.append(&[note(2 * n), note(2 * n + 1)]).expect("durable").start;
            assert_eq!(lookup.entry(position).expect("read"), Some(note(2 * n)));
        }
        for n in 0..240 {
            assert_eq!(lookup.entry(n as Position).expect("read"), Some(note(n)));
        }
        assert_eq!(lookup.entry(240).expect("read"), None);
    }

    #[test]
    fn a_damaged_entry_is_none_and_its_neighbours_are_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let disk = Arc::new(Directory::new(&dir.path().join("journal"), &dir.path().join("quarantine")));
        disk.make().expect("made");
        let key = StoreKey::generate().expect("random bytes");
        let journal = Journal::create(disk.clone(), &key, JournalOptions { segment_bytes: 64 << 10 }).expect("made");
        for n in 0..3 {
            journal.append(&[note(n + 1)]).expect("durable");
        }
        let path = dir.path().join("journal").join(segment_name(1));
        let mut bytes = std::fs::read(&path).expect("read");
        let second = usize::try_from(FRAMES + SECTOR).expect("small");
        for flipped in [0, 5, 15, 40, 70] {
            bytes[second + flipped] ^= 1;
            std::fs::write(&path, &bytes).expect("written");
            let lookup = Lookup::new(disk.clone(), &key);
            let found: Vec<bool> = (0..3).map(|n| lookup.entry(n).expect("read").is_some()).collect();
            assert_eq!(found, [true, false, true], "byte {flipped}");
            bytes[second + flipped] ^= 1;
        }
    }
}
