//! Laptops that write and synchronise for a while as the real client does, whatever happens to the
//! servers meanwhile; and what became of every receipt.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use auxlog_record::{Hash, WriterId};
use auxlog_server::admin::Admin;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Command, Connection, Notice, Update, sync_once};
use tokio::sync::mpsc;

use crate::served::enrol;
use crate::setting;
use crate::support::{Laptop, everyday};

/// Between two records of a laptop.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the laptops may take to recover once nobody writes any more.
const PATIENCE: Duration = Duration::from_mins(3);

/// A silence of everybody longer than this is told.
const SILENCE: Duration = Duration::from_millis(300);

#[derive(Default)]
struct Told {
    synced: AtomicU64,
    failed: AtomicU64,
    came_back: AtomicU64,
}

/// Puts load on `url`; codes are made in the database of the server over `dir` and `db`.
pub(crate) async fn run(url: &str, dir: &str, db: Option<&str>) {
    let (count, seconds) = (setting("AUXLOG_FLEET_LAPTOPS", 20), setting("AUXLOG_FLEET_SECONDS", 20));
    let admin = Admin::open(Path::new(dir), db).await.expect("the server's database");
    let connection = Connection::new(url, None).expect("an address");
    if !admin.agencies().await.expect("agencies").iter().any(|(id, _)| id.0 == "A01") {
        admin.add_agency(&"A01".into(), "A01").await.expect("added");
    }
    let mut laptops = Vec::new();
    for number in 1..=count {
        let laptop = Arc::new(Laptop::new("A01", &format!("O{number}"), u8::try_from(number).expect("at most 250")));
        enrol(&admin, &connection, &laptop, &format!("O{number}")).await;
        laptops.push(laptop);
    }
    let key = *admin.server_key();
    admin.close().await;
    println!("{count} laptops, a record every {} ms each, for {seconds} s", PAUSE.as_millis());

    let (told, ended) = (Arc::new(Told::default()), Arc::new(AtomicBool::new(false)));
    let (beat, beats) = mpsc::unbounded_channel();
    let mut running = Vec::new();
    for laptop in &laptops {
        let (commands, orders) = mpsc::channel(8);
        let (sender, updates) = mpsc::channel(64);
        let local: Arc<dyn LocalLedger> = Arc::clone(laptop) as Arc<dyn LocalLedger>;
        running.push(tokio::spawn(auxlog_sync::run(local, connection.clone(), key, orders, sender)));
        tokio::spawn(listen(updates, Arc::clone(&told), beat.clone()));
        running.push(tokio::spawn(write(Arc::clone(laptop), commands, Arc::clone(&ended))));
    }
    drop(beat);
    let watch = tokio::spawn(silences(beats));
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    ended.store(true, Ordering::SeqCst);
    let stopped = Instant::now();
    for task in running {
        let left = PATIENCE.saturating_sub(stopped.elapsed());
        tokio::time::timeout(left, task).await.expect("the laptops recover by themselves").expect("ran");
    }
    println!("{} ms after the last record everything has its receipt", stopped.elapsed().as_millis());
    watch.await.expect("ran");
    println!(
        "{} synchronisations ended well, {} failed and were tried again, {} times a laptop found the server behind its receipt",
        told.synced.load(Ordering::SeqCst),
        told.failed.load(Ordering::SeqCst),
        told.came_back.load(Ordering::SeqCst)
    );
    count_losses(url, dir, db, &laptops).await;
}

/// Writes until the end, then lets the client go once everything has its receipt.
async fn write(laptop: Arc<Laptop>, commands: mpsc::Sender<Command>, ended: Arc<AtomicBool>) {
    for number in 0.. {
        if ended.load(Ordering::SeqCst) {
            break;
        }
        everyday::log(&laptop, number);
        let _ = commands.try_send(Command::Now);
        tokio::time::sleep(PAUSE).await;
    }
    loop {
        let own = laptop.own().expect("own")[0];
        if own.acked == own.seq {
            return;
        }
        tokio::time::sleep(PAUSE / 10).await;
    }
}

async fn listen(mut updates: mpsc::Receiver<Update>, told: Arc<Told>, beat: mpsc::UnboundedSender<Instant>) {
    while let Some(update) = updates.recv().await {
        match update {
            Update::Synced(outcome) => {
                told.synced.fetch_add(1, Ordering::SeqCst);
                if outcome.notices.contains(&Notice::ServerCameBack) {
                    told.came_back.fetch_add(1, Ordering::SeqCst);
                }
                let _ = beat.send(Instant::now());
            }
            Update::Failed { .. } => {
                told.failed.fetch_add(1, Ordering::SeqCst);
            }
            Update::Began | Update::Progress(_) => {}
        }
    }
}

/// Tells when no laptop at all got a receipt for a while.
async fn silences(mut beats: mpsc::UnboundedReceiver<Instant>) {
    let began = Instant::now();
    let mut last = began;
    let mut longest = Duration::ZERO;
    while let Some(beat) = beats.recv().await {
        let silence = beat.duration_since(last);
        if silence > SILENCE {
            let at = last.duration_since(began).as_secs_f64();
            println!("no laptop got a receipt for {} ms, from second {at:.1} on", silence.as_millis());
        }
        longest = longest.max(silence);
        last = beat;
    }
    println!("longest silence: {} ms", longest.as_millis());
}

/// Pulls everything with a laptop that knows nothing, and compares it with every receipt given.
async fn count_losses(url: &str, dir: &str, db: Option<&str>, laptops: &[Arc<Laptop>]) {
    let admin = Admin::open(Path::new(dir), db).await.expect("the server's database");
    let (connection, key) = (Connection::new(url, None).expect("an address"), *admin.server_key());
    let auditor = Arc::new(Laptop::new("A01", "auditor", 251));
    enrol(&admin, &connection, &auditor, "auditor").await;
    let ledger: Arc<dyn LocalLedger> = Arc::clone(&auditor) as Arc<dyn LocalLedger>;
    sync_once(&ledger, &connection, key, |_| {}).await.map_err(|(error, _)| error).expect("pulls everything");
    let disk = auditor.disk();
    // What the office says is nobody's here.
    let pulled = || disk.pulled.iter().filter(|pulled| !auxlog_record::is_office(pulled.record.envelope().kind));
    let found: BTreeMap<(WriterId, u64), Hash> =
        pulled().map(|pulled| ((pulled.record.id().writer, pulled.record.id().seq), pulled.record.hash())).collect();
    let numbers: BTreeSet<u64> = pulled().map(|pulled| pulled.word.lsn).collect();
    let (mut written, mut receipts, mut lost) = (0, 0, 0);
    for laptop in laptops {
        let disk = laptop.disk();
        written += disk.own.len();
        receipts += disk.receipts.len();
        let acked = disk.receipts.iter().map(|(receipt, _)| receipt.acked).max().unwrap_or(0);
        let covered = disk.own.iter().take(usize::try_from(acked).expect("small"));
        lost += covered.filter(|own| found.get(&(own.id().writer, own.id().seq)) != Some(&own.hash())).count();
    }
    println!(
        "{written} records written, {receipts} receipts given; on the server {} records with {} numbers",
        found.len(),
        numbers.len()
    );
    println!("records with a receipt that the server lacks: {lost}");
    assert_eq!((lost, found.len(), numbers.len()), (0, written, written), "nothing lost, nothing twice");
}
