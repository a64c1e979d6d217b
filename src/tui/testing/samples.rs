//! What a ledger would answer, made by hand.

use auxlog_law::{Answerable, Finding, Mode, Presence, Severity, Verdict};
use auxlog_record::fold::TaskView;
use auxlog_record::review::ReviewStanding;
use auxlog_record::{
    Amendment, Date, Decision, Event, Hash, Judged, JudgedPerson, Moment, RecordId, ReviewStep, StatedAuxiliary,
    StatedOfficer, Statement, Task, TaskLogged, WriterId,
};
use auxlog_store::{
    Ack, Agenda, DayCount, DayReport, Due, DueKind, HistoryEntry, NamedAuxiliary, NamedOfficer, PersonDetail,
    PersonKey, PersonRow, Service, Shift, StatementRow, TaskDetail, TaskPage, TaskRow, TaskStatus,
};
use chrono::Days;

use super::{now, roster};

/// The record with this place in the own chain.
pub(crate) fn id(seq: u64) -> RecordId {
    RecordId { writer: WriterId([7; 16]), seq }
}

/// The acknowledgement of a task.
pub(crate) fn ack(reference: &str, seq: u64, verdict: Severity) -> Ack {
    Ack { reference: reference.to_owned(), id: id(seq), verdict, repeated: false }
}

fn minutes_ago(minutes: i64) -> Moment {
    Moment(now().0 - chrono::TimeDelta::minutes(minutes))
}

fn named(id: &str) -> NamedOfficer {
    let name = roster().officers.get(&id.into()).map(|person| person.name.clone());
    NamedOfficer { id: id.into(), name }
}

/// An auxiliary verified on their own what only goes together with an officer.
pub(crate) fn alone() -> Finding {
    Finding {
        rule: "supervision.alone".into(),
        severity: Severity::Improper,
        activity: Some("16.2:site-verification".into()),
        item: Some("16.2".into()),
        person: None,
        answers: vec![Answerable::Agency, Answerable::Auxiliary],
        cites: vec!["16.2".into(), "6".into(), "17.2".into()],
        consequence: vec!["29".into()],
        asks: vec!["arranged".into()],
    }
}

/// A task as a list shows it: permitted, or done alone.
pub(crate) fn row(seq: u64, improper: bool) -> TaskRow {
    let (mode, presence, text) = if improper {
        (Mode::Independent, Presence::None, "队员在车上等，我一个人进店核查食品台账")
    } else {
        (Mode::Assisted, Presence::OnScene, "协助执法队员现场核查占道经营")
    };
    let officers = if improper { Vec::new() } else { vec![named("O1"), named("O2")] };
    let stated = |officer: &NamedOfficer| StatedOfficer { id: officer.id.clone(), ..StatedOfficer::default() };
    let task = Task {
        id: format!("O1-20261123-0900{seq:02}"),
        at: Some(minutes_ago(i64::try_from(seq).expect("few") * 10)),
        agency: Some("A01".into()),
        text: Some(text.into()),
        items: vec!["16.2:site-verification".into()],
        mode,
        presence,
        officers: Some(officers.iter().map(stated).collect()),
        auxiliaries: vec![StatedAuxiliary { id: "X1".into(), ..StatedAuxiliary::default() }],
        place: Some("人民中路".into()),
        counterpart: Some("某便利店".into()),
        ..Task::default()
    };
    TaskRow {
        id: id(seq),
        reference: task.id.clone(),
        at: minutes_ago(i64::try_from(seq).expect("few") * 10),
        agency: "A01".into(),
        logged_by: named("O1"),
        auxiliaries: vec![NamedAuxiliary { id: "X1".into(), name: Some("王小明".into()) }],
        officers: Some(officers),
        task,
        verdict: if improper { Severity::Improper } else { Severity::Permitted },
        findings: if improper { vec![alone()] } else { Vec::new() },
        status: if improper { TaskStatus::Open } else { TaskStatus::Clear },
        synced: !improper,
        mine: true,
        barred: true,
        amended: false,
        annulled: false,
        conflict: false,
        sampled: false,
        late: false,
        doubtful: false,
        over_limits: false,
    }
}

/// The same task with everything known about it; `may_decide` as for another officer.
pub(crate) fn detail(seq: u64, may_decide: bool) -> TaskDetail {
    let row = TaskRow { mine: !may_decide, barred: !may_decide, ..row(seq, true) };
    let task = row.task.clone();
    let verdict = Verdict {
        verdict: Severity::Improper,
        basis: Vec::new(),
        findings: vec![alone()],
        rulebook: "haian-2022-7".into(),
        digest: "sha256:00".into(),
    };
    let people =
        vec![JudgedPerson { id: "X1".into(), name: Some("王小明".into()), known: true, differs: Vec::new() }];
    let judged = Judged { verdict, roster_version: 1, people, given: None };
    let logged = HistoryEntry {
        id: row.id,
        hash: Hash([0xab; 32]),
        by: named("O1"),
        at: row.at,
        event: Event::TaskLogged(TaskLogged { task: task.clone(), judged: judged.clone(), plan: None }),
        synced: true,
        void: None,
        before_joining: false,
        first_rules: false,
    };
    let head = logged.hash;
    let view = TaskView::default();
    let answers = row.findings.iter().flat_map(|finding| finding.answers.clone()).collect();
    let standing = ReviewStanding { own: !may_decide, answers, ..ReviewStanding::default() };
    TaskDetail {
        row,
        task,
        judged,
        history: vec![logged],
        heads: vec![head],
        conflicts: Vec::new(),
        standing,
        nobody_left: false,
        view,
    }
}

/// A permitted task of another officer that fell into the sample.
pub(crate) fn sampled() -> TaskDetail {
    let flagged = detail(2, true);
    let row = TaskRow { mine: false, barred: false, sampled: true, ..row(2, false) };
    let verdict = Verdict { verdict: Severity::Permitted, findings: Vec::new(), ..flagged.judged.verdict.clone() };
    TaskDetail { row, judged: Judged { verdict, ..flagged.judged }, ..flagged }
}

/// A step of a review, in the history of a task.
pub(crate) fn step(seq: u64, decision: Decision, reason: &str) -> HistoryEntry {
    let event = Event::ReviewStep(ReviewStep {
        target: id(1),
        based_on: Vec::new(),
        decision,
        reason: reason.to_owned(),
        measure: None,
        against: None,
    });
    HistoryEntry {
        id: id(seq),
        hash: Hash([0xcd; 32]),
        by: named("O2"),
        at: now(),
        event,
        synced: false,
        void: None,
        before_joining: false,
        first_rules: false,
    }
}

/// A correction of a task, in its history: an officer was there after all.
pub(crate) fn correction(seq: u64, detail: &TaskDetail) -> HistoryEntry {
    let (task, judged) = (&detail.task, &detail.judged);
    let corrected = Task { mode: Mode::Assisted, presence: Presence::OnScene, ..task.clone() };
    let fields = task.changed_fields(&corrected).into_iter().map(|field| field.name().to_owned()).collect();
    let event = Event::Amendment(Amendment {
        target: id(1),
        based_on: Vec::new(),
        task: corrected,
        fields,
        reason: "当时执法人员在场，误记".to_owned(),
        judged: judged.clone(),
    });
    HistoryEntry {
        id: id(seq),
        hash: Hash([0xef; 32]),
        by: named("O1"),
        at: now(),
        event,
        synced: false,
        void: None,
        before_joining: false,
        first_rules: false,
    }
}

/// A list of two tasks.
pub(crate) fn page() -> TaskPage {
    TaskPage { rows: vec![row(1, true), row(2, false)], total: 2 }
}

/// Flags: one task done alone.
pub(crate) fn flags() -> TaskPage {
    TaskPage { rows: vec![row(1, true)], total: 1 }
}

fn today() -> Date {
    now().china_date()
}

/// A plan for today, improper and sent all the same.
pub(crate) fn plan() -> Agenda {
    let detail = detail(4, true);
    let task = Task { id: "O1-plan-4".to_owned(), text: Some("单独去核查油烟投诉".to_owned()), ..detail.task };
    Agenda {
        id: id(4),
        at: minutes_ago(-150),
        by: named("O1"),
        mine: true,
        task,
        judged: detail.judged,
        reason: Some("队员十分钟后到".to_owned()),
        done: false,
        annulled: false,
    }
}

/// Today's page.
pub(crate) fn report() -> DayReport {
    let count = DayCount { tasks: 2, permitted: 1, needs_review: 0, improper: 1 };
    let calendar = (0..60)
        .rev()
        .map(|back| {
            let date = Date(today().0 - Days::new(back));
            let tasks = u32::try_from((back * 7) % 5).expect("few");
            let improper = u32::from(back % 23 == 0);
            (date, DayCount { tasks: tasks + improper, permitted: tasks, needs_review: 0, improper })
        })
        .collect();
    let due = |kind, person: &str, name: &str, days_left| Due {
        kind,
        person: PersonKey::Auxiliary(person.into()),
        name: name.into(),
        on: Some(Date(today().0.checked_add_signed(chrono::TimeDelta::days(days_left)).expect("a day"))),
        days_left: Some(days_left),
    };
    DayReport {
        date: today(),
        count,
        shift: Shift { auxiliaries: 1, span: Some((minutes_ago(20), minutes_ago(10))) },
        tasks: vec![row(1, true), row(2, false)],
        planned: vec![plan()],
        flags: vec![row(1, true)],
        open_flags: 1,
        due: vec![due(DueKind::WorkCertificate, "X3", "赵敏", -53), due(DueKind::WorkCertificate, "X2", "李强", 17)],
        calendar,
    }
}

/// Auxiliaries as a search finds them.
pub(crate) fn people() -> Vec<PersonRow> {
    let roster = roster();
    let found = roster.auxiliaries.values().map(|person| PersonRow {
        person: person.clone(),
        agency_name: roster.agencies.get(&person.agency).map(|agency| agency.name.clone()).unwrap_or_default(),
        status: person.status,
        service: Service::Ready,
        matched: None,
    });
    found.collect()
}

/// An auxiliary with what they did.
pub(crate) fn person() -> PersonDetail {
    PersonDetail {
        row: people().swap_remove(0),
        count: DayCount { tasks: 2, permitted: 1, needs_review: 0, improper: 1 },
        items: [("16.2:site-verification".to_owned(), 2)].into(),
        open_flags: 1,
        tasks: vec![row(1, true), row(2, false)],
        statements: vec![StatementRow { reference: row(1, true).reference, statement: statement() }],
    }
}

/// What an auxiliary said of a task.
fn statement() -> Statement {
    Statement {
        target: id(1),
        auxiliary: "X1".into(),
        text: "是队长让我先进去的".into(),
        acknowledged: true,
        given_at: minutes_ago(5),
        based_on: Vec::new(),
    }
}
