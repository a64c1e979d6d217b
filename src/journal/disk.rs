//! The journal's disk: a narrow trait, so that tests can cut the power at any write.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::file::sync_dir;
use crate::own::{self, private_dir};

/// The files of one journal's directory.
pub trait Disk: Send + Sync {
    /// Names of all files.
    ///
    /// # Errors
    /// What the disk returns.
    fn list(&self) -> io::Result<Vec<String>>;

    /// A whole file.
    ///
    /// # Errors
    /// What the disk returns.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// The first `length` bytes of a file.
    ///
    /// # Errors
    /// What the disk returns; [`io::ErrorKind::UnexpectedEof`] when it has fewer.
    fn read_start(&self, name: &str, length: usize) -> io::Result<Vec<u8>>;

    /// At most `length` bytes of a file from `offset` on: fewer where it ends.
    ///
    /// # Errors
    /// What the disk returns.
    fn read_at(&self, name: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(name)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let end = start.saturating_add(length).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }

    /// Opens a file for writing.
    ///
    /// # Errors
    /// What the disk returns.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;

    /// Makes a new file, or empties an old one.
    ///
    /// # Errors
    /// What the disk returns.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name, replacing what has it.
    ///
    /// # Errors
    /// What the disk returns.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the disk returns.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes names durable.
    ///
    /// # Errors
    /// What the disk returns.
    fn sync_dir(&self) -> io::Result<()>;

    /// Keeps bytes that were set aside, durably, outside the journal's directory. Kept once: the
    /// same name again changes nothing.
    ///
    /// # Errors
    /// What the disk returns.
    fn quarantine(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A file open for writing.
pub trait DiskFile: Send {
    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// What the disk returns.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes the content durable (`fdatasync`).
    ///
    /// # Errors
    /// What the disk returns.
    fn sync_data(&mut self) -> io::Result<()>;

    /// Makes content, length and allocation durable (`fsync`).
    ///
    /// # Errors
    /// What the disk returns.
    fn sync_all(&mut self) -> io::Result<()>;
}

/// A directory of the file system.
#[derive(Debug, Clone)]
pub struct Directory {
    dir: PathBuf,
    quarantine: PathBuf,
}

impl Directory {
    /// A journal in `dir`, setting things aside in `quarantine`. Nothing is made yet.
    pub fn new(dir: &Path, quarantine: &Path) -> Self {
        Self { dir: dir.to_owned(), quarantine: quarantine.to_owned() }
    }

    /// Makes the directory, its owner's alone.
    ///
    /// # Errors
    /// What the file system returns.
    pub fn make(&self) -> io::Result<()> {
        private_dir(&self.dir)?;
        self.dir.parent().map_or(Ok(()), sync_dir)
    }

    fn reading(&self, name: &str) -> io::Result<File> {
        own::open(OpenOptions::new().read(true), &self.dir.join(name))
    }
}

impl Disk for Directory {
    fn list(&self) -> io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        own::read(&self.dir.join(name))
    }

    fn read_start(&self, name: &str, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.reading(name)?.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn read_at(&self, name: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = self.reading(name)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(own::open(OpenOptions::new().write(true), &self.dir.join(name))?))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        Ok(Box::new(own::open(options.create(true).truncate(true).write(true), &self.dir.join(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.dir.join(from), self.dir.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.dir.join(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        sync_dir(&self.dir)
    }

    fn quarantine(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        private_dir(&self.quarantine)?;
        let path = self.quarantine.join(name);
        if path.exists() { Ok(()) } else { crate::file::replace(&path, bytes) }
    }
}

impl DiskFile for File {
    #[cfg(unix)]
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&mut self, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(self, bytes, offset)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            offset += written as u64;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        File::sync_data(self)
    }

    fn sync_all(&mut self) -> io::Result<()> {
        File::sync_all(self)
    }
}
