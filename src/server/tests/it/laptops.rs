//! Real ledgers on disk, enrolled with a real server: what the officer does.

use std::path::Path;
use std::sync::Arc;

use auxlog_record::Task;
use auxlog_server::admin::Admin;
use auxlog_store::{InitOptions, Ledger, OpenOptions, TaskQuery};
use auxlog_sync::enrol::Role;
use auxlog_sync::hooks::Hooks;
use auxlog_sync::message::{RefusedFor, Standing};
use auxlog_sync::{Command, JoinError, Outcome, SyncError, Update, join, newest_receipt, offer, server_of, sync_once};
use tokio::sync::mpsc;

use crate::support::{Kind, World};

fn cheap() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

fn who(officer: &str) -> InitOptions {
    InitOptions { officer: officer.into(), agency: "A01".into(), ..InitOptions::default() }
}

async fn enrolled(world: &World, dir: &Path, officer: &str, approve: bool) -> (Arc<Ledger>, String) {
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", cheap()).expect("made"));
    let code = world.admin.code(&"A01".into(), &officer.into(), Role::Officer, approve).await.expect("a code");
    let connection = world.connection();
    let offered = offer(&connection, &code).await.expect("an offer");
    join(&ledger, &connection, Some(&offered), &code, "laptop").await.expect("joined");
    (ledger, code)
}

async fn sync(ledger: &Arc<Ledger>) -> Result<Outcome, SyncError> {
    let (connection, key) = server_of(ledger).expect("enrolled");
    let hooks: Arc<dyn Hooks> = Arc::clone(ledger) as Arc<dyn Hooks>;
    sync_once(&hooks, &connection, key, |_| {}).await.map_err(|(error, _)| error)
}

fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        text: Some("协助执法队员清点占道物品".into()),
        items: vec!["16.3:inventory".into()],
        ..Task::default()
    }
}

fn log(ledger: &Ledger, ids: &[&str]) {
    let tasks: Vec<Task> = ids.iter().map(|id| task(id)).collect();
    for ack in ledger.log(&tasks) {
        ack.expect("logged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_officer_logs_the_other_reads_and_both_hold_receipts() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let (a, _) = enrolled(&world, here.path(), "O1", true).await;
    let (b, _) = enrolled(&world, there.path(), "O2", true).await;
    log(&a, &["t-1", "t-2"]);
    assert_eq!((a.counts().received_by_server, a.counts().pending), (0, 3));
    let outcome = sync(&a).await.expect("synchronises");
    assert_eq!((outcome.sent, outcome.acked, outcome.covered), (3, 3, true));
    assert!(outcome.noted.is_empty(), "laptop and server judge alike: {:?}", outcome.noted);
    assert_eq!((a.counts().received_by_server, a.counts().pending), (3, 0));
    let receipt = newest_receipt(&a).expect("readable").expect("kept");
    assert_eq!((receipt.acked, receipt.checkpoint.size), (3, 3));

    assert_eq!(sync(&b).await.expect("synchronises").received, 3);
    let rows = b.tasks(&TaskQuery::default()).expect("tasks").rows;
    let mut references: Vec<String> = rows.iter().map(|row| row.reference.clone()).collect();
    references.sort();
    assert_eq!(references, ["t-1", "t-2"]);
    assert!(rows.iter().all(|row| row.synced && !row.mine));

    // Closed and opened again, it goes on from its journal.
    drop(b);
    let b = Arc::new(Ledger::open(there.path(), None, "passphrase", cheap()).expect("opens"));
    log(&a, &["t-3"]);
    sync(&a).await.expect("synchronises");
    let more = sync(&b).await.expect("synchronises");
    assert_eq!((more.received, more.sent), (1, 0));
    assert!(matches!(b.verify(&|_, _| {}).expect("verifies"), auxlog_store::Whole::Yes { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_goes_on_where_it_stopped() {
    let world = World::new(Kind::Sqlite).await;
    let dir = tempfile::tempdir().expect("dir");
    let (ledger, code) = enrolled(&world, dir.path(), "O1", false).await;
    assert!(!ledger.enrolment().expect("kept").approved);
    let refused = sync(&ledger).await.expect_err("not yet");
    assert!(matches!(refused, SyncError::Refused(auxlog_sync::Refusal::AwaitsApproval)), "{refused}");
    let admin: &Admin = &world.admin;
    admin
        .approve(&ledger.public_key().writer().to_string()[..8])
        .await
        .expect("approved by the beginning of its number");
    let again = join(&ledger, &world.connection(), None, &code, "laptop").await.expect("the same once more");
    assert_eq!(again.standing, Standing::Active);
    assert!(ledger.enrolment().expect("kept").approved);
    assert!(sync(&ledger).await.expect("let in").covered);

    let other = admin.code(&"A02".into(), &"O9".into(), Role::Officer, true).await.expect("a code");
    let offered = offer(&world.connection(), &other).await.expect("an offer");
    let refused = join(&ledger, &world.connection(), Some(&offered), &other, "laptop").await.expect_err("another's");
    assert!(matches!(refused, JoinError::OtherOfficer { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_officer_on_the_same_laptop_waits_for_his_own_enrolment() {
    let world = World::new(Kind::Sqlite).await;
    let dir = tempfile::tempdir().expect("dir");
    let (ledger, _) = enrolled(&world, dir.path(), "O1", true).await;
    ledger.add_officer(&who("O2"), "another passphrase").expect("added");
    let outcome = sync(&ledger).await.expect("the first officer's records go");
    assert_eq!((outcome.acked, outcome.covered), (1, false));
    assert!(outcome.set_aside.iter().all(|refused| refused.reason == RefusedFor::UnknownWriter));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_put_back_from_an_old_copy_gets_its_records_back() {
    let world = World::new(Kind::Sqlite).await;
    let (home, copy) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let dir = home.path().join("data");
    let (ledger, _) = enrolled(&world, &dir, "O1", true).await;
    log(&ledger, &["t-1"]);
    sync(&ledger).await.expect("synchronises");
    drop(ledger);
    copy_tree(&dir, &copy.path().join("data"));
    let ledger = Arc::new(Ledger::open(&dir, None, "passphrase", cheap()).expect("opens"));
    log(&ledger, &["t-2", "t-3"]);
    sync(&ledger).await.expect("synchronises");
    drop(ledger);
    let ledger =
        Arc::new(Ledger::open(&copy.path().join("data"), None, "passphrase", cheap()).expect("the old copy opens"));
    assert_eq!(ledger.counts().tasks, 1);
    let outcome = sync(&ledger).await.expect("heals");
    assert_eq!(outcome.notices, [auxlog_sync::Notice::LaptopCameBack]);
    assert_eq!(ledger.counts().tasks, 3);
    log(&ledger, &["t-4"]);
    assert_eq!(sync(&ledger).await.expect("and goes on").sent, 1);
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("read").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_background_client_sends_when_told_and_survives_an_absent_server() {
    let mut world = World::new(Kind::Sqlite).await;
    let dir = tempfile::tempdir().expect("dir");
    let (ledger, _) = enrolled(&world, dir.path(), "O1", true).await;
    let (connection, key) = server_of(&ledger).expect("enrolled");
    let (commands, orders) = mpsc::channel(8);
    let (sender, mut updates) = mpsc::channel(64);
    let hooks: Arc<dyn Hooks> = Arc::clone(&ledger) as Arc<dyn Hooks>;
    let running = tokio::spawn(auxlog_sync::run(hooks, connection, key, orders, sender));
    let mut next = async || loop {
        match updates.recv().await.expect("it runs") {
            Update::Began | Update::Progress(_) => {}
            other => return other,
        }
    };
    assert!(matches!(next().await, Update::Synced(outcome) if outcome.covered));
    log(&ledger, &["t-1"]);
    commands.send(Command::Now).await.expect("it listens");
    assert!(matches!(next().await, Update::Synced(outcome) if outcome.sent == 1));
    world.stop().await;
    log(&ledger, &["t-2"]);
    commands.send(Command::Now).await.expect("it listens");
    let failed = next().await;
    assert!(matches!(&failed, Update::Failed { error, .. } if error.is_unreachable()), "{failed:?}");
    assert_eq!(ledger.counts().pending, 1, "and the record waits here");
    drop(commands);
    running.await.expect("ends with its commands");
}
