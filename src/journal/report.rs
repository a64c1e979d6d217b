//! What reading a journal found beside its entries.

use std::fmt;
use std::ops::Range;

use crate::entry::Position;

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DamageKind {
    /// A frame's bytes were altered.
    #[error("an entry was altered")]
    Frame,
    /// A frame is where it belongs, but not the one that was written there: exchanged or replayed.
    #[error("an entry was exchanged or replayed")]
    Replaced,
    /// Frames that were acknowledged are gone from a segment's end.
    #[error("acknowledged entries are gone from the end")]
    CutShort,
    /// A segment's file is missing.
    #[error("the file is missing")]
    SegmentMissing,
    /// A segment's head was altered.
    #[error("the head was altered")]
    Header,
    /// Both head slots of a segment were altered: it can no longer be told whether its end is whole.
    #[error("a head slot was altered")]
    Slots,
    /// One of two head slots was altered; the other one tells the same.
    #[error("a head slot was altered")]
    Slot,
    /// Bytes that should be zero are not.
    #[error("unused bytes were altered")]
    Padding,
    /// A frame is whole but its entry can't be read.
    #[error("an entry cannot be read: {0}")]
    Entry(String),
}

/// One damaged place. Damage is named, copied to quarantine, and never repaired in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The segment's file.
    pub file: String,
    /// Where in it, in bytes.
    pub offset: u64,
    /// The positions that can't be read because of it; empty where none is lost.
    pub lost: Range<Position>,
    /// What is wrong.
    pub kind: DamageKind,
}

impl Damage {
    /// The positions that can't be read because of it, first and last; `None` where none is lost.
    pub fn lost_entries(&self) -> Option<(Position, Position)> {
        (!self.lost.is_empty()).then(|| (self.lost.start, self.lost.end - 1))
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.file, self.offset, self.kind)?;
        match self.lost_entries() {
            Some((first, last)) => write!(f, " (entries {first} to {last})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Damage {}

/// Bytes after the last acknowledged entry that make no whole frame: a write cut off by a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The segment's file.
    pub file: String,
    /// Where they begin, in bytes.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// What reading a journal found beside its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// The position after the last one.
    pub end: Position,
    /// Segments read.
    pub segments: u64,
    /// A write that was cut off, never acknowledged; set aside.
    pub torn: Option<TornTail>,
    /// Damage found, in order.
    pub damage: Vec<Damage>,
}

impl Report {
    /// Whether every entry that was ever acknowledged was read.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }
}
