//! The open ledger: the single door to an unlocked data directory.

mod access;
mod attach;
mod book;
mod day;
#[cfg(test)]
mod desk_tests;
mod draft;
mod entries;
mod evidence;
#[cfg(test)]
mod flip_tests;
#[cfg(test)]
mod growth_tests;
mod judge;
mod jumps;
mod log;
mod mask;
mod older_copy;
mod open;
mod people;
mod reader;
mod recovery;
mod rejudge;
mod renewal;
mod review;
#[cfg(test)]
mod review_tests;
mod roster;
mod rows;
#[cfg(test)]
mod rulebook_tests;
mod shelf;
mod sync;
#[cfg(test)]
mod tamper_tests;
#[cfg(test)]
mod tests;
mod verify;
mod words;
mod write;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use auxlog_journal::{InstanceLock, Journal, JournalError, Keyring, Unlocked, private_dir};
use auxlog_record::{Event, Hlc, OfficerId, Signer as _, WriterOpened};

pub use access::note_copied;
pub use attach::{AttachmentRow, Staged};
pub use book::RosterParts;
pub use jumps::{ClockJump, ClockOffset};
pub use mask::{MaskOrder, ORDER_REFUSED, RELEASED};
pub use open::OpenOptions;
pub use people::{Listed, People};
pub use reader::Reader;
pub use recovery::RecoverError;
pub use rejudge::Rejudgement;
pub use sync::{OwnWriter, Received, Waiting};

use crate::cache::{Cache, Opening};
use crate::{InitOptions, OpenError};
pub(crate) use book::{Book, word_in, word_topic};
pub(crate) use older_copy::Lost;
use open::Layout;
pub(crate) use sync::ENROLMENT;

/// Topic of the note since which logical time a directory that stands alone keeps the newest rules of
/// steps.
pub(crate) const RULES_SINCE: &str = "rules.since";
use write::ChainWriter;

/// An open, unlocked data directory, to read and to write. Share it behind an `Arc`; every method
/// takes `&self` and may block on the disk, so call it from a blocking task. What can only be
/// read is [`Reader`]'s, to which this derefs.
pub struct Ledger {
    reader: Reader,
    layout: Layout,
    options: OpenOptions,
    unlocked: Unlocked,
    keyring: Mutex<Keyring>,
    writer: Mutex<ChainWriter>,
    cache: Mutex<Cache>,
    viewed: access::Viewed,
    /// Held last, so that it is given back last.
    _lock: InstanceLock,
}

impl Deref for Ledger {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("dir", &self.layout.root)
            .field("officer", &self.identity().officer)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// The officers who have keys in `dir`, for the unlock screen; needs no passphrase.
    ///
    /// # Errors
    /// [`OpenError::NoDirectory`], or that the keyring is damaged.
    pub fn officers(dir: &Path) -> Result<Vec<OfficerId>, OpenError> {
        Ok(Layout::new(dir).keyring()?.officers().into_iter().map(|holder| holder.officer).collect())
    }

    /// Makes a data directory for an officer without any server, and opens it.
    ///
    /// # Errors
    /// [`OpenError::Exists`] where `dir` holds data already.
    pub fn init(dir: &Path, who: &InitOptions, passphrase: &str, options: OpenOptions) -> Result<Self, OpenError> {
        let layout = Layout::new(dir);
        layout.no_links()?;
        private_dir(dir).map_err(|source| OpenError::Io { path: dir.to_owned(), source })?;
        let lock = InstanceLock::acquire(dir).map_err(open::lock)?;
        if layout.keys().exists() {
            return Err(OpenError::Exists { dir: dir.to_owned() });
        }
        let (keyring, unlocked) =
            Keyring::create(&layout.keys(), &who.officer, passphrase, options.cost()?, None).map_err(open::key)?;
        layout.disk().make().map_err(|source| OpenError::Io { path: dir.to_owned(), source })?;
        let journal = Journal::create(layout.journal(), &unlocked.store, options.journal()).map_err(journal_error)?;
        let ledger = Self::assemble(layout, options, keyring, unlocked, journal, Opening::none(), lock)?;
        ledger.open_chain(who)?;
        Ok(ledger.named())
    }

    /// Opens `dir` for `officer` (may be left out where only one has keys there).
    ///
    /// # Errors
    /// [`OpenError`]; nothing that was stored is changed.
    pub fn open(
        dir: &Path,
        officer: Option<&OfficerId>,
        passphrase: &str,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        let layout = Layout::new(dir);
        layout.keyring()?;
        let lock = InstanceLock::acquire(dir).map_err(open::lock)?;
        let cache = Opening::begin(&layout.root, &options);
        let (keyring, unlocked) = layout.unlock(officer, passphrase, &*options.clock)?;
        mask::finish(&layout.root);
        // What stands in the journal is folded from where the cache left off; opening it for
        // writing only recovers its end.
        let opened = Journal::open(layout.journal(), &unlocked.store, options.journal(), u64::MAX, &mut |_, _| {});
        let (journal, report) = opened.map_err(journal_error)?;
        if let Some(damage) = report.damage.first() {
            tracing::warn!(%damage, "the journal is damaged");
        }
        let ledger = Self::assemble(layout, options, keyring, unlocked, journal, cache, lock)?;
        let ledger = ledger.named();
        if ledger.renew_retired(passphrase)? {
            let (options, officer) = (ledger.options.clone(), ledger.identity().officer.clone());
            ledger.close();
            return Self::open(dir, Some(&officer), passphrase, options);
        }
        ledger.go_on_with_new_key()?;
        if let Err(error) = ledger.erase_masked() {
            tracing::warn!(%error, "what was masked by order is shown to nobody but not erased yet");
        }
        let ledger = ledger.named();
        ledger.note_what_was_read();
        Ok(ledger)
    }

    fn assemble(
        layout: Layout,
        options: OpenOptions,
        keyring: Keyring,
        unlocked: Unlocked,
        journal: Journal,
        cache: Opening,
        lock: InstanceLock,
    ) -> Result<Self, OpenError> {
        let book = Book::new(layout.journal(), unlocked.store.clone());
        let (cache, index, lost) = Cache::open(&layout.root, &unlocked.store, &book, journal.end(), &options, cache)
            .map_err(reader::damaged)?;
        let lost = lost.or_else(|| older_copy::gone(&layout.root, &unlocked.store, &index, &book));
        let writer = ChainWriter::new(journal, &unlocked, &index);
        let reader = Reader::new(&layout, &unlocked, book, index, &options);
        reader.blobs.tidy();
        let ledger = Self {
            reader,
            layout,
            options,
            unlocked,
            keyring: Mutex::new(keyring),
            writer: Mutex::new(writer),
            cache: Mutex::new(cache),
            viewed: access::Viewed::default(),
            _lock: lock,
        };
        if let Some(lost) = lost {
            ledger.note_older_copy(&lost);
        }
        Ok(ledger)
    }

    /// Keeps since when this directory, for as long as it stands alone, follows the newest rules of
    /// steps: from its first step on that this program takes. What 0.1.0 wrote keeps its own.
    fn keep_rules(&self) -> Result<(), crate::LedgerError> {
        if self.note(RULES_SINCE).is_some() {
            return Ok(());
        }
        let since = Hlc::from_millis(self.reader.clock.now().millis());
        self.put_note(RULES_SINCE, minicbor::to_vec(since).expect("writing to memory cannot fail"))
    }

    /// Writes the first record of the officer's chain: whose it is.
    fn open_chain(&self, who: &InitOptions) -> Result<(), OpenError> {
        let or = |text: &str, id: &str| if text.is_empty() { id.to_owned() } else { text.to_owned() };
        let opened = WriterOpened {
            officer: who.officer.clone(),
            officer_name: or(&who.officer_name, &who.officer.0),
            agency: who.agency.clone(),
            agency_name: or(&who.agency_name, &who.agency.0),
            certificate: who.certificate.clone(),
            public_key: self.unlocked.signing.public_key().to_bytes(),
        };
        self.lock_writer().agency = who.agency.clone();
        self.append(&[Event::WriterOpened(opened)]).map_err(reader::damaged).map(drop)
    }

    /// Reads its own identity anew, once the chain says whose it is.
    fn named(mut self) -> Self {
        self.reader.identify();
        self
    }

    /// Gives another officer of the same agency keys on this laptop; they open it with their own
    /// passphrase, and their chain begins when they first do.
    ///
    /// # Errors
    /// [`OpenError`] when their keys could not be made; those of the others stay as they are.
    pub fn add_officer(&self, who: &InitOptions, passphrase: &str) -> Result<(), OpenError> {
        let cost = self.options.cost()?;
        let mut keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        let added = keyring.add_officer(&self.unlocked, &who.officer, passphrase, cost).map_err(open::key)?;
        let identity = self.identity();
        let opened = WriterOpened {
            officer: who.officer.clone(),
            officer_name: if who.officer_name.is_empty() { who.officer.to_string() } else { who.officer_name.clone() },
            agency: identity.agency.clone(),
            agency_name: identity.agency_name.clone(),
            certificate: who.certificate.clone(),
            public_key: added.signing.public_key().to_bytes(),
        };
        self.open_chain_of(&added, opened).map_err(reader::damaged)
    }

    /// Changes the passphrase of the officer whose ledger is open; keys and records stay.
    ///
    /// # Errors
    /// [`OpenError::WrongPassphrase`] when the old one does not fit.
    pub fn change_passphrase(&self, old: &str, new: &str) -> Result<(), OpenError> {
        let cost = self.options.cost()?;
        let mut keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        keyring.change_passphrase(&self.unlocked.officer, old, new, cost).map_err(|error| match error {
            auxlog_journal::KeyError::WrongPassphrase(_) => {
                OpenError::WrongPassphrase { delay: std::time::Duration::ZERO }
            }
            other => open::key(other),
        })
    }

    /// Brings the cache up to date and confirms the journal's end; called after a quiet moment.
    /// What it cannot do is made up for at the next start.
    pub fn rest(&self) {
        self.note_what_was_read();
        self.confirm();
        self.keep_cache();
    }

    /// Confirms the journal's end, so that even the loss of the newest record would be known as
    /// damage; called when nothing more is to be written at once. What it cannot do is made up for
    /// at the next write.
    pub fn confirm(&self) {
        if let Err(error) = self.lock_writer().journal.rest() {
            tracing::warn!(%error, "the journal's end could not be confirmed");
        }
    }

    /// Makes records of what readers noted and of what the screen showed; what fails is tried again
    /// later.
    fn note_what_was_read(&self) {
        if let Err(error) = self.note_viewings(false).and_then(|()| self.take_access_notes()) {
            tracing::warn!(%error, "what readers took out could not be recorded yet");
        }
    }

    /// Brings the cache up to date.
    fn keep_cache(&self) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = self.reader.index_mut();
        if index.has_changed() {
            self.keep_newest(&index);
        }
        cache.keep(&mut index);
    }

    /// Brings the cache up to date, releases the lock and forgets the keys.
    pub fn close(self) {
        drop(self);
    }

    /// A digest of what lists are made from.
    #[cfg(test)]
    pub(crate) fn index_digest(&self) -> auxlog_record::Hash {
        self.reader.index().digest()
    }

    /// Makes the cache anew from this size on.
    #[cfg(test)]
    pub(crate) fn shrink_limit(&self, bytes: u64) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).small = bytes;
    }

    fn lock_writer(&self) -> std::sync::MutexGuard<'_, ChainWriter> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Err(error) = self.note_viewings(true) {
            tracing::warn!(%error, "what the screen showed could not be noted");
        }
        self.rest();
    }
}

fn journal_error(error: JournalError) -> OpenError {
    OpenError::Damaged { source: error.into() }
}
