//! Two views of one log: a server, or whoever has its key, that shows laptops different logs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use auxlog_record::{Event, SyncNoted};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::{Connection, SyncError};

use crate::answers::{ask, request};
use crate::support::{Kind, Laptop, SetClock, World, now_ms, proxy, task};

contracts![
    what_laptops_were_shown_of_one_log_agrees,
    two_views_are_found_as_soon_as_records_meet,
    what_was_shown_before_the_page_is_proven_by_the_server,
    what_a_relay_says_in_place_of_a_proof_accuses_nobody,
    a_note_that_the_server_did_not_sign_proves_nothing,
    a_life_that_goes_on_beside_its_successor_is_another_view,
    a_server_whose_clock_was_wrong_for_a_while_is_not_accused,
];

/// Two laptops that write notes, and a log that both know.
async fn two(world: &World) -> (Arc<Laptop>, Arc<Laptop>) {
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    for laptop in [&a, &b] {
        laptop.disk().notes = true;
        laptop.log(2);
        world.sync(laptop).await.expect("synchronises");
    }
    world.sync(&a).await.expect("synchronises");
    (a, b)
}

/// Pushes all that a laptop has to the server that runs now, and believes nothing of its answer.
async fn relay(world: &World, laptop: &Laptop, nonce: u64) {
    ask(world, laptop, &request(laptop, 0, 0), nonce).await;
}

fn notes(laptop: &Laptop) -> usize {
    laptop.disk().own.iter().filter(|record| matches!(record.event(), Ok(Event::SyncNoted(_)))).count()
}

async fn what_laptops_were_shown_of_one_log_agrees(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = two(&world).await;
    for round in 1..4 {
        for laptop in [&a, &b] {
            laptop.log(1);
            world.sync(laptop).await.expect("synchronises");
            assert_eq!(laptop.disk().cursor.doubts, [], "round {round}");
        }
    }
    // It fetches what the other wrote, and says so once.
    let quiet = notes(&a);
    world.sync(&a).await.expect("synchronises");
    assert_eq!(notes(&a), quiet + 1);
    let before = a.disk().own.len();
    world.sync(&a).await.expect("synchronises");
    assert_eq!(a.disk().own.len(), before, "one that moves nothing writes nothing");
}

/// The server's first life goes on with `a`, its copy with `b`; then the copy has what `a` wrote.
async fn apart(world: &mut World, a: &Arc<Laptop>, b: &Arc<Laptop>) {
    let copy = world.copy().await;
    a.log(2);
    world.sync(a).await.expect("shown one log");
    world.put_back_unnoticed(copy).await;
    b.log(3);
    world.sync(b).await.expect("shown another");
}

async fn two_views_are_found_as_soon_as_records_meet(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, b) = two(&world).await;
    let reader = world.laptop("A01", "O3", 3).await;
    world.sync(&reader).await.expect("synchronises");
    apart(&mut world, &a, &b).await;
    relay(&world, &a, 1).await;
    for laptop in [&b, &reader] {
        for _ in 0..2 {
            let error = world.sync(laptop).await.expect_err("the server signed two logs");
            assert!(matches!(error, SyncError::TwoViews { of, .. } if of.writer == a.writer()), "{error}");
        }
        laptop.log(1);
        world.sync(laptop).await.expect_err("still");
        let own = laptop.own().expect("own")[0];
        assert_eq!(own.acked, own.seq, "what was recorded is with the server all the same");
    }
}

/// Writes down what it was shown a while ago, to come after another went on.
fn late(laptop: &Laptop) {
    let (_, receipt) = laptop.disk().receipts.last().cloned().expect("a receipt");
    laptop.record(&Event::SyncNoted(SyncNoted { offset_ms: 0, receipt: receipt.to_bytes() }));
}

async fn what_was_shown_before_the_page_is_proven_by_the_server(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, b) = two(&world).await;
    a.disk().notes = false;
    b.disk().notes = false;
    world.sync(&a).await.expect("synchronises");
    late(&a);
    b.log(4);
    world.sync(&b).await.expect("synchronises");
    world.sync(&a).await.expect("synchronises");
    world.sync(&b).await.expect("the server proved it");
    assert_eq!(b.disk().cursor.doubts, []);

    apart(&mut world, &a, &b).await;
    late(&a);
    b.log(6);
    world.sync(&b).await.expect("synchronises");
    relay(&world, &a, 1).await;
    for _ in 0..2 {
        let error = world.sync(&b).await.expect_err("cannot be proven");
        assert!(matches!(error, SyncError::TwoViews { .. }), "{error}");
    }
}

async fn what_a_relay_says_in_place_of_a_proof_accuses_nobody(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = two(&world).await;
    a.disk().notes = false;
    b.disk().notes = false;
    world.sync(&a).await.expect("synchronises");
    late(&a);
    b.log(4);
    world.sync(&b).await.expect("synchronises");
    world.sync(&a).await.expect("synchronises");
    let url = proxy::denying(world.handle().addr, "GET /v1/proof/").await;
    let relay = Connection::new(&url, None).expect("a good address");
    let outcome = world.sync_by(&relay, &b).await.expect("the pages say it themselves");
    assert_eq!(outcome.requests, 3, "pulled anew: {outcome:?}");
    assert_eq!(b.disk().cursor.doubts, []);
    world.sync(&b).await.expect("synchronises");
}

async fn a_note_that_the_server_did_not_sign_proves_nothing(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = two(&world).await;
    let mut receipt = a.disk().receipts.last().cloned().expect("a receipt").1.to_bytes();
    let last = receipt.len() - 1;
    for bytes in [Vec::new(), vec![0; 40], {
        receipt[last] ^= 1;
        receipt.clone()
    }] {
        a.record(&Event::SyncNoted(SyncNoted { offset_ms: 0, receipt: bytes }));
    }
    a.record(&task("t-9", "协助执法队员清点占道物品"));
    world.sync(&a).await.expect("synchronises");
    world.sync(&b).await.expect("nobody is kept from working by what an officer made up");
}

async fn a_life_that_goes_on_beside_its_successor_is_another_view(kind: Kind) {
    let clock = Arc::new(SetClock(AtomicI64::new(now_ms().cast_signed())));
    let mut world = World::with(kind, Some(Arc::clone(&clock))).await;
    let (a, b) = two(&world).await;
    let (last_night, first) = (world.copy().await, world.copy().await);
    a.log(1);
    world.sync(&a).await.expect("synchronises");
    // The server came back, and `b` was told so; to `a` the life before goes on.
    world.put_back(last_night).await;
    b.log(1);
    world.sync(&b).await.expect("in the new life of the log");
    clock.0.fetch_add(10 * 60 * 1000, Ordering::Relaxed);
    a.disk().ahead_ms = 10 * 60 * 1000;
    let second = world.copy().await;
    world.put_back_unnoticed(first).await;
    a.log(1);
    world.sync(&a).await.expect("in the old one");
    clock.0.fetch_sub(10 * 60 * 1000, Ordering::Relaxed);
    world.put_back_unnoticed(second).await;
    relay(&world, &a, 1).await;
    let error = world.sync(&b).await.expect_err("the server signed for both at one time");
    assert!(matches!(error, SyncError::TwoViews { .. }), "{error}");
}

async fn a_server_whose_clock_was_wrong_for_a_while_is_not_accused(kind: Kind) {
    // Behind after it came back, or ahead before.
    for (before, after) in [(0, -30), (30, 0)] {
        let at = |minutes: i64| now_ms().cast_signed() + minutes * 60 * 1000;
        let clock = Arc::new(SetClock(AtomicI64::new(at(before))));
        let mut world = World::with(kind, Some(Arc::clone(&clock))).await;
        let (a, b) = two(&world).await;
        let last_night = world.copy().await;
        a.log(1);
        world.sync(&a).await.expect("in the life that ends");
        clock.0.store(at(after), Ordering::Relaxed);
        world.put_back(last_night).await;
        b.log(1);
        world.sync(&b).await.expect("in the new life of the log");
        world.sync(&a).await.expect("what it was shown before comes with it");
        world.sync(&b).await.expect("nobody signed two logs");
    }
}
