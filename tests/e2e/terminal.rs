//! The program in a terminal, as an officer sees it: keys in, a screen out.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use crate::support::{AUXLOG, Laptop, PATIENCE};

/// Keys as a terminal sends them.
pub(crate) mod key {
    pub(crate) const ENTER: &str = "\r";
    pub(crate) const TAB: &str = "\t";
    pub(crate) const DOWN: &str = "\x1b[B";
    pub(crate) const END: &str = "\x1b[F";
    pub(crate) const F1: &str = "\x1bOP";
    pub(crate) const F12: &str = "\x1b[24~";
    pub(crate) const F2: &str = "\x1bOQ";
    pub(crate) const F3: &str = "\x1bOR";
    pub(crate) const F4: &str = "\x1bOS";
    pub(crate) const F5: &str = "\x1b[15~";
    pub(crate) const F6: &str = "\x1b[17~";
    pub(crate) const F8: &str = "\x1b[19~";

    /// Ctrl and a letter.
    pub(crate) fn ctrl(letter: char) -> String {
        char::from(u8::try_from(letter).expect("a letter") & 0x1f).to_string()
    }
}

fn at_least_one(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a terminal has rows and columns")
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    screen: vt100::Parser,
    ended: bool,
}

/// A terminal with the program in it.
pub(crate) struct Terminal {
    shared: Arc<Shared>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// The program with `args` on `laptop`, in a terminal of 80 columns and 24 rows.
    pub(crate) fn open(laptop: &Laptop, args: &[&str]) -> Self {
        Self::sized(laptop, args, 80, 24)
    }

    /// The same at another size.
    pub(crate) fn sized(laptop: &Laptop, args: &[&str], cols: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(AUXLOG);
        command.args(args);
        for (name, value) in laptop.surroundings() {
            command.env(name, value);
        }
        // At a terminal the officer types it.
        command.env_remove("AUXLOG_PASSPHRASE_FILE");
        Self::running(command, cols, rows)
    }

    /// A program that starts another, on `laptop`.
    pub(crate) fn through(laptop: &Laptop, argv: &[std::ffi::OsString]) -> Self {
        let mut command = CommandBuilder::from_argv(argv.to_vec());
        for (name, value) in laptop.surroundings() {
            command.env(name, value);
        }
        command.env_remove("AUXLOG_PASSPHRASE_FILE");
        Self::running(command, 80, 24)
    }

    /// Any program.
    pub(crate) fn running(mut command: CommandBuilder, cols: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);

        let mut output = pair.master.try_clone_reader().expect("a reader");
        let input = pair.master.take_writer().expect("a writer");
        let state = State { screen: vt100::Parser::new(at_least_one(rows), at_least_one(cols), 0), ended: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let seen = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let read = output.read(&mut bytes).unwrap_or(0);
                let mut state = seen.state.lock().expect("nobody panics with it");
                state.screen.process(&bytes[..read]);
                state.ended = read == 0;
                seen.changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Self { shared, input, child, master: pair.master }
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.input.write_all(keys.as_bytes()).and_then(|()| self.input.flush()).expect("the program reads");
        self
    }

    /// Waits until `text` is on the screen.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        // Where a line is wrapped is not what is looked for.
        let wanted = without_spaces(text);
        self.until(&format!("{text:?}"), |screen| without_spaces(screen).contains(&wanted));
        self
    }

    /// Waits until the screen is as `right` wants it.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, right: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.state.lock().expect("nobody panics with it");
        loop {
            let screen = state.screen.screen().contents();
            if right(&screen) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what}, but the screen stays:\n{screen}");
            assert!(!state.ended, "waited for {what}, but the program ended, having shown:\n{screen}");
            state = self.shared.changed.wait_timeout(state, left).expect("nobody panics with it").0;
        }
    }

    /// Makes the terminal another size.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.shared
            .state
            .lock()
            .expect("nobody panics with it")
            .screen
            .screen_mut()
            .set_size(at_least_one(rows), at_least_one(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("resized");
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("a child of ours");
    }

    /// Waits for the program to end by itself; the terminal must be as it was before.
    #[track_caller]
    pub(crate) fn ends(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.state.lock().expect("nobody panics with it");
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the program does not end:\n{}", state.screen.screen().contents());
            state = self.shared.changed.wait_timeout(state, left).expect("nobody panics with it").0;
        }
        drop(state);
        self.is_given_back();
        self.child.wait().expect("a child of ours")
    }

    /// Asserts that the terminal's modes are as a shell wants them.
    #[track_caller]
    fn is_given_back(&self) {
        let state = self.shared.state.lock().expect("nobody panics with it");
        let screen = state.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen stays");
        assert!(!screen.bracketed_paste(), "bracketed paste stays on");
        assert!(!screen.hide_cursor(), "the cursor stays hidden");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse stays caught");
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).expect("signalled");
    }

    /// Waits until the program is stopped, as the shell's job control sees it, and the terminal
    /// given back.
    #[track_caller]
    pub(crate) fn is_stopped(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.process_state() != Some('T') {
            assert!(Instant::now() < deadline, "the program is not stopped");
            std::thread::yield_now();
        }
        let mut state = self.shared.state.lock().expect("nobody panics with it");
        while state.screen.screen().alternate_screen() {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the alternate screen stays");
            state = self.shared.changed.wait_timeout(state, left).expect("nobody panics with it").0;
        }
        drop(state);
        self.is_given_back();
    }

    /// Whether keys reach the program one by one, or the terminal edits lines for a shell.
    pub(crate) fn is_raw(&self) -> bool {
        let tty = self.master.tty_name().expect("a name");
        let tty = std::fs::File::open(tty).expect("the terminal");
        let modes = rustix::termios::tcgetattr(&tty).expect("a terminal");
        !modes.local_modes.contains(rustix::termios::LocalModes::ICANON)
    }

    /// The process's number.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    fn pid(&self) -> rustix::process::Pid {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        id.and_then(rustix::process::Pid::from_raw).expect("a process id")
    }

    /// The state of the process as the system gives it: `T` is stopped.
    fn process_state(&self) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).ok()?;
        stat.rsplit(')').next()?.trim_start().chars().next()
    }

    /// Whether the program has put the terminal into its alternate screen.
    pub(crate) fn is_full_screen(&self) -> bool {
        self.shared.state.lock().expect("nobody panics with it").screen.screen().alternate_screen()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
