//! Where facts stand in masks, points and tables.

use serde::Deserialize;

/// Most fields of a vocabulary.
pub(crate) const MOST_FIELDS: usize = 24;

/// Values of one field, a bit each.
pub(crate) type Mask = u128;

/// What a row is about, and so which facts it may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Each activity of a task.
    Activity,
    /// The task as a whole.
    Task,
    /// Each auxiliary.
    Person,
    /// The day on which it was done.
    Date,
    /// What the text suggests.
    Text,
    /// An entry of a register.
    #[default]
    Entry,
}

/// The place of a fact, or of several that rows read together, among those of its vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Field {
    at: u8,
    size: u8,
    scope: Scope,
}

impl Field {
    pub(crate) const fn new(at: u8, size: u8, scope: Scope) -> Self {
        Self { at, size, scope }
    }

    pub(crate) fn at(self) -> usize {
        usize::from(self.at)
    }

    /// How many values it can take.
    pub(crate) fn size(self) -> usize {
        usize::from(self.size)
    }

    /// All its values as a mask.
    pub(crate) fn full(self) -> Mask {
        Mask::MAX >> (Mask::BITS as usize - self.size())
    }

    pub(crate) fn scope(self) -> Scope {
        self.scope
    }
}

/// How many combinations the `fields` have.
pub(crate) fn combinations(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.size()).product()
}

/// The value of each of `fields` in combination number `index`.
pub(crate) fn unpack(fields: &[Field], mut index: usize) -> Point {
    let mut point = Point::default();
    for &field in fields.iter().rev() {
        point.set(field, index % field.size());
        index /= field.size();
    }
    point
}

/// One value for each fact of a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Point([u8; MOST_FIELDS]);

impl Point {
    pub(crate) fn get(self, field: Field) -> usize {
        usize::from(self.0[field.at()])
    }

    pub(crate) fn set(&mut self, field: Field, value: usize) {
        self.0[field.at()] = u8::try_from(value).unwrap_or(u8::MAX);
    }

    /// The number of the combination that the `fields` have here.
    pub(crate) fn pack(self, fields: &[Field]) -> usize {
        fields.iter().fold(0, |index, &field| index * field.size() + self.get(field))
    }
}
