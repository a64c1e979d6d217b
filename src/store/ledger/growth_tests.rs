//! What a laptop reads to take in, list and show a task's history grows with the history, not faster.

use std::cell::Cell;

use auxlog_journal::ServerVerdict;
use auxlog_record::{Decision, Task, Word};

use super::book::READS;
use crate::{InitOptions, Ledger, OpenOptions, Received, ReviewInput, TaskQuery, Whole};

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

fn made(dir: &std::path::Path, officer: &str) -> Ledger {
    let who = InitOptions { officer: officer.into(), agency: "A01".into(), ..InitOptions::default() };
    Ledger::init(dir, &who, "correct horse", options()).expect("made")
}

/// Records read back while `work` is done.
fn reads(work: impl FnOnce()) -> usize {
    READS.with(|reads| reads.set(0));
    work();
    READS.with(Cell::get)
}

/// What another laptop reads to take in a task with `notes` notes, to list it, to show it, to verify.
fn costs(notes: usize) -> [usize; 4] {
    let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let first = made(here.path(), "O1");
    let task = Task { id: "t-1".into(), items: vec!["15.2:patrol".into()], ..Task::default() };
    let id = first.log(&[task]).pop().expect("one answer").expect("stored").id;
    for n in 0..notes {
        let (reason, decision) = (format!("第 {n} 条"), Decision::Note);
        first.review(&ReviewInput { target: id, decision, reason, measure: None, against: None }).expect("noted");
    }
    let writer = first.own_writers()[0].writer;
    let records = first.own_records(writer, 0, 10_000, 1 << 30).expect("read");
    let received = (1..).zip(records).map(|(lsn, record)| Received {
        record,
        word: Word { lsn, ..Word::default() },
        verdict: ServerVerdict::Ok,
        reasons: Vec::new(),
    });
    let received: Vec<Received> = received.collect();
    let second = made(there.path(), "O2");
    [
        reads(|| second.accept_pulled(received, [], Vec::new()).expect("kept")),
        reads(|| assert_eq!(second.tasks(&TaskQuery::default()).expect("listed").total, 1)),
        reads(|| assert_eq!(second.task(id).expect("there").view.review.len(), notes)),
        reads(|| assert!(matches!(second.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }))),
    ]
}

#[test]
fn twice_the_notes_cost_about_twice_the_reading() {
    let (once, twice) = (costs(150), costs(300));
    for (what, (once, twice)) in ["take in", "list", "show", "verify"].into_iter().zip(once.into_iter().zip(twice)) {
        assert!(twice * 2 <= once * 5 + 20, "{what}: {once} records read for 150 notes, {twice} for 300");
    }
    assert!(once[0] < 150, "taken in together, a history is not read back for each: {once:?}");
}
