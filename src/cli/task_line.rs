//! One line of `check` and `log`: a task object, or everything that is wrong with it.
//!
//! A table of the object's fields is walked, so that each fault is named by its field and all
//! faults of a line are told at once, in the reader's language.

use std::sync::LazyLock;

use auxlog_law::{ActivityId, Outcome, Status};
use auxlog_record::{Date, Moment, Shape, Task, TaskField, TaskProblem};
use i18n_embed_fl::fl;
use serde_json::{Map, Value};

use crate::words::Words;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The line is not JSON, from this column on.
    NotJson(usize),
    /// No such field.
    Unknown,
    /// A required field is absent.
    Missing,
    /// Of another type than this one.
    Type(Expected),
    /// Not one of these words.
    Word(&'static [&'static str]),
    /// Text that must not be empty is.
    Empty,
    /// Not an activity of the rulebook.
    Code(String),
    /// Not an RFC 3339 time with its offset.
    Moment(String),
    /// Not a calendar date.
    Date(String),
    /// What the fields do not fit together to.
    Task(TaskProblem),
    /// Whatever else the types refuse, such as a key given twice.
    Other(String),
}

/// The type a field wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Object,
    List,
    Text,
    /// `true` or `false`.
    Flag,
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineProblem {
    /// E.g. `auxiliaries[1].born`; empty for the line as a whole.
    pub(crate) field: String,
    pub(crate) fault: Fault,
}

enum Kind {
    Text,
    /// An identifier: a text that is not empty.
    Id,
    /// RFC 3339 with an offset.
    Moment,
    /// `YYYY-MM-DD`.
    Date,
    /// `true` or `false`.
    Flag,
    /// One of these.
    Word(&'static [&'static str]),
    /// A list of activity codes.
    Codes,
    /// A list of words, each one of these.
    Words(&'static [&'static str]),
    /// A list of objects with these fields.
    Objects(&'static [Field]),
}

struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
    /// Whether `null` stands for unstated.
    nullable: bool,
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true, nullable: false }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, nullable: true }
}

/// The fields of a task object: its reference, and those that the record has.
static TASK: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let stated = TaskField::ALL.iter().map(|field| {
        let (kind, nullable) = match field.shape() {
            Shape::Moment => (Kind::Moment, true),
            Shape::Agency => (Kind::Id, true),
            Shape::Text | Shape::Line => (Kind::Text, true),
            Shape::Officers => (Kind::Objects(OFFICER), true),
            // Absent is the word `unstated` or an empty list; `null` is neither.
            Shape::Codes => (Kind::Codes, false),
            Shape::Word(words) => (Kind::Word(words), false),
            Shape::Words(words) => (Kind::Words(words), false),
            Shape::Auxiliaries => (Kind::Objects(AUXILIARY), false),
        };
        Field { name: field.name(), kind, required: false, nullable }
    });
    std::iter::once(required("id", Kind::Id)).chain(stated).collect()
});

const OFFICER: &[Field] =
    &[required("id", Kind::Id), optional("certificate_valid", Kind::Flag), optional("agency", Kind::Id)];

const AUXILIARY: &[Field] = &[
    required("id", Kind::Id),
    optional("status", Kind::Word(Status::WORDS)),
    optional("certificate_valid", Kind::Flag),
    optional("training", Kind::Word(Outcome::WORDS)),
    optional("assessment", Kind::Word(Outcome::WORDS)),
    optional("agency", Kind::Id),
    optional("recused", Kind::Flag),
    optional("qualified", Kind::Flag),
    optional("born", Kind::Date),
];

/// Reads one line. `activity` knows the rulebook's codes.
pub(crate) fn read(line: &str, activity: impl Fn(&str) -> Option<ActivityId>) -> Result<Task, Vec<LineProblem>> {
    let value: Value = serde_json::from_str(line)
        .map_err(|error| vec![LineProblem { field: String::new(), fault: Fault::NotJson(error.column()) }])?;
    let mut walk = Walk { is_activity: &|code| activity(code).is_some(), problems: Vec::new() };
    match &value {
        Value::Object(fields) => walk.object("", fields, &TASK),
        _ => walk.report("", Fault::Type(Expected::Object)),
    }
    if !walk.problems.is_empty() {
        return Err(walk.problems);
    }
    let other = |fault: String| vec![LineProblem { field: String::new(), fault: Fault::Other(fault) }];
    let task: Task = serde_json::from_str(line).map_err(|error| other(error.to_string()))?;
    match task.validate(activity) {
        Ok(()) => Ok(task),
        Err(problems) => Err(problems.into_iter().map(LineProblem::from).collect()),
    }
}

struct Walk<'a> {
    is_activity: &'a dyn Fn(&str) -> bool,
    problems: Vec<LineProblem>,
}

impl Walk<'_> {
    fn report(&mut self, field: &str, fault: Fault) {
        self.problems.push(LineProblem { field: field.to_owned(), fault });
    }

    fn object(&mut self, path: &str, fields: &Map<String, Value>, known: &[Field]) {
        let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        for field in known {
            match fields.get(field.name) {
                None if field.required => self.report(&at(field.name), Fault::Missing),
                None => {}
                Some(Value::Null) if field.nullable => {}
                Some(value) => self.value(&at(field.name), value, &field.kind),
            }
        }
        for name in fields.keys().filter(|name| !known.iter().any(|field| field.name == *name)) {
            self.report(&at(name), Fault::Unknown);
        }
    }

    fn value(&mut self, path: &str, value: &Value, kind: &Kind) {
        match kind {
            Kind::Flag if value.is_boolean() => {}
            Kind::Flag => self.report(path, Fault::Type(Expected::Flag)),
            Kind::Text | Kind::Id | Kind::Moment | Kind::Date | Kind::Word(_) => match value.as_str() {
                Some(text) => self.text(path, text, kind),
                None => self.report(path, Fault::Type(Expected::Text)),
            },
            Kind::Codes | Kind::Words(_) | Kind::Objects(_) => match value.as_array() {
                Some(list) => self.list(path, list, kind),
                None => self.report(path, Fault::Type(Expected::List)),
            },
        }
    }

    fn text(&mut self, path: &str, text: &str, kind: &Kind) {
        let quoted = Value::from(text);
        match kind {
            Kind::Id if text.trim().is_empty() => self.report(path, Fault::Empty),
            Kind::Word(words) if !words.contains(&text) => self.report(path, Fault::Word(words)),
            Kind::Moment if serde_json::from_value::<Moment>(quoted.clone()).is_err() => {
                self.report(path, Fault::Moment(text.to_owned()));
            }
            Kind::Date if serde_json::from_value::<Date>(quoted).is_err() => {
                self.report(path, Fault::Date(text.to_owned()));
            }
            _ => {}
        }
    }

    fn list(&mut self, path: &str, list: &[Value], kind: &Kind) {
        for (position, value) in list.iter().enumerate() {
            let path = format!("{path}[{position}]");
            match (kind, value) {
                (Kind::Objects(fields), Value::Object(object)) => self.object(&path, object, fields),
                (Kind::Objects(_), _) => self.report(&path, Fault::Type(Expected::Object)),
                (Kind::Words(words), Value::String(_)) => self.value(&path, value, &Kind::Word(words)),
                (_, Value::String(code)) if !(self.is_activity)(code) => {
                    self.report(&path, Fault::Code(code.clone()));
                }
                (_, Value::String(_)) => {}
                _ => self.report(&path, Fault::Type(Expected::Text)),
            }
        }
    }
}

impl From<TaskProblem> for LineProblem {
    fn from(problem: TaskProblem) -> Self {
        Self { field: problem.field().to_owned(), fault: Fault::Task(problem) }
    }
}

impl LineProblem {
    /// The problem in the reader's language, without its line.
    pub(crate) fn words(&self, words: &Words) -> String {
        let loader = words.loader();
        let what = match &self.fault {
            &Fault::NotJson(column) => fl!(loader, "task-not-json", column = column),
            Fault::Unknown => fl!(loader, "task-unknown-field"),
            Fault::Missing => fl!(loader, "task-missing"),
            Fault::Type(Expected::Object) => fl!(loader, "task-want-object"),
            Fault::Type(Expected::List) => fl!(loader, "task-want-list"),
            Fault::Type(Expected::Text) => fl!(loader, "task-want-text"),
            Fault::Type(Expected::Flag) => fl!(loader, "task-want-flag"),
            Fault::Word(allowed) => fl!(loader, "task-unknown-word", allowed = allowed.join(" · ")),
            Fault::Empty => fl!(loader, "task-empty"),
            Fault::Code(code) => fl!(loader, "task-unknown-code", code = code.clone()),
            Fault::Moment(value) => fl!(loader, "task-bad-moment", value = value.clone()),
            Fault::Date(value) => fl!(loader, "task-bad-date", value = value.clone()),
            Fault::Task(problem) => words.terms().task_problem(problem),
            Fault::Other(why) => why.clone(),
        };
        if self.field.is_empty() { what } else { fl!(loader, "task-field", field = self.field.clone(), what = what) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn problems(line: &Value) -> Vec<(String, Fault)> {
        let read = read(&line.to_string(), |code| (code == "16.2").then_some(ActivityId(0)));
        read.err().unwrap_or_default().into_iter().map(|p| (p.field, p.fault)).collect()
    }

    /// The table and the type must know the same fields, or one would refuse what the other takes.
    #[test]
    fn a_task_with_every_field_is_taken() {
        let full = json!({
            "id": "t", "at": "2026-11-23T09:30:00+08:00", "until": "2026-11-23T10:30:00+08:00", "agency": "A01",
            "text": "核查", "items": ["16.2"], "mode": "assisted", "presence": "on_scene",
            "officers": [{"id": "O1", "certificate_valid": true, "agency": "A01"}],
            "auxiliaries": [{"id": "X1", "status": "active", "certificate_valid": true, "training": "passed",
                "assessment": "none", "agency": "A01", "recused": false, "qualified": true, "born": "1990-05-01"}],
            "circumstances": ["fine_quota"], "legal_basis": "《某条例》", "arranged": "yes", "place": "人民中路",
            "counterpart": "某店", "case_number": "1",
        });
        let task = read(&full.to_string(), |code| (code == "16.2").then_some(ActivityId(0))).unwrap();
        assert_eq!(serde_json::to_value(&task).unwrap(), full);
        assert_eq!(full.as_object().unwrap().len(), TASK.len());
        assert_eq!(full["auxiliaries"][0].as_object().unwrap().len(), AUXILIARY.len());
        assert_eq!(full["officers"][0].as_object().unwrap().len(), OFFICER.len());
    }

    #[test]
    fn every_word_of_the_table_is_one_of_the_types() {
        let mut line = json!({"id": "t", "items": ["16.2"], "auxiliaries": [{"id": "X1"}]});
        for field in TASK.iter().chain(AUXILIARY) {
            let (words, as_list) = match field.kind {
                Kind::Word(words) => (words, false),
                Kind::Words(words) => (words, true),
                _ => continue,
            };
            for word in words {
                let of_person = AUXILIARY.iter().any(|f| f.name == field.name);
                let object = if of_person { &mut line["auxiliaries"][0] } else { &mut line };
                object[field.name] = if as_list { json!([word]) } else { json!(word) };
                assert_eq!(problems(&line), [], "{} = {word}", field.name);
            }
        }
    }

    #[test]
    fn every_fault_of_a_line_is_named_by_its_field() {
        let line = json!({
            "id": "t", "items": ["16.2", "99.9"], "at": "yesterday", "colour": 1, "mode": "both", "presence": 1,
            "auxiliaries": [{"id": "X1"}, {"born": "1990-13-01", "qualified": "yes"}],
        });
        assert_eq!(
            problems(&line),
            [
                ("at".to_owned(), Fault::Moment("yesterday".to_owned())),
                ("items[1]".to_owned(), Fault::Code("99.9".to_owned())),
                ("auxiliaries[1].id".to_owned(), Fault::Missing),
                ("auxiliaries[1].qualified".to_owned(), Fault::Type(Expected::Flag)),
                ("auxiliaries[1].born".to_owned(), Fault::Date("1990-13-01".to_owned())),
                ("mode".to_owned(), Fault::Word(&["independent", "assisted", "unstated"])),
                ("presence".to_owned(), Fault::Type(Expected::Text)),
                ("colour".to_owned(), Fault::Unknown),
            ]
        );
    }

    #[test]
    fn items_or_a_text_must_be_stated() {
        assert_eq!(
            problems(&json!({"id": "t", "text": "  "})),
            [("items".to_owned(), Fault::Task(TaskProblem::Nothing))]
        );
        assert_eq!(problems(&json!({"id": "t", "text": "核查"})), []);
    }

    #[test]
    fn both_effects_at_once_are_an_error() {
        let line =
            json!({"id": "t", "items": ["16.2"], "circumstances": ["substantive_effect", "no_substantive_effect"]});
        assert_eq!(problems(&line), [("circumstances".to_owned(), Fault::Task(TaskProblem::BothEffects))]);
    }

    proptest! {
        /// Whatever stands on a line, it is a task or a list of faults.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let refused = read(&String::from_utf8_lossy(&bytes), |_| Some(ActivityId(0)));
            prop_assert!(refused.is_err_and(|problems| !problems.is_empty()), "no such bytes are a task");
        }

        #[test]
        fn a_task_with_bytes_struck_out_or_written_over_is_read_or_refused(
            at in any::<proptest::sample::Index>(),
            with in proptest::collection::vec(any::<u8>(), 0..4),
        ) {
            let line = json!({
                "id": "t", "at": "2026-11-23T09:30:00+08:00", "text": "核查", "items": ["16.2"], "mode": "assisted",
                "officers": [{"id": "O1", "certificate_valid": true}],
                "auxiliaries": [{"id": "X1", "born": "1990-05-01", "training": "passed"}],
                "circumstances": ["as_officer"], "arranged": "yes",
            });
            let mut bytes = line.to_string().into_bytes();
            let from = at.index(bytes.len());
            bytes.splice(from..=from, with);
            let read = read(&String::from_utf8_lossy(&bytes), |code| (code == "16.2").then_some(ActivityId(0)));
            prop_assert!(read.map_or_else(|problems| !problems.is_empty(), |task| !task.id.is_empty()));
        }
    }

    #[test]
    fn a_key_given_twice_is_not_silently_the_last() {
        let read = read(r#"{"id":"a","id":"b","items":["16.2"]}"#, |_| Some(ActivityId(0)));
        assert!(matches!(read.unwrap_err()[0].fault, Fault::Other(_)));
    }
}
