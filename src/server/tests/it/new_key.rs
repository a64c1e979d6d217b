//! A server whose key is lost goes on with another one: nothing that was recorded, and nobody's standing, is
//! lost with it, and no laptop goes over to a key that the office did not give it.

use std::path::Path;
use std::sync::Arc;

use auxlog_law::{Mode, Presence};
use auxlog_record::{Decision, PublicKey, Signer as _, SigningKey, Task};
use auxlog_server::admin::Admin;
use auxlog_server::new_key::{NewKeyError, new_key};
use auxlog_server::{Config, Found, ServeError, Server};
use auxlog_store::{HistoryEntry, Ledger, ReviewInput, TaskQuery, TaskStatus};
use auxlog_store::{JoinError, join, server_of};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::message::Standing;
use auxlog_sync::vouched::prove;
use auxlog_sync::{Confirmed, Connection, SyncError, offer, sync_once};

use crate::laptops::{cheap, enrol, log, sync, task, who};
use crate::support::{Kind, World};

contracts![a_server_goes_on_with_another_key, what_came_back_with_another_number_counts_by_the_new_key,];

async fn laptop(world: &World, dir: &Path, officer: &str, role: Role) -> Arc<Ledger> {
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", cheap()).expect("made"));
    enrol(world, &ledger, role, true).await;
    ledger
}

async fn again(
    world: &World,
    ledger: &Arc<Ledger>,
    code: &str,
    key: Option<&PublicKey>,
) -> Result<Confirmed, JoinError> {
    let connection = world.connection();
    let offered = offer(&connection, code).await.expect("an offer");
    join(ledger, &connection, Some(&offered), key, code, "laptop").await
}

/// All that is said of every task: by whom, in which role, with what effect.
fn told(ledger: &Ledger) -> Vec<String> {
    let rows = ledger.tasks(&TaskQuery::default()).expect("tasks").rows;
    let entry = |entry: HistoryEntry| format!("{} {:?} {:?}", entry.id, entry.by, entry.void);
    let mut told = Vec::new();
    for row in rows {
        let task = ledger.task(row.id).expect("there");
        let roles: Vec<_> = task.view.authors().map(|author| (author.role, author.vouched)).collect();
        let history: Vec<String> = task.history.into_iter().map(entry).collect();
        told.push(format!("{} {:?} {:?} {roles:?} {history:?}", row.reference, row.status, row.verdict));
    }
    told.sort();
    told
}

async fn a_server_goes_on_with_another_key(kind: Kind) {
    let mut world = World::new(kind).await;
    let dirs: Vec<_> = (0..4).map(|_| tempfile::tempdir().expect("dir")).collect();
    let officer = laptop(&world, dirs[0].path(), "O1", Role::Officer).await;
    let supervisor = laptop(&world, dirs[1].path(), "O2", Role::Supervisor).await;
    let thief = laptop(&world, dirs[2].path(), "O3", Role::Admin).await;
    let flagged = Task { mode: Mode::Independent, presence: Presence::OnScene, ..task("t-1") };
    let target = officer.log(&[flagged]).pop().expect("an answer").expect("logged").id;
    log(&officer, &["t-2"]);
    for ledger in [&officer, &supervisor, &thief] {
        sync(ledger).await.expect("synchronises");
    }
    let decision = Decision::Dismiss;
    let review = ReviewInput { target, decision, reason: "误记".into(), measure: None, against: None };
    supervisor.review(&review).expect("decided");
    world.admin.revoke(&thief.public_key().writer().to_string(), "电脑遗失").await.expect("revoked");
    for ledger in [&supervisor, &officer, &supervisor] {
        sync(ledger).await.expect("synchronises");
    }
    let before = told(&officer);
    assert_eq!((before.len(), &before), (2, &told(&supervisor)));
    let old = world.handle().public_key;

    // Nothing is replaced while a server runs, or while the key is there.
    let (dir, db) = (world.dir.path().to_owned(), world.db.clone());
    if kind == Kind::Sqlite {
        let error = new_key(&dir, None, "test", false, "1").await.expect_err("it runs");
        assert!(matches!(error, NewKeyError::Running(_)), "{error}");
    }
    world.stop().await;
    let error = new_key(&dir, db.as_deref(), "test", false, "1").await.expect_err("it is there");
    assert!(matches!(error, NewKeyError::KeyIsHere(_)), "{error}");
    std::fs::remove_file(dir.join("server.key")).expect("lost");
    let mut config = Config::new(&dir, std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db.clone_from(&db);
    let error = Server::start(config).await.expect_err("no key");
    assert!(matches!(error, ServeError::NoKey { .. }) && error.to_string().contains("admin new-key"), "{error}");
    let made = new_key(&dir, db.as_deref(), "磁盘损坏", false, "1").await.expect("made");
    assert_eq!(made.replaced, None);
    world.start().await;
    assert_eq!(world.handle().public_key, made.public_key);
    let code = |ledger: &Ledger| {
        let writer = ledger.public_key().writer();
        made.codes.iter().find(|(device, _)| device.writer == writer).map(|(_, code)| code.clone())
    };
    assert_eq!((made.codes.len(), code(&thief)), (2, None), "none for whom is shut out");

    // No laptop believes it by itself, nor with another key than it was given.
    let error = sync(&officer).await.expect_err("another server");
    assert!(!matches!(error, SyncError::Ledger(_)), "{error}");
    let mine = code(&officer).expect("a code");
    let error = again(&world, &officer, &mine, None).await.expect_err("no key was given");
    assert!(matches!(error, JoinError::OtherServer { .. }), "{error}");
    let other = SigningKey::from_seed(&[3; 32]).public_key();
    for wrong in [&old, &other] {
        let error = again(&world, &officer, &mine, Some(wrong)).await.expect_err("another was given");
        assert!(matches!(error, JoinError::OtherKey { .. }), "{error}");
    }
    assert_eq!(officer.enrolment().expect("kept").server_key, old.to_bytes());

    let joined = again(&world, &officer, &mine, Some(&made.public_key)).await.expect("goes over");
    assert_eq!(joined.standing, Standing::Active);
    log(&officer, &["t-3"]);
    let outcome = sync(&officer).await.expect("goes on");
    assert!(outcome.covered && outcome.sent == 1 && outcome.notices.is_empty(), "{outcome:?}");
    let theirs = code(&supervisor).expect("a code");
    again(&world, &supervisor, &theirs, Some(&made.public_key)).await.expect("goes over");
    sync(&supervisor).await.expect("goes on");
    let after = told(&officer);
    assert_eq!((after.len(), &after), (3, &told(&supervisor)));
    assert!(before.iter().all(|known| after.contains(known)), "{before:#?} {after:#?}");

    // Who was shut out stays shut out, whatever code they have.
    let any = world.admin.code(&"A01".into(), &"O3".into(), Role::Admin, true).await.expect("a code");
    let shut = again(&world, &thief, &any, Some(&made.public_key)).await.expect("answered");
    assert_eq!(shut.standing, Standing::Revoked);

    // Who comes later reads the same, also from the journal alone; and a bundle's word holds by the new key.
    let late = laptop(&world, dirs[3].path(), "O4", Role::Officer).await;
    sync(&late).await.expect("synchronises");
    assert_eq!(told(&late), after);
    drop(officer);
    std::fs::remove_dir_all(dirs[0].path().join("cache")).expect("removed");
    let officer = Arc::new(Ledger::open(dirs[0].path(), None, "passphrase", cheap()).expect("opens"));
    sync(&officer).await.expect("synchronises");
    assert_eq!(told(&officer), after);
    let (connection, key) = server_of(&officer).expect("enrolled");
    let proof = prove(&*officer, &connection, &key, target).await.expect("answered").expect("there");
    let authority = proof.open(&key).expect("the server's").authority(&key).expect("proven");
    let role = |ledger: &Ledger| authority.grant_of(&ledger.public_key().writer(), None).map(|grant| grant.role);
    assert_eq!((role(&officer), role(&supervisor)), (Some(Role::Officer), Some(Role::Supervisor)));
    assert!(matches!(world.admin.verify(&"A01".into()).await, Ok(Found::Whole { .. })));
}

async fn what_came_back_with_another_number_counts_by_the_new_key(kind: Kind) {
    let mut world = World::new(kind).await;
    let dirs: Vec<_> = (0..4).map(|_| tempfile::tempdir().expect("dir")).collect();
    let sync = async |world: &World, ledger: &Arc<Ledger>| {
        let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as Arc<dyn LocalLedger>;
        sync_once(&local, &world.connection(), world.handle().public_key, |_| {}).await.expect("synchronises")
    };
    let officer = laptop(&world, dirs[0].path(), "O1", Role::Officer).await;
    let gone = laptop(&world, dirs[1].path(), "O3", Role::Officer).await;
    sync(&world, &officer).await;
    let last_night = world.copy().await;
    // Of what came after the copy, the certificate comes back, and what stood before it does not.
    log(&gone, &["g-1", "g-2", "g-3", "g-4", "g-5", "g-6", "g-7", "g-8", "g-9"]);
    sync(&world, &gone).await;
    let second = laptop(&world, dirs[2].path(), "O2", Role::Supervisor).await;
    log(&second, &["t-1"]);
    sync(&world, &second).await;
    sync(&world, &officer).await;
    world.put_back(last_night).await;
    for ledger in [&officer, &second, &officer] {
        sync(&world, ledger).await;
    }

    world.stop().await;
    let made = new_key(world.dir.path(), world.db.as_deref(), "磁盘损坏", true, "1").await.expect("made");
    world.start().await;
    for ledger in [&officer, &second] {
        let writer = ledger.public_key().writer();
        let (_, code) = made.codes.iter().find(|(device, _)| device.writer == writer).expect("a code");
        again(&world, ledger, code, Some(&made.public_key)).await.expect("goes over");
        sync(&world, ledger).await;
    }
    sync(&world, &officer).await;
    let late = laptop(&world, dirs[3].path(), "O4", Role::Officer).await;
    sync(&world, &late).await;
    let of = |ledger: &Ledger| told(ledger).into_iter().filter(|told| told.starts_with("t-")).collect::<Vec<_>>();
    assert_eq!((of(&late).len(), of(&officer)), (1, of(&late)));
    drop(officer);
    std::fs::remove_dir_all(dirs[0].path().join("cache")).expect("removed");
    let officer = Ledger::open(dirs[0].path(), None, "passphrase", cheap()).expect("opens");
    assert_eq!(of(&officer), of(&late), "also from the journal alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_key_is_replaced_and_kept_aside() {
    let mut world = World::new(Kind::Sqlite).await;
    let dir = world.dir.path().to_owned();
    let old = std::fs::read(dir.join("server.key")).expect("read");
    world.stop().await;
    let empty = tempfile::tempdir().expect("dir");
    let error = new_key(empty.path(), None, "test", true, "1").await.expect_err("there is no server");
    assert!(matches!(error, NewKeyError::NoServer(_)), "{error}");
    assert!(std::fs::read_dir(empty.path()).expect("listed").next().is_none(), "nothing is made");
    let made = new_key(&dir, None, "被盗", true, "1").await.expect("made");
    assert_eq!(std::fs::read(made.replaced.expect("kept")).expect("read"), old);
    world.start().await;
    assert_eq!(world.handle().public_key, made.public_key);
    let acts = world.admin.log(10).await.expect("the audit log");
    assert!(acts.iter().any(|(_, entry)| entry.act == "new_key" && entry.detail == "被盗"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_thief_of_the_key_certified_counts_for_nothing_on_a_laptop_that_went_over() {
    let mut world = World::new(Kind::Sqlite).await;
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().expect("dir")).collect();
    let officer = laptop(&world, dirs[0].path(), "O1", Role::Officer).await;
    let flagged = Task { mode: Mode::Independent, presence: Presence::OnScene, ..task("t-1") };
    let target = officer.log(&[flagged]).pop().expect("an answer").expect("logged").id;
    sync(&officer).await.expect("synchronises");
    world.stop().await;
    for name in ["server.key", "server.sqlite"] {
        std::fs::copy(world.dir.path().join(name), dirs[1].path().join(name)).expect("stolen");
    }

    // A supervisor of the thief's making decides, and the officer's laptop is led to the thief's server.
    let theirs = Server::start(Config::new(dirs[1].path(), std::net::SocketAddr::from(([127, 0, 0, 1], 0)))).await;
    let theirs = theirs.expect("whoever has the key is the server");
    let code = Admin::of(&theirs).code(&"A01".into(), &"O9".into(), Role::Supervisor, true).await.expect("a code");
    let connection = Connection::new(&theirs.url, None).expect("an address");
    let offered = offer(&connection, &code).await.expect("an offer");
    let forged = Arc::new(Ledger::init(dirs[2].path(), &who("O9"), "passphrase", cheap()).expect("made"));
    join(&forged, &connection, Some(&offered), None, &code, "laptop").await.expect("joined");
    sync(&forged).await.expect("synchronises");
    let decision = Decision::Dismiss;
    let review = ReviewInput { target, decision, reason: "误记".into(), measure: None, against: None };
    forged.review(&review).expect("decided");
    sync(&forged).await.expect("synchronises");
    let local: Arc<dyn LocalLedger> = Arc::clone(&officer) as Arc<dyn LocalLedger>;
    sync_once(&local, &connection, theirs.public_key, |_| {}).await.expect("synchronises");
    drop(local);
    let status = |ledger: &Ledger| ledger.tasks(&TaskQuery::default()).expect("tasks").rows[0].status;
    assert_eq!(status(&officer), TaskStatus::Dismissed);
    theirs.shutdown().await;

    let made = new_key(world.dir.path(), None, "被盗", true, "1").await.expect("made");
    world.start().await;
    again(&world, &officer, &made.codes[0].1, Some(&made.public_key)).await.expect("goes over");
    assert_eq!(status(&officer), TaskStatus::Open);
    log(&officer, &["t-2"]);
    assert!(sync(&officer).await.expect("goes on").covered);
    drop(officer);
    std::fs::remove_dir_all(dirs[0].path().join("cache")).expect("removed");
    let officer = Ledger::open(dirs[0].path(), None, "passphrase", cheap()).expect("opens");
    let task = officer.task(target).expect("there");
    assert_eq!(task.row.status, TaskStatus::Open);
    assert!(task.history.iter().any(|entry| entry.void.is_some()), "kept, and without effect");
}
