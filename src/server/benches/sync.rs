//! Synchronisation measured: a real server on loopback, every signature verified on both sides.
//!
//! `cargo bench -p auxlog-server --bench sync` prints a table; `AUXLOG_BENCH_RECORDS` (20,000),
//! `AUXLOG_BENCH_LAPTOPS` (200) and `AUXLOG_BENCH_SECONDS` (5) set the size.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "small numbers and figures for people"
)]

#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use support::{Kind, Laptop, World, everyday};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn rate(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()) as u64
}

#[tokio::main]
async fn main() {
    let records = setting("AUXLOG_BENCH_RECORDS", 20_000);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        println!("{kind:?}");
        through(kind, records).await;
        many(kind).await;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    println!("memory of server and laptops together: {peak}");
}

/// One laptop pushes everything, another pulls it.
async fn through(kind: Kind, records: u64) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let start = Instant::now();
    for number in 0..records {
        everyday::log(&a, number);
    }
    let bytes: usize = a.disk().own.iter().map(|record| record.encode().len()).sum();
    println!(
        "  {records} records of {} bytes sealed in {:.2} s",
        bytes as u64 / records,
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let up = world.sync(&a).await.expect("pushes");
    let took = start.elapsed();
    assert_eq!(up.acked, records + 1);
    println!(
        "  push: {:.2} s, {} records/s, {} bytes a record, {} requests",
        took.as_secs_f64(),
        rate(records, took),
        up.bytes_up / records,
        up.requests
    );
    let start = Instant::now();
    let down = world.sync(&b).await.expect("pulls");
    let took = start.elapsed();
    assert_eq!(down.received, records + 1);
    println!(
        "  pull: {:.2} s, {} records/s, {} bytes a record, {} requests",
        took.as_secs_f64(),
        rate(records, took),
        down.bytes_down / records,
        down.requests
    );
    let idle = world.sync(&b).await.expect("asks for news");
    println!("  nothing new: {} request, {} bytes up, {} down", idle.requests, idle.bytes_up, idle.bytes_down);
}

/// Many laptops that push one record each, again and again.
async fn many(kind: Kind) {
    let (laptops, seconds) = (setting("AUXLOG_BENCH_LAPTOPS", 200), setting("AUXLOG_BENCH_SECONDS", 5));
    let world = Arc::new(World::new(kind).await);
    let mut desks = Vec::new();
    for number in 0..laptops {
        let laptop = world.laptop("A01", &format!("O{number}"), u8::try_from(number).unwrap_or(250)).await;
        world.sync(&laptop).await.expect("its first record");
        desks.push(laptop);
    }
    let until = Instant::now() + Duration::from_secs(seconds);
    let done = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for laptop in desks {
        let (world, done) = (Arc::clone(&world), Arc::clone(&done));
        tasks.push(tokio::spawn(async move {
            let connection = world.connection();
            let mut took = Vec::new();
            let mut number = 0;
            while Instant::now() < until {
                number += 1;
                everyday::log(&laptop, number);
                let start = Instant::now();
                push(&world, &connection, &laptop).await;
                took.push(start.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
            }
            took
        }));
    }
    let start = Instant::now();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("ran"));
    }
    let elapsed = start.elapsed();
    all.sort_unstable();
    let at = |share: usize| all[(all.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    let pushes = done.load(Ordering::Relaxed);
    println!(
        "  {laptops} laptops, one record a push: {} requests/s, p50 {:.0} ms, p99 {:.0} ms",
        rate(pushes, elapsed),
        at(50),
        at(99)
    );
}

/// One push of the newest record that pulls nothing: what is measured is the server.
async fn push(world: &World, connection: &auxlog_sync::Connection, laptop: &Laptop) {
    static NONCE: AtomicU64 = AtomicU64::new(1);
    let mut request = support::empty_sync();
    let newest = laptop.disk().own.last().cloned().expect("a record");
    request.push = vec![auxlog_sync::run::Run::of(&[newest]).expect("a run")];
    let body = auxlog_sync::pack::pack(&request).expect("packs");
    let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
    let request = support::signed(world, laptop, "POST", "/v1/sync", body, support::now_ms(), nonce);
    let answer = connection.send(request).await.expect("an answer");
    let response: auxlog_sync::message::SyncResponse = answer.message().expect("accepted");
    let receipt = response.receipts[0].open(&world.handle().public_key).expect("signed");
    assert_eq!(receipt.acked, laptop.disk().own.len() as u64);
}
