//! A popup that asks for a reason.

use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::command::Command;
use crate::event::Input;
use crate::theme::Meaning;
use crate::widgets::Note;

/// A reason being written.
#[derive(Debug, Clone)]
pub struct Prompt {
    title: String,
    hint: String,
    note: Note,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Still being written.
    Open,
    /// Nothing was written yet.
    Empty,
    /// This was written.
    Given(String),
    /// It was left.
    Cancelled,
}

impl Prompt {
    /// Asks under `title`; `hint` stands in the empty field.
    pub fn new(title: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { title: title.into(), hint: hint.into(), note: Note::new() }
    }

    /// The same with `text` in the field already.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.note.set(text);
        self
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        self.note.input(input)
    }

    /// Runs a command: Enter gives what was written, Esc leaves.
    pub fn run(&mut self, command: Command) -> Asked {
        match command {
            Command::Back => Asked::Cancelled,
            Command::FormActivate if self.note.text().trim().is_empty() => Asked::Empty,
            Command::FormActivate => Asked::Given(self.note.text().trim().to_owned()),
            command => {
                self.note.run(command);
                Asked::Open
            }
        }
    }

    /// Draws it as a popup; it owns the caret. `keys` says how to go on.
    pub fn view(&self, canvas: &mut Canvas, area: Rect, keys: &str) {
        let inner = canvas.popup(area, &self.title);
        let note = Rect { height: inner.height.saturating_sub(1), ..inner };
        let foot = Rect { y: note.bottom(), height: 1, ..inner };
        canvas.text(foot.x, foot.y, keys, foot.width, Meaning::Dim);
        self.note.view(canvas, note, true, &self.hint);
    }
}
