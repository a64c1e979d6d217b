//! A register as it is declared: read from the TOML in its folder, which is part of the program.

use auxlog_law::Lang;
use auxlog_record::fold::Author;
use auxlog_record::{AuxiliaryId, Data, Date, Datum, Role};
use serde::Deserialize;

use crate::field::date_of;
use crate::step::may;
use crate::{Closed, Field, Join, Kind, Misfit, Names, State, Step, Until, check_all};

/// A register, declared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Its number in bodies; never reused.
    pub number: u16,
    /// Number of the declaration: grows when fields or steps are added.
    pub schema: u16,
    /// Its name in commands and JSON.
    pub key: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The provisions that it serves.
    pub cites: Vec<String>,
    /// The fields that an entry is named by.
    pub title: Vec<String>,
    /// The field with the day by which it stands in time; when it was made, where nothing is said.
    #[serde(default)]
    pub day: Option<String>,
    /// Who makes entries.
    pub by: Vec<Role>,
    /// Who corrects and annuls them, and attaches files; whoever makes them, where nothing is said.
    #[serde(default)]
    pub kept_by: Vec<Role>,
    /// What stands against an entry is asked about when it is made: it needs a reason then.
    #[serde(default)]
    pub checked: bool,
    /// What an entry holds.
    pub fields: Vec<Field>,
    /// Where it can stand; the first is where it begins.
    pub states: Vec<State>,
    /// What takes it further.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Steps that lead to a state together.
    #[serde(default)]
    pub joins: Vec<Join>,
    /// How it ends by itself.
    #[serde(default)]
    pub until: Option<Until>,
    /// What falls due about an entry beside its end: when, the register's room works out.
    #[serde(default)]
    pub due: Option<Names>,
    /// The screen of its own that shows an entry, by the name that the screens have for it; the one that all
    /// have, where none is said.
    #[serde(default)]
    pub screen: Option<String>,
}

/// What is wrong with a declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misdeclared {
    /// It cannot be read.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A name that nothing has, or two have.
    #[error("{what}: {name}")]
    Name {
        /// What is wrong with it.
        what: &'static str,
        /// The name.
        name: String,
    },
}

impl Register {
    /// Reads a declaration.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn declared(text: &str) -> Result<Self, Misdeclared> {
        let register: Self = toml::from_str(text)?;
        register.check_names().map(|()| register)
    }

    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// Who corrects and annuls entries.
    pub(crate) fn keepers(&self) -> &[Role] {
        if self.kept_by.is_empty() { &self.by } else { &self.kept_by }
    }

    /// The field of that name.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The step of that name.
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }

    /// The state of that name.
    pub fn state(&self, key: &str) -> Option<&State> {
        self.states.iter().find(|state| state.key == key)
    }

    /// Where an entry begins.
    pub fn first_state(&self) -> &str {
        self.states.first().map_or("", |state| state.key.as_str())
    }

    /// What stands in a field of that name.
    pub fn get<'d>(&self, data: &'d Data, key: &str) -> Option<&'d Datum> {
        data.get(&self.field(key)?.n)
    }

    /// The day in a field.
    pub fn day_in(&self, data: &Data, key: &str) -> Option<Date> {
        let text = self.get(data, key)?.text()?;
        date_of(text.get(..10).unwrap_or(text))
    }

    /// The persons whom data name, each once.
    pub fn persons(&self, data: &Data) -> Vec<AuxiliaryId> {
        let of = |field: &Field| data.get(&field.n).map(|datum| persons_in(field, datum)).unwrap_or_default();
        let mut persons: Vec<AuxiliaryId> = self.fields.iter().flat_map(of).collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// Whether somebody may make entries in it.
    ///
    /// # Errors
    /// Why not.
    pub fn open_to_make(&self, author: &Author) -> Result<(), Closed> {
        may(author, &self.by)
    }

    /// What is wrong with what is to be entered.
    pub fn check(&self, data: &Data) -> Vec<(String, Misfit)> {
        check_all(&self.fields, data)
    }

    /// The first field that does not hold what it must.
    pub(crate) fn whole(&self, data: &Data) -> Result<(), Closed> {
        self.check(data).into_iter().next().map_or(Ok(()), |(field, _)| Err(Closed::Field(field)))
    }

    fn check_names(&self) -> Result<(), Misdeclared> {
        let wrong = |what, name: &str| Err(Misdeclared::Name { what, name: name.to_owned() });
        check_fields(&self.fields)?;
        let state = |key: &str| self.state(key).map(drop).ok_or(());
        for (at, step) in self.steps.iter().enumerate() {
            check_fields(&step.fields)?;
            if self.steps[..at].iter().any(|other| other.key == step.key || other.n == step.n) {
                return wrong("two steps have one name or number", &step.key);
            }
            for name in step.from.iter().chain(&step.to) {
                if state(name).is_err() {
                    return wrong("no state has this name", name);
                }
            }
            if let Some(name) = step.needs.iter().chain(&step.apart).find(|name| self.step(name).is_none()) {
                return wrong("no step has this name", name);
            }
        }
        for join in &self.joins {
            if let Some(name) = join.after.iter().find(|name| self.step(name).is_none()) {
                return wrong("no step has this name", name);
            }
            if state(&join.from).is_err() || state(&join.to).is_err() {
                return wrong("no state has this name", &join.to);
            }
        }
        let until = self.until.iter().flat_map(|until| until.from.iter().chain([&until.to]));
        if let Some(name) = until.into_iter().find(|name| state(name).is_err()) {
            return wrong("no state has this name", name);
        }
        let until = self.until.iter().map(|until| &until.field);
        match self.title.iter().chain(&self.day).chain(until).find(|name| self.field(name).is_none()) {
            Some(name) => wrong("no field has this name", name),
            None if self.states.is_empty() => wrong("it has no states", &self.key),
            None => Ok(()),
        }
    }
}

fn persons_in(field: &Field, datum: &Datum) -> Vec<AuxiliaryId> {
    match datum {
        Datum::List(list) => list.iter().flat_map(|one| persons_in(field, one)).collect(),
        Datum::Group(group) => {
            let of = |field: &Field| group.get(&field.n).map(|datum| persons_in(field, datum)).unwrap_or_default();
            field.fields.iter().flat_map(of).collect()
        }
        Datum::Text(text) if field.kind == Kind::Person => vec![AuxiliaryId(text.clone())],
        _ => Vec::new(),
    }
}

fn check_fields(fields: &[Field]) -> Result<(), Misdeclared> {
    for (at, field) in fields.iter().enumerate() {
        let wrong = |what| Err(Misdeclared::Name { what, name: field.key.clone() });
        if fields[..at].iter().any(|other| other.key == field.key || other.n == field.n) {
            return wrong("two fields have one name or number");
        }
        if (field.kind == Kind::Choice) == field.choices.is_empty() {
            return wrong("choices belong to a choice");
        }
        if (field.kind == Kind::Group) == field.fields.is_empty() {
            return wrong("fields belong to a group");
        }
        if (field.kind == Kind::Entry) == field.register.is_empty() {
            return wrong("a register belongs to an entry");
        }
        if field.public && field.sealed {
            return wrong("what is sealed is not public");
        }
        if field.sealed && field.kind == Kind::File {
            return wrong("a file is not sealed");
        }
        if field.fields.iter().any(|part| part.sealed) {
            return wrong("a group is sealed as a whole");
        }
        check_fields(&field.fields)?;
    }
    Ok(())
}
