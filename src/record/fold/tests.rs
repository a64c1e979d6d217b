//! Tests of folding.

use proptest::prelude::*;

use super::*;
use crate::test_kit::{Writer, judged, logged, task};
use crate::{
    Amendment, Annulment, Decision, Judged, MaskOrdered, Rejudged, ReviewStep, Statement, Task, TaskLogged, TaskPlanned,
};

/// A town with three officers; records are folded as they are sealed.
struct Town {
    writers: Vec<Writer>,
    views: Memory,
    all: Vec<Record>,
    /// How far each one's clock is ahead, in milliseconds.
    ahead: [i64; 4],
}

impl Town {
    fn new() -> Self {
        let writers = vec![Writer::new(1, "O1"), Writer::new(2, "O2"), Writer::new(3, "O3"), Writer::new(4, "O1")];
        let mut town = Self { writers, views: Memory::default(), all: Vec::new(), ahead: [0; 4] };
        for n in 0..town.writers.len() {
            let record = town.writers[n].open();
            town.fold(record);
        }
        town
    }

    fn fold(&mut self, record: Record) -> RecordId {
        let event = record.event().expect("reads");
        let Ok(()) = apply(&mut self.views, &record, event, None);
        self.all.push(record);
        self.all.last().expect("pushed").id()
    }

    fn say(&mut self, writer: usize, event: &Event) -> RecordId {
        let told = self.writers.iter().zip(self.ahead).map(|(writer, ahead)| writer.now - ahead);
        self.writers[writer].now = told.max().expect("writers") + self.ahead[writer];
        let record = self.writers[writer].seal(event);
        self.fold(record)
    }

    fn view(&self, task: RecordId) -> &TaskView {
        &self.views.tasks[&task]
    }

    fn review(&mut self, writer: usize, target: RecordId, decision: Decision) -> RecordId {
        let based_on = self.view(target).heads();
        let (reason, measure) = ("理由".into(), Some("批评教育".into()));
        let step = ReviewStep { target, based_on, decision, reason, measure, against: None };
        self.say(writer, &Event::ReviewStep(step))
    }

    fn amend(&mut self, writer: usize, target: RecordId, based_on: Vec<Hash>, place: &str) -> RecordId {
        let task = Task { place: Some(place.into()), ..task("t-1") };
        let fields = vec!["place".into()];
        let judged = judged(&[]);
        let reason = "更正".into();
        self.say(writer, &Event::Amendment(Amendment { target, based_on, task, fields, reason, judged }))
    }
}

#[test]
fn a_permitted_task_is_clear_and_a_flagged_one_open() {
    let mut town = Town::new();
    let clear = town.say(0, &logged("t-1", &[]));
    let open = town.say(0, &logged("t-2", &["supervision.alone"]));
    assert_eq!(town.view(clear).status, Status::Clear);
    assert_eq!(town.view(open).status, Status::Open);
    assert_eq!(town.view(open).worst, auxlog_law::Severity::Improper);
}

#[test]
fn whoever_logged_a_task_may_note_and_propose_but_not_decide() {
    let mut town = Town::new();
    let task = town.say(0, &logged("t-1", &["supervision.alone"]));
    for decision in [Decision::Note, Decision::Propose] {
        town.review(0, task, decision);
        assert_eq!(town.view(task).status, Status::Open);
        assert!(town.view(task).review.iter().all(|step| step.void.is_none()));
    }
    for decision in [Decision::Confirm, Decision::Dismiss, Decision::Statement, Decision::Transfer] {
        town.review(0, task, decision);
        // Nor from their other laptop.
        town.review(3, task, decision);
    }
    let view = town.view(task);
    assert_eq!(view.status, Status::Open);
    assert_eq!(view.review.iter().filter(|step| step.void.is_some()).count(), 8, "kept, and marked void");
    assert_eq!(view.history().len(), 11);
    town.review(1, task, Decision::Dismiss);
    assert_eq!(town.view(task).status, Status::Dismissed);
}

#[test]
fn whoever_planned_a_task_may_not_decide_on_it_either() {
    let planned = |town: &mut Town| {
        let plan = TaskPlanned { task: task("t-1"), judged: judged(&[]), reason: None };
        town.say(1, &Event::TaskPlanned(plan))
    };
    let carried = |town: &mut Town, plan| {
        let logged = TaskLogged { task: task("t-1"), judged: judged(&["supervision.alone"]), plan: Some(plan) };
        town.say(0, &Event::TaskLogged(logged))
    };
    let mut town = Town::new();
    let plan = planned(&mut town);
    assert_eq!(town.view(plan).status, Status::Planned);
    let task = carried(&mut town, plan);
    assert_eq!(town.view(plan).carried_out(), [task]);
    assert_eq!(town.view(plan).status, Status::Planned, "the plan itself was permitted");
    town.review(1, task, Decision::Dismiss);
    assert_eq!(town.view(task).status, Status::Open);
    town.review(2, task, Decision::Dismiss);
    assert_eq!(town.view(task).status, Status::Dismissed);
}

#[test]
fn each_decision_leads_where_it_should() {
    for (decision, expected) in [
        (Decision::Note, Status::Open),
        (Decision::Propose, Status::Open),
        (Decision::Statement, Status::Statement),
        (Decision::Confirm, Status::Confirmed),
        (Decision::OrderCorrection, Status::Confirmed),
        (Decision::Criticise, Status::Confirmed),
        (Decision::ReturnToCompany, Status::Confirmed),
        (Decision::Transfer, Status::Confirmed),
        (Decision::Dismiss, Status::Dismissed),
    ] {
        let mut town = Town::new();
        let task = town.say(0, &logged("t-1", &["supervision.alone"]));
        town.review(1, task, decision);
        assert_eq!(town.view(task).status, expected, "{decision:?}");
    }
}

#[test]
fn a_statement_once_given_and_acknowledged_reopens_the_decision() {
    let mut town = Town::new();
    let task = town.say(0, &logged("t-1", &["supervision.alone"]));
    town.review(1, task, Decision::Statement);
    assert_eq!(town.view(task).status, Status::Statement);
    let given_at = crate::Moment(chrono::DateTime::UNIX_EPOCH.fixed_offset());
    let mut statement = Statement {
        target: task,
        auxiliary: "X1".into(),
        text: "我没有单独执法".into(),
        acknowledged: false,
        given_at,
        based_on: town.view(task).heads(),
    };
    town.say(0, &Event::Statement(statement.clone()));
    assert_eq!(town.view(task).status, Status::Statement, "taken down, not yet acknowledged");
    statement.acknowledged = true;
    town.say(0, &Event::Statement(statement));
    assert_eq!(town.view(task).status, Status::Open);
    assert_eq!(town.view(task).statements.len(), 2);
    town.review(1, task, Decision::Confirm);
    assert_eq!(town.view(task).status, Status::Confirmed);
}

#[test]
fn a_finding_never_disappears_and_a_new_one_reopens() {
    let mut town = Town::new();
    let task = town.say(0, &logged("t-1", &["supervision.alone"]));
    let heads = town.view(task).heads();
    town.amend(0, task, heads, "人民路");
    let view = town.view(task);
    assert_eq!(view.newest_verdict().map(|v| v.verdict), Some(auxlog_law::Severity::Permitted));
    assert_eq!(view.status, Status::Open, "the amendment is permitted, the first finding stands");
    town.review(1, task, Decision::Dismiss);
    assert_eq!(town.view(task).status, Status::Dismissed);
    let same = Rejudged { target: task, verdict: judged(&["supervision.alone"]).verdict, based_on: vec![] };
    town.say(2, &Event::Rejudged(same));
    assert_eq!(town.view(task).status, Status::Dismissed, "the same finding was decided on");
    let new = Rejudged { target: task, verdict: judged(&["person.untrained"]).verdict, based_on: vec![] };
    town.say(2, &Event::Rejudged(new));
    assert_eq!(town.view(task).status, Status::Open);
    assert_eq!(town.view(task).findings().len(), 2);
}

#[test]
fn an_annulment_is_a_mark_and_hides_no_finding() {
    let mut town = Town::new();
    let annul = |town: &mut Town, target| {
        let based_on = town.view(target).heads();
        town.say(0, &Event::Annulment(Annulment { target, reason: "重复登记".into(), based_on }))
    };
    let clear = town.say(0, &logged("t-1", &[]));
    annul(&mut town, clear);
    assert_eq!(town.view(clear).status, Status::Annulled);
    let open = town.say(0, &logged("t-2", &["supervision.alone"]));
    annul(&mut town, open);
    assert_eq!(town.view(open).status, Status::Open, "annulling is no way round a review");
    assert_eq!(town.view(open).annulled.len(), 1);
    assert_eq!(town.view(open).task.id, "t-2", "and the task is still there");
}

#[test]
fn amendments_of_one_field_conflict_unless_one_knew_of_the_other() {
    let mut town = Town::new();
    let task = town.say(0, &logged("t-1", &[]));
    let seen = town.view(task).heads();
    let first = town.amend(0, task, seen.clone(), "人民路");
    let knowing = town.view(task).heads();
    town.amend(1, task, knowing, "建设路");
    assert_eq!(town.view(task).conflicts, []);
    assert_eq!(town.view(task).task.place.as_deref(), Some("建设路"));

    let unaware = town.amend(2, task, seen, "长江路");
    let view = town.view(task);
    assert_eq!(view.conflicts.len(), 1);
    assert_eq!(view.conflicts[0].field, "place");
    assert_eq!(view.conflicts[0].records.len(), 2);
    assert!(view.conflicts[0].records.contains(&unaware.to_string()));
    assert!(!view.conflicts[0].records.contains(&first.to_string()), "that one was known and overwritten");
    assert_eq!(view.amendments.len(), 3, "all stay visible");

    let all = town.view(task).heads();
    assert_eq!(all.len(), 2);
    town.amend(1, task, all, "江海路");
    assert_eq!(town.view(task).conflicts, [], "whoever knew of both has settled it");
    assert_eq!(town.view(task).task.place.as_deref(), Some("江海路"));
}

#[test]
fn amendments_of_different_fields_both_apply() {
    let mut town = Town::new();
    let id = town.say(0, &logged("t-1", &[]));
    let seen = town.view(id).heads();
    town.amend(0, id, seen.clone(), "人民路");
    let task = Task { counterpart: Some("某便利店".into()), ..task("t-1") };
    let fields = vec!["counterpart".into(), "a field of a newer version".into()];
    let event = Amendment { target: id, based_on: seen, task, fields, reason: "更正".into(), judged: judged(&[]) };
    town.say(1, &Event::Amendment(event));
    let view = town.view(id);
    assert_eq!(view.conflicts, []);
    assert_eq!(view.task.place.as_deref(), Some("人民路"));
    assert_eq!(view.task.counterpart.as_deref(), Some("某便利店"));
    assert_eq!(view.original().place, None, "the first record stays as it was");
}

#[test]
fn a_sampled_task_waits_for_somebody_else_to_look_at_it() {
    let mut town = Town::new();
    let mut sampled = Vec::new();
    let logged_in_all = 40 * SAMPLED_ONE_IN;
    for n in 0..logged_in_all {
        let id = town.say(0, &logged(&format!("t-{n}"), &[]));
        if town.view(id).awaits_look() {
            sampled.push(id);
        }
    }
    assert!((20..80).contains(&sampled.len()), "{} of {logged_in_all}, about 40 expected", sampled.len());
    let [sound, mislabelled, ..] = sampled[..] else { panic!("two at least") };
    town.review(0, sound, Decision::Dismiss);
    assert!(town.view(sound).awaits_look(), "their own look does not count");
    town.review(1, sound, Decision::Note);
    assert!(town.view(sound).awaits_look(), "a remark decides nothing");
    town.review(1, sound, Decision::Dismiss);
    assert_eq!((town.view(sound).awaits_look(), town.view(sound).status), (false, Status::Clear));
    town.review(1, mislabelled, Decision::Confirm);
    assert_eq!((town.view(mislabelled).awaits_look(), town.view(mislabelled).status), (false, Status::Confirmed));
    assert_eq!(town.view(mislabelled).worst, auxlog_law::Severity::Permitted, "the verdict given stands");
    let flagged = town.say(0, &logged("t-f", &["supervision.alone"]));
    assert!(!town.view(flagged).awaits_look());
}

#[test]
fn decisions_that_contradict_each_other_unawares_leave_the_flag_open() {
    let mut town = Town::new();
    let task = town.say(0, &logged("t-1", &["supervision.alone"]));
    let based_on = town.view(task).heads();
    for (writer, decision) in [(1, Decision::Confirm), (2, Decision::Dismiss)] {
        let step = ReviewStep {
            target: task,
            based_on: based_on.clone(),
            decision,
            reason: "理由".into(),
            measure: Some("批评".into()),
            against: None,
        };
        town.say(writer, &Event::ReviewStep(step));
    }
    assert_eq!(town.view(task).status, Status::Open);
    assert_eq!(town.view(task).conflicts[0].field, "decision");
    town.review(1, task, Decision::Confirm);
    assert_eq!(town.view(task).status, Status::Confirmed);
    assert_eq!(town.view(task).conflicts, []);
}

#[test]
fn records_about_a_task_that_has_not_arrived_wait_for_it() {
    let mut town = Town::new();
    let mut elsewhere = Writer::new(9, "O9");
    let opened = elsewhere.open();
    let late = elsewhere.seal(&logged("t-1", &["supervision.alone"]));
    let step = ReviewStep {
        target: late.id(),
        based_on: vec![late.hash()],
        decision: Decision::Confirm,
        reason: "理由".into(),
        measure: Some("批评".into()),
        against: None,
    };
    town.say(1, &Event::ReviewStep(step));
    assert_eq!(town.view(late.id()).status, Status::Incomplete);
    let id = late.id();
    town.fold(opened);
    town.fold(late);
    assert_eq!(town.view(id).status, Status::Confirmed);
}

#[test]
fn a_masked_task_stays_one_whichever_form_comes_first() {
    let mut town = Town::new();
    let id = town.say(0, &logged("t-1", &["supervision.alone"]));
    let order =
        MaskOrdered { target: id, order: "1号".into(), authority: "司法局".into(), reason: "申请".into() };
    town.say(1, &Event::MaskOrdered(order));
    let whole = town.all.iter().find(|record| record.id() == id).expect("sealed").clone();
    town.fold(whole.clone().masked());
    assert_eq!(town.view(id).task, Task::default(), "nothing of the body is left");
    town.fold(whole);
    assert_eq!(town.view(id).task, Task::default(), "nor does it come back");
    assert!(town.view(id).base_author().is_some());
}

#[test]
fn of_a_masked_task_the_log_says_which_steps_hold_and_what_is_being_appended_goes_by_the_rules() {
    use crate::review::Closed;
    let mut town = strict();
    let id = town.say(0, &logged("t-1", &[]));
    let (based_on, fields, task) = (town.view(id).heads(), Vec::new(), task("t-1"));
    let (reason, judged) = ("更正".into(), judged(&["supervision.alone"]));
    town.say(0, &Event::Amendment(Amendment { target: id, based_on, task, fields, reason, judged }));
    let own = town.review(0, id, Decision::Dismiss);
    for (lsn, why) in [(9, None), (Word::COMING, Some(Closed::Own))] {
        let mut views = Memory::default();
        views.authority.adopt_alone(Hlc(0));
        for (record, at) in town.all.iter().zip(1..) {
            let word = Word { lsn: if record.id() == own { lsn } else { at }, recv_ms: at, ..Word::default() };
            let record = if record.id() == id { record.clone().masked() } else { record.clone() };
            let Ok(()) = apply(&mut views, &record, record.event().expect("reads"), Some(&word));
        }
        let history = views.tasks[&id].history();
        assert_eq!(history.into_iter().find(|entry| entry.record == own).expect("there").void, why, "{lsn}");
    }
}

#[test]
fn the_newest_imported_roster_counts_in_whichever_order_they_come() {
    let mut town = Town::new();
    let import = |version| {
        Event::RosterReplaced(crate::RosterReplaced {
            roster: Roster { version, ..Roster::default() },
            source: "名册.xlsx".into(),
        })
    };
    let mut elsewhere = Writer::new(9, "O9");
    let opened = elsewhere.open();
    let older = elsewhere.seal(&import(1));
    elsewhere.now += 1_000_000;
    let newer = elsewhere.seal(&import(2));
    town.fold(opened);
    town.fold(newer);
    town.fold(older);
    assert_eq!(town.views.roster.as_ref().map(|(_, _, roster)| roster.version), Some(2));
}

/// A history that several officers wrote, some of them offline, knowing only part of it.
fn history(choices: &[(usize, u8, usize)]) -> Vec<Vec<Record>> {
    let mut town = Town::new();
    // One clock is further ahead than others are set by.
    town.ahead = [0, 0, 600_000, 0];
    let mut tasks = vec![town.say(0, &logged("t-1", &["supervision.alone"]))];
    for &(writer, what, pick) in choices {
        let target = tasks[pick % tasks.len()];
        let heads = town.view(target).heads();
        // Every other author has not heard of the newest records.
        let seen = if pick % 2 == 0 { heads } else { heads.into_iter().take(1).collect() };
        match what % 8 {
            0 => tasks.push(town.say(writer, &logged("t", &["person.untrained"]))),
            1 => drop(town.amend(writer, target, seen, ["人民路", "建设路", "长江路"][pick % 3])),
            2 => {
                let event = Annulment { target, reason: "误".into(), based_on: seen };
                town.say(writer, &Event::Annulment(event));
            }
            3 => {
                let verdict = judged(&["supervision.remote"]).verdict;
                town.say(writer, &Event::Rejudged(Rejudged { target, verdict, based_on: seen }));
            }
            4 => {
                let judged: Judged = judged(&["supervision.unstated"]);
                let logged = TaskLogged { task: task("t-9"), judged, plan: Some(target) };
                tasks.push(town.say(writer, &Event::TaskLogged(logged)));
            }
            5 => {
                let plan = TaskPlanned { task: task("p"), judged: judged(&[]), reason: None };
                tasks.push(town.say(writer, &Event::TaskPlanned(plan)));
            }
            _ => {
                let decision = [Decision::Confirm, Decision::Dismiss, Decision::Statement][pick % 3];
                let event =
                    ReviewStep { target, based_on: seen, decision, reason: "理".into(), measure: None, against: None };
                town.say(writer, &Event::ReviewStep(event));
            }
        }
    }
    let mut chains: Vec<Vec<Record>> = vec![Vec::new(); 4];
    for record in town.all {
        let writer = town.writers.iter().position(|writer| writer.key.writer() == record.id().writer);
        chains[writer.expect("of the town")].push(record);
    }
    chains
}

fn folded(order: impl IntoIterator<Item = Record>) -> Memory {
    folded_by(order, Hlc(u64::MAX))
}

/// The same where the newest rules of steps hold from a time on.
fn folded_by(order: impl IntoIterator<Item = Record>, strict_since: Hlc) -> Memory {
    let mut views = Memory::default();
    views.authority.adopt_alone(strict_since);
    for record in order {
        let Ok(()) = apply(&mut views, &record, record.event().expect("reads"), None);
    }
    views
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Chains arrive interleaved in any way, some records more than once: the views are the same.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        choices in proptest::collection::vec((0_usize..4, any::<u8>(), 0_usize..6), 1..14),
        picks in proptest::collection::vec(0_usize..4, 80),
        strict in any::<bool>(),
    ) {
        let since = if strict { Hlc(0) } else { Hlc(u64::MAX) };
        let chains = history(&choices);
        let straight = folded_by(chains.iter().flatten().cloned(), since);
        let mut rest = chains;
        let mut mixed = Vec::new();
        for pick in picks {
            if !rest[pick].is_empty() {
                let record = rest[pick].remove(0);
                mixed.push(record.clone());
                if pick == 2 {
                    mixed.push(record);
                }
            }
        }
        mixed.extend(rest.into_iter().rev().flatten());
        let mixed = folded_by(mixed, since);
        for (id, view) in &straight.tasks {
            prop_assert_eq!(&mixed.tasks[id], view);
        }
        prop_assert_eq!(mixed.digest(), straight.digest());
    }

    /// What the cache keeps of a view is the whole of it.
    #[test]
    fn views_come_back_from_their_bytes(
        choices in proptest::collection::vec((0_usize..4, any::<u8>(), 0_usize..6), 1..10),
    ) {
        for view in folded(history(&choices).into_iter().flatten()).tasks.values() {
            let bytes = minicbor::to_vec(view).expect("memory");
            let again: TaskView = minicbor::decode(&bytes).expect("decodes");
            prop_assert_eq!(&again, view);
        }
    }
}

/// A town where the newest rules of steps hold from the beginning.
fn strict() -> Town {
    let mut town = Town::new();
    town.views.authority.adopt_alone(Hlc(0));
    town
}

/// A finding that the auxiliary answers for, about one of those named.
fn against(person: Option<u16>) -> Event {
    let mut judged = judged(&["person.untrained"]);
    judged.verdict.findings[0].answers = vec![auxlog_law::Answerable::Auxiliary];
    judged.verdict.findings[0].person = person;
    judged.people = vec![crate::JudgedPerson { id: "X1".into(), name: None, known: true, differs: Vec::new() }];
    Event::TaskLogged(TaskLogged { task: task("t-1"), judged, plan: None })
}

fn heard(target: RecordId, who: &str, based_on: Vec<Hash>) -> Event {
    let given_at = crate::Moment(chrono::DateTime::UNIX_EPOCH.fixed_offset());
    let (auxiliary, text) = (who.into(), "无异议".into());
    Event::Statement(Statement { target, auxiliary, text, acknowledged: true, given_at, based_on })
}

fn void_of(town: &Town, task: RecordId, record: RecordId) -> Option<crate::review::Closed> {
    town.view(task).history().into_iter().find(|entry| entry.record == record).expect("in the history").void
}

#[test]
fn nobody_is_heard_in_anothers_place() {
    use crate::review::Closed;
    for person in [Some(0), None] {
        let mut town = strict();
        let task = town.say(0, &against(person));
        for decision in [Decision::Facts, Decision::Evidence, Decision::Statement] {
            town.review(1, task, decision);
        }
        let heads = town.view(task).heads();
        town.say(1, &heard(task, "X99", heads));
        for who in [None, Some("X99"), Some("X1")] {
            let (target, based_on) = (task, town.view(task).heads());
            let (reason, measure) = ("理由".into(), Some("批评".into()));
            let against = who.map(Into::into);
            let step = ReviewStep { target, based_on, decision: Decision::Confirm, reason, measure, against };
            let confirmed = town.say(1, &Event::ReviewStep(step));
            let accused = person.is_some();
            let why = if accused && who == Some("X99") { Closed::NotTheirs } else { Closed::NotHeard };
            assert_eq!(void_of(&town, task, confirmed), Some(why), "{person:?} {who:?}");
        }
        let heads = town.view(task).heads();
        town.say(1, &heard(task, "X1", heads));
        town.review(1, task, Decision::Confirm);
        assert_eq!(town.view(task).status, Status::Confirmed, "{person:?}");
    }
}

#[test]
fn a_step_that_does_not_say_why_has_no_effect() {
    let mut town = strict();
    let task = town.say(0, &logged("t-1", &["supervision.alone"]));
    let based_on = town.view(task).heads();
    for (decision, reason, measure) in [
        (Decision::Dismiss, " ", None),
        (Decision::Confirm, "理由", None),
        (Decision::Confirm, "理由", Some("\u{3000}")),
    ] {
        let (target, based_on, measure) = (task, based_on.clone(), measure.map(Into::into));
        let step = ReviewStep { target, based_on, decision, reason: reason.into(), measure, against: None };
        let said = town.say(1, &Event::ReviewStep(step));
        assert_eq!(void_of(&town, task, said), Some(crate::review::Closed::Unsaid));
    }
    let annulled = town.say(0, &Event::Annulment(Annulment { target: task, reason: String::new(), based_on }));
    assert_eq!(void_of(&town, task, annulled), Some(crate::review::Closed::Unsaid));
    assert_eq!(town.view(task).status, Status::Open);
}

#[test]
fn what_an_amendment_was_judged_on_is_what_is_shown() {
    let mut town = strict();
    let id = town.say(0, &logged("t-1", &[]));
    // Judged on a task that was supervised; named is only what was done.
    let told = Task { items: vec!["16.2:enforce".into()], mode: auxlog_law::Mode::Assisted, ..task("t-1") };
    let (based_on, fields) = (town.view(id).heads(), vec!["items".into()]);
    let (task, reason, judged) = (told.clone(), "更正".into(), judged(&[]));
    town.say(0, &Event::Amendment(Amendment { target: id, based_on, task, fields, reason, judged }));
    assert_eq!(town.view(id).task, told);
}

#[test]
fn amendments_that_together_make_what_nobody_judged_await_one_that_knows_of_both() {
    let mut town = strict();
    let id = town.say(0, &logged("t-1", &[]));
    let seen = town.view(id).heads();
    let amend = |town: &mut Town, writer, based_on, task: Task| {
        let (fields, reason, judged) = (Vec::new(), "更正".into(), judged(&[]));
        town.say(writer, &Event::Amendment(Amendment { target: id, based_on, task, fields, reason, judged }))
    };
    amend(&mut town, 0, seen.clone(), Task { mode: auxlog_law::Mode::Independent, ..task("t-1") });
    assert_eq!(town.view(id).conflicts, []);
    amend(&mut town, 1, seen, Task { items: vec!["16.2:enforce".into()], ..task("t-1") });
    let both = town.view(id).task.clone();
    assert_eq!((both.mode, both.items.len()), (auxlog_law::Mode::Independent, 1));
    assert_eq!(town.view(id).conflicts.iter().map(|conflict| &*conflict.field).collect::<Vec<_>>(), [VERDICT]);
    let all = town.view(id).heads();
    amend(&mut town, 1, all, both);
    assert_eq!(town.view(id).conflicts, []);
}

#[test]
fn a_colleagues_fast_clock_takes_nothing_from_a_step() {
    for ahead in [0, 600_000, -600_000] {
        let mut town = strict();
        let task = town.say(0, &against(Some(0)));
        town.ahead[2] = ahead;
        for decision in [Decision::Facts, Decision::Evidence, Decision::Statement] {
            town.review(2, task, decision);
        }
        let heads = town.view(task).heads();
        town.say(2, &heard(task, "X1", heads));
        let confirmed = town.review(1, task, Decision::Confirm);
        assert_eq!(void_of(&town, task, confirmed), None, "{ahead}");
        assert_eq!(town.view(task).status, Status::Confirmed, "{ahead}");
    }
}

#[test]
fn whoever_is_named_in_an_amendment_that_was_seen_does_not_decide_whatever_its_clock_said() {
    let mut town = strict();
    let id = town.say(0, &logged("t-1", &["supervision.alone"]));
    town.ahead[0] = 600_000;
    let officers = Some(vec![crate::StatedOfficer { id: "O2".into(), ..crate::StatedOfficer::default() }]);
    let (based_on, task) = (town.view(id).heads(), Task { officers, ..task("t-1") });
    let (fields, reason, judged) = (vec!["officers".into()], "更正".into(), judged(&["supervision.alone"]));
    town.say(0, &Event::Amendment(Amendment { target: id, based_on, task, fields, reason, judged }));
    let dismissed = town.review(1, id, Decision::Dismiss);
    assert_eq!(void_of(&town, id, dismissed), Some(crate::review::Closed::Own));
}

#[test]
fn a_verdict_is_given_again_on_what_it_names_as_seen() {
    use crate::facts::{Defaults, Judging, judge};
    let book = auxlog_law::Rulebook::embedded();
    let judged = |task: &Task| {
        let Judging { reduced, verdict, .. } = judge(book, task, &crate::Roster::default(), &Defaults::default());
        reduced.judged(verdict, 0, 0)
    };
    let mut town = strict();
    let first = task("t-1");
    let corrected = Task { mode: auxlog_law::Mode::Independent, ..first.clone() };
    let (before, after) = (judged(&first), judged(&corrected));
    assert_ne!(before.verdict, after.verdict);
    let id = town.say(0, &Event::TaskLogged(TaskLogged { task: first.clone(), judged: before.clone(), plan: None }));
    let (based_on, fields) = (town.view(id).heads(), vec!["mode".to_owned()]);
    let reason = "更正".to_owned();
    town.say(
        0,
        &Event::Amendment(Amendment { target: id, based_on, task: corrected, fields, reason, judged: after.clone() }),
    );
    // Another's correction is seen where it is named, and not where nothing is.
    let mut given = |verdict: &auxlog_law::Verdict, based_on: Vec<Hash>| {
        let again = Event::Rejudged(Rejudged { target: id, verdict: verdict.clone(), based_on });
        assert_eq!(Event::from_body(10, again.schema(), &again.to_body()).expect("reads"), again);
        let record = town.say(1, &again);
        void_of(&town, id, record)
    };
    assert_eq!(given(&after.verdict, Vec::new()), Some(crate::review::Closed::NotGivenAgain));
    assert_eq!(given(&before.verdict, Vec::new()), None, "as 0.1.0 wrote it, on the task's own record");
    let heads = town.view(id).heads();
    let mut given = |verdict: &auxlog_law::Verdict| {
        let again = Event::Rejudged(Rejudged { target: id, verdict: verdict.clone(), based_on: heads.clone() });
        let record = town.say(2, &again);
        void_of(&town, id, record)
    };
    assert_eq!(given(&after.verdict), None);
    assert_eq!(given(&before.verdict), Some(crate::review::Closed::NotGivenAgain));
}
