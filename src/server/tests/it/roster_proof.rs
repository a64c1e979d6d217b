//! Rosters that the log proves: one that was not issued, one that a restored server lost, people masked.

use std::sync::Arc;

use auxlog_law::Status;
use auxlog_record::{Agency, Auxiliary, Roster};
use auxlog_server::Found;
use auxlog_server::admin::AdminError;
use auxlog_server::roster::{PersonKind, RosterEdit};
use auxlog_server::store::{Fault, PersonMask, PersonMasked, Wrong};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::{Capabilities, SyncResponse};
use auxlog_sync::pack::pack;
use auxlog_sync::roster::{Brought, Manifest, Salts, Snapshot, Table, TableName, mask};
use auxlog_sync::{Notice, Question, Refusal, SyncError, ask};
use minicbor::bytes::ByteVec;
use serde_json::json;
use sqlx::{AnyPool, Row as _};

use crate::support::{Kind, Laptop, World, empty_sync, now_ms, signed};

contracts![
    a_roster_that_was_not_issued_is_not_taken,
    a_piece_with_another_salt_is_not_taken,
    rows_are_salted_and_old_laptops_are_given_none,
    a_restored_server_gets_its_newest_roster_again,
    what_was_issued_after_a_backup_was_put_back_counts,
    somebody_who_left_is_masked,
    nobody_is_taken_out_of_the_newest_roster,
];

fn roster(people: u32) -> Roster {
    let mut roster = Roster::default();
    let agency = Agency { id: "A01".into(), name: "海安市城市管理局".into() };
    roster.agencies.insert(agency.id.clone(), agency);
    for number in 0..people {
        let (id, name) = (format!("X{number:05}"), format!("辅助{number}"));
        let person = Auxiliary { id: id.as_str().into(), name, agency: "A01".into(), ..Auxiliary::default() };
        roster.auxiliaries.insert(person.id.clone(), person);
    }
    roster
}

/// Gives somebody another status; gives the version.
async fn set(world: &World, id: &str, status: &str) -> u64 {
    let edit = json!({ "reason": "离职", "edits": [{ "kind": "auxiliary", "id": id, "set": { "status": status } }] });
    let edit: RosterEdit = serde_json::from_value(edit).expect("an edit");
    world.admin.edit_roster(&"A01".into(), &edit).await.expect("edited")
}

async fn database(world: &World) -> AnyPool {
    let sqlite = format!("sqlite://{}", world.dir.path().join("server.sqlite").display());
    AnyPool::connect(world.db.as_deref().unwrap_or(&sqlite)).await.expect("connects")
}

async fn newest(pool: &AnyPool) -> Manifest {
    let row = sqlx::query("SELECT manifest FROM roster_version WHERE agency_id = 'A01' ORDER BY version DESC LIMIT 1");
    let bytes: Vec<u8> = row.fetch_one(pool).await.expect("a version").get("manifest");
    minicbor::decode(&bytes).expect("a manifest")
}

async fn found(world: &World) -> Found {
    world.admin.verify(&"A01".into()).await.expect("an audit")
}

fn status(laptop: &Laptop, id: &str) -> Status {
    laptop.roster().auxiliaries[&id.into()].status
}

/// Somebody with the database writes a version of their own; the server signs it like any other.
async fn a_roster_that_was_not_issued_is_not_taken(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let pool = database(&world).await;
    let forged = Manifest { version: 2, ..newest(&pool).await };
    sqlx::query(
        "INSERT INTO roster_version (agency_id, version, manifest, source, at_ms, actor)
         VALUES ('A01', 2, $1, 'x', 1, 'local')",
    )
    .bind(minicbor::to_vec(&forged).expect("encodes"))
    .execute(&pool)
    .await
    .expect("written");
    a.log(2);
    let error = world.sync(&a).await.expect_err("the log knows of no such version");
    assert!(matches!(error, SyncError::RosterNotIssued { version: 2 }) && !error.is_transient(), "{error}");
    assert_eq!(a.roster().version, 1, "what is here stays");
    assert_eq!(a.own().expect("own")[0].acked, 3, "and records arrive all the same");
    let found_wrong = found(&world).await;
    let named = |wrong: &Wrong| wrong.fault == Fault::Roster { version: 2 };
    assert!(matches!(&found_wrong, Found::Wrong(wrong) if named(wrong)), "{found_wrong:?}");
    // The same version and another roster: the hash decides, not the number.
    let other = Manifest { at_ms: forged.at_ms + 1, version: 1, ..forged };
    for statement in ["DELETE FROM roster_version WHERE version = 2", "UPDATE roster_version SET manifest = $1"] {
        let query = sqlx::query(statement);
        let query =
            if statement.contains('$') { query.bind(minicbor::to_vec(&other).expect("encodes")) } else { query };
        query.execute(&pool).await.expect("written");
    }
    let b = world.laptop("A01", "O2", 2).await;
    let error = world.sync(&b).await.expect_err("another manifest than the log's");
    assert!(matches!(error, SyncError::RosterNotIssued { version: 1 }), "{error}");
    assert_eq!(b.roster().version, 0);
}

async fn a_piece_with_another_salt_is_not_taken(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.sync(&a).await.expect("synchronises");
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    let pool = database(&world).await;
    let manifest = newest(&pool).await;
    let other = Salts::of(&auxlog_record::SigningKey::from_seed(&[9; 32]));
    let same_people = Snapshot::of(&"A01".into(), &Roster { version: 1, ..roster(3) }, 7, &other).expect("cut");
    let pieces = manifest.pieces().zip(same_people.manifest.pieces());
    let mut kept = Vec::new();
    for (name, theirs) in pieces {
        assert_ne!(name, theirs);
        let row = sqlx::query("SELECT content FROM object WHERE hash = $1").bind(name.0.to_vec());
        kept.push((name.0.to_vec(), row.fetch_one(&pool).await.expect("a piece").get::<Vec<u8>, _>("content")));
        sqlx::query("UPDATE object SET content = $2 WHERE hash = $1")
            .bind(name.0.to_vec())
            .bind(same_people.pieces[theirs].clone())
            .execute(&pool)
            .await
            .expect("exchanged");
    }
    let error = world.sync(&a).await.expect_err("no piece of that name");
    assert!(matches!(error, SyncError::BadAnswer(_)), "{error}");
    assert_eq!(a.roster().version, 0);
    let found_wrong = found(&world).await;
    let named = |wrong: &Wrong| wrong.fault == Fault::Roster { version: 1 };
    assert!(matches!(&found_wrong, Found::Wrong(wrong) if named(wrong)), "{found_wrong:?}");
    for (name, content) in kept {
        let back = sqlx::query("UPDATE object SET content = $2 WHERE hash = $1").bind(name).bind(content);
        back.execute(&pool).await.expect("put back");
    }
    world.sync(&a).await.expect("synchronises");
    assert_eq!(a.roster().auxiliaries.len(), 3);
    assert!(matches!(found(&world).await, Found::Whole { .. }));
}

async fn rows_are_salted_and_old_laptops_are_given_none(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    let guessed = minicbor::to_vec(Roster { auxiliaries: roster(3).auxiliaries, ..Roster::default() });
    let guessed = auxlog_record::crypto::sha256(&[&guessed.expect("encodes")]);
    let manifest = newest(&database(&world).await).await;
    assert!(manifest.form.is_some() && manifest.pieces().all(|name| *name != guessed));
    let answer = async |caps: Capabilities, nonce| {
        let mut request = empty_sync();
        request.caps = caps;
        let body = pack(&request).expect("packs");
        let asked = signed(&world, &a, "POST", "/v1/sync", body, now_ms(), nonce);
        world.connection().send(asked).await.expect("an answer")
    };
    let old: SyncResponse = answer(Capabilities::default(), 1).await.message().expect("an answer");
    assert!(old.roster.is_none(), "a laptop that cannot read it is given none");
    let whole = answer(Capabilities::OURS, 2).await;
    let whole: auxlog_sync::signed::Signed<auxlog_sync::message::SyncAnswer> = whole.message().expect("an answer");
    assert!(whole.claimed().expect("readable").response.roster.is_some());
}

async fn a_restored_server_gets_its_newest_roster_again(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, thief) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    world.admin.import_roster(&roster(6000), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let last_night = world.copy().await;
    assert_eq!(set(&world, "X00001", "departed").await, 2);
    for laptop in [&a, &thief] {
        world.sync(laptop).await.expect("synchronises");
    }
    world.freeze(&thief, "O2", 2).await;
    world.sync(&a).await.expect("synchronises");
    let (manifest, pieces) = a.kept_roster().expect("kept").expect("a roster");
    let brought = |pieces: Vec<Vec<u8>>| {
        let pieces = pieces.into_iter().map(ByteVec::from).collect();
        let body = pack(&Brought { manifest: manifest.clone(), pieces }).expect("packs");
        Question { body, ..Question::new("POST", "/v1/office/roster?agency=A01") }
    };

    world.put_back(last_night).await;
    let key = world.handle().public_key;
    // Until the log says again that it was issued, its own signature is not enough.
    let early = ask(&*a, &world.connection(), &key, &brought(Vec::new())).await.expect("an answer");
    assert_eq!(early.error.as_deref(), Some(Refusal::NotFound.name()));
    // Nor is what is no piece of it, or a piece that somebody was taken out of.
    let out = pieces.values().find_map(|piece| mask(piece, TableName::Auxiliaries, "X00001").ok().flatten());
    for wrong in [vec![1, 2, 3], out.expect("somebody is in it")] {
        let refused = ask(&*a, &world.connection(), &key, &brought(vec![wrong])).await.expect("an answer");
        assert_eq!(refused.error.as_deref(), Some(Refusal::Malformed.name()));
    }
    let healed = world.sync(&a).await.expect("heals the server");
    assert_eq!(healed.notices.as_slice(), [Notice::ServerCameBack]);
    let c = world.laptop("A01", "O3", 3).await;
    assert_eq!(world.sync(&c).await.expect("synchronises").roster, Some(2));
    assert_eq!((status(&c, "X00001"), c.roster().auxiliaries.len()), (Status::Departed, 6000));
    let history = world.admin.roster_history(&"A01".into(), Some("X00001"), 9).await.expect("history");
    assert_eq!((history[0].version, history[0].source.as_str()), (2, "离职"));
    assert_eq!(history[0].change.fields["status"].after, json!("departed"));
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert!(incidents.iter().any(|incident| incident.detail.contains("version 2 of the roster came back")));
    assert!(matches!(found(&world).await, Found::Whole { .. }));

    // Brought again nothing happens; what comes from a frozen laptop is refused.
    let again = ask(&*a, &world.connection(), &key, &brought(pieces.into_values().collect())).await.expect("an answer");
    assert_eq!(again.message::<Vec<auxlog_record::Hash>>().expect("nothing is missing"), []);
    let frozen = ask(&*thief, &world.connection(), &key, &brought(Vec::new())).await.expect("an answer");
    assert_eq!(frozen.error.as_deref(), Some(Refusal::Frozen.name()));
    assert_eq!(set(&world, "X00001", "active").await, 3, "and the numbers go on");
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, Some(3));
    assert!(matches!(found(&world).await, Found::Whole { .. }));
}

/// The number of a version that came back is not that of one that was made meanwhile, and the later one holds.
async fn what_was_issued_after_a_backup_was_put_back_counts(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let last_night = world.copy().await;
    for status in ["suspended", "departed"] {
        set(&world, "X00001", status).await;
    }
    world.sync(&a).await.expect("synchronises");
    assert_eq!((a.roster().version, status(&a, "X00001")), (3, Status::Departed));
    world.put_back(last_night).await;
    assert_eq!(set(&world, "X00002", "departed").await, 2, "nobody said yet that there was a second one");
    let healed = world.sync(&a).await.expect("heals the server");
    assert_eq!(healed.roster, Some(4), "issued anew, under a number of its own");
    assert_eq!((status(&a, "X00001"), status(&a, "X00002")), (Status::Active, Status::Departed));
    let b = world.laptop("A01", "O2", 2).await;
    assert_eq!(world.sync(&b).await.expect("synchronises").roster, Some(4));
    assert_eq!(*a.roster(), *b.roster());
    assert_eq!(set(&world, "X00001", "departed").await, 5);
    assert!(matches!(found(&world).await, Found::Whole { .. }));
}

async fn somebody_who_left_is_masked(kind: Kind) {
    let world = World::new(kind).await;
    let a: Arc<Laptop> = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(50), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let order = PersonMask {
        kind: PersonKind::Auxiliary,
        id: "X00007".into(),
        order: "个保〔2026〕1号".into(),
        authority: "局办公室".into(),
        reason: "本人请求".into(),
    };
    let agency = "A01".into();
    let early = world.admin.mask_person(&agency, &order).await.expect_err("still there");
    assert!(matches!(early, AdminError::OnRoster(_)), "{early}");
    let mut without = roster(50);
    without.auxiliaries.remove(&"X00007".into());
    world.admin.import_roster(&without, "名册2.xlsx").await.expect("imported");
    let pool = database(&world).await;
    let told = async || {
        let rows = sqlx::query("SELECT content FROM object").fetch_all(&pool).await.expect("pieces");
        let plain = rows.iter().map(|row| auxlog_sync::pack::inflate(&row.get::<Vec<u8>, _>("content"), 1 << 24));
        let name = "辅助7".as_bytes();
        plain.filter(|piece| piece.as_ref().expect("unpacks").windows(name.len()).any(|at| at == name)).count()
    };
    assert_eq!(told().await, 1);
    let done = world.admin.mask_person(&agency, &order).await.expect("masked");
    assert_eq!(done, PersonMasked { pieces: 1, changes: 2, left: 0 });
    assert_eq!(told().await, 0, "no piece says the name");
    // What 0.1.0 made is named by what it says: that stays, and is told.
    let piece = minicbor::to_vec(Roster { auxiliaries: roster(50).auxiliaries, ..Roster::default() }).expect("encodes");
    let name = auxlog_record::crypto::sha256(&[&piece]);
    let table = Table { name: TableName::Auxiliaries, rows: 50, checksum: name, pieces: vec![name] };
    let old = Manifest { version: 0, form: None, tables: vec![table], ..newest(&pool).await };
    let statement = "INSERT INTO roster_version (agency_id, version, manifest, source, at_ms, actor)
        VALUES ('A01', 0, $1, 'x', 1, 'local')";
    let row = sqlx::query(statement).bind(minicbor::to_vec(&old).expect("encodes"));
    row.execute(&pool).await.expect("written");
    let row = sqlx::query("INSERT INTO object (agency_id, hash, content) VALUES ('A01', $1, $2)").bind(name.0.to_vec());
    let packed = auxlog_sync::pack::deflate(&piece).expect("packs");
    row.bind(packed).execute(&pool).await.expect("written");
    let again = world.admin.mask_person(&agency, &order).await.expect("masked");
    assert_eq!(again, PersonMasked { pieces: 0, changes: 2, left: 1 });
    assert_eq!(told().await, 1);
    let history = world.admin.roster_history(&agency, Some("X00007"), 9).await.expect("history");
    assert!(history.len() == 2 && history.iter().all(|row| row.change.fields.is_empty()));
    // Beside the looks.
    let mut audit = world.admin.log(100).await.expect("the audit log").into_iter().map(|(_, entry)| entry);
    let audit = audit.find(|entry| entry.act == "roster_mask").expect("noted");
    assert_eq!(audit.subject, "X00007");
    assert!(audit.detail.contains("1号") && audit.detail.contains("办公室") && audit.detail.contains("请求"));
    assert!(matches!(found(&world).await, Found::Whole { .. }), "each version still is the one that was signed");
    // Once on the roster again, the same rows are whole for the laptops.
    world.admin.import_roster(&roster(50), "名册3.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    assert_eq!((a.roster().version, a.roster().auxiliaries.len()), (3, 50));
    let b = world.laptop("A01", "O2", 2).await;
    world.sync(&b).await.expect("synchronises");
    assert_eq!(b.roster().auxiliaries[&"X00007".into()].name, "辅助7");
}

/// A masked row leaves its piece the same name: whoever has the database, or passes the piece on, could so
/// take somebody off the roster in force.
async fn nobody_is_taken_out_of_the_newest_roster(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    let pool = database(&world).await;
    let name = newest(&pool).await.tables[2].pieces[0].0.to_vec();
    let row = sqlx::query("SELECT content FROM object WHERE hash = $1").bind(name.clone());
    let whole: Vec<u8> = row.fetch_one(&pool).await.expect("a piece").get("content");
    let without = mask(&whole, TableName::Auxiliaries, "X00001").expect("a piece").expect("somebody is in it");
    let put = async |content: Vec<u8>| {
        let query = sqlx::query("UPDATE object SET content = $2 WHERE hash = $1").bind(name.clone()).bind(content);
        query.execute(&pool).await.expect("written");
    };
    put(without).await;
    let error = world.sync(&a).await.expect_err("somebody is missing");
    assert!(matches!(error, SyncError::BadAnswer(_)), "{error}");
    assert_eq!(a.roster().version, 0);
    let found_wrong = found(&world).await;
    let named = |wrong: &Wrong| wrong.fault == Fault::Roster { version: 1 };
    assert!(matches!(&found_wrong, Found::Wrong(wrong) if named(wrong)), "{found_wrong:?}");
    put(whole).await;
    world.sync(&a).await.expect("synchronises");
    assert_eq!(a.roster().auxiliaries.len(), 3);
    assert!(matches!(found(&world).await, Found::Whole { .. }));
}
