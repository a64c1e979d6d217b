//! Writing a journal anew, where a body must go by order. The one exception to "append only":
//! what was signed and every hash stay as they were, only the body is gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Directory, Disk as _};
use crate::entry::{Entry, Position};
use crate::error::JournalError;
use crate::file::sync_dir;
use crate::journal::{Journal, JournalOptions, scan};
use crate::key::StoreKey;

/// Entries written in one commit.
const BATCH: usize = 256;

fn passing(root: &Path) -> PathBuf {
    root.join("journal.rewriting")
}

/// Removes what an interrupted rewriting left: a copy that was never finished, or the old journal
/// after the new one took its place. Called under the instance's lock, before the journal is opened.
///
/// # Errors
/// [`JournalError::Io`].
pub fn finish_rewriting(root: &Path) -> Result<(), JournalError> {
    match std::fs::remove_dir_all(passing(root)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("journal.rewriting")(e)),
        _ => Ok(()),
    }
}

/// Writes the journal of the data directory `root` anew, each entry as `change` gives it, and puts
/// it in the old one's place in one step: a crash leaves the one or the other, whole. Entries keep
/// their positions. The caller holds the instance's lock and has no journal open for writing.
///
/// # Errors
/// [`JournalError::NotWhole`] for a damaged journal, which must be mended first;
/// [`JournalError::NotSaved`], [`JournalError::Io`]; the journal is then as it was.
pub fn rewrite(
    root: &Path,
    key: &StoreKey,
    options: JournalOptions,
    change: &mut dyn FnMut(Entry) -> Entry,
) -> Result<(), JournalError> {
    finish_rewriting(root)?;
    let old = Directory::new(&root.join("journal"), &root.join("quarantine"));
    let new = Directory::new(&passing(root), &root.join("quarantine"));
    let written = copy(&old, &new, key, options, change).and_then(|()| swap(root));
    // After the swap it holds the old journal, with what was to go; before it, half a copy.
    let removed = finish_rewriting(root);
    written.and(removed)
}

fn copy(
    old: &Directory,
    new: &Directory,
    key: &StoreKey,
    options: JournalOptions,
    change: &mut dyn FnMut(Entry) -> Entry,
) -> Result<(), JournalError> {
    new.make().map_err(io("journal.rewriting"))?;
    let journal = Journal::create(Arc::new(new.clone()), key, options)?;
    let mut batch = Vec::with_capacity(BATCH);
    let mut failed = None;
    let report = scan(old, key, 0, &mut |_: Position, entry| {
        batch.push(change(entry));
        if batch.len() == BATCH && failed.is_none() {
            failed = journal.append(&batch).err();
            batch.clear();
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    journal.append(&batch)?;
    journal.rest()?;
    if !report.is_whole() || journal.end() != report.end {
        return Err(JournalError::NotWhole);
    }
    drop(journal);
    new.sync_dir().map_err(io("journal.rewriting"))
}

#[cfg(target_os = "linux")]
fn swap(root: &Path) -> Result<(), JournalError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, passing(root), CWD, root.join("journal"), RenameFlags::EXCHANGE)
        .map_err(|e| io("journal")(e.into()))?;
    sync_dir(root).map_err(io("journal"))
}

/// Elsewhere two directories can't be exchanged in one step, and half a step is not taken.
#[cfg(not(target_os = "linux"))]
fn swap(_: &Path) -> Result<(), JournalError> {
    Err(io("journal")(std::io::ErrorKind::Unsupported.into()))
}

fn io(file: &'static str) -> impl Fn(std::io::Error) -> JournalError {
    move |source| JournalError::Io { file: file.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(n: u64) -> Entry {
        Entry::Note { topic: "n".into(), bytes: [n.to_be_bytes().as_slice(), &[7; 300]].concat() }
    }

    #[test]
    fn entries_keep_their_places_and_what_was_changed_is_gone() {
        let root = tempfile::tempdir().expect("a directory");
        let key = StoreKey::from_bytes(&[1; 32]);
        let options = JournalOptions { segment_bytes: 24 << 10 };
        let disk = Directory::new(&root.path().join("journal"), &root.path().join("quarantine"));
        disk.make().expect("made");
        let journal = Journal::create(Arc::new(disk.clone()), &key, options).expect("created");
        for n in 0..300 {
            journal.append(&[note(n)]).expect("durable");
        }
        drop(journal);
        std::fs::create_dir(passing(root.path())).expect("a leftover");
        let mut change = |entry| if entry == note(77) { note(1000) } else { entry };
        rewrite(root.path(), &key, options, &mut change).expect("rewritten");

        let mut read = Vec::new();
        let report = scan(&disk, &key, 0, &mut |at, entry| read.push((at, entry))).expect("reads");
        assert!(report.is_whole(), "{report:?}");
        let expected = (0..300).map(|n| (n, if n == 77 { note(1000) } else { note(n) })).collect::<Vec<_>>();
        assert_eq!(read, expected);
        assert!(!passing(root.path()).exists());
    }

    #[test]
    fn a_damaged_journal_is_left_as_it_is() {
        let root = tempfile::tempdir().expect("a directory");
        let key = StoreKey::from_bytes(&[1; 32]);
        let options = JournalOptions::default();
        let disk = Directory::new(&root.path().join("journal"), &root.path().join("quarantine"));
        disk.make().expect("made");
        let journal = Journal::create(Arc::new(disk), &key, options).expect("created");
        for n in 0..3 {
            journal.append(&[note(n)]).expect("durable");
        }
        drop(journal);
        let path = root.path().join("journal/00000001.seg");
        let mut bytes = std::fs::read(&path).expect("read");
        bytes[12_288 + 100] ^= 1;
        std::fs::write(&path, &bytes).expect("written");
        let refused = rewrite(root.path(), &key, options, &mut |entry| entry);
        assert!(matches!(refused, Err(JournalError::NotWhole)), "{refused:?}");
        assert_eq!(std::fs::read(&path).expect("read"), bytes);
        assert!(!passing(root.path()).exists());
    }
}
