//! The plans, played through.

use auxlog_law::{Severity, Verdict};
use auxlog_store::Agenda;

use crate::command::Command;
use crate::effect::{Answer, Ask};
use crate::testing::gallery::shot;
use crate::testing::play::Play;
use crate::testing::samples;

/// One that nobody carried out, one for today that is improper, one done, one called off, one
/// for the day after tomorrow.
fn plans() -> Vec<Agenda> {
    let plan = samples::plan();
    let moved = |seq: u64, days: i64| {
        let at = auxlog_record::Moment(plan.at.0 + chrono::TimeDelta::days(days));
        let task = auxlog_record::Task { id: format!("O1-plan-{seq}"), at: Some(at), ..plan.task.clone() };
        Agenda { id: samples::id(seq), at, task, ..plan.clone() }
    };
    let proper = |plan: Agenda| {
        let verdict = Verdict {
            verdict: Severity::Permitted,
            findings: Vec::new(),
            basis: vec!["16.2".into(), "6".into()],
            ..plan.judged.verdict.clone()
        };
        let judged = auxlog_record::Judged { verdict, ..plan.judged.clone() };
        Agenda { judged, reason: None, ..plan }
    };
    vec![
        moved(2, -2),
        plan.clone(),
        Agenda { done: true, ..proper(moved(5, 0)) },
        Agenda { annulled: true, ..moved(6, 1) },
        Agenda { mine: false, ..proper(moved(7, 2)) },
    ]
}

fn listed(play: &mut Play) {
    play.keys("<Ctrl-D>").answer(Answer::Plans(plans()));
}

#[test]
fn plans_are_shown_with_their_verdicts_before_anyone_goes() {
    let mut play = Play::new();
    play.keys("<Ctrl-D>");
    assert!(play.asked().iter().any(|ask| matches!(ask, Ask::Plans(since, until) if since < until)));
    play.answer(Answer::Plans(plans()));
    play.shows("待执行 3 项，其中疑似不当 2 项").shows("逾期未登").shows("已登记").shows("已撤销").shows("疑似不当");
}

#[test]
fn it_opens_on_what_waits_and_that_is_carried_out_under_its_reference() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-E>").answer(Answer::Draft("log", None));
    assert_eq!(play.model().current.command(), Command::GoLog);
    play.asked();
    play.keys("<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::Log(task)) = asked.first() else { panic!("nothing is logged: {asked:?}") };
    assert_eq!(task.id, samples::plan().task.id);
}

#[test]
fn a_new_plan_is_planned_by_the_key_that_saves_and_comes_back_to_the_list() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-N>").answer(Answer::Draft("log", None)).shows("安排派出");
    play.keys("wxm<Enter>xchc<Enter>11wjg<Tab>zw<Enter>").shows("派工：Ctrl-S 保存");
    play.asked();
    play.keys("<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::Plan(task, None)) = asked.first() else { panic!("nothing is planned: {asked:?}") };
    assert_eq!(task.auxiliaries.len(), 1);
    play.answer(Answer::Planned(samples::id(20))).shows("已保存：派工");
    assert_eq!(play.model().current.command(), Command::GoPlan);
    play.keys("<F3>").shows_no("安排派出").shows("填写后在此显示判断");
}

#[test]
fn an_improper_plan_is_not_sent_without_a_reason() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-N>").answer(Answer::Draft("log", None)).keys("wxm<Enter>xchc<Enter>2").shows("疑似不当");
    play.asked();
    play.keys("<Ctrl-S>").shows("仍要派工").keys("<Enter>").shows("请写明理由");
    assert!(play.asked().iter().all(|ask| !matches!(ask, Ask::Plan(..))));
    play.types("执法人员随后到").keys("<Enter>");
    let asked = play.asked();
    assert!(matches!(asked.first(), Some(Ask::Plan(_, Some(reason))) if reason == "执法人员随后到"), "{asked:?}");
}

#[test]
fn calling_off_asks_for_a_reason_and_only_the_planner_may() {
    let mut play = Play::new();
    listed(&mut play);
    play.asked();
    play.keys("<Ctrl-X>").types("改派他人").keys("<Enter>");
    assert_eq!(play.asked(), [Ask::Annul(samples::id(4), "改派他人".into())]);
    play.keys("<End><Ctrl-X>").shows_no("撤销派工");
}

#[test]
fn the_plans_are_drawn() {
    insta::assert_snapshot!("plan", shot(listed));
    let nothing = |play: &mut Play| {
        play.keys("<Ctrl-D>").answer(Answer::Plans(Vec::new()));
    };
    insta::assert_snapshot!("plan_none", shot(nothing));
}
