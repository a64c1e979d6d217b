//! Several servers over one PostgreSQL: any may serve any request, and one may die at any time.

use std::net::SocketAddr;
use std::sync::Arc;

use auxlog_server::{Config, Handle, Server};
use auxlog_sync::local::LocalLedger;
use auxlog_sync::message::Standing;
use auxlog_sync::{Connection, sync_once};
use tempfile::TempDir;

use crate::support::{Kind, Laptop, World};

/// Another server over the same database, with the same key, on a machine of its own.
pub(crate) async fn replica(world: &World) -> (Handle, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::copy(world.dir.path().join("server.key"), dir.path().join("server.key")).expect("the same key");
    let mut config = Config::new(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db.clone_from(&world.db);
    (Server::start(config).await.expect("starts"), dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn any_replica_serves_any_laptop_and_a_revocation_counts_on_all() {
    let world = World::new(Kind::Postgres).await;
    let (second, _dir) = replica(&world).await;
    let there = Connection::new(&second.url, None).expect("an address");
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    for round in 0..4 {
        a.log(3);
        let by_turns = if round % 2 == 0 { world.connection() } else { there.clone() };
        assert!(world.sync_by(&by_turns, &a).await.expect("synchronises").covered);
    }
    assert_eq!(world.sync_by(&there, &b).await.expect("synchronises").received, 13);
    world.admin.revoke(&b.writer().to_string(), "lost").await.expect("revoked at one");
    b.log(1);
    assert_eq!(
        world.sync_by(&there, &b).await.expect("held").standing,
        Standing::Revoked,
        "known at the other at once"
    );
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_killed_under_load_loses_nothing_that_was_acknowledged() {
    let world = World::new(Kind::Postgres).await;
    let (second, _dir) = replica(&world).await;
    let (first_url, second_url, key) = (world.url().to_owned(), second.url.clone(), world.handle().public_key);
    let mut laptops = Vec::new();
    for seed in 1..=8 {
        laptops.push(world.laptop("A01", &format!("O{seed}"), seed).await);
    }
    let (half, mut halves) = tokio::sync::mpsc::channel(8);
    let mut running = Vec::new();
    for laptop in &laptops {
        let (laptop, half) = (Arc::clone(laptop), half.clone());
        let urls = [second_url.clone(), first_url.clone()];
        running.push(tokio::spawn(async move { load(&laptop, &urls, key, half).await }));
    }
    for _ in &laptops {
        halves.recv().await.expect("each comes to half of its work");
    }
    // Gone without a word: whatever was under way there is cut.
    drop(second);
    let mut moved = 0;
    for load in running {
        moved += load.await.expect("ran");
    }
    assert!(moved > 0, "somebody had to go elsewhere");
    for laptop in &laptops {
        world.sync(laptop).await.expect("synchronises");
    }
    for laptop in &laptops {
        let own = laptop.own().expect("own")[0];
        assert_eq!((own.acked, own.seq), (41, 41));
        assert_eq!(laptop.everything().len(), 8 * 41, "each record once, on every laptop");
    }
}

/// Logs and synchronises, going to the other server where one does not answer; gives how often.
async fn load(
    laptop: &Arc<Laptop>,
    urls: &[String; 2],
    key: auxlog_record::PublicKey,
    half: tokio::sync::mpsc::Sender<()>,
) -> u32 {
    let ledger: Arc<dyn LocalLedger> = Arc::clone(laptop) as Arc<dyn LocalLedger>;
    let ways = urls.each_ref().map(|url| Connection::new(url, None).expect("an address"));
    let (mut at, mut moved) = (0, 0);
    for round in 0..20 {
        laptop.log(2);
        if round == 10 {
            half.send(()).await.expect("it listens");
        }
        while let Err((error, _)) = sync_once(&ledger, &ways[at], key, |_| {}).await {
            assert!(error.is_transient(), "{error}");
            at = 1 - at;
            moved += 1;
        }
    }
    moved
}
