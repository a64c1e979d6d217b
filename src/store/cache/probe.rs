//! Trying the cache in another process, where a panic, a hang or a lack of memory stays.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::db::{CacheError, config, guarded};

/// How long the other process may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks at the other process.
const LOOK: Duration = Duration::from_millis(5);

/// The exit code that says that the cache is not sound. Any other code says nothing about it.
const UNSOUND: i32 = 6;

/// The exit code of a program that panicked.
const PANICKED: i32 = 101;

/// Opens the sled directory `dir` and reads all of it, for the hidden command that
/// [`crate::OpenOptions::probe`] names. Returns the exit code: 0 where it is sound, 6 where not.
pub fn probe(dir: &Path) -> u8 {
    let read = guarded(|| {
        let db = config(dir).open()?;
        for entry in db.iter() {
            entry?;
        }
        Ok(())
    });
    match read {
        Ok(()) => 0,
        Err(error) => {
            tracing::warn!(%error, "the cache is not sound");
            UNSOUND.try_into().unwrap_or(1)
        }
    }
}

/// Has `command` try the cache in `dir`.
pub(super) fn ask(command: &[PathBuf], dir: &Path) -> Result<(), CacheError> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let spawned = Command::new(program)
        .args(arguments)
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = spawned else { return Ok(()) };
    let started = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) => {
                // Killed by a signal, or said to be unsound; another code is a command that
                // does not know what is asked of it.
                return match status.code() {
                    None | Some(UNSOUND | PANICKED) => Err(CacheError::Probe(status.to_string())),
                    Some(_) => Ok(()),
                };
            }
            None if started.elapsed() > PATIENCE => {
                child.kill()?;
                child.wait()?;
                return Err(CacheError::Probe(format!("not done after {} s", PATIENCE.as_secs())));
            }
            None => std::thread::sleep(LOOK),
        }
    }
}
