//! Time in records: what the laptop's clock said, a monotonic counter beside it, and a hybrid
//! logical clock that never runs backwards.

use minicbor::{Decode, Encode};

/// How far ahead of the own clock a remote time may be and still be merged, in milliseconds.
///
/// Without the guard one laptop with a clock in the year 2099 would drag all the others there.
pub const MERGE_GUARD_MS: u64 = 5 * 60 * 1000;

/// How far wall clock and monotonic counter may drift apart between two records before it is
/// recorded as a jump, in milliseconds. NTP steps below this are everyday.
pub const JUMP_TOLERANCE_MS: i64 = 60 * 1000;

/// What the laptop's clocks said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Reading {
    /// Wall clock: milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub wall_ms: i64,
    /// Milliseconds since the machine started.
    #[n(1)]
    pub mono_ms: u64,
    /// Identifies that start of the machine.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub boot_id: [u8; 8],
}

/// A hybrid logical time: 48 bits of milliseconds since 1970 UTC, 16 bits of counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Hlc(#[n(0)] pub u64);

impl Hlc {
    /// The time with that many milliseconds and counter 0.
    pub fn from_millis(millis: i64) -> Self {
        Self(u64::try_from(millis).unwrap_or(0).min((1 << 48) - 1) << 16)
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn millis(self) -> u64 {
        self.0 >> 16
    }
}

/// The times that go into an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Hybrid logical time.
    pub hlc: Hlc,
    /// What the clocks said.
    pub reading: Reading,
}

/// The hybrid logical clock of one writer.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogicalClock {
    last: Hlc,
}

impl LogicalClock {
    /// A clock that goes on after `last`, the writer's newest record's time.
    pub fn after(last: Hlc) -> Self {
        Self { last }
    }

    /// The newest time given or merged.
    pub fn last(&self) -> Hlc {
        self.last
    }

    /// Gives the next time: the wall clock's where that is ahead, one more than the last elsewhere.
    pub fn stamp(&mut self, reading: Reading) -> Stamp {
        let wall = Hlc::from_millis(reading.wall_ms);
        self.last = wall.max(Hlc(self.last.0.saturating_add(1)));
        Stamp { hlc: self.last, reading }
    }

    /// Takes note of a remote record's time, so that what is written after reading it sorts
    /// after it. A time more than [`MERGE_GUARD_MS`] ahead of `wall_ms` is left alone.
    pub fn observe(&mut self, remote: Hlc, wall_ms: i64) {
        let wall = u64::try_from(wall_ms).unwrap_or(0);
        if remote.millis() <= wall.saturating_add(MERGE_GUARD_MS) {
            self.last = self.last.max(remote);
        }
    }
}

/// What went wrong with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Jump {
    /// The wall clock went on more than the monotonic counter did.
    #[n(0)]
    Ahead,
    /// The wall clock went back.
    #[n(1)]
    Back,
}

/// Compares two readings, the earlier first. Nothing is refused for a jump: it is recorded.
pub fn jump(before: &Reading, after: &Reading) -> Option<Jump> {
    let wall = after.wall_ms.saturating_sub(before.wall_ms);
    let same_boot = before.boot_id == after.boot_id && after.mono_ms >= before.mono_ms;
    let drift = if same_boot {
        wall.saturating_sub(i64::try_from(after.mono_ms - before.mono_ms).unwrap_or(i64::MAX))
    } else {
        // Across a restart only running backwards shows.
        wall.min(0)
    };
    if drift < -JUMP_TOLERANCE_MS {
        Some(Jump::Back)
    } else if drift > JUMP_TOLERANCE_MS {
        Some(Jump::Ahead)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(wall_ms: i64, mono_ms: u64, boot: u8) -> Reading {
        Reading { wall_ms, mono_ms, boot_id: [boot; 8] }
    }

    #[test]
    fn time_never_runs_back_however_the_wall_clock_jumps() {
        let mut clock = LogicalClock::default();
        let mut last = Hlc(0);
        for wall in [1000, 999, 500_000, -7, 500_000, 500_001, i64::MAX, 0] {
            let stamp = clock.stamp(reading(wall, 0, 0));
            assert!(stamp.hlc > last, "at wall {wall}");
            assert_eq!(stamp.reading.wall_ms, wall, "the wall clock is kept as it was");
            last = stamp.hlc;
        }
    }

    #[test]
    fn a_remote_time_is_merged_unless_it_is_far_ahead() {
        let mut clock = LogicalClock::after(Hlc::from_millis(1_000_000));
        clock.observe(Hlc::from_millis(1_000_500), 1_000_000);
        assert_eq!(clock.last(), Hlc::from_millis(1_000_500));
        clock.observe(Hlc::from_millis(1_000_000 + 300_001), 1_000_000);
        assert_eq!(clock.last(), Hlc::from_millis(1_000_500), "more than five minutes ahead");
    }

    #[test]
    fn jumps_are_seen_within_a_boot_and_backwards_across_boots() {
        let cases = [
            ("steady", reading(0, 0, 1), reading(10_000, 10_000, 1), None),
            ("an NTP step", reading(0, 0, 1), reading(12_000, 10_000, 1), None),
            ("ten years ahead", reading(0, 0, 1), reading(315_360_000_000, 10_000, 1), Some(Jump::Ahead)),
            ("back by a day", reading(86_400_000, 0, 1), reading(5_000, 5_000, 1), Some(Jump::Back)),
            ("off over night", reading(0, 90_000_000, 1), reading(30_000_000, 5_000, 2), None),
            ("back across a restart", reading(86_400_000, 0, 1), reading(0, 5_000, 2), Some(Jump::Back)),
        ];
        for (name, before, after, expected) in cases {
            assert_eq!(jump(&before, &after), expected, "{name}");
        }
    }
}
