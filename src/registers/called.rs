//! Who and what goes by which name: asked of a register once, however many rows name something in it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use auxlog_law::Lang;
use auxlog_record::{Datum, RecordId, plain};

use crate::{Field, Kind, Misfit, Reading, json};

/// Names as they stand while a table is read or written.
pub struct Called<'a> {
    reading: &'a (dyn Reading + 'a),
    people: OnceCell<ByName>,
    /// By the field that names them.
    entries: RefCell<HashMap<(String, String), Rc<ByName>>>,
}

/// The number that a name stands for; none where it stands for several.
#[derive(Default)]
struct ByName(HashMap<String, Option<String>>);

impl ByName {
    fn add(&mut self, name: &str, id: &str) {
        let known = self.0.entry(plain(name).into_owned()).or_insert_with(|| Some(id.to_owned()));
        if known.as_deref() != Some(id) {
            *known = None;
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.get(&*plain(name)).cloned().flatten()
    }
}

impl<'a> Called<'a> {
    /// The names in what is read.
    pub fn of(reading: &'a (dyn Reading + 'a)) -> Self {
        Self { reading, people: OnceCell::new(), entries: RefCell::default() }
    }

    /// Reads what a person wrote for a field, or a cell holds: who and what is meant may be named. Groups are
    /// written as JSON, several files one a line.
    ///
    /// # Errors
    /// Why it can't stand there.
    pub fn read(&self, field: &Field, said: &str) -> Result<Datum, Misfit> {
        if field.kind == Kind::Group {
            let value = serde_json::from_str(said).map_err(|_| Misfit::Kind { said: said.to_owned() })?;
            return json::from_json(self, field, &value);
        }
        if field.many {
            let single = Field { many: false, ..field.clone() };
            // A path may hold whatever else stands between several.
            let parts: Vec<String> = match field.kind {
                Kind::File => said.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect(),
                _ => auxlog_sheet::value::list(said),
            };
            return parts.iter().map(|part| self.read(&single, part)).collect::<Result<_, _>>().map(Datum::List);
        }
        let said = said.trim();
        let meant = match field.kind {
            Kind::Person => self.person(said),
            Kind::Entry if said.parse::<RecordId>().is_err() => self.entries(field).get(said),
            _ => return field.read(said),
        };
        meant.map(Datum::Text).ok_or_else(|| Misfit::Unknown { said: said.to_owned() })
    }

    /// The number of the auxiliary who has it, or alone is called so.
    fn person(&self, said: &str) -> Option<String> {
        let roster = self.reading.roster();
        if roster.auxiliaries.contains_key(&said.into()) {
            return Some(said.to_owned());
        }
        let people = self.people.get_or_init(|| {
            let mut people = ByName::default();
            for person in roster.auxiliaries.values() {
                people.add(&person.name, &person.id.0);
                people.add(&person.id.0, &person.id.0);
            }
            people
        });
        people.get(said)
    }

    /// The entries that a field names, by what it names them by.
    fn entries(&self, field: &Field) -> Rc<ByName> {
        let key = (field.register.clone(), field.by.clone());
        if let Some(known) = self.entries.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut entries = ByName::default();
        let register = crate::named(&field.register);
        if let Some((register, by)) = register.and_then(|register| Some((register, register.field(&field.by)?))) {
            for entry in self.reading.dossiers(register, None).unwrap_or_default() {
                if let Some(datum) = entry.get(&by.key).filter(|_| !entry.is_annulled()) {
                    let id = entry.id.to_string();
                    entries.add(&by.show(datum, Lang::Zh), &id);
                    datum.text().into_iter().for_each(|text| entries.add(text, &id));
                }
            }
        }
        let entries = Rc::new(entries);
        self.entries.borrow_mut().insert(key, Rc::clone(&entries));
        entries
    }

    /// What the entry `id`, which stands in a field, is called by on sheets, where it alone is called so; else its
    /// number.
    pub fn by(&self, field: &Field, id: &str) -> String {
        let called = || {
            let entry = self.reading.dossier(id.parse().ok()?).ok()??;
            let named = entry.register.field(&field.by)?.show(entry.get(&field.by)?, Lang::Zh);
            (self.entries(field).get(&named)? == entry.id.to_string()).then_some(named)
        };
        called().unwrap_or_else(|| id.to_owned())
    }
}
