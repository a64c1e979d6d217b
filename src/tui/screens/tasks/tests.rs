//! The list of tasks, played through.

use auxlog_law::{Lang, Severity};
use auxlog_record::Decision;
use auxlog_store::TaskQuery;

use crate::command::Command;
use crate::effect::{Alarm, Answer, Ask};
use crate::export::{Form, Which};
use crate::testing::gallery::shot;
use crate::testing::play::Play;
use crate::testing::samples;

fn query(play: &mut Play) -> TaskQuery {
    play.asked()
        .into_iter()
        .rev()
        .find_map(|ask| if let Ask::Tasks(query) = ask { Some(query) } else { None })
        .expect("the list is asked for")
}

fn listed(play: &mut Play) {
    play.keys("<F4>");
    let query = query(play);
    play.answer(Answer::Tasks(query, samples::page()));
}

#[test]
fn the_list_is_narrowed_by_what_is_typed() {
    let mut play = Play::new();
    listed(&mut play);
    play.shows("共 2 条").shows("疑似不当").shows("协助执法队员现场核查");
    play.keys("<Ctrl-F>").types("疑似不当 16.2 人民中路").answer(Answer::Woke(Alarm::Filter));
    let query = query(&mut play);
    assert_eq!(query.verdict, Some(Severity::Improper));
    assert_eq!(query.item.as_deref(), Some("16.2"));
    assert_eq!(query.text.as_deref(), Some("人民中路"));
}

#[test]
fn a_late_answer_to_another_filter_is_not_shown() {
    let mut play = Play::new();
    play.keys("<F4>");
    let before = query(&mut play);
    play.keys("<Ctrl-F>").types("待复核");
    play.answer(Answer::Tasks(before, samples::page()));
    play.shows("共 0 条");
}

#[test]
fn a_task_is_read_with_its_findings_its_records_and_their_chain() {
    let mut play = Play::with(Lang::Zh, (80, 60));
    listed(&mut play);
    play.keys("<Enter>");
    assert!(play.asked().contains(&Ask::Task(samples::id(1))));
    let mut detail = samples::detail(1, false);
    detail.history.push(samples::step(15, Decision::Note, "已与队长核实"));
    play.answer(Answer::Task(Box::new(detail)));
    play.shows("队员在车上等，我一个人进店核查食品台账").shows("第十六条（二）");
    play.shows("第1号").shows("哈希 abababababab").shows("服务器已出回执");
    play.shows("张伟 O2").shows("已与队长核实").shows("尚无服务器回执");
    play.keys("<Esc>").shows("共 2 条");
}

#[test]
fn annulling_asks_for_a_reason_and_changes_nothing_itself() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, false))));
    play.asked();
    play.keys("<Ctrl-X><Enter>").shows("请写明理由");
    assert!(play.asked().is_empty());
    play.types("重复登记").keys("<Enter>");
    assert_eq!(play.asked(), [Ask::Annul(samples::id(1), "重复登记".into())]);
}

#[test]
fn a_correction_keeps_reference_and_time_and_says_why() {
    let mut play = Play::new();
    listed(&mut play);
    let detail = samples::detail(1, false);
    play.keys("<Enter>").answer(Answer::Task(Box::new(detail.clone())));
    play.keys("<Ctrl-O>").answer(Answer::Draft("log", None)).shows("更正 O1-20261123-090001");
    play.keys("<Tab><Tab>1");
    play.asked();
    play.keys("<Ctrl-S>").types("当时执法人员在场，误记").keys("<Enter>");
    let asked = play.asked();
    let Some(Ask::Amend { target, corrected, reason, .. }) = asked.first() else { panic!("no correction: {asked:?}") };
    assert_eq!((*target, reason.as_str()), (detail.row.id, "当时执法人员在场，误记"));
    assert_eq!(detail.task.changed_fields(corrected), [auxlog_record::TaskField::Mode]);
    play.answer(Answer::Recorded(detail.row.id)).shows("已保存：更正");
    assert_eq!(play.model().current.command(), Command::GoTasks);
}

#[test]
fn the_filter_is_kept_as_a_view_and_used_again() {
    let mut play = Play::new();
    listed(&mut play);
    play.answer(Answer::Draft("task views", None));
    play.keys("<Ctrl-F>").types("疑似不当 地点:人民中路").keys("<Ctrl-K>").types("存为").keys("<Enter>");
    play.types("人民路的问题").keys("<Enter>").shows("已存为视图：人民路的问题");
    let asked = play.asked();
    let kept =
        asked.iter().find_map(|ask| if let Ask::SaveDraft("task views", draft) = ask { Some(draft) } else { None });
    let kept = kept.expect("it is on its way to the disk").clone();

    let mut play = Play::new();
    listed(&mut play);
    play.answer(Answer::Draft("task views", Some(kept)));
    play.keys("<Ctrl-K>").shows("本月疑似不当").keys("rmldwt<Enter>");
    let query = query(&mut play);
    assert_eq!((query.verdict, query.place.as_deref()), (Some(Severity::Improper), Some("人民中路")));
}

#[test]
fn the_list_is_written_to_a_file_that_the_officer_names() {
    let mut play = Play::new();
    listed(&mut play);
    play.asked();
    play.keys("<Ctrl-S>").shows("xlsx").shows("签字表").shows_no("证据文件");
    play.types("csv").keys("<Enter>").shows("/home/o1/台账-20261123-093000.csv");
    play.keys("<Ctrl-U>").types("本周.csv").keys("<Enter>");
    let asked = play.asked();
    let Some(Ask::Export(job)) = asked.first() else { panic!("nothing is written: {asked:?}") };
    assert_eq!((job.form, job.path.to_str()), (Form::Csv, Some("/home/o1/本周.csv")));
    assert!(matches!(&job.which, Which::List(query) if query.limit == 0), "all of the list, not a page");
    play.answer(Answer::Exported(job.clone(), Ok(2))).shows("已写出 2 条：/home/o1/本周.csv");
    play.answer(Answer::Exported(job.clone(), Err("本周.csv：已存在".into()))).shows("已存在");
}

#[test]
fn a_task_is_taken_out_as_evidence_or_as_a_sheet_to_sign() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, false))));
    play.asked();
    play.keys("<Ctrl-S>").types("zj").keys("<Enter><Enter>");
    play.keys("<Ctrl-P>").shows("O1-20261123-090001").keys("<Enter>");
    let jobs = play.asked().into_iter().filter_map(|ask| if let Ask::Export(job) = ask { Some(job) } else { None });
    let jobs: Vec<_> = jobs.map(|job| (job.form, job.which)).collect();
    let task = || Which::Task(samples::id(1));
    assert_eq!(jobs, [(Form::Evidence, task()), (Form::Sheet, task())]);
}

#[test]
fn what_a_correction_changed_stands_side_by_side() {
    let mut play = Play::with(Lang::Zh, (80, 60));
    listed(&mut play);
    play.keys("<Enter>");
    let mut detail = samples::detail(1, false);
    detail.history.push(samples::correction(15, &detail));
    detail.row.annulled = true;
    play.answer(Answer::Task(Box::new(detail)));
    play.shows("当时执法人员在场，误记").shows("已作废");
    let text = play.text();
    let line = text.lines().find(|line| line.contains("独立") && line.contains("协助")).expect("both in one line");
    assert!(line.contains("方式") && line.find("独立") < line.find("协助"), "{line}");
}

#[test]
fn a_task_serves_as_the_pattern_of_the_next() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, false))));
    play.keys("<Ctrl-N>");
    assert_eq!(play.model().current.command(), Command::GoLog);
    play.shows("王小明").shows("现场核查").shows("人民中路");
}

#[test]
fn the_list_and_a_task_are_drawn() {
    insta::assert_snapshot!("tasks_list", shot(listed));
    let detail = |play: &mut Play| {
        listed(play);
        play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, false))));
    };
    insta::assert_snapshot!("tasks_detail", shot(detail));
}
