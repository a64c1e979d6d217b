//! Reviews on a real ledger: what must come before what, and the sample of permitted tasks.

use auxlog_law::Severity;
use auxlog_record::review::Closed;
use auxlog_record::{Decision, Moment, Statement, Task, china};
use chrono::TimeZone as _;

use super::tests::{alone, ledger, logged, open, task, who};
use crate::*;

#[test]
fn no_measure_without_facts_evidence_and_a_statement() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    let id = logged(&first, &alone("t-1")).id;
    first.add_officer(&who("O2"), "correct horse").expect("added");
    first.close();
    let second = open(dir.path(), "O2");
    let step = |decision| ReviewInput {
        target: id,
        decision,
        reason: "看过现场照片".into(),
        measure: Some("三日内重学第十六条".into()),
        against: None,
    };
    let refused = |decision| match second.review(&step(decision)) {
        Err(LedgerError::NotOpen { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    let statement = Statement {
        target: id,
        auxiliary: "X001".into(),
        text: String::new(),
        acknowledged: true,
        given_at: second.clock.now(),
        based_on: Vec::new(),
    };
    assert!(matches!(second.statement(&statement), Err(LedgerError::NotOpen { why: Closed::NotAsked, .. })));
    assert_eq!(refused(Decision::OrderCorrection), Closed::NoFacts);
    second.review(&step(Decision::Facts)).expect("recorded");
    assert_eq!(refused(Decision::OrderCorrection), Closed::NoEvidence);
    second.review(&step(Decision::Evidence)).expect("recorded");
    assert_eq!(refused(Decision::OrderCorrection), Closed::NotAsked);
    second.review(&step(Decision::Statement)).expect("recorded");
    assert_eq!(refused(Decision::OrderCorrection), Closed::NotHeard);
    second.statement(&statement).expect("waived, and that is on record");
    let unsaid = ReviewInput { measure: None, ..step(Decision::OrderCorrection) };
    assert!(matches!(second.review(&unsaid), Err(LedgerError::Missing { field: "measure" })));
    second.review(&step(Decision::OrderCorrection)).expect("everything is on record");
    let detail = second.task(id).expect("there");
    assert_eq!(detail.row.status, TaskStatus::Confirmed);
    assert_eq!(detail.view.review.last().and_then(|step| step.against.clone()), Some("X001".into()));
    second.review(&step(Decision::ReturnToCompany)).expect("a further measure may follow");
}

#[test]
fn permitted_tasks_are_sampled_into_the_queue() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    let queue =
        |ledger: &Ledger| ledger.flags(&TaskQuery { sampled: true, ..TaskQuery::default() }).expect("listed").rows;
    let flagged = logged(&first, &alone("t-f")).id;
    let mut batches = 0;
    while queue(&first).len() < 2 {
        let batch: Vec<Task> = (0..100).map(|n| task(&format!("t-{batches}-{n}"))).collect();
        assert!(first.log(&batch).iter().all(Result::is_ok));
        batches += 1;
        assert!(batches < 60, "about one in fifty is sampled");
    }
    let row = queue(&first)[1].clone();
    assert_eq!((queue(&first)[0].id, row.sampled, row.verdict), (flagged, true, Severity::Permitted));
    assert_eq!(first.flags(&TaskQuery::default()).expect("listed").total, 1, "the flags alone");
    let listed = first.tasks(&TaskQuery::default()).expect("listed");
    let other = listed.rows.iter().find(|row| !row.sampled && row.id != flagged).expect("most are not").id;
    let step = |target, decision| ReviewInput {
        target,
        decision,
        reason: "查看了照片".into(),
        measure: Some("重新归类".into()),
        against: None,
    };
    assert!(matches!(first.review(&step(row.id, Decision::Dismiss)), Err(LedgerError::OwnTask { .. })));
    first.add_officer(&who("O3"), "correct horse").expect("added");
    first.close();

    let second = open(dir.path(), "O3");
    let waiting = queue(&second).len();
    assert!(queue(&second).contains(&TaskRow { mine: false, barred: false, ..row.clone() }), "kept through a restart");
    assert!(matches!(second.review(&step(other, Decision::Confirm)), Err(LedgerError::NothingToDecide { .. })));
    second.review(&step(row.id, Decision::Confirm)).expect("it was mislabelled");
    assert_eq!(queue(&second).len(), waiting - 1);
    assert_eq!(second.task(row.id).expect("there").row.status, TaskStatus::Confirmed);
}

#[test]
fn what_awaits_someone_is_in_the_same_order_after_a_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    let queue =
        |ledger: &Ledger| ledger.flags(&TaskQuery { sampled: true, ..TaskQuery::default() }).expect("listed").rows;
    let ids = |ledger: &Ledger| queue(ledger).iter().map(|row| row.id).collect::<Vec<_>>();
    // Not in the order of time, and of two severities.
    for n in 0_u32..40 {
        let mut flagged = if n.is_multiple_of(3) { task(&format!("t-{n}")) } else { alone(&format!("t-{n}")) };
        flagged.officers = flagged.officers.map(|officers| officers.into_iter().take(1).collect());
        flagged.at = china().with_ymd_and_hms(2026, 11, 1 + n * 7 % 20, 9, n, 0).single().map(Moment);
        logged(&first, &flagged);
    }
    let mut batches = 0;
    while queue(&first).len() < 43 {
        let batch: Vec<Task> = (0..100).map(|n| task(&format!("t-{batches}-{n}"))).collect();
        assert!(first.log(&batch).iter().all(Result::is_ok));
        batches += 1;
        assert!(batches < 60, "about one in fifty is sampled");
    }
    let (before, counts) = (ids(&first), first.counts());
    first.close();
    let again = open(dir.path(), "O1");
    assert_eq!((ids(&again), again.counts()), (before.clone(), counts));
    // A flag stays until another officer decided; a sample goes.
    again.annul(before[1], "重复").expect("annulled");
    again.annul(before[41], "重复").expect("annulled");
    assert_eq!(ids(&again), [&before[..41], &before[42..]].concat());
}
