//! Who took personal data out: noted also where another process holds the journal.
//!
//! A reader writes no record. He leaves a sealed note beside the journal, durably, and whoever
//! opens the data directory for writing next (or has it open) makes records of the notes.

use std::path::{Path, PathBuf};

use auxlog_journal::{private_dir, replace};
use auxlog_record::crypto::sha256;
use auxlog_record::{Access, DataAccessed, Event};

use super::{Ledger, Reader};
use crate::LedgerError;

/// What a sealed note is bound to.
const PLACE: &[u8] = b"access";

/// A copy of the sealed files was made by somebody who gave no passphrase: all that is known.
const COPIED: &[u8] = b"copied\n";

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

impl Reader {
    /// Notes that personal data left the store, durably; it becomes a record of the chain when the
    /// data directory is next open for writing.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn note_access(&self, access: Access, subject: &str, count: u64) -> Result<(), LedgerError> {
        let noted = DataAccessed {
            access,
            subject: subject.to_owned(),
            count,
            by: Some(self.identity().officer.clone()),
            at: Some(self.clock.now()),
        };
        let plain = Event::DataAccessed(noted).to_body();
        let sealed = self.store_key().for_purpose("access notes").seal(PLACE, &plain);
        leave(&self.root, &sealed.map_err(|error| LedgerError::NotSaved { source: Box::new(error) })?, "note")
    }
}

impl Ledger {
    /// Makes records of the notes that readers left, in the name of the officer who is in; each
    /// says who took the data out. Notes that can't be opened are noted as such.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; the notes stay.
    pub fn take_access_notes(&self) -> Result<usize, LedgerError> {
        let mut events = Vec::new();
        let mut files: Vec<PathBuf> = Vec::new();
        let entries = std::fs::read_dir(dir(&self.layout.root)).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let known = path.extension().is_some_and(|extension| extension == "note" || extension == "copied");
            let Some(bytes) = known.then(|| std::fs::read(&path).ok()).flatten() else { continue };
            events.push(self.access_event(&bytes));
            files.push(path);
        }
        self.append(&events)?;
        for path in &files {
            // One that stays is recorded twice at worst.
            let _ = std::fs::remove_file(path);
        }
        Ok(files.len())
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
}
