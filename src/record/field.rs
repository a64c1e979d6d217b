//! A task's fields, told once. Whatever shows, corrects, prints, exports, searches or reads a task
//! walks this table, so that a field stands everywhere or nowhere.

use auxlog_law::{Arranged, Circumstance, Mode, Presence};

use crate::{
    AgencyId, AuxiliaryId, MAX_FIELD, MAX_LIST, MAX_TEXT, Moment, OfficerId, StatedAuxiliary, StatedOfficer, Task, cut,
};

/// What a field holds, and so how it is read and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A moment.
    Moment,
    /// The number of an agency.
    Agency,
    /// A text of several lines.
    Text,
    /// A text of one line.
    Line,
    /// Codes of activities.
    Codes,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any of these words.
    Words(&'static [&'static str]),
    /// Officers.
    Officers,
    /// Auxiliaries.
    Auxiliaries,
}

impl Shape {
    /// The longest text, for fields that are one: bytes for an agency's number, else characters.
    pub fn longest(self) -> Option<usize> {
        match self {
            Self::Agency => Some(255),
            Self::Text => Some(MAX_TEXT),
            Self::Line => Some(MAX_FIELD),
            _ => None,
        }
    }
}

/// What stands in a field of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// It was not stated.
    Unstated,
    /// A moment.
    Moment(Moment),
    /// The number of an agency.
    Agency(&'a AgencyId),
    /// A text.
    Text(&'a str),
    /// Codes of activities.
    Codes(&'a [String]),
    /// A word of the field's shape.
    Word(&'static str),
    /// Words of the field's shape.
    Words(Vec<&'static str>),
    /// Officers; none is nobody.
    Officers(&'a [StatedOfficer]),
    /// Auxiliaries.
    Auxiliaries(&'a [StatedAuxiliary]),
}

/// A type that a field of a task may have.
trait Held {
    fn value(&self) -> Value<'_>;

    /// Cuts it to what a list shows; a text to `longest`.
    fn shorten(&mut self, _longest: usize) {}
}

impl Held for Option<Moment> {
    fn value(&self) -> Value<'_> {
        self.map_or(Value::Unstated, Value::Moment)
    }
}

impl Held for Option<AgencyId> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Unstated, Value::Agency)
    }

    fn shorten(&mut self, longest: usize) {
        if let Some(AgencyId(id)) = self {
            shorten(id, longest);
        }
    }
}

impl Held for Option<String> {
    fn value(&self) -> Value<'_> {
        self.as_deref().map_or(Value::Unstated, Value::Text)
    }

    fn shorten(&mut self, longest: usize) {
        if let Some(text) = self {
            shorten(text, longest);
        }
    }
}

impl Held for Vec<String> {
    fn value(&self) -> Value<'_> {
        Value::Codes(self)
    }

    fn shorten(&mut self, _longest: usize) {
        self.truncate(MAX_LIST);
        for code in self {
            shorten(code, MAX_FIELD);
        }
    }
}

impl Held for Vec<Circumstance> {
    fn value(&self) -> Value<'_> {
        Value::Words(self.iter().map(|circumstance| circumstance.word()).collect())
    }

    fn shorten(&mut self, _longest: usize) {
        self.truncate(MAX_LIST);
    }
}

impl Held for Option<Vec<StatedOfficer>> {
    fn value(&self) -> Value<'_> {
        self.as_deref().map_or(Value::Unstated, Value::Officers)
    }

    fn shorten(&mut self, _longest: usize) {
        let Some(officers) = self else { return };
        officers.truncate(MAX_LIST);
        for StatedOfficer { id: OfficerId(id), .. } in officers {
            shorten(id, MAX_FIELD);
        }
    }
}

impl Held for Vec<StatedAuxiliary> {
    fn value(&self) -> Value<'_> {
        Value::Auxiliaries(self)
    }

    fn shorten(&mut self, _longest: usize) {
        self.truncate(MAX_LIST);
        for StatedAuxiliary { id: AuxiliaryId(id), .. } in self {
            shorten(id, MAX_FIELD);
        }
    }
}

macro_rules! words {
    ($($type:ident),*) => {$(
        impl Held for $type {
            fn value(&self) -> Value<'_> {
                if *self == Self::Unstated { Value::Unstated } else { Value::Word(self.word()) }
            }
        }
    )*};
}

words!(Mode, Presence, Arranged);

fn shorten(text: &mut String, longest: usize) {
    if text.len() > longest {
        *text = cut(text, longest).into_owned();
    }
}

macro_rules! fields {
    ($($variant:ident: $field:ident, $shape:expr, $listed:literal;)*) => {
        /// A field of a task; an amendment can change each of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TaskField {
            $(
                #[doc = concat!("[`Task::", stringify!($field), "`]")]
                $variant,
            )*
        }

        impl TaskField {
            /// All of them, in the order in which a person reads them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name, as in the task object.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)*
                }
            }

            /// What it holds.
            pub fn shape(self) -> Shape {
                match self {
                    $(Self::$variant => $shape,)*
                }
            }

            /// Whether it stands in a list that has one line for a task; files have all fields.
            pub fn is_listed(self) -> bool {
                match self {
                    $(Self::$variant => $listed,)*
                }
            }

            /// The field with that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.name() == name)
            }
        }

        impl Task {
            /// What stands in a field.
            pub fn value(&self, field: TaskField) -> Value<'_> {
                match field {
                    $(TaskField::$variant => self.$field.value(),)*
                }
            }

            /// Whether two tasks agree in a field.
            pub fn same_field(&self, other: &Self, field: TaskField) -> bool {
                match field {
                    $(TaskField::$variant => self.$field == other.$field,)*
                }
            }

            /// Takes a field over from another task.
            pub fn take_field(&mut self, other: &Self, field: TaskField) {
                match field {
                    $(TaskField::$variant => self.$field.clone_from(&other.$field),)*
                }
            }

            /// The task with every text and list cut to what its writer may state, whatever a record holds.
            #[must_use]
            pub fn shortened(mut self) -> Self {
                shorten(&mut self.id, MAX_FIELD);
                $(self.$field.shorten(TaskField::$variant.shape().longest().unwrap_or(MAX_FIELD));)*
                self
            }
        }
    };
}

fields! {
    Text: text, Shape::Text, true;
    At: at, Shape::Moment, true;
    Until: until, Shape::Moment, false;
    Items: items, Shape::Codes, true;
    Auxiliaries: auxiliaries, Shape::Auxiliaries, true;
    Mode: mode, Shape::Word(Mode::WORDS), false;
    Presence: presence, Shape::Word(Presence::WORDS), false;
    Officers: officers, Shape::Officers, false;
    Arranged: arranged, Shape::Word(Arranged::WORDS), false;
    LegalBasis: legal_basis, Shape::Line, false;
    Circumstances: circumstances, Shape::Words(Circumstance::WORDS), false;
    Place: place, Shape::Line, false;
    Counterpart: counterpart, Shape::Line, false;
    CaseNumber: case_number, Shape::Line, false;
    Agency: agency, Shape::Agency, false;
}

impl Task {
    /// The fields in which two tasks differ.
    pub fn changed_fields(&self, other: &Self) -> Vec<TaskField> {
        TaskField::ALL.iter().copied().filter(|&field| !self.same_field(other, field)).collect()
    }

    /// The fields that are a text and stated, each with it.
    pub fn texts(&self) -> impl Iterator<Item = (TaskField, &str)> {
        TaskField::ALL.iter().filter_map(|&field| match self.value(field) {
            Value::Text(text) => Some((field, text)),
            Value::Agency(AgencyId(id)) => Some((field, id.as_str())),
            _ => None,
        })
    }
}
