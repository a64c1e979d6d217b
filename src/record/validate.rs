//! Whether a task can be judged and recorded at all.

use std::collections::BTreeSet;

use auxlog_law::{ActivityId, Circumstance};

use crate::{Moment, Shape, Task, is_hidden};

/// The longest description, in characters.
pub const MAX_TEXT: usize = 4000;

/// The longest other text field, in characters.
pub const MAX_FIELD: usize = 400;

/// The most people or items in a task.
pub const MAX_LIST: usize = 100;

/// How far ahead of the clock a task may lie that is logged as done, in milliseconds: watches and
/// laptops differ by minutes.
pub const CLOCK_TOLERANCE_MS: i64 = 5 * 60 * 1000;

/// What is wrong with a stated task, and in which field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskProblem {
    /// No reference.
    #[error("id: it is empty; every task needs a reference")]
    NoId,
    /// Nothing to judge.
    #[error("items, text: neither is given; name an activity or describe what was done")]
    Nothing,
    /// An activity code that the rulebook doesn't have.
    #[error("items: `{code}` is no activity of this rulebook (see `auxlog rules list`)")]
    UnknownItem {
        /// The code.
        code: String,
    },
    /// Both effects at once.
    #[error("circumstances: `substantive_effect` and `no_substantive_effect` exclude each other")]
    BothEffects,
    /// It ended before it began.
    #[error("until: it lies before `at`")]
    UntilBeforeAt,
    /// An end without a beginning.
    #[error("until: it is given without `at`")]
    UntilWithoutAt,
    /// Work that lies in the future is a plan; it cannot be logged as done.
    #[error("{field}: it lies in the future; what is still to be done is planned, not logged")]
    InFuture {
        /// `at` or `until`.
        field: &'static str,
    },
    /// A person without a number.
    #[error("{field}[{index}].id: it is empty")]
    EmptyPerson {
        /// `officers` or `auxiliaries`.
        field: &'static str,
        /// Position, from 0.
        index: usize,
    },
    /// The same person twice.
    #[error("{field}[{index}].id: `{id}` is named twice")]
    PersonTwice {
        /// `officers` or `auxiliaries`.
        field: &'static str,
        /// Position of the second, from 0.
        index: usize,
        /// The number.
        id: String,
    },
    /// A text that is too long.
    #[error("{field}: it has {length} characters; at most {most} are possible")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Characters.
        length: usize,
        /// The most possible.
        most: usize,
    },
    /// A list that is too long.
    #[error("{field}: it has {length} entries; at most {MAX_LIST} are possible")]
    TooMany {
        /// The field.
        field: &'static str,
        /// Entries.
        length: usize,
    },
    /// A control, direction or zero-width mark, which could hide or forge what is read.
    #[error("{field}: it holds a mark that is not seen (a control, direction or zero-width character)")]
    Control {
        /// The field.
        field: &'static str,
    },
}

impl TaskProblem {
    /// The field that it is about, as named in the task object.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoId => "id",
            Self::Nothing | Self::UnknownItem { .. } => "items",
            Self::BothEffects => "circumstances",
            Self::UntilBeforeAt | Self::UntilWithoutAt => "until",
            Self::InFuture { field }
            | Self::EmptyPerson { field, .. }
            | Self::PersonTwice { field, .. }
            | Self::TooLong { field, .. }
            | Self::TooMany { field, .. }
            | Self::Control { field } => field,
        }
    }
}

impl Task {
    /// Checks what the types alone can't: required fields, known codes, an order in time, lengths.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn validate(&self, activity: impl Fn(&str) -> Option<ActivityId>) -> Result<(), Vec<TaskProblem>> {
        let mut problems = Vec::new();
        if self.id.trim().is_empty() {
            problems.push(TaskProblem::NoId);
        }
        self.check_times(&mut problems);
        self.check_texts(&mut problems);
        if self.items.is_empty() && self.text.as_deref().is_none_or(|text| text.trim().is_empty()) {
            problems.push(TaskProblem::Nothing);
        }
        problems.extend(
            self.items
                .iter()
                .filter(|code| activity(code).is_none())
                .map(|code| TaskProblem::UnknownItem { code: code.clone() }),
        );
        let officers = self.officers.iter().flatten().map(|officer| officer.id.0.as_str());
        check_people("officers", officers, &mut problems);
        check_people("auxiliaries", self.auxiliaries.iter().map(|person| person.id.0.as_str()), &mut problems);
        for (field, length) in [("items", self.items.len()), ("circumstances", self.circumstances.len())] {
            if length > MAX_LIST {
                problems.push(TaskProblem::TooMany { field, length });
            }
        }
        let has = |c| self.circumstances.contains(&c);
        if has(Circumstance::SubstantiveEffect) && has(Circumstance::NoSubstantiveEffect) {
            problems.push(TaskProblem::BothEffects);
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Checks that the task can have been done by `now`, give or take [`CLOCK_TOLERANCE_MS`]; not
    /// asked of plans.
    ///
    /// # Errors
    /// Each time that lies later.
    pub fn validate_done(&self, now: Moment) -> Result<(), Vec<TaskProblem>> {
        let latest = now.millis().saturating_add(CLOCK_TOLERANCE_MS);
        let later = |moment: Option<Moment>| moment.is_some_and(|moment| moment.millis() > latest);
        let times = [("at", later(self.at)), ("until", later(self.until))];
        let problems: Vec<_> =
            times.into_iter().filter(|(_, later)| *later).map(|(field, _)| TaskProblem::InFuture { field }).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn check_times(&self, problems: &mut Vec<TaskProblem>) {
        match (self.at, self.until) {
            (Some(at), Some(until)) if until.0 < at.0 => problems.push(TaskProblem::UntilBeforeAt),
            (None, Some(_)) => problems.push(TaskProblem::UntilWithoutAt),
            _ => {}
        }
    }

    fn check_texts(&self, problems: &mut Vec<TaskProblem>) {
        let stated = self.texts().map(|(field, text)| (field.name(), field.shape(), text));
        for (field, shape, text) in std::iter::once(("id", Shape::Line, self.id.as_str())).chain(stated) {
            let most = shape.longest().unwrap_or(MAX_FIELD);
            let length = if shape == Shape::Agency { text.len() } else { text.chars().count() };
            if length > most {
                problems.push(TaskProblem::TooLong { field, length, most });
            }
            // A description may have several lines.
            if text.chars().any(|c| is_hidden(c) && !(shape == Shape::Text && matches!(c, '\n' | '\r' | '\t'))) {
                problems.push(TaskProblem::Control { field });
            }
        }
    }
}

fn check_people<'a>(field: &'static str, ids: impl Iterator<Item = &'a str>, problems: &mut Vec<TaskProblem>) {
    let mut seen = BTreeSet::new();
    let mut length = 0;
    for (index, id) in ids.enumerate() {
        length += 1;
        if id.trim().is_empty() {
            problems.push(TaskProblem::EmptyPerson { field, index });
        } else if !seen.insert(id) {
            problems.push(TaskProblem::PersonTwice { field, index, id: id.to_owned() });
        }
        let characters = id.chars().count();
        if characters > MAX_FIELD {
            problems.push(TaskProblem::TooLong { field, length: characters, most: MAX_FIELD });
        }
        if id.contains(is_hidden) {
            problems.push(TaskProblem::Control { field });
        }
    }
    if length > MAX_LIST {
        problems.push(TaskProblem::TooMany { field, length });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StatedAuxiliary, StatedOfficer};

    fn task() -> Task {
        Task { id: "t-1".into(), items: vec!["16.2:inspection".into()], ..Task::default() }
    }

    fn moment(text: &str) -> Moment {
        Moment(chrono::DateTime::parse_from_rfc3339(text).expect("a moment"))
    }

    fn problems(task: &Task) -> Vec<TaskProblem> {
        task.validate(|code| (code == "16.2:inspection").then_some(ActivityId(1))).err().unwrap_or_default()
    }

    #[test]
    fn a_plain_task_and_a_plain_text_are_fine() {
        assert_eq!(problems(&task()), []);
        assert_eq!(problems(&Task { items: vec![], text: Some("协助\n清点".into()), ..task() }), []);
    }

    #[test]
    fn what_lies_ahead_cannot_have_been_done() {
        let now = moment("2026-11-23T10:00:00+08:00");
        let at = |text: &str| Task { at: Some(moment(text)), ..task() };
        let ahead = |field| Err(vec![TaskProblem::InFuture { field }]);
        assert_eq!(at("2026-11-23T10:05:00+08:00").validate_done(now), Ok(()), "clocks differ by minutes");
        assert_eq!(at("2026-11-23T10:05:01+08:00").validate_done(now), ahead("at"));
        let ends = Task { until: Some(moment("2026-11-23T12:00:00+08:00")), ..at("2026-11-23T09:00:00+08:00") };
        assert_eq!(ends.validate_done(now), ahead("until"));
        assert_eq!(task().validate_done(now), Ok(()), "undated: now");
    }

    #[test]
    fn each_mistake_names_its_field() {
        let aux = |id: &str| StatedAuxiliary { id: id.into(), ..StatedAuxiliary::default() };
        let cases = [
            ("id", Task { id: " ".into(), ..task() }),
            ("items", Task { items: vec![], ..task() }),
            ("items", Task { items: vec!["16.9".into()], ..task() }),
            (
                "until",
                Task {
                    at: Some(moment("2026-11-23T10:00:00+08:00")),
                    until: Some(moment("2026-11-23T01:59:59+00:00")),
                    ..task()
                },
            ),
            ("until", Task { until: Some(moment("2026-11-23T10:00:00+08:00")), ..task() }),
            ("text", Task { text: Some("长".repeat(MAX_TEXT + 1)), ..task() }),
            ("place", Task { place: Some("a\u{1b}[2J".into()), ..task() }),
            ("place", Task { place: Some("a\u{9b}2J".into()), ..task() }),
            ("text", Task { text: Some("清点\u{202e}罚处独单".into()), ..task() }),
            ("counterpart", Task { counterpart: Some("某\u{200b}店".into()), ..task() }),
            ("auxiliaries", Task { auxiliaries: vec![aux("X1\u{200b}")], ..task() }),
            ("auxiliaries", Task { auxiliaries: vec![aux("X1"), aux("X1")], ..task() }),
            ("auxiliaries", Task { auxiliaries: vec![aux("")], ..task() }),
            ("officers", Task { officers: Some(vec![StatedOfficer::default()]), ..task() }),
            (
                "circumstances",
                Task {
                    circumstances: vec![Circumstance::SubstantiveEffect, Circumstance::NoSubstantiveEffect],
                    ..task()
                },
            ),
        ];
        for (field, task) in cases {
            let found = problems(&task);
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert_eq!(found[0].field(), field);
            assert!(found[0].to_string().contains(field), "{}", found[0]);
        }
    }
}
