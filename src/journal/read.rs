//! Reading a journal's segments in order.

use std::io;

use crate::disk::Disk;
use crate::entry::{Entry, Position};
use crate::error::JournalError;
use crate::key::SealingKey;
use crate::layout::{FrameLink, Head, Slot, segment_name, segment_number};
use crate::report::{Damage, DamageKind, Report};
use crate::segment::{Expected, Segment};

/// The journal's last segment, where writing goes on.
pub(crate) struct Last {
    pub(crate) number: u64,
    pub(crate) segment: Segment,
    pub(crate) bytes: Vec<u8>,
    /// Whether anything but one of its two slots is damaged.
    pub(crate) damaged: bool,
    /// Earlier segments that lost one of their slots, and the slot that they have.
    pub(crate) half: Vec<(u64, Slot)>,
}

/// Numbers of the segments there are.
pub(crate) fn numbers(disk: &dyn Disk) -> Result<Vec<u64>, JournalError> {
    let names = disk.list().map_err(|source| JournalError::Io { file: "directory".into(), source })?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment_number(name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads all segments that hold something from `from` on; shows each entry and each damaged
/// stretch of bytes.
pub(crate) fn read(
    disk: &dyn Disk,
    key: &SealingKey,
    from: Position,
    visit: &mut dyn FnMut(Position, Entry),
    set_aside: &mut dyn FnMut(&str, u64, &[u8]),
) -> Result<(Report, Last), JournalError> {
    let mut numbers = numbers(disk)?;
    if numbers.is_empty() {
        return Err(JournalError::Missing);
    }
    let mut heads: Vec<Option<Head>> = Vec::new();
    for &number in &numbers {
        heads.push(head(disk, key, number)?);
    }
    let start = first_needed(&heads, from);
    let mut report = Report::default();
    let mut at = start;
    let mut next_first: Position =
        heads.get(start).copied().flatten().filter(|_| start > 0).map_or(0, |head| head.first);
    let mut link: Option<FrameLink> = (start == 0).then(FrameLink::default);
    let mut half = Vec::new();
    let mut known = heads.iter().any(Option::is_some);
    loop {
        let number = numbers[at];
        let name = segment_name(number);
        // A neighbour only: what a missing or headless one held is not to be asked of this one.
        let next = numbers.get(at + 1).filter(|&&next| next == number + 1).and_then(|_| heads[at + 1]);
        let (bytes, mut segment) = read_steady(disk, key, &name, &Expected { number, first: next_first, link, next })?;
        known |= segment.slot.is_some() || !segment.frames.is_empty();
        let sealed = segment.slot.is_some_and(|slot| slot.sealed);
        if sealed && at + 1 == numbers.len() {
            // A writer may have gone on to a new segment since the directory was listed.
            for number in self::numbers(disk)?.into_iter().filter(|&n| n > number) {
                heads.push(head(disk, key, number)?);
                numbers.push(number);
            }
            if at + 1 == numbers.len() {
                let end = segment.end;
                segment.damage.push(Damage {
                    file: segment_name(number + 1),
                    offset: 0,
                    lost: end..end,
                    kind: DamageKind::SegmentMissing,
                });
            }
        }
        for damage in &segment.damage {
            let start = usize::try_from(damage.offset).unwrap_or(usize::MAX).min(bytes.len());
            let next = segment.frames.iter().map(|frame| frame.place.offset).find(|&offset| offset > damage.offset);
            let end = next.and_then(|offset| usize::try_from(offset).ok()).unwrap_or(bytes.len()).min(bytes.len());
            set_aside(&name, damage.offset, &bytes[start..end]);
        }
        report.segments += 1;
        let damaged = segment.damage.iter().any(|damage| damage.kind != DamageKind::Slot);
        report.damage.append(&mut segment.damage);
        for frame in segment.frames.drain(..) {
            let position = frame.place.position;
            if position < from {
                continue;
            }
            match Entry::decode(&frame.plain) {
                Ok(entry) => {
                    report.entries += 1;
                    visit(position, entry);
                }
                Err(e) => report.damage.push(Damage {
                    file: name.clone(),
                    offset: frame.place.offset,
                    lost: position..position + 1,
                    kind: DamageKind::Entry(e.to_string()),
                }),
            }
        }
        next_first = segment.end;
        link = segment.link;
        if at + 1 == numbers.len() {
            if !known {
                return Err(JournalError::OtherKey);
            }
            report.torn.clone_from(&segment.torn);
            report.end = segment.end;
            return Ok((report, Last { number, segment, bytes, damaged, half }));
        }
        half.extend(segment.slot.filter(|_| segment.slot_lost).map(|slot| (number, slot)));
        at += 1;
    }
}

/// Reads a segment. What looks damaged is read once more: another process may have been writing
/// just there.
fn read_steady(
    disk: &dyn Disk,
    key: &SealingKey,
    name: &str,
    expected: &Expected,
) -> Result<(Vec<u8>, Segment), JournalError> {
    let bytes = || disk.read(name).map_err(|source| JournalError::Io { file: name.to_owned(), source });
    let mut before = bytes()?;
    loop {
        let segment = Segment::read(name, &before, key, expected);
        if segment.damage.is_empty() {
            return Ok((before, segment));
        }
        let again = bytes()?;
        if again == before {
            return Ok((before, segment));
        }
        before = again;
    }
}

/// The last segment that begins at or before `from`; the ones before it are not needed.
fn first_needed(heads: &[Option<Head>], from: Position) -> usize {
    heads.iter().rposition(|head| head.is_some_and(|head| head.first <= from)).unwrap_or(0)
}

fn head(disk: &dyn Disk, key: &SealingKey, number: u64) -> Result<Option<Head>, JournalError> {
    let name = segment_name(number);
    match disk.read_start(&name, crate::layout::HEAD) {
        Ok(bytes) => Ok(Head::decode(&bytes, key).filter(|head| head.number == number)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(source) => Err(JournalError::Io { file: name, source }),
    }
}
