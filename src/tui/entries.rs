//! Entries of registers, as screens ask for them, are told of them and have them written.

use std::sync::Arc;

use auxlog_law::Severity;
use auxlog_record::AuxiliaryId;
use auxlog_registers::{Closed, Dossier, Due, EntryError, Field, Misfit, Names, Register, Step};

/// Whose entries a list holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// A register's, the latest first.
    Register(&'static Register),
    /// Those that name a person, whichever register holds them; the latest first.
    Person(AuxiliaryId),
    /// Those that end by themselves as soon as their register warns of it, the soonest first.
    Due,
}

/// A part of a list of entries.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryList {
    /// Whose.
    pub of: Within,
    /// Each of these words stands in them.
    pub text: String,
    /// So many are left out at the beginning.
    pub offset: usize,
    /// At most so many.
    pub limit: usize,
}

/// An entry to be read: names for numbers, in both languages.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The entry.
    pub entry: Arc<Dossier>,
    /// What it is called.
    pub title: Names,
    /// What stands in its fields.
    pub said: Vec<(&'static Field, Names)>,
    /// What falls due about it, the soonest first.
    pub due: Vec<Due>,
    /// What is found about it, the gravest first.
    pub found: Vec<(Severity, Names)>,
    /// What each step says that was taken.
    pub taken: Vec<Names>,
    /// Each of the register's steps; why it is not open to whoever reads.
    pub steps: Vec<(&'static Step, Option<Closed>)>,
    /// Why it is not open to them to correct or annul it.
    pub kept: Option<Closed>,
}

impl Sheet {
    /// What stands in a field.
    pub fn in_field(&self, n: u16) -> Option<&Names> {
        self.said.iter().find(|(field, _)| field.n == n).map(|(_, said)| said)
    }
}

/// Part of a list.
#[derive(Debug, Clone)]
pub struct EntryPage {
    /// The entries.
    pub rows: Vec<Sheet>,
    /// How many there are in all.
    pub total: usize,
}

/// The registers, with how many entries they hold.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// Each register with its entries that stand, and why making one is not open to whoever reads.
    pub registers: Vec<(&'static Register, usize, Option<Closed>)>,
    /// Entries that end within thirty days.
    pub soon: usize,
}

/// A place in a form: a field's number, and where the field is a group which one, from 0, and the part's number.
pub type Spot = (u16, Option<(u16, u16)>);

/// What a form writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// A new entry.
    Enter(&'static Register),
    /// What was seen is corrected.
    Correct(Arc<Dossier>),
    /// What was seen is taken a step further.
    Step(Arc<Dossier>, &'static Step),
    /// What was seen is marked as annulled.
    Annul(Arc<Dossier>),
}

impl Deed {
    /// The fields of its form.
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Self::Enter(register) => &register.fields,
            Self::Correct(entry) => &entry.register.fields,
            Self::Step(_, step) => &step.fields,
            Self::Annul(_) => &[],
        }
    }
}

/// A form as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What is done with it.
    pub deed: Deed,
    /// What was typed where, or taken away there: of a correction what differs, else what is stated.
    pub said: Vec<(Spot, String)>,
    /// Why.
    pub reason: String,
}

/// Why a form was not written, or a list not read.
#[derive(Debug)]
pub enum Refusal {
    /// It does not fit there.
    Misfits(Vec<(Spot, Misfit)>),
    /// Else.
    Entry(EntryError),
}

impl From<EntryError> for Refusal {
    fn from(error: EntryError) -> Self {
        Self::Entry(error)
    }
}
