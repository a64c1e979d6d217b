//! Frozen formats: a data directory as the first version wrote it. Every later version must read
//! it; the files are never edited. A new format version gets a directory of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_record::Record;

use crate::{
    Directory, Entry, Journal, JournalOptions, KdfCost, Keyring, RecoverySecret, ServerVerdict, Unlocked, scan,
};

const PASSPHRASE: &str = "海安口令 first";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn record() -> Record {
    let hex: String = include_str!("../../tests/golden/record-1.hex").split_whitespace().collect();
    Record::decode(&data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hex")).expect("decodes")
}

fn entries() -> Vec<Entry> {
    vec![
        Entry::Own(record()),
        Entry::Received {
            lsn: 7,
            record: record().masked(),
            verdict: ServerVerdict::Quarantined,
            reasons: vec!["fork".into()],
            word: None,
        },
        Entry::Receipt(vec![1, 2, 3]),
        Entry::RosterSnapshot(vec![4; 600]),
        Entry::Note { topic: "cursor".into(), bytes: vec![9] },
    ]
}

fn disk(dir: &Path) -> Arc<Directory> {
    Arc::new(Directory::new(&dir.join("journal"), &dir.join("quarantine")))
}

fn read(dir: &Path, unlocked: &Unlocked) {
    let mut read = Vec::new();
    let report = scan(&*disk(dir), &unlocked.store, 0, &mut |at, entry| read.push((at, entry))).expect("still read");
    assert!(report.is_whole() && report.torn.is_none(), "{report:?}");
    assert_eq!(read, (0..).zip(entries()).collect::<Vec<_>>());
}

#[test]
fn golden_stores_are_read_as_ever() {
    // The second has frames that are alone in their commit.
    for store in ["store-1", "store-2"] {
        is_read_as_ever(store);
    }
}

fn is_read_as_ever(store: &str) {
    let dir = tempfile::tempdir().expect("a directory");
    for path in ["keys/keyring", "keys/keyring.copy", "journal/00000001.seg", "recovery.txt"] {
        let to = dir.path().join(path);
        std::fs::create_dir_all(to.parent().expect("a directory")).expect("made");
        std::fs::copy(golden().join(store).join(path), to).expect("a golden file");
    }
    let mut keyring = Keyring::load(&dir.path().join("keys")).expect("still read");
    assert_eq!(keyring.damaged(), [] as [PathBuf; 0]);
    let unlocked = keyring.unlock(&"O1".into(), PASSPHRASE).expect("still opens");
    assert_eq!(unlocked.signing.writer(), keyring.officers()[0].writer);
    read(dir.path(), &unlocked);

    let text = std::fs::read_to_string(dir.path().join("recovery.txt")).expect("a golden file");
    let secret = RecoverySecret::from_text(&text).expect("still read");
    let recovered = keyring.recover(&secret, &"O1".into(), "new", KdfCost::CHEAP).expect("still recovers");
    read(dir.path(), &recovered);
}

/// What this version writes is what the golden stores hold. `AUXLOG_GOLDEN=DIR` keeps what was
/// written there: the golden files of a new format version.
#[test]
fn a_store_written_now_holds_the_same() {
    let place = tempfile::tempdir().expect("a directory");
    let dir = std::env::var_os("AUXLOG_GOLDEN").map_or_else(|| place.path().join("store"), PathBuf::from);
    assert!(!dir.exists(), "golden files are frozen; a new format version gets a new directory");
    let secret = RecoverySecret::generate().expect("random bytes");
    let keys = dir.join("keys");
    let (_, unlocked) =
        Keyring::create(&keys, &"O1".into(), PASSPHRASE, KdfCost::CHEAP, Some(secret.public())).expect("created");
    std::fs::write(dir.join("recovery.txt"), secret.to_text().as_bytes()).expect("written");
    let disk = disk(&dir);
    disk.make().expect("made");
    let journal = Journal::create(disk, &unlocked.store, JournalOptions { segment_bytes: 0 }).expect("created");
    for commit in [&entries()[..1], &entries()[1..4], &entries()[4..]] {
        journal.append(commit).expect("durable");
    }
    drop(journal);
    read(&dir, &unlocked);
}
