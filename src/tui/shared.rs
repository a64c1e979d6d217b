//! What every screen may read, and what a screen may ask for in return.

use std::path::PathBuf;
use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_record::{Moment, Roster};
use auxlog_registers::Entries;
use auxlog_store::{Counts, Enrolment, Identity, People};
use ratatui::layout::Size;

use crate::command::Command;
use crate::effect::{Ask, Effect, Ticket, Tickets};
use crate::glyph::Glyphs;
use crate::keymap::Keymap;
use crate::screen::Target;
use crate::theme::Theme;
use crate::words::Words;

/// Who is working, once unlocked.
#[derive(Debug, Clone)]
pub struct Session {
    /// The officer and their agency.
    pub identity: Identity,
    /// Everybody who may be named in a task.
    pub roster: Arc<Roster>,
    /// What the registers say of the people on it.
    pub entries: Arc<Entries>,
    /// The same people, indexed for search; once they were asked for ([`Ask::PeopleIndex`]).
    pub people: Option<Arc<People>>,
    /// Where this laptop is enrolled; `None` on one that stands alone.
    pub enrolment: Option<Enrolment>,
}

/// How weighty a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// A hint.
    Hint,
    /// Something failed.
    Failed,
}

/// A line shown in the status bar until the next key; it never takes the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusLine {
    /// How weighty.
    pub tone: Tone,
    /// What to say.
    pub text: String,
}

/// What every screen may read.
#[derive(Debug)]
pub struct Shared {
    /// The messages.
    pub words: Words,
    /// The colours.
    pub theme: Theme,
    /// The marks.
    pub glyphs: Glyphs,
    /// The keymap in force.
    pub keymap: Keymap,
    /// The time of the message being handled; `update` reads no clock.
    pub now: Moment,
    /// The terminal's size.
    pub size: Size,
    /// Who is working; `None` while locked.
    pub session: Option<Session>,
    /// The three counts that are told apart (本机已存 · 服务器已收 · 待处理).
    pub counts: Counts,
    /// What the unlock screen says besides: the passphrase of a demonstration's throw-away data.
    pub hint: Option<String>,
    /// Where the tickets of questions come from.
    pub tickets: Tickets,
    /// Where files go unless another directory is named; `None` where none can be written.
    pub exports_to: Option<PathBuf>,
}

impl Shared {
    /// The language of the screen.
    pub fn lang(&self) -> Lang {
        self.words.lang()
    }

    /// The roster; empty while locked.
    pub fn roster(&self) -> Arc<Roster> {
        self.session.as_ref().map_or_else(Arc::default, |session| Arc::clone(&session.roster))
    }

    /// The search index over the roster; `None` until it was made for this version of it.
    pub fn people(&self) -> Option<Arc<People>> {
        let session = self.session.as_ref()?;
        session.people.clone().filter(|people| people.are_of(&session.roster))
    }
}

/// Something a screen wants the engine to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Run an effect.
    Effect(Effect),
    /// Show another screen.
    Go(Target),
    /// Show a notice.
    Notify(StatusLine),
    /// Ask yes or no; no is the default.
    Confirm {
        /// The question.
        question: String,
        /// What yes does.
        yes: Vec<Act>,
    },
    /// Run a command, as if its key had been pressed.
    Run(Command),
    /// Close the layer in front.
    Close,
}

/// What a screen works with while it handles something: what it may read, and what it asks for.
#[derive(Debug)]
pub struct Cx<'a> {
    /// What every screen may read.
    pub shared: &'a Shared,
    acts: Vec<Act>,
    /// The question whose answer is being handled.
    ticket: Option<Ticket>,
}

impl<'a> Cx<'a> {
    /// Nothing asked for yet.
    pub fn new(shared: &'a Shared) -> Self {
        Self::about(shared, None)
    }

    /// The same, while the answer to a question is handled.
    pub fn about(shared: &'a Shared, ticket: Option<Ticket>) -> Self {
        Self { shared, acts: Vec::new(), ticket }
    }

    /// Whether what is being handled is the answer to this question.
    pub fn answers(&self, question: Ticket) -> bool {
        self.ticket == Some(question)
    }

    /// The messages.
    pub fn words(&self) -> &'a Words {
        &self.shared.words
    }

    /// Asks the ledger something; the answer comes back to every screen, and bears the ticket.
    pub fn ask(&mut self, ask: Ask) -> Ticket {
        let ticket = self.shared.tickets.take();
        self.effect(Effect::Ask(ticket, ask));
        ticket
    }

    /// Runs an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.acts.push(Act::Effect(effect));
    }

    /// Shows another screen.
    pub fn go(&mut self, target: Target) {
        self.acts.push(Act::Go(target));
    }

    /// Says that something was done.
    pub fn done(&mut self, text: impl Into<String>) {
        self.notify(Tone::Done, text);
    }

    /// Shows a notice.
    pub fn notify(&mut self, tone: Tone, text: impl Into<String>) {
        self.acts.push(Act::Notify(StatusLine { tone, text: text.into() }));
    }

    /// Asks yes or no; `yes` says what yes does.
    pub fn confirm(&mut self, question: impl Into<String>, yes: impl FnOnce(&mut Cx)) {
        let mut then = Cx::new(self.shared);
        yes(&mut then);
        self.acts.push(Act::Confirm { question: question.into(), yes: then.acts });
    }

    /// Runs a command, as if its key had been pressed.
    pub fn run(&mut self, command: Command) {
        self.acts.push(Act::Run(command));
    }

    /// Closes the layer in front.
    pub fn close(&mut self) {
        self.acts.push(Act::Close);
    }

    /// Does several things.
    pub fn extend(&mut self, acts: impl IntoIterator<Item = Act>) {
        self.acts.extend(acts);
    }

    /// What was asked for.
    pub fn into_acts(self) -> Vec<Act> {
        self.acts
    }
}
