//! Reviews, played through: by whoever logged the task, and by another officer.

use auxlog_record::{Decision, Event, Statement};
use auxlog_store::{Counts, HistoryEntry, ReviewInput};

use crate::effect::{Answer, Ask, Failure};
use crate::export::{Form, Which};
use crate::testing::gallery::shot;
use crate::testing::play::Play;
use crate::testing::samples;

/// The review of the flag, opened; `another`: by an officer who may decide.
fn opened(another: bool) -> Play {
    let mut play = Play::new();
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
    play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, another))));
    play.asked();
    play
}

/// The same once facts, evidence and the auxiliary's statement are on record (第三十条).
fn heard() -> Play {
    let mut play = Play::new();
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
    play.keys("<Enter>").answer(Answer::Task(Box::new(heard_detail())));
    play.asked();
    play
}

fn heard_detail() -> auxlog_store::TaskDetail {
    let mut detail = samples::detail(1, true);
    let standing = &mut detail.standing;
    (standing.facts, standing.evidence, standing.asked) = (true, true, true);
    standing.heard.push("X1".into());
    detail
}

fn step(play: &mut Play) -> ReviewInput {
    play.asked()
        .into_iter()
        .find_map(|ask| if let Ask::Review(step) = ask { Some(step) } else { None })
        .expect("the step is on its way to the ledger")
}

#[test]
fn whoever_logged_it_may_note_and_propose_but_not_decide() {
    let mut play = opened(false);
    play.shows("本人登记或安排");
    play.keys("<Enter>").shows("须由他人");
    play.types("认定不成立").keys("<Enter>").shows("须由他人处理");
    play.keys("<Enter>").types("提出意见").keys("<Enter>").types("当时队员就在门口").keys("<Ctrl-S>");
    let step = step(&mut play);
    assert_eq!((step.decision, step.reason.as_str()), (Decision::Propose, "当时队员就在门口"));
}

#[test]
fn another_officer_confirms_with_the_measure_taken() {
    let mut play = heard();
    play.shows("这项由您处理");
    play.keys("<Enter>").keys("rdss<Enter>").types("属实").keys("<Enter><Enter>").shows("请写明已采取的措施");
    play.types("当场纠正，由执法人员重新核查").keys("<Enter>");
    let step = step(&mut play);
    assert_eq!(step.decision, Decision::Confirm);
    assert_eq!(step.measure.as_deref(), Some("当场纠正，由执法人员重新核查"));
    play.shows_no("已保存");
    play.answer(Answer::Recorded(samples::id(1))).shows("已保存：认定属实");
}

#[test]
fn the_answer_to_another_question_says_nothing_of_what_is_being_sent() {
    let mut play = opened(true);
    play.keys("<Enter>").types("补充说明").keys("<Enter>").types("店主已到场").keys("<Ctrl-S>");
    play.asked();
    // An attachment of the log form became durable meanwhile, about another task and about this one.
    for about in [samples::id(9), samples::id(1)] {
        play.answer_to(None, Answer::Recorded(about)).shows_no("已保存").shows("店主已到场");
    }
    let error = auxlog_store::LedgerError::RosterFromServer;
    let ask = Ask::Annul(samples::id(9), "重复".into());
    play.answer_to(None, Answer::Failed(Failure { ask, error: error.into() })).shows("店主已到场");
    play.keys("<Esc>").shows("店主已到场");
    play.answer(Answer::Recorded(samples::id(1))).shows("已保存");
}

#[test]
fn a_measure_waits_for_facts_evidence_and_a_statement_that_is_acknowledged() {
    let mut play = opened(true);
    play.keys("<Enter>").types("责令改正").keys("<Enter>").shows("先写明事实");
    let mut detail = samples::detail(1, true);
    for (seq, name, words, decision) in [
        (14, "查明事实", "九时许一人进店核查台账", Decision::Facts),
        (15, "列明证据", "现场照片两张、店主证言", Decision::Evidence),
        (16, "请其陈述", "请说明当时经过", Decision::Statement),
    ] {
        play.keys("<Enter>").types(name).keys("<Enter>").types(words).keys("<Ctrl-S>");
        assert_eq!(step(&mut play).decision, decision);
        detail.history.push(samples::step(seq, decision, words));
        match decision {
            Decision::Facts => detail.standing.facts = true,
            Decision::Evidence => detail.standing.evidence = true,
            _ => detail.standing.asked = true,
        }
        play.answer(Answer::Recorded(samples::id(1))).answer(Answer::Task(Box::new(detail.clone())));
        play.asked();
    }
    play.keys("<Enter>").types("责令改正").keys("<Enter>").shows("先听取陈述和申辩");
    play.keys("<Enter>").types("记录陈述").keys("<Enter>").types("是队长让我先进去的").keys("<Ctrl-S>");
    play.shows("须由本人确认").keys("1<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::Statement(statement)) = asked.first() else { panic!("no statement: {asked:?}") };
    assert_eq!((statement.auxiliary.0.as_str(), statement.acknowledged), ("X1", true));
    assert_eq!(statement.based_on, detail.heads);

    detail.history.push(taken_down(statement.clone()));
    detail.standing.heard.push("X1".into());
    play.answer(Answer::Recorded(samples::id(1))).answer(Answer::Task(Box::new(detail)));
    play.asked();
    play.keys("<Enter>").types("责令改正").keys("<Enter>").types("今后不得单独核查").keys("<Ctrl-S>");
    play.shows("请写明改正什么").types("三日内重学第十六条").keys("<Ctrl-S>");
    let step = step(&mut play);
    assert_eq!((step.decision, step.measure.as_deref()), (Decision::OrderCorrection, Some("三日内重学第十六条")));
    assert_eq!(step.against, Some("X1".into()));
}

#[test]
fn a_sampled_task_is_in_order_or_it_is_not() {
    let mut play = Play::new();
    let sampled = samples::sampled();
    let page = auxlog_store::TaskPage { rows: vec![sampled.row.clone()], total: 1 };
    play.keys("<F5>").answer(Answer::Flags(super::query(0), page));
    play.shows("待决 0 条，抽查 1 条").shows("✔ 抽查").shows("您");
    play.keys("<Enter>").answer(Answer::Task(Box::new(sampled))).shows("看登记是否与实际相符");
    play.asked();
    play.keys("<Enter>").types("抽查无误").keys("<Enter>").types("看过照片，相符").keys("<Ctrl-S>");
    assert_eq!(step(&mut play).decision, Decision::Dismiss);
    play.answer(Answer::Recorded(samples::id(2))).shows("已保存：抽查无误");
}

#[test]
fn every_provision_behind_the_findings_can_be_read() {
    let mut play = opened(true);
    play.keys("<Ctrl-G>").shows("看哪一条").shows("第十六条（二）").shows("第二十九条").shows("supervision.alone");
    play.keys("<Down><Down><Enter>").shows("[F7 法规]").shows("第十七条");
}

#[test]
fn a_half_written_step_is_there_again_after_the_screen_was_locked() {
    let mut play = heard();
    play.keys("<Enter>").types("认定属实").keys("<Enter>").types("属实，已核实").keys("<F12>");
    let kept = play.asked().into_iter().find_map(|ask| match ask {
        Ask::SaveDraft("review", draft) => Some(draft),
        _ => None,
    });
    let kept = kept.expect("it is kept before the keys are gone");

    let mut play = Play::new();
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
    play.answer(Answer::Draft("review", Some(kept))).shows("有一步没写完");
    play.keys("<Enter>").answer(Answer::Task(Box::new(heard_detail()))).shows("属实，已核实");
    play.asked();
    play.keys("<Tab>").types("当场纠正").keys("<Ctrl-S>");
    assert_eq!(step(&mut play).reason, "属实，已核实");
    play.answer(Answer::Recorded(samples::id(1)));
    assert!(play.asked().contains(&Ask::ClearDraft("review")), "what is stored is no draft");
}

fn taken_down(statement: Statement) -> HistoryEntry {
    HistoryEntry { event: Event::Statement(statement), ..samples::step(16, Decision::Note, "") }
}

#[test]
fn what_older_rules_or_no_server_stand_behind_is_marked() {
    let mut play = Play::new();
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
    let mut detail = samples::detail(1, true);
    let step =
        HistoryEntry { before_joining: true, first_rules: true, ..samples::step(16, Decision::Confirm, "属实") };
    detail.history.push(step);
    play.keys("<Enter>").answer(Answer::Task(Box::new(detail))).keys("<End>");
    play.shows("入网前").shows("按 0.1.0 的规则作出");
}

#[test]
fn where_everybody_took_part_the_page_says_how_another_is_let_in() {
    let mut play = Play::new();
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
    let detail = auxlog_store::TaskDetail { nobody_left: true, ..samples::detail(1, false) };
    play.keys("<Enter>").answer(Answer::Task(Box::new(detail))).shows("给外单位复核人员开通");
}

#[test]
fn leaving_a_half_written_step_stores_nothing() {
    let mut play = opened(true);
    play.keys("<Enter>").types("认定不成立").keys("<Enter>").types("误").keys("<Esc>");
    assert!(play.asked().is_empty());
    play.shows("这项由您处理");
}

#[test]
fn the_finished_file_is_exported_as_evidence() {
    let mut play = opened(true);
    play.keys("<Ctrl-O>");
    let asked = play.asked();
    let Some(Ask::Export(job)) = asked.first() else { panic!("nothing is exported: {asked:?}") };
    assert_eq!((&job.which, job.form), (&Which::Task(samples::id(1)), Form::Evidence));
    assert!(job.path.starts_with("/home/o1") && job.path.extension().is_some_and(|ending| ending == "html"));
    let job = job.clone();
    play.answer(Answer::Exported(job, Ok(1))).shows("O1-20261123-090001-证据");
}

/// The queue with one flag in it.
fn queue(play: &mut Play) {
    play.answer(Answer::Counts(Counts { open_flags: 1, ..Counts::default() }));
    play.keys("<F5>").answer(Answer::Flags(super::query(0), samples::flags()));
}

/// The steps of its review.
fn choosing(play: &mut Play) {
    queue(play);
    play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, true))));
    play.keys("<Enter>");
}

/// A step being written, once facts, evidence and statement are on record.
fn writing(play: &mut Play) {
    queue(play);
    play.keys("<Enter>").answer(Answer::Task(Box::new(heard_detail())));
    play.keys("<Enter><Down><Down><Down><Down><Down><Down><Enter>");
}

#[test]
fn the_queue_and_a_review_are_drawn() {
    insta::assert_snapshot!("review_queue", shot(queue));
    insta::assert_snapshot!("review_steps", shot(choosing));
    insta::assert_snapshot!("review_writing", shot(writing));
}
