//! Clocks that jumped: which records bear times from before a jump, and which from after it.

use std::collections::BTreeSet;

use auxlog_record::{Event, Jump, Moment, Reading, RecordId};

use super::Reader;
use super::rows::moment;
use crate::{LedgerError, NamedOfficer};

/// A jump of a laptop's clock between two records of one writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockJump {
    /// The record that says so.
    pub record: RecordId,
    /// Whose chain it stands in.
    pub by: NamedOfficer,
    /// Which way.
    pub jump: Jump,
    /// What the clocks said at the record before.
    pub before: Reading,
    /// What they said at this one.
    pub after: Reading,
    /// The writer's records whose times rest on the clock as it was after the jump, up to its next
    /// jump: the first and the last by seq; `None` where none followed.
    pub following: Option<(u64, u64)>,
}

impl ClockJump {
    /// What the wall clock said before.
    pub fn from(&self) -> Moment {
        moment(self.before.wall_ms)
    }

    /// What it said after.
    pub fn to(&self) -> Moment {
        moment(self.after.wall_ms)
    }

    /// Whether the machine was started anew in between; its monotonic clock proves nothing then.
    pub fn restarted(&self) -> bool {
        self.before.boot_id != self.after.boot_id
    }

    /// By how much the wall clock went wrong, in milliseconds: against the monotonic clock, or
    /// against itself where the machine was started anew.
    pub fn by_ms(&self) -> i64 {
        let wall = self.after.wall_ms.saturating_sub(self.before.wall_ms);
        if self.restarted() || self.after.mono_ms < self.before.mono_ms {
            return wall;
        }
        wall.saturating_sub(i64::try_from(self.after.mono_ms - self.before.mono_ms).unwrap_or(i64::MAX))
    }
}

/// A laptop's clock was found to be off at a synchronisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockOffset {
    /// The record that says so.
    pub record: RecordId,
    /// Whose chain it stands in.
    pub by: NamedOfficer,
    /// When, by that clock.
    pub at: Moment,
    /// The server's clock less the laptop's, in milliseconds.
    pub offset_ms: i64,
}

/// Clocks that are off by less are not told of.
const TOLD_MS: u64 = 60_000;

impl Reader {
    /// Every synchronisation at which a laptop's clock was off by a minute or more, and the next one at
    /// which it was not, of this laptop and of those whose records were pulled, in the journal's order.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn clock_offsets(&self) -> Result<Vec<ClockOffset>, LedgerError> {
        let mut off = BTreeSet::new();
        let noted = self.notices(usize::MAX)?.into_iter().rev().filter_map(|entry| match entry.event {
            Event::SyncNoted(noted) => {
                let writer = entry.id.writer;
                let was_off = off.remove(&writer);
                let is_off = noted.offset_ms.unsigned_abs() >= TOLD_MS;
                if is_off {
                    off.insert(writer);
                }
                let offset = ClockOffset { record: entry.id, by: entry.by, at: entry.at, offset_ms: noted.offset_ms };
                (was_off || is_off).then_some(offset)
            }
            _ => None,
        });
        Ok(noted.collect())
    }

    /// Every jump of a clock on record, of this laptop and of those whose records were pulled, in
    /// the journal's order.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn clock_jumps(&self) -> Result<Vec<ClockJump>, LedgerError> {
        let mut found: Vec<ClockJump> = self
            .notices(usize::MAX)?
            .into_iter()
            .rev()
            .filter_map(|entry| match entry.event {
                Event::ClockAnomaly(anomaly) => Some(ClockJump {
                    record: entry.id,
                    by: entry.by,
                    jump: anomaly.jump,
                    before: anomaly.before,
                    after: anomaly.after,
                    following: None,
                }),
                _ => None,
            })
            .collect();
        let places: Vec<RecordId> = found.iter().map(|jump| jump.record).collect();
        for jump in &mut found {
            let RecordId { writer, seq } = jump.record;
            let next = places.iter().filter(|id| id.writer == writer && id.seq > seq).map(|id| id.seq).min();
            let last = next.map_or_else(|| self.tip_of(writer).seq, |next| next - 1);
            jump.following = (last > seq).then_some((seq + 1, last));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use auxlog_record::{Clock, Task, china};
    use chrono::TimeZone as _;

    use super::*;
    use crate::{InitOptions, Ledger, OpenOptions};

    /// A clock that somebody sets.
    #[derive(Debug, Default)]
    struct Set(AtomicI64);

    impl Clock for Set {
        fn now(&self) -> Moment {
            Moment(china().timestamp_millis_opt(self.0.load(Ordering::Relaxed)).single().expect("a moment"))
        }
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn each_jump_is_listed_with_the_records_that_rest_on_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(Set(AtomicI64::new(1_790_000_000_000)));
        let options = OpenOptions { cheap_keys: true, clock: clock.clone(), ..OpenOptions::default() };
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let ledger = Ledger::init(dir.path(), &who, "p", options.clone()).expect("made");
        let log = |id: &str| {
            let task = Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() };
            ledger.log(&[task]).pop().expect("an answer").expect("stored").id.seq
        };
        log("t-1");
        assert_eq!(ledger.clock_jumps().expect("read"), []);
        clock.0.fetch_add(30 * HOUR, Ordering::Relaxed);
        let first = log("t-2");
        log("t-3");
        clock.0.fetch_sub(30 * HOUR, Ordering::Relaxed);
        let last = log("t-4");

        let check = |ledger: &Ledger| {
            let jumps = ledger.clock_jumps().expect("read");
            let [ahead, back] = jumps.as_slice() else { panic!("{jumps:?}") };
            assert_eq!((ahead.jump, back.jump), (Jump::Ahead, Jump::Back));
            assert_eq!((ahead.record.seq, ahead.following), (first - 1, Some((first, first + 1))));
            assert_eq!((back.record.seq, back.following), (last - 1, Some((last, last))));
            assert!((ahead.by_ms() - 30 * HOUR).abs() < HOUR && (back.by_ms() + 30 * HOUR).abs() < HOUR);
            assert_eq!(ahead.to().millis() - ahead.from().millis(), 30 * HOUR);
            assert!(!ahead.restarted());
            assert_eq!(ahead.by.id.0, "O1");
        };
        check(&ledger);
        ledger.close();
        check(&Ledger::open(dir.path(), None, "p", options).expect("opens"));
    }
}
