//! Replacing small files so that they are whole at any moment.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::lock::private;

/// Writes `bytes` under a passing name, durably, and gives them the name `path` in one step.
///
/// # Errors
/// What the file system returns; `path` is then what it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let passing = path.with_added_extension("new");
    let written = (|| {
        let mut options = OpenOptions::new();
        let mut file = private(options.create(true).truncate(true).write(true)).open(&passing)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&passing, path)
    })();
    if written.is_err() {
        // The error that counts is the first one.
        let _ = std::fs::remove_file(&passing);
    }
    written?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Makes a directory's entries durable.
///
/// # Errors
/// What the file system returns.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    // Windows has no such call; its file systems log their entries.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
