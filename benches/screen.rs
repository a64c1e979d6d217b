//! From start to first frame, and what the screens cost while nobody types.
//!
//! `cargo bench -p auxlog-benches --bench screen`; measures `target/release/auxlog`, or the program
//! that `AUXLOG_BIN` names, in a pseudo-terminal of 80 columns and 24 rows. Prints a table;
//! asserts nothing.

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How often the program is started.
const STARTS: usize = 30;

/// How long it is left alone.
const IDLE: Duration = Duration::from_secs(20);

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

const PASSPHRASE: &str = "idle measurement";

struct Screen {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    parser: vt100::Parser,
    started: Instant,
}

impl Screen {
    fn open(program: &Path, dir: &Path) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.env("AUXLOG_DATA_DIR", dir);
        command.env("AUXLOG_LANG", "zh-CN");
        command.env("TERM", "xterm-256color");
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        Self { child, master: pair.master, parser: vt100::Parser::new(ROWS, COLUMNS, 0), started }
    }

    /// Reads until `text` is on the screen; how long after the start that was.
    fn until(&mut self, text: &str) -> Duration {
        let mut reader = self.master.try_clone_reader().expect("a reader");
        let mut bytes = [0; 4096];
        while !self.parser.screen().contents().contains(text) {
            let read = reader.read(&mut bytes).expect("the program runs");
            assert!(read > 0, "the program ended before it showed {text}");
            self.parser.process(&bytes[..read]);
        }
        self.started.elapsed()
    }

    fn type_keys(&mut self, keys: &str) {
        self.master.take_writer().expect("a writer").write_all(keys.as_bytes()).expect("the program reads");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() {
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/auxlog");
    let program = std::env::var_os("AUXLOG_BIN").map_or(usual, PathBuf::from);
    let root = tempfile::tempdir().expect("a directory");
    let dir = root.path().join("data");
    make(&program, root.path(), &dir);

    let mut frames: Vec<Duration> = (0..STARTS).map(|_| Screen::open(&program, &dir).until("解锁")).collect();
    frames.sort_unstable();
    let (middle, high) = (frames[STARTS / 2], frames[STARTS * 99 / 100]);
    println!("| start to first frame | p50 {middle:.1?} | p99 {high:.1?} |");

    let mut screen = Screen::open(&program, &dir);
    screen.until("解锁");
    screen.type_keys(&format!("{PASSPHRASE}\r"));
    screen.until("今日登记");
    let id = screen.child.process_id().expect("a process");
    let before = Usage::of(id);
    std::thread::sleep(IDLE);
    let used = Usage::of(id).since(before);
    let seconds = IDLE.as_secs();
    println!("| idle, unlocked, {seconds} s | CPU {} ms | {} context switches |", used.cpu_ms, used.switches);
}

/// A data directory for one officer.
fn make(program: &Path, root: &Path, dir: &Path) {
    let file = root.join("passphrase");
    std::fs::write(&file, PASSPHRASE).expect("written");
    let made = Command::new(program)
        .args(["init", "--agency", "A01", "--officer", "O1", "--cheap-keys", "--data-dir"])
        .arg(dir)
        .arg("--passphrase-file")
        .arg(&file)
        .output()
        .expect("build it first: cargo build --release");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy)]
struct Usage {
    cpu_ms: u64,
    switches: u64,
}

impl Usage {
    fn of(process: u32) -> Self {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux");
        // Fields 14 and 15, counted after the name in parentheses, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<u64>().expect("a number");
        Self { cpu_ms: (ticks(11) + ticks(12)) * 10, switches: switches(process) }
    }

    fn since(self, before: Self) -> Self {
        Self { cpu_ms: self.cpu_ms - before.cpu_ms, switches: self.switches - before.switches }
    }
}

/// Context switches of all threads of a process.
fn switches(process: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("Linux");
    let count = |status: String| -> u64 {
        let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
        lines.filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok()).sum()
    };
    threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok()).map(count).sum()
}
