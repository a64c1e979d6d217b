//! Bodies masked by order: gone from the server, its attachments and every laptop, while hashes,
//! chains, receipts and proofs hold; and orders that nobody carries out.

use std::path::Path;
use std::sync::Arc;

use auxlog_record::{Event, MaskOrdered, Record, RecordId, Task};
use auxlog_store::server_of;
use auxlog_store::{Ledger, LedgerError, MaskOrder, TaskQuery, Whole};
use auxlog_sync::enrol::Role;
use auxlog_sync::message::Disposition;
use auxlog_sync::vouched::prove;

use crate::laptops::{cheap, enrol, sync, task, who};
use crate::support::{Kind, Laptop, World};

contracts![
    an_order_reaches_the_server_and_every_laptop,
    an_order_that_may_not_be_given_is_kept_and_not_carried_out,
    an_order_that_comes_before_its_record_waits_for_it,
    an_order_about_what_nobody_sent_yet_is_not_carried_out,
    a_server_put_back_from_before_the_order_masks_again,
    a_record_that_comes_without_its_body_is_told_of_where_nobody_ordered_it,
];

const SECRET: &str = "张三身份证号三二〇六二一";

async fn laptop(world: &World, dir: &Path, officer: &str, role: Role) -> Arc<Ledger> {
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", cheap()).expect("made"));
    enrol(world, &ledger, role, true).await;
    ledger
}

fn order(target: RecordId) -> MaskOrder {
    MaskOrder {
        target, order: "个保〔2026〕3号".into(), authority: "司法局".into(), reason: "本人请求".into()
    }
}

/// An order that names a record.
pub(crate) fn ordered(target: RecordId) -> Event {
    let MaskOrder { target, order, authority, reason } = order(target);
    Event::MaskOrdered(MaskOrdered { target, order, authority, reason })
}

fn secret_task() -> Task {
    Task { text: Some(SECRET.into()), counterpart: Some(SECRET.into()), ..task("t-secret") }
}

/// Whether anything of `bytes` says it.
fn says(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

/// The record as the server gives it to a laptop that has nothing yet.
async fn given(world: &World, id: RecordId, seed: u8) -> Record {
    let fresh = world.laptop("A01", &format!("O{seed}"), seed).await;
    world.sync(&fresh).await.expect("synchronises");
    let disk = fresh.disk();
    disk.pulled.iter().map(|pulled| &pulled.record).find(|record| record.id() == id).expect("pulled").clone()
}

async fn an_order_reaches_the_server_and_every_laptop(kind: Kind) {
    let world = World::new(kind).await;
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().expect("dir")).collect();
    let officer = laptop(&world, dirs[0].path(), "O1", Role::Officer).await;
    let supervisor = laptop(&world, dirs[1].path(), "O9", Role::Supervisor).await;
    let other = laptop(&world, dirs[2].path(), "O2", Role::Officer).await;
    let photo = officer.stage_bytes("id.jpg", SECRET.repeat(400).as_bytes()).expect("kept");
    let target = officer.log_attaching(&secret_task(), &[(photo.clone(), None)]).expect("logged").id;
    let attached = officer.attachments(target).expect("listed")[0].view.record;
    officer.log(&[task("t-other")]).pop().expect("an answer").expect("logged");
    for ledger in [&officer, &supervisor, &other] {
        sync(ledger).await.expect("synchronises");
    }
    let before = given(&world, target, 20).await;
    assert!(says(&before.encode()));
    let file = world.dir.path().join("server.sqlite");
    assert!(kind == Kind::Postgres || disk_says(&file));

    // Only whom the server lets, and nobody about their own records.
    assert!(matches!(other.mask(&[order(target)]), Err(LedgerError::MayNotMask)));
    let own = supervisor.log(&[task("t-own")]).pop().expect("an answer").expect("logged").id;
    assert!(matches!(supervisor.mask(&[order(own)]), Err(LedgerError::MaskOwn { .. })));
    supervisor.mask(&[order(target), order(attached)]).expect("ordered");
    let outcome = sync(&supervisor).await.expect("synchronises");
    assert!(outcome.covered && outcome.noted.is_empty(), "{outcome:?}");

    let after = given(&world, target, 21).await;
    assert_eq!((after.body(), after.hash(), after.signature()), (None, before.hash(), before.signature()));
    assert!(kind == Kind::Postgres || !disk_says(&file), "nothing of it is left in the server's files");
    let acts = world.admin.log(99).await.expect("the audit log");
    assert_eq!(acts.iter().filter(|(_, entry)| entry.act == "mask").count(), 2);

    // Those who have it already mask it when they hear of the order, its author too.
    for ledger in [&officer, &other] {
        assert!(ledger.record_of(target.writer, target.seq).expect("read").expect("there").body().is_some());
        sync(ledger).await.expect("synchronises");
        let record = ledger.record_of(target.writer, target.seq).expect("read").expect("there");
        assert_eq!((record.body(), record.hash()), (None, before.hash()));
        assert_eq!(ledger.erase_masked().expect("read"), 0, "erased, not only hidden");
        let query = TaskQuery { text: Some("张三".into()), ..TaskQuery::default() };
        assert_eq!(ledger.tasks(&query).expect("listed").total, 0);
        assert!(ledger.attachment(&photo.hash).expect("asked").is_none());
        assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
        let again = sync(ledger).await.expect("synchronises");
        assert!(again.covered && again.requests == 1 && again.noted.is_empty(), "{again:?}");
    }

    // The server still proves that it holds the record, and the order to mask it beside.
    let (connection, key) = server_of(&officer).expect("enrolled");
    let proof = prove(&*officer, &connection, &key, target).await.expect("answered").expect("held");
    let about = proof.open(&key).expect("the server's").about;
    assert_eq!(about.first().map(|about| about.record), Some(target));
    assert!(about.len() > 1, "{about:?}");
    let wanted = auxlog_sync::blob::BlobId { hash: photo.hash, length: photo.size };
    let fetched = auxlog_sync::fetch_attachment(&*supervisor, &connection, &key, wanted, 0, |_, _| Ok(())).await;
    assert!(fetched.is_err(), "the content is gone from the server");

    // What the server has not got is not emptied here: nobody would ever have it.
    supervisor.add_officer(&who("O5"), "passphrase").expect("beside");
    drop(supervisor);
    let open =
        |officer: &str| Ledger::open(dirs[1].path(), Some(&officer.into()), "passphrase", cheap()).expect("opens");
    let unsent = open("O5").log(&[task("t-unsent")]).pop().expect("an answer").expect("logged").id;
    assert!(matches!(open("O9").mask(&[order(unsent)]), Err(LedgerError::MaskUnsent { .. })));
}

/// Whether the server's database files say it.
fn disk_says(file: &Path) -> bool {
    ["", "-wal"].iter().any(|end| {
        let mut path = file.as_os_str().to_owned();
        path.push(end);
        std::fs::read(path).is_ok_and(|bytes| says(&bytes))
    })
}

async fn an_order_that_may_not_be_given_is_kept_and_not_carried_out(kind: Kind) {
    let world = World::new(kind).await;
    let dir = tempfile::tempdir().expect("dir");
    let reader = laptop(&world, dir.path(), "O2", Role::Officer).await;
    let victim = world.laptop("A01", "O1", 1).await;
    let target = victim.record(&Event::TaskLogged(auxlog_record::TaskLogged {
        task: secret_task(),
        judged: reader.judge(&secret_task()).judged,
        plan: None,
    }));
    world.sync(&victim).await.expect("synchronises");

    // A program that does not keep to the rules: an officer's, and a supervisor's about their own
    // records, about whose key it is, and about what nobody wrote.
    let officer = world.laptop("A01", "O3", 3).await;
    let supervisor = world.laptop_as("A01", "O9", 9, Role::Supervisor).await;
    let nobody = RecordId { seq: 2, writer: auxlog_record::WriterId([0xee; 16]) };
    let opening = RecordId { writer: victim.writer(), seq: 1 };
    let own = supervisor.record(&crate::support::task("t-own", SECRET));
    let orders = [(&officer, target.id()), (&supervisor, own.id()), (&supervisor, opening), (&supervisor, nobody)];
    let mut orders_given = Vec::new();
    for (laptop, target) in orders {
        orders_given.push(laptop.record(&ordered(target)).id());
    }
    for laptop in [&officer, &supervisor] {
        let outcome = world.sync(laptop).await.expect("every well-formed record is stored");
        assert!(outcome.covered, "{outcome:?}");
        assert!(outcome.noted.iter().all(|noted| noted.disposition == Disposition::OrderRefused), "{outcome:?}");
        assert!(!outcome.noted.is_empty(), "and whoever gave it is told");
    }
    assert!(says(&given(&world, target.id(), 20).await.encode()), "the body is where it was");
    assert!(says(&given(&world, own.id(), 21).await.encode()));
    let incidents = world.admin.incidents(&"A01".into(), 99).await.expect("incidents");
    let refused: Vec<&str> = incidents
        .iter()
        .filter(|incident| incident.kind == "mask_refused")
        .map(|incident| incident.detail.as_str())
        .collect();
    assert_eq!(refused.len(), 4, "{refused:?}");
    for why in ["the role", "officer's own", "of that kind", "no such record"] {
        assert!(refused.iter().any(|detail| detail.contains(why)), "{why}: {refused:?}");
    }
    // Nor does anyone who pulls both mask it, now or when they fold their journal anew.
    sync(&reader).await.expect("synchronises");
    let check = |ledger: &Ledger| {
        for id in [target.id(), own.id(), opening] {
            let record = ledger.record_of(id.writer, id.seq).expect("read").expect("there");
            assert!(record.body().is_some(), "{id}");
        }
        for id in &orders_given {
            assert!(ledger.record_of(id.writer, id.seq).expect("read").is_some(), "the order itself is on record");
        }
        assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
    };
    check(&reader);
    drop(reader);
    std::fs::remove_dir_all(dir.path().join("cache")).expect("removed");
    check(&Ledger::open(dir.path(), None, "passphrase", cheap()).expect("opens"));
}

/// A supervisor's order about a record that the server has not got any more, or not yet: it came back from a
/// backup.
async fn ordered_early(world: &mut World) -> (Arc<Laptop>, Record) {
    let witness = world.laptop("A01", "O5", 5).await;
    world.sync(&witness).await.expect("synchronises");
    let copy = world.copy().await;
    witness.log(1);
    world.sync(&witness).await.expect("synchronises");
    world.put_back(copy).await;
    world.sync(&witness).await.expect("heals the server");
    let victim = world.laptop("A01", "O1", 1).await;
    let target = victim.record(&crate::support::task("t-secret", SECRET));
    let supervisor = world.laptop_as("A01", "O9", 9, Role::Supervisor).await;
    supervisor.record(&ordered(target.id()));
    let outcome = world.sync(&supervisor).await.expect("synchronises");
    assert!(outcome.noted.is_empty(), "{outcome:?}");
    (victim, target)
}

async fn an_order_that_comes_before_its_record_waits_for_it(kind: Kind) {
    let mut world = World::new(kind).await;
    let (victim, target) = ordered_early(&mut world).await;
    victim.log(3);
    assert!(world.sync(&victim).await.expect("synchronises").covered);
    let after = given(&world, target.id(), 20).await;
    assert_eq!((after.body(), after.hash()), (None, target.hash()));
    let next = RecordId { seq: target.id().seq + 1, ..target.id() };
    assert!(given(&world, next, 21).await.body().is_some(), "no other one");
    assert!(kind == Kind::Postgres || !disk_says(&world.dir.path().join("server.sqlite")));
}

/// Nobody empties what colleagues may still write about them.
async fn an_order_about_what_nobody_sent_yet_is_not_carried_out(kind: Kind) {
    let world = World::new(kind).await;
    let victim = world.laptop("A01", "O1", 1).await;
    let supervisor = world.laptop_as("A01", "O9", 9, Role::Supervisor).await;
    world.sync(&victim).await.expect("synchronises");
    let target = victim.record(&crate::support::task("t-secret", SECRET));
    supervisor.record(&ordered(target.id()));
    let noted = world.sync(&supervisor).await.expect("synchronises").noted;
    assert_eq!(noted.iter().map(|noted| noted.disposition).collect::<Vec<_>>(), [Disposition::OrderRefused]);
    world.sync(&victim).await.expect("synchronises");
    assert!(given(&world, target.id(), 20).await.body().is_some());
}

async fn a_server_put_back_from_before_the_order_masks_again(kind: Kind) {
    let mut world = World::new(kind).await;
    let victim = world.laptop("A01", "O1", 1).await;
    let supervisor = world.laptop_as("A01", "O9", 9, Role::Supervisor).await;
    let target = victim.record(&crate::support::task("t-secret", SECRET));
    world.sync(&victim).await.expect("synchronises");
    world.sync(&supervisor).await.expect("synchronises");
    let copy = world.copy().await;
    supervisor.record(&ordered(target.id()));
    world.sync(&supervisor).await.expect("synchronises");
    assert!(given(&world, target.id(), 20).await.body().is_none());
    world.put_back(copy).await;
    assert!(given(&world, target.id(), 21).await.body().is_some(), "the backup is from before");
    world.sync(&supervisor).await.expect("heals the server");
    assert!(given(&world, target.id(), 22).await.body().is_none());
}

async fn a_record_that_comes_without_its_body_is_told_of_where_nobody_ordered_it(kind: Kind) {
    let mut world = World::new(kind).await;
    let (victim, target) = ordered_early(&mut world).await;
    let told = async || {
        let incidents = world.admin.incidents(&"A01".into(), 99).await.expect("incidents");
        let missing = incidents.iter().filter(|incident| incident.kind == "body_missing");
        missing.map(|incident| incident.seq).collect::<Vec<u64>>()
    };
    let veil = |laptop: &Laptop, target: &Record| {
        let mut disk = laptop.disk();
        let kept = disk.own.iter_mut().find(|record| record.id() == target.id()).expect("there");
        *kept = kept.clone().masked();
    };
    veil(&victim, &target);
    assert!(world.sync(&victim).await.expect("synchronises").covered);
    assert!(told().await.is_empty(), "an order says so");
    let hidden = victim.record(&crate::support::task("t-hidden", SECRET));
    veil(&victim, &hidden);
    assert!(world.sync(&victim).await.expect("stored").covered);
    assert_eq!(told().await, vec![hidden.id().seq]);
}
