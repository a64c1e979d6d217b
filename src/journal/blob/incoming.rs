//! A content that comes in parts, over a line that breaks.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use auxlog_record::Hash;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{BlobError, Blobs, HEAD, KeptBlob, MAGIC, PIECE, SEALED_PIECE, io_at, offset_of, place};
use crate::key::{NONCE, TAG, random};
use crate::own;

/// A content that is being received. Whole pieces are kept through a crash; dropping it loses
/// nothing but a begun piece.
#[derive(Debug)]
pub struct Incoming {
    blobs: Blobs,
    kept: KeptBlob,
    path: PathBuf,
    file: File,
    number: [u8; 16],
    /// Of all bytes so far.
    hasher: Sha256,
    /// Bytes in whole pieces.
    written: u64,
    piece: Zeroizing<Vec<u8>>,
}

impl Incoming {
    pub(super) fn open(blobs: Blobs, kept: KeptBlob) -> Result<Self, BlobError> {
        let path = blobs.path(&kept.hash).with_extension("part");
        let mut options = OpenOptions::new();
        let file = own::open(options.create(true).truncate(false).read(true).write(true), &path);
        let file = file.map_err(io_at(&path))?;
        let piece = Zeroizing::new(Vec::with_capacity(PIECE));
        let mut incoming = Self { blobs, kept, path, file, number: [0; 16], hasher: Sha256::new(), written: 0, piece };
        if !incoming.resume()? {
            incoming.begin()?;
        }
        Ok(incoming)
    }

    /// Reads what is here; `false` where it cannot be gone on with.
    fn resume(&mut self) -> Result<bool, BlobError> {
        let failed = io_at(&self.path);
        let length = self.file.metadata().map_err(&failed)?.len();
        let mut start = [0; MAGIC.len() + 16];
        if length < HEAD as u64 {
            return Ok(false);
        }
        self.file.read_exact(&mut start).map_err(&failed)?;
        let Some(number) = start.strip_prefix(MAGIC).and_then(|number| number.try_into().ok()) else {
            return Ok(false);
        };
        self.number = number;
        let whole = (length - HEAD as u64) / SEALED_PIECE;
        let mut sealed = vec![0; NONCE + PIECE + TAG];
        self.file.seek(SeekFrom::Start(HEAD as u64)).map_err(&failed)?;
        for _ in 0..whole.min(self.kept.size / PIECE as u64) {
            self.file.read_exact(&mut sealed).map_err(&failed)?;
            // A piece that a crash tore is received again, with all after it.
            let Ok(plain) = self.blobs.key.open(&place(&self.number, self.written), &sealed) else { break };
            self.hasher.update(&plain);
            self.written += PIECE as u64;
        }
        self.file.set_len(offset_of(self.written)).map_err(&failed)?;
        Ok(true)
    }

    fn begin(&mut self) -> Result<(), BlobError> {
        let failed = io_at(&self.path);
        (self.written, self.hasher, self.number) = (0, Sha256::new(), random()?);
        self.piece.clear();
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&self.number);
        head.resize(HEAD, 0);
        self.file.set_len(0).map_err(&failed)?;
        self.file.seek(SeekFrom::Start(0)).map_err(&failed)?;
        self.file.write_all(&head).map_err(&failed)
    }

    /// The offset from which the next bytes are wanted.
    pub fn offset(&self) -> u64 {
        self.written + self.piece.len() as u64
    }

    /// Whether all bytes are here; then [`Self::finish`].
    pub fn is_complete(&self) -> bool {
        self.offset() == self.kept.size
    }

    /// Takes the bytes at [`Self::offset`].
    ///
    /// # Errors
    /// [`BlobError::OtherContent`] where there are more than the content has, [`BlobError::Io`].
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        if bytes.len() as u64 > self.kept.size - self.offset() {
            return Err(BlobError::OtherContent(self.kept.hash));
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = later;
            if self.piece.len() == PIECE {
                self.write_piece()?;
            }
        }
        Ok(())
    }

    fn write_piece(&mut self) -> Result<(), BlobError> {
        let failed = io_at(&self.path);
        let sealed = self.blobs.key.seal(&place(&self.number, self.written), &self.piece)?;
        self.file.seek(SeekFrom::Start(offset_of(self.written))).map_err(&failed)?;
        self.file.write_all(&sealed).map_err(&failed)?;
        self.hasher.update(&*self.piece);
        self.written += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }

    /// Keeps the whole content, durably. One that is another than its hash says is given up, so
    /// that the next try begins anew.
    ///
    /// # Errors
    /// [`BlobError::OtherContent`], [`BlobError::Io`].
    pub fn finish(mut self) -> Result<KeptBlob, BlobError> {
        if !self.piece.is_empty() {
            self.write_piece()?;
        }
        let failed = io_at(&self.path);
        if self.written != self.kept.size || Hash(self.hasher.clone().finalize().into()) != self.kept.hash {
            std::fs::remove_file(&self.path).map_err(&failed)?;
            return Err(BlobError::OtherContent(self.kept.hash));
        }
        let head = self.blobs.head(&self.number, &self.kept)?;
        self.file.seek(SeekFrom::Start(0)).map_err(&failed)?;
        self.file.write_all(&head).map_err(&failed)?;
        self.file.sync_all().map_err(&failed)?;
        self.blobs.settle(&self.path, &self.kept)?;
        Ok(self.kept)
    }
}
