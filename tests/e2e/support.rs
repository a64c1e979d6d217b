//! What the tests stand on: laptops (data directories), the program, a server.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The real program.
pub(crate) const AUXLOG: &str = env!("CARGO_BIN_EXE_auxlog");

/// Longest wait for anything: far beyond what a busy machine needs, since nothing asserts a time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) const PASSPHRASE: &str = "海安辅助2022";

/// A place of its own for one test: a data directory, a passphrase, files.
pub(crate) struct Laptop {
    root: tempfile::TempDir,
}

impl Laptop {
    /// An empty place.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(root.path().join("passphrase"), format!("{PASSPHRASE}\n")).expect("written");
        Self { root }
    }

    /// Checks a bundle here: whole, and vouched for by nobody until the keys of all who signed are
    /// known. Gives what is said of it then.
    #[track_caller]
    pub(crate) fn finds_whole(&self, bundle: &str) -> Value {
        let stranger = self.run(["verify", bundle, "--format", "json"]);
        expect_exit(&stranger, 1);
        let said = json_lines(&stranger).remove(0);
        assert_eq!((&said["whole"], &said["vouched"]), (&Value::Bool(true), &Value::Bool(false)), "{said}");
        let writers = said["writers"].as_array().expect("a list").iter().chain([&said["exported_by"]]);
        let mut args = vec!["verify".to_owned(), bundle.to_owned(), "--format".to_owned(), "json".to_owned()];
        args.extend(
            writers.flat_map(|who| ["--writer-key".to_owned(), who["key"].as_str().expect("a key").to_owned()]),
        );
        // Whoever knows the writers and not the server that speaks of them knows too little.
        let servers = said["servers"].as_array().expect("a list");
        if servers.iter().any(|server| server["complete"] == true) {
            expect_exit(&self.run(&args), 1);
        }
        args.extend(
            servers.iter().flat_map(|one| ["--writer-key".to_owned(), one["key"].as_str().expect("a key").to_owned()]),
        );
        let known = self.run(&args);
        expect_exit(&known, 0);
        json_lines(&known).remove(0)
    }

    /// With a data directory for officer O1 of agency A01, whose keys are derived cheaply.
    pub(crate) fn initialised() -> Self {
        let laptop = Self::new();
        let made = laptop.run([
            "init",
            "--agency",
            "A01",
            "--agency-name",
            "综合行政执法局",
            "--officer",
            "O1",
            "--officer-name",
            "李强",
            "--certificate",
            "ZF-1",
            "--certificate-until",
            "2099-12-31",
            "--cheap-keys",
        ]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        laptop
    }

    /// Gives officer O2 keys, under the same passphrase.
    pub(crate) fn add_second_officer(&self) {
        let file = self.path("passphrase").display().to_string();
        let second = ["officer", "add", "--officer", "O2", "--officer-name", "王芳", "--new-passphrase-file", &file];
        expect_exit(&self.run(second), 0);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("written");
        path
    }

    /// The program with this laptop's surroundings and none of the machine's.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(AUXLOG);
        command.args(args);
        for (name, value) in self.surroundings() {
            command.env(name, value);
        }
        for name in ["AUXLOG_CONFIG", "AUXLOG_OFFICER", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn surroundings(&self) -> [(&'static str, PathBuf); 5] {
        [
            ("AUXLOG_DATA_DIR", self.data_dir()),
            ("AUXLOG_PASSPHRASE_FILE", self.path("passphrase")),
            ("AUXLOG_LANG", PathBuf::from("zh-CN")),
            // Nothing of the user's own may be read or written.
            ("HOME", self.root.path().to_owned()),
            ("XDG_CONFIG_HOME", self.path("config")),
        ]
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.command(args).stdin(Stdio::null()).output().expect("the program runs")
    }

    /// Synchronises as `officer`; what was sent, received and so on.
    #[track_caller]
    pub(crate) fn sync(&self, officer: &str) -> Value {
        let synced = self.run(["sync", "--format", "json", "--as", officer]);
        expect_exit(&synced, 0);
        json_lines(&synced).pop().expect("a line")
    }

    /// Runs again and again until a wrong try's delay is over.
    pub(crate) fn until_unlocked<S: AsRef<OsStr> + Copy>(&self, args: impl IntoIterator<Item = S> + Copy) -> Output {
        let until = Instant::now() + PATIENCE;
        loop {
            let output = self.run(args);
            if output.status.code() != Some(3) || Instant::now() > until {
                return output;
            }
        }
    }

    /// Runs with `input` on standard input.
    pub(crate) fn feed<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, input: &str) -> Output {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("piped");
        std::thread::scope(|scope| {
            // A program that stops reading early is not this thread's fault.
            scope.spawn(move || stdin.write_all(input.as_bytes()));
            child.wait_with_output().expect("the program ends")
        })
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Standard output as JSON Lines.
pub(crate) fn json_lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The exit code; everything that was said stands in the message when it is another.
#[track_caller]
pub(crate) fn expect_exit(output: &Output, code: i32) {
    assert_eq!(
        output.status.code(),
        Some(code),
        "stdout:\n{}\nstderr:\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

/// A program that serves until it is told to end.
pub(crate) struct Serving {
    child: Child,
    /// Its first line on standard output.
    pub(crate) ready: Value,
}

impl Serving {
    /// Starts `command` and waits for its line of JSON.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program runs");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).expect(&line);
        Self { child, ready }
    }

    /// A server on a free loopback port, with its data in `laptop`'s data directory.
    pub(crate) fn server(laptop: &Laptop) -> Self {
        Self::start(laptop.command(["serve", "--listen", "127.0.0.1:0", "--format", "json"]))
    }

    pub(crate) fn url(&self) -> String {
        self.ready["listening"].as_str().expect("an address").to_owned()
    }

    /// SIGTERM, then its exit.
    pub(crate) fn end(mut self) -> ExitStatus {
        signal(&self.child, rustix::process::Signal::TERM);
        wait(&mut self.child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
    rustix::process::kill_process(pid, signal).expect("signalled");
}

/// Waits for the end of a process, but not for ever.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return status;
        }
        assert!(Instant::now() < until, "the process does not end");
        std::thread::yield_now();
    }
}

/// Every file below `dir`.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Small, fast random numbers with a seed that a failure names.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A seed that differs from run to run.
    pub(crate) fn seed() -> u64 {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
        u64::from(now.subsec_nanos()) << 20 ^ u64::from(std::process::id())
    }

    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).expect("below a usize")
    }
}

/// The repository's file `path`.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
