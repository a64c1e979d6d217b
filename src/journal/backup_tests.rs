//! Tests of backup and restore.

use std::sync::Arc;

use super::*;
use crate::{Directory, Entry, Journal, JournalOptions, KdfCost, StoreKey, Unlocked, scan};

const OPTIONS: JournalOptions = JournalOptions { segment_bytes: 64 << 10 };

fn note(n: u64) -> Entry {
    Entry::Note { topic: n.to_string(), bytes: vec![3; 3000] }
}

fn disk(dir: &Path) -> Arc<Directory> {
    let disk = Directory::new(&dir.join("journal"), &dir.join("quarantine"));
    disk.make().expect("a directory");
    Arc::new(disk)
}

/// A data directory with a keyring, a draft and a journal that is open for writing.
fn store(dir: &Path) -> (Journal, Unlocked) {
    let (_, unlocked) =
        Keyring::create(&dir.join("keys"), &"O1".into(), "口令", KdfCost::CHEAP, None).expect("created");
    let journal = Journal::create(disk(dir), &unlocked.store, OPTIONS).expect("created");
    std::fs::create_dir(dir.join("drafts")).expect("made");
    std::fs::write(dir.join("drafts/a"), b"sealed").expect("written");
    std::fs::create_dir(dir.join("cache.0001")).expect("made");
    std::fs::write(dir.join("cache.0001/db"), b"made anew from the journal").expect("written");
    (journal, unlocked)
}

fn append(journal: &Journal, count: u64) {
    let end = journal.end();
    for n in end..end + count {
        journal.append(&[note(n)]).expect("durable");
    }
}

fn read(dir: &Path, key: &StoreKey) -> Vec<Entry> {
    let mut read = Vec::new();
    let report = scan(&*disk(dir), key, 0, &mut |_, entry| read.push(entry)).expect("reads");
    assert!(report.is_whole(), "{report:?}");
    read
}

#[test]
fn a_backup_made_while_others_write_restores_everything_and_grows_by_what_is_new() {
    let place = tempfile::tempdir().expect("a directory");
    let (dir, file) = (place.path().join("data"), place.path().join("usb.auxbackup"));
    let (journal, unlocked) = store(&dir);
    append(&journal, 100);
    let first = backup(&dir, &file).expect("backed up");
    assert!(first.written > first.bytes * 9 / 10);
    append(&journal, 10);
    let second = backup(&dir, &file).expect("added to");
    assert!(second.written < first.written / 2, "{second:?} after {first:?}");
    let third = backup(&dir, &file).expect("nothing new");
    assert!(third.written < 4096, "{third:?}");

    let restored = place.path().join("restored");
    let report = restore(&file, &restored).expect("restored");
    assert_eq!(report.bytes, third.bytes);
    let keys = Keyring::load(&restored.join("keys")).expect("there").unlock(&"O1".into(), "口令").expect("opens");
    assert_eq!(keys.signing.writer(), unlocked.signing.writer());
    assert_eq!(read(&restored, &keys.store), (0..110).map(note).collect::<Vec<_>>());
    assert_eq!(std::fs::read(restored.join("drafts/a")).expect("there"), b"sealed");
    assert!(!restored.join("cache.0001").exists(), "the cache is made anew");
    assert!(matches!(restore(&file, &restored), Err(BackupError::Exists(_))));
}

#[test]
fn backups_taken_during_writing_are_whole_prefixes() {
    let place = tempfile::tempdir().expect("a directory");
    let dir = place.path().join("data");
    let (journal, unlocked) = store(&dir);
    let journal = &journal;
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || append(journal, 120));
        let mut n = 0;
        while !writer.is_finished() || n == 0 {
            let acknowledged = journal.end();
            let (file, restored) = (place.path().join(format!("{n}.bak")), place.path().join(format!("r{n}")));
            backup(&dir, &file).expect("backed up");
            restore(&file, &restored).expect("restored");
            let read = read(&restored, &unlocked.store);
            assert!(read.len() as u64 >= acknowledged, "what was acknowledged before it began is in it");
            assert!(read.iter().zip(0..).all(|(entry, n)| *entry == note(n)));
            n += 1;
        }
    });
}

#[test]
fn a_backup_cut_off_anywhere_leaves_the_one_before_it() {
    let place = tempfile::tempdir().expect("a directory");
    let (dir, file) = (place.path().join("data"), place.path().join("usb"));
    let (journal, unlocked) = store(&dir);
    append(&journal, 3);
    backup(&dir, &file).expect("backed up");
    let first = std::fs::metadata(&file).expect("there").len();
    append(&journal, 3);
    backup(&dir, &file).expect("added to");
    let whole = std::fs::read(&file).expect("read");
    for cut in [first, first + 1, first + 40, first + 5000, whole.len() as u64 - 1] {
        std::fs::write(&file, &whole[..usize::try_from(cut).expect("small")]).expect("written");
        let restored = place.path().join(format!("r{cut}"));
        restore(&file, &restored).expect("the first one is whole");
        assert_eq!(read(&restored, &unlocked.store).len(), 3, "cut at {cut}");
        backup(&dir, &file).expect("and it is added to again");
        let again = place.path().join(format!("again{cut}"));
        restore(&file, &again).expect("restored");
        assert_eq!(read(&again, &unlocked.store).len(), 6, "cut at {cut}");
    }
}

#[test]
fn an_altered_backup_restores_nothing_false() {
    let place = tempfile::tempdir().expect("a directory");
    let (dir, file) = (place.path().join("data"), place.path().join("usb"));
    let (journal, _) = store(&dir);
    append(&journal, 1);
    backup(&dir, &file).expect("backed up");
    let whole = std::fs::read(&file).expect("read");
    for at in (0..whole.len()).step_by(997).chain(0..60) {
        let mut altered = whole.clone();
        altered[at] ^= 4;
        std::fs::write(&file, &altered).expect("written");
        let restored = place.path().join("restored");
        let error = restore(&file, &restored).expect_err("noticed");
        assert!(matches!(error, BackupError::NoBackup { .. }), "byte {at}: {error}");
        assert!(!restored.exists(), "byte {at}: whole or not at all");
    }
}

#[test]
fn another_stores_backup_is_left_alone() {
    let place = tempfile::tempdir().expect("a directory");
    let (one, other, file) = (place.path().join("one"), place.path().join("other"), place.path().join("usb"));
    let _one = store(&one);
    let _other = store(&other);
    backup(&one, &file).expect("backed up");
    let before = std::fs::read(&file).expect("read");
    assert!(matches!(backup(&other, &file), Err(BackupError::OtherStore(_))));
    assert_eq!(std::fs::read(&file).expect("read"), before);
    std::fs::write(&file, b"something else").expect("written");
    assert!(matches!(backup(&one, &file), Err(BackupError::NoBackup { .. })));
    assert!(matches!(backup(&place.path().join("none"), &file), Err(BackupError::Keys(KeyError::Missing(_)))));
}
