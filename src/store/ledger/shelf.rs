//! Entries at hand: each read from the journal once, and again when something is recorded about it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use auxlog_record::Roster;
use auxlog_registers::{Dossier, Entries, EntryError, Listing, Reading, Register};

use super::Book;
use crate::LedgerError;
use crate::index::{Index, reconstruct};

/// Registers as they are listed, by their numbers.
#[derive(Default)]
pub(super) struct Listings(HashMap<u16, Listed>);

/// A register as it is listed, and from what.
struct Listed {
    entries: Arc<Entries>,
    roster: Arc<Roster>,
    listing: Arc<Listing>,
}

impl Listings {
    /// A register listed as it stands now; what was said of an entry is said again only where it can have changed.
    pub(super) fn follow(
        &mut self,
        reading: &dyn Reading,
        register: &Register,
        entries: &Arc<Entries>,
    ) -> Result<Arc<Listing>, EntryError> {
        let roster = reading.roster();
        let before = self.0.remove(&register.number).filter(|before| Arc::ptr_eq(&before.roster, &roster));
        let listing = match before {
            Some(before) if Arc::ptr_eq(&before.entries, entries) => before.listing,
            before => {
                let before = before.filter(|before| entries.keep_all(&before.entries));
                Arc::new(Listing::of(reading, register, before.as_ref().map(|before| &*before.listing))?)
            }
        };
        let listed = Listed { entries: Arc::clone(entries), roster, listing: Arc::clone(&listing) };
        self.0.insert(register.number, listed);
        Ok(listing)
    }
}

/// The entries of all registers.
#[derive(Default)]
pub(super) struct Shelf {
    /// How many of the index's notices of changed entries were followed.
    followed: usize,
    entries: Arc<Entries>,
}

impl Shelf {
    /// What stands there now.
    pub(super) fn follow(&mut self, index: &Index, book: &Book) -> Result<&Arc<Entries>, LedgerError> {
        let log = index.changed_entries();
        if self.followed > log.len() {
            *self = Self::default();
        }
        let changed: BTreeSet<u32> = log.iter().skip(self.followed).copied().collect();
        if !changed.is_empty() {
            let entries = Arc::make_mut(&mut self.entries);
            for number in changed {
                let Some(id) = index.slot(number).map(|slot| index.id_of(slot)) else { continue };
                let view = reconstruct(index, book, number)?;
                match view.as_ref().and_then(Dossier::of) {
                    Some(dossier) => entries.insert(dossier),
                    None => entries.remove(&id),
                }
            }
        }
        self.followed = log.len();
        Ok(&self.entries)
    }
}
