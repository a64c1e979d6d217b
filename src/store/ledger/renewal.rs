//! A key that must not go on: the disk came back from an old copy, and whoever has that copy has the
//! key. At the next unlocking, when the passphrase is at hand and the server has all that the key
//! signed, a new one takes over; the old one's last signature says so to the server.

use std::path::Path;
use std::sync::PoisonError;

use auxlog_journal::Entry;
use auxlog_record::{OfficerId, SigningKey, Succession, WriterId};

use super::open::key;
use super::{Ledger, reader};
use crate::{Enrolment, LedgerError, OpenError, OpenOptions};

/// Topic of the note that the disk came back from an old copy: whose chain, up to which seq.
const CAME_BACK: &str = "came-back";

/// Topic of the note with the succession that the server has to learn of.
const SUCCESSION: &str = "key.succession";

/// Why the key of a restored copy ends.
pub(super) const OLD_COPY: &str = "its data directory came back from an old copy; another one may sign with it";

/// Why an officer's key ends by their own wish.
const BY_WISH: &str = "its officer gave it up";

/// The note that the disk came back from an old copy.
pub(super) fn came_back_entry(writer: WriterId, seq: u64) -> Entry {
    let bytes = minicbor::to_vec((writer, seq)).expect("writing to memory cannot fail");
    Entry::Note { topic: CAME_BACK.to_owned(), bytes }
}

impl Ledger {
    /// Whose chain came back from an old copy, and up to where it was then taken back.
    pub(super) fn came_back(&self) -> Option<(WriterId, u64)> {
        self.note(CAME_BACK).and_then(|bytes| minicbor::decode(&bytes).ok())
    }

    /// What the server has to be told before it knows the open officer's key.
    pub fn succession(&self) -> Option<Succession> {
        let bytes = self.note(SUCCESSION)?;
        let succession: Succession = minicbor::decode(&bytes).ok()?;
        (succession.new_key == self.public_key().to_bytes()).then_some(succession)
    }

    /// Takes note that the server knows the new key.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn succeeded(&self) -> Result<(), LedgerError> {
        if let Some(enrolment) = self.enrolment() {
            let device = self.public_key().writer().to_string();
            self.set_enrolment(&Enrolment { device, ..enrolment })?;
        }
        self.put_note(SUCCESSION, Vec::new())
    }

    /// Gives the officer a new signing key and retires the one they have: another data directory with
    /// the same key may be about. Where the server has all that the old key signed, [`Self::succession`]
    /// is what lets the new one in; else the officer enrols it with a code.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn renew_key(
        dir: &Path,
        officer: Option<&OfficerId>,
        passphrase: &str,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        let ledger = Self::open(dir, officer, passphrase, options.clone())?;
        // The key of a restored copy was renewed by opening it.
        if ledger.succession().is_some() {
            return Ok(ledger);
        }
        let (officer, last) = (ledger.identity().officer.clone(), ledger.all_acknowledged());
        ledger.renew(passphrase, last, BY_WISH)?;
        ledger.close();
        Self::open(dir, Some(&officer), passphrase, options)
    }

    /// Gives the officer a new key where theirs came back from an old copy and the server has all that
    /// it signed; then the ledger has to be opened anew. `false` where there is nothing to do.
    pub(super) fn renew_retired(&self, passphrase: &str) -> Result<bool, OpenError> {
        let own = self.unlocked.signing.writer();
        if self.came_back().is_none_or(|(writer, _)| writer != own) {
            return Ok(false);
        }
        let Some(last) = self.all_acknowledged() else { return Ok(false) };
        self.renew(passphrase, Some(last), OLD_COPY)?;
        Ok(true)
    }

    /// The seq of the open officer's newest record, where receipts cover it and all before it.
    fn all_acknowledged(&self) -> Option<u64> {
        let own = self.unlocked.signing.writer();
        let state = self.own_writers().into_iter().find(|writer| writer.writer == own)?;
        (state.acked >= state.tip.seq && state.hole.is_none()).then_some(state.tip.seq)
    }

    fn renew(&self, passphrase: &str, last: Option<u64>, reason: &str) -> Result<(), OpenError> {
        let new = SigningKey::generate().map_err(|_| key(auxlog_journal::NoRandom.into()))?;
        if let Some(last) = last {
            let succession = Succession::sign(&self.unlocked.signing, &new, &self.identity().agency, last, reason);
            // Before the old key is gone: without its word the server would know nobody here.
            let bytes = minicbor::to_vec(&succession).expect("writing to memory cannot fail");
            self.put_note(SUCCESSION, bytes).map_err(reader::damaged)?;
        }
        let mut keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        keyring.renew_signing_key(&self.unlocked.officer, passphrase, &new).map_err(key).map(drop)
    }
}
