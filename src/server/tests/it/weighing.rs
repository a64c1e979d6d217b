//! Verdicts that were given on a roster which the server has not got whole any more.

use std::sync::Arc;

use auxlog_law::Rulebook;
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{
    Agency, Auxiliary, Certificate, Date, Disposition, Event, Judged, Record, Roster, StatedAuxiliary, Task, TaskLogged,
};
use auxlog_server::roster::{PersonKind, RosterEdit};
use auxlog_server::store::PersonMask;
use auxlog_sync::Notice;
use auxlog_sync::enrol::{ConfirmRequest, Role, normal_code};
use auxlog_sync::http::Request;
use auxlog_sync::pack::pack;
use serde_json::json;

use crate::support::{Kind, Laptop, World, task};

contracts![
    nobody_is_accused_because_the_server_came_back,
    nobody_is_accused_because_somebody_was_masked,
    whoever_leaves_out_what_they_entered_is_found_and_who_may_not_have_it_is_not,
    nobody_is_accused_for_reading_dates_as_the_first_release_did,
    what_the_newest_roster_cannot_tell_stands_in_the_one_that_was_used,
];

fn roster(people: &[&str]) -> Roster {
    let mut roster = Roster::default();
    let agency = Agency { id: "A01".into(), name: "海安市城市管理局".into() };
    roster.agencies.insert(agency.id.clone(), agency);
    for id in people {
        let person = Auxiliary { id: (*id).into(), agency: "A01".into(), ..Auxiliary::default() };
        roster.auxiliaries.insert(person.id.clone(), person);
    }
    roster
}

async fn set(world: &World, id: &str, status: &str) {
    let edit = json!({ "reason": "test", "edits": [{ "kind": "auxiliary", "id": id, "set": { "status": status } }] });
    let edit: RosterEdit = serde_json::from_value(edit).expect("an edit");
    world.admin.edit_roster(&"A01".into(), &edit).await.expect("edited");
}

/// Logs a task with an auxiliary, judged by the roster that is held; `lie` keeps the verdict and says that
/// it was given on other facts.
pub(crate) fn log(laptop: &Laptop, number: &str, with: &str, lie: bool) -> Record {
    let Event::TaskLogged(TaskLogged { mut task, .. }) = task(number, "协助执法队员清点占道物品") else {
        unreachable!("a task")
    };
    task.auxiliaries = vec![StatedAuxiliary { id: with.into(), ..StatedAuxiliary::default() }];
    log_by(Rulebook::embedded(), laptop, task, lie)
}

fn log_by(rulebook: &Rulebook, laptop: &Laptop, task: Task, lie: bool) -> Record {
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    let Judging { reduced, verdict, .. } = judge(rulebook, &task, &laptop.roster(), &defaults);
    let mut judged = reduced.judged(verdict, laptop.roster().version, 0);
    if lie {
        judged.given.as_mut().expect("facts").people.clear();
    }
    laptop.record(&Event::TaskLogged(TaskLogged { task, judged, plan: None }))
}

/// As 0.1.0 did, which kept the verdict alone.
fn log_without_facts(rulebook: &Rulebook, laptop: &Laptop, task: Task) -> Record {
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    let Judging { reduced, verdict, .. } = judge(rulebook, &task, &laptop.roster(), &defaults);
    let judged = Judged { given: None, ..reduced.judged(verdict, laptop.roster().version, 0) };
    laptop.record(&Event::TaskLogged(TaskLogged { task, judged, plan: None }))
}

/// What the log says of a record, as another laptop reads it.
fn said_of(reader: &Laptop, record: &Record) -> Disposition {
    let all = reader.of_officers();
    let found = all.iter().find(|pulled| pulled.record.id() == record.id()).expect("pulled");
    found.word.disposition
}

async fn accused(world: &World) -> usize {
    let incidents = world.admin.incidents(&"A01".into(), 100).await.expect("listed");
    incidents.iter().filter(|incident| incident.kind == "verdict_differs").count()
}

/// The roster in force comes back before any record that was judged on it, and of one that is lost the log
/// says that it was issued.
async fn nobody_is_accused_because_the_server_came_back(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, quiet) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    world.admin.import_roster(&roster(&["X1", "X2"]), "名册.xlsx").await.expect("imported");
    for laptop in [&a, &quiet] {
        world.sync(laptop).await.expect("synchronises");
    }
    let last_night = world.copy().await;
    set(&world, "X1", "suspended").await;
    world.sync(&a).await.expect("synchronises");
    let on_second = log(&a, "a-2", "X1", false);
    set(&world, "X2", "suspended").await;
    set(&world, "X1", "active").await;
    world.sync(&a).await.expect("synchronises");
    // What no copy of the database ever had comes in the first request after it was put back.
    world.sync(&quiet).await.expect("synchronises");
    assert_eq!((a.roster().version, quiet.roster().version), (4, 4));
    let on_newest = log(&quiet, "quiet-4", "X2", false);
    let lie = log(&quiet, "quiet-5", "X2", true);
    world.put_back(last_night).await;
    for laptop in [&quiet, &a] {
        let healed = world.sync(laptop).await.expect("heals the server");
        assert_eq!(healed.notices.as_slice(), [Notice::ServerCameBack]);
    }
    let reader = world.laptop("A01", "O3", 3).await;
    assert_eq!(world.sync(&reader).await.expect("synchronises").roster, Some(4));
    assert_eq!(said_of(&reader, &on_second), Disposition::Stale, "its roster is lost");
    assert_eq!(said_of(&reader, &on_newest), Disposition::Logged, "its roster came first");
    assert_eq!(accused(&world).await, 1, "nobody by the server's coming back");
    // Facts that do not give the verdict explain nothing, and are a lie also where it is right.
    assert_eq!(said_of(&reader, &lie), Disposition::VerdictDiffers);
    let other = log(&a, "a-3", "X2", false);
    assert_eq!(a.roster().version, 4);
    set(&world, "X2", "active").await;
    let lie = log(&a, "a-4", "X2", true);
    world.sync(&a).await.expect("synchronises");
    world.sync(&reader).await.expect("synchronises");
    assert_eq!(said_of(&reader, &other), Disposition::Stale);
    assert_eq!((said_of(&reader, &lie), accused(&world).await), (Disposition::VerdictDiffers, 2));
}

/// A record about somebody whose row is gone comes late.
async fn nobody_is_accused_because_somebody_was_masked(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, reader) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    world.admin.import_roster(&roster(&["X1", "X2"]), "名册.xlsx").await.expect("imported");
    set(&world, "X1", "suspended").await;
    world.sync(&a).await.expect("synchronises");
    let (late, lie) = (log(&a, "a-2", "X1", false), log(&a, "a-3", "X1", true));
    world.admin.import_roster(&roster(&["X2"]), "名册2.xlsx").await.expect("imported");
    let order = PersonMask {
        kind: PersonKind::Auxiliary,
        id: "X1".into(),
        order: "个保〔2026〕1号".into(),
        authority: "局办公室".into(),
        reason: "本人请求".into(),
    };
    world.admin.mask_person(&"A01".into(), &order).await.expect("masked");
    world.restart().await;
    world.sync(&a).await.expect("synchronises");
    world.sync(&reader).await.expect("synchronises");
    assert_eq!(said_of(&reader, &late), Disposition::Stale);
    assert_eq!((said_of(&reader, &lie), accused(&world).await), (Disposition::VerdictDiffers, 1));
}

/// A laptop of the first release took training passed since for training held, and sends its record late.
async fn nobody_is_accused_for_reading_dates_as_the_first_release_did(kind: Kind) {
    let world = World::new(kind).await;
    let (a, reader) = (Arc::new(Laptop::new("A01", "O1", 1)), world.laptop("A01", "O2", 2).await);
    enrol_as_the_first_release(&world, &a).await;
    let updated = world.laptop("A01", "O3", 3).await;
    let mut people = roster(&["X1"]);
    let trained = people.auxiliaries.get_mut(&"X1".into()).expect("there");
    trained.certificate = Some(Certificate::default());
    trained.trained_on = Some(Date("2026-11-30".parse().expect("a date")));
    world.admin.import_roster(&people, "名册.xlsx").await.expect("imported");
    for laptop in [&a, &updated] {
        world.sync(laptop).await.expect("synchronises");
    }
    let first = Rulebook::released().first().expect("one");
    let of_x1 = |number| {
        let Event::TaskLogged(TaskLogged { mut task, .. }) = task(number, "协助执法队员清点占道物品")
        else {
            unreachable!("a task")
        };
        task.auxiliaries = vec![StatedAuxiliary { id: "X1".into(), ..StatedAuxiliary::default() }];
        task
    };
    let old = log_without_facts(first, &a, of_x1("a-1"));
    let new = log_by(Rulebook::embedded(), &a, of_x1("a-2"), false);
    // A program that states facts, or has nonces to enrol with, knows the newer rulebook.
    let stated = log_by(first, &a, of_x1("a-3"), false);
    let lie = log_by(first, &a, of_x1("a-4"), true);
    let hidden = log_without_facts(first, &updated, of_x1("c-1"));
    for laptop in [&a, &updated, &reader] {
        world.sync(laptop).await.expect("synchronises");
    }
    let said = [&old, &new, &stated, &lie, &hidden].map(|record| said_of(&reader, record));
    let differs = Disposition::VerdictDiffers;
    assert_eq!(said, [Disposition::Stale, Disposition::Logged, differs, differs, differs]);
    assert_eq!(accused(&world).await, 2, "by what came together");
}

/// Enrols a laptop whose program has no nonces.
async fn enrol_as_the_first_release(world: &World, laptop: &Laptop) {
    let code = world.admin.code(&"A01".into(), &"O1".into(), Role::Officer, true).await.expect("a code");
    let code = normal_code(&code).expect("a code");
    let new = ConfirmRequest::new(&laptop.key, &code, &world.handle().public_key, "laptop", None);
    let body = pack(&ConfirmRequest { commitment: None, ..new }).expect("packs");
    let request = Request { method: "POST", target: "/v1/enroll/confirm".into(), auth: None, body };
    assert_eq!(world.connection().send(request).await.expect("an answer").error, None);
}

/// A certificate is renewed between the task and the record's coming.
async fn what_the_newest_roster_cannot_tell_stands_in_the_one_that_was_used(kind: Kind) {
    let world = World::new(kind).await;
    let (a, reader) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let held = |from: Option<&str>| {
        let mut people = roster(&["X1"]);
        let from = from.map(|from| Date(from.parse().expect("a date")));
        let person = people.auxiliaries.get_mut(&"X1".into()).expect("there");
        person.certificate = Some(Certificate { from, ..Certificate::default() });
        people
    };
    world.admin.import_roster(&held(None), "名册.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let before = log(&a, "a-1", "X1", false);
    world.admin.import_roster(&held(Some("2026-11-30")), "名册2.xlsx").await.expect("imported");
    world.sync(&a).await.expect("synchronises");
    let after = log(&a, "a-2", "X1", false);
    world.sync(&a).await.expect("synchronises");
    world.sync(&reader).await.expect("synchronises");
    let said = [&before, &after].map(|record| said_of(&reader, record));
    assert_eq!(said, [Disposition::Logged; 2], "as it was known, and asked about");
    assert_eq!(accused(&world).await, 0);
}

/// A certificate is suspended by an administrator who then logs as if it were not; an officer whom that has not reached does
/// the same in good faith.
async fn whoever_leaves_out_what_they_entered_is_found_and_who_may_not_have_it_is_not(kind: Kind) {
    let world = World::new(kind).await;
    let boss = world.laptop_as("A01", "O1", 1, Role::Admin).await;
    let (officer, reader) = (world.laptop("A01", "O2", 2).await, world.laptop("A01", "O3", 3).await);
    let mut people = roster(&["X1"]);
    let person = people.auxiliaries.get_mut(&"X1".into()).expect("there");
    person.certificate = Some(Certificate::default());
    person.training = auxlog_law::Outcome::Passed;
    world.admin.import_roster(&people, "名册.xlsx").await.expect("imported");
    for laptop in [&boss, &officer] {
        world.sync(laptop).await.expect("synchronises");
    }
    let before = log(&boss, "c-1", "X1", false);
    let certificates = auxlog_registers::named("certificate").expect("a register");
    let data = [("person", "X1"), ("no", "FZ-1"), ("agency", "A01"), ("from", "2026-01-01"), ("issuer", "局")];
    let field = |(key, said): (&str, &str)| {
        (certificates.field(key).expect("a field").n, auxlog_record::Datum::Text(said.to_owned()))
    };
    let (register, schema) = (certificates.number, certificates.schema);
    let (data, reason, origin, salt) = (data.map(field).into(), None, None, [7; 16]);
    let made =
        boss.record(&Event::EntryMade(auxlog_record::EntryMade { register, schema, data, reason, origin, salt }));
    let suspended = |by: &Laptop, seen: &Record| {
        by.record(&Event::EntryStepped(auxlog_record::EntryStepped {
            target: made.id(),
            based_on: vec![seen.hash()],
            step: certificates.step("suspend").expect("a step").n,
            data: [(1, auxlog_record::Datum::Text("2026-01-02".to_owned()))].into(),
            reason: Some("待审".to_owned()),
            salt: [7; 16],
        }))
    };
    suspended(&boss, &made);
    let lie = log(&boss, "c-2", "X1", false);
    let honest = log(&officer, "o-1", "X1", false);
    for laptop in [&boss, &officer, &reader] {
        world.sync(laptop).await.expect("synchronises");
    }
    let said = [&before, &lie, &honest].map(|record| said_of(&reader, record));
    assert_eq!(said, [Disposition::Stale, Disposition::VerdictDiffers, Disposition::Stale]);
    assert_eq!(accused(&world).await, 1);
}
