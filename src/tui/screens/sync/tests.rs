//! The state of synchronisation, played through.

use std::sync::Arc;

use auxlog_record::WriterId;
use auxlog_store::Concerns;
use auxlog_store::{TaskPage, TaskRow, Waiting};
use auxlog_sync::message::{Awaiting, Custody, Disposition, IncidentNote, Noted, Standing};
use auxlog_sync::{Outcome, Progress};

use crate::command::Command;
use crate::effect::{Answer, Ask};
use crate::sync_state::SyncNews;
use crate::testing::gallery::shot;
use crate::testing::play::Play;
use crate::testing::{now, samples};

fn looked_at() -> Play {
    let mut play = Play::new();
    play.keys("<F8>");
    play
}

#[test]
fn what_went_wrong_in_the_log_is_told_here_and_on_todays_page() {
    let incident = |kind: &str, seq| IncidentNote {
        at_ms: now().millis().unsigned_abs(),
        kind: kind.to_owned(),
        writer: WriterId::default(),
        seq,
        detail: "1 records".to_owned(),
    };
    let incidents = vec![incident("verdict_differs", 7), incident("void_step", 9)];
    let concerns = || Answer::Concerns(Box::new(Concerns { incidents: incidents.clone(), ..Concerns::default() }));
    let mut play = Play::new();
    play.keys("<F8>").answer(concerns());
    play.shows("记录的判断与服务器不同").shows("无权作出的步骤").shows(":9");
    play.keys("<F2>").answer(Answer::Today(Box::new(samples::report()))).answer(concerns());
    play.shows("台账异常 2 件");
}

#[test]
fn what_awaits_the_supervisor_and_what_is_held_of_ones_own_stand_here_and_on_todays_page() {
    let awaiting = |what: &str, count| Awaiting {
        writer: WriterId([7; 16]),
        officer: "O7".to_owned(),
        what: what.to_owned(),
        count,
        newest_ms: now().millis().unsigned_abs(),
    };
    let own = Custody {
        writer: WriterId([1; 16]),
        standing: Standing::Revoked,
        reason: "电脑遗失".to_owned(),
        since_ms: 0,
        held: 5,
        set_aside: Vec::new(),
    };
    let concerns = Concerns {
        custody: vec![own],
        awaiting: vec![awaiting("held", 12), awaiting("set_aside", 3), awaiting("void", 2), awaiting("stale", 1)],
        incidents: Vec::new(),
    };
    let concerns = || Answer::Concerns(Box::new(concerns.clone()));
    let mut play = Play::new();
    play.keys("<F8>").answer(concerns());
    play.shows("服务器暂扣了本机 5 条记录").shows("电脑遗失");
    play.shows("暂扣 12 条").shows("另存 3 条").shows("无效步骤 2 条").shows("O7");
    play.keys("<F2>").answer(Answer::Today(Box::new(samples::report()))).answer(concerns());
    play.shows("本机有 5 条记录未进入台账").shows("暂扣 12，另存 3，其他 3");
    play.answer(Answer::Concerns(Box::default())).shows_no("暂扣");
}

#[test]
fn what_waits_is_named_and_progress_has_records_bytes_rate_and_time() {
    let mut play = looked_at();
    assert!(play.asked().contains(&Ask::Waiting));
    let waiting = Waiting { officer: "王建国".into(), first: 11, last: 1_012, since: now() };
    play.answer(Answer::Waiting(vec![waiting])).shows("王建国 第 11 至 1,012 号，最早 09:30");
    let progress = Progress {
        sent: 1_500,
        to_send: 500,
        bytes_up: 180_000,
        bytes_down: 900,
        elapsed_ms: 3_000,
        ..Progress::default()
    };
    play.answer(Answer::Sync(SyncNews::Progress(progress)));
    play.shows("已发 1,500，待发 500").shows("已传 175 KiB，已取 900 B；每秒 500 条；约还需 1 秒");
}

#[test]
fn what_the_server_holds_is_told_record_by_record() {
    let mut play = looked_at();
    let noted = |seq, disposition| Noted { writer: samples::id(1).writer, seq, disposition };
    let outcome = Outcome {
        noted: vec![noted(7, Disposition::VerdictDiffers), noted(8, Disposition::Held)],
        ..Outcome::default()
    };
    play.answer(Answer::Sync(SyncNews::Done { at: now(), outcome: Arc::new(outcome) }));
    play.shows("第 7 号记录：服务器的判断与本机不同").shows("第 8 号记录：服务器暂扣");
}

#[test]
fn a_conflict_is_opened_to_be_settled() {
    let mut play = looked_at();
    play.shows_no("冲突");
    let row = TaskRow { conflict: true, ..samples::row(3, false) };
    play.answer(Answer::Tasks(super::conflicts(), TaskPage { rows: vec![row], total: 1 }));
    play.shows("待处理的冲突（1）").shows("王小明");
    play.asked();
    play.keys("<Ctrl-E>");
    assert_eq!(play.model().current.command(), Command::GoTasks);
    assert!(play.asked().contains(&Ask::Task(samples::id(3))));
}

#[test]
fn it_is_drawn() {
    insta::assert_snapshot!("sync_state", shot(crate::language_tests::synchronising));
}
