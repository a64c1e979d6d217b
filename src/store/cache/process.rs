//! sled in another process, where a panic, a hang or a lack of memory stays, and so do the
//! memory and the threads that it takes.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::change::Change;
use super::db::CacheError;
use super::sled_dir;

/// How long the other process may take: beyond it, sled is taken to be in an endless loop.
const PATIENCE: Duration = Duration::from_mins(1);

/// Bytes handed over at once.
const AT_ONCE: usize = 64 << 10;

/// The exit code that says that the cache is not sound. Any other code says nothing about it.
const UNSOUND: u8 = 6;

/// The exit code of a program that panicked.
const PANICKED: i32 = 101;

const READ: &str = "read";
const WRITE: &str = "write";

/// The other process's side, for the hidden command that [`crate::OpenOptions::cache_process`]
/// names: `read DIR` writes what the sled directory holds to `out`, `write DIR` makes the changes
/// that `from` tells of. Returns the exit code: 0 when all was done, 6 when sled could not, 2 for
/// anything else that is asked.
pub fn cache_process(what: &str, dir: &Path, from: &mut dyn Read, out: &mut dyn Write) -> u8 {
    let done = match what {
        READ => {
            let mut out = BufWriter::with_capacity(AT_ONCE, out);
            let read = sled_dir::read(dir, &mut |change| Ok(change.write(&mut out)?));
            read.and_then(|()| Ok(out.flush()?))
        }
        WRITE => {
            let mut from = BufReader::with_capacity(AT_ONCE, from);
            let mut changes = std::iter::from_fn(|| Change::read(&mut from).map_err(CacheError::from).transpose());
            sled_dir::write(dir, &mut changes)
        }
        _ => return 2,
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            tracing::warn!(%error, "the cache is not sound");
            UNSOUND
        }
    }
}

/// Another process at work. Dropped, it is ended: the next to open the cache must not find it held.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    /// Dropped when it is not waited for any more.
    watched: Option<Sender<()>>,
}

/// How another process ended that was not unsound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It did what it was asked.
    Done,
    /// It does not know what that is.
    Unknowing,
}

impl Process {
    /// Has `command` read the cache in `dir`; meanwhile this process may do something else.
    /// `None` where there is no such command, or it cannot be started.
    pub(super) fn reading(command: &[PathBuf], dir: &Path) -> Option<(Self, ChildStdout)> {
        let mut child = spawn(command, READ, dir, Stdio::null(), Stdio::piped())?;
        let out = child.stdout.take()?;
        Some((Self::watch(child), out))
    }

    /// Has `command` write to the cache in `dir`.
    pub(super) fn writing(command: &[PathBuf], dir: &Path) -> Option<(Self, ChildStdin)> {
        let mut child = spawn(command, WRITE, dir, Stdio::piped(), Stdio::null())?;
        let into = child.stdin.take()?;
        Some((Self::watch(child), into))
    }

    /// Ends it when it takes too long; whoever reads from it or writes to it then learns so.
    fn watch(child: Child) -> Self {
        let child = Arc::new(Mutex::new(child));
        let (watched, patience) = mpsc::channel::<()>();
        let slow = child.clone();
        let watch = move || {
            if patience.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = lock(&slow).kill();
            }
        };
        // Without a thread to spare nobody watches it.
        let _ = std::thread::Builder::new().name("auxlog-watch".to_owned()).spawn(watch);
        Self { child, watched: Some(watched) }
    }

    /// Waits for its end, after its pipe was read through or closed.
    pub(super) fn end(mut self) -> Result<Ended, CacheError> {
        let status = self.wait()?;
        match status.code() {
            Some(0) => Ok(Ended::Done),
            None | Some(PANICKED) => Err(CacheError::Process(status.to_string())),
            Some(code) if code == i32::from(UNSOUND) => Err(CacheError::Process(status.to_string())),
            Some(_) => Ok(Ended::Unknowing),
        }
    }

    /// The lock is not held while waiting, so that the watch can end it.
    fn wait(&mut self) -> io::Result<ExitStatus> {
        const LOOK: Duration = Duration::from_millis(1);
        loop {
            if let Some(status) = lock(&self.child).try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.watched.take());
        let mut child = lock(&self.child);
        if !matches!(child.try_wait(), Ok(Some(_))) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn(command: &[PathBuf], what: &str, dir: &Path, stdin: Stdio, stdout: Stdio) -> Option<Child> {
    let (program, arguments) = command.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).arg(what).arg(dir).stdin(stdin).stdout(stdout).stderr(Stdio::null());
    command.spawn().ok()
}
