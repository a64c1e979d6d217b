//! Messages: everything that makes the model change.

use crate::canvas::Hit;
use crate::command::Command;
use crate::effect::{Answer, Ticket};
use crate::event::Input;

/// A message.
#[derive(Debug)]
pub enum Msg {
    /// The program started: find out who may unlock.
    Start,
    /// The terminal was asked how it draws ambiguous characters; the question stands on the screen.
    Probed {
        /// In two columns: only the marks that are one column everywhere may be used.
        wide: bool,
    },
    /// The officer pressed, pasted or resized.
    Input(Input),
    /// They clicked on something that a view marked.
    Hit(Hit),
    /// They turned the wheel, by so many lines.
    Wheel(i16),
    /// A command to run.
    Run(Command),
    /// What came of an effect, to which question.
    Answer(Option<Ticket>, Box<Answer>),
}
