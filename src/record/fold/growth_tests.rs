//! What folding costs grows with the records, not faster: twice as many take about twice the steps.

use std::cell::Cell;

use super::seen::STEPS;
use super::*;
use crate::test_kit::{Writer, judged, logged, task};
use crate::{Amendment, Attachment, Decision, ReviewStep, Statement, Task, TaskLogged, TaskPlanned};

/// What is written `n` times about one task.
type Kind = fn(usize, &Record, &[Hash]) -> Event;

fn step(target: &Record, based_on: &[Hash], decision: Decision) -> Event {
    let (based_on, reason) = (based_on.to_vec(), "理由".to_owned());
    Event::ReviewStep(ReviewStep { target: target.id(), based_on, decision, reason, measure: None, against: None })
}

fn amendment(n: usize, target: &Record, based_on: &[Hash], rules: &[&str]) -> Event {
    Event::Amendment(Amendment {
        target: target.id(),
        based_on: based_on.to_vec(),
        task: Task { place: Some(format!("{n} 号")), ..task("t-1") },
        fields: vec!["place".into()],
        reason: "更正".into(),
        judged: judged(rules),
    })
}

const KINDS: [(&str, Kind); 8] = [
    ("notes", |_, target, seen| step(target, seen, Decision::Note)),
    ("decisions", |_, target, seen| step(target, seen, Decision::Dismiss)),
    ("amendments", |n, target, seen| amendment(n, target, seen, &[])),
    ("findings", |n, target, seen| amendment(n, target, seen, &["supervision.alone", "evidence.missing"])),
    ("statements of others", |n, target, seen| {
        Event::Statement(Statement {
            target: target.id(),
            auxiliary: format!("X{n}").as_str().into(),
            text: String::new(),
            acknowledged: true,
            given_at: crate::Moment(chrono::DateTime::UNIX_EPOCH.fixed_offset()),
            based_on: seen.to_vec(),
        })
    }),
    ("findings, each another", |n, target, seen| {
        let mut event = amendment(n, target, seen, &["supervision.alone"]);
        if let Event::Amendment(amendment) = &mut event {
            amendment.judged.verdict.findings[0].rule = format!("rule.{n}");
        }
        event
    }),
    ("attachments", |n, target, _| {
        Event::Attachment(Attachment {
            target: target.id(),
            sha256: Hash([7; 32]),
            size: 1,
            media_type: "image/jpeg".into(),
            name: format!("{n}.jpg"),
            note: None,
            preview: None,
        })
    }),
    ("tasks of one plan", |n, target, _| {
        let task = task(&format!("t-{n}"));
        Event::TaskLogged(TaskLogged { task, judged: judged(&[]), plan: Some(target.id()) })
    }),
];

/// The steps that it takes to fold `n` records of a kind; `apart`: two officers who know nothing of
/// each other write them.
fn steps(kind: Kind, planned: bool, n: usize, apart: bool) -> usize {
    let mut writers = [Writer::new(1, "O1"), Writer::new(2, "O2")];
    let mut records: Vec<Record> = writers.iter_mut().map(Writer::open).collect();
    let base = if planned {
        Event::TaskPlanned(TaskPlanned { task: task("t-1"), judged: judged(&[]), reason: None })
    } else {
        logged("t-1", &["supervision.alone"])
    };
    let target = writers[0].seal(&base);
    records.push(target.clone());
    let mut seen = vec![target.hash()];
    for at in 0..n {
        let now = writers.iter().map(|writer| writer.now).max().unwrap_or_default();
        let writer = &mut writers[if apart { at % 2 } else { 1 }];
        writer.now = now;
        let record = writer.seal(&kind(at, &target, &seen));
        if !apart {
            seen = vec![record.hash()];
        }
        records.push(record);
    }
    let mut views = Memory::default();
    views.authority.adopt_alone(Hlc(0));
    STEPS.with(|steps| steps.set(0));
    let mut fold = Fold::of(&mut views);
    for record in &records {
        let Ok(()) = fold.take(record, record.event().expect("reads"), None);
    }
    let Ok(()) = fold.finish();
    STEPS.with(Cell::get)
}

#[test]
fn twice_the_records_cost_about_twice_the_steps() {
    for (name, kind) in KINDS {
        for apart in [false, true] {
            let planned = name == "tasks of one plan";
            let [once, twice] = [400, 800].map(|n| steps(kind, planned, n, apart));
            assert!(twice * 2 <= once * 5, "{name}, apart: {apart}: {once} steps for 400, {twice} for 800");
        }
    }
}
