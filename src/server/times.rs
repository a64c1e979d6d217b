//! What a record's time is compared with: its receipt, its writer's previous synchronisation, the enrolment
//! of their key.

/// How far a record's clock may go ahead of its receipt, in milliseconds: as far as a request's.
const AHEAD_MS: u64 = 5 * 60 * 1000;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What comes within this of what came before is of the same synchronisation: a laptop that was away
/// brings what it has in many pieces.
const PAUSE_MS: u64 = 5 * 60 * 1000;

/// A synchronisation takes no longer than this.
const LONGEST_MS: u64 = 6 * 60 * 60 * 1000;

/// When a record came, in milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Came {
    /// When anything of the writer had come before this synchronisation; 0 is never.
    pub(crate) met_ms: u64,
    /// When this synchronisation began.
    pub(crate) since_ms: u64,
    /// When the record was received.
    pub(crate) now: u64,
}

impl Came {
    /// What comes after it.
    pub(crate) fn then(self, now: u64) -> Self {
        let same = now.saturating_sub(self.now) < PAUSE_MS && now.saturating_sub(self.since_ms) < LONGEST_MS;
        if same { Self { now, ..self } } else { Self { met_ms: self.now, since_ms: now, now } }
    }
}

/// What a record's time is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// When its writer's key was enrolled, milliseconds since 1970 UTC.
    pub(crate) joined_ms: u64,
    /// What its chain had then, by its own word.
    pub(crate) joined_seq: u64,
    /// When anything of it first came; 0 is not yet.
    pub(crate) first_ms: u64,
    pub(crate) came: Came,
}

impl Times {
    /// Whether the laptop stood alone when a record of that time was made: its chain had it when its key was
    /// enrolled, it is dated before that, and came with the first that the laptop sent, or within a day of it.
    pub(crate) fn stood_alone(self, seq: u64, wall_ms: i64) -> bool {
        let first = self.first_ms == 0 || self.came.now < self.first_ms + DAY_MS;
        first && seq <= self.joined_seq && wall_ms < self.joined_ms.cast_signed()
    }

    /// Whether a clock that stood there is to be doubted (时间存疑): ahead of the receipt, or more than a
    /// day before the writer's previous synchronisation or the enrolment of their key.
    pub(crate) fn doubts(self, wall_ms: i64) -> bool {
        let wall_ms = wall_ms.max(0).unsigned_abs();
        let Came { met_ms, now, .. } = self.came;
        wall_ms > now + AHEAD_MS || wall_ms + DAY_MS < met_ms.max(self.joined_ms)
    }

    /// Whether a time had not come when the record was received.
    pub(crate) fn lies_ahead(self, at_ms: i64) -> bool {
        at_ms.max(0).unsigned_abs() > self.came.now + AHEAD_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alone_was_what_the_chain_had_when_it_joined() {
        let (day, joined_ms) = (DAY_MS.cast_signed(), 10 * DAY_MS);
        let at = |first_ms, now| Times {
            joined_ms,
            joined_seq: 3,
            first_ms,
            came: Came { met_ms: first_ms, since_ms: now, now },
        };
        let joins = at(0, 50 * DAY_MS);
        assert!(joins.stood_alone(3, 9 * day), "however long it was silent");
        assert!(!joins.stood_alone(4, 9 * day), "dated back");
        assert!(!joins.stood_alone(3, 10 * day), "dated after it");
        assert!(at(joined_ms, joined_ms + DAY_MS / 2).stood_alone(3, 9 * day), "the line was cut");
        assert!(!at(joined_ms, 100 * DAY_MS).stood_alone(3, 9 * day), "its opening came, and it was kept back");
    }

    #[test]
    fn what_comes_in_pieces_is_of_one_synchronisation() {
        let minute = 60_000;
        let first = Came { met_ms: 0, since_ms: 0, now: 0 }.then(100 * DAY_MS);
        assert_eq!((first.met_ms, first.since_ms), (0, 100 * DAY_MS));
        let later = first.then(first.now + minute).then(first.now + 4 * minute);
        assert_eq!((later.met_ms, later.since_ms), (0, first.now), "away for days, back in three pieces");
        let next = later.then(later.now + 10 * minute);
        assert_eq!((next.met_ms, next.since_ms), (later.now, next.now));
        let kept_up = (0..1000).fold(next, |came, _| came.then(came.now + 4 * minute));
        assert!(kept_up.met_ms + LONGEST_MS + 5 * minute > kept_up.now, "nor is it kept open to date back");
    }
}
