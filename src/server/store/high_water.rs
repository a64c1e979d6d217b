//! How long each agency's log is known to have been, and its root then, kept outside the database.
//!
//! A database put back from a backup looks like a shorter log, and once it has grown again like a
//! rewritten one. Whoever remembers its length knows at once, and begins a new life of the log
//! (an [`Epoch`]) before anything is appended: laptops then bring what is missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use auxlog_record::{AgencyId, Hash};
use auxlog_sync::receipt::Epoch;
use minicbor::{Decode, Encode};

use super::log::Head;

/// The longest that a log was seen, and the lives that it had before.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Mark {
    #[n(0)]
    epoch: Epoch,
    #[n(1)]
    size: u64,
    #[n(2)]
    ended: Vec<Epoch>,
    /// The root of that length: whoever changes the database does not change it here.
    #[n(3)]
    root: Option<Hash>,
}

/// The lengths, and the file that they are kept in between two runs.
#[derive(Debug, Default)]
pub(crate) struct HighWater {
    marks: Mutex<Marks>,
    /// What was known when the file was read: what is appended to an altered log does not hide it.
    before: BTreeMap<AgencyId, Mark>,
    file: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Marks {
    of: BTreeMap<AgencyId, Mark>,
    dirty: bool,
}

impl HighWater {
    /// Reads what an earlier run knew. A file that can't be read is as if there were none: the
    /// laptops' receipts still tell.
    pub(crate) fn load(file: &Path) -> Self {
        let of: BTreeMap<AgencyId, Mark> =
            auxlog_journal::read(file).ok().and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        let before = of.clone();
        Self { marks: Mutex::new(Marks { of, dirty: false }), before, file: Some(file.to_owned()) }
    }

    /// The length and the root that a log had in this life when the program began.
    pub(crate) fn root_of(&self, agency: &AgencyId, epoch: Epoch) -> Option<(u64, Hash)> {
        let mark = self.before.get(agency).filter(|mark| mark.epoch == epoch)?;
        Some((mark.size, mark.root?))
    }

    pub(crate) fn knows_logs(&self) -> bool {
        self.marks().of.values().any(|mark| mark.size > 0)
    }

    /// Whether a log of `size` is shorter than it was, or in a life that has ended.
    pub(crate) fn is_behind(&self, agency: &AgencyId, epoch: Epoch, size: u64) -> bool {
        let marks = self.marks();
        let shorter = |mark: &Mark| mark.epoch == epoch && size < mark.size;
        marks.of.get(agency).is_some_and(|mark| shorter(mark) || mark.ended.contains(&epoch))
    }

    /// Takes note of a log's length.
    pub(crate) fn note(&self, agency: &AgencyId, head: &Head) {
        let (epoch, size) = (head.epoch, head.size);
        let mut marks = self.marks();
        let known =
            marks.of.entry(agency.clone()).or_insert_with(|| Mark { epoch, size: 0, ended: Vec::new(), root: None });
        if known.ended.contains(&epoch) || (known.epoch == epoch && known.size >= size) {
            return;
        }
        if known.epoch != epoch {
            let before = std::mem::replace(&mut known.epoch, epoch);
            known.ended.push(before);
        }
        known.size = size;
        known.root = Some(head.root);
        marks.dirty = true;
    }

    /// Writes the file where something changed.
    pub(crate) fn save(&self) {
        let Some(file) = &self.file else { return };
        let bytes = {
            let mut marks = self.marks();
            if !std::mem::take(&mut marks.dirty) {
                return;
            }
            minicbor::to_vec(&marks.of).expect("writing to memory cannot fail")
        };
        if let Err(error) = auxlog_journal::replace(file, &bytes) {
            tracing::warn!(%error, file = %file.display(), "the logs' lengths could not be kept");
        }
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(epoch: Epoch, size: u64) -> Head {
        Head { size, root: Hash([7; 32]), epoch, at_ms: 0, leaves_from: 0 }
    }

    #[test]
    fn a_log_put_back_is_known_by_its_length_or_its_life() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("heads");
        let (agency, first, second) = (AgencyId::from("A01"), Epoch([1; 16]), Epoch([2; 16]));
        let marks = HighWater::load(&file);
        assert!(!marks.is_behind(&agency, first, 0), "nothing is known yet");
        marks.note(&agency, &head(first, 10));
        assert!(marks.is_behind(&agency, first, 9));
        assert!(!marks.is_behind(&agency, first, 10));
        marks.note(&agency, &head(second, 3));
        marks.save();
        let marks = HighWater::load(&file);
        assert_eq!(marks.root_of(&agency, second), Some((3, Hash([7; 32]))));
        assert_eq!(marks.root_of(&agency, first), None);
        assert!(!marks.is_behind(&agency, second, 3), "a new life may be shorter");
        assert!(marks.is_behind(&agency, first, 50), "the old one is over, however long");
        marks.note(&agency, &head(first, 99));
        assert!(marks.is_behind(&agency, first, 99), "and does not come back");
    }
}
