//! The form of an entry, filled in.

use std::sync::Arc;

use auxlog_registers::Misfit;

use crate::effect::{Answer, Ask, Effect};
use crate::entries::{Deed, Refusal, Within, Written};
use crate::msg::Msg;
use crate::remembered::remember;
use crate::testing::dry_run::{DryRun, Look};
use crate::testing::gallery::shot_in;
use crate::testing::headless::Headless;
use crate::testing::play::Play;
use crate::testing::{roster, samples, sheets};

fn certificates() -> Within {
    Within::Register(auxlog_registers::named("certificate").expect("a register"))
}

/// A new work certificate being written.
fn begun(play: &mut Play) {
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings())));
    play.keys("<Down><Down><Enter><Ctrl-N>");
    play.keys("wxm<Enter>").types("海执辅字第0001号");
}

fn written(play: &mut Play) -> Written {
    let asked = play.asked();
    let written = asked.into_iter().find_map(|ask| if let Ask::Write(written) = ask { Some(*written) } else { None });
    written.expect("something is written")
}

#[test]
fn a_person_is_picked_by_initials_and_what_is_stated_is_written() {
    let mut play = Play::new();
    begun(&mut play);
    play.shows("王小明 X1").keys("<Ctrl-S>");
    let written = written(&mut play);
    assert!(matches!(written.deed, Deed::Enter(register) if register.key == "certificate"));
    assert_eq!(written.said, [((1, None), "X1".to_owned()), ((2, None), "海执辅字第0001号".to_owned())]);
}

#[test]
fn what_does_not_fit_is_told_at_its_field_and_the_form_stays() {
    let mut play = Play::new();
    begun(&mut play);
    play.keys("<Ctrl-S>");
    let wrong = vec![((5, None), Misfit::Missing), ((7, None), Misfit::Missing)];
    play.answer(Answer::Refused(Arc::new(Refusal::Misfits(wrong))));
    play.shows("单位：未填写").shows("发证日期：未填写").shows("2 处填写不合要求").shows("▸ *单位");
}

#[test]
fn esc_asks_before_what_was_typed_is_lost() {
    let mut play = Play::new();
    begun(&mut play);
    play.keys("<Esc>").shows("再按一次 Esc 放弃").keys("<Esc>").shows_no("海执辅字第0001号");
}

#[test]
fn a_correction_writes_what_differs_with_the_reason() {
    let mut play = Play::new();
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings()))).keys("<Down><Down><Enter>");
    let rows = vec![sheets::certificate(5, "2026-12-10")];
    play.answer(Answer::Entries(sheets::list(certificates()), sheets::page(rows)));
    play.keys("<Ctrl-O><Tab><Tab><Tab><Tab><Tab><Tab><Tab><Ctrl-U>").types("2027-12-10");
    play.keys("<Tab><Tab>").keys("<Tab>").types("登记时写错").keys("<Ctrl-S>");
    let written = written(&mut play);
    assert_eq!(written.said, [((8, None), "2027-12-10".to_owned())]);
    assert_eq!(written.reason, "登记时写错");
    play.answer(Answer::Written(samples::id(5))).shows("已保存：更正");
}

/// The screens as they are once the officer has unlocked them again.
fn locked_and_unlocked(play: &Play) -> DryRun {
    let Some(Effect::Ask(_, Ask::SaveDraft(_, kept))) = remember(play.model()) else { panic!("nothing is kept") };
    let mut run = DryRun::locked(&Look::default());
    run.unlock(roster(), None, Some(kept));
    run
}

#[test]
fn what_was_typed_is_there_again_after_the_lock() {
    let mut play = Play::new();
    begun(&mut play);
    let again = locked_and_unlocked(&play).text();
    assert!(again.contains("海执辅字第0001号") && again.contains("王小明 X1"), "{again}");
    play.keys("<Esc><Esc>");
    assert!(!locked_and_unlocked(&play).text().contains("海执辅字第0001号"));
}

#[test]
fn a_correction_is_there_again_once_its_entry_is_read() {
    let mut play = Play::new();
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings()))).keys("<Down><Down><Enter>");
    let rows = vec![sheets::certificate(5, "2026-12-10")];
    play.answer(Answer::Entries(sheets::list(certificates()), sheets::page(rows)));
    play.keys("<Ctrl-O><Tab><Tab><Tab><Tab><Tab><Tab><Ctrl-U>").types("2029-12-10");
    let mut run = locked_and_unlocked(&play);
    let asked = |effect: &Effect| matches!(effect, Effect::Ask(_, Ask::Entry(id)) if *id == samples::id(5));
    assert!(run.take_effects().iter().any(asked));
    let sheet = Some(Box::new(sheets::certificate(5, "2026-12-10")));
    run.send(Msg::Answer(None, Box::new(Answer::Entry(samples::id(5), sheet))));
    assert!(run.text().contains("2029-12-10") && run.text().contains("更正"), "{}", run.text());
}

#[test]
fn an_entry_of_another_register_is_picked_by_what_it_is_called() {
    let mut play = Play::new();
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings())));
    play.keys("<Down><Ctrl-N><Tab>").asked();
    play.types("岗前");
    let list = match play.asked().pop() {
        Some(Ask::Entries(list)) => list,
        asked => panic!("no courses are asked for: {asked:?}"),
    };
    let course = |seq, title| sheets::sheet("course", seq, title, &[("title", title, title)]);
    let courses = vec![course(8, "岗中培训"), course(9, "岗前培训")];
    play.answer(Answer::Entries(list, sheets::page(courses))).shows("岗前培训").shows_no("岗中培训");
    play.keys("<Enter>").shows("岗前培训").keys("<Ctrl-S>");
    assert_eq!(written(&mut play).said, [((2, None), samples::id(9).to_string())]);
}

#[test]
fn several_persons_and_the_parts_of_a_group_are_written_each_in_its_place() {
    let mut play = Play::with(auxlog_law::Lang::Zh, (100, 40));
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings())));
    let down = auxlog_registers::all().iter().position(|register| register.key == "agreement").expect("a register");
    play.keys(&"<Down>".repeat(down)).keys("<Ctrl-N>").shows("新条目：劳务派遣协议");
    play.keys(&"<Tab>".repeat(6)).keys("wxm<Tab>lq<Enter>").shows("王小明 X1、李强 X2");
    play.keys("<Tab>").types("每月三千元").keys("<Ctrl-S>");
    let said = written(&mut play).said;
    assert_eq!(said[0], ((7, None), "X1、X2".to_owned()));
    assert_eq!(said[1], ((9, Some((0, 1))), "每月三千元".to_owned()));
    let wrong = vec![((9, None), Misfit::Missing)];
    play.answer(Answer::Refused(Arc::new(Refusal::Misfits(wrong)))).shows("劳动报酬 支付方式：未填写");
}

#[test]
fn the_form_is_drawn() {
    insta::assert_snapshot!("entry_form", shot_in(&Look::default(), begun));
}

#[test]
fn a_certificate_is_made_suspended_and_annulled_on_a_real_ledger() {
    let mut app = Headless::with(&Look::default(), &roster());
    app.unlock().keys("<F6><Tab>").wait_for("工作证件").keys("<Down><Down><Enter>").wait_for("没有条目");
    app.keys("<Ctrl-N>").keys("wxm<Enter>").type_text("海执辅字第0009号").keys("<Ctrl-S>").wait_for("发证日期：未填写");
    app.type_text("海安").keys("<Enter>").wait_for("海安市城市管理局");
    app.keys("<Tab>").type_text("去年").keys("<Tab>").type_text("2026-12-10");
    app.keys("<Tab>").type_text("海安市司法局").keys("<Ctrl-S>").wait_for("不能是“去年”");
    app.keys("<Ctrl-U>").type_text("2024-12-11").keys("<Ctrl-S>").wait_for("已保存").wait_for("17 天后到期");

    app.keys("<Ctrl-K>").wait_for("恢复").keys("<Enter>").wait_for("理由").keys("<Ctrl-S>").wait_for("须写明理由");
    app.type_text("停岗调查").keys("<Ctrl-S>").wait_for("状态：暂停").wait_for("停岗调查");
    app.keys("<Ctrl-O><Tab>").type_text("号").keys("<Ctrl-S>").wait_for("须写明理由");
    app.type_text("写错").keys("<Ctrl-S>").wait_for("已保存").wait_for("海执辅字第0009号号");
    app.keys("<Tab>").wait_for("17 天").keys("<F2>").wait_for("30 天内到期 1 条");
    app.keys("<F6><Enter>").wait_for("停岗调查");
    app.keys("<Ctrl-X>").type_text("重复登记").keys("<Enter>").wait_for("状态：已作废");
}
