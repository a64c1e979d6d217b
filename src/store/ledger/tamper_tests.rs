//! Whoever has the keys and writes the journal anew can't hide it; whoever has not, even less. And
//! what a disk loses comes back from the server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_journal::{Directory, Entry, Journal, JournalOptions, Unlocked, scan};
use auxlog_record::{Event, LogicalClock, Record, RecordId, Stamp, SystemClock, Task, Tip};

use super::open::Layout;
use crate::{InitOptions, Ledger, OpenOptions, Reader, TaskQuery, Whole};

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

/// A closed data directory: the opening record and six tasks.
fn sample(dir: &Path) {
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir, &who, "p", options()).expect("made");
    for n in 0..6 {
        let task = Task { id: format!("t-{n}"), items: vec!["15.2:patrol".into()], ..Task::default() };
        assert!(ledger.log(&[task])[0].is_ok());
    }
}

fn unlocked(dir: &Path) -> Unlocked {
    Layout::new(dir).unlock(None, "p", &SystemClock).expect("opens").1
}

fn disk(dir: &Path) -> Directory {
    Directory::new(&dir.join("journal"), &dir.join("quarantine"))
}

/// Writes the journal anew with the right keys, its entries as `tamper` leaves them.
fn rewritten(dir: &Path, tamper: impl FnOnce(&Unlocked, &mut Vec<Entry>)) {
    let keys = unlocked(dir);
    let mut entries = Vec::new();
    scan(&disk(dir), &keys.store, 0, &mut |_, entry| entries.push(entry)).expect("read");
    tamper(&keys, &mut entries);
    std::fs::remove_dir_all(dir.join("journal")).expect("removed");
    let disk = disk(dir);
    disk.make().expect("made");
    let journal = Journal::create(Arc::new(disk), &keys.store, JournalOptions::default()).expect("made");
    journal.append(&entries).expect("durable");
}

fn verify(dir: &Path) -> Whole {
    Reader::open(dir, None, "p", &options()).expect("opens").verify(&|_, _| {}).expect("read")
}

fn record(entry: &Entry) -> Record {
    match entry {
        Entry::Own(record) => record.clone(),
        other => panic!("{other:?}"),
    }
}

/// A record that the same officer signed in place of `before`'s successor.
fn signed(keys: &Unlocked, before: Tip, stamp: Stamp, text: &str) -> Record {
    let event = Event::DataAccessed(auxlog_record::DataAccessed {
        access: auxlog_record::Access::Read,
        subject: text.into(),
        count: 1,
        by: None,
        at: None,
    });
    Record::seal(&keys.signing, &"A01".into(), before, stamp, &event).expect("signed")
}

type Tamper = fn(&Unlocked, &mut Vec<Entry>);

/// What is done to the journal, and the seq of the first bad record that verify must name.
const TAMPERED: [(&str, u64, Tamper); 6] = [
    ("a record removed", 4, |_, entries| {
        entries.remove(3);
    }),
    ("a record inserted", 4, |keys, entries| {
        let tip = record(&entries[2]).tip();
        let stamp = LogicalClock::after(tip.hlc).stamp(record(&entries[2]).envelope().reading);
        entries.insert(3, Entry::Own(signed(keys, tip, stamp, "inserted")));
    }),
    ("two records swapped", 4, |_, entries| entries.swap(3, 4)),
    ("a record replayed", 3, |_, entries| {
        let old = entries[2].clone();
        entries.push(old);
    }),
    ("a body exchanged for another that was signed", 4, |keys, entries| {
        let tip = record(&entries[2]).tip();
        let stamp = LogicalClock::after(tip.hlc).stamp(record(&entries[2]).envelope().reading);
        entries[3] = Entry::Own(signed(keys, tip, stamp, "exchanged"));
    }),
    ("the end cut off behind a receipt", 7, |_, entries| {
        let last = record(&entries.pop().expect("a record"));
        entries.push(super::book::acked_entry(last.id().writer, last.id().seq));
    }),
];

#[test]
fn verify_names_the_first_bad_record_of_each_kind_of_tampering() {
    for (what, seq, tamper) in TAMPERED {
        let dir = tempfile::tempdir().expect("a directory");
        sample(dir.path());
        assert!(matches!(verify(dir.path()), Whole::Yes { records: 7 }));
        rewritten(dir.path(), tamper);
        let found = verify(dir.path());
        // What is inserted or exchanged is well signed itself: the one after it does not follow.
        let follows = matches!(what, "a record inserted" | "a body exchanged for another that was signed");
        let named = match &found {
            Whole::No { id: Some(id), .. } => id.seq,
            other => panic!("{what}: {other:?}"),
        };
        assert!(named == seq || (follows && named == seq + 1), "{what}: {found:?}");
    }
}

#[test]
fn a_changed_byte_in_a_body_sealed_again_is_no_record_any_more() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    let keys = unlocked(dir.path());
    let mut entries = Vec::new();
    scan(&disk(dir.path()), &keys.store, 0, &mut |_, entry| entries.push(entry)).expect("read");
    let mut bytes = record(&entries[3]).encode();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let refused = Record::decode(&bytes).expect_err("the body's hash is signed");
    assert!(refused.to_string().contains(&record(&entries[3]).id().to_string()), "{refused}");
    // Sealed into the journal under the right key it is an entry that can't be read, and named.
    let tag = {
        let mut whole = vec![0x82, 1, 0x59];
        whole.extend_from_slice(&u16::try_from(bytes.len()).expect("short").to_be_bytes());
        whole.extend_from_slice(&bytes);
        whole
    };
    rewritten(dir.path(), |_, entries| entries[3] = Entry::Unknown { tag: 1, bytes: tag });
    match verify(dir.path()) {
        Whole::No { id: Some(id), problem, .. } => {
            assert_eq!(id.seq, 4);
            assert!(problem.to_string().contains("body"), "{problem}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clock_run_backwards_is_no_successor() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    rewritten(dir.path(), |keys, entries| {
        // Signed with the right key, but by a program that lets logical time run back.
        let before = record(&entries[6]);
        let early = Tip { hlc: auxlog_record::Hlc(1), ..before.tip() };
        let stamp = Stamp { hlc: auxlog_record::Hlc(2), reading: before.envelope().reading };
        entries.push(Entry::Own(signed(keys, early, stamp, "earlier")));
    });
    match verify(dir.path()) {
        Whole::No { id: Some(id), problem, .. } => {
            assert_eq!(id.seq, 8);
            assert!(problem.to_string().contains("logical time"), "{problem}");
        }
        other => panic!("{other:?}"),
    }
}

/// The only segment of the journal.
fn segment(dir: &Path) -> PathBuf {
    dir.join("journal/00000001.seg")
}

/// Flips a byte within the `n`th frame.
fn damage_frame(dir: &Path, n: usize) {
    let mut bytes = std::fs::read(segment(dir)).expect("read");
    let frames: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| matches!(bytes[*at..], [b'A', b'X', b'F', b'1' | b'2', ..])).collect();
    bytes[frames[n] + 80] ^= 1;
    std::fs::write(segment(dir), bytes).expect("written");
}

#[test]
fn what_damage_took_is_named_never_written_over_and_comes_back_from_the_server() {
    let dir = tempfile::tempdir().expect("a directory");
    sample(dir.path());
    let ledger = Ledger::open(dir.path(), None, "p", options()).expect("opens");
    let own = ledger.own_writers()[0];
    let server = ledger.own_records(own.writer, 0, 100, 1 << 20).expect("read");
    ledger.accept_receipt(own.writer, own.tip.seq, Vec::new(), Vec::new()).expect("kept");
    ledger.close();
    damage_frame(dir.path(), 3);
    damage_frame(dir.path(), 5);

    let reader = Reader::open(dir.path(), None, "p", &options()).expect("what is whole is shown");
    assert!(reader.damage().is_some_and(|what| what.file == "00000001.seg"), "{:?}", reader.damage());
    assert_eq!(reader.tasks(&TaskQuery::default()).expect("listed").total, 4);
    let found = reader.verify(&|_, _| {}).expect("read");
    assert!(matches!(&found, Whole::No { id: Some(id), .. } if id.seq == 4), "{found:?}");

    let ledger = Ledger::open(dir.path(), None, "p", options()).expect("opens");
    let own = ledger.own_writers()[0];
    assert_eq!((own.tip.seq, own.hole), (7, Some(4)), "no record is signed a second time");
    let task = Task { id: "t-7".into(), items: vec!["15.2:patrol".into()], ..Task::default() };
    let new = ledger.log(&[task])[0].as_ref().expect("stored").id;
    assert_eq!(new.seq, 8);
    // The server answers as if nothing after the hole were here.
    ledger.restore_own(&server[3..]).expect("taken back");
    assert_eq!(ledger.own_writers()[0].hole, None);
    assert_eq!(ledger.record_hash(own.writer, 4).expect("read"), Some(server[3].hash()));
    assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 7);
    assert!(ledger.restore_own(&server[3..]).is_ok(), "once more changes nothing");
    ledger.close();

    let reader = Reader::open(dir.path(), None, "p", &options()).expect("opens");
    assert_eq!((reader.damage().cloned(), reader.tasks(&TaskQuery::default()).expect("listed").total), (None, 7));
    assert!(matches!(reader.verify(&|_, _| {}), Ok(Whole::Yes { records: 8 })));
    assert!(reader.record_of(own.writer, RecordId { seq: 6, ..new }.seq).expect("read").is_some());
}
