//! The server's database against what its log says: each kind of change to a row is named with its
//! place, on demand and after the next start, and a laptop that meets one is not told to try later.

use auxlog_record::{Disposition, Hash, RecordId, Word, WriterId};
use auxlog_server::Found;
use auxlog_server::store::{Fault, Wrong};
use auxlog_sync::Refusal;
use auxlog_sync::SyncError;
use auxlog_sync::enrol::Role;
use auxlog_sync::http::Request;
use auxlog_sync::merkle::{self, Frontier};
use sqlx::{AnyPool, Row as _};

use crate::support::{Kind, World};

contracts![
    an_untouched_database_is_whole,
    the_first_row_that_was_changed_is_named,
    a_tree_computed_anew_is_not_the_one_that_is_remembered,
    the_next_start_finds_it_too,
    a_laptop_is_told_that_the_server_is_damaged,
];

impl World {
    /// A hand in the database that asks nobody.
    pub(crate) async fn hand(&self) -> AnyPool {
        let sqlite = format!("sqlite://{}", self.dir.path().join("server.sqlite").display());
        AnyPool::connect(self.db.as_deref().unwrap_or(&sqlite)).await.expect("connects")
    }

    async fn verified(&self) -> Found {
        self.admin.verify(&"A01".into()).await.expect("an audit")
    }
}

/// What an audit named.
fn wrong(found: Found) -> Wrong {
    let wrong = if let Found::Wrong(wrong) = found { Some(wrong) } else { None };
    wrong.expect("something is not what the log says")
}

/// A log with something of everything in it: 2 + 4 records of the office before 60 of O1.
async fn lived_in(kind: Kind) -> (World, WriterId) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let b = world.laptop_as("A01", "O2", 2, Role::Supervisor).await;
    let (lost, frozen) = (world.laptop("A01", "O3", 3).await, world.laptop("A01", "O4", 4).await);
    a.log(59);
    for laptop in [&a, &b, &lost] {
        world.sync(laptop).await.expect("synchronises");
    }
    world.freeze(&frozen, "O4", 4).await;
    let device = lost.writer().to_string();
    world.admin.revoke(&device, "lost").await.expect("revoked");
    lost.log(3);
    world.sync(&lost).await.expect("held");
    world.admin.release(&device, "found").await.expect("released");
    lost.log(2);
    world.sync(&lost).await.expect("held");
    b.record(&crate::masking::ordered(RecordId { writer: a.writer(), seq: 5 }));
    world.sync(&b).await.expect("synchronises");
    (world, a.writer())
}

async fn an_untouched_database_is_whole(kind: Kind) {
    let (mut world, _) = lived_in(kind).await;
    let found = world.verified().await;
    assert!(matches!(found, Found::Whole { records: 71.., writers: 5 }), "{found:?}");
    world.restart().await;
    assert!(matches!(world.verified().await, Found::Whole { .. }));
    let other = world.admin.verify(&"A02".into()).await.expect("an audit");
    assert_eq!(other, Found::Whole { records: 2, writers: 1 }, "its office's chain");
}

async fn the_first_row_that_was_changed_is_named(kind: Kind) {
    let cases: &[(&[&str], u64, Fault)] = &[
        (&["DELETE FROM event WHERE lsn = 30"], 30, Fault::Missing),
        (&["UPDATE event SET record = (SELECT record FROM event WHERE lsn = 31) WHERE lsn = 30"], 30, Fault::Place),
        (&["UPDATE event SET hash = (SELECT hash FROM event WHERE lsn = 31) WHERE lsn = 30"], 30, Fault::Hash),
        (
            &[
                "UPDATE event SET lsn = 1000 WHERE lsn = 30",
                "UPDATE event SET lsn = 30 WHERE lsn = 31",
                "UPDATE event SET lsn = 31 WHERE lsn = 1000",
            ],
            30,
            Fault::Chain,
        ),
        (&["UPDATE event SET recv_ms = recv_ms + 1 WHERE lsn = 30"], 17, Fault::Tree { last: 32 }),
        (&["UPDATE event SET disposition = 5 WHERE lsn = 30"], 17, Fault::Tree { last: 32 }),
        (&["UPDATE event SET disposition = 77 WHERE lsn = 30"], 30, Fault::Unreadable(String::new())),
        (
            &["UPDATE tree_node SET hash = (SELECT root FROM agency_head WHERE agency_id = 'A01') WHERE level = 5"],
            1,
            Fault::Tree { last: 32 },
        ),
        (
            &["UPDATE agency_head SET root = (SELECT hash FROM event WHERE lsn = 1 AND agency_id = 'A01')"],
            0,
            Fault::Root,
        ),
        (&["UPDATE agency_head SET size = size - 1 WHERE agency_id = 'A01'"], 0, Fault::Beyond),
        (&["UPDATE agency_head SET leaves_from = 9"], 2, Fault::Leaves),
        (&["DELETE FROM writer WHERE officer_id = 'O1'"], 7, Fault::Writer),
        (&["UPDATE writer SET acked_seq = 59 WHERE officer_id = 'O1'"], 0, Fault::Acked),
        (&["DELETE FROM held WHERE released_ms IS NULL"], 0, Fault::Acked),
        (&["UPDATE writer SET role = 'admin' WHERE officer_id = 'O1'"], 0, Fault::Standing),
        (&["UPDATE writer SET standing = 'active' WHERE officer_id = 'O3'"], 0, Fault::Standing),
        (&["DELETE FROM office_writer"], 1, Fault::Writer),
    ];
    for (statements, at, expected) in cases {
        let (world, _) = lived_in(kind).await;
        let hand = world.hand().await;
        for statement in *statements {
            let statement = statement.replace(" WHERE lsn", " WHERE agency_id = 'A01' AND lsn");
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&hand).await.expect("changed");
        }
        hand.close().await;
        let Wrong { lsn, fault, .. } = wrong(world.verified().await);
        assert_eq!(fault.name(), expected.name(), "{statements:?}: {fault:?} at {lsn}");
        if let Fault::Tree { .. } = expected {
            assert_eq!(fault, *expected, "{statements:?}");
        }
        let last = matches!(expected, Fault::Root | Fault::Beyond);
        assert!(if last { lsn > 66 } else { lsn == *at }, "{statements:?}: {fault:?} at {lsn}");
    }
}

/// Exchanges two officers' rows and covers it up in the tree, as somebody with the database in hand can.
async fn rewritten(hand: &AnyPool) {
    let row = "SELECT min(lsn) FROM event WHERE agency_id = 'A01' AND lsn > 60 AND writer_id <>
               (SELECT writer_id FROM event WHERE agency_id = 'A01' AND lsn = 60)";
    let other: i64 = sqlx::query(row).fetch_one(hand).await.expect("a row").get(0);
    for (from, to) in [(other - 1, 1000), (other, other - 1), (1000, other)] {
        let moved = format!("UPDATE event SET lsn = {to} WHERE agency_id = 'A01' AND lsn = {from}");
        sqlx::query(sqlx::AssertSqlSafe(moved)).execute(hand).await.expect("exchanged");
    }
    let rows = sqlx::query("SELECT lsn, hash, recv_ms, disposition FROM event WHERE agency_id = 'A01' ORDER BY lsn");
    let (mut frontier, mut nodes) = (Frontier::default(), Vec::new());
    for row in rows.fetch_all(hand).await.expect("rows") {
        let number = |column| row.get::<i64, _>(column).cast_unsigned();
        let disposition = u8::try_from(number("disposition")).ok().and_then(Disposition::of).expect("known");
        let word = Word { lsn: number("lsn"), recv_ms: number("recv_ms"), disposition, verdict: None };
        let hash = Hash(row.get::<Vec<u8>, _>("hash").try_into().expect("32 bytes"));
        let leaf = word.leaf(&hash, if word.lsn > 2 { 2 } else { 1 });
        frontier.append(merkle::leaf(&leaf), |id, hash| nodes.push((id, hash)));
    }
    for (id, hash) in nodes {
        sqlx::query("UPDATE tree_node SET hash = $3 WHERE agency_id = 'A01' AND level = $1 AND idx = $2")
            .bind(i64::from(id.level))
            .bind(id.index.cast_signed())
            .bind(hash.0.to_vec())
            .execute(hand)
            .await
            .expect("covered up");
    }
    sqlx::query("UPDATE agency_head SET frontier = $1, root = $2 WHERE agency_id = 'A01'")
        .bind(frontier.to_bytes())
        .bind(frontier.root().0.to_vec())
        .execute(hand)
        .await
        .expect("covered up");
}

async fn a_tree_computed_anew_is_not_the_one_that_is_remembered(kind: Kind) {
    let (mut world, _) = lived_in(kind).await;
    world.stop().await;
    let hand = world.hand().await;
    rewritten(&hand).await;
    hand.close().await;
    world.start().await;
    let Wrong { lsn, fault, .. } = wrong(world.verified().await);
    assert_eq!(fault, Fault::Rewritten);
    // What is appended to it does not hide it.
    world.laptop("A01", "O7", 7).await;
    let found = world.verified().await;
    assert!(matches!(found, Found::Wrong(Wrong { lsn: at, fault: Fault::Rewritten, .. }) if at == lsn), "{found:?}");
}

async fn the_next_start_finds_it_too(kind: Kind) {
    let (mut world, writer) = lived_in(kind).await;
    world.stop().await;
    let hand = world.hand().await;
    let removed = "UPDATE event SET hash = (SELECT hash FROM event WHERE agency_id = 'A01' AND lsn = 31)
                   WHERE agency_id = 'A01' AND lsn = 30";
    sqlx::query(removed).execute(&hand).await.expect("changed");
    hand.close().await;
    for _ in 0..2 {
        world.start().await;
        let connection = world.connection();
        let metrics = async || {
            let request = Request { method: "GET", target: "/metrics".into(), auth: None, body: Vec::new() };
            String::from_utf8(connection.send(request).await.expect("metrics").body).expect("text")
        };
        while !metrics().await.contains("auxlog_logs_damaged_total 1") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Counted before it is filed.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let incidents = world.admin.incidents(&"A01".into(), 100).await.expect("incidents");
        let damaged: Vec<_> = incidents.iter().filter(|incident| incident.kind == "log_damaged").collect();
        assert_eq!(damaged.len(), 1, "filed once, however often it is found: {damaged:?}");
        assert_eq!(damaged[0].writer, writer);
        assert!(damaged[0].detail.starts_with("number 30, "), "{}", damaged[0].detail);
        world.stop().await;
    }
}

async fn a_laptop_is_told_that_the_server_is_damaged(kind: Kind) {
    let (world, _) = lived_in(kind).await;
    let hand = world.hand().await;
    let statement = "UPDATE event SET disposition = 77 WHERE agency_id = 'A01' AND lsn = 30";
    sqlx::query(statement).execute(&hand).await.expect("changed");
    hand.close().await;
    let fresh = world.laptop("A01", "O9", 9).await;
    let error = world.sync(&fresh).await.expect_err("it cannot be given");
    assert!(matches!(error, SyncError::Refused(Refusal::ServerDamaged)), "{error}");
    assert!(!error.is_transient(), "and to try again later helps nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_file_that_was_overwritten_is_found() {
    let (mut world, _) = lived_in(Kind::Sqlite).await;
    let hand = world.hand().await;
    let row = sqlx::query("SELECT hash FROM event WHERE agency_id = 'A01' AND lsn = 30").fetch_one(&hand).await;
    let hash: Vec<u8> = row.expect("a row").get(0);
    hand.close().await;
    world.stop().await;
    let file = world.dir.path().join("server.sqlite");
    let mut bytes = std::fs::read(&file).expect("read");
    let at = bytes.windows(32).position(|window| window == hash).expect("it lies there") / 4096 * 4096;
    bytes[at..at + 64].fill(0xff);
    std::fs::write(&file, bytes).expect("overwritten");
    world.start().await;
    let found = wrong(world.verified().await);
    assert!(matches!(found.fault, Fault::Unreadable(_)) && (7..=30).contains(&found.lsn), "{found:?}");
    let fresh = world.laptop("A01", "O9", 9).await;
    let error = world.sync(&fresh).await.expect_err("it cannot be given");
    assert!(matches!(error, SyncError::Refused(Refusal::ServerDamaged)), "{error}");
}
