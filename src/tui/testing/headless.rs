//! The whole program without a terminal, for tests: keys in, text out, a real ledger in a
//! temporary directory.
//!
//! ```text
//! let mut app = Headless::new(80, 24);
//! app.unlock();
//! app.keys("<F3>").type_text("现场核查").keys("<Ctrl-S>");
//! app.wait_for("已保存");
//! ```

use std::io;
use std::sync::Arc;
use std::time::Duration;

use auxlog_record::{Clock, Moment, OfficerId, Roster};
use auxlog_store::{InitOptions, Ledger, OpenOptions};
use crossterm::event::{Event, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::app::{App, Surface};
use crate::effects::Host;
use crate::model::Model;
use crate::testing::dry_run::{Look, parse_keys, shown, still};

/// A test that waits longer than this has failed.
const DEADLINE: Duration = Duration::from_secs(20);

/// The passphrase of every test ledger.
pub(crate) const PASSPHRASE: &str = "海安-correct-horse";

/// A clock that stands still: 2026-11-23 09:30 in China.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> Moment {
        still()
    }
}

/// A surface that keeps the last frame.
#[derive(Debug)]
struct Paper {
    buffer: Buffer,
    caret: Option<Position>,
}

impl Surface for Paper {
    fn size(&self) -> io::Result<Size> {
        Ok(self.buffer.area.as_size())
    }

    fn show(&mut self, draw: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        self.buffer.reset();
        self.caret = draw(&mut self.buffer);
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The whole program.
pub(crate) struct Headless {
    // Dropped in this order: the runtime waits for the ledger's worker, which ends with the app.
    app: App,
    paper: Paper,
    runtime: tokio::runtime::Runtime,
    /// The data directory; kept until the test ends.
    pub(crate) dir: tempfile::TempDir,
}

impl Headless {
    /// A stand-alone laptop of officer O1 in Chinese.
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        Self::with(&Look { size: (columns, rows), ..Look::default() }, &Roster::default())
    }

    /// The same, set up otherwise.
    pub(crate) fn with(look: &Look, roster: &Roster) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let who = InitOptions {
            officer: OfficerId::from("O1"),
            officer_name: "王建国".into(),
            agency: "A01".into(),
            agency_name: "海安市城市管理局".into(),
            certificate: None,
        };
        let ledger = Ledger::init(&dir.path().join("data"), &who, PASSPHRASE, options()).unwrap();
        if !roster.auxiliaries.is_empty() {
            ledger.import_roster(roster.clone(), "test").unwrap();
        }
        ledger.close();
        Self::on(dir, look)
    }

    /// The program on a data directory (`data` within `dir`) that is there already.
    pub(crate) fn on(dir: tempfile::TempDir, look: &Look) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let host = Host { dir: dir.path().join("data"), options: options(), exporter: None };
        let (width, height) = look.size;
        let app = {
            let _inside = runtime.enter();
            App::new(look.settings(), host, Arc::new(StillClock), Size { width, height })
        };
        let paper = Paper { buffer: Buffer::empty(Rect::new(0, 0, width, height)), caret: None };
        let mut headless = Self { app, paper, runtime, dir };
        headless.draw();
        headless
    }

    /// Unlocks as O1.
    pub(crate) fn unlock(&mut self) -> &mut Self {
        self.wait_for("O1").type_text(PASSPHRASE).keys("<Enter>");
        self.wait_until("unlocked", |model| !model.is_locked());
        self
    }

    /// Presses keys: names in angle brackets, characters as themselves (`<F3>张<Enter>`).
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse_keys(keys) {
            self.app.event(Event::Key(KeyEvent::new(key.code, key.modifiers)));
        }
        self.draw();
        self
    }

    /// Types text, as an input method commits it.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        self.app.event(Event::Paste(text.to_owned()));
        self.draw();
        self
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        if let Event::Resize(width, height) = event {
            self.paper.buffer.resize(Rect::new(0, 0, width, height));
        }
        self.app.event(event);
        self.draw();
        self
    }

    /// Waits until the screen shows `text`.
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        self.wait(&format!("{text:?} on the screen"), |headless| headless.text().contains(text))
    }

    /// Waits until the screen no longer shows `text`.
    pub(crate) fn wait_for_no(&mut self, text: &str) -> &mut Self {
        self.wait(&format!("{text:?} gone from the screen"), |headless| !headless.text().contains(text))
    }

    /// Waits until the state is as `condition` says.
    pub(crate) fn wait_until(&mut self, what: &str, condition: impl Fn(&Model) -> bool) -> &mut Self {
        self.wait(what, |headless| condition(headless.app.model()))
    }

    fn wait(&mut self, what: &str, condition: impl Fn(&Self) -> bool) -> &mut Self {
        while !condition(self) {
            let next = self.runtime.block_on(async { tokio::time::timeout(DEADLINE, self.app.next_message()).await });
            assert!(next == Ok(true), "waited in vain for {what}:\n{}", self.text());
            self.draw();
        }
        self
    }

    /// Ends the program as its loop does; the data directory stays.
    pub(crate) fn quit(self) -> tempfile::TempDir {
        let settled = self.runtime.block_on(self.app.settle());
        assert!(settled, "what was to be stored is not");
        self.dir
    }

    fn draw(&mut self) {
        self.app.draw(&mut self.paper).unwrap();
    }

    /// What the screen shows, a line of text for each row, without blanks at the ends.
    pub(crate) fn text(&self) -> String {
        shown(&self.paper.buffer)
    }

    pub(crate) fn caret(&self) -> Option<Position> {
        self.paper.caret
    }

    pub(crate) fn model(&self) -> &Model {
        self.app.model()
    }
}

/// How every test opens its ledger.
pub(crate) fn options() -> OpenOptions {
    OpenOptions { clock: Arc::new(StillClock), cheap_keys: true, ..OpenOptions::default() }
}
