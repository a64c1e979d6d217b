//! Entries at hand: each read from the journal once, and again when something is recorded about it.

use std::collections::BTreeSet;
use std::sync::Arc;

use auxlog_registers::{Dossier, Entries};

use super::Book;
use crate::LedgerError;
use crate::index::{Index, reconstruct};

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
