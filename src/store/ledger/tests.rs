//! A ledger from `init` to `verify`, on a real directory.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use auxlog_journal::ServerVerdict;
use auxlog_law::{Mode, Presence, Severity};
use auxlog_record::{
    Clock, Date, Decision, Moment, RecordId, StatedAuxiliary, StatedOfficer, Statement, Task, Word, china,
};
use chrono::{NaiveDate, TimeZone as _};

use crate::roster::{read_roster, sample_workbook};
use crate::*;

/// A clock that goes on by a second each time it is read.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Moment {
        let millis = self.0.fetch_add(1000, Ordering::Relaxed);
        Moment(china().timestamp_millis_opt(millis).single().expect("a moment"))
    }
}

pub(super) fn today() -> Date {
    Date(NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date"))
}

fn options() -> OpenOptions {
    let start = china().with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().expect("a moment");
    OpenOptions {
        clock: Arc::new(Ticking(AtomicI64::new(start.timestamp_millis()))),
        cheap_keys: true,
        ..OpenOptions::default()
    }
}

pub(super) fn who(officer: &str) -> InitOptions {
    InitOptions {
        officer: officer.into(),
        officer_name: format!("{officer}的姓名"),
        agency: "A01".into(),
        agency_name: "海安市城市管理局".into(),
        certificate: None,
    }
}

/// A ledger of O1 with the sample roster.
pub(super) fn ledger(dir: &Path) -> Ledger {
    let ledger = Ledger::init(dir, &who("O1"), "correct horse", options()).expect("made");
    let bytes = sample_workbook(today()).expect("written");
    let import = read_roster(&bytes, "sample.xlsx", &ledger.import_context()).expect("readable");
    ledger.import_roster(import.roster, "sample.xlsx").expect("recorded");
    ledger
}

pub(super) fn open(dir: &Path, officer: &str) -> Ledger {
    Ledger::open(dir, Some(&officer.into()), "correct horse", options()).expect("opened")
}

pub(super) fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        items: vec!["16.2:site-verification".into()],
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        officers: Some(["O1", "O2"].map(|id| StatedOfficer { id: id.into(), ..StatedOfficer::default() }).to_vec()),
        auxiliaries: vec![StatedAuxiliary { id: "X001".into(), ..StatedAuxiliary::default() }],
        text: Some("协助执法队员现场核查店招".into()),
        place: Some("人民中路".into()),
        ..Task::default()
    }
}

pub(super) fn alone(id: &str) -> Task {
    Task { mode: Mode::Independent, presence: Presence::None, officers: Some(vec![]), ..task(id) }
}

pub(super) fn logged(ledger: &Ledger, task: &Task) -> Ack {
    ledger.log(std::slice::from_ref(task)).pop().expect("one answer").expect("stored")
}

#[test]
fn what_is_logged_is_there_after_opening_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let first = logged(&ledger, &task("t-1"));
    let second = logged(&ledger, &alone("t-2"));
    assert_eq!((first.verdict, second.verdict), (Severity::Permitted, Severity::Improper));
    ledger.close();
    let ledger = open(dir.path(), "O1");
    let page = ledger.tasks(&TaskQuery::default()).expect("listed");
    assert_eq!(page.rows.iter().map(|row| row.reference.as_str()).collect::<Vec<_>>(), ["t-2", "t-1"]);
    assert_eq!(page.total, 2);
    let row = &page.rows[0];
    assert_eq!(
        row.auxiliaries[0].name.as_deref(),
        ledger.roster().auxiliaries.values().next().map(|p| p.name.as_str())
    );
    assert_eq!((row.status, row.mine, row.synced), (TaskStatus::Open, true, false));
    assert!(row.findings.iter().any(|finding| finding.rule == "supervision.alone"));
    let flags = ledger.flags(&TaskQuery::default()).expect("listed");
    assert_eq!((flags.total, flags.rows[0].id), (1, second.id));
    assert_eq!(ledger.counts(), Counts { stored: 4, pending: 4, tasks: 2, open_flags: 1, ..Counts::default() });
    assert_eq!(ledger.identity().officer_name, "O1的姓名");
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { records: 4 }));
}

#[test]
fn a_reference_acknowledges_the_same_again_and_refuses_other_content() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let first = logged(&ledger, &task("t-1"));
    assert_eq!(logged(&ledger, &task("t-1")), Ack { repeated: true, ..first.clone() });
    let other = Task { text: Some("别的".into()), ..task("t-1") };
    let mut answers = ledger.log(&[other, task("t-2"), task("t-2"), alone("t-2"), Task::default()]);
    let bad = answers.pop().expect("five answers");
    assert!(matches!(bad, Err(LedgerError::BadTask { .. })), "{bad:?}");
    let in_batch = answers.pop().expect("four");
    let second = answers[1].as_ref().expect("stored").id;
    assert!(matches!(in_batch, Err(LedgerError::OtherContent { id, .. }) if id == second));
    assert!(answers[2].as_ref().is_ok_and(|ack| ack.repeated && ack.id == second));
    assert!(matches!(&answers[0], Err(LedgerError::OtherContent { id, .. }) if *id == first.id));
    assert_eq!(ledger.counts().tasks, 2);
    // What a task left open when it was logged does not make it another task.
    ledger.close();
    let ledger = open(dir.path(), "O1");
    assert!(logged(&ledger, &task("t-1")).repeated);
}

#[test]
fn whoever_logged_a_task_proposes_and_another_decides() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    let id = logged(&first, &alone("t-1")).id;
    let step = |decision, measure: Option<&str>| ReviewInput {
        target: id,
        decision,
        reason: "看过现场照片".into(),
        measure: measure.map(Into::into),
        against: None,
    };
    assert!(matches!(first.review(&step(Decision::Confirm, Some("批评教育"))), Err(LedgerError::OwnTask { .. })));
    first.review(&step(Decision::Propose, None)).expect("may propose");
    first.add_officer(&who("O2"), "correct horse").expect("added");
    first.close();

    let second = open(dir.path(), "O2");
    assert_eq!(second.identity().officer_name, "O2的姓名");
    assert!(matches!(second.review(&step(Decision::Confirm, None)), Err(LedgerError::NotOpen { .. })));
    second.review(&step(Decision::Facts, None)).expect("the facts");
    second.review(&step(Decision::Evidence, None)).expect("the evidence");
    let blank = ReviewInput { reason: " ".into(), ..step(Decision::Dismiss, None) };
    assert!(matches!(second.review(&blank), Err(LedgerError::Missing { field: "reason" })));
    second.review(&step(Decision::Statement, None)).expect("asked");
    assert_eq!(second.task(id).expect("there").row.status, TaskStatus::Statement);
    let statement = |auxiliary: &str| Statement {
        target: id,
        auxiliary: auxiliary.into(),
        text: "当时队员在车上".into(),
        acknowledged: true,
        given_at: second.clock.now(),
        based_on: Vec::new(),
    };
    assert!(matches!(second.statement(&statement("X009")), Err(LedgerError::NotNamed { .. })));
    second.statement(&statement("X001")).expect("taken down");
    assert!(matches!(second.review(&step(Decision::Confirm, None)), Err(LedgerError::Missing { field: "measure" })));
    second.review(&step(Decision::Confirm, Some("批评教育"))).expect("decided");
    let detail = second.task(id).expect("there");
    assert_eq!(detail.row.status, TaskStatus::Confirmed);
    assert_eq!(detail.history.len(), 7);
    assert!(!detail.standing.own);
    assert_eq!(detail.row.verdict, Severity::Improper);
    assert_eq!(second.flags(&TaskQuery::default()).expect("listed").total, 0);
    let permitted = logged(&second, &task("t-2")).id;
    let decided = second.review(&ReviewInput { target: permitted, ..step(Decision::Note, None) });
    assert!(decided.is_ok());
}

#[test]
fn corrections_and_annulments_add_records_and_take_nothing_away() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let id = logged(&ledger, &alone("t-1")).id;
    let detail = ledger.task(id).expect("there");
    let corrected = Task { at: detail.task.at, ..task("t-1") };
    assert!(matches!(ledger.amend(id, &detail.heads, &corrected, ""), Err(LedgerError::Missing { .. })));
    let now = ledger.amend(id, &detail.heads, &corrected, "登记时点错").expect("corrected");
    assert_eq!(now, Severity::Permitted);
    let same = ledger.amend(id, &detail.heads, &corrected, "再来一次");
    assert!(matches!(same, Err(LedgerError::NothingChanged { .. })));
    let after = ledger.task(id).expect("there");
    assert_eq!(after.row.verdict, Severity::Improper, "a finding never disappears");
    assert_eq!(after.judged.verdict.verdict, Severity::Permitted);
    assert!(after.row.amended && after.row.status == TaskStatus::Open);
    ledger.annul(id, "重复登记").expect("annulled");
    assert_eq!(ledger.task(id).expect("there").history.len(), 3);
    let fine = logged(&ledger, &task("t-2")).id;
    ledger.annul(fine, "重复登记").expect("annulled");
    assert_eq!(ledger.task(fine).expect("there").row.status, TaskStatus::Annulled);
    assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 2);
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
}

#[test]
fn lists_filter_page_and_order() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let at = |day, hour| Some(Moment(china().with_ymd_and_hms(2026, 11, day, hour, 0, 0).single().expect("a moment")));
    let person = |id: &str| vec![StatedAuxiliary { id: id.into(), ..StatedAuxiliary::default() }];
    let tasks = [
        Task { at: at(20, 9), ..task("a") },
        Task { at: at(22, 9), auxiliaries: person("X002"), ..alone("b") },
        Task { at: at(21, 9), items: vec!["15.2:patrol".into()], text: Some("沿街巡查".into()), ..task("c") },
        Task { at: at(21, 8), items: vec!["16.1:dissuade".into()], ..alone("d") },
    ];
    assert!(ledger.log(&tasks).iter().all(Result::is_ok));
    let list = |query: TaskQuery| -> Vec<String> {
        ledger.tasks(&query).expect("listed").rows.into_iter().map(|row| row.reference).collect()
    };
    let all = TaskQuery::default;
    assert_eq!(list(all()), ["b", "c", "d", "a"]);
    assert_eq!(list(TaskQuery { order: Order::Oldest, ..all() }), ["a", "d", "c", "b"]);
    assert_eq!(list(TaskQuery { order: Order::Urgent, ..all() })[..2], ["b", "d"]);
    assert_eq!(list(TaskQuery { offset: 1, limit: 2, ..all() }), ["c", "d"]);
    assert_eq!(list(TaskQuery { person: Some("X002".into()), ..all() }), ["b"]);
    assert_eq!(list(TaskQuery { item: Some("16".into()), ..all() }), ["b", "d", "a"]);
    assert_eq!(list(TaskQuery { item: Some("16.2".into()), ..all() }), ["b", "a"]);
    assert_eq!(list(TaskQuery { verdict: Some(Severity::NeedsReview), ..all() }), ["d"]);
    assert_eq!(list(TaskQuery { text: Some("沿街".into()), ..all() }), ["c"]);
    assert_eq!(list(TaskQuery { officer: Some("O2".into()), ..all() }), ["c", "a"]);
    assert_eq!(list(TaskQuery { status: Some(TaskStatus::Open), ..all() }), ["b", "d"]);
    let day = Date(NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date"));
    assert_eq!(list(TaskQuery { since: Some(day), until: Some(day), ..all() }), ["c", "d"]);
    let page = ledger.today(day).expect("a day");
    assert_eq!((page.count.tasks, page.count.permitted, page.count.needs_review), (2, 1, 1));
    assert_eq!((page.open_flags, page.flags.len(), page.calendar.len()), (2, 2, 2));
    assert!(page.due.iter().any(|due| due.kind == DueKind::WorkCertificate && due.days_left.is_some_and(|d| d < 0)));
    assert_eq!(
        ledger.find("c").expect("read").map(|id| ledger.task(id).expect("there").row.reference),
        Some("c".into())
    );
    assert_eq!(ledger.find("nothing").expect("read"), None);
}

#[test]
fn a_plan_is_judged_before_anyone_is_sent_and_is_done_under_its_reference() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let at = Some(Moment(china().with_ymd_and_hms(2026, 11, 24, 9, 0, 0).single().expect("a moment")));
    let plan = Task { at, ..alone("p-1") };
    assert!(matches!(ledger.plan(&plan, None), Err(LedgerError::Missing { field: "reason" })));
    let id = ledger.plan(&plan, Some("人手不足".into())).expect("planned");
    let day = Date(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"));
    let planned = ledger.today(day).expect("a day").planned;
    assert_eq!((planned[0].id, planned[0].done, planned.len()), (id, false, 1));
    assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 0);
    let early = ledger.log(&[Task { at, ..task("p-1") }]).remove(0);
    let ahead = [auxlog_record::TaskProblem::InFuture { field: "at" }];
    assert!(matches!(early, Err(LedgerError::BadTask { problems }) if problems == ahead), "not done yet");
    let done = Some(Moment(china().with_ymd_and_hms(2026, 11, 22, 8, 0, 0).single().expect("a moment")));
    let carried = logged(&ledger, &Task { at: done, ..task("p-1") }).id;
    assert!(ledger.task(carried).expect("there").row.late, "recorded more than a day after");
    assert!(ledger.today(day).expect("a day").planned[0].done);
    assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 1);
}

#[test]
fn people_are_found_and_say_whether_they_may_be_sent() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    logged(&ledger, &alone("t-1"));
    let found = ledger.search_auxiliaries("sxy", 5);
    assert!(!found.is_empty() && found[0].person.name.starts_with('单'), "{found:?}");
    let detail = ledger.auxiliary(&"X001".into()).expect("read").expect("on the roster");
    assert_eq!((detail.count.tasks, detail.count.improper, detail.open_flags), (1, 1, 1));
    assert_eq!(detail.items.get("16.2:site-verification"), Some(&1));
    assert_eq!(detail.row.service, Service::Ready);
    let barred = |id: &str| ledger.auxiliary(&id.into()).expect("read").expect("on the roster").row.service;
    assert_eq!(barred("X007"), Service::Barred(vec!["person.suspended".into()]));
    assert_eq!(barred("X014"), Service::Barred(vec!["person.departed".into()]));
    assert_eq!(ledger.search_officers("O1", 1)[0].person.id, "O1".into());
    assert_eq!(ledger.search_auxiliaries("", 0).len(), 60);
}

#[test]
fn drafts_survive_and_belong_to_their_officer() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    let draft = Draft { task: task("t-9"), ..Draft::default() };
    first.save_draft("log", &draft).expect("saved");
    first.add_officer(&who("O2"), "correct horse").expect("added");
    first.close();
    let second = open(dir.path(), "O2");
    assert_eq!(second.load_draft("log").expect("read"), None);
    second.close();
    let first = open(dir.path(), "O1");
    assert_eq!(first.load_draft("log").expect("read").map(|draft| draft.task), Some(task("t-9")));
    first.clear_draft("log").expect("cleared");
    assert_eq!(first.load_draft("log").expect("read"), None);
    first.clear_draft("log").expect("cleared already");
}

#[test]
fn a_second_instance_and_a_wrong_passphrase_are_told_apart() {
    let dir = tempfile::tempdir().expect("a directory");
    let open = |passphrase| Ledger::open(dir.path(), None, passphrase, options());
    assert!(matches!(open("x"), Err(OpenError::NoDirectory { .. })));
    let first = ledger(dir.path());
    assert!(matches!(open("correct horse"), Err(OpenError::Locked { pid: Some(_) })));
    assert!(matches!(Ledger::init(dir.path(), &who("O1"), "x", options()), Err(OpenError::Locked { .. })));
    let reader = Reader::open(dir.path(), None, "correct horse", &options()).expect("reads beside the writer");
    assert_eq!(reader.counts(), first.counts());
    first.close();
    assert!(matches!(Ledger::init(dir.path(), &who("O1"), "x", options()), Err(OpenError::Exists { .. })));
    assert!(matches!(open("x"), Err(OpenError::WrongPassphrase { .. })));
    assert!(matches!(
        Ledger::open(dir.path(), Some(&"O7".into()), "x", options()),
        Err(OpenError::WhichOfficer { known }) if known == ["O1".into()]
    ));
    assert!(open("correct horse").is_ok());
}

#[test]
fn guessing_is_slowed_down_and_the_right_one_ends_it() {
    let dir = tempfile::tempdir().expect("a directory");
    ledger(dir.path()).close();
    let delays: Vec<u64> = (0..4)
        .map(|_| match Ledger::open(dir.path(), None, "x", options()) {
            Err(OpenError::WrongPassphrase { delay }) => delay.as_secs(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(delays[..3], [0, 0, 1]);
    assert!(
        matches!(Ledger::open(dir.path(), None, "correct horse", options()), Err(OpenError::WrongPassphrase { .. })),
        "the delay holds for the right one too"
    );
}

#[test]
fn a_server_receives_and_another_laptop_pulls() {
    let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let first = ledger(here.path());
    let id = logged(&first, &alone("t-1")).id;
    let own = first.own_writers();
    assert_eq!((own.len(), own[0].tip.seq, own[0].acked), (1, 3, 0));
    let records = first.own_records(own[0].writer, 0, 100, 1 << 20).expect("read");
    assert_eq!(records.len(), 3);
    assert_eq!(first.own_records(own[0].writer, 1, 100, 1).expect("read").len(), 1);
    first.accept_receipt(own[0].writer, 3, b"receipt".to_vec(), vec![("seen".into(), vec![1])]).expect("kept");
    assert!(first.task(id).expect("there").row.synced);
    assert_eq!((first.counts().received_by_server, first.counts().pending), (3, 0));

    let second = Ledger::init(there.path(), &who("O2"), "correct horse", options()).expect("made");
    let received: Vec<Received> = (1..)
        .zip(records)
        .map(|(lsn, record)| Received {
            record,
            word: Word { lsn, ..Word::default() },
            verdict: ServerVerdict::Ok,
            reasons: Vec::new(),
        })
        .collect();
    second.accept_pulled(received.clone(), [], vec![("cursor".into(), vec![3])]).expect("kept");
    second.accept_pulled(received, [], Vec::new()).expect("the same once more changes nothing");
    assert_eq!((second.counts().pulled, second.counts().tasks), (3, 1));
    assert_eq!(second.note("cursor"), Some(vec![3]));
    let row = second.task(id).expect("there").row;
    assert_eq!((row.mine, row.synced, row.logged_by.id.0.as_str()), (false, true, "O1"));
    assert!(!second.task(id).expect("there").standing.own);
    let step =
        ReviewInput {
            target: id, decision: Decision::Dismiss, reason: "不属实".into(), measure: None, against: None
        };
    second.review(&step).expect("another officer decides");
    second.accept_roster(&first.roster(), b"manifest", &[].into()).expect("kept");
    assert!(matches!(second.import_roster((*first.roster()).clone(), "x"), Err(LedgerError::RosterFromServer)));
    second.close();
    let second = open(there.path(), "O2");
    assert_eq!(second.roster(), first.roster());
    assert_eq!(second.task(id).expect("there").row.status, TaskStatus::Dismissed);
    assert!(matches!(second.verify(&|_, _| {}).expect("read"), Whole::Yes { records: 5 }));
}

/// A verdict of the server that is another than this laptop's own record states is shown here, too.
#[test]
fn what_the_log_says_of_an_own_record_stays_through_a_restart() {
    let here = tempfile::tempdir().expect("a directory");
    let ledger = Ledger::init(here.path(), &who("O1"), "correct horse", options()).expect("made");
    let task = Task { id: "t-1".into(), items: vec!["15.2:patrol".into()], ..Task::default() };
    let id = ledger.log(&[task]).pop().expect("one answer").expect("stored").id;
    let differs = |ledger: &Ledger| {
        let row = ledger.tasks(&TaskQuery::default()).expect("listed").rows.remove(0);
        row.verdict == Severity::Improper
            && row.findings.iter().any(|finding| finding.rule == auxlog_record::fold::DIFFERS)
    };
    assert!(!differs(&ledger));
    let mut verdict = ledger.task(id).expect("there").judged.verdict;
    verdict.verdict = Severity::Improper;
    let word = Word {
        lsn: 9,
        recv_ms: 7,
        disposition: auxlog_record::Disposition::VerdictDiffers,
        verdict: Some(Box::new(verdict)),
    };
    ledger.accept_pulled(Vec::new(), [(id, word.clone())], Vec::new()).expect("kept");
    let entries = ledger.index().applied();
    ledger.accept_pulled(Vec::new(), [(id, word)], Vec::new()).expect("known");
    assert_eq!(ledger.index().applied(), entries, "the same once more writes nothing");
    assert!(differs(&ledger));
    ledger.close();
    let ledger = open(here.path(), "O1");
    assert!(differs(&ledger), "after a restart, too");
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
}

/// What an officer imports for their own laptop is theirs alone, and ends where a server comes in.
#[test]
fn rosters_of_officers_do_not_count_beside_a_server() {
    let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    let first = ledger(here.path());
    assert!(first.roster().version > 0, "stand-alone, an import counts");
    let writer = first.own_writers()[0].writer;
    let records = first.own_records(writer, 0, 100, 1 << 20).expect("read");
    let second = Ledger::init(there.path(), &who("O2"), "correct horse", options()).expect("made");
    let received = (1..).zip(records).map(|(lsn, record)| Received {
        record,
        word: Word { lsn, ..Word::default() },
        verdict: ServerVerdict::Ok,
        reasons: Vec::new(),
    });
    second.accept_pulled(received.collect(), [], Vec::new()).expect("kept");
    assert_eq!(*second.roster(), auxlog_record::Roster::default(), "another officer's import counts nowhere");

    let enrolment = |approved| crate::Enrolment {
        server: "https://example.invalid".into(),
        server_key: [1; 32],
        device: "d".into(),
        approved,
        former: Vec::new(),
    };
    let before = first.roster();
    first.set_enrolment(&enrolment(false)).expect("kept");
    assert_eq!(first.roster(), before, "not let in yet");
    first.set_enrolment(&enrolment(true)).expect("kept");
    assert_eq!(*first.roster(), auxlog_record::Roster::default(), "from now on the server says who is on it");
    let roster = (*before).clone();
    // A client of one's own making writes the record all the same.
    let forced = auxlog_record::RosterReplaced { roster: roster.clone(), source: "x".into() };
    first.record(&auxlog_record::Event::RosterReplaced(forced)).expect("kept");
    assert_eq!(*first.roster(), auxlog_record::Roster::default());
    assert!(matches!(first.import_roster(roster, "x"), Err(LedgerError::RosterFromServer)));
    let digest = first.index_digest();
    first.close();
    let first = open(here.path(), "O1");
    assert_eq!(*first.roster(), auxlog_record::Roster::default(), "also after opening again");
    assert_eq!(first.index_digest(), digest);
    first.accept_roster(&before, b"manifest", &[].into()).expect("kept");
    assert_eq!(first.roster(), before);
}

#[test]
fn a_receipt_for_more_than_there_is_shows_that_the_end_was_cut() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = ledger(dir.path());
    let writer = ledger.identity().writer;
    ledger.accept_receipt(writer, 9, Vec::new(), Vec::new()).expect("kept");
    let whole = ledger.verify(&|_, _| {}).expect("read");
    assert!(matches!(whole, Whole::No { id: Some(RecordId { seq: 3, .. }), .. }), "{whole:?}");
}

#[test]
fn many_may_ask_at_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = Arc::new(ledger(dir.path()));
    let stored = Mutex::new(0);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (ledger, stored) = (&ledger, &stored);
            scope.spawn(move || {
                for n in 0..8 {
                    logged(ledger, &task(&format!("{thread}-{n}")));
                    assert!(ledger.today(today()).is_ok());
                    *stored.lock().expect("no panic") += 1;
                }
            });
        }
    });
    assert_eq!(ledger.counts().tasks, *stored.lock().expect("no panic"));
    assert!(matches!(ledger.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
}

#[test]
fn a_correction_takes_back_nothing_that_came_while_its_form_was_open_and_settles_what_it_knows_of() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ledger(dir.path());
    first.add_officer(&who("O2"), "correct horse").expect("added");
    let id = logged(&first, &task("t-1")).id;
    let before = first.task(id).expect("there");
    first.close();
    let other = open(dir.path(), "O2");
    let elsewhere = Task { place: Some("建设路".into()), ..before.task.clone() };
    other.amend(id, &before.heads, &elsewhere, "地点").expect("corrected");
    other.close();
    // The form was opened before that came.
    let first = open(dir.path(), "O1");
    let said = Task { text: Some("协助执法队员清点占道物品两件".into()), ..before.task.clone() };
    first.amend(id, &before.heads, &said, "内容").expect("corrected");
    let both = first.task(id).expect("there");
    assert_eq!(both.task.place.as_deref(), Some("建设路"), "nobody took it back");
    assert_eq!(both.task.text, said.text);
    assert_eq!(both.conflicts, ["verdict"], "nobody judged the two together");
    first.amend(id, &both.heads, &both.task, "两处都对").expect("settled, with nothing else to change");
    assert!(first.task(id).expect("there").conflicts.is_empty());
    let same = first.amend(id, &first.task(id).expect("there").heads, &both.task, "再来一次");
    assert!(matches!(same, Err(LedgerError::NothingChanged { .. })));
}
