//! Entries at hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use auxlog_record::fold::Author;
use auxlog_record::{AuxiliaryId, Date, RecordId, Roster};

use crate::{Dossier, EntryError, Reading, Register};

/// Entries in memory, found by register and by person.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    dossiers: BTreeMap<RecordId, Arc<Dossier>>,
    by_register: HashMap<u16, BTreeMap<RecordId, Arc<Dossier>>>,
    by_person: HashMap<(u16, AuxiliaryId), BTreeSet<RecordId>>,
}

impl Entries {
    /// An entry.
    pub fn get(&self, id: &RecordId) -> Option<&Arc<Dossier>> {
        self.dossiers.get(id)
    }

    /// The entries of a register, those that name a person where one is given.
    pub fn of(&self, register: u16, person: Option<&AuxiliaryId>) -> Vec<Arc<Dossier>> {
        let Some(person) = person else {
            return self.by_register.get(&register).into_iter().flat_map(BTreeMap::values).cloned().collect();
        };
        let ids = self.by_person.get(&(register, person.clone()));
        ids.into_iter().flatten().filter_map(|id| self.dossiers.get(id).cloned()).collect()
    }

    /// Puts an entry in the place of what it was.
    pub fn insert(&mut self, dossier: Dossier) {
        self.remove(&dossier.id);
        let (register, id) = (dossier.register.number, dossier.id);
        for person in dossier.persons() {
            self.by_person.entry((register, person)).or_default().insert(id);
        }
        let dossier = Arc::new(dossier);
        self.by_register.entry(register).or_default().insert(id, Arc::clone(&dossier));
        self.dossiers.insert(id, dossier);
    }

    /// Whether all that stood in `before` stands here and holds the same, so that it is called the same.
    pub fn keep_all(&self, before: &Self) -> bool {
        let kept = |(id, then): (&RecordId, &Arc<Dossier>)| {
            self.dossiers.get(id).is_some_and(|now| Arc::ptr_eq(now, then) || now.data == then.data)
        };
        before.dossiers.iter().all(kept)
    }

    /// Forgets an entry.
    pub fn remove(&mut self, id: &RecordId) {
        let Some(dossier) = self.dossiers.remove(id) else { return };
        let register = dossier.register.number;
        if let Some(ids) = self.by_register.get_mut(&register) {
            ids.remove(id);
        }
        for person in dossier.persons() {
            if let Some(ids) = self.by_person.get_mut(&(register, person)) {
                ids.remove(id);
            }
        }
    }
}

/// Of the entries alone: nobody reads them, and there is no roster beside them.
impl Reading for Entries {
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        Ok(self.of(register.number, person))
    }

    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        Ok(self.get(&id).cloned())
    }

    fn is_empty(&self) -> bool {
        self.dossiers.is_empty()
    }

    fn roster(&self) -> Arc<Roster> {
        Arc::default()
    }

    fn me(&self) -> Author {
        Author::default()
    }

    fn today(&self) -> Date {
        Date(chrono::NaiveDate::MIN)
    }
}
