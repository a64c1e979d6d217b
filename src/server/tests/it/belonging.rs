//! A database and the key of its server belong together, and a backup is put back so that nothing of
//! the database before it gets in.

use std::net::SocketAddr;
use std::path::Path;

use auxlog_record::SigningKey;
use auxlog_server::admin::{Admin, AdminError};
use auxlog_server::restore::{RestoreError, restore};
use auxlog_server::store::StoreError;
use auxlog_server::{Config, Found, Handle, ServeError, Server};
use auxlog_sync::Notice;
use auxlog_sync::enrol::Role;

use crate::support::{self, Kind, World};

contracts![a_database_is_opened_with_its_own_key_only, a_database_that_is_gone_is_not_made_anew,];

async fn start(dir: &Path, db: Option<&str>) -> Result<Handle, ServeError> {
    let mut config = Config::new(dir, SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db = db.map(str::to_owned);
    Server::start(config).await
}

async fn a_database_is_opened_with_its_own_key_only(kind: Kind) {
    let mut world = World::new(kind).await;
    world.laptop("A01", "O1", 1).await;
    world.stop().await;
    let (dir, db) = (world.dir.path().to_owned(), world.db.clone());
    let (path, kept) = (dir.join("server.key"), dir.join("kept.key"));
    std::fs::rename(&path, &kept).expect("taken away");
    let error = start(&dir, db.as_deref()).await.expect_err("no key");
    assert!(matches!(&error, ServeError::NoKey { server: Some(_), .. }), "{error}");
    assert!(error.to_string().contains("server.key") && error.to_string().contains("backup"), "{error}");
    assert!(!path.exists(), "and none is made");

    // It can be looked at, and nothing can be said in its name.
    let admin = Admin::open(&dir, db.as_deref()).await.expect("opens");
    assert_eq!(admin.devices().await.expect("devices").len(), 1);
    assert!(matches!(admin.verify(&"A01".into()).await, Ok(Found::Whole { .. })));
    let error = admin.add_agency(&"A03".into(), "A03").await.expect_err("not signed");
    assert!(matches!(error, AdminError::Store(StoreError::NoServerKey)), "{error}");
    admin.close().await;

    let other = SigningKey::from_seed(&[9; 32]);
    std::fs::write(&path, other.seed().as_slice()).expect("written");
    let error = start(&dir, db.as_deref()).await.expect_err("another key");
    assert!(matches!(error, ServeError::OtherKey { .. }), "{error}");
    let error = Admin::open(&dir, db.as_deref()).await.expect_err("another key");
    assert!(matches!(error, AdminError::Key(ServeError::OtherKey { .. })), "{error}");

    let replica = tempfile::tempdir().expect("a directory");
    let sqlite = format!("sqlite://{}", dir.join("server.sqlite").display());
    let error = start(replica.path(), Some(db.as_deref().unwrap_or(&sqlite))).await.expect_err("a replica without");
    assert!(matches!(error, ServeError::NoKey { .. }), "{error}");
    assert!(!replica.path().join("server.key").exists());

    std::fs::rename(&kept, &path).expect("put back");
    world.start().await;
}

async fn a_database_that_is_gone_is_not_made_anew(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    world.sync(&a).await.expect("synchronises");
    world.stop().await;
    let file = world.dir.path().join("server.sqlite");
    match kind {
        Kind::Sqlite => std::fs::rename(&file, world.dir.path().join("gone")).expect("gone"),
        Kind::Postgres => world.db = Some(support::postgres::database().await),
    }
    let error = start(world.dir.path(), world.db.as_deref()).await.expect_err("gone");
    let text = error.to_string();
    assert!(matches!(error, ServeError::Gone { .. }), "{text}");
    assert!(text.contains("admin restore") && text.contains("heads"), "{text}");
    assert!(!file.exists(), "nothing is made that looks like a server's first day");
    let error = Admin::open(world.dir.path(), world.db.as_deref()).await.expect_err("gone");
    assert!(matches!(error, AdminError::Key(ServeError::Gone { .. })), "{error}");
    std::fs::remove_file(world.dir.path().join("heads")).expect("moved away");
    world.start().await;
    assert!(world.admin.agencies().await.expect("agencies").is_empty(), "whoever wants it begins anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_put_in_place_and_what_it_replaces_is_kept() {
    let mut world = World::new(Kind::Sqlite).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    world.sync(&a).await.expect("synchronises");
    let (dir, backup) = (world.dir.path().to_owned(), world.dir.path().join("backup"));
    world.admin.backup(&backup).await.expect("a backup");
    a.log(4);
    world.sync(&a).await.expect("synchronises");
    let error = restore(&dir, None, &backup, "1").await.expect_err("it runs");
    assert!(matches!(error, RestoreError::Running(_)), "{error}");
    world.stop().await;

    for (content, name) in
        [(b"no database at all".to_vec(), "text"), (std::fs::read(&backup).expect("read")[..20_000].to_vec(), "cut")]
    {
        let file = dir.join(name);
        std::fs::write(&file, content).expect("written");
        let error = restore(&dir, None, &file, "1").await.expect_err("no backup");
        assert!(matches!(error, RestoreError::NoBackup { .. }), "{error}");
    }
    let foreign = World::new(Kind::Sqlite).await;
    foreign.admin.backup(&dir.join("foreign")).await.expect("a backup");
    let error = restore(&dir, None, &dir.join("foreign"), "1").await.expect_err("another server's");
    assert!(matches!(error, RestoreError::OtherServer { .. }), "{error}");
    assert!(!dir.join("server.sqlite.new").exists());

    let restored = restore(&dir, None, &backup, "1").await.expect("put in place");
    assert_eq!((restored.agencies, &restored.database), (2, &dir.join("server.sqlite")));
    let replaced = restored.replaced.expect("kept");
    world.start().await;
    assert!(matches!(world.admin.verify(&"A01".into()).await, Ok(Found::Whole { records: 7, .. })));
    let healed = world.sync(&a).await.expect("heals");
    assert_eq!((healed.notices.as_slice(), healed.sent), ([Notice::ServerCameBack].as_slice(), 4));
    world.stop().await;

    // What was replaced goes back by the same way.
    restore(&dir, None, &replaced, "2").await.expect("put in place");
    world.start().await;
    assert!(matches!(world.admin.verify(&"A01".into()).await, Ok(Found::Whole { records: 11, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_left_beside_a_copy_does_no_harm() {
    let mut world = World::new(Kind::Sqlite).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    world.sync(&a).await.expect("synchronises");
    let (file, backup) = (world.dir.path().join("server.sqlite"), world.dir.path().join("backup"));
    world.admin.backup(&backup).await.expect("a backup");
    a.log(200);
    world.sync(&a).await.expect("synchronises");
    world.laptop_as("A01", "O2", 2, Role::Supervisor).await;
    // As a server that was killed leaves them.
    let left: Vec<_> = ["-wal", "-shm"]
        .into_iter()
        .map(|end| world.dir.path().join(format!("server.sqlite{end}")))
        .map(|path| (std::fs::read(&path).expect("there while it runs"), path))
        .collect();
    assert!(left[0].0.len() > 32, "something is in it");
    world.stop().await;
    std::fs::copy(&backup, &file).expect("put back by hand");
    for (content, path) in left {
        std::fs::write(path, content).expect("left beside it");
    }
    world.start().await;
    assert!(matches!(world.admin.verify(&"A01".into()).await, Ok(Found::Whole { .. })), "the copy is what it was");
    assert_eq!(world.admin.devices().await.expect("devices").len(), 1);
    assert!(world.dir.path().join("server.sqlite-wal.stale").exists(), "kept, and not used");
    let healed = world.sync(&a).await.expect("heals");
    assert_eq!((healed.notices.as_slice(), healed.sent), ([Notice::ServerCameBack].as_slice(), 200));
}
