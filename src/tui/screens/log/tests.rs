//! An officer logs tasks, played through on the whole program.

use auxlog_law::{Circumstance, Mode, Presence, Severity};
use auxlog_record::{Task, TaskField};
use auxlog_store::{Draft, LedgerError};

use super::content::Content;
use super::fields::First;
use super::form::Form;
use crate::effect::{Alarm, Answer, Ask, Failure};
use crate::testing::dry_run::Look;
use crate::testing::gallery::shot_in;
use crate::testing::play::Play;
use crate::testing::samples;

/// The task that was asked to be logged.
fn logged(play: &mut Play) -> Task {
    play.asked()
        .into_iter()
        .find_map(|ask| if let Ask::Log(task) = ask { Some(*task) } else { None })
        .expect("the task is on its way to the ledger")
}

/// Opens the form; there is no draft.
fn opened() -> Play {
    let mut play = Play::new();
    play.keys("<F3>").answer(Answer::Draft("log", None));
    play
}

/// Two auxiliaries, on-site verification, two officers on the scene.
fn supervised() -> Play {
    let mut play = opened();
    play.keys("wxm<Tab>lq<Enter>").keys("xchc<Enter>").keys("11").keys("wjg<Tab>zw<Enter>");
    play
}

#[test]
fn an_officer_logs_a_verification_under_supervision() {
    let mut play = supervised();
    play.types("协助执法队员核查某便利店占道经营");
    play.shows("王小明").shows("李强").shows("第十六条（二）现场核查").shows("可以");
    play.shows("检查、现场核查、调查取证、纠纷调处工作");
    play.keys("<Ctrl-S>");
    let task = logged(&mut play);
    assert_eq!(task.items, ["16.2:site-verification"]);
    assert_eq!((task.mode, task.presence), (Mode::Assisted, Presence::OnScene));
    assert_eq!(task.auxiliaries.iter().map(|a| a.id.0.as_str()).collect::<Vec<_>>(), ["X1", "X2"]);
    assert_eq!(task.officers.expect("stated").len(), 2);

    play.shows_no("已保存");
    play.answer(Answer::Logged(samples::ack(&task.id, 13, Severity::Permitted)));
    play.shows("已保存 第13号").shows("可以");
    assert!(play.asked().iter().any(|ask| matches!(ask, Ask::ClearDraft("log"))));
}

#[test]
fn what_is_done_alone_is_flagged_while_it_is_typed_and_saved_all_the_same() {
    let mut play = opened();
    play.keys("wxm<Enter>").keys("xchc<Enter>").keys("2");
    play.shows("疑似不当").shows("第十六条（二）").shows("辅助人员");
    play.keys("<Ctrl-S>");
    let task = logged(&mut play);
    assert_eq!(task.mode, Mode::Independent);
    play.answer(Answer::Logged(samples::ack(&task.id, 14, Severity::Improper)));
    play.shows("已保存 第14号").shows("已列入复核");
}

#[test]
fn saved_is_never_said_when_the_ledger_could_not() {
    let mut play = supervised();
    play.keys("<Ctrl-S>");
    let task = logged(&mut play);
    let source = std::io::Error::other("disk full");
    let error = LedgerError::NotSaved { source: Box::new(source) };
    play.answer(Answer::Failed(Failure { ask: Ask::Log(Box::new(task.clone())), error: error.into() }));
    play.shows("未能保存").shows_no("已保存").shows("王小明");
    play.keys("<Ctrl-S>");
    assert_eq!(logged(&mut play), task, "tried again it is the same task");
}

#[test]
fn a_form_that_says_nothing_is_not_sent() {
    let mut play = opened();
    play.asked();
    play.keys("wxm<Enter><Ctrl-S>").shows("请选择事项或写明做了什么");
    assert!(!play.asked().iter().any(|ask| matches!(ask, Ask::Log(_))));
}

#[test]
fn text_first_the_suggestions_are_marked_until_accepted() {
    let mut play = opened();
    play.keys("<Tab><Tab><Tab><Tab><Tab>").types("在执法队员带领下现场核查某便利店");
    play.shows("建议").shows("现场核查");
    play.keys("<Ctrl-A>").shows_no("建议 ").keys("<Ctrl-S>");
    let task = logged(&mut play);
    assert!(task.items.contains(&"16.2:site-verification".to_owned()));
    assert_eq!(task.mode, Mode::Assisted);
}

#[test]
fn the_draft_is_kept_after_a_quiet_moment_and_comes_back() {
    let mut play = supervised();
    play.types("核查到一半");
    play.asked();
    play.answer(Answer::Woke(Alarm::Draft));
    let asked = play.asked();
    let Some(Ask::SaveDraft("log", draft)) = asked.first() else { panic!("no draft was kept: {asked:?}") };

    // The program was killed here.
    let draft: Draft = (**draft).clone();
    let mut play = Play::new();
    play.keys("<F3>").answer(Answer::Draft("log", Some(Box::new(draft.clone()))));
    play.shows("已恢复未保存的草稿").shows("核查到一半").shows("王小明").shows("现场核查");
    play.keys("<Ctrl-S>");
    assert_eq!(logged(&mut play), draft.task, "a task saved twice is one task");
}

#[test]
fn the_next_task_proposes_who_supervised_and_where() {
    let mut play = supervised();
    play.keys("<Ctrl-S>");
    let task = logged(&mut play);
    play.answer(Answer::Logged(samples::ack(&task.id, 13, Severity::Permitted)));
    play.shows("沿用").shows("张伟");
    play.keys("lq<Enter>").keys("xchc<Enter>").keys("<Ctrl-A><Ctrl-S>");
    let next = logged(&mut play);
    assert_eq!(next.officers, task.officers);
    assert_eq!(next.mode, Mode::Assisted);
    assert_ne!(next.id, task.id);
}

/// Pressed since the text was begun, text itself not counted.
fn saved_within(play: &mut Play, most: usize) -> Task {
    assert!(play.pressed <= most, "{} keys, more than {most}", play.pressed);
    let task = logged(play);
    play.answer(Answer::Logged(samples::ack(&task.id, 14, Severity::Permitted)));
    task
}

#[test]
fn a_routine_task_takes_at_most_twelve_keys_beyond_its_text() {
    // The officer logged under supervision before; the program was started again since.
    let yesterday = |play: &mut Play| {
        let asked =
            play.asked().into_iter().find_map(|ask| if let Ask::Tasks(query) = ask { Some(query) } else { None });
        let query = asked.expect("the last task is asked for");
        assert_eq!((query.officer.as_ref().map(|id| id.0.as_str()), query.limit), (Some("O1"), 1));
        let page = auxlog_store::TaskPage { rows: vec![samples::row(2, false)], total: 1 };
        play.answer(Answer::Tasks(query, page));
    };

    // Fields first, from today's page: the screen, whom, what, what was proposed, saved.
    let mut play = Play::new();
    play.asked();
    play.keys("<F3>").answer(Answer::Draft("log", None));
    yesterday(&mut play);
    play.shows("沿用").shows("王建国");
    play.keys("wxm<Enter>").keys("xchc<Enter>").keys("<Ctrl-A><Ctrl-S>");
    let task = saved_within(&mut play, 12);
    assert_eq!(task.items, ["16.2:site-verification"]);
    assert_eq!(
        (task.mode, task.presence, task.officers.map(|o| o.len())),
        (Mode::Assisted, Presence::OnScene, Some(2))
    );

    // Text first: the screen, the text, whom, what was proposed, saved.
    let mut play = Play::new();
    play.keys("<F3>").answer(Answer::Draft("log", None)).answer(Answer::Draft("log templates", None));
    play.keys("<Ctrl-O>").shows("登记表先写内容");
    yesterday(&mut play);
    play.pressed = 1;
    play.types("在执法队员带领下现场核查某便利店").shows("建议").keys("<Enter>wxm<Enter><Ctrl-A><Ctrl-S>");
    let task = saved_within(&mut play, 8);
    assert!(task.items.contains(&"16.2:site-verification".to_owned()));
    assert_eq!(task.auxiliaries.len(), 1);

    // The same again for another auxiliary.
    play.pressed = 0;
    play.keys("<Ctrl-N>lq<Enter><Ctrl-S>");
    let again = saved_within(&mut play, 5);
    assert_eq!((again.items, again.mode), (task.items, task.mode));
}

#[test]
fn what_is_used_again_and_again_is_kept_as_a_template() {
    let mut play = supervised();
    play.answer(Answer::Draft("log templates", None));
    play.asked();
    play.keys("<Ctrl-R>")
        .shows("存为模板")
        .keys("<Enter>")
        .types("店招核查")
        .keys("<Enter>")
        .shows("已存为模板：店招核查");
    let asked = play.asked();
    let kept =
        asked.iter().find_map(|ask| if let Ask::SaveDraft("log templates", draft) = ask { Some(draft) } else { None });
    let kept = kept.expect("it is on its way to the disk").clone();

    // Started again: the template is there, found by its initials.
    let mut play = opened();
    play.answer(Answer::Draft("log templates", Some(kept)));
    play.keys("<Ctrl-R>").shows("店招核查").shows("王小明、李强").keys("dzhc<Enter>");
    play.shows("王小明").shows("第十六条（二）现场核查").shows("可以");
    play.keys("<Ctrl-S>");
    let task = logged(&mut play);
    assert_eq!((task.mode, task.auxiliaries.len()), (Mode::Assisted, 2));
    assert_ne!(task.id, "", "it is a task of its own");
    play.answer(Answer::Logged(samples::ack(&task.id, 13, Severity::Permitted)));

    play.asked();
    play.keys("<Ctrl-R>").types("删除").keys("<Enter>").shows("店招核查").keys("<Enter>").shows("已删除模板");
    let asked = play.asked();
    let gone = |ask: &Ask| matches!(ask, Ask::SaveDraft("log templates", draft) if draft.state.is_empty());
    assert!(asked.iter().any(gone), "{asked:?}");
}

#[test]
fn a_template_does_not_push_away_what_is_being_typed() {
    let mut play = supervised();
    play.answer(Answer::Draft("log templates", None));
    play.keys("<Ctrl-R><Enter>").types("甲").keys("<Enter>").keys("<Ctrl-R>").keys("<Enter>");
    play.shows("登记表里还有未保存的内容").shows("王小明");
}

#[test]
fn a_duty_is_found_along_the_articles_too() {
    let mut play = opened();
    play.keys("wxm<Enter>").keys("<Enter>").shows("▾ 第十五条").shows("▸ 宣传").shows_no("现场核查");
    // Past article 15 and its six items to 第十六条（二）, which opens, and on to its second activity.
    play.keys(&"<Down>".repeat(9)).shows("▸     ▸ 检查、核查、取证、调处");
    play.keys("<Right>").shows("现场核查").keys("<Down><Down><Enter>").shows("第十六条（二）现场核查");
}

#[test]
fn photos_go_with_the_task_and_stay_in_the_draft() {
    let file = |hash: u8, name: &str| auxlog_store::Staged {
        hash: auxlog_record::Hash([hash; 32]),
        size: 4,
        media_type: "image/jpeg".into(),
        name: name.into(),
        preview: auxlog_record::Preview::default(),
    };
    let mut play = supervised();
    for _ in 0..8 {
        play.keys("<Tab>");
    }
    play.shows("▸ 附件").asked();
    // As a terminal pastes a file that is dropped on it.
    play.types("'/media/sd/现场 1.jpg'").keys("<Enter>");
    assert_eq!(play.asked(), [Ask::Stage("/media/sd/现场 1.jpg".into())]);
    play.answer(Answer::Staged(Box::new(file(1, "现场 1.jpg")))).shows("现场 1.jpg").shows("附件已加密存入本机");
    play.answer(Answer::Woke(Alarm::Draft));
    let asked = play.asked();
    let Some(Ask::SaveDraft("log", draft)) = asked.first() else { panic!("no draft was kept: {asked:?}") };
    let draft = draft.clone();

    let mut play = Play::new();
    play.keys("<F3>").answer(Answer::Draft("log", Some(draft))).shows("现场 1.jpg");
    play.asked();
    play.keys("<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::LogWith(task, files)) = asked.first() else { panic!("the file is left behind: {asked:?}") };
    assert_eq!((task.items.len(), files.as_slice()), (1, [file(1, "现场 1.jpg")].as_slice()));
    play.answer(Answer::Logged(samples::ack(&task.id, 13, Severity::Permitted))).shows_no("现场 1.jpg");
}

#[test]
fn whether_text_or_fields_come_first_is_remembered() {
    let mut play = opened();
    play.answer(Answer::Draft("log templates", None));
    play.asked();
    play.keys("<Ctrl-O>").types("巡查河道");
    play.shows("▸ 内容");
    let asked = play.asked();
    let kept =
        asked.iter().find_map(|ask| if let Ask::SaveDraft("log templates", draft) = ask { Some(draft) } else { None });
    let kept = kept.expect("it is kept").clone();
    let mut play = opened();
    play.answer(Answer::Draft("log templates", Some(kept))).shows("▸ 内容");
}

#[test]
fn somebody_who_must_stand_aside_is_seen_as_soon_as_the_counterpart_is_named() {
    let mut play = supervised();
    play.shows("可以");
    play.keys("<Tab><Tab><Tab><Tab>").types("李记便利店").shows("回避").shows("第十九条（七）");
    play.shows("李强");

    // Named first, it is seen before anybody is picked.
    let mut play = opened();
    for _ in 0..9 {
        play.keys("<Tab>");
    }
    play.shows("▸ 相对人").types("李记便利店");
    for _ in 0..9 {
        play.keys("<Shift-Tab>");
    }
    play.keys("l").shows("李强").shows("应回避");
}

#[test]
fn what_was_done_before_a_rule_came_is_not_judged_by_it_while_it_is_typed() {
    let at_enterprise = |day: &str| {
        let shared = crate::testing::shared();
        let mut content = Content::new("t-1".into(), crate::testing::now());
        content.type_in(TaskField::At, &format!("{day} 0930"));
        content.duties.state(Some(vec!["16.2:inspection".into()]));
        content.toggle(Circumstance::AtEnterprise);
        let form = Form::new(content, First::default(), &shared);
        let findings = form.assessment.verdict.expect("judged").findings;
        findings.iter().any(|finding| finding.rule == "national.enterprise-inspection")
    };
    assert_eq!(["2024-06-03", "2025-06-03"].map(at_enterprise), [false, true]);
}

#[test]
fn when_the_officer_leaves_the_form_goes_on_with_the_rest() {
    let mut play = supervised();
    play.keys("<Ctrl-K>");
    let first = logged(&mut play);
    assert!(first.until.is_some(), "the first ends when the officer left");
    play.answer(Answer::Logged(samples::ack(&first.id, 13, Severity::Permitted)));
    play.shows("王小明").shows("待复核");
    play.keys("<Ctrl-S>");
    let rest = logged(&mut play);
    assert_eq!((rest.mode, rest.at), (Mode::Unstated, first.until));
}

#[test]
fn an_improper_plan_needs_a_reason_before_anyone_is_sent() {
    let mut play = opened();
    play.keys("wxm<Enter>").keys("xchc<Enter>").keys("2");
    play.asked();
    play.keys("<Ctrl-P>").shows("仍要派工").keys("<Enter>").shows("请写明理由");
    assert!(play.asked().is_empty());
    play.types("队员十分钟后到").keys("<Enter>");
    let asked = play.asked();
    let Some(Ask::Plan(task, Some(reason))) = asked.first() else { panic!("nothing is planned: {asked:?}") };
    assert_eq!((task.items[0].as_str(), reason.as_str()), ("16.2:site-verification", "队员十分钟后到"));
    play.shows_no("已保存").answer(Answer::Planned(samples::id(20))).shows("已保存：派工").shows_no("王小明");
}

#[test]
fn a_proper_plan_needs_none() {
    let mut play = supervised();
    play.asked();
    play.keys("<Ctrl-P>");
    assert!(matches!(play.asked().first(), Some(Ask::Plan(_, None))));
}

#[test]
fn a_time_that_cannot_be_read_is_marked_at_once() {
    let mut play = opened();
    play.keys("<Tab><Tab><Tab><Tab><Tab><Tab>").types("上午").shows("看不懂");
    play.keys("<Ctrl-U>0930").shows_no("看不懂");
}

#[test]
fn clearing_the_form_is_taken_back_by_the_same_key() {
    let mut play = supervised();
    play.keys("<Ctrl-X>").shows_no("王小明").keys("<Ctrl-X>").shows("王小明");
}

#[test]
fn the_caret_stands_where_the_next_character_goes() {
    let mut play = opened();
    play.keys("<Tab><Tab><Tab><Tab><Tab>");
    let before = play.caret().expect("a caret in the text");
    play.types("核查");
    let after = play.caret().expect("a caret in the text");
    assert_eq!((after.x - before.x, after.y), (4, before.y), "two characters of two columns");
}

#[test]
fn every_state_of_the_form_is_drawn_in_every_look() {
    let stories: [(&str, &str); 4] = [
        ("log_empty", ""),
        ("log_people", "w"),
        ("log_duties", "wxm<Enter><Enter>"),
        ("log_alone", "wxm<Enter>xchc<Enter>2"),
    ];
    for (state, keys) in stories {
        for look in Look::gallery() {
            let shot = shot_in(&look, |play| {
                play.keys("<F3>").answer(Answer::Draft("log", None)).keys(keys);
            });
            insta::assert_snapshot!(format!("{state}-{}", look.name()), shot);
        }
    }
}
