//! Registers as a ledger keeps them.

use std::sync::{Arc, PoisonError};

use auxlog_record::fold::Author;
use auxlog_record::{AuxiliaryId, Date, Event, Record, RecordId, Roster};
use auxlog_registers::{Dossier, EntryError, Reading, Register, Writing};

use super::{Ledger, Reader};
use crate::LedgerError;

fn of_store(error: LedgerError) -> EntryError {
    EntryError::Store(error.into())
}

impl Reading for Reader {
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.follow(&self.index(), &self.book).map_err(of_store)?;
        Ok(shelf.of(register.number, person))
    }

    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        let Some(number) = self.index().slot_of(&id) else { return Ok(None) };
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.follow(&self.index(), &self.book).map_err(of_store)?;
        Ok(shelf.get(number))
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
    fn record(&self, events: &[Event]) -> Result<Vec<RecordId>, EntryError> {
        Ok(self.append(events).map_err(of_store)?.iter().map(Record::id).collect())
    }

    fn reading(&self) -> &dyn Reading {
        &self.reader
    }
}
