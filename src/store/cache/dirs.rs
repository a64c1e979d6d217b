//! The cache's directories: one in use, named by a pointer file, and those set aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use auxlog_journal::{private_dir, replace};

use super::db::CacheError;

/// How many caches that failed are kept, for whoever wants to know why.
const KEPT: usize = 2;

/// How many openings in a row may have died before a cache is given up.
const DEATHS: u32 = 2;

/// The cache's directories.
pub(super) struct Dirs {
    root: PathBuf,
}

impl Dirs {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn home(&self) -> PathBuf {
        self.root.join("cache")
    }

    fn pointer(&self) -> PathBuf {
        self.home().join("current")
    }

    /// The directory in use.
    pub(super) fn current(&self) -> Option<PathBuf> {
        let name = fs::read_to_string(self.pointer()).ok()?;
        let name = name.trim();
        let proper = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        proper.then(|| self.home().join(name)).filter(|dir| dir.is_dir())
    }

    /// A directory for the next cache, empty.
    pub(super) fn next(&self) -> io::Result<PathBuf> {
        private_dir(&self.home())?;
        let numbers = fs::read_dir(self.home())?.flatten();
        let numbers = numbers.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
        let next = numbers.max().unwrap_or(0).wrapping_add(1);
        let dir = self.home().join(format!("{next:04}"));
        private_dir(&dir)?;
        Ok(dir)
    }

    /// Names `dir` as the one in use and removes the others.
    pub(super) fn point_to(&self, dir: &Path) -> io::Result<()> {
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        replace(&self.pointer(), name.as_bytes())?;
        if self.is_distrusted() {
            fs::remove_file(self.distrusted())?;
        }
        for entry in fs::read_dir(self.home())?.flatten() {
            if entry.path().is_dir() && entry.file_name().to_string_lossy() != name.as_str() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Names no directory any more.
    pub(super) fn forget(&self) {
        // Where the pointer stays, what it points to is found not to be whole.
        let _ = fs::remove_file(self.pointer());
    }

    /// Moves the cache in use to `quarantine/`. Where that fails it is left behind: the next one
    /// gets a directory of its own.
    pub(super) fn set_aside(&self, now_ms: i64) {
        let Some(dir) = self.current() else { return };
        self.forget();
        let quarantine = self.root.join("quarantine");
        let name = format!("cache.{now_ms:014}.{}", dir.file_name().unwrap_or_default().to_string_lossy());
        let moved = private_dir(&quarantine).and_then(|()| fs::rename(&dir, quarantine.join(name)));
        if let Err(error) = moved {
            tracing::warn!(%error, dir = %dir.display(), "the cache could not be set aside");
        }
        let mut caches: Vec<PathBuf> = fs::read_dir(&quarantine)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("cache.")))
            .collect();
        caches.sort();
        for old in caches.iter().rev().skip(KEPT) {
            // It is derived: nothing is lost with it.
            let _ = fs::remove_dir_all(old);
        }
    }

    /// Removes what sled leaves behind when it dies while writing a snapshot, and then refuses
    /// to open with; such a file was never committed. Where one stays, the cache is made anew.
    pub(super) fn clean(dir: &Path) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn distrusted(&self) -> PathBuf {
        self.home().join("distrusted")
    }

    /// Has the cache made anew at the next start.
    pub(super) fn distrust(&self) -> io::Result<()> {
        if self.home().is_dir() { replace(&self.distrusted(), b"") } else { Ok(()) }
    }

    /// Whether the cache is to be made anew.
    pub(super) fn is_distrusted(&self) -> bool {
        self.distrusted().exists()
    }

    /// Marks that the cache is being opened, until what is returned is dropped.
    pub(super) fn mark_opening(&self) -> Result<Mark, CacheError> {
        let path = self.home().join("opening");
        let deaths = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(0);
        if deaths >= DEATHS {
            fs::remove_file(&path)?;
            return Err(CacheError::Died(deaths));
        }
        replace(&path, (deaths + 1).to_string().as_bytes())?;
        Ok(Mark { path })
    }
}

/// Removed when opening has come to an end, whichever.
pub(super) struct Mark {
    path: PathBuf,
}

impl Drop for Mark {
    fn drop(&mut self) {
        // Where it stays, at worst one opening too many is counted as died.
        let _ = fs::remove_file(&self.path);
    }
}
