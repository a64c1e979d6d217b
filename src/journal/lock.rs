//! One writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;

use crate::error::LockError;
use crate::own::open;

/// Held while a process writes to a data directory; given back when dropped, and by the system
/// when the process ends in whichever way.
#[derive(Debug)]
pub struct InstanceLock {
    file: File,
}

impl InstanceLock {
    /// Takes the lock of the data directory `dir`.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has it.
    pub fn acquire(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join("lock");
        // The number stands in a file of its own: on Windows a locked file can't be read.
        let number = dir.join("lock.pid");
        let failed = |source| LockError::Io { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).read(true);
        let file = open(&mut options, &path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = std::fs::read_to_string(&number).ok().and_then(|text| text.trim().parse().ok());
                return Err(LockError::Held { pid });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // The number only helps whoever finds the lock held; the lock holds without it.
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        if let Ok(mut file) = open(&mut options, &number) {
            let _ = writeln!(file, "{}", std::process::id());
        }
        Ok(Self { file })
    }
}

impl Drop for InstanceLock {
    fn drop(&mut self) {
        // Said, not left to closing: a child that is just being started has the file open too.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_told_which_process_writes() {
        let dir = tempfile::tempdir().expect("a directory");
        let held = InstanceLock::acquire(dir.path()).expect("free");
        match InstanceLock::acquire(dir.path()) {
            Err(LockError::Held { pid }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(held);
        InstanceLock::acquire(dir.path()).expect("free again");
    }
}
