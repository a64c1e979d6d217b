//! sled, opened for as long as it takes to read or to write, and then closed again: open it
//! would hold some 80 MB beside a million tasks, and threads that wake up.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::change::Change;
use super::db::CacheError;

/// What sled may keep in memory, in bytes: every page is read once.
const MEMORY: u64 = 1 << 20;

fn config(dir: &Path) -> sled::Config {
    sled::Config::new()
        .path(dir)
        .mode(sled::Mode::LowSpace)
        .cache_capacity(MEMORY)
        // Its periodic flusher wakes the machine twice a second; we flush at quiet moments.
        .flush_every_ms(None)
        .use_compression(false)
}

/// Reads all entries of the sled directory `dir`, in the order of their names; the last change
/// is a flush.
pub(super) fn read(dir: &Path, each: &mut dyn FnMut(Change) -> Result<(), CacheError>) -> Result<(), CacheError> {
    guarded(|| {
        let db = config(dir).open()?;
        for entry in db.iter() {
            let (name, value) = entry?;
            each(Change::Put(name.to_vec(), value.to_vec()))?;
        }
        each(Change::Flush)
    })
}

/// Makes changes in the sled directory `dir`; those between two flushes in one batch.
pub(super) fn write(
    dir: &Path,
    changes: &mut dyn Iterator<Item = Result<Change, CacheError>>,
) -> Result<(), CacheError> {
    guarded(|| {
        let db = config(dir).open()?;
        let mut batch = sled::Batch::default();
        for change in changes {
            match change? {
                Change::Put(name, value) => batch.insert(name, value),
                Change::Remove(name) => batch.remove(name),
                Change::Flush => {
                    db.apply_batch(std::mem::take(&mut batch))?;
                    db.flush()?;
                }
            }
        }
        // flush() of 0.34 leaves out the disk's own cache and the file's size.
        File::open(dir.join("db"))?.sync_all()?;
        Ok(())
    })
}

/// Runs what may panic inside sled.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, CacheError>) -> Result<T, CacheError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(CacheError::Panicked(text.unwrap_or_else(|| "without a word".to_owned())))
    })
}
