//! From a passphrase to a key: Argon2id.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::error::KeyError;

/// What deriving a key from a passphrase costs; kept beside each wrapped key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KdfCost {
    /// Memory in KiB.
    #[n(0)]
    pub memory_kib: u32,
    /// Passes over it.
    #[n(1)]
    pub passes: u32,
    /// Lanes.
    #[n(2)]
    pub lanes: u32,
}

impl Default for KdfCost {
    /// RFC 9106's second recommended set: 64 MiB, 3 passes, 4 lanes.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

impl KdfCost {
    /// As cheap as Argon2id goes. Protects nothing; for tests only.
    pub const CHEAP: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// What a file may ask for at most, so that an altered one can't exhaust the machine.
    const MOST: Self = Self { memory_kib: 4 << 20, passes: 64, lanes: 64 };

    /// As many passes over the default memory as take about `target` on this machine (0.5–1 s
    /// is the mark), and never fewer than the default's.
    ///
    /// # Errors
    /// [`KeyError::Cost`] when even the default can't be had.
    pub fn calibrate(target: Duration) -> Result<Self, KeyError> {
        let mut cost = Self::default();
        let start = Instant::now();
        cost.derive(b"calibration", &[0; 16])?;
        let each = start.elapsed() / cost.passes;
        let passes = target.as_nanos() / each.as_nanos().max(1);
        cost.passes = u32::try_from(passes).unwrap_or(u32::MAX).clamp(cost.passes, Self::MOST.passes);
        Ok(cost)
    }

    pub(crate) fn derive(self, passphrase: &[u8], salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let most = Self::MOST;
        if self.memory_kib > most.memory_kib || self.passes > most.passes || self.lanes > most.lanes {
            return Err(KeyError::Cost(format!("{self:?} is beyond what is allowed ({most:?})")));
        }
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|e| KeyError::Cost(e.to_string()))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, salt, key.as_mut())
            .map_err(|e| KeyError::Cost(e.to_string()))?;
        Ok(key)
    }
}

/// How long to wait after `wrong` wrong tries in a row: nothing for the first two, then doubling
/// from one second to one minute. The store is never wiped: that would destroy evidence.
pub fn delay_after(wrong: u32) -> Duration {
    match wrong {
        0..=2 => Duration::ZERO,
        n => Duration::from_secs(1 << (n - 3).min(6)).min(Duration::from_mins(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_minute_and_stay_there() {
        let seconds: Vec<u64> = (0..12).map(|n| delay_after(n).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(delay_after(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn the_key_depends_on_passphrase_salt_and_cost() {
        let key = |passphrase: &[u8], salt, cost: KdfCost| *cost.derive(passphrase, &[salt; 16]).expect("derives");
        let one = key(b"a", 1, KdfCost::CHEAP);
        assert_eq!(one, key(b"a", 1, KdfCost::CHEAP));
        assert_ne!(one, key(b"b", 1, KdfCost::CHEAP));
        assert_ne!(one, key(b"a", 2, KdfCost::CHEAP));
        assert_ne!(one, key(b"a", 1, KdfCost { passes: 2, ..KdfCost::CHEAP }));
    }

    #[test]
    fn an_absurd_cost_is_refused_before_memory_is_taken() {
        let cost = KdfCost { memory_kib: u32::MAX, ..KdfCost::CHEAP };
        assert!(matches!(cost.derive(b"a", &[0; 16]), Err(KeyError::Cost(_))));
    }
}
