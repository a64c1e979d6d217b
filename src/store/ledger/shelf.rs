//! Entries at hand: each read from the journal once, and again when something is recorded about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use auxlog_record::AuxiliaryId;
use auxlog_registers::Dossier;

use super::Book;
use crate::LedgerError;
use crate::index::{Index, reconstruct};

/// The entries of all registers.
#[derive(Default)]
pub(super) struct Shelf {
    /// How many of the index's notices of changed entries were followed.
    followed: usize,
    dossiers: BTreeMap<u32, Arc<Dossier>>,
    by_register: HashMap<u16, BTreeSet<u32>>,
    by_person: HashMap<(u16, AuxiliaryId), BTreeSet<u32>>,
}

impl Shelf {
    /// Takes over what changed.
    pub(super) fn follow(&mut self, index: &Index, book: &Book) -> Result<(), LedgerError> {
        let log = index.changed_entries();
        if self.followed > log.len() {
            *self = Self::default();
        }
        let changed: BTreeSet<u32> = log.iter().skip(self.followed).copied().collect();
        for number in changed {
            self.remove(number);
            let view = reconstruct(index, book, number)?;
            if let Some(dossier) = view.as_ref().and_then(Dossier::of) {
                self.insert(number, dossier);
            }
        }
        self.followed = log.len();
        Ok(())
    }

    /// An entry by its slot.
    pub(super) fn get(&self, number: u32) -> Option<Arc<Dossier>> {
        self.dossiers.get(&number).cloned()
    }

    /// The entries of a register, those that name a person where one is given.
    pub(super) fn of(&self, register: u16, person: Option<&AuxiliaryId>) -> Vec<Arc<Dossier>> {
        let numbers = match person {
            None => self.by_register.get(&register),
            Some(person) => self.by_person.get(&(register, person.clone())),
        };
        numbers.into_iter().flatten().filter_map(|number| self.dossiers.get(number).cloned()).collect()
    }

    fn insert(&mut self, number: u32, dossier: Dossier) {
        let register = dossier.register.number;
        self.by_register.entry(register).or_default().insert(number);
        for person in dossier.persons() {
            self.by_person.entry((register, person)).or_default().insert(number);
        }
        self.dossiers.insert(number, Arc::new(dossier));
    }

    fn remove(&mut self, number: u32) {
        let Some(dossier) = self.dossiers.remove(&number) else { return };
        let register = dossier.register.number;
        if let Some(numbers) = self.by_register.get_mut(&register) {
            numbers.remove(&number);
        }
        for person in dossier.persons() {
            if let Some(numbers) = self.by_person.get_mut(&(register, person)) {
                numbers.remove(&number);
            }
        }
    }
}
