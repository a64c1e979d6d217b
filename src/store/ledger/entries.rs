//! Registers as a ledger keeps them.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use auxlog_record::fold::Author;
use auxlog_record::{Attachment, AuxiliaryId, Date, Event, PublicKey, Record, RecordId, Roster};
use auxlog_registers::{Dossier, Entries, EntryError, Listing, Reading, Register, Writing, name_targets};

use super::{Ledger, Reader};
use crate::LedgerError;

fn of_store(error: LedgerError) -> EntryError {
    EntryError::Store(error.into())
}

impl Reader {
    /// All entries of registers as they stand now.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn entries_now(&self) -> Result<Arc<Entries>, LedgerError> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.follow(&self.index(), &self.book).cloned()
    }
}

impl Reader {
    /// A register as it is listed now.
    ///
    /// # Errors
    /// What the store returns.
    pub fn listing(&self, register: &Register) -> Result<Arc<Listing>, EntryError> {
        let entries = self.entries_now().map_err(of_store)?;
        self.listings.lock().unwrap_or_else(PoisonError::into_inner).follow(self, register, &entries)
    }
}

impl Reading for Reader {
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        Ok(self.entries_now().map_err(of_store)?.of(register.number, person))
    }

    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        Ok(self.entries_now().map_err(of_store)?.get(&id).cloned())
    }

    fn is_empty(&self) -> bool {
        self.index().changed_entries().is_empty()
    }

    fn roster(&self) -> Arc<Roster> {
        self.index().roster().clone()
    }

    fn me(&self) -> Author {
        let index = self.index();
        let (vouched, grant) = index.authority().vouch(&self.author.writer, None);
        let role = grant.map(|grant| grant.role).unwrap_or_default();
        Author { vouched, role, ..self.author.clone() }
    }

    fn today(&self) -> Date {
        self.today_date()
    }
}

impl Reading for Ledger {
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        self.reader.dossiers(register, person)
    }

    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        self.reader.dossier(id)
    }

    fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    fn roster(&self) -> Arc<Roster> {
        Reading::roster(&self.reader)
    }

    fn me(&self) -> Author {
        self.reader.me()
    }

    fn today(&self) -> Date {
        self.today_date()
    }
}

impl Writing for Ledger {
    fn record(&self, events: Vec<Event>) -> Result<Vec<RecordId>, EntryError> {
        let mut writer = self.lock_writer();
        let recorded = self.append_following(&mut writer, |first| Cow::Owned(name_targets(first, events)));
        Ok(recorded.map_err(of_store)?.iter().map(Record::id).collect())
    }

    fn stage(&self, path: &Path) -> Result<Attachment, EntryError> {
        Ok(Self::stage(self, path).map_err(of_store)?.to(RecordId::default(), None))
    }

    fn server(&self) -> Option<PublicKey> {
        PublicKey::from_bytes(&self.enrolment()?.server_key).ok()
    }

    fn reading(&self) -> &dyn Reading {
        &self.reader
    }
}
