//! Attachments at rest: photos and documents, encrypted, found by the hash of their content.
//!
//! # File (in `attachments/`; integers big-endian)
//!
//! `AXBLOB1\n`, the file's own random number (16 bytes), a sealed head that binds content hash and
//! length to it, then the content in pieces of [`PIECE`] bytes, each sealed for its place in this
//! file. Any piece can be read alone, so that an upload goes on from any offset.
//!
//! The file's name is a keyed hash of the content's: whoever finds the disk can't even tell whether
//! a picture that they have is among them. A content that comes in parts grows under a name of its own
//! (`….part`), piece by piece, and gets its proper one when its hash was checked.

mod incoming;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use auxlog_record::Hash;
use auxlog_record::crypto::sha256;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::file::sync_dir;
use crate::key::{NONCE, NoRandom, SealingKey, StoreKey, TAG, random};
use crate::own::{self, private_dir};

pub use incoming::Incoming;

/// The largest content, in bytes: 50 MiB.
pub const MAX_BLOB: u64 = 50 << 20;

/// Bytes of content in one sealed piece.
pub const PIECE: usize = 64 << 10;

const MAGIC: &[u8; 8] = b"AXBLOB1\n";
/// Bytes before the first piece: magic, number, sealed head.
const HEAD: usize = MAGIC.len() + 16 + NONCE + HEAD_PLAIN + TAG;
const HEAD_PLAIN: usize = 40;
/// Bytes that a whole piece takes in the file.
const SEALED_PIECE: u64 = (NONCE + PIECE + TAG) as u64;

/// Why an attachment's content could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Longer than [`MAX_BLOB`].
    #[error("the file has more than {} MiB; make the picture smaller or split the document", MAX_BLOB >> 20)]
    TooLarge,
    /// The content is not the one that its hash names.
    #[error("what was received is not the content {0}; it is fetched again from the beginning")]
    OtherContent(Hash),
    /// The file was altered, or belongs to another store.
    #[error("{}: the attachment was altered on the disk; it is fetched again where the server has it", .0.display())]
    Damaged(PathBuf),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No random bytes.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> BlobError {
    move |source| BlobError::Io { path: path.to_owned(), source }
}

/// A content's hash and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptBlob {
    /// SHA-256 of the content.
    pub hash: Hash,
    /// Its length in bytes.
    pub size: u64,
}

/// The attachments of a data directory.
#[derive(Clone)]
pub struct Blobs {
    dir: PathBuf,
    key: SealingKey,
    naming: Zeroizing<[u8; 32]>,
}

impl Blobs {
    /// The attachments in `dir`. Nothing is made yet.
    pub fn new(dir: &Path, key: &StoreKey) -> Self {
        Self { dir: dir.to_owned(), key: key.for_purpose("attachments"), naming: key.bytes_for("attachment names") }
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        let name = sha256(&[&*self.naming, &hash.0]).to_string();
        self.dir.join(name.get(..40).unwrap_or_default())
    }

    /// Keeps a content, durably: when this returns it survives a power cut. The same content once
    /// more is kept once.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`], [`BlobError::Io`]; then nothing is kept.
    pub fn put(&self, content: &mut dyn Read) -> Result<KeptBlob, BlobError> {
        private_dir(&self.dir).map_err(io_at(&self.dir))?;
        let passing = self.dir.join(format!("{}.new", data_encoding::HEXLOWER.encode(&random::<16>()?)));
        let kept = self.write(&passing, content).and_then(|kept| {
            self.settle(&passing, &kept)?;
            Ok(kept)
        });
        if kept.is_err() {
            // What counts is the first error; a leftover is removed by the next `tidy`.
            let _ = std::fs::remove_file(&passing);
        }
        kept
    }

    /// Writes a content to `path`, sealed; its hash is known, and the head written, at the end.
    fn write(&self, path: &Path, content: &mut dyn Read) -> Result<KeptBlob, BlobError> {
        let failed = io_at(path);
        let mut options = OpenOptions::new();
        let mut file = own::open(options.create_new(true).write(true), path).map_err(&failed)?;
        let number = random::<16>()?;
        file.write_all(&[0; HEAD]).map_err(&failed)?;
        let mut hasher = Sha256::new();
        let mut piece = Zeroizing::new(Vec::with_capacity(PIECE));
        let mut size = 0;
        loop {
            piece.clear();
            (&mut *content).take(PIECE as u64).read_to_end(&mut piece).map_err(&failed)?;
            if piece.is_empty() {
                break;
            }
            hasher.update(&*piece);
            file.write_all(&self.key.seal(&place(&number, size), &piece)?).map_err(&failed)?;
            size += piece.len() as u64;
            if size > MAX_BLOB {
                return Err(BlobError::TooLarge);
            }
        }
        let kept = KeptBlob { hash: Hash(hasher.finalize().into()), size };
        file.seek(SeekFrom::Start(0)).map_err(&failed)?;
        file.write_all(&self.head(&number, &kept)?).map_err(&failed)?;
        file.sync_all().map_err(&failed)?;
        Ok(kept)
    }

    /// Gives a whole file its proper name; one that is there already and whole stays.
    fn settle(&self, passing: &Path, kept: &KeptBlob) -> Result<(), BlobError> {
        let path = self.path(&kept.hash);
        if self.check(&kept.hash).unwrap_or(false) {
            std::fs::remove_file(passing).map_err(io_at(passing))?;
        } else {
            std::fs::rename(passing, &path).map_err(io_at(&path))?;
        }
        sync_dir(&self.dir).map_err(io_at(&self.dir))
    }

    fn head(&self, number: &[u8; 16], kept: &KeptBlob) -> Result<Vec<u8>, NoRandom> {
        let mut plain = Vec::with_capacity(HEAD_PLAIN);
        plain.extend_from_slice(&kept.hash.0);
        plain.extend_from_slice(&kept.size.to_be_bytes());
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(number);
        head.extend_from_slice(&self.key.seal(&head_place(number), &plain)?);
        Ok(head)
    }

    /// Whether the content is here; not whether it is whole.
    pub fn has(&self, hash: &Hash) -> bool {
        self.path(hash).is_file()
    }

    /// Removes a content for good, where no record names it any more.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn remove(&self, hash: &Hash) -> Result<(), BlobError> {
        let path = self.path(hash);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(BlobError::Io { path, source }),
            Ok(()) => sync_dir(&self.dir).map_err(io_at(&self.dir)),
        }
    }

    /// Opens a content; `None` where it is not here.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] where its head was altered or its length is another.
    pub fn open(&self, hash: &Hash) -> Result<Option<Blob>, BlobError> {
        let path = self.path(hash);
        let mut file = match own::open(OpenOptions::new().read(true), &path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BlobError::Io { path, source }),
        };
        let damaged = || BlobError::Damaged(path.clone());
        let length = file.metadata().map_err(io_at(&path))?.len();
        let mut head = [0; HEAD];
        file.read_exact(&mut head).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => damaged(),
            _ => BlobError::Io { path: path.clone(), source: e },
        })?;
        let (number, kept) = self.read_head(&head).filter(|(_, kept)| kept.hash == *hash).ok_or_else(damaged)?;
        if length != file_length(kept.size) {
            return Err(damaged());
        }
        Ok(Some(Blob { file, path, key: self.key.clone(), number, kept }))
    }

    fn read_head(&self, head: &[u8; HEAD]) -> Option<([u8; 16], KeptBlob)> {
        let (number, sealed) = head.strip_prefix(MAGIC)?.split_first_chunk::<16>()?;
        let plain = self.key.open(&head_place(number), sealed).ok()?;
        let (hash, size) = plain.split_first_chunk::<32>()?;
        let size = u64::from_be_bytes(size.try_into().ok()?);
        Some((*number, KeptBlob { hash: Hash(*hash), size }))
    }

    /// Whether a content is here and whole: every piece is opened and the hash compared.
    ///
    /// # Errors
    /// [`BlobError::Damaged`], [`BlobError::Io`].
    pub fn check(&self, hash: &Hash) -> Result<bool, BlobError> {
        let Some(mut blob) = self.open(hash)? else { return Ok(false) };
        let mut hasher = Sha256::new();
        blob.each_piece(&mut |piece| {
            hasher.update(piece);
            Ok(())
        })?;
        if Hash(hasher.finalize().into()) == *hash { Ok(true) } else { Err(BlobError::Damaged(self.path(hash))) }
    }

    /// Takes up a content that comes in parts, where it stopped the last time.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`], [`BlobError::Io`].
    pub fn receive(&self, kept: KeptBlob) -> Result<Incoming, BlobError> {
        if kept.size > MAX_BLOB {
            return Err(BlobError::TooLarge);
        }
        private_dir(&self.dir).map_err(io_at(&self.dir))?;
        Incoming::open(self.clone(), kept)
    }

    /// Removes what a crash left behind half-written. Called by whoever holds the instance's lock.
    pub fn tidy(&self) {
        for entry in std::fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "new") {
                // At worst it stays and takes room.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

impl fmt::Debug for Blobs {
    /// Shows the place only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blobs({})", self.dir.display())
    }
}

/// A content that is here.
#[derive(Debug)]
pub struct Blob {
    file: File,
    path: PathBuf,
    key: SealingKey,
    number: [u8; 16],
    kept: KeptBlob,
}

impl Blob {
    /// Its hash and length.
    pub fn kept(&self) -> KeptBlob {
        self.kept
    }

    /// At most `length` bytes from `offset` on: fewer where it ends. Every byte was authenticated.
    ///
    /// # Errors
    /// [`BlobError::Damaged`], [`BlobError::Io`].
    pub fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, BlobError> {
        let end = offset.saturating_add(length as u64).min(self.kept.size);
        let mut bytes = Vec::with_capacity(usize::try_from(end.saturating_sub(offset)).unwrap_or(0));
        let mut at = offset;
        while at < end {
            let start = at - at % PIECE as u64;
            let piece = self.piece(start)?;
            let from = usize::try_from(at - start).unwrap_or(PIECE);
            let to = usize::try_from(end - start).unwrap_or(PIECE).min(piece.len());
            bytes.extend_from_slice(piece.get(from..to).unwrap_or_default());
            at = start + to as u64;
        }
        Ok(bytes)
    }

    /// Gives the content to `take`, piece by piece, each authenticated before it is given.
    ///
    /// # Errors
    /// [`BlobError`], and what `take` gives.
    pub fn each_piece(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<(), BlobError>) -> Result<(), BlobError> {
        let mut at = 0;
        while at < self.kept.size {
            take(&self.piece(at)?)?;
            at += PIECE as u64;
        }
        Ok(())
    }

    /// The piece that begins at `start`.
    fn piece(&mut self, start: u64) -> Result<Zeroizing<Vec<u8>>, BlobError> {
        let failed = io_at(&self.path);
        let plain = (self.kept.size - start).min(PIECE as u64);
        let mut sealed = vec![0; NONCE + TAG + usize::try_from(plain).unwrap_or(PIECE)];
        self.file.seek(SeekFrom::Start(offset_of(start))).map_err(&failed)?;
        self.file.read_exact(&mut sealed).map_err(&failed)?;
        let opened = self.key.open(&place(&self.number, start), &sealed);
        opened.map(Zeroizing::new).map_err(|_| BlobError::Damaged(self.path.clone()))
    }
}

/// Where in the file the piece stands that begins at `start` of the content.
fn offset_of(start: u64) -> u64 {
    HEAD as u64 + start / PIECE as u64 * SEALED_PIECE
}

/// How long the file of a content of `size` bytes is.
fn file_length(size: u64) -> u64 {
    HEAD as u64 + size + size.div_ceil(PIECE as u64) * (NONCE + TAG) as u64
}

/// What a piece is bound to: this file, this place.
fn place(number: &[u8; 16], start: u64) -> Vec<u8> {
    [b"piece".as_slice(), number, &start.to_be_bytes()].concat()
}

fn head_place(number: &[u8; 16]) -> Vec<u8> {
    [b"blob".as_slice(), number].concat()
}
