//! What a server is put under by laptops that keep their records in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auxlog_record::Record;
use auxlog_sync::Connection;
use auxlog_sync::auth::{RequestAuth, ServerId, Signable};
use auxlog_sync::http::Request;
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::SyncResponse;
use auxlog_sync::pack::pack;
use auxlog_sync::run::Run;

use crate::served::Served;
use crate::support::{self, Laptop, everyday};
use crate::{rate, setting};

/// One laptop pushes everything, another pulls it.
pub(crate) async fn through(server: &Served) {
    let records = setting("AUXLOG_BENCH_RECORDS", 20_000);
    let (a, b) = (server.laptop("O1", 1).await, server.laptop("O2", 2).await);
    let start = Instant::now();
    for number in 0..records {
        everyday::log(&a, number);
    }
    let bytes: usize = a.disk().own.iter().map(|record| record.encode().len()).sum();
    let took = start.elapsed().as_secs_f64();
    println!("  {records} records of {} bytes judged and sealed in {took:.2} s", bytes as u64 / records);
    let start = Instant::now();
    let up = server.sync(&a).await.expect("pushes");
    let took = start.elapsed();
    assert_eq!(up.acked, records + 1);
    line("push", records, took, up.bytes_up, up.requests);
    let start = Instant::now();
    let down = server.sync(&b).await.expect("pulls");
    let took = start.elapsed();
    // And what the office said.
    assert!(down.received > records, "{} of {records}", down.received);
    line("pull", records, took, down.bytes_down, down.requests);
    let idle = server.sync(&b).await.expect("asks for news");
    println!("  nothing new: {} request, {} bytes up, {} down", idle.requests, idle.bytes_up, idle.bytes_down);
    if server.disk() > 0 {
        println!("  on the server's disk: {} bytes a record", server.disk() / records);
    }
}

pub(crate) fn line(what: &str, records: u64, took: Duration, bytes: u64, requests: u64) {
    println!(
        "  {what}: {:.2} s, {} records/s, {} bytes a record, {requests} requests",
        took.as_secs_f64(),
        rate(records, took),
        bytes / records,
    );
}

/// Batches of a thousand from several laptops at once, packed before the clock starts: what the
/// server takes.
pub(crate) async fn ingest(server: &Served) {
    const LAPTOPS: u8 = 8;
    const BATCHES: u64 = 10;
    let mut ready = Vec::new();
    for seed in 1..=LAPTOPS {
        let laptop = server.laptop(&format!("O{seed}"), seed).await;
        server.sync(&laptop).await.expect("its first record");
        for number in 0..BATCHES * 1000 {
            everyday::log(&laptop, u64::from(seed) * 100_000 + number);
        }
        let batches: Vec<Vec<u8>> = laptop.disk().own[1..].chunks(1000).map(pushing).collect();
        ready.push((laptop, batches));
    }
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (laptop, batches) in ready {
        let (connection, key) = (server.connection(), server.key());
        tasks.push(tokio::spawn(async move {
            for body in batches {
                let response = send(&connection, ServerId::of(&key), &laptop, body).await;
                response.receipts[0].open(&key).expect("signed");
            }
        }));
    }
    for task in tasks {
        task.await.expect("ran");
    }
    let (count, took) = (u64::from(LAPTOPS) * BATCHES * 1000, start.elapsed());
    println!("  ingest, {LAPTOPS} laptops, batches of 1000: {} records/s", rate(count, took));
}

/// Many laptops that push one record each, again and again; written before the clock starts.
pub(crate) async fn many(server: &Served) {
    let (laptops, seconds) = (setting("AUXLOG_BENCH_LAPTOPS", 200), setting("AUXLOG_BENCH_SECONDS", 5));
    let each = usize::try_from(seconds * 6000 / laptops).expect("small");
    let mut desks = Vec::new();
    for number in 0..laptops {
        let laptop = server.laptop(&format!("O{number}"), u8::try_from(number).unwrap_or(250)).await;
        server.sync(&laptop).await.expect("its first record");
        for at in 0..each {
            everyday::log(&laptop, number * 1000 + at as u64);
        }
        let pushes: Vec<Vec<u8>> = laptop.disk().own[1..].chunks(1).map(pushing).collect();
        desks.push((laptop, pushes));
    }
    let start = Instant::now();
    let until = start + Duration::from_secs(seconds);
    let mut tasks = Vec::new();
    for (laptop, pushes) in desks {
        let (connection, key) = (server.connection(), server.key());
        tasks.push(tokio::spawn(async move {
            let mut took = Vec::new();
            for (seq, body) in (2..).zip(pushes) {
                if Instant::now() > until {
                    break;
                }
                let start = Instant::now();
                let response = send(&connection, ServerId::of(&key), &laptop, body).await;
                let receipt = response.receipts[0].open(&key).expect("signed");
                assert_eq!(receipt.acked, seq);
                took.push(start.elapsed());
            }
            took
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("ran"));
    }
    let elapsed = start.elapsed();
    all.sort_unstable();
    let at = |share: usize| all[(all.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "  {laptops} laptops, one record a push: {} requests/s, p50 {:.0} ms, p99 {:.0} ms",
        rate(all.len() as u64, elapsed),
        at(50),
        at(99)
    );
}

/// The message that pushes these records and pulls nothing.
fn pushing(records: &[Record]) -> Vec<u8> {
    let mut request = support::empty_sync();
    request.push = vec![Run::of(records).expect("a run")];
    pack(&request).expect("packs")
}

async fn send(connection: &Connection, server: ServerId, laptop: &Arc<Laptop>, body: Vec<u8>) -> SyncResponse {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NONCE: AtomicU64 = AtomicU64::new(1);
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&NONCE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let signable = Signable { method: "POST", target: "/v1/sync", body: &body, server };
    let auth = RequestAuth::sign(&laptop.key, &laptop.agency(), support::now_ms(), nonce, signable).to_string();
    let request = Request { method: "POST", target: "/v1/sync".into(), auth: Some(auth), body };
    connection.send(request).await.expect("an answer").message().expect("accepted")
}
