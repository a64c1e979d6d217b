//! Backup: the encrypted files of a data directory in one file, made while others write, and
//! added to instead of being made anew.
//!
//! # File
//!
//! `AXBACK1\n`, then blocks: tag (1 chunk, 2 manifest), length u32, SHA-256, content. A chunk is
//! up to 256 KiB of a file; a manifest, a CBOR map, names the files of one backup and their
//! chunks. The last whole manifest counts, so that a backup cut off leaves the one before it
//! whole, and a later one adds only what is new.
//!
//! All that goes in is encrypted as it lies on the disk; a backup tells a finder no more than the
//! laptop would. What the cache holds is left out: it is made anew from the journal.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Component, Path, PathBuf};

use auxlog_record::Hash;
use auxlog_record::crypto::sha256;
use minicbor::{Decode, Encode};

use crate::error::KeyError;
use crate::file::sync_dir;
use crate::keyring::Keyring;
use crate::layout::segment_number;
use crate::own::{self, private_dir};

const MAGIC: &[u8; 8] = b"AXBACK1\n";
const CHUNK: usize = 256 << 10;
const BLOCK_HEAD: usize = 1 + 4 + 32;
/// The largest block that is read.
const MAX_BLOCK: u32 = 64 << 20;
/// The directories whose files are backed up, in this order.
const DIRECTORIES: [&str; 4] = ["keys", "drafts", "attachments", "journal"];

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is another store's backup.
    #[error("{}: it is a backup of another data directory; choose another file", .0.display())]
    OtherStore(PathBuf),
    /// The file is no backup, or none of its manifests is whole.
    #[error("{}: {what}", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// There is something where it is to be restored.
    #[error("{}: there is something already; restore to an empty place", .0.display())]
    Exists(PathBuf),
    /// The data directory's keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What a backup or a restore did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BackupReport {
    /// Files in the backup.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that were new and written.
    pub written: u64,
}

#[derive(Debug, Clone, Encode, Decode)]
#[cbor(map)]
struct Manifest {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    store_id: [u8; 16],
    #[n(1)]
    files: Vec<Listed>,
}

#[derive(Debug, Clone, Encode, Decode)]
#[cbor(map)]
struct Listed {
    /// Relative to the data directory, with `/`.
    #[n(0)]
    path: String,
    #[n(1)]
    length: u64,
    #[n(2)]
    chunks: Vec<Hash>,
}

/// What a backup file holds: where its chunks are, its last whole manifest, where it ends.
struct Archive {
    file: File,
    path: PathBuf,
    chunks: BTreeMap<Hash, (u64, u32)>,
    manifest: Option<Manifest>,
    end: u64,
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |source| BackupError::Io { path: path.to_owned(), source }
}

impl Archive {
    fn new(path: &Path) -> Result<Self, BackupError> {
        let mut options = OpenOptions::new();
        let mut file = own::open(options.create_new(true).read(true).write(true), path).map_err(io_at(path))?;
        file.write_all(MAGIC).map_err(io_at(path))?;
        Ok(Self { file, path: path.to_owned(), chunks: BTreeMap::new(), manifest: None, end: MAGIC.len() as u64 })
    }

    /// Walks through a file's blocks, up to the first that is not whole.
    fn open(path: &Path, write: bool) -> Result<Self, BackupError> {
        let mut options = OpenOptions::new();
        options.read(true).write(write);
        // Whoever links a name to another's file must not have it written to.
        let mut file = if write { own::open(&mut options, path) } else { options.open(path) }.map_err(io_at(path))?;
        let mut magic = [0; 8];
        let begins = file.read_exact(&mut magic).is_ok() && magic == *MAGIC;
        if !begins {
            return Err(BackupError::NoBackup { path: path.to_owned(), what: "it is no backup of auxlog".into() });
        }
        let mut archive =
            Self { file, path: path.to_owned(), chunks: BTreeMap::new(), manifest: None, end: MAGIC.len() as u64 };
        while let Some((tag, hash, content)) = archive.next().map_err(io_at(path))? {
            let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
            if tag == 1 {
                archive.chunks.insert(hash, (archive.end + BLOCK_HEAD as u64, length));
            } else if let Ok(manifest) = minicbor::decode(&content) {
                archive.manifest = Some(manifest);
            }
            archive.end += BLOCK_HEAD as u64 + u64::from(length);
        }
        Ok(archive)
    }

    /// The block that stands at the end so far; `None` where none is whole.
    fn next(&mut self) -> io::Result<Option<(u8, Hash, Vec<u8>)>> {
        let mut head = [0; BLOCK_HEAD];
        if !filled(&mut self.file, &mut head)? {
            return Ok(None);
        }
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        if !matches!(head[0], 1 | 2) || length > MAX_BLOCK {
            return Ok(None);
        }
        let mut hash = Hash::default();
        hash.0.copy_from_slice(&head[5..]);
        let mut content = Vec::new();
        (&mut self.file).take(u64::from(length)).read_to_end(&mut content)?;
        let whole = content.len() as u64 == u64::from(length) && sha256(&[&head[..5], &content]) == hash;
        Ok(whole.then_some((head[0], hash, content)))
    }

    /// Adds a block behind the last whole one.
    fn add(&mut self, tag: u8, content: &[u8]) -> Result<Hash, BackupError> {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        let mut head = vec![tag];
        head.extend_from_slice(&length.to_be_bytes());
        let hash = sha256(&[&head, content]);
        if tag == 1 && self.chunks.contains_key(&hash) {
            return Ok(hash);
        }
        head.extend_from_slice(&hash.0);
        let failed = io_at(&self.path);
        self.file.seek(SeekFrom::Start(self.end)).map_err(&failed)?;
        self.file.write_all(&head).map_err(&failed)?;
        self.file.write_all(content).map_err(&failed)?;
        if tag == 1 {
            self.chunks.insert(hash, (self.end + BLOCK_HEAD as u64, length));
        }
        self.end += BLOCK_HEAD as u64 + u64::from(length);
        Ok(hash)
    }

    fn chunk(&mut self, hash: &Hash) -> Result<Vec<u8>, BackupError> {
        let lacks = || BackupError::NoBackup {
            path: self.path.clone(),
            what: format!("the part {hash} is missing or damaged; use another backup"),
        };
        let (offset, length) = *self.chunks.get(hash).ok_or_else(lacks)?;
        let mut content = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        let failed = io_at(&self.path);
        self.file.seek(SeekFrom::Start(offset)).map_err(&failed)?;
        self.file.read_exact(&mut content).map_err(&failed)?;
        Ok(content)
    }
}

/// Whether there was enough to fill `buffer`.
fn filled(file: &mut File, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

/// Backs up the data directory `dir` to `file`: made if it isn't there, added to if it is. Needs
/// no passphrase and disturbs no writer; what was acknowledged before it began is in it.
///
/// # Errors
/// [`BackupError`]; a backup that was in the file before stays whole.
pub fn backup(dir: &Path, file: &Path) -> Result<BackupReport, BackupError> {
    let store_id = Keyring::load(&dir.join("keys"))?.store_id();
    let exists = file.try_exists().map_err(io_at(file))?;
    let passing = file.with_added_extension("new");
    let mut archive = if exists {
        Archive::open(file, true)?
    } else {
        let _ = std::fs::remove_file(&passing);
        Archive::new(&passing)?
    };
    if archive.manifest.as_ref().is_some_and(|manifest| manifest.store_id != store_id) {
        return Err(BackupError::OtherStore(file.to_owned()));
    }
    let before = archive.end;
    let mut report = BackupReport::default();
    let mut manifest = Manifest { store_id, files: Vec::new() };
    for name in DIRECTORIES {
        let mut done: Vec<PathBuf> = Vec::new();
        // The journal may grow a segment while its last one is read; then once more.
        while let Some(path) = files(&dir.join(name))?.into_iter().find(|path| !done.contains(path)) {
            if let Some(listed) = add_file(&mut archive, dir, &path)? {
                report.files += 1;
                report.bytes += listed.length;
                manifest.files.push(listed);
            }
            done.push(path);
        }
    }
    archive.add(2, &minicbor::to_vec(&manifest).expect("writing to memory can't fail"))?;
    let failed = io_at(file);
    // Whatever stood behind the last whole block was cut off once.
    archive.file.set_len(archive.end).map_err(&failed)?;
    archive.file.sync_all().map_err(&failed)?;
    if !exists {
        std::fs::rename(&passing, file).map_err(&failed)?;
    }
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_dir(parent).map_err(&failed)?;
    report.written = archive.end - before;
    Ok(report)
}

/// A directory's files, in order of their names, and those of directories below.
fn files(dir: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(BackupError::Io { path: dir.to_owned(), source }),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io_at(dir))?;
        let kind = entry.file_type().map_err(io_at(dir))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let passing = Path::new(&*name).extension().is_some_and(|extension| extension == "new");
        if kind.is_dir() {
            found.extend(files(&entry.path())?);
        } else if !passing && (!dir.ends_with("journal") || segment_number(&name).is_some()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// `None` where the file went while it was to be read (a draft that was saved).
fn add_file(archive: &mut Archive, dir: &Path, path: &Path) -> Result<Option<Listed>, BackupError> {
    let mut file = match own::open(OpenOptions::new().read(true), path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(BackupError::Io { path: path.to_owned(), source }),
    };
    let within = path.strip_prefix(dir).unwrap_or(path);
    let parts: Vec<_> = within.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let mut listed = Listed { path: parts.join("/"), length: 0, chunks: Vec::new() };
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        chunk.clear();
        (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).map_err(io_at(path))?;
        if chunk.is_empty() {
            return Ok(Some(listed));
        }
        listed.length += chunk.len() as u64;
        listed.chunks.push(archive.add(1, &chunk)?);
    }
}

/// Restores a backup to `dir`, which must not hold anything: whole or not at all.
///
/// # Errors
/// [`BackupError`]; `dir` is then as it was.
pub fn restore(file: &Path, dir: &Path) -> Result<BackupReport, BackupError> {
    let occupied = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => false,
        Err(source) => return Err(BackupError::Io { path: dir.to_owned(), source }),
    };
    if occupied {
        return Err(BackupError::Exists(dir.to_owned()));
    }
    let mut archive = Archive::open(file, false)?;
    let Some(manifest) = archive.manifest.take() else {
        return Err(BackupError::NoBackup { path: file.to_owned(), what: "no backup in it is whole".into() });
    };
    let passing = dir.with_added_extension("restoring");
    let restored = write_all(&mut archive, &manifest, &passing).and_then(|report| {
        if dir.try_exists().map_err(io_at(dir))? {
            std::fs::remove_dir(dir).map_err(io_at(dir))?;
        }
        std::fs::rename(&passing, dir).map_err(io_at(dir))?;
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync_dir(parent).map_err(io_at(parent))?;
        Ok(report)
    });
    if restored.is_err() {
        // What counts is the first error.
        let _ = std::fs::remove_dir_all(&passing);
    }
    restored
}

fn write_all(archive: &mut Archive, manifest: &Manifest, dir: &Path) -> Result<BackupReport, BackupError> {
    let _ = std::fs::remove_dir_all(dir);
    private_dir(dir).map_err(io_at(dir))?;
    let mut report = BackupReport::default();
    for listed in &manifest.files {
        let within = Path::new(&listed.path);
        let known = DIRECTORIES.iter().any(|name| within.starts_with(name));
        if !known || !within.components().all(|part| matches!(part, Component::Normal(_))) {
            let what = format!("it names a file outside a data directory: {}", listed.path);
            return Err(BackupError::NoBackup { path: archive.path.clone(), what });
        }
        let path = dir.join(within);
        let parent = path.parent().unwrap_or(dir);
        private_dir(parent).map_err(io_at(parent))?;
        let mut options = OpenOptions::new();
        let file = own::open(options.create_new(true).write(true), &path).map_err(io_at(&path))?;
        let mut file = BufWriter::new(file);
        for hash in &listed.chunks {
            file.write_all(&archive.chunk(hash)?).map_err(io_at(&path))?;
        }
        let file = file.into_inner().map_err(|e| io_at(&path)(e.into_error()))?;
        file.sync_all().map_err(io_at(&path))?;
        sync_dir(parent).map_err(io_at(parent))?;
        report.files += 1;
        report.bytes += listed.length;
        report.written += listed.length;
    }
    Ok(report)
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
