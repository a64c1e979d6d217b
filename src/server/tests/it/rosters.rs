//! Rosters: imports, edits with their history, what a laptop fetches of a new version.

use std::sync::Arc;

use auxlog_law::Rulebook;
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{Agency, Auxiliary, Disposition, Event, Officer, Roster, StatedAuxiliary, Task, TaskLogged};
use auxlog_server::admin::AdminError;
use auxlog_server::roster::{PersonEdit, PersonKind, RosterEdit};
use auxlog_sync::enrol::Role;
use auxlog_sync::roster::digest;
use auxlog_sync::{Question, Refusal, ask};
use serde_json::{Value, json};

use crate::support::{Kind, World, task};

contracts![
    an_edit_is_a_new_version_with_its_history,
    a_change_among_many_costs_one_piece,
    a_copy_that_drifted_is_mended,
    another_agencys_roster_is_not_read_without_a_trace,
    records_judged_on_many_versions_come_a_few_at_a_time,
];

fn roster(people: u32) -> Roster {
    let mut roster = Roster::default();
    let agency = Agency { id: "A01".into(), name: "海安市城市管理局".into() };
    roster.agencies.insert(agency.id.clone(), agency);
    let officer = Officer { id: "O1".into(), name: "李强".into(), agency: "A01".into(), ..Officer::default() };
    roster.officers.insert(officer.id.clone(), officer);
    for number in 0..people {
        let id = format!("X{number:05}");
        let name = format!("辅助{number}");
        let person = Auxiliary { id: id.as_str().into(), name, agency: "A01".into(), ..Auxiliary::default() };
        roster.auxiliaries.insert(person.id.clone(), person);
    }
    roster
}

fn edit(kind: PersonKind, id: &str, set: &Value) -> RosterEdit {
    let set = set.as_object().cloned().expect("an object");
    RosterEdit { reason: "年度考核".into(), based_on: None, edits: vec![PersonEdit { kind, id: id.into(), set }] }
}

async fn an_edit_is_a_new_version_with_its_history(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, Some(1));
    let suspend = edit(PersonKind::Auxiliary, "X00001", &json!({ "status": "suspended" }));
    assert_eq!(world.admin.edit_roster(&"A01".into(), &suspend).await.expect("edited"), 2);
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, Some(2));
    assert_eq!(a.roster().auxiliaries[&"X00001".into()].status, auxlog_law::Status::Suspended);

    // From an administrator's own laptop, and nobody else's.
    let boss = world.laptop_as("A01", "O8", 8, Role::Admin).await;
    let body = |based_on: u64| {
        let edits = json!([{ "kind": "officer", "id": "O7", "set": { "name": "王芳" } }]);
        json!({ "reason": "新调入", "based_on": based_on, "edits": edits }).to_string().into_bytes()
    };
    let question = |based_on| Question { body: body(based_on), ..Question::new("POST", "/v1/roster/edits?agency=A01") };
    let key = world.handle().public_key;
    let refused = ask(&*a, &world.connection(), &key, &question(2)).await.expect("an answer");
    assert_eq!(refused.error.as_deref(), Some("forbidden"));
    let stale = ask(&*boss, &world.connection(), &key, &question(1)).await.expect("an answer");
    assert_eq!(stale.error.as_deref(), Some(Refusal::Conflict.name()));
    let done = ask(&*boss, &world.connection(), &key, &question(2)).await.expect("an answer");
    assert_eq!(done.body, br#"{"version":3}"#);
    let nonsense = Question {
        body: br#"{"reason":"x","edits":[{"kind":"officer","id":"O7","set":{"nme":"x"}}]}"#.to_vec(),
        ..Question::new("POST", "/v1/roster/edits?agency=A01")
    };
    let nonsense = ask(&*boss, &world.connection(), &key, &nonsense).await.expect("an answer");
    assert_eq!(nonsense.error.as_deref(), Some("malformed"));
    assert!(String::from_utf8_lossy(&nonsense.body).contains("nme"), "and it says which field");

    let history = world.admin.roster_history(&"A01".into(), None, 100).await.expect("history");
    assert_eq!(history.iter().map(|row| row.version).collect::<Vec<_>>(), [3, 2, 1, 1, 1, 1], "everyone, once added");
    assert_eq!((history[0].actor.as_str(), history[0].source.as_str()), (boss.writer().to_string().as_str(), "新调入"));
    let one = world.admin.roster_history(&"A01".into(), Some("X00001"), 100).await.expect("history");
    assert_eq!(one.len(), 2);
    let status = &one[0].change.fields["status"];
    assert_eq!((&status.before, &status.after), (&json!("active"), &json!("suspended")));
    assert_eq!((one[1].version, one[1].source.as_str()), (1, "名册.xlsx"));

    let wrong = edit(PersonKind::Auxiliary, "X00001", &json!({ "status": "gone" }));
    let error = world.admin.edit_roster(&"A01".into(), &wrong).await.expect_err("refused");
    assert!(matches!(error, AdminError::Edit(_)), "{error}");
    let acts: Vec<String> =
        world.admin.log(100).await.expect("the audit log").into_iter().map(|(_, entry)| entry.act).collect();
    assert_eq!(acts.iter().filter(|act| *act == "roster_edit").count(), 2);
    assert_eq!(acts.iter().filter(|act| *act == "roster_import").count(), 1);
}

async fn a_change_among_many_costs_one_piece(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(8000), "名册.xlsx").await.expect("imported");
    let first = world.sync(&a).await.expect("synchronises");
    assert_eq!(first.roster, Some(1));
    assert!(first.requests > 4, "{} requests: the roster has several pieces", first.requests);
    let change = edit(PersonKind::Auxiliary, "X04000", &json!({ "unit": "二中队" }));
    world.admin.edit_roster(&"A01".into(), &change).await.expect("edited");
    let next = world.sync(&a).await.expect("synchronises");
    assert_eq!((next.roster, next.requests), (Some(2), 2), "one synchronisation and one piece");
    assert!(next.bytes_down * 3 < first.bytes_down, "{} of {} bytes", next.bytes_down, first.bytes_down);
    assert_eq!(a.roster().auxiliaries[&"X04000".into()].unit.as_deref(), Some("二中队"));
    assert_eq!(a.roster().auxiliaries.len(), 8000);
}

async fn a_copy_that_drifted_is_mended(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.admin.import_roster(&roster(50), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let good = digest(&a.roster());
    {
        let mut disk = a.disk();
        let mut drifted = (*disk.roster).clone();
        drifted.auxiliaries.remove(&"X00007".into());
        disk.roster = Arc::new(drifted);
    }
    assert_ne!(digest(&a.roster()), good);
    let mended = world.sync(&a).await.expect("synchronises");
    assert_eq!((mended.roster, digest(&a.roster())), (Some(1), good), "the same version once more");
    assert_eq!(world.sync(&a).await.expect("synchronises").roster, None);
}

async fn another_agencys_roster_is_not_read_without_a_trace(kind: Kind) {
    let world = World::new(kind).await;
    world.admin.import_roster(&roster(3), "名册.xlsx").await.expect("imported");
    let key = world.handle().public_key;
    let ours = world.laptop("A01", "O1", 1).await;
    let theirs = world.laptop_as("A02", "O9", 9, Role::Legal).await;
    let snapshot = Question::new("GET", "/v1/snapshot?agency=A01");
    let read = async |by: &str| {
        let audit = world.admin.log(100).await.expect("the audit log");
        audit.iter().filter(|(of, entry)| of.0 == "A01" && entry.act == "read_roster" && entry.actor == by).count()
    };
    assert_eq!(ask(&*ours, &world.connection(), &key, &snapshot).await.expect("an answer").status, 200);
    assert_eq!(read(&ours.writer().to_string()).await, 0, "one's own is on every laptop");
    let piece = format!("/v1/objects/{}?agency=A01", auxlog_record::crypto::sha256(&[b"no such piece"]));
    let asked = ask(&*theirs, &world.connection(), &key, &Question::new("GET", piece.as_str())).await;
    assert_eq!(asked.expect("an answer").error.as_deref(), Some("not_found"));
    assert_eq!(read(&theirs.writer().to_string()).await, 1, "also a piece alone");
    assert_eq!(ask(&*theirs, &world.connection(), &key, &snapshot).await.expect("an answer").status, 200);
    assert_eq!(read(&theirs.writer().to_string()).await, 2, "every read");
}

async fn records_judged_on_many_versions_come_a_few_at_a_time(kind: Kind) {
    const VERSIONS: u64 = 20;
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let mut first = roster(2);
    first.auxiliaries.get_mut(&"X00000".into()).expect("there").status = auxlog_law::Status::Suspended;
    world.admin.import_roster(&first, "名册.xlsx").await.expect("imported");
    for version in 2..=VERSIONS {
        let unit = edit(PersonKind::Auxiliary, "X00001", &json!({ "unit": format!("{version}中队") }));
        world.admin.edit_roster(&"A01".into(), &unit).await.expect("edited");
    }
    let back = edit(PersonKind::Auxiliary, "X00000", &json!({ "status": "active" }));
    world.admin.edit_roster(&"A01".into(), &back).await.expect("edited");

    let logged = task("t", "协助执法队员清点占道物品");
    let (task, _) = logged.judged().expect("a task");
    let rulebook = Rulebook::embedded();
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    for version in 1..=VERSIONS {
        let auxiliaries = vec![StatedAuxiliary { id: "X00000".into(), ..StatedAuxiliary::default() }];
        let task = Task { id: format!("t-{version}"), auxiliaries, ..task.clone() };
        let Judging { reduced, verdict, .. } = judge(rulebook, &task, &first, &defaults);
        let judged = reduced.judged(verdict, version, 0);
        a.record(&Event::TaskLogged(TaskLogged { task, judged, plan: None }));
    }
    let outcome = world.sync(&a).await.expect("synchronises");
    assert!(outcome.covered && outcome.sent == VERSIONS + 1, "{outcome:?}");
    let stale = outcome.noted.iter().filter(|noted| noted.disposition == Disposition::Stale).count() as u64;
    assert_eq!(stale, VERSIONS, "each explained by its own: {:?}", outcome.noted);
}
