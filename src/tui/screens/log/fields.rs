//! The fields of the log form, their order, and the text editors behind the typed ones.

use std::collections::BTreeMap;

use auxlog_law::{Arranged, Mode, Presence};
use auxlog_record::{Shape, TaskField};

use super::content::Content;
use crate::command::Command;
use crate::event::Input;
use crate::widgets::{Field, Note};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    #[default]
    Auxiliaries,
    /// What was done, as the regulation names it.
    Duties,
    /// Independent or assisted.
    Mode,
    /// Where the supervising officer was.
    Presence,
    Officers,
    Typed(TaskField),
    /// Whether it was arranged this way.
    Arranged,
    Circumstances,
    /// Photos and documents.
    Attachments,
}

impl Place {
    /// The task's field that it states.
    pub(super) fn field(self) -> Option<TaskField> {
        Some(match self {
            Self::Auxiliaries => TaskField::Auxiliaries,
            Self::Duties => TaskField::Items,
            Self::Mode => TaskField::Mode,
            Self::Presence => TaskField::Presence,
            Self::Officers => TaskField::Officers,
            Self::Arranged => TaskField::Arranged,
            Self::Circumstances => TaskField::Circumstances,
            Self::Typed(field) => field,
            Self::Attachments => return None,
        })
    }
}

/// Where a form begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum First {
    /// With what the verdict depends on.
    #[default]
    Fields,
    /// With the description, which proposes the rest.
    Text,
}

impl First {
    /// The field that a form opens on.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Fields => Place::Auxiliaries,
            Self::Text => Place::Typed(TaskField::Text),
        }
    }
}

/// The fields of `content` in the order in which Tab goes through them: what the verdict depends
/// on first, then the description (or the other way round), then what a later reader needs.
pub(super) fn order(content: &Content, first: First) -> Vec<Place> {
    let mut order = vec![Place::Auxiliaries, Place::Duties];
    if first == First::Text {
        order.insert(0, Place::Typed(TaskField::Text));
    }
    if content.needs_legal_basis() {
        order.push(Place::Typed(TaskField::LegalBasis));
    }
    order.extend([Place::Mode, Place::Presence, Place::Officers]);
    if first == First::Fields {
        order.push(Place::Typed(TaskField::Text));
    }
    let rest = [TaskField::At, TaskField::Until, TaskField::Place, TaskField::Counterpart, TaskField::CaseNumber];
    order.extend(rest.map(Place::Typed));
    order.extend([Place::Arranged, Place::Circumstances, Place::Attachments]);
    order
}

/// How an auxiliary may have worked, in the order in which the form offers it.
pub(super) const MODES: [Mode; 2] = [Mode::Assisted, Mode::Independent];
/// Where the officer may have been.
pub(super) const PRESENCES: [Presence; 3] = [Presence::OnScene, Presence::Remote, Presence::None];
/// Whether it was arranged.
pub(super) const ARRANGEMENTS: [Arranged; 2] = [Arranged::Yes, Arranged::No];

/// The editors behind the typed fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Editors {
    pub(super) note: Note,
    lines: BTreeMap<TaskField, Field>,
}

impl Editors {
    /// Editors that hold what `content` has.
    pub(super) fn of(content: &Content) -> Self {
        let mut editors = Self::default();
        for &typed in TaskField::ALL {
            match typed.shape() {
                Shape::Text => editors.note.set(content.typed(typed)),
                Shape::Line | Shape::Moment => editors.lines.entry(typed).or_default().set(content.typed(typed)),
                _ => {}
            }
        }
        editors
    }

    /// The editor of a field of one line; `None` for the description.
    pub(super) fn line(&self, typed: TaskField) -> Option<&Field> {
        self.lines.get(&typed)
    }

    /// The same, to change it.
    pub(super) fn line_mut(&mut self, typed: TaskField) -> Option<&mut Field> {
        self.lines.get_mut(&typed)
    }

    /// Offers a key or text to the editor of `typed`; whether it was taken.
    pub(super) fn input(&mut self, typed: TaskField, input: &Input) -> bool {
        match self.line_mut(typed) {
            Some(field) => field.input(input),
            None => self.note.input(input),
        }
    }

    /// Runs a text command on the editor of `typed`; whether it was one.
    pub(super) fn run(&mut self, typed: TaskField, command: Command) -> bool {
        match self.line_mut(typed) {
            Some(field) => field.run(command),
            None => self.note.run(command),
        }
    }

    /// What stands in the editor of `typed`.
    pub(super) fn text(&self, typed: TaskField) -> &str {
        self.line(typed).map_or_else(|| self.note.text(), Field::text)
    }
}
