//! The cache: the index between two starts, in sled.
//!
//! It is derived and may be lost, cut or altered at any time: whatever is not whole is moved to
//! `quarantine/` and made anew from the journal, unasked. sled is kept at arm's length: it is
//! opened in a process of its own ([`cache_process`]), so that a panic or an endless loop of its
//! recovery does not reach us, and only for as long as it is read or written, so that its memory and
//! threads do not stay. Where no process can be had, it is opened in this one.

mod change;
mod db;
mod dirs;
mod process;
mod sled_dir;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use auxlog_journal::StoreKey;
use auxlog_law::RulebookSet;
use auxlog_record::RecordId;

use crate::index::{Index, Pieces};
use crate::ledger::{Book, Lost};
use crate::{LedgerError, OpenOptions};
use db::{Begun, CacheError, Db};
use dirs::Dirs;
pub use process::cache_process;

/// Under this many bytes a cache is never made anew for its size.
const SMALL: u64 = 64 << 20;

/// How many times its content a cache may take on the disk.
const BLOAT: u64 = 3;

/// The cache of a data directory on its way to be opened. It needs no key to be read, so that
/// another process reads it while the key is derived.
pub(crate) struct Opening(Option<(PathBuf, Option<Begun>)>);

impl Opening {
    /// No cache: the directory is new.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Begins to open the cache of the data directory `root`, whose lock is held.
    pub(crate) fn begin(root: &Path, options: &OpenOptions) -> Self {
        let dirs = Dirs::new(root);
        let dir = dirs.current().filter(|_| !dirs.is_distrusted());
        Self(dir.map(|dir| {
            Dirs::clean(&dir);
            let begun = Begun::reading(&options.cache_process, &dir);
            (dir, begun)
        }))
    }
}

/// The cache of a data directory.
pub(crate) struct Cache {
    dirs: Dirs,
    key: StoreKey,
    command: Vec<PathBuf>,
    /// `None` after it failed: the next start makes it anew.
    db: Option<Db>,
    /// Under this size it is never made anew.
    pub(crate) small: u64,
}

impl Cache {
    /// Opens the cache of the data directory `root` and brings the index up to `end`, the
    /// journal's end. A record that it knows and the journal does not hold is told: the journal is
    /// an older copy then.
    ///
    /// # Errors
    /// Only when the journal cannot be read: a cache that fails is done without.
    pub(crate) fn open(
        root: &Path,
        key: &StoreKey,
        book: &Book,
        end: u64,
        options: &OpenOptions,
        opening: Opening,
    ) -> Result<(Self, Index, Option<Lost>), LedgerError> {
        let mut cache = Self {
            dirs: Dirs::new(root),
            key: key.clone(),
            command: options.cache_process.clone(),
            db: None,
            small: SMALL,
        };
        let mut lost = None;
        let mut index = match cache.restore(book, end, &options.rulebooks, opening) {
            Ok(Some(index)) => index,
            Ok(None) => Index::by(&options.rulebooks),
            Err(error) => {
                tracing::warn!(%error, "the cache is not whole: it is made anew from the journal");
                if let CacheError::Ahead(known) = &error {
                    lost = Some(*known);
                }
                cache.db = None;
                cache.dirs.set_aside(options.clock.now().millis());
                Index::by(&options.rulebooks)
            }
        };
        // Where nothing came since, its newest segment need not be read once more.
        if index.applied() < end {
            book.fold(&mut index, &|done| (options.progress)(done, end.max(done)))?;
        }
        if cache.db.is_none() {
            cache.begin(&mut index);
        }
        Ok((cache, index, lost))
    }

    /// The index as the cache has it; `None` where there is no cache yet.
    fn restore(
        &mut self,
        book: &Book,
        end: u64,
        rulebooks: &RulebookSet,
        opening: Opening,
    ) -> Result<Option<Index>, CacheError> {
        let Some((dir, begun)) = opening.0 else { return Ok(None) };
        let _mark = self.dirs.mark_opening()?;
        let (db, index) = Db::restore(&dir, &self.command, &self.key, begun)?;
        check(&index, book, end)?;
        // What counts may depend on the rulebooks: under other ones the journal is read anew.
        let Some(mut index) = index.read_back_by(rulebooks) else { return Ok(None) };
        book.restore_roster(&mut index).map_err(|error| CacheError::Stale(error.to_string()))?;
        self.db = Some(db);
        Ok(Some(index))
    }

    /// Makes a new cache that holds the whole index.
    pub(crate) fn begin(&mut self, index: &mut Index) {
        self.db = None;
        let made = self.dirs.next().map_err(CacheError::from).and_then(|dir| {
            let mut db = Db::create(&dir, &self.command, &self.key);
            db.write(index.pieces(Pieces::All))?;
            self.dirs.point_to(&dir)?;
            Ok(db)
        });
        match made {
            Ok(db) => {
                index.kept();
                self.db = Some(db);
            }
            Err(error) => tracing::warn!(%error, "no cache could be made: the next start reads the journal"),
        }
    }

    /// Keeps what changed in the index; makes the cache anew when it outgrew its content.
    pub(crate) fn keep(&mut self, index: &mut Index) {
        if !index.has_changed() {
            return;
        }
        let Some(db) = &mut self.db else { return };
        match db.write(index.pieces(Pieces::Changed)) {
            Ok(()) => {
                index.kept();
                let (disk, content) = db.sizes();
                if disk > self.small.max(content.saturating_mul(BLOAT)) {
                    tracing::info!(disk, content, "the cache outgrew its content: it is made anew");
                    self.begin(index);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the cache cannot be written: the next start makes it anew");
                self.db = None;
                self.dirs.forget();
            }
        }
    }
}

/// Has the cache of the data directory `root` made anew at the next start.
pub(crate) fn distrust(root: &Path) -> std::io::Result<()> {
    Dirs::new(root).distrust()
}

/// Whether the index is of this journal: it ends within it, and its newest own records are there.
fn check(index: &Index, book: &Book, end: u64) -> Result<(), CacheError> {
    let ahead = index.applied() > end;
    for writer in index.writers().iter() {
        let Some(place) = writer.place(writer.tip.seq) else { continue };
        let lost = Lost { id: RecordId { writer: writer.id, seq: writer.tip.seq }, hash: writer.tip.hash };
        if place >= end && writer.own {
            return Err(CacheError::Ahead(lost));
        }
        if ahead {
            continue;
        }
        match crate::index::Source::record(book, place) {
            Ok(record) if record.hash() == writer.tip.hash => {}
            // Older, and written on since.
            Ok(_) if writer.own => return Err(CacheError::Ahead(lost)),
            Ok(record) => {
                return Err(CacheError::Stale(format!("record {} is another one in the journal", record.id())));
            }
            Err(error) => return Err(CacheError::Stale(error.to_string())),
        }
    }
    if ahead { Err(CacheError::Stale("it is ahead of the journal".to_owned())) } else { Ok(()) }
}
