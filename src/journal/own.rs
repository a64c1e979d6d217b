//! Files and directories of the program: their owner's alone, and reached through no symbolic link, by
//! which somebody else would choose what is read and overwritten.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A symbolic link where the program keeps something of its own.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} is a symbolic link, and no link is followed there: name the place that it leads to, or put the file or \
     directory itself in its place",
    .0.display()
)]
pub struct Link(pub PathBuf);

/// Refuses a symbolic link; links above it are the owner's.
///
/// # Errors
/// [`Link`].
pub fn no_link(path: &Path) -> io::Result<()> {
    // A slash at its end would have the system look at what the link leads to.
    let path: PathBuf = path.components().collect();
    if path.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::other(Link(path)));
    }
    Ok(())
}

/// Refuses a directory that is a symbolic link, or has one in it or below.
///
/// # Errors
/// [`Link`]; what the file system returns.
pub fn no_links(dir: &Path) -> io::Result<()> {
    no_link(dir)?;
    let entries = match std::fs::read_dir(dir) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            return Err(io::Error::other(Link(entry.path())));
        }
        if kind.is_dir() {
            no_links(&entry.path())?;
        }
    }
    Ok(())
}

/// Opens a file that is its owner's alone. What must be new exists already where a link is.
///
/// # Errors
/// [`Link`]; what the file system returns.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => error,
        _ => no_link(path).err().unwrap_or(error),
    })
}

/// All of a file.
///
/// # Errors
/// [`Link`]; what the file system returns.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(OpenOptions::new().read(true), path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes a directory that is the owner's alone, with those above it.
///
/// # Errors
/// [`Link`]; what the file system returns.
pub fn private_dir(dir: &Path) -> io::Result<()> {
    no_link(dir)?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    #[cfg(unix)]
    open(OpenOptions::new().read(true), dir)?.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[track_caller]
    fn refused<T: std::fmt::Debug>(outcome: io::Result<T>, link: &Path) {
        let text = outcome.expect_err("a link").to_string();
        assert!(text.contains(&link.display().to_string()) && text.contains("symbolic link"), "{text}");
    }

    #[test]
    fn a_link_in_the_place_of_a_directory_or_file_is_refused_and_not_touched() {
        let root = tempfile::tempdir().expect("a directory");
        let (theirs, link) = (root.path().join("theirs"), root.path().join("link"));
        std::fs::create_dir(&theirs).expect("made");
        std::fs::set_permissions(&theirs, std::fs::Permissions::from_mode(0o755)).expect("set");
        symlink(&theirs, &link).expect("linked");
        refused(private_dir(&link), &link);
        refused(private_dir(&link.join("")), &link);
        refused(no_links(root.path()), &link);
        assert_eq!(theirs.metadata().expect("there").permissions().mode() & 0o777, 0o755);

        let (file, dangling) = (root.path().join("file"), root.path().join("dangling"));
        symlink(&file, &dangling).expect("linked");
        refused(open(OpenOptions::new().create(true).truncate(false).write(true), &dangling), &dangling);
        refused(read(&dangling), &dangling);
        assert!(!file.exists());
        // What lies above is the owner's: /tmp is a link in some systems.
        private_dir(&link.join("below").join("it")).expect("made");
        assert!(theirs.join("below").join("it").is_dir());
    }
}
