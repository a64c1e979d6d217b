//! Each byte of each file of a small data directory flipped, one at a time: noticed, nothing false
//! shown, no panic. The cache's files have tests of their own (`cache::tests`), and so have the
//! notes of who took data out.

use std::path::{Path, PathBuf};

use auxlog_journal::Keyring;

use crate::{Draft, InitOptions, Ledger, OpenOptions, Reader, TaskQuery, Whole};
use auxlog_record::Task;

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, segment_bytes: 0, ..OpenOptions::default() }
}

fn task(n: usize) -> Task {
    Task {
        id: format!("t-{n}"), text: Some(format!("巡查 {n}")), items: vec!["15.2:patrol".into()], ..Task::default()
    }
}

fn sample(dir: &Path) {
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir, &who, "p", options()).expect("made");
    let photo = ledger.stage_bytes("a.txt", "现场".as_bytes()).expect("kept");
    ledger.log_attaching(&task(0), &[(photo, None)]).expect("stored");
    for n in 1..4 {
        assert!(ledger.log(&[task(n)])[0].is_ok());
    }
    let draft = Draft { task: task(9), ..Draft::default() };
    ledger.save_draft("log", &draft).expect("kept");
}

/// The files of `dir`, by name.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(dir).expect("listed").map(|e| e.expect("read").path()).collect();
    found.sort();
    found
}

/// Whether a damaged data directory is noticed; what it shows is checked on the way.
fn noticed(dir: &Path, what: &str) -> bool {
    if Keyring::load(&dir.join("keys")).is_ok_and(|keyring| !keyring.damaged().is_empty()) {
        return true;
    }
    let Ok(reader) = Reader::open(dir, None, "p", &options()) else { return true };
    // A list that cannot be read names the entry that is damaged.
    let Ok(listed) = reader.tasks(&TaskQuery::default()) else { return true };
    for row in listed.rows {
        let n: usize = row.reference.trim_start_matches("t-").parse().expect("one of ours");
        assert_eq!(row.task.text, task(n).text, "{what}: false");
    }
    matches!(reader.verify(&|_, _| {}), Err(_) | Ok(Whole::No { .. }))
}

/// Flips the bytes of `file` that `which` picks.
fn flip_each(dir: &Path, file: &Path, which: impl Fn(&[u8], usize) -> bool) -> usize {
    let bytes = std::fs::read(file).expect("read");
    let picked: Vec<usize> = (0..bytes.len()).filter(|at| which(&bytes, *at)).collect();
    for at in &picked {
        let mut altered = bytes.clone();
        altered[*at] ^= 1 << (at % 8);
        std::fs::write(file, altered).expect("written");
        let what = format!("{} byte {at}", file.display());
        assert!(noticed(dir, &what), "{what}: unnoticed");
    }
    std::fs::write(file, bytes).expect("written");
    picked.len()
}

#[test]
fn every_flipped_byte_of_keys_journal_and_attachments_is_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    assert!(!noticed(dir.path(), "as it was"));
    let mut flips = 0;
    for below in ["keys", "attachments"] {
        for file in files(&dir.path().join(below)) {
            // How often a passphrase was tried in vain is a number of its own, of which nothing else is made.
            if file.file_stem().is_some_and(|name| name == "tries") {
                continue;
            }
            flips += flip_each(dir.path(), &file, |_, _| true);
        }
    }
    for file in files(&dir.path().join("journal")) {
        // Of the zeros between head and slots every 64th stands for its neighbours; preallocation
        // behind the last frame is not in use.
        flips += flip_each(dir.path(), &file, |bytes, at| {
            let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
            at <= used && (bytes[at] != 0 || at % 64 == 0)
        });
    }
    assert!(flips > 3_000, "{flips}");
}

#[test]
fn every_flipped_byte_of_a_draft_is_noticed_and_keeps_nobody_from_working() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    let ledger = Ledger::open(dir.path(), None, "p", options()).expect("opens");
    let file = files(&dir.path().join("drafts")).remove(0);
    let bytes = std::fs::read(&file).expect("read");
    assert_eq!(ledger.load_draft("log").expect("read").map(|draft| draft.task), Some(task(9)));
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        std::fs::write(&file, altered).expect("written");
        assert_eq!(ledger.load_draft("log").expect("no reason to fail"), None, "byte {at}");
    }
}
