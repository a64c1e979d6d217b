//! Who took personal data out: noted also where another process holds the journal.
//!
//! A reader writes no record. It leaves a sealed note beside the journal, durably, and whoever
//! opens the data directory for writing next (or has it open) makes records of the notes: at once of
//! what became a file, hour by hour of what was only shown or read by another program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use auxlog_journal::{private_dir, replace};
use auxlog_record::crypto::sha256;
use auxlog_record::{Access, DataAccessed, Event, MAX_FIELD, Moment, RecordId, cut, visible_line};

use super::{Ledger, Reader};
use crate::LedgerError;

/// What a sealed note is bound to.
const PLACE: &[u8] = b"access";

/// A copy of the sealed files was made by somebody who gave no passphrase: all that is known.
const COPIED: &[u8] = b"copied\n";

/// Readings of one list within the same hour are one entry.
const HOUR_MS: i64 = 60 * 60 * 1000;

/// What is looked at on the screen within this time is one note.
const TOGETHER_MS: i64 = 15 * 60 * 1000;

/// How the notes of readings end, which wait until one is an hour old.
const READING: &str = "read";

/// So many notes of readings wait no longer.
const MANY: usize = 256;

fn dir(root: &Path) -> PathBuf {
    root.join("access")
}

fn leave(root: &Path, note: &[u8], extension: &str) -> Result<(), LedgerError> {
    let not_saved = |source: std::io::Error| LedgerError::NotSaved { source: source.into() };
    let dir = dir(root);
    private_dir(&dir).map_err(not_saved)?;
    let name = sha256(&[note, &std::process::id().to_be_bytes(), &nanos()]).to_string();
    let path = dir.join(name.get(..24).unwrap_or_default()).with_extension(extension);
    replace(&path, note).map_err(not_saved)
}

fn nanos() -> [u8; 16] {
    std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos()).to_be_bytes()
}

/// Notes that the sealed files of the data directory `root` were copied; needs no passphrase.
///
/// # Errors
/// [`LedgerError::NotSaved`].
pub fn note_copied(root: &Path) -> Result<(), LedgerError> {
    leave(root, COPIED, "copied")
}

/// What was read, as a record may say it: a filter holds whatever was typed.
pub(super) fn subject_of(said: &str) -> String {
    cut(&visible_line(said), MAX_FIELD).into_owned()
}

impl Reader {
    /// Notes that personal data left the store, durably; it becomes a record of the chain when the
    /// data directory is next open for writing.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn note_access(&self, access: Access, subject: &str, count: u64) -> Result<(), LedgerError> {
        self.leave_note(access, subject, count, "note")
    }

    /// Notes that personal data was shown, or handed to another program, durably. Readings become
    /// records together once the first is an hour old; those of one list within an hour are one.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn note_reading(&self, access: Access, subject: &str, count: u64) -> Result<(), LedgerError> {
        self.leave_note(access, subject, count, READING)
    }

    fn leave_note(&self, access: Access, subject: &str, count: u64, extension: &str) -> Result<(), LedgerError> {
        let noted = DataAccessed {
            access,
            subject: subject_of(subject),
            count,
            by: Some(self.identity().officer.clone()),
            at: Some(self.clock.now()),
        };
        let plain = Event::DataAccessed(noted).to_body();
        let sealed = self.store_key().for_purpose("access notes").seal(PLACE, &plain);
        leave(&self.root, &sealed.map_err(|error| LedgerError::NotSaved { source: Box::new(error) })?, extension)
    }
}

impl Ledger {
    /// Makes records of the notes that readers left, in the name of the officer who is in; each
    /// says who took the data out. Notes that can't be opened are noted as such.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; the notes stay.
    pub fn take_access_notes(&self) -> Result<usize, LedgerError> {
        let mut notes: Vec<(PathBuf, bool, Event)> = Vec::new();
        let entries = std::fs::read_dir(dir(&self.layout.root)).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let extension = path.extension().and_then(|extension| extension.to_str());
            let reading = extension == Some(READING);
            let known = reading || matches!(extension, Some("note" | "copied"));
            let Some(bytes) = known.then(|| auxlog_journal::read(&path).ok()).flatten() else { continue };
            notes.push((path, reading, self.access_event(&bytes)));
        }
        let now = self.clock.now().millis();
        let old = |event: &Event| match event {
            Event::DataAccessed(read) => read.at.is_none_or(|at| at.millis().abs_diff(now) >= HOUR_MS.unsigned_abs()),
            _ => true,
        };
        let readings = || notes.iter().filter(|(_, reading, _)| *reading);
        let due = readings().count() >= MANY || readings().any(|(.., event)| old(event));
        notes.retain(|(_, reading, _)| !*reading || due);
        let mut events: Vec<Event> = Vec::new();
        for (_, reading, event) in &notes {
            if !*reading || !events.iter_mut().any(|before| joined(before, event)) {
                events.push(event.clone());
            }
        }
        self.append(&events)?;
        for (path, ..) in &notes {
            // One that stays is recorded twice at worst.
            let _ = std::fs::remove_file(path);
        }
        Ok(notes.len())
    }

    /// Takes note that a task was looked at in full on the screen; noted together with others
    /// before long, at the latest when the ledger is closed.
    pub fn note_viewed(&self, task: RecordId) {
        self.viewed.add(task, self.clock.now());
    }

    /// Notes what was looked at on the screen: what waited long enough, or `all` of it.
    pub(super) fn note_viewings(&self, all: bool) -> Result<(), LedgerError> {
        let Some((since, tasks)) = self.viewed.take(self.clock.now(), all) else { return Ok(()) };
        let noted = self.note_reading(Access::Read, "details on the screen", tasks.len() as u64);
        noted.inspect_err(|_| tasks.iter().for_each(|task| self.viewed.add(*task, since)))
    }

    fn access_event(&self, note: &[u8]) -> Event {
        let plain = self.unlocked.store.for_purpose("access notes").open(PLACE, note).ok();
        let event = plain.and_then(|plain| Event::from_body(13, 1, &plain).ok());
        event.filter(|event| matches!(event, Event::DataAccessed(_))).unwrap_or_else(|| {
            let copied = note == COPIED;
            Event::DataAccessed(DataAccessed {
                access: if copied { Access::BackedUp } else { Access::Exported },
                subject: if copied { "the sealed files".into() } else { "a note that cannot be read".into() },
                count: 1,
                by: None,
                at: None,
            })
        })
    }
}

fn hour(at: Option<Moment>) -> Option<i64> {
    at.map(|at| at.millis() / HOUR_MS)
}

/// Counts a reading of the same list by the same officer within the same hour with the one
/// `before` it: whoever looks at a list again and again leaves one entry, not hundreds.
fn joined(before: &mut Event, event: &Event) -> bool {
    let (Event::DataAccessed(first), Event::DataAccessed(next)) = (before, event) else { return false };
    let same = first.access == next.access
        && (&first.subject, &first.by, hour(first.at)) == (&next.subject, &next.by, hour(next.at));
    if same {
        first.count = first.count.saturating_add(next.count);
        first.at = first.at.min(next.at);
    }
    same
}

/// Tasks looked at in full on the screen, and since when, until they are recorded together.
#[derive(Debug, Default)]
pub(super) struct Viewed(Mutex<Option<(Moment, BTreeSet<RecordId>)>>);

impl Viewed {
    fn add(&self, task: RecordId, now: Moment) {
        let mut viewed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        viewed.get_or_insert_with(|| (now, BTreeSet::new())).1.insert(task);
    }

    fn take(&self, now: Moment, all: bool) -> Option<(Moment, BTreeSet<RecordId>)> {
        let mut viewed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        viewed.take_if(|(since, _)| all || now.millis() - since.millis() >= TOGETHER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InitOptions, OpenOptions, Whole};

    #[test]
    fn what_readers_took_out_is_on_record_once_somebody_writes() {
        let dir = tempfile::tempdir().expect("a directory");
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
        let ledger = Ledger::init(dir.path(), &who, "p", options.clone()).expect("made");
        // While the ledger is open, and twice the same.
        let reader = Reader::open(dir.path(), None, "p", &options).expect("opens");
        for _ in 0..2 {
            reader.note_access(Access::Exported, "tasks of 张三", 7).expect("noted");
        }
        note_copied(dir.path()).expect("noted");
        for entry in std::fs::read_dir(super::dir(dir.path())).expect("there").flatten() {
            let bytes = std::fs::read(entry.path()).expect("read");
            assert!(!bytes.windows(6).any(|window| window == "张三".as_bytes()), "sealed");
        }
        ledger.rest();
        let noted = |ledger: &Ledger| {
            let notices = ledger.notices(9).expect("read");
            let mut subjects: Vec<(Access, String)> = notices
                .into_iter()
                .filter_map(|entry| match entry.event {
                    Event::DataAccessed(access) => Some((access.access, access.subject)),
                    _ => None,
                })
                .collect();
            subjects.sort_by_key(|(access, _)| *access as u8);
            subjects
        };
        let found = noted(&ledger);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0], (Access::Exported, "tasks of 张三".to_owned()));
        assert_eq!(found[2].0, Access::BackedUp);
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { records: 4 })));
        ledger.close();
        reader.note_access(Access::Exported, "later", 1).expect("noted");
        std::fs::write(super::dir(dir.path()).join("forged.note"), b"nonsense").expect("written");
        let ledger = Ledger::open(dir.path(), None, "p", options).expect("opens");
        assert_eq!(noted(&ledger).len(), 5, "a forged one is on record too");
        assert_eq!(ledger.take_access_notes().expect("none is left"), 0);
    }

    /// A clock that the test sets.
    #[derive(Debug, Default)]
    struct Set(std::sync::atomic::AtomicI64);

    impl auxlog_record::Clock for Set {
        fn now(&self) -> Moment {
            crate::ledger::rows::moment(self.0.load(std::sync::atomic::Ordering::Relaxed))
        }
    }

    #[test]
    fn what_is_read_again_and_again_is_one_entry_after_an_hour() {
        let dir = tempfile::tempdir().expect("a directory");
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let clock = std::sync::Arc::new(Set((500_000 * HOUR_MS).into()));
        let options = OpenOptions { cheap_keys: true, clock: clock.clone(), ..OpenOptions::default() };
        let ledger = Ledger::init(dir.path(), &who, "p", options.clone()).expect("made");
        let reader = Reader::open(dir.path(), None, "p", &options).expect("opens");
        let later = |ms: i64| clock.0.fetch_add(ms, std::sync::atomic::Ordering::Relaxed);
        for (access, subject, count) in [
            (Access::Read, "tasks", 3),
            (Access::Read, "flags", 1),
            (Access::Read, "tasks", 4),
            (Access::Exported, "tasks", 7),
        ] {
            reader.note_reading(access, subject, count).expect("noted");
            later(60_000);
        }
        for seq in [2, 3, 2] {
            ledger.note_viewed(RecordId { writer: ledger.identity().writer, seq });
        }
        let read = |ledger: &Ledger| {
            let notices = ledger.notices(99).expect("read");
            let mut found: Vec<(Access, String, u64)> = notices
                .into_iter()
                .filter_map(|entry| match entry.event {
                    Event::DataAccessed(noted) => Some((noted.access, noted.subject, noted.count)),
                    _ => None,
                })
                .collect();
            found.sort_by_key(|(access, subject, _)| (*access as u8, subject.clone()));
            found
        };
        ledger.rest();
        assert_eq!(read(&ledger), [], "none is an hour old");
        ledger.close();
        later(HOUR_MS);
        let ledger = Ledger::open(dir.path(), None, "p", options).expect("opens");
        let entry = |access, subject: &str, count| (access, subject.to_owned(), count);
        let hour = [
            entry(Access::Exported, "tasks", 7),
            entry(Access::Read, "details on the screen", 2),
            entry(Access::Read, "flags", 1),
            entry(Access::Read, "tasks", 7),
        ];
        assert_eq!(read(&ledger), hour);
        for _ in 0..MANY {
            reader.note_reading(Access::Read, "tasks", 1).expect("noted");
        }
        ledger.rest();
        assert!(read(&ledger).contains(&entry(Access::Read, "tasks", MANY as u64)), "many wait no longer");
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { .. })));
    }
}
