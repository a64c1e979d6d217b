//! Laptops whose clocks are wrong: what is written after reading sorts after what was read, and
//! nobody is dragged along by a clock that is far ahead.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use auxlog_record::{Disposition, Event, Hlc, MERGE_GUARD_MS, Moment, china};
use auxlog_store::{Ledger, OpenOptions};
use auxlog_sync::enrol::Role;
use chrono::TimeZone as _;

use crate::answers::{ask, request, words};
use crate::laptops::{cheap, enrol, log, sync, who};
use crate::support::{Kind, SetClock, World, now_ms, task};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A laptop whose clock stands `off` milliseconds from the right time.
async fn laptop(world: &World, dir: &Path, officer: &str, off: i64) -> Arc<Ledger> {
    let clock = Arc::new(SetClock(AtomicI64::new(now_ms().cast_signed() + off)));
    let options = OpenOptions { clock, ..cheap() };
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", options).expect("made"));
    enrol(world, &ledger, Role::Officer, true).await;
    ledger
}

/// Logical time of an officer's newest record.
fn newest(ledger: &Ledger) -> Hlc {
    ledger.tip_of(ledger.identity().writer).hlc
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_after_reading_sorts_after_it_though_the_clock_is_behind() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let ahead = laptop(&world, here.path(), "O1", 2 * MINUTE).await;
    let behind = laptop(&world, there.path(), "O2", -2 * MINUTE).await;
    log(&ahead, &["t-1"]);
    sync(&ahead).await.expect("synchronises");
    log(&behind, &["t-2"]);
    assert!(newest(&behind) < newest(&ahead), "without having read of it, the earlier clock sorts first");

    // The office's four records come down, too: the log's rules, and two keys.
    assert_eq!(sync(&behind).await.expect("synchronises").received, 4 + 2);
    log(&behind, &["t-3"]);
    assert!(newest(&behind) > newest(&ahead), "{:?} after {:?}", newest(&behind), newest(&ahead));
    let tip = behind.tip_of(behind.identity().writer);
    let record = behind.record_of(behind.identity().writer, tip.seq).expect("read").expect("there");
    assert!(record.envelope().reading.wall_ms < now_ms().cast_signed() - MINUTE, "the clock is kept as it was");

    // Also once both were started anew.
    drop(behind);
    let clock = Arc::new(SetClock(AtomicI64::new(now_ms().cast_signed() - 2 * MINUTE)));
    let options = OpenOptions { clock, ..cheap() };
    let behind = Ledger::open(there.path(), None, "passphrase", options).expect("opens");
    log(&behind, &["t-4"]);
    assert!(newest(&behind) > tip.hlc);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_in_the_far_future_is_noted_and_drags_nobody_along() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let future = laptop(&world, here.path(), "O1", 3650 * DAY).await;
    let right = laptop(&world, there.path(), "O2", 0).await;
    log(&future, &["t-1"]);
    let outcome = sync(&future).await.expect("nothing is refused for its clock");
    assert!(outcome.covered && outcome.set_aside.is_empty(), "{outcome:?}");

    let pulled = sync(&right).await.expect("synchronises");
    assert_eq!(pulled.received, 4 + 2);
    log(&right, &["t-2"]);
    let bound = now_ms() + MERGE_GUARD_MS;
    assert!(newest(&right).millis() <= bound, "{} is dragged beyond {bound}", newest(&right).millis());
    assert!(newest(&right) < newest(&future));
    let task = right.tasks(&auxlog_store::TaskQuery::default()).expect("listed").rows;
    assert!(task.iter().all(|row| row.doubtful == (row.reference == "t-1")), "时间存疑: {task:?}");
    // Whoever asks is told when the server received it, and compares.
    let reader = world.laptop("A01", "O3", 3).await;
    let page = ask(&world, &reader, &request(&reader, 0, 100), 1).await.response.page;
    let words = words(&page, &reader);
    let writer = future.identity().writer;
    for pulled in page.runs.iter().filter(|pulled| pulled.run.writer == writer) {
        assert!(pulled.noted.iter().all(|(_, disposition)| *disposition == Disposition::ClockOff));
        assert_eq!(pulled.noted.len(), 3, "of the opening record and the note, too: {:?}", pulled.noted);
        for record in pulled.run.clone().records().expect("records") {
            let (_, word) = words.values().find(|(hash, _)| *hash == record.hash()).expect("a word");
            let ahead = record.envelope().reading.wall_ms - word.recv_ms.cast_signed();
            assert!((3649 * DAY..3651 * DAY).contains(&ahead), "{ahead}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_dated_back_is_shown_as_doubtful_to_everyone_else() {
    let world = World::new(Kind::Sqlite).await;
    let dirs = [(); 3].map(|()| tempfile::tempdir().expect("dir"));
    let right = laptop(&world, dirs[0].path(), "O1", 0).await;
    let back = laptop(&world, dirs[1].path(), "O2", -3 * DAY).await;
    let reader = laptop(&world, dirs[2].path(), "O3", 0).await;
    log(&right, &["t-1"]);
    log(&back, &["backdated"]);
    for ledger in [&right, &back, &reader] {
        sync(ledger).await.expect("synchronises");
    }
    let rows = reader.tasks(&auxlog_store::TaskQuery::default()).expect("listed").rows;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.doubtful == (row.reference == "backdated")), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_clock_that_is_off_leaves_its_trace_everywhere() {
    let world = World::new(Kind::Sqlite).await;
    let dirs = [(); 6].map(|()| tempfile::tempdir().expect("dir"));
    let reader = laptop(&world, dirs[0].path(), "O9", 0).await;
    let offs = [-3650 * DAY, -3 * DAY, 3 * DAY, 3650 * DAY, 0];
    for (number, (off, dir)) in offs.into_iter().zip(&dirs[1..]).enumerate() {
        let officer = format!("O{number}");
        let ledger = laptop(&world, dir.path(), &officer, off).await;
        log(&ledger, &[&officer]);
        sync(&ledger).await.expect("nothing is refused for its clock");
        let before = ledger.tip_of(ledger.identity().writer).seq;
        sync(&ledger).await.expect("synchronises");
        assert_eq!(ledger.tip_of(ledger.identity().writer).seq, before, "one that moved nothing writes nothing");
        log(&ledger, &[&format!("{officer}-again")]);
        sync(&ledger).await.expect("synchronises");
        assert_eq!(ledger.tip_of(ledger.identity().writer).seq, before + 1, "nor one of the same day");
    }
    sync(&reader).await.expect("synchronises");
    let told = reader.clock_offsets().expect("read");
    let rows = reader.tasks(&auxlog_store::TaskQuery::default()).expect("listed").rows;
    for (number, off) in offs.into_iter().enumerate() {
        let officer = format!("O{number}");
        let of: Vec<_> = told.iter().filter(|offset| offset.by.id.0 == officer).collect();
        assert_eq!(of.len(), usize::from(off != 0), "{told:?}");
        assert!(of.iter().all(|offset| (offset.offset_ms + off).abs() < MINUTE), "{off}: {of:?}");
        let row = rows.iter().find(|row| row.reference == officer).expect("there");
        assert_eq!(row.doubtful, off != 0, "{off}: {row:?}");
    }
    let attention = world.admin.attention(&"A01".into(), 100).await.expect("listed");
    for (number, off) in offs.into_iter().enumerate() {
        let officer = format!("O{number}");
        let listed = attention.iter().any(|found| found.what == "time_doubtful" && found.officer == officer);
        assert_eq!(listed, off != 0, "{officer}: {attention:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_time_is_hidden_by_nothing_else_that_is_wrong() {
    let world = World::new(Kind::Sqlite).await;
    let (liar, reader) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let now = now_ms().cast_signed();
    let Event::TaskLogged(logged) = task("t-1", "协助执法队员清点占道物品") else { unreachable!("a task") };
    // On a roster that nobody has, with another verdict, as a step that is open to nobody; and work that
    // lies in the future.
    let mut lost = logged.clone();
    lost.judged.roster_version = 9999;
    lost.judged.verdict.verdict = auxlog_law::Severity::Improper;
    let mut ahead = logged.clone();
    ahead.task.id = "t-2".into();
    ahead.task.at = Some(china().timestamp_millis_opt(now + 10 * DAY).map(Moment).single().expect("a moment"));
    let sent = [
        liar.record_at(&Event::TaskLogged(lost), now - 3 * DAY),
        liar.record_at(&Event::TaskLogged(ahead), now),
        liar.record_at(&task("t-3", "协助执法队员清点占道物品"), now),
    ];
    let own = Event::ReviewStep(auxlog_record::ReviewStep {
        target: sent[0].id(),
        based_on: vec![sent[0].hash()],
        decision: auxlog_record::Decision::Dismiss,
        reason: "误报".into(),
        measure: None,
        against: None,
    });
    let void = liar.record_at(&own, now - 3 * DAY);
    ask(&world, &liar, &request(&liar, 0, 0), 1).await;
    let page = ask(&world, &reader, &request(&reader, 0, 100), 1).await.response.page;
    let words = words(&page, &reader);
    let said = |record: &auxlog_record::Record| {
        words.values().find(|(hash, _)| *hash == record.hash()).map(|(_, word)| word.disposition).expect("a word")
    };
    assert_eq!(said(&sent[0]), Disposition::DiffersDoubtful);
    assert_eq!(said(&sent[1]), Disposition::ClockOff, "what has not come was not done");
    assert_eq!(said(&sent[2]), Disposition::Logged);
    assert_eq!(said(&void), Disposition::VoidDoubtful);
}
