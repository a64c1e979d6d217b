//! What a reviewer's attacks came to: steps by officers who share a laptop, orders to mask by those whom a
//! task is about, records that somebody else emptied, and facts that are a lie beside a right verdict.

use auxlog_record::fold::{Fold, Memory};
use auxlog_record::{
    Authority, AuxiliaryId, Decision, Disposition, Event, MaskOrdered, Record, ReviewStep, StatedOfficer, Word,
};
use auxlog_sync::enrol::Role;
use auxlog_sync::message::OwnHead;
use auxlog_sync::run::Run;

use crate::answers::{ask, request, words};
use crate::support::{Kind, Laptop, World, task};
use crate::weighing;

contracts![
    officers_who_share_a_laptop_decide_on_what_the_log_has_not_yet,
    whom_a_task_names_orders_no_mask_about_it,
    what_another_emptied_is_not_taken_before_its_author_sent_it,
    facts_that_do_not_give_a_right_verdict_are_a_lie,
];

/// What another laptop reads of the log.
async fn log(world: &World, reader: &Laptop, nonce: u64) -> Vec<(Record, Word)> {
    let response = ask(world, reader, &request(reader, 0, 1000), nonce).await.response;
    let said = words(&response.page, reader);
    let records = response.page.runs.iter().flat_map(|pulled| pulled.run.clone().records().expect("records"));
    let word = |record: &Record| said.values().find(|(hash, _)| *hash == record.hash()).expect("a word").1.clone();
    records.map(|record| (record.clone(), word(&record))).collect()
}

fn disposition(log: &[(Record, Word)], of: &Record) -> Option<Disposition> {
    log.iter().find(|(record, _)| record.id() == of.id()).map(|(_, word)| word.disposition)
}

fn flagged(id: &str, officers: &[&str]) -> Event {
    let Event::TaskLogged(mut logged) = task(id, "辅助人员单独作出处罚决定") else {
        unreachable!("a task")
    };
    logged.task.mode = auxlog_law::Mode::Independent;
    logged.task.presence = auxlog_law::Presence::None;
    let named = officers.iter().map(|id| StatedOfficer { id: (*id).into(), ..StatedOfficer::default() });
    logged.task.officers = Some(named.collect()).filter(|named: &Vec<_>| !named.is_empty());
    let given = logged.judged.given.clone().expect("kept");
    logged.judged.verdict =
        given.judge(&logged.task, auxlog_law::RulebookSet::default().in_force_at(logged.task.at.map(|at| at.0)));
    Event::TaskLogged(logged)
}

fn step(target: &Record, based_on: &[&Record], decision: Decision, against: Option<&str>) -> Event {
    let based_on = based_on.iter().map(|record| record.hash()).collect();
    let against = against.map(AuxiliaryId::from);
    Event::ReviewStep(ReviewStep {
        target: target.id(),
        based_on,
        decision,
        reason: "理由".into(),
        measure: Some("批评教育".into()),
        against,
    })
}

async fn officers_who_share_a_laptop_decide_on_what_the_log_has_not_yet(kind: Kind) {
    let world = World::new(kind).await;
    let (first, second) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let reader = world.laptop("A01", "O3", 3).await;
    let logged = first.record(&flagged("t-1", &[]));
    let dismissed = second.record(&step(&logged, &[&logged], Decision::Dismiss, None));
    let note = first.record(&step(&logged, &[&dismissed], Decision::Note, None));
    let reopened = second.record(&step(&logged, &[&note], Decision::Reopen, None));
    // Whichever of the two comes first in the request.
    let mut pushed = request(&first, 0, 0);
    pushed.push.insert(0, Run::of(&second.disk().own).expect("a run"));
    pushed.have.own.push(OwnHead { writer: second.writer(), seq: second.disk().own.len() as u64 });
    let answer = ask(&world, &first, &pushed, 1).await.response;
    assert_eq!(answer.refused, []);
    let log = log(&world, &reader, 2).await;
    assert_eq!(disposition(&log, &dismissed), Some(Disposition::Logged));
    assert_eq!(disposition(&log, &reopened), Some(Disposition::Void), "their own decision they do not reopen");
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("read");
    assert_eq!(incidents.iter().filter(|incident| incident.kind == "void_step").count(), 1, "{incidents:?}");
}

async fn whom_a_task_names_orders_no_mask_about_it(kind: Kind) {
    let world = World::new(kind).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    let named = world.laptop_as("A01", "O2", 2, Role::Supervisor).await;
    let other = world.laptop_as("A01", "O3", 3, Role::Supervisor).await;
    let (logged, noted) = {
        let logged = laptop.record(&flagged("t-1", &["O2"]));
        let noted = laptop.record(&step(&logged, &[&logged], Decision::Note, None));
        (logged, noted)
    };
    world.sync(&laptop).await.expect("synchronises");
    let order = |target: &Record| {
        let (order, authority, reason) = ("1".into(), "局".into(), "理由".into());
        Event::MaskOrdered(MaskOrdered { target: target.id(), order, authority, reason })
    };
    let theirs = [named.record(&order(&logged)), named.record(&order(&noted))];
    world.sync(&named).await.expect("synchronises");
    let anothers = other.record(&order(&noted));
    world.sync(&other).await.expect("synchronises");
    let reader = world.laptop("A01", "O4", 4).await;
    let log = log(&world, &reader, 1).await;
    for order in &theirs {
        assert_eq!(disposition(&log, order), Some(Disposition::OrderRefused));
    }
    assert_eq!(disposition(&log, &anothers), Some(Disposition::Logged), "who had no part in it orders it");
    let has_body = |of: &Record| log.iter().any(|(record, _)| record.id() == of.id() && record.body().is_some());
    assert_eq!((has_body(&logged), has_body(&noted)), (true, false));
}

async fn what_another_emptied_is_not_taken_before_its_author_sent_it(kind: Kind) {
    let world = World::new(kind).await;
    let (author, insider) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let logged = author.record(&flagged("t-1", &[]));
    let emptied: Vec<Record> = author
        .disk()
        .own
        .iter()
        .map(|record| if record.id().seq > 1 { record.clone().masked() } else { record.clone() })
        .collect();
    let mut pushed = request(&insider, 0, 0);
    pushed.push.push(Run::of(&emptied).expect("a run"));
    let answer = ask(&world, &insider, &pushed, 1).await.response;
    assert_eq!(answer.refused, []);
    world.sync(&author).await.expect("synchronises");
    let reader = world.laptop("A01", "O3", 3).await;
    let log = log(&world, &reader, 2).await;
    let (record, _) = log.iter().find(|(record, _)| record.id() == logged.id()).expect("it is in the log");
    assert!(record.body().is_some(), "as its author sent it");
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("read");
    let blamed: Vec<_> = incidents.iter().map(|incident| (&*incident.kind, incident.writer)).collect();
    assert_eq!(blamed, [("body_missing", insider.writer())], "whoever sent it, not its author");
}

async fn facts_that_do_not_give_a_right_verdict_are_a_lie(kind: Kind) {
    let world = World::new(kind).await;
    let (liar, reader) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let honest = weighing::log(&liar, "t-1", "X1", false);
    let lie = weighing::log(&liar, "t-2", "X1", true);
    world.sync(&liar).await.expect("synchronises");
    let log = log(&world, &reader, 1).await;
    assert_eq!(disposition(&log, &honest), Some(Disposition::Logged));
    assert_eq!(disposition(&log, &lie), Some(Disposition::VerdictDiffers));
    let authority = Authority::of(Some(world.handle().public_key.to_bytes()), Vec::new());
    let mut views = Memory { authority, ..Memory::default() };
    let mut fold = Fold::of(&mut views);
    for (record, word) in &log {
        let Ok(()) = fold.take(record, record.event().expect("reads"), Some(word));
    }
    let Ok(()) = fold.finish();
    let found = views.tasks[&lie.id()].findings().into_iter().map(|finding| finding.rule.clone());
    assert!(found.into_iter().any(|rule| rule == auxlog_record::fold::DIFFERS), "for another officer to look at");
}
