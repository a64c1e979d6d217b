//! Replacing the roster of a laptop that stands alone.

use auxlog_record::{Event, RecordId, Roster, RosterReplaced};

use super::Ledger;
use crate::LedgerError;
use crate::roster::ImportContext;

impl Ledger {
    /// Replaces the roster of a stand-alone laptop; the replacement is a record.
    ///
    /// # Errors
    /// [`LedgerError::RosterFromServer`] on an enrolled laptop, [`LedgerError::NotSaved`].
    pub fn import_roster(&self, roster: Roster, source: &str) -> Result<RecordId, LedgerError> {
        if self.index().is_enrolled() {
            return Err(LedgerError::RosterFromServer);
        }
        let version = self.roster().version + 1;
        let roster = Roster { version, ..roster };
        self.say(&Event::RosterReplaced(RosterReplaced { roster, source: source.to_owned() }))
    }

    /// What reading a roster file may rely on here: the agencies known, the officer's own where
    /// a row names none, and today.
    pub fn import_context(&self) -> ImportContext {
        let identity = self.identity();
        let own = auxlog_record::Agency { id: identity.agency.clone(), name: identity.agency_name.clone() };
        let mut agencies: Vec<_> = self.roster().agencies.values().cloned().collect();
        if !agencies.iter().any(|agency| agency.id == own.id) {
            agencies.push(own);
        }
        ImportContext { agencies, default_agency: Some(identity.agency.clone()), today: self.today_date() }
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
