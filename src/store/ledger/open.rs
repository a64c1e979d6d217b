//! Making, unlocking and opening a data directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use auxlog_journal::blob::Blobs;
use auxlog_journal::{
    Directory, JournalOptions, KdfCost, KeyError, Keyring, LockError, StoreKey, Unlocked, no_link, no_links,
};
use auxlog_law::RulebookSet;
use auxlog_record::{Clock, OfficerId, SystemClock};

use crate::OpenError;

/// How long deriving a key may take, to make guessing slow.
const KEY_TIME: Duration = Duration::from_millis(700);

/// How a data directory is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// A command that reads and writes the cache in a process of its own (see
    /// [`crate::cache_process`]), with its first arguments; what to do and the directory are
    /// appended. None: this process does.
    pub cache_process: Vec<PathBuf>,
    /// Told how far a rebuild of the cache has come: entries done, entries in all (0 unknown).
    pub progress: Arc<dyn Fn(u64, u64) + Send + Sync>,
    /// Bytes that a segment of the journal is preallocated with: small for small machines and tests.
    pub segment_bytes: u64,
    /// Cheap key derivation, for tests and demonstrations of throw-away data only.
    pub cheap_keys: bool,
    /// How often, in months, the agency reviews its auxiliaries (定期审验, 第二十一条). The law
    /// names no interval; `None` lists no review as due.
    pub review_months: Option<u32>,
    /// By which its tasks are judged: what comes with the program, and what the agency adds.
    pub rulebooks: RulebookSet,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            cache_process: Vec::new(),
            progress: Arc::new(|_, _| {}),
            segment_bytes: JournalOptions::default().segment_bytes,
            cheap_keys: false,
            review_months: None,
            rulebooks: RulebookSet::default(),
        }
    }
}

impl OpenOptions {
    /// How the journal is kept.
    pub(super) fn journal(&self) -> JournalOptions {
        JournalOptions { segment_bytes: self.segment_bytes }
    }

    /// The cost of deriving a new passphrase's key.
    pub(super) fn cost(&self) -> Result<KdfCost, OpenError> {
        if self.cheap_keys { Ok(KdfCost::CHEAP) } else { KdfCost::calibrate(KEY_TIME).map_err(key) }
    }
}

/// What the program keeps within a data directory. Rules of an officer's own are theirs.
const DIRECTORIES: [&str; 8] =
    ["access", "attachments", "cache", "drafts", "journal", "journal.rewriting", "keys", "quarantine"];

/// The places within a data directory.
pub(super) struct Layout {
    pub(super) root: PathBuf,
}

impl Layout {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Refuses a data directory that is a symbolic link, or of whose own directories one is or holds one.
    pub(super) fn no_links(&self) -> Result<(), OpenError> {
        let failed = |source| OpenError::Io { path: self.root.clone(), source };
        no_link(&self.root).map_err(failed)?;
        DIRECTORIES.iter().try_for_each(|name| no_links(&self.root.join(name))).map_err(failed)
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    pub(super) fn drafts(&self) -> PathBuf {
        self.root.join("drafts")
    }

    pub(super) fn blobs(&self, key: &StoreKey) -> Blobs {
        Blobs::new(&self.root.join("attachments"), key)
    }

    pub(super) fn disk(&self) -> Directory {
        Directory::new(&self.root.join("journal"), &self.root.join("quarantine"))
    }

    pub(super) fn journal(&self) -> Arc<Directory> {
        Arc::new(self.disk())
    }

    pub(super) fn keyring(&self) -> Result<Keyring, OpenError> {
        self.no_links()?;
        Keyring::load(&self.keys()).map_err(|error| match error {
            KeyError::Missing(_) => OpenError::NoDirectory { dir: self.root.clone() },
            other => key(other),
        })
    }

    /// Unlocks an officer's keys; the only one's where none is named. After wrong tries the next
    /// one has to wait, in this process and in any other.
    pub(super) fn unlock(
        &self,
        officer: Option<&OfficerId>,
        passphrase: &str,
        clock: &dyn Clock,
    ) -> Result<(Keyring, Unlocked), OpenError> {
        let keyring = self.keyring()?;
        let known: Vec<OfficerId> = keyring.officers().into_iter().map(|holder| holder.officer).collect();
        let officer = match (officer, known.as_slice()) {
            (Some(officer), known) if known.contains(officer) => officer.clone(),
            (None, [only]) => only.clone(),
            _ => return Err(OpenError::WhichOfficer { known }),
        };
        let now = clock.now().millis();
        let mut tries = keyring.tries(now);
        if let Some(delay) = tries.wait(now) {
            return Err(OpenError::WrongPassphrase { delay });
        }
        let delay = tries.count(now);
        match keyring.unlock(&officer, passphrase) {
            Ok(unlocked) => {
                tries.forget();
                Ok((keyring, unlocked))
            }
            Err(KeyError::WrongPassphrase(_)) => Err(OpenError::WrongPassphrase { delay }),
            Err(other) => Err(key(other)),
        }
    }
}

pub(super) fn key(error: KeyError) -> OpenError {
    match error {
        KeyError::Io { path, source } => OpenError::Io { path, source },
        other => OpenError::Damaged { source: other.into() },
    }
}

pub(super) fn lock(error: LockError) -> OpenError {
    match error {
        LockError::Held { pid } => OpenError::Locked { pid },
        LockError::Io { path, source } => OpenError::Io { path, source },
    }
}
