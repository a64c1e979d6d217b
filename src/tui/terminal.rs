//! The terminal: its modes taken and given back, frames written whole.

use std::io::{self, Stdout, Write, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::app::Surface;
use crate::signals;

/// Whether the terminal's modes are ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

fn take(mouse: bool) -> io::Result<()> {
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse {
        execute!(stdout(), EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back as it was. Does nothing when it is not ours; safe to call from
/// anywhere and any number of times, and goes on when a step fails.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout();
    // A frame that a panic interrupted must not leave the terminal waiting for its end.
    let _ = execute!(out, EndSynchronizedUpdate, DisableMouseCapture, DisableBracketedPaste);
    let _ = execute!(out, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// Makes a panic of this thread give the terminal back before it says what happened. A panic of
/// another thread stays there: it goes to the log, and the screens go on.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    let screen = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if TAKEN.load(Ordering::SeqCst) && std::thread::current().id() != screen {
            tracing::error!("{panic}");
            return;
        }
        restore();
        before(panic);
    }));
}

/// Collects a frame, so that it reaches the terminal in one write: the caret never wanders, an
/// input method's window stays where it is, nothing flickers.
#[derive(Debug)]
struct Whole {
    frame: Vec<u8>,
    /// Set when the frame is complete: only then flushing sends it.
    complete: Arc<AtomicBool>,
    out: Stdout,
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.complete.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        self.out.write_all(&self.frame)?;
        self.frame.clear();
        self.out.flush()
    }
}

/// The terminal while it is ours; gives it back when dropped.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Whole>>,
    complete: Arc<AtomicBool>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When standard output is no terminal, or it is gone.
    pub fn take(mouse: bool) -> io::Result<Self> {
        take(mouse)?;
        let complete = Arc::new(AtomicBool::new(false));
        let whole = Whole { frame: Vec::with_capacity(16 * 1024), complete: Arc::clone(&complete), out: stdout() };
        let terminal = Terminal::new(CrosstermBackend::new(whole)).inspect_err(|_| restore())?;
        Ok(Self { terminal, complete, mouse })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

impl Surface for Screen {
    fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    fn show(&mut self, draw: &mut dyn FnMut(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let mut caret = None;
        let done = self.terminal.draw(|frame| {
            caret = draw(frame.buffer_mut());
            if let Some(at) = caret {
                frame.set_cursor_position(at);
            }
        })?;
        if caret.is_none() {
            // Hidden, but an input method opens where it is: at the status line, not at the cell
            // that happened to change last.
            let rest = MoveTo(0, done.area.height.saturating_sub(2));
            queue!(self.terminal.backend_mut(), rest)?;
        }
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.complete.store(true, Ordering::Relaxed);
        Write::flush(self.terminal.backend_mut())
    }

    fn suspend(&mut self) -> io::Result<()> {
        restore();
        signals::stop_self()?;
        take(self.mouse)?;
        self.refresh()
    }

    fn refresh(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: that asks where the cursor is, and the answer goes to whoever
        // reads the events.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}
