//! How often a passphrase was tried in vain: counted before it is tried, one try at a time.
//!
//! It slows down who sits at the laptop. A counter that is gone, or was not written by this program for
//! this keyring, counts as many tries. Whoever has the disk can put an earlier counter back, or copy the
//! keyring and guess elsewhere, against which the derivation's cost stands.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use auxlog_record::crypto::sha256;

use crate::file::replace;
use crate::kdf::delay_after;
use crate::own;

const FILE: &str = "tries";

/// What a counter that was taken away or overwritten is taken for: the longest delay.
const MANY: u32 = 10;

/// Whose counter it is, and what has to be there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter {
    /// The number of the keyring.
    pub(crate) store_id: [u8; 16],
    /// Whether there is one.
    pub(crate) expected: bool,
    /// Whether it is bound to the keyring.
    pub(crate) bound: bool,
}

impl Counter {
    fn line(&self, count: u32, last_ms: i64) -> String {
        let bond = sha256(&[b"auxlog tries", &self.store_id, &count.to_be_bytes(), &last_ms.to_be_bytes()]).to_string();
        format!("{count} {last_ms} {}\n", bond.get(..32).unwrap_or_default())
    }

    fn read(&self, text: &str) -> Option<(u32, i64)> {
        let mut numbers = text.split_whitespace();
        let (count, last_ms) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
        (!self.bound || text == self.line(count, last_ms)).then_some((count, last_ms))
    }
}

/// The counter of a keyring's directory, held while a passphrase is tried: two that try at once wait
/// for each other, in this process and in any other.
#[derive(Debug)]
pub struct Tries {
    file: PathBuf,
    /// None where nothing can be written, as on a disk that is only read.
    held: Option<File>,
    counter: Counter,
    count: u32,
    last_ms: i64,
}

impl Tries {
    /// Makes the counter where there is none, and binds one that is not bound yet.
    pub(crate) fn begin(keys: &Path, counter: Counter) -> io::Result<()> {
        let file = keys.join(FILE);
        if counter.bound && file.exists() {
            return Ok(());
        }
        let known = std::fs::read_to_string(&file).ok().and_then(|text| counter.read(&text));
        let (count, last_ms) = known.unwrap_or_default();
        replace(&file, counter.line(count, last_ms).as_bytes())
    }

    /// Waits for whoever tries now, and reads how it stands at `now_ms`. Where there is none that should be
    /// there, or another one, somebody put it aside: that counts as many tries, the last one now.
    pub(crate) fn hold(keys: &Path, counter: Counter, now_ms: i64) -> Self {
        let file = keys.join(FILE);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let held = own::open(&mut options, &keys.join("tries.lock")).ok();
        let held = held.filter(|held| held.lock().is_ok());
        let text = std::fs::read_to_string(&file);
        let expected = counter.expected || counter.bound;
        let known = text.ok().and_then(|text| counter.read(&text));
        let (count, last_ms) = known.unwrap_or(if expected { (MANY, now_ms) } else { (0, 0) });
        let mut tries = Self { file, held, counter, count, last_ms };
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
        let written = replace(&self.file, self.counter.line(self.count, self.last_ms).as_bytes());
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

    const NONE: Counter = Counter { store_id: [7; 16], expected: false, bound: false };
    const SOME: Counter = Counter { expected: true, ..NONE };
    const BOUND: Counter = Counter { bound: true, ..SOME };

    #[test]
    fn a_try_counts_before_it_is_made_and_no_two_are_made_at_once() {
        let dir = tempfile::tempdir().expect("a directory");
        Tries::begin(dir.path(), NONE).expect("made");
        let made = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..24 {
                scope.spawn(|| {
                    let mut tries = Tries::hold(dir.path(), BOUND, 1000);
                    if tries.wait(1000).is_none() {
                        tries.count(1000);
                        made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(made.into_inner(), 3, "the fourth waits");
        assert_eq!(Tries::hold(dir.path(), BOUND, 1000).count, 3);
    }

    #[test]
    fn a_counter_taken_away_is_many_tries_where_there_was_one() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(Tries::hold(dir.path(), NONE, 1000).wait(1000), None, "as 0.1.0 left it");
        for _ in 0..2 {
            assert_eq!(Tries::hold(dir.path(), BOUND, 1000).wait(1000), Some(Duration::from_mins(1)));
        }
        assert_eq!(Tries::hold(dir.path(), BOUND, 61_000).wait(61_000), None, "and ends");
        Tries::hold(dir.path(), BOUND, 61_000).forget();
        assert_eq!(Tries::hold(dir.path(), BOUND, 61_000).count, 0);
    }
    #[test]
    fn a_counter_overwritten_is_many_tries() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join(FILE);
        let waits = |counter| Tries::hold(dir.path(), counter, 1000).wait(1000);
        std::fs::write(&file, "3 1000\n").expect("as an earlier version left it");
        assert_ne!(waits(SOME), None);
        Tries::begin(dir.path(), SOME).expect("bound");
        assert_eq!(Tries::hold(dir.path(), BOUND, 1000).count, 3, "with what it had counted");
        let another = Counter { store_id: [8; 16], ..BOUND };
        for nought in [
            "0 0\n".to_owned(),
            String::new(),
            "0\n".to_owned(),
            another.line(0, 0),
            format!("0 {}", BOUND.line(3, 1000)),
        ] {
            std::fs::write(&file, nought).expect("overwritten");
            assert_eq!(waits(BOUND), Some(Duration::from_mins(1)));
        }
        Tries::hold(dir.path(), BOUND, 61_000).forget();
        assert_eq!(Tries::hold(dir.path(), BOUND, 61_000).count, 0, "whoever has the passphrase is let in");
    }
}
