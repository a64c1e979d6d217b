//! When to try again: exponential with full jitter, for ever.

/// The first delay is at most this.
pub const FIRST_MS: u64 = 1000;

/// No delay is longer than this.
pub const LONGEST_MS: u64 = 5 * 60 * 1000;

/// A small generator (splitmix64): the same seed, the same delays.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Delays between tries.
#[derive(Debug, Clone)]
pub struct Backoff {
    tries: u32,
    random: Random,
}

impl Backoff {
    /// A new one; laptops with different seeds don't come back together.
    pub fn new(seed: u64) -> Self {
        Self { tries: 0, random: Random::new(seed) }
    }

    /// Milliseconds to wait before the next try: anything up to a bound that doubles, but not
    /// less than the server asked for.
    pub fn next_ms(&mut self, retry_after_ms: Option<u64>) -> u64 {
        let bound = FIRST_MS.saturating_mul(1 << self.tries.min(20)).min(LONGEST_MS);
        self.tries = self.tries.saturating_add(1);
        (self.random.next() % bound + 1).max(retry_after_ms.unwrap_or(0))
    }

    /// Begins anew: it worked, the network came up, or someone asked.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_five_minutes_and_never_end() {
        let mut backoff = Backoff::new(7);
        for _ in 0..1000 {
            assert!((1..=LONGEST_MS).contains(&backoff.next_ms(None)));
        }
        let late: Vec<u64> = (0..100).map(|_| backoff.next_ms(None)).collect();
        assert!(late.iter().any(|delay| *delay > LONGEST_MS / 2), "the bound has grown");
        assert!(late.iter().any(|delay| *delay < LONGEST_MS / 2), "and the jitter is full");
        backoff.reset();
        assert!(backoff.next_ms(None) <= FIRST_MS);
        assert_eq!(Backoff::new(7).next_ms(Some(90_000)), 90_000, "the server's word counts");
    }
}
