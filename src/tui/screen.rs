//! What a screen is.

use auxlog_record::{AuxiliaryId, RecordId};
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::Answer;
use crate::event::Input;
use crate::remembered::Remembered;
use crate::shared::{Cx, Shared};

/// What a screen is to show when it is gone to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// What it showed when it was left.
    AsLeft,
    /// The log form, filled with this task.
    LogLike(Box<auxlog_record::Task>),
    /// The log form, filled with this plan and under its reference.
    CarryOut(Box<auxlog_record::Task>),
    /// The log form, to plan a task.
    NewPlan,
    /// The log form, to correct a task.
    Correct {
        /// The task.
        target: RecordId,
        /// The newest records about it that the officer has seen.
        based_on: Vec<auxlog_record::Hash>,
        /// As it is now.
        task: Box<auxlog_record::Task>,
    },
    /// A task in the list.
    Task(RecordId),
    /// A flag in the review queue.
    Flag(RecordId),
    /// An auxiliary.
    Auxiliary(AuxiliaryId),
    /// The registers.
    Registers,
    /// What falls due in them.
    Due,
    /// A provision, by its code: `16.2`, `17.2`.
    Provision(String),
}

/// A screen: its state, how it changes and how it looks. Nothing here does I/O.
pub trait Screen: std::fmt::Debug {
    /// Whose keys work here, innermost first; [`Scope::Text`] is put before them while
    /// [`Screen::editing`], [`Scope::Global`] behind them always.
    fn scopes(&self) -> &'static [Scope];

    /// Whether typed characters are text now. Then [`Screen::input`] is offered keys first.
    fn editing(&self) -> bool {
        false
    }

    /// Offered a key or text while [`Screen::editing`]; whether it was taken. What isn't taken
    /// goes to the keymap.
    fn input(&mut self, _input: &Input, _cx: &mut Cx) -> bool {
        false
    }

    /// Runs a command of its scopes (or [`Command::Back`], to close something of its own);
    /// whether it was taken.
    fn run(&mut self, command: Command, cx: &mut Cx) -> bool;

    /// Whether a command of its scopes can be run now; keys of others do nothing and the bar
    /// doesn't show them.
    fn enabled(&self, _command: Command, _shared: &Shared) -> bool {
        true
    }

    /// A place that [`Screen::view`] marked was clicked; `double` when it already was the
    /// selected one is the screen's own matter.
    fn click(&mut self, _hit: Hit, _cx: &mut Cx) {}

    /// Whether `target` is shown here.
    fn shows(&self, _target: &Target) -> bool {
        false
    }

    /// How much waits here, to stand beside its name.
    fn waiting(&self, _shared: &Shared) -> u64 {
        0
    }

    /// It is about to be shown: ask for what it needs.
    fn enter(&mut self, _target: &Target, _cx: &mut Cx) {}

    /// Remembers what of it should be there again after the next start: where it stood, what was
    /// searched. What was being typed is a draft's.
    fn remember(&self, _remembered: &mut Remembered) {}

    /// Takes up what [`Screen::remember`] remembered; it is not shown yet.
    fn restore(&mut self, _remembered: &Remembered, _cx: &mut Cx) {}

    /// The screen is about to be locked and forgotten: save what is not saved yet.
    fn leave(&mut self, _cx: &mut Cx) {}

    /// An effect's answer, offered to every screen.
    fn answer(&mut self, _answer: &Answer, _cx: &mut Cx) {}

    /// Draws it.
    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect);
}
