//! The pull cursor: two transactions held open after each took its number.
//!
//! On a table numbered by a sequence the second may commit first; a reader passes over the number
//! that commits late and never comes back to it. The same scenario runs against such a table, to
//! show that it bites, and against the log, which must not lose the record.

use std::sync::Arc;
use std::time::Duration;

use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Connection, Outcome, SyncError, sync_once};
use sqlx::{AnyPool, Executor as _, Row as _};
use tokio::task::JoinHandle;

use crate::replicas::replica;
use crate::support::{Kind, Laptop, World, postgres};

/// Reads everything after `cursor`, as a naive client does.
async fn naive_pull(pool: &AnyPool, cursor: i64) -> Vec<i64> {
    let rows = sqlx::query("SELECT id FROM naive WHERE id > $1 ORDER BY id").bind(cursor).fetch_all(pool).await;
    rows.expect("rows").iter().map(|row| row.get("id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serial_id_loses_the_record_that_commits_late() {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&postgres::database().await).await.expect("connects");
    pool.execute("CREATE TABLE naive (id BIGSERIAL PRIMARY KEY, what TEXT)").await.expect("a table");
    let mut first = pool.begin().await.expect("begins");
    first.execute("INSERT INTO naive (what) VALUES ('a')").await.expect("takes number 1");
    let mut second = pool.begin().await.expect("begins");
    second.execute("INSERT INTO naive (what) VALUES ('b')").await.expect("takes number 2");
    second.commit().await.expect("commits first");

    let pulled = naive_pull(&pool, 0).await;
    assert_eq!(pulled, [2]);
    first.commit().await.expect("commits late");
    assert!(naive_pull(&pool, 2).await.is_empty(), "record 1 is lost to this reader: the fault that we avoid");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_makes_the_later_one_wait() {
    let world = World::new(Kind::Postgres).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    world.sync(&b).await.expect("synchronises");
    let pool = AnyPool::connect(world.db.as_deref().expect("PostgreSQL")).await.expect("connects");
    // A transaction that has taken the agency's next number and holds it.
    let mut held = pool.begin().await.expect("begins");
    let row = held
        .fetch_one("UPDATE agency_head SET size = size + 1 WHERE agency_id = 'A01' RETURNING size")
        .await
        .expect("takes a number");
    // Four of the office, one of the reader.
    assert_eq!(row.get::<i64, _>("size"), 4 + 2);

    a.log(2);
    let pushing = push(&world, world.connection(), &a);
    // Once the database says that the push waits for the lock, a reader sees nothing beyond it.
    come_to_wait(&pool, 1).await;
    assert_eq!(world.sync(&b).await.expect("reading waits for nobody").received, 0);
    held.rollback().await.expect("the number goes back: no gap");
    assert_eq!(pushing.await.expect("ran").expect("goes on").acked, 3);
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 3);
    let lsns: Vec<u64> = b.of_officers().iter().map(|pulled| pulled.word.lsn).collect();
    assert_eq!(lsns, [6, 7, 8]);
}

/// Both pushes are real, by two servers: each has all it needs but the table that the records go
/// into, which is locked against writing.
#[tokio::test(flavor = "multi_thread")]
async fn two_held_pushes_lose_nothing_whichever_took_its_number_first() {
    let world = World::new(Kind::Postgres).await;
    let (second, _dir) = replica(&world).await;
    let there = Connection::new(&second.url, None).expect("an address");
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let reader = world.laptop("A01", "O3", 3).await;
    world.sync(&reader).await.expect("synchronises");
    let pool = AnyPool::connect(world.db.as_deref().expect("PostgreSQL")).await.expect("connects");
    let mut lock = pool.begin().await.expect("begins");
    lock.execute("LOCK TABLE event IN SHARE MODE").await.expect("locked");

    a.log(2);
    b.log(1);
    let first = push(&world, world.connection(), &a);
    come_to_wait(&pool, 1).await;
    let other = push(&world, there, &b);
    come_to_wait(&pool, 2).await;
    assert_eq!(world.sync(&reader).await.expect("reading waits for nobody").received, 0);
    lock.commit().await.expect("unlocked");

    assert_eq!(first.await.expect("ran").expect("goes on").acked, 3);
    assert_eq!(other.await.expect("ran").expect("goes on").acked, 2);
    world.sync(&reader).await.expect("synchronises");
    let pulled: Vec<(u64, u64)> =
        reader.of_officers().iter().map(|pulled| (pulled.word.lsn, pulled.record.id().seq)).collect();
    assert_eq!(pulled, [(7, 1), (8, 2), (9, 3), (10, 1), (11, 2)], "one push after the other, nothing passed over");
    second.shutdown().await;
}

/// Synchronises in the background.
fn push(world: &World, way: Connection, laptop: &Arc<Laptop>) -> JoinHandle<Result<Outcome, SyncError>> {
    let ledger: Arc<dyn LocalLedger> = Arc::clone(laptop) as Arc<dyn LocalLedger>;
    let key = world.handle().public_key;
    tokio::spawn(async move { sync_once(&ledger, &way, key, |_| {}).await.map_err(|(error, _)| error) })
}

/// Waits until the database says that so many wait for a lock.
async fn come_to_wait(pool: &AnyPool, count: i64) {
    let waiting =
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let waited = tokio::time::timeout(Duration::from_mins(1), async {
        while pool.fetch_one(waiting).await.expect("a count").get::<i64, _>("n") < count {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("the push comes to wait");
}
