//! What the rows of a subject may read: facts with finite values, and how they are read out.
//!
//! A task's vocabulary is the one in `rulebook/vocabulary.toml`; each register brings its own.

mod field;
mod label;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

pub use field::Point;
pub(crate) use field::{Field, MOST_FIELDS, Mask, Scope, combinations, unpack};

use crate::Lang;
use crate::rulebook::Condition;

/// A closed vocabulary of facts, each with its finite values.
#[derive(Debug, Default)]
pub struct Vocabulary {
    pub(crate) subject: String,
    pub(crate) facts: Vec<Fact>,
    /// Each with its name: that of its fact, or the word for several that are read together.
    pub(crate) fields: Vec<(Field, String)>,
    /// What is never so: combinations that no facts have.
    pub(crate) never: Vec<Condition>,
    pub(crate) words: BTreeMap<String, Wording>,
    /// Its file, for the digest of what is decided by it.
    pub(crate) text: String,
}

/// A fact that rows may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What rows and words call it.
    pub key: String,
    /// What its values are called, the most harmless first.
    pub values: Vec<String>,
    /// Whether any of the values may hold; of any other fact exactly one does.
    pub set: bool,
    /// Whether nothing can be done about it.
    pub fixed: bool,
    pub(crate) field: Field,
    /// By how many positions of its field two neighbouring values differ.
    pub(crate) stride: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wording {
    pub(crate) zh: String,
    pub(crate) en: String,
}

static TASK: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let text = include_str!("../rulebook/vocabulary.toml");
    Arc::new(Vocabulary::read("vocabulary.toml", text).expect("a test holds the embedded vocabulary to load"))
});

/// The wording of `key` in a task's vocabulary, or the key itself where there is none.
pub(crate) fn word(key: &str, lang: Lang) -> &str {
    TASK.word(key, lang)
}

impl Vocabulary {
    /// That of a task.
    pub(crate) fn task() -> &'static Arc<Self> {
        &TASK
    }

    /// What it is about: a task, or one register's entries.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Its facts.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The fact called `key`.
    #[must_use]
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// The wording of a fact (`key`), of a value (`key.value`) or of another word, or the key itself
    /// where there is none.
    #[must_use]
    pub fn word<'a>(&'a self, key: &'a str, lang: Lang) -> &'a str {
        self.words.get(key).map_or(key, |wording| lang.pick(&wording.zh, &wording.en))
    }

    /// The facts so stated, of a vocabulary in which each stands for itself: each once, with its
    /// value, and one of which any value may hold as often as values do.
    ///
    /// `None` when something is no fact or value, is missing or stated twice, or is never so.
    #[must_use]
    pub fn point(&self, stated: &[(&str, &str)]) -> Option<Point> {
        let mut point = Point::default();
        for fact in &self.facts {
            let mut held = stated.iter().filter(|(key, _)| *key == fact.key).map(|(_, value)| fact.position(value));
            let own = if fact.set {
                held.try_fold(0, |all, value| Some(all | 1 << value?))?
            } else {
                let value = held.next()??;
                held.next().is_none().then_some(value * fact.stride)?
            };
            point.set(fact.field, point.get(fact.field) + own);
        }
        let known = stated.iter().all(|(key, _)| self.fact(key).is_some());
        (known && self.can_be(&self.all_fields(), point)).then_some(point)
    }

    pub(crate) fn all_fields(&self) -> Vec<Field> {
        self.fields.iter().map(|(field, _)| *field).collect()
    }

    pub(crate) fn name(&self, field: Field) -> &str {
        &self.fields[field.at()].1
    }

    /// The facts that stand in `field`.
    pub(crate) fn facts_of(&self, field: Field) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.field == field)
    }

    /// The field of the facts that rows name together by words of their own.
    pub(crate) fn joined(&self) -> Option<Field> {
        self.facts.iter().map(|fact| fact.field).find(|&field| self.facts_of(field).count() > 1)
    }

    /// What the value of `field` at `position` is called, fact by fact.
    pub(crate) fn describe(&self, field: Field, position: usize) -> String {
        self.facts_of(field).map(|fact| fact.describe(position)).collect::<Vec<_>>().join(" ")
    }

    /// Whether facts can be so, as far as `fields` go.
    pub(crate) fn can_be(&self, fields: &[Field], point: Point) -> bool {
        let within =
            |never: &Condition| self.fields.iter().all(|&(field, _)| fields.contains(&field) || !never.reads(field));
        !self.never.iter().any(|never| within(never) && never.admits(fields, point))
    }
}

impl Fact {
    /// The position of a value among its values.
    pub(crate) fn position(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|known| known == value)
    }

    /// Whether `value` holds where its field is at `position`.
    pub(crate) fn holds(&self, value: usize, position: usize) -> bool {
        if self.set { position & (1 << value) != 0 } else { position / self.stride % self.values.len() == value }
    }

    /// The values of its field in which `value` holds.
    pub(crate) fn mask(&self, value: usize) -> Mask {
        (0..self.field.size()).filter(|&at| self.holds(value, at)).fold(0, |mask, at| mask | 1 << at)
    }

    /// The position at which its field is when `value` comes to hold; of a fact of which any value may
    /// hold, when it changes.
    pub(crate) fn with(&self, value: usize, position: usize) -> usize {
        if self.set {
            return position ^ (1 << value);
        }
        let held = position / self.stride % self.values.len();
        position + value * self.stride - held * self.stride
    }

    fn describe(&self, position: usize) -> String {
        let held = (0..self.values.len()).filter(|&value| self.holds(value, position));
        let held: Vec<&str> = held.map(|value| &*self.values[value]).collect();
        format!("{}={}", self.key, if held.is_empty() { "-".to_owned() } else { held.join("+") })
    }
}
