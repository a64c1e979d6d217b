//! The loop: messages, events, signals; one after another, and a frame when something changed.

use auxlog_record::Clock;
use std::io;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::canvas::{Canvas, Hit};
use crate::command::Command;
use crate::effect::Effect;
use crate::effects::{Host, Runner};
use crate::event::{Input, normalise};
use crate::model::{Model, Settings};
use crate::msg::Msg;
use crate::shared::StatusLine;
use crate::signals::{Signal, Signals};
use crate::update::update;
use crate::view::view;

/// How long the end of the program waits for what must be stored.
const PATIENCE: Duration = Duration::from_secs(3);

/// The terminal's events, in order.
pub type Events = mpsc::UnboundedReceiver<io::Result<Event>>;

/// Where frames go: a terminal, or a buffer in tests.
pub trait Surface {
    /// Its size.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn size(&self) -> io::Result<Size>;

    /// Shows what `draw` draws; the caret goes where it says.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn show(&mut self, draw: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> io::Result<()>;

    /// Gives the terminal back, stops the process, and takes the terminal again when continued.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn suspend(&mut self) -> io::Result<()>;

    /// Forgets what it believes to be shown: the next frame is drawn whole.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn refresh(&mut self) -> io::Result<()>;
}

/// The model with what runs its effects.
#[derive(Debug)]
pub struct App {
    model: Model,
    clock: Arc<dyn Clock>,
    runner: Runner,
    sender: mpsc::UnboundedSender<Msg>,
    messages: mpsc::UnboundedReceiver<Msg>,
    hits: Vec<(Rect, Hit)>,
    dirty: bool,
    suspending: bool,
    refreshing: bool,
    at_lock: AtLock,
}

/// What the lock does to the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtLock {
    /// It goes on with the unlock screen.
    Stays,
    /// It ends.
    Ends,
    /// It ended.
    Ended,
}

impl App {
    /// The program at its start, before anything is opened.
    pub fn new(settings: Settings, host: Host, clock: Arc<dyn Clock>, size: Size) -> Self {
        let (sender, messages) = mpsc::unbounded_channel();
        let _ = sender.send(Msg::Start);
        let runner = Runner::new(tokio::runtime::Handle::current(), host, sender.clone());
        let model = Model::new(settings, clock.now(), size);
        let hits = Vec::new();
        Self {
            model,
            clock,
            runner,
            sender,
            messages,
            hits,
            dirty: true,
            suspending: false,
            refreshing: false,
            at_lock: AtLock::Stays,
        }
    }

    /// The state.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Where others may send messages to.
    pub fn sender(&self) -> mpsc::UnboundedSender<Msg> {
        self.sender.clone()
    }

    /// Shows a notice, if there is one.
    pub fn notify(&mut self, notice: Option<StatusLine>) {
        self.model.notice = notice;
    }

    /// Gives the unlock screen something to say besides.
    pub fn hint(&mut self, hint: Option<String>) {
        self.model.shared.hint = hint;
    }

    /// Whether the lock ends [`Self::run`].
    pub fn ends_at_lock(&mut self, ends: bool) {
        self.at_lock = if ends { AtLock::Ends } else { AtLock::Stays };
    }

    /// Whether it was the lock that ended [`Self::run`].
    pub fn has_locked(&self) -> bool {
        self.at_lock == AtLock::Ended
    }

    /// Says in which directory files go unless another is named; `None` where none can be written.
    pub fn exports_to(&mut self, dir: Option<std::path::PathBuf>) {
        self.model.shared.exports_to = dir;
    }

    /// Runs until the officer quits, `events` end or a signal says so. However it ends, what is
    /// being typed is kept and what must be stored is.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn run(
        &mut self,
        surface: &mut impl Surface,
        events: &mut Events,
        signals: &mut Signals,
    ) -> io::Result<()> {
        let outcome = self.serve(surface, events, signals).await;
        if !self.model.quitting {
            self.handle(Msg::Run(Command::Quit));
        }
        self.settle().await;
        outcome
    }

    async fn serve(
        &mut self,
        surface: &mut impl Surface,
        events: &mut Events,
        signals: &mut Signals,
    ) -> io::Result<()> {
        while !self.model.quitting {
            tokio::select! {
                // Answers first: what is shown should be what is known.
                biased;
                Some(msg) = self.messages.recv() => self.handle(msg),
                event = events.recv() => match event {
                    Some(event) => self.event(event?),
                    None => break,
                },
                signal = signals.next() => match signal {
                    Signal::End => break,
                    Signal::Suspend => self.suspending = true,
                },
            }
            self.drain(events)?;
            if std::mem::take(&mut self.suspending) {
                surface.suspend()?;
                self.resize(surface.size()?);
            }
            if std::mem::take(&mut self.refreshing) {
                surface.refresh()?;
            }
            if self.at_lock == AtLock::Ended {
                self.blank(surface)?;
            } else if self.dirty {
                self.draw(surface)?;
            }
        }
        Ok(())
    }

    /// Waits, not for ever, until what must be stored is, and closes the ledger; whether it is.
    pub async fn settle(&self) -> bool {
        self.runner.settle(PATIENCE).await
    }

    /// Handles everything that is already there, so that one frame shows it all: a burst of keys
    /// is how some terminals paste.
    fn drain(&mut self, events: &mut Events) -> io::Result<()> {
        loop {
            if let Ok(msg) = self.messages.try_recv() {
                self.handle(msg);
            } else if let Ok(event) = events.try_recv() {
                self.event(event?);
            } else {
                return Ok(());
            }
        }
    }

    /// Waits for the next message and handles it; `false` when there will be none.
    pub async fn next_message(&mut self) -> bool {
        match self.messages.recv().await {
            Some(msg) => {
                self.handle(msg);
                true
            }
            None => false,
        }
    }

    /// Handles an event of the terminal.
    pub fn event(&mut self, event: Event) {
        match normalise(event) {
            Some(Input::Click(at)) => {
                if let Some((_, hit)) = self.hits.iter().rev().find(|(area, _)| area.contains(at)) {
                    self.handle(Msg::Hit(*hit));
                }
            }
            Some(Input::Wheel(_, lines)) => self.handle(Msg::Wheel(lines)),
            Some(input) => self.handle(Msg::Input(input)),
            None => {}
        }
    }

    fn resize(&mut self, size: Size) {
        self.handle(Msg::Input(Input::Resize(size)));
    }

    fn handle(&mut self, msg: Msg) {
        if self.at_lock == AtLock::Ended {
            return;
        }
        self.dirty = true;
        // Two changes of size in a row may end where they began, and the terminal has lost its cells.
        self.refreshing |= matches!(msg, Msg::Probed { .. } | Msg::Input(Input::Resize(_)));
        self.model.shared.now = self.clock.now();
        for effect in update(&mut self.model, msg) {
            match effect {
                Effect::Suspend => self.suspending = true,
                Effect::Quit => self.model.quitting = true,
                Effect::Lock if self.at_lock == AtLock::Ends => {
                    // What ends closes the ledger, after everything that must be stored.
                    self.at_lock = AtLock::Ended;
                    self.model.quitting = true;
                }
                effect => self.runner.run(effect),
            }
        }
    }

    /// Takes off the screen what it shows. The unlock screen is for the process to show that reads what
    /// is typed there.
    fn blank(&self, surface: &mut impl Surface) -> io::Result<()> {
        let shared = &self.model.shared;
        surface.show(&mut |buffer| {
            let _blank = Canvas::new(buffer, shared.theme, shared.glyphs);
            None
        })
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, surface: &mut impl Surface) -> io::Result<()> {
        let (model, hits) = (&self.model, &mut self.hits);
        surface.show(&mut |buffer| {
            let mut canvas = Canvas::new(buffer, model.shared.theme, model.shared.glyphs);
            view(model, &mut canvas);
            let (caret, marked) = canvas.finish();
            *hits = marked;
            caret
        })?;
        self.dirty = false;
        Ok(())
    }
}
