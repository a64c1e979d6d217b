//! A task's fields for a person: what each is called, and what stands in it.
//!
//! The messages go by the fields' names: `field-case-number`, and `field-mode` with an attribute for
//! each word that may stand there. Tests hold the files to [`TaskField`].

use auxlog_law::{Arranged, Circumstance, Mode, Presence, Rulebook};
use auxlog_record::{AgencyId, AuxiliaryId, Moment, OfficerId, Roster, Shape, Task, TaskField, Value};
use auxlog_store::TaskRow;

use crate::Terms;

/// Where a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a list, where it is short.
    List,
    /// On a screen.
    Screen,
    /// On a sheet that is signed.
    Sheet,
    /// In evidence, where nothing is left to be guessed.
    Evidence,
}

/// The names of those whom a task names by number.
pub trait Names {
    /// An auxiliary's.
    fn auxiliary(&self, id: &AuxiliaryId) -> Option<&str>;
    /// An officer's.
    fn officer(&self, id: &OfficerId) -> Option<&str>;
    /// An agency's.
    fn agency(&self, id: &AgencyId) -> Option<&str>;
}

impl Names for Roster {
    fn auxiliary(&self, id: &AuxiliaryId) -> Option<&str> {
        self.auxiliaries.get(id).map(|person| person.name.as_str())
    }

    fn officer(&self, id: &OfficerId) -> Option<&str> {
        self.officers.get(id).map(|officer| officer.name.as_str())
    }

    fn agency(&self, id: &AgencyId) -> Option<&str> {
        self.agencies.get(id).map(|agency| agency.name.as_str())
    }
}

impl Names for TaskRow {
    fn auxiliary(&self, id: &AuxiliaryId) -> Option<&str> {
        self.auxiliaries.iter().find(|person| person.id == *id)?.name.as_deref()
    }

    fn officer(&self, id: &OfficerId) -> Option<&str> {
        self.officers.iter().flatten().find(|officer| officer.id == *id)?.name.as_deref()
    }

    fn agency(&self, _: &AgencyId) -> Option<&str> {
        None
    }
}

/// What the first knows, or else the second.
impl<A: Names, B: Names> Names for (&A, &B) {
    fn auxiliary(&self, id: &AuxiliaryId) -> Option<&str> {
        self.0.auxiliary(id).or_else(|| self.1.auxiliary(id))
    }

    fn officer(&self, id: &OfficerId) -> Option<&str> {
        self.0.officer(id).or_else(|| self.1.officer(id))
    }

    fn agency(&self, id: &AgencyId) -> Option<&str> {
        self.0.agency(id).or_else(|| self.1.agency(id))
    }
}

impl Terms {
    /// What a field is called.
    pub fn label(&self, field: TaskField) -> String {
        self.loader.get(&id(field))
    }

    /// What a word that may stand in a field is called.
    pub fn word(&self, field: TaskField, word: &str) -> String {
        if word == "unstated" { self.unstated() } else { self.loader.get_attr(&id(field), &word.replace('_', "-")) }
    }

    /// How an auxiliary worked.
    pub fn mode(&self, mode: Mode) -> String {
        self.word(TaskField::Mode, mode.word())
    }

    /// Where the supervising officer was.
    pub fn presence(&self, presence: Presence) -> String {
        self.word(TaskField::Presence, presence.word())
    }

    /// Whether it was arranged.
    pub fn arranged(&self, arranged: Arranged) -> String {
        self.word(TaskField::Arranged, arranged.word())
    }

    /// A circumstance.
    pub fn circumstance(&self, circumstance: Circumstance) -> String {
        self.word(TaskField::Circumstances, circumstance.word())
    }

    /// What stands for a fact that nobody stated.
    pub fn unstated(&self) -> String {
        self.loader.get("unstated")
    }

    /// What stands in a field, read at `place`; nothing where nothing was stated and a reader need not
    /// know that.
    pub fn value(&self, task: &Task, field: TaskField, place: Place, names: &dyn Names, rulebook: &Rulebook) -> String {
        let separator = self.comma();
        match task.value(field) {
            Value::Unstated if matches!(field.shape(), Shape::Word(_) | Shape::Officers) => self.unstated(),
            Value::Unstated => String::new(),
            Value::Moment(at) => moment(at, place),
            Value::Agency(id) => names.agency(id).unwrap_or(&id.0).to_owned(),
            Value::Text(text) => text.to_owned(),
            Value::Codes(codes) if place == Place::List => codes.join(" "),
            Value::Codes(codes) => {
                let said: Vec<String> = codes.iter().map(|code| self.activity(code, place, rulebook)).collect();
                said.join(separator)
            }
            Value::Word(word) => self.word(field, word),
            Value::Words(words) => {
                words.into_iter().map(|word| self.word(field, word)).collect::<Vec<_>>().join(separator)
            }
            Value::Officers([]) => self.loader.get("nobody"),
            Value::Officers(officers) => {
                let said = officers.iter().map(|stated| person(names.officer(&stated.id), &stated.id.0, place));
                said.collect::<Vec<_>>().join(separator)
            }
            Value::Auxiliaries(people) => {
                let said = people.iter().map(|stated| person(names.auxiliary(&stated.id), &stated.id.0, place));
                said.collect::<Vec<_>>().join(separator)
            }
        }
    }

    /// An activity: 16.2 现场核查 on a screen, 第十六条（二）现场核查 on paper.
    pub fn activity(&self, code: &str, place: Place, rulebook: &Rulebook) -> String {
        let at = rulebook.activity(code).map(|id| usize::from(id.0));
        let Some(activity) = at.and_then(|at| rulebook.activities().get(at)) else { return code.to_owned() };
        let name = activity.name(self.lang);
        match place {
            Place::List => code.to_owned(),
            Place::Screen => format!("{} {name}", activity.item),
            Place::Sheet | Place::Evidence => format!("{}{name}", rulebook.cite_label(&activity.item, self.lang)),
        }
    }
}

fn id(field: TaskField) -> String {
    format!("field-{}", field.name().replace('_', "-"))
}

fn moment(at: Moment, place: Place) -> String {
    let form = match place {
        Place::List | Place::Sheet => "%Y-%m-%d %H:%M",
        Place::Screen => "%Y-%m-%d %H:%M:%S",
        Place::Evidence => "%Y-%m-%d %H:%M:%S %:z",
    };
    at.0.format(form).to_string()
}

fn person(name: Option<&str>, id: &str, place: Place) -> String {
    match (name, place) {
        (None, _) => id.to_owned(),
        (Some(name), Place::List) => name.to_owned(),
        (Some(name), Place::Screen) => format!("{name} {id}"),
        (Some(name), Place::Sheet | Place::Evidence) => format!("{name}（{id}）"),
    }
}

#[cfg(test)]
mod tests {
    use auxlog_law::Lang;

    use super::*;
    use crate::terms;

    #[test]
    fn every_field_and_every_word_of_one_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let words = terms(lang);
            let there = |said: String| assert!(!said.is_empty() && !said.contains("No localization"), "{said}");
            for &field in TaskField::ALL {
                there(words.label(field));
                if let Shape::Word(all) | Shape::Words(all) = field.shape() {
                    for word in all {
                        there(words.word(field, word));
                    }
                }
            }
        }
    }
}
