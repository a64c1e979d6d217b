//! Tests of the journal on a real directory.

use std::path::Path;

use super::*;
use crate::disk::Directory;
use crate::entry::Entry;
use crate::report::{Damage, DamageKind};

const OPTIONS: JournalOptions = JournalOptions { segment_bytes: 24 << 10 };

fn key() -> StoreKey {
    StoreKey::from_bytes(&[3; 32])
}

fn disk(dir: &Path) -> Arc<dyn Disk> {
    let disk = Directory::new(&dir.join("journal"), &dir.join("quarantine"));
    disk.make().expect("a directory");
    Arc::new(disk)
}

fn note(n: u64) -> Entry {
    Entry::Note { topic: "n".into(), bytes: [n.to_be_bytes().as_slice(), &[7; 700]].concat() }
}

/// A journal with entries 0 to `count`, one commit each, closed properly.
fn filled(dir: &Path, count: u64) {
    let journal = Journal::create(disk(dir), &key(), OPTIONS).expect("created");
    for n in 0..count {
        assert_eq!(journal.append(&[note(n)]).expect("durable"), n..n + 1);
    }
}

fn opened(dir: &Path) -> (Journal, Report, Vec<(Position, Entry)>) {
    let mut read = Vec::new();
    let (journal, report) =
        Journal::open(disk(dir), &key(), OPTIONS, 0, &mut |at, entry| read.push((at, entry))).expect("opens");
    (journal, report, read)
}

fn scanned(dir: &Path) -> (Report, Vec<(Position, Entry)>) {
    let mut read = Vec::new();
    let report = scan(&*disk(dir), &key(), 0, &mut |at, entry| read.push((at, entry))).expect("scans");
    (report, read)
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(dir.join("journal")).expect("there").map(|entry| entry.expect("read").path()).collect();
    files.sort();
    files
}

#[test]
fn entries_come_back_in_order_over_several_segments() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 50);
    assert!(segments(dir.path()).len() > 3);
    let (journal, report, read) = opened(dir.path());
    assert_eq!(report.damage, []);
    assert_eq!(report.torn, None);
    assert_eq!(read, (0..50).map(|n| (n, note(n))).collect::<Vec<_>>());
    assert_eq!(journal.append(&[note(50), note(51)]).expect("durable"), 50..52);
    let (report, read) = scanned(dir.path());
    assert_eq!((report.end, read.len()), (52, 52), "a reader sees what is being written");
    assert!(matches!(Journal::create(disk(dir.path()), &key(), OPTIONS), Err(JournalError::Exists)));
}

#[test]
fn reading_can_begin_anywhere() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 50);
    for from in [0, 1, 17, 49, 50, 90] {
        let mut read = Vec::new();
        scan(&*disk(dir.path()), &key(), from, &mut |at, _| read.push(at)).expect("scans");
        assert_eq!(read, (from..50).collect::<Vec<_>>());
    }
}

#[test]
fn an_entry_larger_than_a_segment_gets_one_of_its_own() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 2);
    let large = Entry::RosterSnapshot(vec![5; 200_000]);
    opened(dir.path()).0.append(&[large.clone(), note(3)]).expect("durable");
    let (_, report, read) = opened(dir.path());
    assert_eq!(report.damage, []);
    assert_eq!(read[2].1, large);
    assert_eq!(read[3].1, note(3));
}

#[test]
fn another_key_opens_nothing_and_an_empty_directory_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(matches!(scan(&*disk(dir.path()), &key(), 0, &mut |_, _| {}), Err(JournalError::Missing)));
    filled(dir.path(), 2);
    let other = StoreKey::from_bytes(&[4; 32]);
    assert!(matches!(scan(&*disk(dir.path()), &other, 0, &mut |_, _| {}), Err(JournalError::OtherKey)));
}

/// Each byte of a segment flipped: noticed, nothing false shown, nothing else lost. Of the zeros
/// between head and slots every sixteenth byte stands for its neighbours.
#[test]
fn every_flipped_byte_is_noticed() {
    const COUNT: u64 = 6;
    let dir = tempfile::tempdir().expect("a directory");
    let small = |n: u64| Entry::Note { topic: "n".into(), bytes: vec![u8::try_from(n).expect("small"); 150] };
    let options = JournalOptions { segment_bytes: 0 };
    let journal = Journal::create(disk(dir.path()), &key(), options).expect("created");
    for n in 0..COUNT {
        journal.append(&[small(n)]).expect("durable");
    }
    drop(journal);
    let path = segments(dir.path())[0].clone();
    let bytes = std::fs::read(&path).expect("read");
    let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1);
    let flipped = (0..used).filter(|&at| at > 12_000 || bytes[at] != 0 || at % 16 == 0);
    let mut flips = 0;
    for at in flipped {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        std::fs::write(&path, &altered).expect("written");
        let (report, read) = scanned(dir.path());
        let what = format!("byte {at}: {:?}", report.damage);
        assert!(!report.is_whole(), "unnoticed: {what}");
        assert!(read.iter().all(|(at, entry)| *entry == small(*at)), "false: {what}");
        let lost: u64 = report.damage.iter().map(|damage| damage.lost.end - damage.lost.start).sum();
        assert_eq!(read.len() as u64 + lost, COUNT, "lost without a word: {what}");
        assert!(lost <= 1, "more than the entry that was hit: {what}");
        flips += 1;
    }
    assert!(flips > 3_000, "{flips}");
}

#[test]
fn a_damaged_frame_between_whole_ones_is_set_aside_and_writing_goes_on() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 12);
    let path = segments(dir.path()).pop().expect("a segment");
    let mut bytes = std::fs::read(&path).expect("read");
    let at = 12_288 + 100;
    bytes[at] ^= 0xff;
    std::fs::write(&path, &bytes).expect("written");
    let (journal, report, read) = opened(dir.path());
    assert_eq!(report.damage.len(), 1, "{:?}", report.damage);
    assert_eq!(report.damage[0].kind, DamageKind::Frame);
    let lost = report.damage[0].lost.start;
    assert_eq!(read.len(), 11);
    assert!(read.iter().all(|(at, _)| *at != lost));
    assert_eq!(std::fs::read_dir(dir.path().join("quarantine")).expect("there").count(), 1);
    assert_eq!(journal.append(&[note(12)]).expect("durable"), 12..13);
    drop(journal);
    let (_, again, read) = opened(dir.path());
    assert_eq!(again.damage, report.damage, "it is named until it is healed");
    assert_eq!(read.last().map(|(at, _)| *at), Some(12));
}

#[test]
fn what_is_cut_off_after_a_proper_end_is_damage_and_not_a_torn_tail() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 3);
    let path = segments(dir.path()).pop().expect("a segment");
    let mut bytes = std::fs::read(&path).expect("read");
    let last = bytes.windows(4).rposition(|window| window == b"AXF2").expect("a frame");
    bytes[last..].fill(0);
    std::fs::write(&path, &bytes).expect("written");
    let (journal, report, read) = opened(dir.path());
    assert_eq!(read.len(), 2);
    assert_eq!(report.torn, None);
    assert!(
        matches!(&report.damage[..], [Damage { kind: DamageKind::CutShort, lost, .. }] if *lost == (2..3)),
        "{:?}",
        report.damage
    );
    assert_eq!(journal.append(&[note(3)]).expect("durable"), 3..4, "the lost place stays empty");
}

/// Killed before it could rest: each commit still says of those before it that they were
/// acknowledged; only the last has nobody to speak for it until the journal rests.
#[test]
fn a_commit_speaks_for_those_before_it_and_resting_for_the_last() {
    for (rested, hit, damaged) in [(false, 0, true), (false, 1, true), (false, 2, false), (true, 2, true)] {
        let dir = tempfile::tempdir().expect("a directory");
        let journal = Journal::create(disk(dir.path()), &key(), OPTIONS).expect("created");
        for n in 0..3 {
            journal.append(&[note(n)]).expect("durable");
        }
        if rested {
            journal.rest().expect("durable");
        }
        std::mem::forget(journal);
        let path = segments(dir.path())[0].clone();
        let mut bytes = std::fs::read(&path).expect("read");
        let starts: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == *b"AXF2").collect();
        bytes[starts[hit] + 100] ^= 1;
        std::fs::write(&path, &bytes).expect("written");
        let (report, read) = scanned(dir.path());
        let what = format!("rested {rested}, entry {hit}: {report:?}");
        assert_eq!(read.len(), 2, "{what}");
        assert_eq!(
            (report.damage.len(), report.torn.is_some()),
            if damaged { (1, false) } else { (0, true) },
            "{what}"
        );
        let lost = report.damage.iter().map(|damage| damage.lost.clone()).next();
        assert_eq!(lost, damaged.then_some(hit as u64..hit as u64 + 1), "{what}");
    }
}

/// Where resting is overdue, a commit confirms those before it where even the loss of the whole
/// tail leaves it.
#[test]
fn a_long_tail_is_confirmed_although_the_journal_never_rested() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = JournalOptions { segment_bytes: 1 << 20 };
    let journal = Journal::create(disk(dir.path()), &key(), options).expect("created");
    for n in 0..UNCONFIRMED + 9 {
        journal.append(&[note(n)]).expect("durable");
    }
    std::mem::forget(journal);
    let path = segments(dir.path())[0].clone();
    let mut bytes = std::fs::read(&path).expect("read");
    let starts: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == *b"AXF2").collect();
    bytes[starts[9]..].fill(0);
    std::fs::write(&path, &bytes).expect("written");
    let (report, read) = scanned(dir.path());
    assert_eq!(read.len(), 9);
    let lost: Vec<_> = report.damage.iter().map(|damage| (damage.kind.clone(), damage.lost.clone())).collect();
    assert_eq!(lost, [(DamageKind::CutShort, 9..UNCONFIRMED - 1)]);
}

/// A frame alone in its commit is sealed as such: a single one torn out of several must not
/// speak for its neighbours.
#[test]
fn a_frame_of_several_is_never_taken_for_one_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let journal = Journal::create(disk(dir.path()), &key(), OPTIONS).expect("created");
    journal.append(&[note(0), note(1)]).expect("durable");
    drop(journal);
    let path = segments(dir.path())[0].clone();
    let mut bytes = std::fs::read(&path).expect("read");
    let first = bytes.windows(4).position(|window| window == b"AXF1").expect("a frame");
    bytes[first + 3] = b'2';
    std::fs::write(&path, &bytes).expect("written");
    let (report, read) = scanned(dir.path());
    assert_eq!(read.len(), 1, "{report:?}");
    assert_eq!(report.damage[0].lost, 0..1);
}

#[test]
fn frames_exchanged_moved_or_replayed_are_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 5);
    let path = segments(dir.path())[0].clone();
    let bytes = std::fs::read(&path).expect("read");
    let starts: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == *b"AXF2").collect();
    let length = starts[1] - starts[0];
    let mut swapped = bytes.clone();
    let (one, two) = (bytes[starts[1]..starts[2]].to_vec(), bytes[starts[2]..starts[2] + length].to_vec());
    swapped[starts[1]..starts[2]].copy_from_slice(&two);
    swapped[starts[2]..starts[2] + length].copy_from_slice(&one);
    std::fs::write(&path, &swapped).expect("written");
    let (report, read) = scanned(dir.path());
    assert_eq!(read.len(), 3);
    assert_eq!(report.damage[0].lost, 1..3);

    // The same place, the same key, the same predecessor, but another content: what the disk
    // would hold if an older state of one sector run came back.
    let place =
        |offset: usize, position, link| FramePlace { segment: 1, offset: offset as u64, position, link, alone: true };
    let key = key().for_purpose("journal");
    let before = crate::layout::Frame::decode(&bytes, 1, starts[2] as u64, &key).expect("whole");
    let mut forged = Vec::new();
    place(starts[2], 2, before.place.link).encode(&key, &[8; crate::key::NONCE], &note(99).encode(), &mut forged);
    let mut replayed = bytes.clone();
    replayed[starts[2]..starts[2] + forged.len()].copy_from_slice(&forged);
    std::fs::write(&path, &replayed).expect("written");
    let (report, read) = scanned(dir.path());
    assert_eq!(read.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 1, 3, 4], "{:?}", report.damage);
    assert!(matches!(&report.damage[..], [Damage { kind: DamageKind::Replaced, lost, .. }] if *lost == (2..3)));
}

#[test]
fn a_missing_segment_is_named_with_what_it_held() {
    for (gone, lost) in [(0, 0..12), (1, 12..24)] {
        let dir = tempfile::tempdir().expect("a directory");
        filled(dir.path(), 30);
        std::fs::remove_file(&segments(dir.path())[gone]).expect("removed");
        let (report, read) = scanned(dir.path());
        let missing = report.damage.iter().find(|damage| damage.kind == DamageKind::SegmentMissing);
        let held = missing.map(|damage| damage.lost.clone());
        let held = held.unwrap_or_else(|| panic!("{:?}", report.damage));
        assert_eq!(held, lost);
        assert_eq!(read.len(), 18);
    }
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 20);
    std::fs::remove_file(segments(dir.path()).last().expect("one")).expect("removed");
    let (report, _) = scanned(dir.path());
    assert!(report.damage.iter().any(|damage| damage.kind == DamageKind::SegmentMissing), "{:?}", report.damage);
}

#[test]
fn a_reader_never_sees_damage_while_another_thread_writes() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path(), 1);
    let (journal, ..) = opened(dir.path());
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for n in 1..150 {
                journal.append(&[note(n)]).expect("durable");
            }
        });
        while !writer.is_finished() {
            let (report, read) = scanned(dir.path());
            assert_eq!(report.damage, []);
            assert!(read.iter().enumerate().all(|(n, (at, _))| *at == n as u64));
        }
    });
    assert_eq!(scanned(dir.path()).1.len(), 150);
}
