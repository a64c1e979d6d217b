//! What attachments may fill: counted by what came, not by what was said; by the line of keys, not by the
//! key; and one piece after the other, however many come at once.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use auxlog_record::crypto::sha256;
use auxlog_record::{Hash, RecordId, WriterId};
use auxlog_server::{LimitOptions, Quotas, RecordQuotas};
use auxlog_sync::enrol::Role;
use auxlog_sync::message::RefusedFor;
use auxlog_sync::{Refusal, SyncError};
use futures_util::future::join_all;
use sqlx::{AnyPool, Row as _};

use crate::attachments::{about, content, fetch, refused};
use crate::support::{Kind, Laptop, SetClock, World, now_ms};
use crate::suspects::succeed;

contracts![
    what_was_begun_reserves_nothing,
    a_key_that_takes_over_has_no_new_day,
    whoever_is_shut_out_leaves_nothing_half_here,
    a_device_begins_so_many_without_ending_them,
    the_sum_is_right_whatever_comes_and_goes,
    records_of_a_day_and_of_an_agency_are_bounded,
];

async fn world(kind: Kind, quotas: Quotas) -> World {
    World::made(kind, None, LimitOptions { attachments: quotas, ..LimitOptions::default() }).await
}

/// An attachment: its hash and content.
type Photo = (Hash, Vec<u8>);

/// Attachments of whom only the records are with the server.
async fn announced(world: &World, laptop: &Arc<Laptop>, lengths: &[usize]) -> Vec<Photo> {
    let number = laptop.disk().own.len() as u64;
    let seed = |at: usize| (number + at as u64) * 256 + u64::from(laptop.writer().0[0]);
    let contents = lengths.iter().enumerate().map(|(at, length)| content(*length, seed(at).wrapping_mul(0x9e37_79b9)));
    let photos: Vec<Photo> = contents.map(|content| (laptop.attach("photo.jpg", &content), content)).collect();
    laptop.disk().attachments.clear();
    world.sync(laptop).await.expect("the records alone");
    photos
}

static NONCES: AtomicU64 = AtomicU64::new(1);

/// Sends a part of an attachment's content, or of another one; what it is refused for.
async fn send(world: &World, laptop: &Laptop, photo: &Photo, range: Range<usize>) -> Option<Refusal> {
    let (hash, content) = photo;
    let query = format!("length={}&offset={}", content.len(), range.start);
    let nonce = NONCES.fetch_add(1, Ordering::Relaxed);
    refused(&about(world, laptop, "PATCH", *hash, &query, content[range].to_vec(), nonce).await)
}

async fn number(hand: &AnyPool, what: &str) -> i64 {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT CAST({what} AS BIGINT) AS number")));
    row.fetch_one(hand).await.expect("read").get("number")
}

/// The bytes that the server says that A01 has; the same by all that is there, and by what is stored.
async fn held(hand: &AnyPool) -> i64 {
    let said = number(hand, "(SELECT bytes FROM attached WHERE agency_id = 'A01')").await;
    let counted = "COALESCE((SELECT SUM(length) FROM blob WHERE agency_id = 'A01' AND whole = 1), 0)
        + COALESCE((SELECT SUM(received) FROM blob_delivery WHERE agency_id = 'A01'), 0)";
    assert_eq!(said, number(hand, counted).await);
    let stored = "COALESCE((SELECT SUM(LENGTH(content)) FROM delivery_part WHERE agency_id = 'A01'), 0)";
    assert_eq!(said, number(hand, stored).await, "stored");
    said
}

async fn what_was_begun_reserves_nothing(kind: Kind) {
    let world = world(kind, Quotas { of_agency: 10_000, ..Quotas::default() }).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let hand = world.hand().await;
    let theirs = announced(&world, &b, &[6000; 8]).await;
    for photo in &theirs {
        assert_eq!(send(&world, &b, photo, 0..1).await, None, "48 000 bytes are announced and begun");
    }
    assert_eq!(held(&hand).await, 8);
    let whole = content(5000, 1);
    let hash = a.attach("photo.jpg", &whole);
    let outcome = world.sync(&a).await.expect("synchronises");
    assert_eq!((outcome.attachments, outcome.attachments_left), (1, 0), "an honest one is taken all the same");
    assert_eq!(fetch(&world, &b, hash, 5000).await.expect("whole"), whole);
    // Whoever was let in does not exceed it either, piece by piece.
    assert_eq!(send(&world, &b, &theirs[0], 1..3).await, Some(Refusal::Quota));
    assert_eq!(send(&world, &b, &theirs[0], 0..1).await, None, "what is here already is");
    let small = announced(&world, &b, &[3000, 3000]).await;
    assert_eq!(send(&world, &b, &small[0], 0..1).await, None);
    assert_eq!(send(&world, &b, &small[1], 0..1).await, None, "both would find room");
    assert_eq!(send(&world, &b, &small[0], 1..3000).await, None, "and one of them does");
    assert_eq!(send(&world, &b, &small[1], 1..2).await, Some(Refusal::Quota));
    assert_eq!(held(&hand).await, 5000 + 3000 + 9);
    hand.close().await;
}

async fn a_key_that_takes_over_has_no_new_day(kind: Kind) {
    let world = world(kind, Quotas { of_device_a_day: 1500, ..Quotas::default() }).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let photos = announced(&world, &a, &[1000, 1000, 400]).await;
    assert_eq!(send(&world, &a, &photos[0], 0..1000).await, None);
    assert_eq!(send(&world, &a, &photos[1], 0..1).await, Some(Refusal::Quota));
    let mut heir = succeed(&world, &a, "O1", 31).await.expect("takes over");
    assert_eq!(send(&world, &heir, &photos[1], 0..1).await, Some(Refusal::Quota));
    assert_eq!(send(&world, &heir, &photos[2], 0..400).await, None, "what was left of the day");
    heir = succeed(&world, &heir, "O1", 32).await.expect("takes over");
    assert_eq!(send(&world, &heir, &photos[1], 0..1).await, Some(Refusal::Quota), "however often");
    assert_eq!(send(&world, &b, &photos[1], 0..1000).await, None, "another officer has their own");
}

async fn whoever_is_shut_out_leaves_nothing_half_here(kind: Kind) {
    let world = World::new(kind).await;
    let (lost, copied, old) =
        (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await, world.laptop("A01", "O3", 3).await);
    let reader = world.laptop("A01", "O4", 4).await;
    let hand = world.hand().await;
    let whole = announced(&world, &lost, &[1000]).await;
    assert_eq!(send(&world, &lost, &whole[0], 0..1000).await, None);
    for laptop in [&lost, &copied, &old] {
        for photo in announced(&world, laptop, &[1000, 2000]).await {
            assert_eq!(send(&world, laptop, &photo, 0..500).await, None);
            assert_eq!(send(&world, laptop, &photo, 500..600).await, None);
        }
    }
    assert_eq!(held(&hand).await, 1000 + 3 * 1200);
    world.admin.revoke(&lost.writer().to_string(), "lost").await.expect("revoked");
    assert_eq!(held(&hand).await, 1000 + 2 * 1200, "a revoked key's");
    world.freeze(&copied, "O2", 2).await;
    assert_eq!(held(&hand).await, 1000 + 1200, "a frozen key's");
    succeed(&world, &old, "O3", 33).await.expect("takes over");
    assert_eq!(held(&hand).await, 1000, "a succeeded key's");
    assert_eq!(fetch(&world, &reader, whole[0].0, 1000).await.expect("what is whole stays"), whole[0].1);
    hand.close().await;
}

async fn a_device_begins_so_many_without_ending_them(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let photos = announced(&world, &a, &[8; 102]).await;
    for photo in &photos[..100] {
        assert_eq!(send(&world, &a, photo, 0..1).await, None);
    }
    assert_eq!(send(&world, &a, &photos[100], 0..1).await, Some(Refusal::Quota));
    assert_eq!(send(&world, &b, &photos[100], 0..1).await, None, "another device has its own");
    assert_eq!(send(&world, &a, &photos[0], 1..8).await, None, "one of them ends");
    assert_eq!(send(&world, &a, &photos[100], 0..1).await, None);
    assert_eq!(send(&world, &a, &photos[101], 0..1).await, Some(Refusal::Quota));
}

async fn the_sum_is_right_whatever_comes_and_goes(kind: Kind) {
    let clock = Arc::new(SetClock(AtomicI64::new(i64::try_from(now_ms()).expect("small"))));
    let mut world = World::made(kind, Some(Arc::clone(&clock)), LimitOptions::default()).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop_as("A01", "O2", 2, Role::Supervisor).await);
    let hand = world.hand().await;
    let photos = announced(&world, &a, &[1000, 2000, 0, 4000]).await;
    let of = |at: u64| RecordId { writer: a.writer(), seq: 2 + at };
    assert_eq!(send(&world, &a, &photos[0], 0..1000).await, None);
    assert_eq!(send(&world, &a, &photos[1], 0..700).await, None);
    assert_eq!(send(&world, &b, &photos[1], 0..300).await, None);
    assert_eq!(held(&hand).await, 2000, "whole, and half by two");
    let nonce = NONCES.fetch_add(1, Ordering::Relaxed);
    assert_eq!(refused(&about(&world, &a, "POST", sha256(&[]), "length=0", Vec::new(), nonce).await), None);
    assert_eq!(held(&hand).await, 2000, "nothing at all, whole");
    let garbage = (photos[1].0, vec![7; 2000]);
    assert_eq!(send(&world, &b, &garbage, 300..2000).await, Some(Refusal::Damaged));
    assert_eq!(held(&hand).await, 1700, "damaged");
    assert_eq!(send(&world, &b, &photos[1], 0..100).await, None);
    assert_eq!(send(&world, &a, &photos[1], 700..2000).await, None);
    assert_eq!(held(&hand).await, 3000, "whole, and another's half of it gone");
    assert_eq!(send(&world, &b, &photos[1], 100..200).await, None, "nothing more is wanted of it");
    assert_eq!(send(&world, &a, &photos[3], 0..50).await, None);
    assert_eq!(send(&world, &b, &photos[3], 0..5).await, None);
    assert_eq!(held(&hand).await, 3055);

    for at in [1, 3] {
        b.record(&crate::masking::ordered(of(at)));
    }
    world.sync(&b).await.expect("synchronises");
    assert_eq!(held(&hand).await, 1000, "one whole and one half, masked by order");

    let more = announced(&world, &a, &[4000, 5000]).await;
    assert_eq!(send(&world, &b, &more[0], 0..40).await, None);
    hand.close().await;
    let copy = world.copy().await;
    let hand = world.hand().await;
    assert_eq!(send(&world, &a, &more[1], 0..5000).await, None);
    assert_eq!(held(&hand).await, 6040);
    hand.close().await;
    world.put_back(copy).await;
    let hand = world.hand().await;
    assert_eq!(held(&hand).await, 1040, "as the copy has it");
    clock.0.fetch_add(8 * 24 * 60 * 60 * 1000, Ordering::Relaxed);
    a.attach("photo.jpg", &content(300, 99));
    world.sync(&a).await.expect("synchronises");
    assert_eq!(held(&hand).await, 1300, "given up");
    hand.close().await;
}

/// Waits until so many of the database's transactions wait for another.
async fn waiting(hand: &AnyPool, many: i64) {
    let what = "(SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock')";
    let until = tokio::time::Instant::now() + Duration::from_mins(1);
    loop {
        let found = number(hand, what).await;
        if found >= many {
            return;
        }
        assert!(tokio::time::Instant::now() < until, "{found} wait instead of {many}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_pieces_at_once_are_let_in_one_by_one() {
    let of_agency = Quotas { of_agency: 2500, ..Quotas::default() };
    let of_device = Quotas { of_device_a_day: 2500, ..Quotas::default() };
    for quotas in [of_agency, of_device] {
        let world = world(Kind::Postgres, quotas).await;
        let a = world.laptop("A01", "O1", 1).await;
        let photos = announced(&world, &a, &[1000; 6]).await;
        let hand = world.hand().await;
        // None is stored before as many as go on at once were looked at, or wait for one that was.
        let mut gate = hand.begin().await.expect("begun");
        sqlx::query("LOCK TABLE delivery_part IN SHARE MODE").execute(&mut *gate).await.expect("locked");
        let open = async {
            waiting(&hand, 4).await;
            gate.rollback().await.expect("open");
        };
        let sent = join_all(photos.iter().map(|photo| send(&world, &a, photo, 0..1000)));
        let (sent, ()) = tokio::join!(sent, open);
        let taken = sent.iter().filter(|refusal| refusal.is_none()).count();
        let full = sent.iter().filter(|refusal| **refusal == Some(Refusal::Quota)).count();
        assert_eq!((taken, full), (2, 4), "{sent:?}");
        assert_eq!(held(&hand).await, 2000);
        hand.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_on_its_way_is_not_taken_of_whom_is_shut_out_meanwhile() {
    let world = World::new(Kind::Postgres).await;
    let a = world.laptop("A01", "O1", 1).await;
    let photos = announced(&world, &a, &[1000]).await;
    let hand = world.hand().await;
    let mut revoking = hand.begin().await.expect("begun");
    let lock = "SELECT bytes FROM attached WHERE agency_id = 'A01' FOR UPDATE";
    sqlx::query(lock).execute(&mut *revoking).await.expect("locked");
    let revoke = async {
        waiting(&hand, 1).await;
        let WriterId(writer) = a.writer();
        let revoke = sqlx::query("UPDATE writer SET standing = 'revoked' WHERE writer_id = $1").bind(writer.to_vec());
        revoke.execute(&mut *revoking).await.expect("revoked");
        revoking.commit().await.expect("revoked");
    };
    let (sent, ()) = tokio::join!(send(&world, &a, &photos[0], 0..600), revoke);
    assert_eq!(sent, Some(Refusal::Revoked));
    assert_eq!(held(&hand).await, 0);
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_and_a_piece_never_wait_for_each_other() {
    let mut world = World::new(Kind::Postgres).await;
    let (a, boss) = (world.laptop("A01", "O1", 1).await, world.laptop_as("A01", "O2", 2, Role::Supervisor).await);
    let photos = announced(&world, &a, &[1000, 3000]).await;
    assert_eq!(send(&world, &a, &photos[0], 0..1000).await, None);
    assert_eq!(send(&world, &a, &photos[1], 0..2000).await, None);
    // One push that announces what is on its way, and has the other masked.
    boss.attach("photo.jpg", &photos[1].1);
    boss.disk().attachments.clear();
    boss.record(&crate::masking::ordered(RecordId { writer: a.writer(), seq: 2 }));
    let hand = world.hand().await;
    let mut gate = hand.begin().await.expect("begun");
    let lock = "SELECT records FROM blob WHERE agency_id = 'A01' AND length = 3000 FOR UPDATE";
    sqlx::query(lock).execute(&mut *gate).await.expect("locked");
    let open = async {
        waiting(&hand, 2).await;
        gate.rollback().await.expect("open");
    };
    let piece = async {
        waiting(&hand, 1).await;
        tokio::join!(send(&world, &a, &photos[1], 2000..3000), open).0
    };
    let (pushed, sent) = tokio::join!(world.sync(&boss), piece);
    assert_eq!((pushed.expect("synchronises").acked, sent), (3, None));
    assert_eq!(held(&hand).await, 3000, "the one is whole, the other masked");
    hand.close().await;
    // What a connection met is counted once it ends.
    world.stop().await;
    let hand = world.hand().await;
    let met = "(SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())";
    assert_eq!(number(&hand, met).await, 0);
    hand.close().await;
}

async fn records_of_a_day_and_of_an_agency_are_bounded(kind: Kind) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let clock = Arc::new(SetClock(AtomicI64::new(i64::try_from(now_ms()).expect("a time"))));
    let records = RecordQuotas { of_device_a_day: 50, ..RecordQuotas::default() };
    let limits = LimitOptions { records, ..LimitOptions::default() };
    let mut world = World::made(kind, Some(Arc::clone(&clock)), limits).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(59);
    let full = world.sync(&a).await.expect_err("the day is full");
    assert!(matches!(full, SyncError::Full(RefusedFor::DayFull)) && full.is_transient(), "{full}");
    let acked = || async { world.admin.find(&a.writer().to_string()).await.expect("known").acked_seq };
    assert_eq!(acked().await, 50, "what had room is there");
    b.log(3);
    world.sync(&b).await.expect("another's day is their own");
    world.sync(&a).await.expect_err("still full");
    assert!(a.of_officers().len() >= 3, "it goes on to pull");
    let incidents = world.admin.incidents(&"A01".into(), 100).await.expect("listed");
    let filed: Vec<_> = incidents.iter().filter(|incident| incident.kind == "records_refused").collect();
    assert_eq!(filed.len(), 1, "{incidents:?}");

    // A key that takes over has no new day.
    let heir = Arc::new(succeed(&world, &a, "O1", 31).await.expect("takes over"));
    heir.log(1);
    let refused = world.sync(&heir).await.expect_err("still full");
    assert!(matches!(refused, SyncError::Full(RefusedFor::DayFull)), "{refused}");
    clock.0.fetch_add(DAY_MS, Ordering::Relaxed);
    world.sync(&heir).await.expect("the next day");

    // The agency in all.
    world.limits.records = RecordQuotas { of_agency: 1, ..RecordQuotas::default() };
    world.restart().await;
    b.log(1);
    let refused = world.sync(&b).await.expect_err("the agency is full");
    assert!(matches!(refused, SyncError::Full(RefusedFor::AgencyFull)), "{refused}");
    world.limits.records = RecordQuotas::default();
    world.restart().await;
    world.sync(&b).await.expect("with more room it goes on");
}
