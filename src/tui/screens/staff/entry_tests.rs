//! Registers, files and what falls due, played through.

use auxlog_law::Lang;
use auxlog_registers::Register;

use crate::command::Command;
use crate::effect::{Answer, Ask};
use crate::entries::{Deed, EntryPage, Within};
use crate::testing::dry_run::Look;
use crate::testing::gallery::shot_in;
use crate::testing::play::Play;
use crate::testing::{samples, sheets};

fn certificates() -> &'static Register {
    auxlog_registers::named("certificate").expect("a register")
}

/// The list of work certificates: one that ends soon, one in trouble.
fn listed(play: &mut Play) {
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings())));
    play.keys("<Down><Down><Enter>");
    let rows = vec![sheets::certificate(5, "2026-12-10"), sheets::troubled()];
    play.answer(Answer::Entries(sheets::list(Within::Register(certificates())), sheets::page(rows)));
}

fn opened(play: &mut Play) {
    listed(play);
    play.keys("<Down><Enter>");
    play.answer(Answer::Entry(samples::id(1), Some(Box::new(sheets::troubled()))));
}

fn file(play: &mut Play) {
    play.keys("<F6>").answer(Answer::People(String::new(), samples::people()));
    play.keys("<Ctrl-P>");
    let course = sheets::sheet("result", 7, "王小明 X1 岗前培训", &[("person", "X1", "王小明 X1")]);
    let rows = vec![course, sheets::certificate(5, "2026-12-10")];
    play.answer(Answer::Entries(sheets::list(Within::Person("X1".into())), sheets::page(rows)));
}

#[test]
fn tab_goes_from_people_to_the_registers_and_to_what_falls_due() {
    let mut play = Play::new();
    play.keys("<F6><Tab>");
    assert!(play.asked().contains(&Ask::Holdings));
    play.answer(Answer::Holdings(Box::new(sheets::holdings())));
    play.shows("工作证件").shows("劳务派遣协议").shows("第二十一条");
    play.asked();
    play.keys("<Tab>");
    assert_eq!(play.asked(), [Ask::Entries(sheets::list(Within::Due))]);
    play.answer(Answer::Entries(sheets::list(Within::Due), sheets::page(vec![sheets::certificate(5, "2026-12-10")])));
    play.shows("17 天").shows("海执辅字第0001号").keys("<Tab>").shows("可否派出");
}

#[test]
fn what_is_typed_is_looked_for_and_a_late_answer_is_dropped() {
    let mut play = Play::new();
    listed(&mut play);
    play.shows("2 条").asked();
    play.types("小明");
    let asked = play.asked();
    assert!(matches!(asked.as_slice(), [Ask::Entries(list)] if list.text == "小明"), "{asked:?}");
    play.answer(Answer::Entries(sheets::list(Within::Register(certificates())), sheets::page(Vec::new())));
    play.shows("2 条").keys("<Esc>").shows("2 条").keys("<Esc>").shows("条目");
}

#[test]
fn of_a_hundred_thousand_entries_a_key_asks_for_parts_and_no_more() {
    let mut play = Play::new();
    play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings()))).keys("<Down><Down><Enter>");
    let part = |asked: &[Ask], play: &mut Play| {
        for ask in asked {
            let Ask::Entries(list) = ask else { panic!("{ask:?}") };
            let rows = (0..list.limit).map(|_| sheets::certificate(5, "2026-12-10")).collect();
            play.answer(Answer::Entries(list.clone(), EntryPage { rows, total: 100_000 }));
        }
    };
    let first: Vec<Ask> = play.asked().into_iter().filter(|ask| matches!(ask, Ask::Entries(_))).collect();
    part(&first, &mut play);
    play.shows("100,000 条");
    let mut most = 0;
    for key in ["<Down>", "<PageDown>", "<End>", "<Up>", "<Home>", "海", "执"].repeat(3) {
        let asked = play.keys(key).asked();
        most = most.max(asked.len());
        part(&asked, &mut play);
    }
    assert!((1..=2).contains(&most), "{most} parts of a hundred entries");
}

#[test]
fn an_entry_is_read_with_its_steps_conflicts_and_what_has_no_effect() {
    let mut play = Play::with(Lang::Zh, (100, 40));
    opened(&mut play);
    play.shows("停岗调查").shows("自 2026-11-20").shows("有效期至：两处更正不同").shows("重复登记").shows("已作废");
    play.shows("您的角色不能办理此步");
}

#[test]
fn from_somebody_their_file_is_opened_and_from_it_an_entry() {
    let mut play = Play::new();
    file(&mut play);
    play.shows("王小明 的个人档案").shows("培训成绩").shows("工作证件").keys("<Down><Enter>");
    play.answer(Answer::Entry(samples::id(5), Some(Box::new(sheets::certificate(5, "2026-12-10")))));
    play.shows("17 天后到期").keys("<Esc>").shows("个人档案").keys("<Esc>").shows("可否派出");
}

#[test]
fn a_step_that_is_not_open_says_why_and_an_open_one_asks_for_what_it_needs() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-K>").shows("遗失作废").shows("按目前状态不能办理此步").keys("<Down><Enter>");
    play.shows_no("理由").keys("<Ctrl-K><Enter>").shows("暂停：海执辅字第0001号").shows("*理由");
    play.asked();
    play.keys("<Tab>").types("停岗调查").keys("<Ctrl-S>");
    let asked = play.asked();
    let Some(Ask::Write(written)) = asked.first() else { panic!("nothing is written: {asked:?}") };
    assert!(matches!(&written.deed, Deed::Step(_, step) if step.key == "suspend"), "{written:?}");
    assert_eq!((written.reason.as_str(), written.said.len()), ("停岗调查", 0));
    play.answer(Answer::Written(samples::id(5))).shows("已保存");
}

#[test]
fn annulling_asks_why() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-X>").shows("为什么作废").asked();
    play.types("重复登记").keys("<Enter>");
    let asked = play.asked();
    let Some(Ask::Write(written)) = asked.first() else { panic!("nothing is written: {asked:?}") };
    assert!(matches!(&written.deed, Deed::Annul(entry) if entry.id == samples::id(5)), "{written:?}");
    assert_eq!(written.reason, "重复登记");
}

#[test]
fn the_palette_goes_to_the_registers_and_to_what_falls_due() {
    let mut play = Play::new();
    play.keys("<F9>").types("go.due").keys("<Enter>");
    assert_eq!(play.model().current.command(), Command::GoStaff);
    assert!(play.asked().contains(&Ask::Entries(sheets::list(Within::Due))));
    play.keys("<F9>").types("go.registers").keys("<Enter>");
    assert!(play.asked().contains(&Ask::Holdings));
}

#[test]
fn the_list_an_entry_and_a_file_are_drawn() {
    let small = Look::default();
    let large = Look { size: (200, 50), ..Look::default() };
    insta::assert_snapshot!("entries_list", shot_in(&small, listed));
    insta::assert_snapshot!("entries_list_wide", shot_in(&large, listed));
    insta::assert_snapshot!("entries_entry", shot_in(&small, opened));
    insta::assert_snapshot!("entries_file", shot_in(&large, file));
}
