//! The pieces in sled: sealed, in batches, and known to be whole.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

use auxlog_journal::{SealingKey, StoreKey};
use auxlog_record::crypto::sha256;

use super::change::Change;
use super::process::{Ended, Process};
use super::sled_dir;
use crate::index::{Index, Kind, PieceKey, Restore, SnapshotError};
use crate::ledger::Lost;

/// Bytes handed over to another process at once.
const AT_ONCE: usize = 64 << 10;

/// Values that are handed from thread to thread together: to wake one up for each costs more than
/// to open it.
const TOGETHER: usize = 16;

/// Values read before anyone can open them, in handfuls: with the largest, 64 MiB.
const READ_AHEAD: usize = 2048 / TOGETHER;

/// Pieces opened before they are put into the index, in handfuls.
const OPENED_AHEAD: usize = 64 / TOGETHER;

/// The most bytes of a value: sled keeps larger ones in files that it never syncs.
const LARGEST: usize = 30 << 10;

/// Bytes written in one batch.
const BATCH: usize = 4 << 20;

/// The key under which stands what all pieces together must be.
const WHOLE: [u8; 1] = [1];

/// Why a cache is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum CacheError {
    #[error("sled: {0}")]
    Sled(#[from] sled::Error),
    #[error("sled panicked: {0}")]
    Panicked(String),
    /// The process that reads or writes it did not end well.
    #[error("the cache's process: {0}")]
    Process(String),
    /// The last openings died.
    #[error("the last {0} openings died")]
    Died(u32),
    /// A value was altered, or sealed with another key.
    #[error("a value cannot be opened")]
    Sealed,
    /// The pieces are not whole.
    #[error(transparent)]
    Pieces(#[from] SnapshotError),
    /// It knows of records that the journal does not hold: the journal is an older copy.
    #[error("it is ahead of the journal: record {} is not there", .0.id)]
    Ahead(Lost),
    /// It is not of this journal.
    #[error("it does not belong to this journal: {0}")]
    Stale(String),
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A part of the sum over all pieces; parts are combined by exclusive or, so that a piece can be
/// exchanged without reading the others.
type Sum = [u8; 16];

/// Of the tags of a piece's parts, which no other content has under this key: the content itself
/// need not be hashed once more.
fn sum_of(key: PieceKey, tags: &[u8]) -> Sum {
    let hash = sha256(&[&[key.kind as u8], &key.number.to_be_bytes(), tags]);
    hash.0.first_chunk().copied().unwrap_or_default()
}

/// The end of a sealed value, which authenticates it.
fn tag(sealed: &[u8]) -> &[u8] {
    sealed.last_chunk::<16>().map_or(sealed, |tag| tag.as_slice())
}

fn combine(into: &mut Sum, other: &Sum) {
    into.iter_mut().zip(other).for_each(|(a, b)| *a ^= b);
}

/// A cache: what it holds, and how it is written. sled itself is open only meanwhile.
pub(super) struct Db {
    dir: PathBuf,
    /// What keeps it in a process of its own, where there is such a command.
    command: Vec<PathBuf>,
    key: SealingKey,
    /// Of each piece, its sum and its length.
    pieces: HashMap<PieceKey, (Sum, usize)>,
    sum: Sum,
}

/// A cache that another process began to read: what it reads waits here until the key is known.
pub(super) struct Begun {
    process: Process,
    read: Receiver<io::Result<Vec<Change>>>,
}

impl Begun {
    /// Has `command` read the cache in `dir`; `None` where there is none that can.
    pub(super) fn reading(command: &[PathBuf], dir: &Path) -> Option<Self> {
        let (process, out) = Process::reading(command, dir)?;
        let (send, read) = mpsc::sync_channel(READ_AHEAD);
        let receiving = move || {
            let mut out = BufReader::with_capacity(AT_ONCE, out);
            let mut changes = std::iter::from_fn(|| Change::read(&mut out).transpose()).fuse();
            loop {
                let together = changes.by_ref().take(TOGETHER).collect::<io::Result<Vec<Change>>>();
                // Whoever does not want the rest has hung up.
                let last = together.as_ref().map_or(true, Vec::is_empty);
                if send.send(together).is_err() || last {
                    break;
                }
            }
        };
        std::thread::Builder::new().name("auxlog-read".to_owned()).spawn(receiving).ok()?;
        Some(Self { process, read })
    }
}

impl Db {
    /// An empty cache in `dir`.
    pub(super) fn create(dir: &Path, command: &[PathBuf], key: &StoreKey) -> Self {
        let key = key.for_purpose("cache");
        let (dir, command) = (dir.to_owned(), command.to_owned());
        Self { dir, command, key, pieces: HashMap::new(), sum: Sum::default() }
    }

    /// The cache in `dir` and the index that it holds: as the process that was `begun` reads it,
    /// or as it is read here.
    pub(super) fn restore(
        dir: &Path,
        command: &[PathBuf],
        key: &StoreKey,
        begun: Option<Begun>,
    ) -> Result<(Self, Index), CacheError> {
        if let Some(Begun { process, read }) = begun {
            let mut db = Self::create(dir, command, key);
            let index = db.read_from(read);
            // What it died of counts before what was therefore read short of.
            if process.end()? == Ended::Done {
                return Ok((db, index?));
            }
        }
        let mut db = Self::create(dir, command, key);
        let (mut reading, mut restore) = (Reading::default(), Restore::default());
        sled_dir::read(dir, &mut |change| match db.take(&mut reading, change)? {
            Some(opened) => Ok(restore.take(opened.key, opened.value())?),
            None => Ok(()),
        })?;
        db.check(&reading)?;
        Ok((db, restore.finish()?))
    }

    /// The index, from what another process reads: pieces are opened while those before them are
    /// put into the index.
    fn read_from(&mut self, read: Receiver<io::Result<Vec<Change>>>) -> Result<Index, CacheError> {
        let (send, opened) = mpsc::sync_channel(OPENED_AHEAD);
        std::thread::scope(|scope| {
            let opening =
                std::thread::Builder::new().name("auxlog-open".to_owned()).spawn_scoped(scope, move || {
                    let mut reading = Reading::default();
                    for together in read {
                        let opened = together?.into_iter().map(|change| self.take(&mut reading, change));
                        let opened = opened.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
                        if send.send(opened).is_err() {
                            break;
                        }
                    }
                    self.check(&reading)
                })?;
            let mut restore = Restore::default();
            let taken = opened.iter().flatten().try_for_each(|piece| restore.take(piece.key, piece.value()));
            drop(opened);
            let whole = opening.join().unwrap_or_else(|_| Err(SnapshotError("it could not be opened").into()));
            taken?;
            whole?;
            Ok(restore.finish()?)
        })
    }

    /// Takes the next entry of a cache that is being read, and gives the piece that is whole with it.
    fn take(&mut self, reading: &mut Reading, change: Change) -> Result<Option<Piece>, CacheError> {
        let (name, mut value) = match change {
            Change::Put(name, sealed) => (name, sealed),
            Change::Remove(_) => return Err(SnapshotError("a removal").into()),
            Change::Flush => {
                reading.complete = true;
                return Ok(None);
            }
        };
        let tag = tag(&value).to_vec();
        let plain = self.key.open_in_place(&name, &mut value).map_err(|_| CacheError::Sealed)?;
        value.truncate(plain.end);
        let opened = &value[plain.start..];
        if name == WHOLE {
            reading.whole = opened.try_into().ok();
            return Ok(None);
        }
        let (key, part) = parse(&name).ok_or(SnapshotError("a key"))?;
        if part == 0 {
            let length = opened.first_chunk::<8>().ok_or(SnapshotError("a value"))?;
            let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| SnapshotError("a length"))?;
            let from = plain.start + 8;
            let until = from.checked_add(length).ok_or(SnapshotError("a length"))?;
            reading.piece = Some(Piece { key, bytes: value, value: from..until, tags: tag });
        } else if let Some(piece) = reading.piece.as_mut().filter(|piece| piece.key == key) {
            piece.bytes.extend_from_slice(opened);
            piece.tags.extend_from_slice(&tag);
        }
        // Parts beyond the length are left over from when the piece was larger.
        let Some(piece) = reading.piece.take_if(|piece| piece.bytes.len() >= piece.value.end) else {
            return Ok(None);
        };
        self.note(key, &piece.tags, piece.value.len());
        Ok(Some(piece))
    }

    /// That every piece was read, and as it was written.
    fn check(&self, reading: &Reading) -> Result<(), CacheError> {
        if !reading.complete {
            return Err(SnapshotError("it was not read to its end").into());
        }
        if reading.whole.ok_or(SnapshotError("it was not finished"))? != self.sum {
            return Err(SnapshotError("pieces are missing or old").into());
        }
        Ok(())
    }

    /// Takes a piece into the sum, and the one that it replaces out.
    fn note(&mut self, key: PieceKey, tags: &[u8], length: usize) {
        let new = sum_of(key, tags);
        if let Some((old, _)) = self.pieces.insert(key, (new, length)) {
            combine(&mut self.sum, &old);
        }
        combine(&mut self.sum, &new);
    }

    /// Writes pieces: in one batch, or, where they are many, in several between which the cache
    /// counts as unfinished.
    pub(super) fn write(&mut self, pieces: impl Iterator<Item = (PieceKey, Vec<u8>)>) -> Result<(), CacheError> {
        let dir = self.dir.clone();
        if let Some((process, into)) = Process::writing(&self.command, &dir) {
            let mut into = BufWriter::with_capacity(AT_ONCE, into);
            let mut changes = Changes::new(self, pieces);
            let mut written = changes.try_for_each(|change| Ok(change?.write(&mut into)?));
            written = written.and_then(|()| Ok(into.flush()?));
            drop(into);
            return match process.end()? {
                Ended::Done => written,
                Ended::Unknowing => Err(CacheError::Process("it does not know how to write".to_owned())),
            };
        }
        sled_dir::write(&dir, &mut Changes::new(self, pieces))
    }

    fn entries(&mut self, key: PieceKey, value: &[u8]) -> Result<Vec<Change>, CacheError> {
        let mut whole = Vec::with_capacity(value.len() + 8);
        whole.extend_from_slice(&(value.len() as u64).to_be_bytes());
        whole.extend_from_slice(value);
        let parts = (0_u16..).zip(whole.chunks(LARGEST)).map(|(part, bytes)| {
            let name = name(key, part);
            let sealed = self.seal(&name, bytes)?;
            Ok((name, sealed))
        });
        let parts: Vec<(Vec<u8>, Vec<u8>)> = parts.collect::<Result<_, CacheError>>()?;
        let tags: Vec<u8> = parts.iter().flat_map(|(_, sealed)| tag(sealed)).copied().collect();
        self.note(key, &tags, value.len());
        Ok(parts.into_iter().map(|(name, sealed)| Change::Put(name, sealed)).collect())
    }

    fn seal(&self, name: &[u8], value: &[u8]) -> Result<Vec<u8>, CacheError> {
        Ok(self.key.seal(name, value).map_err(io::Error::other)?)
    }

    /// Bytes on the disk, and bytes of what it holds.
    pub(super) fn sizes(&self) -> (u64, u64) {
        let content: usize = self.pieces.values().map(|(_, length)| *length).sum();
        let files = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let disk = files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
        (disk, content as u64)
    }
}

/// What was read so far of a cache.
#[derive(Default)]
struct Reading {
    /// The piece whose parts are being put together.
    piece: Option<Piece>,
    /// What all pieces together must be.
    whole: Option<Sum>,
    complete: bool,
}

/// What there is of a piece whose parts are being put together.
struct Piece {
    key: PieceKey,
    /// The first part's value, opened where it stood, and what further parts hold.
    bytes: Vec<u8>,
    /// Where the piece stands in them when it is whole.
    value: Range<usize>,
    /// The tags of the parts so far.
    tags: Vec<u8>,
}

impl Piece {
    /// What it holds, once it is whole.
    fn value(&self) -> &[u8] {
        self.bytes.get(self.value.clone()).unwrap_or_default()
    }
}

/// The changes that keep pieces.
struct Changes<'a, P> {
    db: &'a mut Db,
    pieces: P,
    ready: VecDeque<Change>,
    /// Bytes since the last flush.
    bytes: usize,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// All fits into one batch so far: the cache stays finished.
    One,
    /// Further batches: until the last it counts as unfinished.
    Several,
    Done,
}

impl<'a, P: Iterator<Item = (PieceKey, Vec<u8>)>> Changes<'a, P> {
    fn new(db: &'a mut Db, pieces: P) -> Self {
        Self { db, pieces, ready: VecDeque::new(), bytes: 0, stage: Stage::One }
    }
}

impl<P: Iterator<Item = (PieceKey, Vec<u8>)>> Iterator for Changes<'_, P> {
    type Item = Result<Change, CacheError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && self.stage != Stage::Done {
            if self.bytes > BATCH {
                self.bytes = 0;
                self.ready.push_back(Change::Flush);
            }
            let made = if let Some((key, value)) = self.pieces.next() {
                self.bytes += value.len();
                self.db.entries(key, &value)
            } else {
                self.stage = Stage::Done;
                let whole = self.db.seal(&WHOLE, &self.db.sum);
                whole.map(|sum| vec![Change::Put(WHOLE.to_vec(), sum), Change::Flush])
            };
            match made {
                Ok(made) => self.ready.extend(made),
                Err(error) => {
                    self.stage = Stage::Done;
                    return Some(Err(error));
                }
            }
            if self.bytes > BATCH && self.stage == Stage::One {
                self.stage = Stage::Several;
                self.ready.push_front(Change::Flush);
                self.ready.push_front(Change::Remove(WHOLE.to_vec()));
            }
        }
        self.ready.pop_front().map(Ok)
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
