//! What lists need of one task.

use std::fmt;

use auxlog_law::Severity;
use auxlog_record::fold::Status;

/// Tasks that the cache keeps in one value: under 32 KiB together.
pub(crate) const SLOTS_PER_CHUNK: u32 = 512;

/// Bytes of a slot in the cache.
pub(crate) const SLOT_BYTES: usize = 37;

/// Marks of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(pub(crate) u8);

impl Flags {
    /// A plan, not a task done.
    pub(crate) const PLAN: Self = Self(1);
    /// Corrected since.
    pub(crate) const AMENDED: Self = Self(2);
    /// Contradictions are not settled.
    pub(crate) const CONFLICT: Self = Self(4);
    /// Came from the server.
    pub(crate) const RECEIVED: Self = Self(8);
    /// A plan that was carried out.
    pub(crate) const DONE: Self = Self(16);
    /// A finding awaits a decision.
    pub(crate) const OPEN: Self = Self(32);
    /// Permitted, sampled, and awaits a look.
    pub(crate) const SAMPLED: Self = Self(64);
    /// Photos or documents are attached.
    pub(crate) const ATTACHED: Self = Self(128);

    pub(crate) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    pub(crate) fn set(&mut self, flag: Self, on: bool) {
        self.0 = if on { self.0 | flag.0 } else { self.0 & !flag.0 };
    }
}

/// What lists need of one task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// When it was done, milliseconds since 1970 UTC.
    pub(crate) at_ms: i64,
    /// Hash of its reference.
    pub(crate) reference: u64,
    /// Seq of the record that logged it.
    pub(crate) seq: u32,
    /// The set of its auxiliaries.
    pub(crate) people: u32,
    /// The set of its officers, and whoever logged it.
    pub(crate) officers: u32,
    /// The set of its activities.
    pub(crate) items: u32,
    /// Number of the writer of that record.
    pub(crate) writer: u16,
    /// The worst verdict given.
    pub(crate) verdict: Severity,
    pub(crate) status: Status,
    pub(crate) flags: Flags,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({}:{} at {} {:?} {:?})", self.writer, self.seq, self.at_ms, self.verdict, self.status)
    }
}

const STATUSES: [Status; 9] = [
    Status::Incomplete,
    Status::Planned,
    Status::Clear,
    Status::Open,
    Status::Statement,
    Status::Confirmed,
    Status::Dismissed,
    Status::Annulled,
    Status::Entry,
];

const SEVERITIES: [Severity; 3] = [Severity::Permitted, Severity::NeedsReview, Severity::Improper];

impl Slot {
    /// A task of which nothing but its record's id is known.
    pub(super) fn new(writer: u16, seq: u32) -> Self {
        Self {
            at_ms: 0,
            reference: 0,
            seq,
            people: 0,
            officers: 0,
            items: 0,
            writer,
            verdict: Severity::Permitted,
            status: Status::Incomplete,
            flags: Flags::default(),
        }
    }

    /// Awaits a decision.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, Status::Open | Status::Statement)
    }

    pub(super) fn write(&self, chunk: &mut Vec<u8>) {
        let position = |found: Option<usize>| found.and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        chunk.extend_from_slice(&self.at_ms.to_le_bytes());
        chunk.extend_from_slice(&self.reference.to_le_bytes());
        for number in [self.seq, self.people, self.officers, self.items] {
            chunk.extend_from_slice(&number.to_le_bytes());
        }
        chunk.extend_from_slice(&self.writer.to_le_bytes());
        chunk.push(position(SEVERITIES.iter().position(|severity| *severity == self.verdict)));
        chunk.push(position(STATUSES.iter().position(|status| *status == self.status)));
        chunk.push(self.flags.0);
    }

    /// Reads a slot; `None` where the bytes are none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        Some(Self {
            at_ms: i64::from_le_bytes(take(&mut rest)?),
            reference: u64::from_le_bytes(take(&mut rest)?),
            seq: u32::from_le_bytes(take(&mut rest)?),
            people: u32::from_le_bytes(take(&mut rest)?),
            officers: u32::from_le_bytes(take(&mut rest)?),
            items: u32::from_le_bytes(take(&mut rest)?),
            writer: u16::from_le_bytes(take(&mut rest)?),
            verdict: *SEVERITIES.get(usize::from(u8::from_le_bytes(take(&mut rest)?)))?,
            status: *STATUSES.get(usize::from(u8::from_le_bytes(take(&mut rest)?)))?,
            flags: Flags(u8::from_le_bytes(take(&mut rest)?)),
        })
        .filter(|_| rest.is_empty())
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

/// The day (China) of a moment, counted from 1970-01-01.
pub(crate) fn day_of(at_ms: i64) -> i32 {
    let days = (at_ms.saturating_add(8 * 3_600_000)).div_euclid(86_400_000);
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_read_back_as_written() {
        let slot = Slot {
            at_ms: -5,
            reference: u64::MAX,
            seq: 9,
            people: 1,
            officers: 2,
            items: 3,
            writer: 65_535,
            verdict: Severity::Improper,
            status: Status::Dismissed,
            flags: Flags(5),
        };
        let mut bytes = Vec::new();
        slot.write(&mut bytes);
        assert_eq!(bytes.len(), SLOT_BYTES);
        assert_eq!(Slot::read(&bytes), Some(slot));
        assert_eq!(Slot::read(&bytes[1..]), None);
        assert_eq!(size_of::<Slot>(), 40);
    }

    #[test]
    fn days_begin_at_midnight_in_china() {
        // 2026-11-23T00:00:00+08:00 is 1795363200 - 8 h.
        let midnight =
            chrono::DateTime::parse_from_rfc3339("2026-11-23T00:00:00+08:00").expect("a time").timestamp_millis();
        assert_eq!(day_of(midnight) - day_of(midnight - 1), 1);
        assert_eq!(day_of(midnight), day_of(midnight + 86_399_999));
    }
}
