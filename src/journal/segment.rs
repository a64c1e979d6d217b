//! Reading one segment: which frames are whole, where it ends, and what is damaged.

use crate::entry::Position;
use crate::key::SealingKey;
use crate::layout::{FRAME_MAGIC, FRAMES, Frame, FrameLink, HEAD, Head, PAGE, SECTOR, SLOT, Slot, align};
use crate::report::{Damage, DamageKind, TornTail};

/// What is known of a segment before it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) number: u64,
    /// The position that follows the segment before it.
    pub(crate) first: Position,
    /// The link after the segment before it, unless damage made it unknown.
    pub(crate) link: Option<FrameLink>,
    /// The next segment's head, if there is one: all before its first position was acknowledged.
    pub(crate) next: Option<Head>,
}

#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) name: String,
    /// Its head; `None` when damaged.
    pub(crate) head: Option<Head>,
    /// Its newest slot; `None` when both are damaged.
    pub(crate) slot: Option<Slot>,
    /// Whether a slot could not be read.
    pub(crate) slot_lost: bool,
    pub(crate) frames: Vec<Frame>,
    /// The position after the last entry that is accounted for, read or lost.
    pub(crate) end: Position,
    /// Where the next commit belongs.
    pub(crate) offset: u64,
    /// The link after the last frame, unless damage made it unknown.
    pub(crate) link: Option<FrameLink>,
    pub(crate) torn: Option<TornTail>,
    pub(crate) damage: Vec<Damage>,
}

/// The two slots of a segment's bytes.
fn slots(bytes: &[u8], key: &SealingKey, number: u64) -> [Option<Slot>; 2] {
    [0, 1].map(|which| {
        let start = usize::try_from(Slot::place(which)).unwrap_or(usize::MAX);
        Slot::decode(bytes.get(start..)?, key, number, which)
    })
}

impl Segment {
    /// Reads a segment's bytes. Needs no writer to be at rest: frames are written before the
    /// slot that names them.
    pub(crate) fn read(name: &str, bytes: &[u8], key: &SealingKey, expected: &Expected) -> Self {
        let head = Head::decode(bytes, key).filter(|head| head.number == expected.number);
        let slots = slots(bytes, key, expected.number);
        let slot = slots.into_iter().flatten().max_by_key(|slot| slot.generation);
        let mut segment = Self {
            name: name.to_owned(),
            head,
            slot,
            slot_lost: slots.iter().any(Option::is_none),
            frames: Vec::new(),
            end: head.map_or(expected.first, |head| head.first),
            offset: FRAMES,
            link: head.map(|head| head.link).or(expected.link),
            torn: None,
            damage: Vec::new(),
        };
        segment.check_start(bytes, expected, &slots);
        segment.read_frames(bytes, key, expected);
        segment.check_links(expected);
        segment
    }

    fn damaged(&mut self, offset: u64, lost: std::ops::Range<Position>, kind: DamageKind) {
        self.damage.push(Damage { file: self.name.clone(), offset, lost, kind });
    }

    fn check_start(&mut self, bytes: &[u8], expected: &Expected, slots: &[Option<Slot>; 2]) {
        match self.head {
            None => self.damaged(0, expected.first..expected.first, DamageKind::Header),
            Some(head) if head.first > expected.first => {
                self.damaged(0, expected.first..head.first, DamageKind::SegmentMissing);
            }
            Some(_) => {}
        }
        let at = self.end;
        if self.head.is_some_and(|head| head.length != bytes.len() as u64) {
            self.damaged(bytes.len() as u64, at..at, DamageKind::CutShort);
        }
        match slots {
            [None, None] => self.damaged(PAGE, at..at, DamageKind::Slots),
            [None, _] => self.damaged(Slot::place(0), at..at, DamageKind::Slot),
            [_, None] => self.damaged(Slot::place(1), at..at, DamageKind::Slot),
            _ => {}
        }
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        // A slot that was torn lost its whole sector, padding and all.
        let sector = usize::try_from(SECTOR).unwrap_or(SLOT);
        let [a, b] = slots.each_ref().map(|slot| if slot.is_some() { SLOT } else { sector });
        for (start, used) in [(0, HEAD), (page, a), (2 * page, b)] {
            let rest = bytes.get(start + used..start + page).unwrap_or_default();
            if let Some(at) = rest.iter().position(|&byte| byte != 0) {
                let here = self.end;
                self.damaged((start + used + at) as u64, here..here, DamageKind::Padding);
            }
        }
    }

    /// The position before which everything was acknowledged, and the one before which
    /// everything was written.
    fn known(&self, expected: &Expected) -> (Position, Option<Position>) {
        match (expected.next, self.slot) {
            (Some(next), _) => (next.first, Some(next.first)),
            (None, Some(slot)) => (slot.confirmed, Some(slot.end)),
            (None, None) => (0, None),
        }
    }

    fn read_frames(&mut self, bytes: &[u8], key: &SealingKey, expected: &Expected) {
        let number = expected.number;
        let (confirmed, end) = self.known(expected);
        let limit = expected.next.map(|next| next.first);
        loop {
            if limit.is_some_and(|limit| self.end >= limit) {
                // What a failed write left here was written again in the next segment.
                break;
            }
            if let Some(frame) = self.next_frame(bytes, key, number) {
                self.end = frame.place.position + 1;
                self.offset = frame.end;
                self.frames.push(frame);
                continue;
            }
            // No whole frame here. Was one acknowledged?
            let mut later = frames_from(bytes, self.offset, self.end, number, key);
            let found = later.next();
            let acknowledged = self.end < confirmed
                || found.as_ref().is_some_and(|found| end.is_none() || found.place.alone)
                || later.any(|frame| frame.place.alone);
            if !acknowledged {
                self.end_here(bytes);
                break;
            }
            let from = self.end;
            if let Some(frame) = found.filter(|frame| limit.is_none_or(|limit| frame.place.position < limit)) {
                // Bytes between two whole neighbours were altered without a loss: padding.
                let kind = if frame.place.position == from { DamageKind::Padding } else { DamageKind::Frame };
                self.damaged(self.offset, from..frame.place.position, kind);
                self.end = frame.place.position;
                self.offset = frame.place.offset;
                self.link = None;
            } else {
                self.damaged(self.offset, from..confirmed, DamageKind::CutShort);
                self.end = confirmed;
                self.link = self.slot.filter(|slot| slot.end == confirmed).map(|slot| slot.link);
                let past = self.slot.map_or(bytes.len() as u64, |slot| slot.offset);
                self.offset = past.max(align(self.offset));
                if expected.next.is_some() {
                    break;
                }
            }
        }
        self.offset = align(self.offset);
    }

    /// The whole frame that follows, directly or at the next sector, with the position that
    /// comes next.
    fn next_frame(&self, bytes: &[u8], key: &SealingKey, number: u64) -> Option<Frame> {
        let direct = Frame::decode(bytes, number, self.offset, key);
        let frame = direct.or_else(|| {
            let boundary = align(self.offset);
            let padding = bytes.get(index(self.offset)..index(boundary))?;
            (boundary > self.offset && padding.iter().all(|&byte| byte == 0)).then_some(())?;
            Frame::decode(bytes, number, boundary, key)
        })?;
        (frame.place.position == self.end).then_some(frame)
    }

    /// Whatever stands beyond the end is a write that was cut off.
    fn end_here(&mut self, bytes: &[u8]) {
        let rest = bytes.get(index(self.offset)..).unwrap_or_default();
        if let (Some(first), Some(last)) =
            (rest.iter().position(|&byte| byte != 0), rest.iter().rposition(|&byte| byte != 0))
        {
            self.torn = Some(TornTail {
                file: self.name.clone(),
                offset: self.offset + first as u64,
                bytes: (last - first + 1) as u64,
            });
        }
    }

    /// Each frame names the hash of those before it; a frame that the next one does not name is
    /// not the one that was written there.
    fn check_links(&mut self, expected: &Expected) {
        let mut link = self.head.map(|head| head.link).or(expected.link);
        if let (Some(before), Some(head)) = (expected.link, self.head)
            && before != head.link
            && head.first == expected.first
        {
            // The last frame of the segment before this one was exchanged; it is named there.
            link = Some(head.link);
        }
        let start = self.head.map_or(expected.first, |head| head.first);
        let mut replaced = Vec::new();
        let mut after: Option<usize> = None;
        for (i, frame) in self.frames.iter().enumerate() {
            let before = after.map_or(start, |previous| self.frames[previous].place.position + 1);
            let follows = before == frame.place.position;
            if follows && link.is_some_and(|link| link != frame.place.link) {
                match after {
                    Some(previous) => replaced.push(previous),
                    None => replaced.push(i),
                }
            }
            link = Some(frame.next);
            after = Some(i);
        }
        // The last frame is named by the next segment's head, or by the slot written with it.
        let named = match (expected.next, self.slot) {
            (Some(next), _) => Some((next.first, next.link)),
            (None, Some(slot)) => Some((slot.end, slot.link)),
            (None, None) => None,
        };
        if let Some((position, link)) = named
            && let Some(i) = self.frames.iter().position(|frame| frame.place.position + 1 == position)
            && self.frames[i].next != link
        {
            replaced.push(i);
        }
        for &i in &replaced {
            let place = self.frames[i].place;
            self.damaged(place.offset, place.position..place.position + 1, DamageKind::Replaced);
        }
        let mut i = 0;
        self.frames.retain(|_| {
            i += 1;
            !replaced.contains(&(i - 1))
        });
        if let Some(frame) = self.frames.last()
            && frame.place.position + 1 == self.end
        {
            self.link = Some(frame.next);
        }
        self.damage.sort_by_key(|damage| damage.offset);
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The whole frames at or after `offset` whose positions are not before `position`.
fn frames_from<'a>(
    bytes: &'a [u8],
    offset: u64,
    position: Position,
    number: u64,
    key: &'a SealingKey,
) -> impl Iterator<Item = Frame> + 'a {
    let rest = bytes.get(index(offset)..).unwrap_or_default();
    rest.windows(FRAME_MAGIC.len())
        .enumerate()
        .filter(|(_, window)| window == FRAME_MAGIC)
        .filter_map(move |(at, _)| Frame::decode(bytes, number, offset + at as u64, key))
        .filter(move |frame| frame.place.position >= position)
}
