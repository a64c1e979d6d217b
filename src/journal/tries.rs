//! How often a passphrase was tried in vain: counted before it is tried, one try at a time.
//!
//! It slows down who sits at the laptop. Whoever has the disk can copy the keyring and guess
//! elsewhere, against which the derivation's cost stands.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::file::replace;
use crate::kdf::delay_after;
use crate::own;

const FILE: &str = "tries";

/// What a counter that was taken away is taken for: the longest delay.
const MANY: u32 = 10;

/// The counter of a keyring's directory, held while a passphrase is tried: two that try at once wait
/// for each other, in this process and in any other.
#[derive(Debug)]
pub struct Tries {
    file: PathBuf,
    /// None where nothing can be written, as on a disk that is only read.
    held: Option<File>,
    count: u32,
    last_ms: i64,
}

impl Tries {
    /// Makes the counter where there is none.
    pub(crate) fn begin(keys: &Path) -> io::Result<()> {
        let file = keys.join(FILE);
        if file.exists() { Ok(()) } else { replace(&file, b"0 0\n") }
    }

    /// Waits for whoever tries now, and reads how it stands at `now_ms`. Where a counter is `expected`
    /// and there is none, somebody took it away: that counts as many tries, the last one now.
    pub fn hold(keys: &Path, expected: bool, now_ms: i64) -> Self {
        let file = keys.join(FILE);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let held = own::open(&mut options, &keys.join("tries.lock")).ok();
        let held = held.filter(|held| held.lock().is_ok());
        let text = std::fs::read_to_string(&file);
        let numbers = |text: &str| {
            let mut numbers = text.split_whitespace();
            Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
        };
        let known = text.as_deref().ok().and_then(numbers);
        let (count, last_ms) = known.unwrap_or(if expected { (MANY, now_ms) } else { (0, 0) });
        let mut tries = Self { file, held, count, last_ms };
        if known.is_none() && expected && !tries.write() {
            // Nothing can be kept here, so a delay would have no end.
            tries.count = 0;
        }
        tries
    }

    /// How long the next try still has to wait.
    pub fn wait(&self, now_ms: i64) -> Option<Duration> {
        let delay = i64::try_from(delay_after(self.count).as_millis()).unwrap_or(i64::MAX);
        // A clock set back must not lock the officer out for longer than the delay itself.
        let left = self.last_ms.saturating_add(delay).saturating_sub(now_ms).min(delay);
        u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis)
    }

    /// Counts a try that is about to be made; how long the one after it waits, should it be wrong.
    pub fn count(&mut self, now_ms: i64) -> Duration {
        self.count = self.count.saturating_add(1);
        self.last_ms = now_ms;
        self.write();
        delay_after(self.count)
    }

    /// It was right: nothing is counted any more.
    pub fn forget(mut self) {
        self.count = 0;
        // If it cannot be written, the next wrong try waits longer than it had to.
        self.write();
    }

    fn write(&self) -> bool {
        let written = replace(&self.file, format!("{} {}\n", self.count, self.last_ms).as_bytes());
        if let Err(error) = &written {
            tracing::warn!(%error, "tries could not be counted");
        }
        written.is_ok()
    }
}

impl Drop for Tries {
    fn drop(&mut self) {
        if let Some(held) = &self.held {
            let _ = held.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_counts_before_it_is_made_and_no_two_are_made_at_once() {
        let dir = tempfile::tempdir().expect("a directory");
        Tries::begin(dir.path()).expect("made");
        let made = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..24 {
                scope.spawn(|| {
                    let mut tries = Tries::hold(dir.path(), true, 1000);
                    if tries.wait(1000).is_none() {
                        tries.count(1000);
                        made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(made.into_inner(), 3, "the fourth waits");
        assert_eq!(Tries::hold(dir.path(), true, 1000).count, 3);
    }

    #[test]
    fn a_counter_taken_away_is_many_tries_where_there_was_one() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(Tries::hold(dir.path(), false, 1000).wait(1000), None, "as 0.1.0 left it");
        for _ in 0..2 {
            assert_eq!(Tries::hold(dir.path(), true, 1000).wait(1000), Some(Duration::from_mins(1)));
        }
        assert_eq!(Tries::hold(dir.path(), true, 61_000).wait(61_000), None, "and ends");
        Tries::hold(dir.path(), true, 61_000).forget();
        assert_eq!(Tries::hold(dir.path(), true, 61_000).count, 0);
    }
}
