//! The pieces in sled: sealed, in batches, and known to be whole.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use auxlog_journal::{SealingKey, StoreKey};
use auxlog_record::crypto::sha256;

use crate::index::{Index, Kind, PieceKey, Restore, SnapshotError};

/// The most bytes of a value: sled keeps larger ones in files that it never syncs.
const LARGEST: usize = 30 << 10;

/// Bytes written in one batch.
const BATCH: usize = 4 << 20;

/// What sled may keep in memory, in bytes.
const MEMORY: u64 = 32 << 20;

/// Name of the thread in which the cache is opened: a panic there is expected of a damaged cache
/// and dealt with, so a panic hook need not speak of it.
pub const CACHE_THREAD: &str = "auxlog-cache";

/// How long opening may take: beyond it, sled's recovery is taken to be in an endless loop.
const PATIENCE: Duration = Duration::from_mins(1);

/// The key under which stands what all pieces together must be.
const WHOLE: [u8; 1] = [1];

/// Why a cache is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum CacheError {
    /// sled says so.
    #[error("sled: {0}")]
    Sled(#[from] sled::Error),
    /// sled panicked.
    #[error("sled panicked: {0}")]
    Panicked(String),
    /// sled did not come back.
    #[error("sled did not open within {} s", PATIENCE.as_secs())]
    Hung,
    /// A process that tried it did not end well.
    #[error("a trial opening failed: {0}")]
    Probe(String),
    /// The last openings died.
    #[error("the last {0} openings died")]
    Died(u32),
    /// A value was altered, or sealed with another key.
    #[error("a value cannot be opened")]
    Sealed,
    /// The pieces are not whole.
    #[error(transparent)]
    Pieces(#[from] SnapshotError),
    /// It is not of this journal.
    #[error("it does not belong to this journal: {0}")]
    Stale(String),
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

pub(super) fn config(dir: &Path) -> sled::Config {
    sled::Config::new()
        .path(dir)
        .mode(sled::Mode::LowSpace)
        .cache_capacity(MEMORY)
        // Its periodic flusher wakes the machine twice a second; we flush at quiet moments.
        .flush_every_ms(None)
        .use_compression(false)
}

/// A part of the sum over all pieces; parts are combined by exclusive or, so that a piece can be
/// exchanged without reading the others.
type Sum = [u8; 16];

fn sum_of(key: PieceKey, value: &[u8]) -> Sum {
    let hash = sha256(&[&[key.kind as u8], &key.number.to_be_bytes(), value]);
    hash.0.first_chunk().copied().unwrap_or_default()
}

fn combine(into: &mut Sum, other: &Sum) {
    into.iter_mut().zip(other).for_each(|(a, b)| *a ^= b);
}

/// An open cache.
pub(super) struct Db {
    dir: PathBuf,
    sled: sled::Db,
    key: SealingKey,
    /// Of each piece, its sum and its length.
    pieces: HashMap<PieceKey, (Sum, usize)>,
    sum: Sum,
}

impl Db {
    /// An empty cache in `dir`.
    pub(super) fn create(dir: &Path, key: &StoreKey) -> Result<Self, CacheError> {
        let db = guarded(|| Ok(config(dir).open()?))?;
        Ok(Self::new(dir, db, key))
    }

    fn new(dir: &Path, db: sled::Db, key: &StoreKey) -> Self {
        let key = key.for_purpose("cache");
        Self { dir: dir.to_owned(), sled: db, key, pieces: HashMap::new(), sum: Sum::default() }
    }

    /// Opens the cache in `dir` and reads the index that it holds, in a thread that may panic or
    /// hang without harm.
    pub(super) fn restore(dir: &Path, key: &StoreKey) -> Result<(Self, Index), CacheError> {
        let (send, receive) = mpsc::channel();
        let (dir, key) = (dir.to_owned(), key.clone());
        let opening = move || {
            let opened = guarded(|| {
                let mut db = Self::new(&dir, config(&dir).open()?, &key);
                let index = db.read()?;
                Ok((db, index))
            });
            // Nobody receives any more when it took too long.
            let _ = send.send(opened);
        };
        std::thread::Builder::new().name(CACHE_THREAD.to_owned()).spawn(opening)?;
        receive.recv_timeout(PATIENCE).map_err(|_| CacheError::Hung)?
    }

    /// Reads the index from all pieces, and that they are all there and as they were written.
    fn read(&mut self) -> Result<Index, CacheError> {
        let mut restore = Restore::default();
        let mut piece: Option<(PieceKey, usize, Vec<u8>)> = None;
        let whole = self.open_value(&WHOLE, &self.sled.get(WHOLE)?.ok_or(SnapshotError("it was not finished"))?)?;
        for entry in self.sled.range(vec![WHOLE[0] + 1]..) {
            let (name, sealed) = entry?;
            let (key, part) = parse(&name).ok_or(SnapshotError("a key"))?;
            let value = self.open_value(&name, &sealed)?;
            if part == 0 {
                let (length, value) = value.split_first_chunk::<8>().ok_or(SnapshotError("a value"))?;
                let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| SnapshotError("a length"))?;
                piece = Some((key, length, value.to_vec()));
            } else if let Some((_, _, so_far)) = piece.as_mut().filter(|(known, ..)| *known == key) {
                so_far.extend_from_slice(&value);
            }
            // Parts beyond the length are left over from when the piece was larger.
            if let Some((key, length, value)) = piece.take_if(|(_, length, value)| value.len() >= *length) {
                let value = value.get(..length).unwrap_or_default();
                self.note(key, value);
                restore.take(key, value)?;
            }
        }
        if whole != self.sum {
            return Err(SnapshotError("pieces are missing or old").into());
        }
        Ok(restore.finish()?)
    }

    fn open_value(&self, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CacheError> {
        self.key.open(name, sealed).map_err(|_| CacheError::Sealed)
    }

    /// Takes a piece into the sum, and the one that it replaces out.
    fn note(&mut self, key: PieceKey, value: &[u8]) {
        let new = sum_of(key, value);
        if let Some((old, _)) = self.pieces.insert(key, (new, value.len())) {
            combine(&mut self.sum, &old);
        }
        combine(&mut self.sum, &new);
    }

    /// Writes pieces: in one batch, or, where they are many, in several between which the cache
    /// counts as unfinished.
    pub(super) fn write(&mut self, pieces: impl Iterator<Item = (PieceKey, Vec<u8>)>) -> Result<(), CacheError> {
        guarded(|| {
            let mut batch = sled::Batch::default();
            let mut bytes = 0;
            let mut finished = true;
            for (key, value) in pieces {
                bytes += self.put(&mut batch, key, &value)?;
                if bytes > BATCH {
                    if finished {
                        self.sled.remove(WHOLE)?;
                        finished = false;
                    }
                    self.sled.apply_batch(std::mem::take(&mut batch))?;
                    self.sled.flush()?;
                    bytes = 0;
                }
            }
            batch.insert(&WHOLE, self.seal(&WHOLE, &self.sum)?);
            self.sled.apply_batch(batch)?;
            self.sled.flush()?;
            // flush() of 0.34 leaves out the disk's own cache and the file's size.
            File::open(self.dir.join("db"))?.sync_all()?;
            Ok(())
        })
    }

    fn put(&mut self, batch: &mut sled::Batch, key: PieceKey, value: &[u8]) -> Result<usize, CacheError> {
        self.note(key, value);
        let mut whole = Vec::with_capacity(value.len() + 8);
        whole.extend_from_slice(&(value.len() as u64).to_be_bytes());
        whole.extend_from_slice(value);
        for (part, bytes) in (0_u16..).zip(whole.chunks(LARGEST)) {
            let name = name(key, part);
            let sealed = self.seal(&name, bytes)?;
            batch.insert(name, sealed);
        }
        Ok(whole.len())
    }

    fn seal(&self, name: &[u8], value: &[u8]) -> Result<Vec<u8>, CacheError> {
        Ok(self.key.seal(name, value).map_err(io::Error::other)?)
    }

    /// Bytes on the disk, and bytes of what it holds.
    pub(super) fn sizes(&self) -> (u64, u64) {
        let content: usize = self.pieces.values().map(|(_, length)| *length).sum();
        (self.sled.size_on_disk().unwrap_or(0), content as u64)
    }
}

fn name(key: PieceKey, part: u16) -> Vec<u8> {
    let mut name = vec![key.kind as u8];
    name.extend_from_slice(&key.number.to_be_bytes());
    name.extend_from_slice(&part.to_be_bytes());
    name
}

fn parse(name: &[u8]) -> Option<(PieceKey, u16)> {
    let (kind, rest) = name.split_first()?;
    let (number, part) = rest.split_first_chunk::<4>()?;
    let key = PieceKey { kind: Kind::of(*kind)?, number: u32::from_be_bytes(*number) };
    Some((key, u16::from_be_bytes(part.try_into().ok()?)))
}

/// Runs what may panic inside sled.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, CacheError>) -> Result<T, CacheError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(CacheError::Panicked(text.unwrap_or_else(|| "without a word".to_owned())))
    })
}
