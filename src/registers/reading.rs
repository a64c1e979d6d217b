//! Reading registers, wherever they are kept: a laptop's ledger, an agency's log on the server.

use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_record::fold::Author;
use auxlog_record::{Auxiliary, AuxiliaryId, Date, Datum, RecordId, Roster, plain};

use crate::{Dossier, EntryError, Field, Kind, Misfit, Register};

/// Which entries of a register. The default is all of it, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryQuery {
    /// They name this person.
    pub person: Option<AuxiliaryId>,
    /// They stand here today.
    pub state: Option<String>,
    /// Each of these words stands in them, case aside.
    pub text: Option<String>,
    /// Of this day or later.
    pub since: Option<Date>,
    /// Of this day or earlier.
    pub until: Option<Date>,
    /// They end within so many days.
    pub due_within: Option<u16>,
    /// Also those that were annulled.
    pub annulled: bool,
}

/// Registers that can be read.
pub trait Reading {
    /// The entries of a register, those that name a person where one is given.
    ///
    /// # Errors
    /// What the store returns.
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError>;

    /// An entry; `None` where there is none by this id.
    ///
    /// # Errors
    /// What the store returns.
    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError>;

    /// Whether nothing was ever entered.
    fn is_empty(&self) -> bool;

    /// The roster in force.
    fn roster(&self) -> Arc<Roster>;

    /// Whoever reads, as the agency's office says now.
    fn me(&self) -> Author;

    /// Today in China.
    fn today(&self) -> Date;

    /// An entry with what was sealed opened; `None` where the server's key is not at hand.
    fn opened(&self, _dossier: &Dossier) -> Option<Dossier> {
        None
    }
}

impl dyn Reading + '_ {
    /// The entries of a register that name a person. What cannot be read is told where it is listed; here it
    /// counts as not there.
    pub(crate) fn of_person(&self, register: &str, person: &AuxiliaryId) -> Vec<Arc<Dossier>> {
        let of = |register| self.dossiers(register, Some(person)).ok();
        crate::named(register).and_then(of).unwrap_or_default()
    }

    /// The entries that a query selects, the latest first.
    ///
    /// # Errors
    /// What the store returns.
    pub fn entries(&self, register: &Register, query: &EntryQuery) -> Result<Vec<Arc<Dossier>>, EntryError> {
        let today = self.today();
        let words: Vec<String> =
            query.text.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
        let holds = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        let mut found = self.dossiers(register, query.person.as_ref())?;
        found.retain(|dossier| {
            let day = dossier.day();
            let due = |days: &u16| self.days_left(dossier).is_some_and(|left| left <= i64::from(*days));
            (query.annulled || !dossier.is_annulled())
                && query.since.is_none_or(|since| day.is_some_and(|day| day >= since))
                && query.until.is_none_or(|until| day.is_some_and(|day| day <= until))
                && query.state.as_ref().is_none_or(|state| dossier.state_on(today).key == *state)
                && query.due_within.as_ref().is_none_or(due)
                && (words.is_empty() || holds(&self.said(dossier)))
        });
        found.sort_by_cached_key(|dossier| std::cmp::Reverse(dossier.place()));
        Ok(found)
    }

    /// What stands in an entry, a field a line: where words are looked for, case aside.
    pub(crate) fn said(&self, dossier: &Dossier) -> String {
        let said = |field: &Field| Some(self.shown(field, dossier.data.get(&field.n)?, Lang::Zh).to_lowercase() + "\n");
        dossier.register.fields.iter().filter_map(said).collect()
    }

    /// What a number of somebody or something is called: a person's name, an entry's title.
    pub fn named(&self, field: &Field, id: &str) -> String {
        let roster = self.roster();
        let name = match field.kind {
            Kind::Person => roster.auxiliaries.get(&id.into()).map(|person| person.name.clone()),
            Kind::Officer => roster.officers.get(&id.into()).map(|officer| officer.name.clone()),
            Kind::Agency => roster.agencies.get(&id.into()).map(|agency| agency.name.clone()),
            Kind::Entry => {
                id.parse().ok().and_then(|id| self.dossier(id).ok().flatten()).map(|entry| self.title(&entry, Lang::Zh))
            }
            _ => None,
        };
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
    }

    /// A field's value as people read it: with names for numbers.
    pub fn shown(&self, field: &Field, datum: &Datum, lang: Lang) -> String {
        match (field.kind, datum) {
            (Kind::Person | Kind::Officer | Kind::Agency | Kind::Entry, Datum::Text(id)) => {
                let name = self.named(field, id);
                if name == *id || field.kind == Kind::Entry { name } else { format!("{name} {id}") }
            }
            (_, Datum::List(list)) => {
                list.iter().map(|one| self.shown(field, one, lang)).collect::<Vec<_>>().join(lang.pick("、", ", "))
            }
            _ => field.show(datum, lang),
        }
    }

    /// What an entry is called.
    pub fn title(&self, dossier: &Dossier, lang: Lang) -> String {
        let register = dossier.register;
        let said = |key: &String| Some(self.shown(register.field(key)?, dossier.get(key)?, lang));
        register.title.iter().filter_map(said).collect::<Vec<_>>().join(" ")
    }

    /// The entry that `text` names: its record's id, the beginning of it, or what its register calls it.
    ///
    /// # Errors
    /// What the store returns.
    pub fn find(&self, register: &Register, text: &str) -> Result<Option<Arc<Dossier>>, EntryError> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(self.dossier(id)?.filter(|dossier| dossier.register == register));
        }
        let mut found = self.dossiers(register, None)?;
        found.retain(|dossier| {
            let mut titles = register.title.iter().filter_map(|key| dossier.text(key));
            !dossier.is_annulled()
                && (titles.any(|title| plain(title) == plain(text))
                    || text.len() >= 8 && dossier.id.to_string().starts_with(text))
        });
        Ok(found.pop().filter(|_| found.is_empty()))
    }

    /// An auxiliary as they stood on a day: the roster's row and what the registers say.
    pub fn person_on(&self, id: &AuxiliaryId, day: Date) -> Option<Auxiliary> {
        let roster = self.roster();
        Some(crate::as_of(roster.auxiliaries.get(id)?, self, day))
    }

    /// A value of an entry as people read it: with names for numbers and files.
    pub fn shown_of(&self, entry: &Dossier, field: &Field, datum: &Datum, lang: Lang) -> String {
        self.shown(field, &entry.with_names(field, datum), lang)
    }

    /// Reads what a person wrote for a field, or a cell holds: who and what is meant may be named. Groups are
    /// written as JSON, several files one a line.
    ///
    /// # Errors
    /// Why it can't stand there.
    pub fn read(&self, field: &Field, said: &str) -> Result<Datum, Misfit> {
        crate::Called::of(self).read(field, said)
    }
}
