//! Today's page, played through.

use auxlog_store::DayReport;

use crate::command::Command;
use crate::effect::{Answer, Ask};
use crate::testing::dry_run::Look;
use crate::testing::gallery::{shot, shot_in};
use crate::testing::play::Play;
use crate::testing::samples;

#[test]
fn unlocking_shows_today_at_once() {
    let mut play = Play::new();
    assert!(play.asked().iter().any(|ask| matches!(ask, Ask::Today(_))));
    play.answer(Answer::Today(Box::new(samples::report())));
    play.shows("2026年11月23日 星期一").shows("今日登记 2 条").shows("疑似不当 1");
    play.shows("本机已存 12").shows("服务器已收 10").shows("待处理 2");
    play.shows("赵敏").shows("已过 53 天");
}

#[test]
fn enter_on_a_flag_opens_its_review() {
    let mut play = Play::new();
    play.answer(Answer::Today(Box::new(samples::report())));
    play.asked();
    play.keys("<Enter>");
    assert_eq!(play.model().current.command(), Command::GoReview);
    assert!(play.asked().contains(&Ask::Task(samples::id(1))));
}

#[test]
fn arrows_alone_reach_everything_on_the_page() {
    let mut play = Play::new();
    play.answer(Answer::Today(Box::new(samples::report())));
    play.keys("<Down><Down><Down><Down><Down>").keys("<Enter>");
    assert_eq!(
        play.model().current.command(),
        Command::GoStaff,
        "past a flag, a plan and two tasks lies what falls due"
    );
}

#[test]
fn a_plan_is_shown_with_its_verdict_and_carried_out_under_its_reference() {
    let mut play = Play::new();
    play.answer(Answer::Today(Box::new(samples::report())));
    play.shows("今日派工（1）").shows("单独去核查油烟投诉").shows("待执行");
    play.keys("<Tab><Enter>").answer(Answer::Draft("log", None));
    assert_eq!(play.model().current.command(), Command::GoLog);
    play.asked();
    play.keys("<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::Log(task)) = asked.first() else { panic!("nothing is logged: {asked:?}") };
    assert_eq!(task.id, samples::plan().task.id);
}

#[test]
fn what_falls_due_in_the_registers_is_counted() {
    let mut play = Play::new();
    play.answer(Answer::Today(Box::new(samples::report()))).shows_no("30 天内到期");
    play.answer(Answer::Holdings(Box::new(crate::testing::sheets::holdings()))).shows("台账中 30 天内到期 1 条");
}

#[test]
fn a_day_without_anything_says_so() {
    let mut play = Play::new();
    let nothing = DayReport {
        tasks: Vec::new(),
        flags: Vec::new(),
        due: Vec::new(),
        planned: Vec::new(),
        open_flags: 0,
        ..samples::report()
    };
    play.answer(Answer::Today(Box::new(nothing)));
    play.shows("没有待决的复核").shows("今天还没有登记").shows("近期没有到期事项");
}

#[test]
fn a_small_screen_shows_the_calendar_by_a_key_and_the_fortnight_always() {
    let mut play = Play::new();
    play.answer(Answer::Today(Box::new(samples::report())));
    play.shows("近 14 天").shows_no("近 39 周").keys("<Ctrl-K>").shows("每格一天").shows_no("今日已登记");
    play.keys("<Esc>").shows("今日已登记");
    assert_eq!(play.model().current.command(), Command::GoToday, "Esc only closed the calendar");
}

#[test]
fn the_page_is_drawn() {
    let report = |play: &mut Play| {
        play.answer(Answer::Today(Box::new(samples::report())));
    };
    insta::assert_snapshot!("today", shot(report));
    let calendar = |play: &mut Play| {
        report(play);
        play.keys("<Ctrl-K>");
    };
    // Where there is no room for it beside the lists.
    insta::assert_snapshot!("today_calendar", shot_in(&Look::default(), calendar));
}
