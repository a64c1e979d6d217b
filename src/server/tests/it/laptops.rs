//! Real ledgers on disk, enrolled with a real server: what the officer does.

use std::path::Path;
use std::sync::Arc;

use auxlog_record::Task;
use auxlog_server::admin::Admin;
use auxlog_store::{InitOptions, Ledger, OpenOptions, TaskQuery};
use auxlog_store::{JoinError, fetch_missing, join, newest_receipt, server_of};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::message::{RefusedFor, Standing};
use auxlog_sync::{Command, Outcome, SyncError, Update, offer, sync_once};
use tokio::sync::mpsc;

use crate::support::{Kind, World};

pub(crate) fn cheap() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

pub(crate) fn who(officer: &str) -> InitOptions {
    InitOptions { officer: officer.into(), agency: "A01".into(), ..InitOptions::default() }
}

async fn enrolled(world: &World, dir: &Path, officer: &str, approve: bool) -> (Arc<Ledger>, String) {
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", cheap()).expect("made"));
    let code = enrol(world, &ledger, Role::Officer, approve).await;
    (ledger, code)
}

/// Enrols an open ledger in a role; gives the code.
pub(crate) async fn enrol(world: &World, ledger: &Arc<Ledger>, role: Role, approve: bool) -> String {
    let officer = &ledger.identity().officer;
    let code = world.admin.code(&"A01".into(), officer, role, approve).await.expect("a code");
    let connection = world.connection();
    let offered = offer(&connection, &code).await.expect("an offer");
    join(ledger, &connection, Some(&offered), None, &code, "laptop").await.expect("joined");
    code
}

pub(crate) async fn sync(ledger: &Arc<Ledger>) -> Result<Outcome, SyncError> {
    let (connection, key) = server_of(ledger).expect("enrolled");
    let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as Arc<dyn LocalLedger>;
    sync_once(&local, &connection, key, |_| {}).await.map_err(|(error, _)| error)
}

pub(crate) fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        text: Some("协助执法队员清点占道物品".into()),
        items: vec!["16.3:inventory".into()],
        ..Task::default()
    }
}

pub(crate) fn log(ledger: &Ledger, ids: &[&str]) {
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
    // And a note of what it was shown.
    assert_eq!((outcome.sent, outcome.acked, outcome.covered), (3, 3, true));
    assert!(outcome.noted.is_empty(), "laptop and server judge alike: {:?}", outcome.noted);
    assert_eq!((a.counts().received_by_server, a.counts().pending), (3 + 1, 0));
    let receipt = newest_receipt(&a).expect("readable").expect("kept");
    assert_eq!((receipt.acked, receipt.checkpoint.size), (3 + 1, 4 + 3 + 1));

    // The office's four records come down, too: the log's rules, and two keys.
    assert_eq!(sync(&b).await.expect("synchronises").received, 4 + 3);
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
async fn a_roster_is_kept_with_its_pieces() {
    let world = World::new(Kind::Sqlite).await;
    let dir = tempfile::tempdir().expect("dir");
    let (ledger, _) = enrolled(&world, dir.path(), "O1", true).await;
    let set = async |name: &str| {
        let edits = serde_json::json!([{ "kind": "auxiliary", "id": "X1", "set": { "name": name } },
            { "kind": "officer", "id": "O1", "set": { "name": "李强" } }]);
        let edit = serde_json::json!({ "reason": "x", "edits": edits });
        world.admin.edit_roster(&"A01".into(), &serde_json::from_value(edit).expect("an edit")).await.expect("edited")
    };
    set("孙伟").await;
    assert_eq!(sync(&ledger).await.expect("synchronises").roster, Some(1));
    assert_eq!(sync(&ledger).await.expect("synchronises").roster, None);
    drop(ledger);
    let ledger = Arc::new(Ledger::open(dir.path(), None, "passphrase", cheap()).expect("opens"));
    set("孙玮").await;
    let next = sync(&ledger).await.expect("synchronises");
    assert_eq!((next.roster, next.requests), (Some(2), 2), "of two pieces the one that changed");
    assert_eq!(ledger.roster().auxiliaries[&"X1".into()].name, "孙玮");
    // As an older version left it: the roster, and nothing of its pieces.
    ledger.put_note("sync.roster_kept", Vec::new()).expect("kept");
    assert_eq!(sync(&ledger).await.expect("synchronises").roster, Some(2), "fetched once more");
    assert_eq!(sync(&ledger).await.expect("synchronises").roster, None);
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
    let waiting = join(&ledger, &world.connection(), None, None, &code, "laptop").await.expect("the same once more");
    assert_eq!(waiting.standing, Standing::Pending);
    admin
        .approve(&ledger.public_key().writer().to_string()[..8], &waiting.digits)
        .await
        .expect("approved by the beginning of its number, and the digits that the laptop shows");
    let again = join(&ledger, &world.connection(), None, None, &code, "laptop").await.expect("the same once more");
    assert_eq!(again.digits, waiting.digits);
    assert_eq!(again.standing, Standing::Active);
    assert!(ledger.enrolment().expect("kept").approved);
    assert!(sync(&ledger).await.expect("let in").covered);

    let other = admin.code(&"A02".into(), &"O9".into(), Role::Officer, true).await.expect("a code");
    let offered = offer(&world.connection(), &other).await.expect("an offer");
    let refused =
        join(&ledger, &world.connection(), Some(&offered), None, &other, "laptop").await.expect_err("another's");
    assert!(matches!(refused, JoinError::OtherOfficer { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_before_joining_is_marked_on_every_laptop() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let a = Arc::new(Ledger::init(here.path(), &who("O1"), "passphrase", cheap()).expect("made"));
    log(&a, &["t-1", "t-2"]);
    let code = enrol(&world, &a, Role::Officer, true).await;
    log(&a, &["t-3"]);
    join(&a, &world.connection(), None, None, &code, "laptop").await.expect("asked again, which changes nothing");
    sync(&a).await.expect("synchronises");
    let (b, _) = enrolled(&world, there.path(), "O2", true).await;
    log(&b, &["t-4"]);
    for ledger in [&b, &a, &b] {
        sync(ledger).await.expect("synchronises");
    }
    for ledger in [&a, &b] {
        for (id, before) in [("t-1", true), ("t-2", true), ("t-3", false), ("t-4", false)] {
            let task = ledger.task(ledger.find(id).expect("read").expect("there")).expect("there");
            assert!(task.history.iter().all(|entry| entry.before_joining == before), "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_officer_on_the_same_laptop_waits_for_his_own_enrolment() {
    let world = World::new(Kind::Sqlite).await;
    let dir = tempfile::tempdir().expect("dir");
    let (ledger, _) = enrolled(&world, dir.path(), "O1", true).await;
    ledger.add_officer(&who("O2"), "another passphrase").expect("added");
    let outcome = sync(&ledger).await.expect("the first officer's records go");
    assert_eq!((outcome.sent, outcome.covered), (1, false));
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
    // The officer goes on at once; at the next unlocking under a key that no copy has.
    log(&ledger, &["t-4"]);
    assert_eq!(sync(&ledger).await.expect("and goes on").sent, 1);
    let retired = ledger.identity().writer;
    drop(ledger);
    let thief = Arc::new(Ledger::open(&dir, None, "passphrase", cheap()).expect("whoever has the copy"));
    let ledger = Arc::new(Ledger::open(&copy.path().join("data"), None, "passphrase", cheap()).expect("opens"));
    let renewed = ledger.identity().writer;
    assert_ne!(renewed, retired);
    log(&ledger, &["t-5"]);
    let outcome = sync(&ledger).await.expect("the server learns of the new key");
    assert!(outcome.covered && outcome.standing == Standing::Active, "{outcome:?}");
    assert_eq!(sync(&ledger).await.expect("synchronises").requests, 1, "told once");
    assert_eq!(ledger.counts().tasks, 5);
    assert_eq!(ledger.enrolment().expect("kept").device, renewed.to_string());
    assert!(matches!(ledger.verify(&|_, _| {}).expect("verifies"), auxlog_store::Whole::Yes { .. }));
    let devices = world.admin.devices().await.expect("devices");
    let standing = |writer| devices.iter().find(|device| device.writer == writer).expect("known").standing;
    assert_eq!((standing(retired), standing(renewed)), (Standing::Revoked, Standing::Active));
    let acts = world.admin.log(10).await.expect("the audit log");
    assert!(acts.iter().any(|(_, entry)| entry.act == "device_succeeded"));
    // What the copy signs is held, and it is given nothing.
    log(&thief, &["t-6"]);
    let held = sync(&thief).await.map(|outcome| outcome.standing);
    assert!(!matches!(held, Ok(Standing::Active)), "{held:?}");
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
    let local: Arc<dyn LocalLedger> = Arc::clone(&ledger) as Arc<dyn LocalLedger>;
    let running = tokio::spawn(auxlog_sync::run(local, connection, key, orders, sender));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_attached_on_one_laptop_is_looked_at_on_another() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let (a, _) = enrolled(&world, here.path(), "O1", true).await;
    let (b, _) = enrolled(&world, there.path(), "O2", true).await;
    let photo: Vec<u8> = (0..200_000_u32).map(|byte| byte.to_le_bytes()[1]).collect();
    let staged = a.stage_bytes("现场.jpg", &photo).expect("kept");
    a.log_attaching(&task("t-1"), &[(staged.clone(), None)]).expect("logged");
    let outcome = sync(&a).await.expect("synchronises");
    assert_eq!((outcome.covered, outcome.attachments), (true, 1));
    assert_eq!(sync(&a).await.expect("synchronises").requests, 1, "sent once");

    sync(&b).await.expect("synchronises");
    assert!(b.attachment(&staged.hash).expect("asked").is_none(), "its record only, until someone wants it");
    let (connection, key) = server_of(&b).expect("enrolled");
    assert_eq!(fetch_missing(&b, &connection, &key).await.expect("fetched"), (1, 0));
    let mut content = b.attachment(&staged.hash).expect("asked").expect("here");
    assert_eq!(content.read_at(0, photo.len()).expect("read"), photo);
    assert!(matches!(b.verify(&|_, _| {}).expect("verifies"), auxlog_store::Whole::Yes { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_made_at_one_desk_stands_on_the_officers_own_day_judged() {
    let world = World::new(Kind::Sqlite).await;
    let (office, field) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let (supervisor, _) = enrolled(&world, office.path(), "O9", true).await;
    let (officer, _) = enrolled(&world, field.path(), "O1", true).await;
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-23T09:30:00+08:00").ok().map(auxlog_record::Moment);
    let officers = |ids: &[&str]| {
        let stated = |id: &&str| auxlog_record::StatedOfficer { id: (*id).into(), ..Default::default() };
        Some(ids.iter().map(stated).collect())
    };
    let plan = Task {
        at,
        mode: auxlog_law::Mode::Assisted,
        presence: auxlog_law::Presence::OnScene,
        officers: officers(&["O1", "O2"]),
        ..task("p-1")
    };
    let alone = Task { mode: auxlog_law::Mode::Independent, officers: None, ..plan.clone() };
    let judged = supervisor.judge(&alone).judged.verdict.verdict;
    assert_eq!(judged, auxlog_law::Severity::Improper, "judged before anyone is sent");
    assert!(supervisor.plan(&alone, None).is_err(), "and not sent without a reason");
    supervisor.plan(&plan, None).expect("planned");
    let up = sync(&supervisor).await.expect("synchronises");
    assert!(up.noted.is_empty(), "the server judges it alike: {:?}", up.noted);

    sync(&officer).await.expect("synchronises");
    let date = auxlog_record::Date(chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date"));
    let planned = officer.today(date).expect("the day").planned;
    assert_eq!(planned.len(), 1);
    assert_eq!((planned[0].task.id.as_str(), planned[0].done), ("p-1", false));
    assert_eq!(planned[0].judged.verdict.verdict, supervisor.judge(&plan).judged.verdict.verdict);

    officer.log(&[plan]).pop().expect("an answer").expect("carried out under the plan's reference");
    sync(&officer).await.expect("synchronises");
    sync(&supervisor).await.expect("synchronises");
    assert!(supervisor.today(date).expect("the day").planned[0].done, "whoever planned it sees that");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_everyone_took_part_that_is_said_until_another_is_let_in() {
    let world = World::new(Kind::Sqlite).await;
    let (here, there) = (tempfile::tempdir().expect("dir"), tempfile::tempdir().expect("dir"));
    let (ledger, _) = enrolled(&world, here.path(), "O1", true).await;
    log(&ledger, &["t-1"]);
    sync(&ledger).await.expect("synchronises");
    let id = ledger.find("t-1").expect("read").expect("there");
    let opened = ledger.task(id).expect("there");
    assert!(opened.nobody_left && opened.row.barred && opened.standing.own);
    let (other, _) = enrolled(&world, there.path(), "O2", true).await;
    sync(&other).await.expect("synchronises");
    sync(&ledger).await.expect("synchronises");
    let opened = ledger.task(id).expect("there");
    assert!(!opened.nobody_left && opened.row.barred);
    let theirs = other.task(id).expect("pulled");
    assert!(!theirs.nobody_left && !theirs.row.barred);
}
