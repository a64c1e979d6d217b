//! Laptops and a real server over real TCP: every contract on SQLite and on PostgreSQL.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::answers::ask;
use crate::support::{Kind, Laptop, World, empty_sync, everyday, proxy};
use auxlog_record::{Record, Roster};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::{OwnHead, RefusedFor, Standing};
use auxlog_sync::{Connection, Notice, SyncError};

contracts![
    two_laptops_come_to_have_the_same_records,
    page_boundaries_neither_skip_nor_repeat,
    a_lost_answer_is_sent_again_and_stored_once,
    a_line_cut_every_forty_kilobytes_gets_everything_through,
    a_fork_is_kept_and_the_writer_frozen,
    a_revoked_device_delivers_into_custody_and_reads_nothing,
    a_wrong_signature_is_set_aside_and_not_acknowledged,
    a_laptop_restored_from_an_old_copy_gets_its_own_records_back,
    receipts_outlive_a_restart,
    agencies_see_nothing_of_each_other,
    a_roster_comes_down_once_per_version,
    laptops_that_push_at_once_all_arrive,
    a_record_costs_little_on_the_wire,
];

async fn two_laptops_come_to_have_the_same_records(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(30);
    b.log(7);
    let first = world.sync(&a).await.expect("synchronises");
    assert_eq!((first.sent, first.received, first.acked, first.requests, first.covered), (31, 0, 31, 1, true));
    assert!(first.noted.is_empty(), "the server's verdicts are the laptop's: {:?}", first.noted);
    let second = world.sync(&b).await.expect("synchronises");
    assert_eq!((second.sent, second.received, second.acked), (8, 31, 8));
    assert_eq!(world.sync(&a).await.expect("synchronises").received, 8);
    assert_eq!(a.everything(), b.everything());

    let idle = world.sync(&a).await.expect("synchronises");
    assert_eq!((idle.sent, idle.received, idle.requests), (0, 0, 1));
    assert!(idle.bytes_up < 1024, "{} bytes for nothing", idle.bytes_up);
    let (receipt, exact) = a.disk().receipts.last().cloned().expect("a receipt");
    assert_eq!(exact.open(&world.handle().public_key).expect("the server's"), receipt);
    assert_eq!((receipt.acked, receipt.head, receipt.checkpoint.size), (31, a.disk().own[30].hash(), 2 + 2 + 39));
}

async fn page_boundaries_neither_skip_nor_repeat(kind: Kind) {
    // The first record opens the chain: 0, 1, n−1, n, n+1 and 2n+1 records in all.
    for records in [1_usize, 2, 999, 1000, 1001, 2001] {
        let world = World::new(kind).await;
        let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
        let nothing = world.sync(&b).await.expect("synchronises");
        assert_eq!(nothing.received, 0);
        a.log(records - 1);
        let up = world.sync(&a).await.expect("synchronises");
        let pushes = records.div_ceil(1000);
        assert_eq!((up.sent, up.acked), (records as u64, records as u64));
        assert!(up.requests <= pushes as u64 + 1, "{} requests for {records}", up.requests);
        let down = world.sync(&b).await.expect("synchronises");
        assert_eq!(down.received, records as u64);
        let lsns: BTreeSet<u64> = b.of_officers().iter().map(|pulled| pulled.word.lsn).collect();
        assert_eq!(lsns.len(), records, "no number twice");
        let pulled: Vec<Record> = b.of_officers().iter().map(|pulled| pulled.record.clone()).collect();
        assert_eq!(pulled, a.disk().own, "the exact bytes, in order");
        assert_eq!(world.sync(&b).await.expect("synchronises").received, 0);
    }
}

async fn a_lost_answer_is_sent_again_and_stored_once(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(4);
    let line = proxy::losing(world.handle().addr, 1000).await;
    let line = Connection::new(&line, None).expect("an address");
    let lost = world.sync_by(&line, &a).await.expect_err("every answer is lost");
    assert!(lost.is_transient() && lost.is_unreachable(), "{lost}");
    assert!(a.disk().receipts.is_empty(), "nothing counts as received without a receipt");
    let line = proxy::losing(world.handle().addr, 1).await;
    let line = Connection::new(&line, None).expect("an address");
    let again = world.sync_by(&line, &a).await.expect("the second answer comes");
    assert_eq!((again.sent, again.acked, again.requests), (5, 5, 2));
    let receipt = a.disk().receipts.last().cloned().expect("a receipt").0;
    assert_eq!(receipt.checkpoint.size, 2 + 1 + 5, "each record has one number");
}

async fn a_line_cut_every_forty_kilobytes_gets_everything_through(kind: Kind) {
    // 16 kbit/s, cut every 20 s: a thousand records are more than one connection carries.
    const CARRIES: usize = 16_000 / 8 * 20;
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    for number in 0..1500 {
        everyday::log(&a, number);
    }
    let (line, cuts) = proxy::cutting(world.handle().addr, CARRIES).await;
    let line = Connection::new(&line, None).expect("an address");
    let up = world.sync_by(&line, &a).await.expect("gets through");
    assert_eq!((up.sent, up.covered), (1501, true));
    let cut_up = cuts.load(Ordering::SeqCst);
    assert!(cut_up >= 3, "{cut_up} cuts for {} bytes", up.bytes_up);
    let down = world.sync_by(&line, &b).await.expect("gets through");
    assert_eq!(down.received, 1501);
    assert!(b.of_officers().iter().map(|pulled| &pulled.record).eq(&a.disk().own), "the exact bytes, in order");
    assert!(cuts.load(Ordering::SeqCst) >= cut_up + 3, "cut on the way down too");
}

async fn a_fork_is_kept_and_the_writer_frozen(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    let image = a.disk().clone();
    let twin = Laptop::new("A01", "O1", 1);
    twin.restore(image);
    let twin = Arc::new(twin);
    a.log(2);
    twin.record(&crate::support::task("other", "在路口劝导行人"));
    world.sync(&a).await.expect("the first to come is the chain");
    let fork = world.sync(&twin).await.expect_err("the other is a fork");
    assert!(matches!(fork, SyncError::Fork(id) if id.seq == 5), "{fork}");

    let device = world.admin.find(&a.writer().to_string()).await.expect("known");
    assert_eq!((device.standing, device.acked_seq), (Standing::Frozen, 6));
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert_eq!((incidents.len(), incidents[0].kind.as_str(), incidents[0].seq), (1, "fork", 5));
    a.log(1);
    let held = world.sync(&a).await.expect("what comes after is held, not lost");
    assert_eq!((held.acked, held.refused, held.standing), (7, 1, Standing::Frozen));
    let b = world.laptop("A01", "O2", 2).await;
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 6, "what is held is not handed on");
    world.approve(a.writer()).await;
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 1, "until it is released");
}

async fn a_revoked_device_delivers_into_custody_and_reads_nothing(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(1);
    world.sync(&a).await.expect("synchronises");
    world.admin.revoke(&a.writer().to_string(), "laptop stolen").await.expect("revoked");
    b.log(5);
    world.sync(&b).await.expect("synchronises");
    a.log(200);
    let outcome = world.sync(&a).await.expect("what it holds is taken");
    assert_eq!((outcome.standing, outcome.acked, outcome.refused), (Standing::Revoked, 202, 200));
    assert_eq!(outcome.received, 0, "and nothing is given");
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 0, "others see none of it");
    let released = world.admin.release(&a.writer().to_string(), "laptop recovered").await.expect("released");
    assert_eq!(released, 200);
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 200);
    assert!(world.admin.revoke(&a.writer().to_string(), " ").await.is_err(), "a reason is required");
}

async fn a_wrong_signature_is_set_aside_and_not_acknowledged(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(4);
    {
        let mut disk = a.disk();
        let broken = &disk.own[3];
        let mut signature = *broken.signature();
        signature[7] ^= 1;
        let forged = Record::from_parts(broken.signed().to_vec(), signature, broken.body().map(<[u8]>::to_vec));
        disk.own[3] = forged.expect("its bytes are whole");
    }
    let error = world.sync(&a).await.expect_err("set aside");
    assert!(matches!(error, SyncError::SetAside { id, reason: RefusedFor::Signature } if id.seq == 4), "{error}");
    assert_eq!(a.disk().receipts.last().cloned().expect("a receipt").0.acked, 3, "what came before is received");
    assert_eq!(a.disk().refused.len(), 1);
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert_eq!(incidents[0].kind, "malformed");
}

async fn a_laptop_restored_from_an_old_copy_gets_its_own_records_back(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    world.sync(&a).await.expect("synchronises");
    let old = a.disk().clone();
    a.log(1500);
    world.sync(&a).await.expect("synchronises");
    let whole = a.everything();
    a.restore(old);
    let outcome = world.sync(&a).await.expect("heals");
    assert!(outcome.notices.contains(&Notice::LaptopCameBack));
    assert_eq!(a.everything(), whole);
    assert!(outcome.covered);
    a.log(1);
    assert_eq!(world.sync(&a).await.expect("goes on").sent, 1);
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    let behind = incidents.iter().filter(|incident| incident.kind == "laptop_behind").count();
    assert_eq!(behind, 1, "of all pages together");

    // Whoever is shut out is given nothing, and files nothing.
    let mut wanting = empty_sync();
    wanting.restore = Some(a.writer());
    wanting.have.own = vec![OwnHead { writer: a.writer(), seq: 100 }];
    assert!(ask(&world, &a, &wanting, 900).await.response.restored.is_some());
    world.admin.revoke(&a.writer().to_string(), "lost").await.expect("revoked");
    assert!(ask(&world, &a, &wanting, 901).await.response.restored.is_none());
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert_eq!(incidents.iter().filter(|incident| incident.kind == "laptop_behind").count(), 1);
}

async fn receipts_outlive_a_restart(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(20);
    world.sync(&a).await.expect("synchronises");
    world.restart().await;
    a.log(1);
    let outcome = world.sync(&a).await.expect("the log goes on where it was");
    assert_eq!((outcome.sent, outcome.acked), (1, 22));
}

async fn agencies_see_nothing_of_each_other(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A02", "O9", 2).await);
    a.log(5);
    b.log(3);
    world.sync(&a).await.expect("synchronises");
    world.sync(&b).await.expect("synchronises");
    assert_eq!(world.sync(&a).await.expect("synchronises").received, 0);
    assert_eq!(b.disk().receipts.last().cloned().expect("a receipt").0.checkpoint.size, 2 + 1 + 4);
    // A laptop that claims to be of the other agency is nobody there.
    let crosser = Arc::new(Laptop::new("A02", "O1", 1));
    let error = world.sync(&crosser).await.expect_err("refused");
    assert!(matches!(error, SyncError::Refused(auxlog_sync::Refusal::Unauthenticated)), "{error}");
}

async fn a_roster_comes_down_once_per_version(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let mut roster = Roster::default();
    for (agency, officer) in [("A01", "O1"), ("A02", "O9")] {
        let id = auxlog_record::AgencyId::from(agency);
        roster.agencies.insert(id.clone(), auxlog_record::Agency { id: id.clone(), name: format!("{agency} 局") });
        let who =
            auxlog_record::Officer { id: officer.into(), name: "张三".into(), agency: id, ..Default::default() };
        roster.officers.insert(officer.into(), who);
    }
    world.admin.import_roster(&roster, "名册.xlsx").await.expect("imported");
    let outcome = world.sync(&a).await.expect("synchronises");
    assert_eq!((outcome.roster, a.roster_version()), (Some(1), 1));
    let names: Vec<_> = a.disk().roster.officers.keys().cloned().collect();
    assert_eq!(names, ["O1".into()], "its own agency's people only");
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, None);
    world.admin.import_roster(&roster, "名册2.xlsx").await.expect("imported");
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, Some(2));
}

async fn laptops_that_push_at_once_all_arrive(kind: Kind) {
    let world = Arc::new(World::new(kind).await);
    let mut laptops = Vec::new();
    for seed in 1..=12 {
        laptops.push(world.laptop("A01", &format!("O{seed}"), seed).await);
    }
    for _ in 0..3 {
        let mut tasks = Vec::new();
        for laptop in &laptops {
            laptop.log(5);
            let (world, laptop) = (Arc::clone(&world), Arc::clone(laptop));
            tasks.push(tokio::spawn(async move { world.sync(&laptop).await }));
        }
        for task in tasks {
            assert!(task.await.expect("ran").expect("synchronises").covered);
        }
    }
    for laptop in &laptops {
        world.sync(laptop).await.expect("synchronises");
    }
    let first = laptops[0].everything();
    assert_eq!(first.len(), 12 * 16);
    assert!(laptops.iter().all(|laptop| laptop.everything() == first));
    let pulled = &laptops[3].disk().pulled;
    assert!(pulled.windows(2).all(|pair| pair[0].word.lsn < pair[1].word.lsn), "pulled in the log's order");
}

async fn a_record_costs_little_on_the_wire(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    for number in 0..500 {
        everyday::log(&a, number);
    }
    let stored: usize = a.disk().own.iter().map(|record| record.encode().len()).sum();
    assert!(stored / 501 > 500, "{} bytes a record: not everyday ones", stored / 501);
    let up = world.sync(&a).await.expect("synchronises");
    assert_eq!(up.requests, 1);
    assert!(up.noted.is_empty(), "judged alike: {:?}", up.noted);
    assert!(up.bytes_up / 501 <= 130, "{} bytes a record up, 64 of them its signature", up.bytes_up / 501);
    let down = world.sync(&b).await.expect("synchronises");
    assert!(down.bytes_down / 501 <= 130, "{} bytes a record down", down.bytes_down / 501);
}
