//! Token buckets by place: so many requests at once, so many more a minute.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Mutex;

use crate::limits::{Allowance, lock};

/// Places that have buckets of their own at most; when there are more, full buckets are forgotten.
const PLACES: usize = 10_000;

/// Buckets that all further places share.
const SHARED: usize = 1024;

/// How often full buckets are looked for at most: a flood makes each request pay for itself only.
const SWEEP_MS: u64 = 1000;

/// Thousandths of a token left, and when that was so.
type Level = (u64, u64);

#[derive(Debug)]
struct Levels<K> {
    own: HashMap<K, Level>,
    /// Places without room for a bucket of their own fall in one of these: whoever comes with ever new
    /// addresses takes nothing from those that are known, and has no full bucket for each.
    shared: Vec<Option<Level>>,
    swept: u64,
    /// Buckets that were looked at to find full ones.
    #[cfg(test)]
    looked_at: usize,
}

/// Token buckets by place.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    allowance: Allowance,
    /// Which of the shared buckets is whose nobody outside can tell.
    sharing: RandomState,
    levels: Mutex<Levels<K>>,
}

impl<K: Hash + Eq> Buckets<K> {
    pub(crate) fn new(allowance: Allowance) -> Self {
        let levels = Levels {
            own: HashMap::new(),
            shared: vec![None; SHARED],
            swept: 0,
            #[cfg(test)]
            looked_at: 0,
        };
        Self { allowance, sharing: RandomState::new(), levels: Mutex::new(levels) }
    }

    fn level(&self, level: Option<Level>, now: u64) -> u64 {
        let full = u64::from(self.allowance.burst) * 1000;
        level.map_or(full, |(left, since)| {
            // per minute = thousandths per 60 ms
            let gained = now.saturating_sub(since).saturating_mul(u64::from(self.allowance.per_minute)) / 60;
            left.saturating_add(gained).min(full)
        })
    }

    /// Takes one; `Err` is the seconds until there is one again.
    pub(crate) fn take(&self, place: K, now: u64) -> Result<(), u64> {
        let mut levels = lock(&self.levels);
        let levels = &mut *levels;
        let known = levels.own.get(&place).copied();
        // A clock that is set back does not put it off.
        if known.is_none() && levels.own.len() >= PLACES && now.abs_diff(levels.swept) >= SWEEP_MS {
            #[cfg(test)]
            {
                levels.looked_at += levels.own.len();
            }
            let full = u64::from(self.allowance.burst) * 1000;
            levels.own.retain(|_, level| self.level(Some(*level), now) < full);
            levels.swept = now;
        }
        let shares = known.is_none() && levels.own.len() >= PLACES;
        #[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
        let shared = (self.sharing.hash_one(&place) % SHARED as u64) as usize;
        let level = self.level(if shares { levels.shared[shared] } else { known }, now);
        if level < 1000 {
            return Err(((1000 - level) * 60 / u64::from(self.allowance.per_minute.max(1)) / 1000).max(1));
        }
        if shares {
            levels.shared[shared] = Some((level - 1000, now));
        } else {
            levels.own.insert(place, (level - 1000, now));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(Allowance { burst: 3, per_minute: 60 });
        for _ in 0..3 {
            assert_eq!(buckets.take("a", 1_000_000), Ok(()));
        }
        assert_eq!(buckets.take("a", 1_000_000), Err(1));
        assert_eq!(buckets.take("b", 1_000_000), Ok(()), "another place has its own");
        assert_eq!(buckets.take("a", 1_001_000), Ok(()), "a second later there is one again");
        assert_eq!(buckets.take("a", 1_001_000), Err(1));
    }

    #[test]
    fn a_flood_of_places_costs_and_keeps_so_much_and_no_more() {
        const FLOOD: usize = 100_000;
        let buckets = Buckets::new(Allowance { burst: 2, per_minute: 1 });
        let known = usize::MAX;
        assert!(buckets.take(known, 1_000_000).is_ok() && buckets.take(known, 1_000_000).is_ok());
        // Ten thousand a second.
        let mut taken = 0;
        for place in 0..FLOOD {
            taken += usize::from(buckets.take(place, 1_000_000 + place as u64 / 10).is_ok());
        }
        let levels = lock(&buckets.levels);
        assert_eq!(levels.own.len(), PLACES);
        assert!(levels.looked_at <= 10 * PLACES, "{} looked at", levels.looked_at);
        // Those without a bucket of their own have two tokens of each shared one, not one each.
        assert!(taken <= PLACES + 2 * SHARED, "{taken} let in");
        drop(levels);
        assert!(buckets.take(known, 1_010_000).is_err(), "whoever had used up theirs was not forgotten");

        // Once the flood is over its places go.
        assert!(buckets.take(FLOOD, 1_010_000 + 120_000).is_ok());
        assert_eq!(lock(&buckets.levels).own.len(), 1);
    }

    #[test]
    fn who_is_known_has_their_own_in_a_flood() {
        let buckets = Buckets::new(Allowance { burst: 5, per_minute: 1 });
        let known = usize::MAX;
        assert!(buckets.take(known, 1_000_000).is_ok());
        let flood = (0..PLACES + 10 * SHARED).filter(|place| buckets.take(*place, 1_000_000).is_err()).count();
        assert!(flood > 0, "the shared ones are used up");
        for _ in 1..5 {
            assert!(buckets.take(known, 1_000_000).is_ok());
        }
        assert!(buckets.take(known, 1_000_000).is_err());
    }
}
