//! A program in a pseudo-terminal of 80 columns and 24 rows, and how long it takes to answer.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// The end of a synchronised update: of a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

/// A program asks where the cursor is, to learn how wide the terminal draws.
const WHERE: &[u8] = b"\x1b[6n";

/// Nothing is waited for longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// After so long without output the program is done with what it was told.
const SETTLED: Duration = Duration::from_millis(15);

/// The program called `name`, where `variable` or the path says.
pub(crate) fn found(name: &str, variable: &str) -> Option<PathBuf> {
    let stated = std::env::var_os(variable).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    stated.into_iter().chain(std::env::split_paths(&path).map(|dir| dir.join(name))).find(|file| file.is_file())
}

pub(crate) struct Screen {
    child: Box<dyn Child + Send + Sync>,
    input: Arc<Mutex<Box<dyn Write + Send>>>,
    /// Kept open: the program's terminal ends with it.
    _master: Box<dyn MasterPty + Send>,
    shown: Arc<Mutex<vt100::Parser>>,
    /// When output came, and whether a frame ended in it.
    output: Receiver<(Instant, bool)>,
    started: Instant,
}

impl Screen {
    /// auxlog on the data directory `dir`, in Chinese.
    pub(crate) fn auxlog(program: &Path, dir: &Path) -> Self {
        Self::open(program, &[("AUXLOG_DATA_DIR", dir), ("AUXLOG_LANG", Path::new("zh-CN"))])
    }

    /// A program with these variables.
    pub(crate) fn open(program: &Path, variables: &[(&str, &Path)]) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        for (name, value) in variables {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let input = Arc::new(Mutex::new(pair.master.take_writer().expect("a writer")));
        let answers = Arc::clone(&input);
        let shown = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 0)));
        let (sender, output) = channel();
        let screen = Arc::clone(&shown);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        std::thread::spawn(move || {
            let mut bytes = [0; 16_384];
            let mut tail = Vec::new();
            loop {
                let read = reader.read(&mut bytes).unwrap_or(0);
                let now = Instant::now();
                tail.extend_from_slice(&bytes[..read]);
                let frame = tail.windows(FRAME.len()).any(|window| window == FRAME);
                let keep = if frame { 0 } else { tail.len().min(FRAME.len() - 1) };
                tail.drain(..tail.len() - keep);
                let mut screen = screen.lock().expect("nobody panics with it");
                screen.process(&bytes[..read]);
                if bytes[..read].windows(WHERE.len()).any(|window| window == WHERE) {
                    let (row, column) = screen.screen().cursor_position();
                    let mut answers = answers.lock().expect("nobody panics with it");
                    // The program may have ended meanwhile.
                    let _ = write!(answers, "\x1b[{};{}R", row + 1, column + 1).and_then(|()| answers.flush());
                }
                drop(screen);
                if read == 0 || sender.send((now, frame)).is_err() {
                    return;
                }
            }
        });
        Self { child, input, _master: pair.master, shown, output, started }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Waits until `text` is on the screen; how long after the start that was.
    pub(crate) fn until(&mut self, text: &str) -> Duration {
        self.waited_for(text).duration_since(self.started)
    }

    /// Presses keys and waits until `text` is on the screen; how long that took.
    pub(crate) fn pressed_until(&mut self, keys: &str, text: &str) -> Duration {
        let pressed = self.write(keys);
        self.waited_for(text).duration_since(pressed)
    }

    fn waited_for(&mut self, text: &str) -> Instant {
        loop {
            let came = self.output.recv_timeout(PATIENCE);
            let shown = self.shown.lock().expect("nobody panics with it").screen().contents();
            let (came, _) = came.unwrap_or_else(|_| unreachable!("{text:?} does not come:\n{shown}"));
            if shown.contains(text) {
                return came;
            }
        }
    }

    /// Presses keys, and lets the program be done with them.
    pub(crate) fn press(&mut self, keys: &str) {
        self.write(keys);
        self.quiet(SETTLED * 4);
    }

    /// Presses one of `keys` after the other, `times` in all, each when the program is done with
    /// the one before; how long each frame took.
    pub(crate) fn answers(&mut self, keys: &[String], times: usize) -> Vec<Duration> {
        let pressed = keys.iter().cycle().take(times);
        pressed
            .map(|key| {
                self.quiet(SETTLED);
                let pressed = self.write(key);
                loop {
                    let (came, frame) = self.output.recv_timeout(PATIENCE).expect("a frame");
                    if frame {
                        return came.duration_since(pressed);
                    }
                }
            })
            .collect()
    }

    /// Waits until nothing came for `time`.
    pub(crate) fn quiet(&mut self, time: Duration) {
        while self.output.recv_timeout(time) != Err(RecvTimeoutError::Timeout) {}
    }

    fn write(&mut self, keys: &str) -> Instant {
        let pressed = Instant::now();
        let mut input = self.input.lock().expect("nobody panics with it");
        input.write_all(keys.as_bytes()).and_then(|()| input.flush()).expect("the program reads");
        pressed
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
