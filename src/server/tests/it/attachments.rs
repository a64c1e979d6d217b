//! Attachments on their way up and down: pieces, cuts, other replicas, wrong content.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use auxlog_record::Hash;
use auxlog_record::crypto::sha256;
use auxlog_server::{Config, LimitOptions, Quotas, Server};
use auxlog_sync::blob::{BlobId, MAX_BLOB, MAX_PIECE};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Connection, Refusal, SyncError, fetch_attachment, sync_once};

use crate::support::{Kind, Laptop, SetClock, World, now_ms, proxy, signed};

contracts![
    attachments_follow_their_records_and_come_back_whole,
    a_transfer_goes_on_where_it_was_cut,
    a_restored_server_is_given_attachments_again,
    reading_from_anywhere_leaves_a_trace,
    what_is_not_the_content_is_not_kept,
    what_another_sends_spoils_nothing,
    what_stays_half_here_is_given_up,
];

/// Bytes that don't compress, different for each seed.
pub(crate) fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let next = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        state.to_be_bytes()[3]
    };
    (0..length).map(|_| next(&mut state)).collect()
}

pub(crate) async fn fetch(world: &World, laptop: &Laptop, hash: Hash, length: u64) -> Result<Vec<u8>, SyncError> {
    let mut got = Vec::new();
    let key = world.handle().public_key;
    fetch_attachment(laptop, &world.connection(), &key, BlobId { hash, length }, 0, |offset, piece| {
        assert_eq!(offset, got.len() as u64);
        got.extend_from_slice(piece);
        Ok(())
    })
    .await?;
    Ok(got)
}

/// A request about an attachment, signed, and its answer.
pub(crate) async fn about(
    world: &World,
    laptop: &Laptop,
    method: &'static str,
    hash: Hash,
    query: &str,
    body: Vec<u8>,
    nonce: u64,
) -> Answer {
    let target = format!("/v1/blobs/{hash}?agency=A01&{query}");
    let request: Request = signed(world, laptop, method, &target, body, now_ms(), nonce);
    world.connection().send(request).await.expect("an answer")
}

pub(crate) fn refused(answer: &Answer) -> Option<Refusal> {
    answer.error.as_deref().and_then(Refusal::from_name)
}

async fn attachments_follow_their_records_and_come_back_whole(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    // Less than a piece, a piece of the first size exactly, several pieces of growing size.
    let contents = [content(1, 1), content(64 << 10, 2), content(MAX_PIECE + 300_001, 3)];
    for (number, content) in contents.iter().enumerate() {
        a.attach(&format!("{number}.jpg"), content);
    }
    let outcome = world.sync(&a).await.expect("synchronises");
    assert_eq!((outcome.acked, outcome.attachments, outcome.attachments_left), (4, 3, 0));
    assert_eq!(world.sync(&a).await.expect("synchronises").requests, 1, "and then nothing is asked about them");
    world.sync(&b).await.expect("synchronises");
    for content in &contents {
        let (hash, length) = (sha256(&[content]), content.len() as u64);
        let got = fetch(&world, &b, hash, length).await.expect("fetched");
        assert_eq!(sha256(&[&got]), hash);
    }
    let audit = world.admin.log(100).await.expect("the audit log");
    assert_eq!(audit.iter().filter(|(_, entry)| entry.act == "read_attachment").count(), 3, "each look is logged");

    let (nobody, hash) = (world.laptop("A02", "O9", 9).await, sha256(&[&contents[0]]));
    let foreign = about(&world, &nobody, "GET", hash, "length=1", Vec::new(), 1).await;
    assert_eq!(refused(&foreign), Some(Refusal::Forbidden), "another agency's");
    let error = fetch(&world, &nobody, hash, 1).await.expect_err("nor is it in its own");
    assert!(matches!(error, SyncError::Refused(Refusal::NotFound)), "{error}");
}

async fn reading_from_anywhere_leaves_a_trace(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let content = content(1000, 1);
    let hash = sha256(&[&content]);
    a.attach("photo.jpg", &content);
    world.sync(&a).await.expect("synchronises");
    // What goes on within the hour is known already; what begins at the beginning is another look.
    for (nonce, (offset, looks)) in (1..).zip([(1, 1), (400, 1), (0, 2), (999, 2)]) {
        let answer = about(&world, &a, "GET", hash, &format!("length=1000&offset={offset}"), Vec::new(), nonce).await;
        assert_eq!(answer.body, content[offset..], "{offset}");
        let audit = world.admin.log(100).await.expect("the audit log");
        let looked = audit.into_iter().map(|(_, entry)| entry);
        let looked = looked.filter(|entry| entry.act == "read_attachment" && entry.subject == hash.to_string());
        let details: Vec<String> = looked.map(|entry| entry.detail).collect();
        assert_eq!(details.len(), looks, "{details:?}");
        assert!(details.iter().any(|detail| detail == "from byte 1"), "{details:?}");
    }
}

async fn a_transfer_goes_on_where_it_was_cut(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let content = content(400_000, 7);
    a.attach("photo.jpg", &content);
    let mut bytes = 0;
    for _ in 0..2 {
        // Of synchronisation, question and piece the last answer is lost: what came is there, and
        // nobody here knows.
        let line = proxy::losing_every(world.handle().addr, 3).await;
        let line = Connection::new(&line, None).expect("an address");
        let ledger: Arc<dyn LocalLedger> = Arc::clone(&a) as _;
        let cut = sync_once(&ledger, &line, world.handle().public_key, |_| {}).await;
        bytes += match cut {
            Ok(outcome) => outcome.bytes_up,
            Err((error, outcome)) => {
                assert!(error.is_transient(), "{error}");
                outcome.bytes_up
            }
        };
        world.restart().await;
    }
    let ended = world.sync(&a).await.expect("goes on");
    bytes += ended.bytes_up;
    let length = content.len() as u64;
    assert!(ended.bytes_up < length, "{} bytes: not from the beginning", ended.bytes_up);
    assert!(bytes < length * 5 / 4, "{bytes} bytes for {length}");
    assert_eq!(fetch(&world, &a, sha256(&[&content]), length).await.expect("whole"), content);
}

async fn a_restored_server_is_given_attachments_again(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.sync(&a).await.expect("synchronises");
    let last_night = world.copy().await;
    let content = content(100_000, 11);
    let hash = a.attach("photo.jpg", &content);
    assert_eq!(world.sync(&a).await.expect("synchronises").attachments, 1);
    world.put_back(last_night).await;
    assert!(fetch(&world, &a, hash, content.len() as u64).await.is_err(), "gone with the old copy");
    assert_eq!(world.sync(&a).await.expect("heals").attachments, 1);
    assert_eq!(fetch(&world, &a, hash, content.len() as u64).await.expect("there again"), content);
}

async fn what_is_not_the_content_is_not_kept(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let hash = a.attach("photo.jpg", &content(1000, 1));
    let unknown = about(&world, &a, "POST", hash, "length=1000", Vec::new(), 1).await;
    assert_eq!(refused(&unknown), Some(Refusal::NotFound), "its record comes first");
    a.disk().attachments.clear();
    world.sync(&a).await.expect("synchronises the record alone");

    let begun = about(&world, &a, "POST", hash, "length=1000", Vec::new(), 2).await;
    assert_eq!((begun.status, begun.offset), (200, Some(0)));
    let lie = about(&world, &a, "POST", hash, "length=999", Vec::new(), 3).await;
    assert_eq!(refused(&lie), Some(Refusal::NotFound), "with another length it is another one");
    let huge = about(&world, &a, "POST", hash, &format!("length={}", MAX_BLOB + 1), Vec::new(), 4).await;
    assert_eq!(refused(&huge), Some(Refusal::TooLarge));
    let early = about(&world, &a, "PATCH", hash, "length=1000&offset=500", vec![1; 100], 5).await;
    assert_eq!((refused(&early), early.offset), (Some(Refusal::OutOfPlace), Some(0)));
    let long = about(&world, &a, "PATCH", hash, "length=1000&offset=0", vec![1; 1001], 6).await;
    assert_eq!(refused(&long), Some(Refusal::OutOfPlace), "more than was announced");
    let wide = about(&world, &a, "PATCH", hash, "length=1000&offset=0", vec![1; MAX_PIECE + 1], 7).await;
    assert_eq!(refused(&wide), Some(Refusal::TooLarge));

    let half = about(&world, &a, "PATCH", hash, "length=1000&offset=0", vec![1; 600], 8).await;
    assert_eq!(half.offset, Some(600));
    let again = about(&world, &a, "PATCH", hash, "length=1000&offset=0", vec![1; 600], 9).await;
    assert_eq!((again.status, again.offset), (200, Some(600)), "the same piece once more changes nothing");
    let asked = about(&world, &a, "HEAD", hash, "length=1000", Vec::new(), 10).await;
    assert_eq!((asked.status, asked.offset), (200, Some(600)));
    let unfinished = about(&world, &a, "GET", hash, "length=1000", Vec::new(), 11).await;
    assert_eq!(refused(&unfinished), Some(Refusal::NotFound), "nobody is shown half of it");
    let wrong = about(&world, &a, "PATCH", hash, "length=1000&offset=600", vec![1; 400], 12).await;
    assert_eq!(refused(&wrong), Some(Refusal::Damaged));
    let anew = about(&world, &a, "POST", hash, "length=1000", Vec::new(), 13).await;
    assert_eq!(anew.offset, Some(0), "nothing of it was kept");
    let right = about(&world, &a, "PATCH", hash, "length=1000&offset=0", content(1000, 1), 14).await;
    assert_eq!(right.status, 200);
    assert_eq!(fetch(&world, &a, hash, 1000).await.expect("whole"), content(1000, 1));
}

async fn what_another_sends_spoils_nothing(kind: Kind) {
    let quotas = Quotas { of_device_a_day: 1500, ..Quotas::default() };
    let world = World::made(kind, None, LimitOptions { attachments: quotas, ..LimitOptions::default() }).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let whole = content(1000, 5);
    let hash = a.attach("photo.jpg", &whole);
    let files = std::mem::take(&mut a.disk().attachments);
    world.sync(&a).await.expect("the record alone");
    // One sends the beginning, another device of the agency garbage before and after it.
    let garbage = about(&world, &b, "PATCH", hash, "length=1000&offset=0", vec![1], 1).await;
    assert_eq!((garbage.status, garbage.offset), (200, Some(1)));
    let begun = about(&world, &a, "POST", hash, "length=1000", Vec::new(), 2).await;
    assert_eq!((begun.status, begun.offset), (200, Some(0)), "each is told of its own");
    about(&world, &a, "PATCH", hash, "length=1000&offset=0", whole[..600].to_vec(), 3).await;
    let damaged = about(&world, &b, "PATCH", hash, "length=1000&offset=1", vec![1; 999], 4).await;
    assert_eq!(refused(&damaged), Some(Refusal::Damaged));
    let again = about(&world, &b, "PATCH", hash, "length=1000&offset=0", vec![1], 5).await;
    assert_eq!(refused(&again), Some(Refusal::Quota), "and it pays for it");
    a.disk().attachments = files;
    let outcome = world.sync(&a).await.expect("goes on where it was");
    assert_eq!((outcome.attachments, outcome.attachments_left), (1, 0));
    assert!(outcome.bytes_up < 1500, "{} bytes: the rest alone", outcome.bytes_up);
    assert_eq!(fetch(&world, &b, hash, 1000).await.expect("whole"), whole);
    let late = about(&world, &b, "PATCH", hash, "length=1000&offset=0", vec![1], 6).await;
    assert_eq!((late.status, late.offset), (200, Some(1000)), "nothing more is wanted of it");
    assert_eq!(fetch(&world, &b, hash, 1000).await.expect("as it was"), whole);
}

async fn what_stays_half_here_is_given_up(kind: Kind) {
    let clock = Arc::new(SetClock(AtomicI64::new(i64::try_from(now_ms()).expect("small"))));
    let quotas = Quotas { of_agency: 2500, ..Quotas::default() };
    let limits = LimitOptions { attachments: quotas, ..LimitOptions::default() };
    let world = World::made(kind, Some(Arc::clone(&clock)), limits).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let contents = [content(1000, 5), content(1000, 6)];
    let hashes = [a.attach("1.jpg", &contents[0]), a.attach("2.jpg", &contents[1])];
    let files = std::mem::take(&mut a.disk().attachments);
    world.sync(&a).await.expect("the records alone");
    for (nonce, hash) in (1..).zip(hashes) {
        about(&world, &b, "PATCH", hash, "length=1000&offset=0", vec![1; 900], nonce).await;
    }
    a.disk().attachments = files;
    let full = world.sync(&a).await.expect("synchronises");
    assert_eq!((full.attachments, full.attachments_left), (0, 2), "what came of others fills the agency's room");
    clock.0.fetch_add(8 * 24 * 60 * 60 * 1000, Ordering::Relaxed);
    let free = world.sync(&a).await.expect("synchronises");
    assert_eq!((free.attachments, free.attachments_left), (2, 0));
    for (hash, content) in hashes.into_iter().zip(contents) {
        assert_eq!(fetch(&world, &a, hash, 1000).await.expect("whole"), content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_on_the_way_is_mended_by_the_client() {
    let world = World::new(Kind::Sqlite).await;
    let a = world.laptop("A01", "O1", 1).await;
    let whole = content(1000, 5);
    let hash = a.attach("photo.jpg", &whole);
    let files = std::mem::take(&mut a.disk().attachments);
    world.sync(&a).await.expect("the record alone");
    // Somebody of the agency spoilt the beginning.
    about(&world, &a, "PATCH", hash, "length=1000&offset=0", vec![1; 600], 1).await;
    a.disk().attachments = files;
    let outcome = world.sync(&a).await.expect("found out, and begun anew");
    assert_eq!((outcome.attachments, outcome.attachments_left), (1, 0));
    assert_eq!(fetch(&world, &a, hash, 1000).await.expect("whole"), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_goes_on_at_another_replica() {
    let world = World::new(Kind::Postgres).await;
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::copy(world.dir.path().join("server.key"), dir.path().join("server.key")).expect("the same key");
    let mut config = Config::new(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db.clone_from(&world.db);
    let second = Server::start(config).await.expect("starts");
    let there = Connection::new(&second.url, None).expect("an address");

    let a = world.laptop("A01", "O1", 1).await;
    let whole = content(1000, 5);
    let hash = a.attach("photo.jpg", &whole);
    let files = std::mem::take(&mut a.disk().attachments);
    world.sync(&a).await.expect("the record alone");
    about(&world, &a, "PATCH", hash, "length=1000&offset=0", whole[..600].to_vec(), 1).await;
    a.disk().attachments = files;
    let outcome = world.sync_by(&there, &a).await.expect("goes on there");
    assert_eq!(outcome.attachments, 1);
    assert!(outcome.bytes_up < 1000, "{} bytes: only what was missing", outcome.bytes_up);
    assert_eq!(fetch(&world, &a, hash, 1000).await.expect("whole at either"), whole);
    second.shutdown().await;
}
