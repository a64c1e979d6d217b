//! Copies put back: the server's database of last night, and who notices.

use auxlog_record::{Hash, Role, Word, WriterId};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::Standing;
use auxlog_sync::pack::pack;
use auxlog_sync::run::Run;
use auxlog_sync::session::{Action, Event, Learnt, Session};
use auxlog_sync::{Notice, Question, Refusal, SyncError, ask};

use sqlx::Row as _;

use crate::support::{Kind, World, now_ms, signed};

contracts![
    what_was_not_brought_for_a_broken_line_is_brought_by_the_next_session,
    a_long_chain_comes_back_in_parts,
    an_act_that_comes_back_before_its_administrator_holds,
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_restored_from_a_backup_gets_everything_again() {
    a_restored_server_gets_everything_again(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_restored_from_a_backup_gets_everything_again() {
    a_restored_server_gets_everything_again(Kind::Postgres).await;
}

async fn a_restored_server_gets_everything_again(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(10);
    world.sync(&a).await.expect("synchronises");
    world.sync(&b).await.expect("synchronises");
    let last_night = world.copy().await;
    a.log(5);
    b.log(2);
    for laptop in [&a, &b, &a] {
        world.sync(laptop).await.expect("synchronises");
    }
    let whole = a.everything();
    assert_eq!(whole, b.everything());
    let receipt_before = a.disk().receipts.last().cloned().expect("a receipt").0;

    world.put_back(last_night).await;
    let healed = world.sync(&a).await.expect("heals the server");
    assert_eq!((healed.notices.as_slice(), healed.sent), ([Notice::ServerCameBack].as_slice(), 5));
    assert!(healed.covered);
    let other = world.sync(&b).await.expect("so does the other laptop");
    assert_eq!((other.notices.as_slice(), other.sent), ([Notice::ServerCameBack].as_slice(), 2));
    world.sync(&a).await.expect("synchronises");
    assert_eq!((a.everything(), b.everything()), (whole.clone(), whole.clone()), "nobody lost or doubled anything");
    let receipt = a.disk().receipts.last().cloned().expect("a receipt").0;
    assert_ne!(receipt.checkpoint.epoch, receipt_before.checkpoint.epoch, "it is another life of the log");
    assert_eq!(receipt.checkpoint.size, receipt_before.checkpoint.size);

    let c = world.laptop("A01", "O3", 3).await;
    world.sync(&c).await.expect("synchronises");
    assert_eq!(c.of_officers().len(), whole.len(), "a third laptop gets every record from the server");
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    let behind = incidents.iter().filter(|incident| incident.kind == "server_behind").count();
    assert_eq!(behind, 1, "one incident, not one per laptop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_history_is_noticed_by_the_next_laptop() {
    let world = World::new(Kind::Sqlite).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(6);
    world.sync(&a).await.expect("synchronises");
    world.sync(&b).await.expect("synchronises");
    // Someone with the database in hand exchanges two records' places and covers it up in the tree.
    let file = world.dir.path().join("server.sqlite");
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display())).await.expect("connects");
    for statement in [
        "UPDATE event SET lsn = 1000 WHERE lsn = 7",
        "UPDATE event SET lsn = 7 WHERE lsn = 8",
        "UPDATE event SET lsn = 8 WHERE lsn = 1000",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("rewritten");
    }
    let rebuilt = {
        let rows = sqlx::query("SELECT lsn, hash, recv_ms FROM event WHERE agency_id = 'A01' ORDER BY lsn");
        let mut frontier = auxlog_sync::merkle::Frontier::default();
        for row in rows.fetch_all(&pool).await.expect("rows") {
            let number = |column| row.get::<i64, _>(column).cast_unsigned();
            let word = Word { lsn: number("lsn"), recv_ms: number("recv_ms"), ..Word::default() };
            let hash = Hash(row.get::<Vec<u8>, _>("hash").try_into().expect("32 bytes"));
            // The first two of a log are the office's, and have leaves of the first kind.
            let leaf = word.leaf(&hash, if word.lsn > 2 { 2 } else { 1 });
            frontier.append(auxlog_sync::merkle::leaf(&leaf), |_, _| {});
        }
        frontier
    };
    sqlx::query("UPDATE agency_head SET frontier = $1, root = $2 WHERE agency_id = 'A01'")
        .bind(rebuilt.to_bytes())
        .bind(rebuilt.root().0.to_vec())
        .execute(&pool)
        .await
        .expect("covered up");
    let receipts = a.disk().receipts.len();
    a.log(1);
    let error = world.sync(&a).await.expect_err("the proof fails");
    assert!(matches!(error, SyncError::HistoryRewritten { old: 11 }), "{error}");
    assert!(!error.is_transient());
    assert_eq!(a.disk().receipts.len(), receipts, "no receipt of that log is taken");
    assert_eq!(a.own().expect("own")[0].seq, 8, "and nothing here is discarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_restored_from_a_backup_learns_what_its_office_did() {
    a_restored_server_learns_what_its_office_did(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_restored_from_a_backup_learns_what_its_office_did() {
    a_restored_server_learns_what_its_office_did(Kind::Postgres).await;
}

/// Puts someone on the roster; gives its version.
async fn roster(world: &World, id: &str) -> u64 {
    let edit = serde_json::json!({
        "reason": "test", "edits": [{ "kind": "auxiliary", "id": id, "set": { "name": "仇静" } }],
    });
    let edit = serde_json::from_value(edit).expect("an edit");
    world.admin.edit_roster(&"A01".into(), &edit).await.expect("edited")
}

/// A revoked laptop stays revoked, one that was let in stays in; what was said since counts.
async fn a_restored_server_learns_what_its_office_did(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, thief) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let again = world.laptop("A01", "O3", 3).await;
    for laptop in [&a, &thief, &again] {
        world.sync(laptop).await.expect("synchronises");
    }
    let last_night = world.copy().await;
    let late = world.laptop("A01", "O4", 4).await;
    late.log(3);
    world.sync(&late).await.expect("synchronises");
    // One was let in after the backup and shut out again, by another chain of the office.
    let gone = world.laptop("A01", "O5", 5).await;
    world.restart().await;
    for laptop in [&thief, &again, &gone] {
        world.admin.revoke(&laptop.writer().to_string(), "电脑遗失").await.expect("revoked");
    }
    let lost = roster(&world, "X2").await;
    world.sync(&a).await.expect("pulls what the office said");

    world.put_back(last_night).await;
    // Of one of them something newer is said before any laptop came.
    world.admin.revoke(&again.writer().to_string(), "again").await.expect("revoked");
    world.approve(again.writer()).await;
    let healed = world.sync(&a).await.expect("heals the server");
    assert_eq!(healed.notices.as_slice(), [Notice::ServerCameBack]);
    let expected = [
        (&thief, Standing::Revoked),
        (&late, Standing::Active),
        (&again, Standing::Active),
        (&gone, Standing::Revoked),
    ];
    for (laptop, standing) in expected {
        let device = world.admin.find(&laptop.writer().to_string()).await.expect("known");
        assert_eq!(device.standing, standing, "{}", device.officer);
    }
    let told = world.sync(&thief).await.expect("is told");
    assert_eq!(told.standing, Standing::Revoked);
    let back = world.sync(&late).await.expect("is known");
    assert!(back.covered && back.set_aside.is_empty(), "{back:?}");
    world.sync(&a).await.expect("synchronises");
    let all = a.everything();
    assert!(late.everything().iter().all(|hash| all.contains(hash)));
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert!(incidents.iter().any(|incident| incident.detail.contains("came back from a laptop")), "{incidents:?}");
    // No two rosters share a number.
    let version = roster(&world, "X3").await;
    assert!(version > lost, "{version} after {lost}");
    let found = world.admin.verify(&"A01".into()).await.expect("an audit");
    assert!(matches!(found, auxlog_server::Found::Whole { .. }), "the database is what its log says: {found:?}");
    // Brought once more, nothing changes.
    let before = world.admin.incidents(&"A01".into(), 100).await.expect("incidents").len();
    world.sync(&again).await.expect("synchronises");
    assert_eq!(world.admin.incidents(&"A01".into(), 100).await.expect("incidents").len(), before);
}

/// The new life of the log is known after the first answer; what was to be done then is not forgotten.
async fn what_was_not_brought_for_a_broken_line_is_brought_by_the_next_session(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, thief) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    world.sync(&a).await.expect("synchronises");
    let last_night = world.copy().await;
    world.admin.revoke(&thief.writer().to_string(), "电脑遗失").await.expect("revoked");
    world.sync(&a).await.expect("pulls what the office said");
    world.put_back(last_night).await;

    let (key, connection) = (world.handle().public_key, world.connection());
    let mut session = Session::new(key, 1, Learnt::default());
    let mut event = Event::Begin { now_ms: now_ms() };
    'session: loop {
        let mut request = None;
        for action in session.on_event(event, &*a) {
            match action {
                Action::Send(next) => request = Some(next),
                Action::Bring => break 'session,
                Action::Report(_) => {}
                other => unreachable!("the office's acts are to be brought first: {other:?}"),
            }
        }
        let answer = connection.send(request.expect("it goes on")).await;
        event = Event::Answered { now_ms: now_ms(), answer };
    }
    let standing = async || world.admin.find(&thief.writer().to_string()).await.expect("known").standing;
    assert_eq!(standing().await, Standing::Active);
    let next = world.sync(&a).await.expect("synchronises");
    assert!(next.notices.is_empty(), "the new life is known: {:?}", next.notices);
    assert_eq!(standing().await, Standing::Revoked);
    assert!(!a.disk().to_bring, "and it is done");
}

async fn a_long_chain_comes_back_in_parts(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, thief) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let last_night = world.copy().await;
    world.restart().await;
    let late = world.laptop("A01", "O3", 3).await;
    world.admin.revoke(&thief.writer().to_string(), "电脑遗失").await.expect("revoked");
    world.sync(&a).await.expect("pulls what the office said");
    let chain = a
        .office_chains()
        .expect("chains")
        .into_iter()
        .find(|chain| matches!(chain.last().expect("records").event(), Ok(auxlog_record::Event::StandingSet(_))));
    let chain = chain.expect("the second process wrote it");
    assert_eq!(chain.len(), 3, "opened, certified, revoked");
    world.put_back(last_night).await;
    let bring = async |records: &[auxlog_record::Record]| {
        let body = pack(&Run::of(records).expect("a run")).expect("packs");
        let question = Question { body, ..Question::new("POST", "/v1/office?agency=A01") };
        ask(&*a, &world.connection(), &world.handle().public_key, &question).await.expect("an answer")
    };
    let early = bring(&chain[2..]).await;
    assert_eq!(early.error.as_deref(), Some(Refusal::Malformed.name()), "what it follows is not here");
    for (part, taken) in [(&chain[..2], 2), (&chain[1..], 1), (&chain[2..], 0)] {
        assert_eq!(bring(part).await.message::<u64>().expect("an answer"), taken);
    }
    for (laptop, standing) in [(&late, Standing::Active), (&thief, Standing::Revoked)] {
        let device = world.admin.find(&laptop.writer().to_string()).await.expect("known");
        assert_eq!(device.standing, standing);
    }
}

async fn an_act_that_comes_back_before_its_administrator_holds(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, thief) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let last_night = world.copy().await;
    world.restart().await;
    let boss = world.laptop_as("A01", "O3", 3, Role::Admin).await;
    world.restart().await;
    let revoke = format!("/v1/devices/{}/revoke?agency=A01&reason=lost", thief.writer());
    let asked = signed(&world, &boss, "POST", &revoke, Vec::new(), now_ms(), 1);
    assert_eq!(world.connection().send(asked).await.expect("an answer").status, 200);
    world.sync(&a).await.expect("pulls what the office said");
    let asked = |record: &auxlog_record::Record| record.event().is_ok_and(|event| event.asked().is_some());
    let chains = a.office_chains().expect("chains");
    let acted = chains.iter().find(|chain| chain.iter().any(asked)).expect("the third process wrote it");
    let certified = |record: &auxlog_record::Record| match record.event() {
        Ok(auxlog_record::Event::KeyCertified(said)) => WriterId::of(&said.key) == boss.writer(),
        _ => false,
    };
    let let_in = chains.iter().find(|chain| chain.iter().any(certified)).expect("the second process wrote it");
    world.put_back(last_night).await;
    for (chain, nonce) in [(acted, 40), (let_in, 41)] {
        let body = pack(&Run::of(chain).expect("a run")).expect("packs");
        let question = Question { body, ..Question::new("POST", "/v1/office?agency=A01") };
        let answer = ask(&*a, &world.connection(), &world.handle().public_key, &question).await.expect("an answer");
        assert_eq!(answer.message::<u64>().expect("an answer"), chain.len() as u64);
        // What laptops read says what the server does.
        let (_, authority) = crate::office::said(&world, &a, nonce).await;
        assert_eq!(crate::office::standing(&authority, &thief), Some(Standing::Revoked));
    }
}
