//! The cache is lost, cut and altered in every way; lists come back as they were, unasked.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use auxlog_law::{Mode, Presence};
use auxlog_record::{Hash, StatedAuxiliary, Task};

use crate::{InitOptions, Ledger, OpenOptions, Reader, ReviewInput, TaskQuery, Whole};

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

fn task(n: usize) -> Task {
    Task {
        id: format!("t-{n}"),
        items: vec![["16.2:site-verification", "15.2:patrol", "16.1:dissuade"][n % 3].into()],
        mode: if n.is_multiple_of(4) { Mode::Independent } else { Mode::Assisted },
        presence: if n.is_multiple_of(4) { Presence::None } else { Presence::OnScene },
        auxiliaries: vec![StatedAuxiliary {
            id: format!("X{:03}", n % 7).as_str().into(),
            ..StatedAuxiliary::default()
        }],
        ..Task::default()
    }
}

fn open(dir: &Path) -> Ledger {
    Ledger::open(dir, None, "p", options()).expect("opened")
}

/// A closed data directory with some tasks, reviewed and corrected, and the digest of its lists.
fn sample(dir: &Path) -> Hash {
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir, &who, "p", options()).expect("made");
    let tasks: Vec<Task> = (0..60).map(task).collect();
    let acks = ledger.log(&tasks);
    let first = acks[0].as_ref().expect("stored").id;
    ledger.rest();
    let note = ReviewInput {
        target: first,
        decision: auxlog_record::Decision::Note,
        reason: "看过".into(),
        measure: None,
        against: None,
    };
    ledger.review(&note).expect("noted");
    ledger.annul(first, "重复").expect("annulled");
    let digest = digest(&ledger);
    ledger.close();
    digest
}

fn digest(ledger: &Ledger) -> Hash {
    ledger.index_digest()
}

/// The directory of the cache in use.
fn current(dir: &Path) -> PathBuf {
    let home = dir.join("cache");
    home.join(fs::read_to_string(home.join("current")).expect("a pointer").trim())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed").flatten() {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("listed").flatten() {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort();
    found
}

/// How many entries were folded when opening.
fn folded(dir: &Path) -> u64 {
    let done = Arc::new(AtomicU64::new(0));
    let told = done.clone();
    let progress = move |so_far, _| told.store(so_far, Ordering::Relaxed);
    let options = OpenOptions { progress: Arc::new(progress), ..options() };
    Ledger::open(dir, None, "p", options).expect("opened").close();
    done.load(Ordering::Relaxed)
}

#[test]
fn a_second_start_reads_the_cache_and_not_the_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    assert_eq!(folded(dir.path()), 0);
    assert_eq!(digest(&open(dir.path())), before);
    fs::remove_dir_all(dir.path().join("cache")).expect("removed");
    assert_eq!(folded(dir.path()), 64);
    assert_eq!(folded(dir.path()), 0);
    let ledger = open(dir.path());
    assert_eq!(digest(&ledger), before);
    assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 60);
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { records: 63 }));
}

#[test]
fn an_old_copy_of_the_cache_is_brought_up_to_date_from_the_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    let old = tempfile::tempdir().expect("a directory");
    copy(&dir.path().join("cache"), old.path());
    let ledger = open(dir.path());
    assert!(ledger.log(&[task(100), task(101)]).iter().all(Result::is_ok));
    let after = digest(&ledger);
    ledger.close();
    fs::remove_dir_all(dir.path().join("cache")).expect("removed");
    copy(old.path(), &dir.path().join("cache"));
    assert_eq!(folded(dir.path()), 2);
    assert_eq!(digest(&open(dir.path())), after);
}

#[test]
fn the_cache_of_another_journal_is_not_believed() {
    let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let before = sample(here.path());
    sample(there.path());
    fs::remove_dir_all(here.path().join("cache")).expect("removed");
    copy(&there.path().join("cache"), &here.path().join("cache"));
    assert_eq!(digest(&open(here.path())), before);
}

/// One sled at a time: its panics on damaged files are expected, and dear.
static ONE: Mutex<()> = Mutex::new(());

/// Damages the cache of a copy and expects the same lists after opening, twice.
fn survives(sample: &Path, digest_before: Hash, what: &str, damage: impl FnOnce(&Path)) {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let dir = tempfile::tempdir().expect("a directory");
    copy(sample, dir.path());
    damage(&current(dir.path()));
    for turn in 0..2 {
        let ledger = open(dir.path());
        assert_eq!(digest(&ledger), digest_before, "{what}, opening {turn}");
    }
}

#[test]
fn each_file_missing_cut_or_zeroed_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    let cache = current(dir.path());
    for file in files(&cache) {
        let name = file.strip_prefix(&cache).expect("within").to_owned();
        let bytes = fs::read(&file).expect("read");
        let with = |what: &str, change: &dyn Fn(&Path)| {
            survives(dir.path(), before, &format!("{} {what}", name.display()), |cache| change(&cache.join(&name)));
        };
        with("missing", &|path| fs::remove_file(path).expect("removed"));
        with("empty", &|path| fs::write(path, []).expect("written"));
        with("zeroed", &|path| fs::write(path, vec![0; bytes.len()]).expect("written"));
        for part in [1, 2, 3] {
            let cut = &bytes[..bytes.len() * part / 4];
            with(&format!("cut to {part}/4"), &|path| fs::write(path, cut).expect("written"));
        }
    }
}

#[test]
fn flipped_bytes_are_never_shown() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    let cache = current(dir.path());
    for file in files(&cache) {
        let name = file.strip_prefix(&cache).expect("within").to_owned();
        let bytes = fs::read(&file).expect("read");
        let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
        // Every byte by AUXLOG_EVERY_BYTE=1, which takes hours; some of them by default.
        let step = if std::env::var_os("AUXLOG_EVERY_BYTE").is_some() { 1 } else { (used.len() / 12).max(1) };
        for at in used.iter().step_by(step) {
            survives(dir.path(), before, &format!("{} byte {at}", name.display()), |cache| {
                let mut bytes = bytes.clone();
                bytes[*at] ^= 0x55;
                fs::write(cache.join(&name), bytes).expect("written");
            });
        }
    }
}

#[test]
fn leftovers_of_a_start_that_died_do_not_keep_anyone_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    survives(dir.path(), before, "snapshot being written", |cache| {
        fs::write(cache.join("snap.00000000000000FF.generating"), b"half").expect("written");
    });
    survives(dir.path(), before, "died once", |cache| {
        fs::write(cache.parent().expect("home").join("opening"), "1").expect("written");
    });
    survives(dir.path(), before, "died twice", |cache| {
        fs::write(cache.parent().expect("home").join("opening"), "2").expect("written");
    });
    survives(dir.path(), before, "pointer to nothing", |cache| {
        fs::write(cache.parent().expect("home").join("current"), "../..").expect("written");
    });
}

#[test]
fn what_failed_is_set_aside_and_not_kept_for_ever() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    for _ in 0..4 {
        fs::write(current(dir.path()).join("db"), b"nonsense").expect("written");
        assert_eq!(digest(&open(dir.path())), before);
    }
    let aside = fs::read_dir(dir.path().join("quarantine")).expect("listed").count();
    assert_eq!(aside, 2);
    assert_eq!(fs::read_dir(dir.path().join("cache")).expect("listed").count(), 2, "the pointer and one cache");
}

#[test]
fn how_the_other_process_ends_tells_sound_from_unsound() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    let cache = current(dir.path());
    assert_eq!(read_out(&cache).0, 0);
    // A command that ends as a killed, an unsound or an unknowing one does, and one that ends
    // well without having read anything.
    let through = |code: &str| {
        let cache_process = ["sh", "-c", code].map(PathBuf::from).to_vec();
        let ledger = Ledger::open(dir.path(), None, "p", OpenOptions { cache_process, ..options() }).expect("opened");
        assert_eq!(digest(&ledger), before, "{code}");
        // It cannot write either: the next start makes the cache anew.
        ledger.close();
    };
    let aside = || fs::read_dir(dir.path().join("quarantine")).map_or(0, Iterator::count);
    for (code, set_aside) in [("exit 2", 0), ("exit 6", 1), ("kill -9 $$", 2), ("exit 0", 3)] {
        open(dir.path()).close();
        through(code);
        assert_eq!(aside(), set_aside.min(2), "{code}");
    }
    open(dir.path()).close();
    fs::write(current(dir.path()).join("conf"), b"nonsense, and more of it").expect("written");
    assert_eq!(read_out(&current(dir.path())).0, 6);
    assert_eq!(super::cache_process("dance", &cache, &mut std::io::empty(), &mut std::io::sink()), 2);
}

/// What the process that reads a cache says of it, and its exit code.
fn read_out(cache: &Path) -> (u8, Vec<u8>) {
    let mut out = Vec::new();
    let code = super::cache_process("read", cache, &mut std::io::empty(), &mut out);
    (code, out)
}

#[test]
fn what_another_process_reads_is_believed_only_when_it_is_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let before = sample(dir.path());
    let (code, whole) = read_out(&current(dir.path()));
    assert_eq!(code, 0);
    let said = dir.path().join("said");
    let wrong = Arc::new(AtomicU64::new(0));
    let through = |bytes: &[u8]| {
        fs::write(&said, bytes).expect("written");
        let cache_process = vec!["sh".into(), "-c".into(), format!("cat {}", said.display()).into()];
        let told = wrong.clone();
        let progress = move |done, _| told.store(done, Ordering::Relaxed);
        let options = OpenOptions { cache_process, progress: Arc::new(progress), ..options() };
        let ledger = Ledger::open(dir.path(), None, "p", options).expect("opened");
        assert_eq!(digest(&ledger), before);
        ledger.close();
        open(dir.path()).close();
        wrong.swap(0, Ordering::Relaxed)
    };
    assert_eq!(through(&whole), 0, "the journal was read");
    let mut flipped = whole.clone();
    *flipped.last_mut().expect("not empty") ^= 1;
    for altered in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &[], &flipped] {
        assert_eq!(through(altered), 64, "the journal was not read");
    }
}

#[test]
fn a_cache_that_outgrew_its_content_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    let ledger = open(dir.path());
    let before = current(dir.path());
    ledger.shrink_limit(0);
    for n in 200..280 {
        assert!(ledger.log(&[task(n)])[0].is_ok());
        ledger.rest();
    }
    assert_ne!(current(dir.path()), before);
    let digest_before = digest(&ledger);
    ledger.close();
    assert_eq!(folded(dir.path()), 0);
    assert_eq!(digest(&open(dir.path())), digest_before);
}

#[test]
fn names_stand_nowhere_in_the_cache_in_the_clear() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    for file in files(dir.path()) {
        let bytes = fs::read(&file).expect("read");
        for secret in ["X003", "16.2:site", "重复", "t-12"] {
            assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{secret} in {}", file.display());
        }
    }
}

/// The journal's files of an earlier day under the cache of today: records that nobody has synced
/// yet would be gone without a trace.
#[test]
fn an_older_journal_under_a_newer_cache_is_said_until_the_record_is_back() {
    for written_on in [false, true] {
        let dir = tempfile::tempdir().expect("a directory");
        sample(dir.path());
        let old = tempfile::tempdir().expect("a directory");
        copy(&dir.path().join("journal"), old.path());
        let ledger = open(dir.path());
        let gone = ledger.log(&[task(100)]).remove(0).expect("stored").id;
        assert_eq!(ledger.older_copy(), None);
        ledger.close();
        fs::remove_dir_all(dir.path().join("journal")).expect("removed");
        copy(old.path(), &dir.path().join("journal"));
        if written_on {
            // With the cache out of the way for a while, the journal grows past what it knew.
            fs::rename(dir.path().join("cache"), dir.path().join("kept")).expect("moved");
            let ledger = open(dir.path());
            assert!(ledger.log(&[task(200), task(201), task(202)]).iter().all(Result::is_ok));
            ledger.close();
            fs::remove_dir_all(dir.path().join("cache")).expect("removed");
            fs::rename(dir.path().join("kept"), dir.path().join("cache")).expect("moved");
        }
        let reader = Reader::open(dir.path(), None, "p", &options()).expect("opens");
        assert_eq!(reader.older_copy(), Some(gone), "to whoever only reads, too; written on: {written_on}");
        let said = reader.verify(&|_, _| {}).expect("read");
        assert!(matches!(said, Whole::No { id: Some(id), .. } if id == gone), "{said:?}");
        let ledger = open(dir.path());
        assert_eq!(ledger.older_copy(), Some(gone), "written on: {written_on}");
        let said = ledger.verify(&|_, _| {}).expect("read");
        assert!(
            matches!(said, Whole::No { id: Some(id), problem: crate::Flaw::OlderCopy, .. } if id == gone),
            "{said:?}"
        );
        let tasks = if written_on { 63 } else { 60 };
        assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, tasks, "the lists are made anew");
        ledger.close();
        let again = open(dir.path());
        assert_eq!(again.older_copy(), Some(gone), "it is a note in the journal");
    }
}
