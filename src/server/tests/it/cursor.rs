//! The pull cursor: two transactions that commit in the other order than they took their numbers.
//!
//! On a table numbered by a sequence a reader passes over the number that commits late and never
//! comes back to it. The same scenario runs against such a table, to show that it bites, and
//! against the log, which must not lose the record.

use std::time::Duration;

use crate::support::{Kind, World, postgres};
use sqlx::{AnyPool, Executor as _, Row as _};

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
    assert_eq!(row.get::<i64, _>("size"), 2);

    a.log(2);
    let pushing = {
        let (world_connection, a) = (world.connection(), std::sync::Arc::clone(&a));
        let key = world.handle().public_key;
        tokio::spawn(async move {
            let ledger: std::sync::Arc<dyn auxlog_sync::hooks::Hooks> = a;
            auxlog_sync::sync_once(&ledger, &world_connection, key, |_| {}).await.map_err(|(error, _)| error)
        })
    };
    // Once the database says that the push waits for the lock, a reader sees nothing beyond it.
    let waiting =
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    tokio::time::timeout(Duration::from_mins(1), async {
        while pool.fetch_one(waiting).await.expect("a count").get::<i64, _>("n") == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the push comes to wait");
    assert_eq!(world.sync(&b).await.expect("reading waits for nobody").received, 0);
    held.rollback().await.expect("the number goes back: no gap");
    assert_eq!(pushing.await.expect("ran").expect("goes on").acked, 3);
    assert_eq!(world.sync(&b).await.expect("synchronises").received, 3);
    let lsns: Vec<u64> = b.disk().pulled.iter().map(|pulled| pulled.lsn).collect();
    assert_eq!(lsns, [2, 3, 4]);
}
