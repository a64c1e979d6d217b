//! Durable log: one entry acknowledged at a time, beside a raw preallocated append and
//! `fdatasync` of as many bytes in the same run; and how fast batches are signed and sealed.
//!
//! `cargo bench -p auxlog-journal`; `AUXLOG_BENCH_DIR` chooses the disk, `AUXLOG_BENCH_COUNT` how
//! many commits. Prints a table; asserts nothing.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use auxlog_journal::{Directory, Entry, Journal, JournalOptions, StoreKey};
use auxlog_law::{Severity, Verdict};
use auxlog_record::{
    AgencyId, Event, Judged, LogicalClock, Reading, Record, SigningKey, StatedAuxiliary, Task, TaskLogged, Tip,
};

/// A page of the file, in which a head slot stands alone.
const PAGE: u64 = 4096;

/// Where frames begin: behind the head and two slots.
const FRAMES: u64 = 3 * PAGE;

/// A task as officers log it.
fn event(n: u64) -> Event {
    let task = Task {
        id: format!("2026-{n:06}"),
        agency: Some("A01".into()),
        text: Some("协助执法队员清点人民中路占道经营物品并登记造册".into()),
        items: vec!["16.3:inventory".into()],
        auxiliaries: vec![StatedAuxiliary { id: "X1".into(), ..StatedAuxiliary::default() }],
        place: Some("人民中路".into()),
        counterpart: Some("某便利店".into()),
        ..Task::default()
    };
    let verdict = Verdict {
        verdict: Severity::Permitted,
        basis: vec!["16.3".into(), "6".into()],
        findings: vec![],
        rulebook: "haian-2022-7".into(),
        digest: format!("sha256:{:064x}", 0),
    };
    Event::TaskLogged(TaskLogged {
        task,
        judged: Judged { verdict, roster_version: 1, people: vec![], given: None },
        plan: None,
    })
}

/// Seals records one after the other.
struct Writer {
    key: SigningKey,
    agency: AgencyId,
    tip: Tip,
    clock: LogicalClock,
}

impl Writer {
    fn next(&mut self, event: &Event) -> Record {
        let reading = Reading { wall_ms: 1_760_000_000_000, mono_ms: 1, boot_id: [0; 8] };
        let stamp = self.clock.stamp(reading);
        let record = Record::seal(&self.key, &self.agency, self.tip, stamp, event).expect("seals");
        self.tip = record.tip();
        record
    }
}

fn writer() -> Writer {
    Writer {
        key: SigningKey::from_seed(&[1; 32]),
        agency: "A01".into(),
        tip: Tip::default(),
        clock: LogicalClock::default(),
    }
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn journal(dir: &Path) -> Journal {
    let disk = Directory::new(&dir.join("journal"), &dir.join("quarantine"));
    disk.make().expect("a directory");
    let key = StoreKey::from_bytes(&[2; 32]);
    Journal::create(Arc::new(disk), &key, JournalOptions::default()).expect("created")
}

#[cfg(unix)]
fn write_at(file: &std::fs::File, bytes: &[u8], offset: u64) {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset).expect("written");
}

#[cfg(windows)]
fn write_at(file: &std::fs::File, bytes: &[u8], offset: u64) {
    let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset).expect("written");
    assert_eq!(written, bytes.len());
}

fn main() {
    let base = std::env::var_os("AUXLOG_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let count: u64 = std::env::var("AUXLOG_BENCH_COUNT").ok().and_then(|n| n.parse().ok()).unwrap_or(3000);
    let dir = tempfile::tempdir_in(base).expect("a directory");
    let mut writer = writer();

    let journal = journal(dir.path());
    let size = writer.next(&event(0)).encode().len();
    // As many bytes as a commit writes: frame head, nonce and tag, rounded to sectors.
    let bytes = vec![0xa5; (size + 76 + 8).next_multiple_of(512)];
    let raw = OpenOptions::new().create(true).truncate(true).write(true).open(dir.path().join("raw")).expect("a file");
    let length = 4 << 20;
    write_at(&raw, &vec![0; length + 3 * 4096], 0);
    raw.sync_all().expect("synced");

    // Taken in turns, so that both meet the same disk.
    let (mut ours, mut floor, mut both, mut signing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut resting = Vec::new();
    let mut offset = 0;
    for n in 0..count {
        let event = event(n);
        let start = Instant::now();
        let record = writer.next(&event);
        signing.push(start.elapsed());
        journal.append(&[Entry::Own(record)]).expect("durable");
        ours.push(start.elapsed());
        // What the screen does once 已保存 is said and nothing more waits.
        let start = Instant::now();
        journal.rest().expect("durable");
        resting.push(start.elapsed());
        let start = Instant::now();
        write_at(&raw, &bytes, FRAMES + offset);
        raw.sync_data().expect("synced");
        floor.push(start.elapsed());
        // What several records written together cost more: a second place, the head slot.
        let start = Instant::now();
        write_at(&raw, &bytes, FRAMES + offset);
        write_at(&raw, &bytes[..512], PAGE * (1 + n % 2));
        raw.sync_data().expect("synced");
        both.push(start.elapsed());
        offset = (offset + bytes.len() as u64) % (length - bytes.len()) as u64 / 512 * 512;
    }
    println!("durable log, {count} commits of one record ({size} B), sealing and signing included");
    println!("| | p50 | p99 |");
    println!("|---|---|---|");
    let line = |name: &str, times: &mut [Duration]| {
        let (middle, high) = (percentile(times, 50), percentile(times, 99));
        println!("| {name} | {middle:?} | {high:?} |");
        (middle, high)
    };
    let ours = line("journal", &mut ours);
    let floor = line("raw append + fdatasync", &mut floor);
    line("raw append + a head slot elsewhere + fdatasync", &mut both);
    line("confirming it afterwards", &mut resting);
    line("sealing and signing a record, no disk", &mut signing);
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!("| ratio | {:.2} | {:.2} |", ratio(ours.0, floor.0), ratio(ours.1, floor.1));

    let events: Vec<Event> = (0..100).map(event).collect();
    let rounds = 100;
    let start = Instant::now();
    for _ in 0..rounds {
        let batch: Vec<Entry> = events.iter().map(|event| Entry::Own(writer.next(event))).collect();
        journal.append(&batch).expect("durable");
    }
    let rate = f64::from(rounds * 100) / start.elapsed().as_secs_f64();
    let start = Instant::now();
    for _ in 0..rounds {
        for event in &events {
            std::hint::black_box(writer.next(event));
        }
    }
    let signed = f64::from(rounds * 100) / start.elapsed().as_secs_f64();
    println!("batches of 100: {rate:.0} durable records/s, {signed:.0} signed records/s, on one core");

    let key = writer.key.clone();
    let records: Vec<Record> = events.iter().map(|event| writer.next(event)).collect();
    let public = auxlog_record::Signer::public_key(&key);
    let start = Instant::now();
    for _ in 0..10 {
        for record in &records {
            record.verify(&public).expect("signed");
        }
    }
    println!("verified: {:.0} records/s on one core", 1000.0 / start.elapsed().as_secs_f64());
}
