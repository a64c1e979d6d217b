//! Acts that must happen once and requests that must not crowd out others: replays at another replica
//! and after a restart, transactions that lose, limits, an older protocol, a server that ends.

use std::net::SocketAddr;
use std::sync::Arc;

use auxlog_server::{Allowance, Config, LimitOptions, Server};
use auxlog_sync::enrol::Role;
use auxlog_sync::http::Request;
use auxlog_sync::message::Standing;
use auxlog_sync::pack::pack;
use auxlog_sync::{Connection, Refusal};
use sqlx::{AnyPool, Executor as _, Row as _};

use crate::answers::request;
use crate::support::{Kind, World, empty_sync, now_ms, signed};

contracts![a_read_is_answered_once];

async fn refused(connection: &Connection, request: Request) -> Option<Refusal> {
    let answer = connection.send(request).await.expect("an answer");
    answer.error.as_deref().and_then(Refusal::from_name)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_replayed_neither_at_another_replica_nor_after_a_restart() {
    let mut world = World::new(Kind::Postgres).await;
    let boss = world.laptop_as("A01", "O8", 8, Role::Admin).await;
    let thief = world.laptop("A01", "O1", 1).await;
    let device = thief.writer().to_string();
    let digits = world.admin.find(&device).await.expect("known").digits(world.admin.server_key());
    let target = format!("/v1/devices/{device}/approve?agency=A01&digits={}", digits.expect("it met the server"));
    let approve = signed(&world, &boss, "POST", &target, Vec::new(), now_ms(), 1);
    assert_eq!(refused(&world.connection(), approve.clone()).await, None, "done once");
    world.admin.revoke(&device, "stolen").await.expect("revoked");

    let dir = tempfile::tempdir().expect("a directory");
    std::fs::copy(world.dir.path().join("server.key"), dir.path().join("server.key")).expect("the same key");
    let mut config = Config::new(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db.clone_from(&world.db);
    let second = Server::start(config).await.expect("starts");
    let there = Connection::new(&second.url, None).expect("an address");
    assert_eq!(refused(&there, approve.clone()).await, Some(Refusal::Replayed), "who listened in gets nowhere");
    second.shutdown().await;
    world.restart().await;
    assert_eq!(refused(&world.connection(), approve).await, Some(Refusal::Replayed));
    let device = world.admin.find(&device).await.expect("known");
    assert_eq!(device.standing, Standing::Revoked);
}

async fn a_read_is_answered_once(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    b.log(3);
    world.sync(&b).await.expect("synchronises");
    let ask = |target: &str, nonce| signed(&world, &a, "GET", target, Vec::new(), now_ms(), nonce);
    let body = pack(&auxlog_sync::message::SyncRequest { want: 1000, ..request(&a, 0, 0) }).expect("packs");
    let reads = [
        ask("/v1/log?agency=A01&after=0", 1),
        ask("/v1/checkpoint?agency=A01", 2),
        signed(&world, &a, "POST", "/v1/sync", body, now_ms(), 3),
    ];
    for read in &reads {
        assert_eq!(refused(&world.connection(), read.clone()).await, None, "{}", read.target);
    }
    if kind == Kind::Postgres {
        let (second, _dir) = crate::replicas::replica(&world).await;
        let there = Connection::new(&second.url, None).expect("an address");
        for read in &reads {
            assert_eq!(refused(&there, read.clone()).await, Some(Refusal::Replayed), "{} there", read.target);
        }
        second.shutdown().await;
    }
    world.restart().await;
    for read in &reads {
        assert_eq!(refused(&world.connection(), read.clone()).await, Some(Refusal::Replayed), "{} later", read.target);
    }
}

/// Makes the first transactions that write to `table` fail, as PostgreSQL says it of one that lost.
async fn lose(pool: &AnyPool, table: &str, code: &str, times: u32) {
    let statements = [
        format!("CREATE SEQUENCE {table}_tries"),
        format!(
            "CREATE FUNCTION {table}_lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF nextval('{table}_tries') <= {times} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '{code}'; END IF;
               RETURN NULL; END $$"
        ),
        format!(
            "CREATE TRIGGER {table}_lose AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_lose()"
        ),
    ];
    for statement in statements {
        pool.execute(sqlx::AssertSqlSafe(statement)).await.expect("made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_lost_is_done_again_and_once() {
    let world = World::new(Kind::Postgres).await;
    let a = world.laptop("A01", "O1", 1).await;
    let pool = AnyPool::connect(world.db.as_deref().expect("PostgreSQL")).await.expect("connects");
    lose(&pool, "event", "40001", 4).await;
    lose(&pool, "audit", "40P01", 3).await;
    a.log(5);
    assert_eq!(world.sync(&a).await.expect("after four that lost").acked, 6);
    let count = async |statement: &'static str| -> i64 {
        sqlx::query(statement).fetch_one(&pool).await.expect("a row").get::<i64, _>(0)
    };
    assert_eq!(count("SELECT count(*) FROM event WHERE writer_id IN (SELECT writer_id FROM writer)").await, 6);
    // Six records go in six statements; the first four tries ended at the first.
    assert_eq!(count("SELECT last_value FROM event_tries").await, 4 + 6);
    world.admin.revoke(&a.writer().to_string(), "lost").await.expect("after three that lost");
    assert_eq!(count("SELECT count(*) FROM audit WHERE act = 'device_revoked'").await, 1);
    assert_eq!(count("SELECT last_value FROM audit_tries").await, 4);
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_asks_too_often_is_told_when_to_come_back() {
    let limits = LimitOptions { device: Allowance { burst: 5, per_minute: 1 }, ..LimitOptions::default() };
    let world = World::limited(limits).await;
    let (busy, other) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let body = pack(&empty_sync()).expect("packs");
    let ask = |laptop, nonce| signed(&world, laptop, "POST", "/v1/sync", body.clone(), now_ms(), nonce);
    for nonce in 0..5 {
        assert_eq!(refused(&world.connection(), ask(&busy, nonce)).await, None);
    }
    let answer = world.connection().send(ask(&busy, 5)).await.expect("an answer");
    assert_eq!((answer.status, answer.error.as_deref()), (429, Some("rate_limited")));
    assert!(answer.retry_after.is_some_and(|after| after.as_secs() > 1), "{:?}", answer.retry_after);
    assert_eq!(refused(&world.connection(), ask(&other, 1)).await, None, "others are served");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_of_another_protocol_is_told_and_loses_nothing() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    for (nonce, protocol) in [(1, 0), (2, 2), (3, u16::MAX)] {
        let mut request = empty_sync();
        request.protocol = protocol;
        request.push = vec![auxlog_sync::run::Run::of(&laptop.disk().own).expect("a run")];
        let body = pack(&request).expect("packs");
        let request = signed(&world, &laptop, "POST", "/v1/sync", body, now_ms(), nonce);
        let answer = world.connection().send(request).await.expect("an answer");
        assert_eq!((answer.status, answer.error.as_deref()), (426, Some("upgrade_needed")));
    }
    let device = world.admin.find(&laptop.writer().to_string()).await.expect("known");
    assert_eq!(device.acked_seq, 0);
    assert_eq!(world.sync(&laptop).await.expect("synchronises").acked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_finishes_what_is_under_way() {
    let mut world = World::new(Kind::Sqlite).await;
    let a = world.laptop("A01", "O1", 1).await;
    a.log(3);
    let file = world.dir.path().join("server.sqlite");
    let pool = AnyPool::connect(&format!("sqlite://{}", file.display())).await.expect("connects");
    // Somebody holds the database, so the push waits for it.
    let mut holding = pool.acquire().await.expect("a connection");
    holding.execute("BEGIN IMMEDIATE").await.expect("holds it");
    let (connection, key) = (world.connection(), world.handle().public_key);
    let watch = world.connection();
    let received = async || {
        let request = Request { method: "GET", target: "/metrics".into(), auth: None, body: Vec::new() };
        let text = String::from_utf8(watch.send(request).await.expect("metrics").body).expect("text");
        let line = text.lines().find(|line| line.starts_with("auxlog_received_bytes_total")).expect("counted");
        line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok()).expect("a number")
    };
    let before = received().await;
    let ledger: Arc<dyn auxlog_sync::local::LocalLedger> = Arc::clone(&a) as _;
    let pushing = tokio::spawn(async move { auxlog_sync::sync_once(&ledger, &connection, key, |_| {}).await });
    while received().await == before {
        tokio::task::yield_now().await;
    }
    let handle = world.handle.take().expect("it runs");
    let ending = tokio::spawn(handle.shutdown());
    holding.execute("COMMIT").await.expect("lets go");
    drop(holding);
    let outcome = pushing.await.expect("ran").expect("the answer comes before the end");
    assert!(outcome.covered);
    ending.await.expect("ended");
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_takes_over_only_with_the_old_ones_word() {
    use auxlog_record::{SigningKey, Succession};
    let world = World::new(Kind::Sqlite).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.sync(&a).await.expect("synchronises");
    let [new, stranger] = [77, 78].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let send = async |succession: &Succession| {
        let body = pack(succession).expect("packs");
        let request = Request { method: "POST", target: "/v1/succeed".into(), auth: None, body };
        refused(&world.connection(), request).await
    };
    let mut forged = Succession::sign(&stranger, &new, &"A01".into(), 1, "forged");
    forged.old = a.writer();
    assert_eq!(send(&forged).await, Some(Refusal::Unauthenticated));
    let elsewhere = Succession::sign(&a.key, &new, &"A02".into(), 1, "another agency's");
    assert_eq!(send(&elsewhere).await, Some(Refusal::Unauthenticated));
    let early = Succession::sign(&a.key, &new, &"A01".into(), 2, "more than the server has");
    assert_eq!(send(&early).await, Some(Refusal::Conflict));
    let good = Succession::sign(&a.key, &new, &"A01".into(), 1, "an old copy");
    assert_eq!(send(&good).await, None);
    assert_eq!(send(&good).await, None, "the same once more, its answer was lost");
    let other = Succession::sign(&a.key, &stranger, &"A01".into(), 1, "another heir");
    assert_eq!(send(&other).await, Some(Refusal::Conflict), "a key has one");
}
