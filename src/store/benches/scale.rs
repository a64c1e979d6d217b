//! A data directory with many tasks: logging them, starting, making the cache anew, verifying,
//! memory, room on the disk.
//!
//! `cargo bench -p auxlog-store --bench scale`; `AUXLOG_BENCH_COUNT` says how many tasks (100,000),
//! `AUXLOG_BENCH_DIR` on which disk. Prints a table; asserts nothing. Each start is a process of its
//! own, so that its memory is its own.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use auxlog_journal::{Directory, Entry, Keyring, scan};
use auxlog_law::{Mode, Presence};
use auxlog_record::{Record, StatedAuxiliary, StatedOfficer, Task};
use auxlog_store::{InitOptions, Ledger, OpenOptions, Reader, TaskQuery};

/// Tasks made durable together.
const BATCH: u64 = 256;

const PASSPHRASE: &str = "bench";

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

/// A task as officers log it; one in ten is flagged.
fn task(n: u64) -> Task {
    let alone = n.is_multiple_of(10);
    let at = chrono::DateTime::from_timestamp(1_700_000_000 + i64::try_from(n * 37).unwrap_or(0), 0);
    let text = ["协助执法队员清点人民中路占道经营物品并登记造册", "在执法队员带领下现场核查店招", "劝阻占道经营"];
    let officer = |id: &str| StatedOfficer { id: id.into(), certificate_valid: Some(true), agency: None };
    let auxiliary = format!("X{:03}", n % 300);
    Task {
        id: format!("2026-{n:07}"),
        at: at.map(|at| auxlog_record::Moment(at.fixed_offset())),
        items: vec![
            ["16.3:inventory", "16.2:site-verification", "16.1:dissuade"][usize::try_from(n % 3).unwrap_or(0)].into(),
        ],
        text: Some(text[usize::try_from(n % 3).unwrap_or(0)].into()),
        mode: if alone { Mode::Independent } else { Mode::Assisted },
        presence: if alone { Presence::None } else { Presence::OnScene },
        officers: Some(if alone { vec![] } else { vec![officer("O1"), officer("O2")] }),
        auxiliaries: vec![StatedAuxiliary {
            certificate_valid: Some(true),
            id: auxiliary.as_str().into(),
            ..StatedAuxiliary::default()
        }],
        place: Some("人民中路".into()),
        counterpart: Some("某便利店".into()),
        ..Task::default()
    }
}

fn bytes_below(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { bytes_below(&entry.path()) } else { entry.metadata().map_or(0, |m| m.len()) }
            },
        )
        .sum()
}

/// A line of `/proc/self/status` in MiB.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_default();
    found.split_whitespace().find_map(|word| word.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Starts as the screens do: unlock, open, the first page, the counts.
fn start(dir: &Path) {
    let began = Instant::now();
    let ledger = Ledger::open(dir, None, PASSPHRASE, options()).expect("opens");
    let page = ledger.tasks(&TaskQuery { limit: 40, ..TaskQuery::default() }).expect("listed");
    let flags = ledger.flags(&TaskQuery { limit: 40, ..TaskQuery::default() }).expect("listed");
    let took = began.elapsed();
    println!(
        "{:.3} s, {} MiB resident (peak {}), {} tasks, {} flags",
        took.as_secs_f64(),
        memory("VmRSS:"),
        memory("VmHWM:"),
        page.total,
        flags.total
    );
}

fn verify(dir: &Path) {
    let reader = Reader::open(dir, None, PASSPHRASE, &options()).expect("opens");
    let began = Instant::now();
    let whole = reader.verify(&|_, _| {}).expect("read");
    let took = began.elapsed().as_secs_f64();
    let records = match whole {
        auxlog_store::Whole::Yes { records } => records,
        auxlog_store::Whole::No { problem, .. } => {
            eprintln!("not whole: {problem}");
            std::process::exit(1);
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = records as f64 / took;
    println!("{took:.2} s, {rate:.0} records/s on one core");
}

/// This program once more, for one measurement.
fn alone(what: &str, dir: &Path) -> String {
    let program = std::env::current_exe().expect("named");
    let output = Command::new(program).arg(what).arg(dir).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1..) {
        Some([what, dir]) if what == "start" => return start(dir.as_ref()),
        Some([what, dir]) if what == "verify" => return verify(dir.as_ref()),
        _ => {}
    }
    let base = std::env::var_os("AUXLOG_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let count: u64 = std::env::var("AUXLOG_BENCH_COUNT").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let place = tempfile::tempdir_in(base).expect("a directory");
    let dir = place.path().join("data");
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(&dir, &who, PASSPHRASE, options()).expect("made");
    let began = Instant::now();
    let mut n = 0;
    while n < count {
        let batch: Vec<Task> = (n..count.min(n + BATCH)).map(task).collect();
        assert!(ledger.log(&batch).iter().all(Result::is_ok), "stored");
        n += batch.len() as u64;
    }
    let logged = began.elapsed().as_secs_f64();
    ledger.close();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = count as f64 / logged;
    println!("| {count} tasks | |");
    println!("|---|---|");
    println!("| logged (judged, signed, durable, in batches of {BATCH}) | {logged:.1} s, {rate:.0}/s |");
    println!("| start to a usable screen, cache whole | {} |", alone("start", &dir));
    std::fs::remove_dir_all(dir.join("cache")).expect("removed");
    println!("| start with the cache made anew from the journal | {} |", alone("start", &dir));
    println!("| and once more | {} |", alone("start", &dir));
    println!("| verify | {} |", alone("verify", &dir));

    let keyring = Keyring::load(&dir.join("keys")).expect("there");
    let unlocked = keyring.unlock(&"O1".into(), PASSPHRASE).expect("opens");
    let disk = Directory::new(&dir.join("journal"), &dir.join("quarantine"));
    let mut own = 0;
    let size = |record: &Record| record.encode().len() as u64;
    let mut add = |entry: Entry| {
        if let Entry::Own(record) = &entry {
            own += size(record);
        }
    };
    scan(&disk, &unlocked.store, 0, &mut |_, entry| add(entry)).expect("read");
    let (journal, cache, all) = (bytes_below(&dir.join("journal")), bytes_below(&dir.join("cache")), bytes_below(&dir));
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    let ratio = all as f64 / own as f64;
    println!("| records' own bytes | {} MiB |", own >> 20);
    println!(
        "| on the disk: journal, cache, all | {} + {} = {} MiB, {ratio:.2} × |",
        journal >> 20,
        cache >> 20,
        all >> 20
    );
}
