//! The staff, played through.

use auxlog_law::Lang;

use crate::effect::{Answer, Ask};
use crate::testing::gallery::shot;
use crate::testing::play::Play;
use crate::testing::samples;

fn listed(play: &mut Play) {
    play.keys("<F6>").answer(Answer::People(String::new(), samples::people()));
    play.asked();
}

#[test]
fn typing_searches_and_a_late_answer_is_dropped() {
    let mut play = Play::new();
    listed(&mut play);
    play.shows("5 人").shows("王小明").keys("lq");
    let asked = play.asked();
    assert!(matches!(asked.last(), Some(Ask::People { query, .. }) if query == "lq"), "{asked:?}");
    play.answer(Answer::People("l".into(), Vec::new())).shows("5 人");
    play.answer(Answer::People("lq".into(), samples::people().drain(1..2).collect())).shows("1 人").shows("李强");
}

#[test]
fn each_line_says_why_somebody_may_not_be_sent() {
    let mut play = Play::new();
    listed(&mut play);
    play.shows("可以派").shows("无有效证件").shows("停岗");
}

#[test]
fn for_a_duty_those_who_may_be_sent_come_first() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-E>xchc<Enter>").answer(Answer::People(String::new(), samples::people()));
    play.shows("派去：16.2 现场核查");
    let text = play.text();
    let place = |name: &str| text.find(name).unwrap_or(usize::MAX);
    assert!(place("王小明") < place("赵敏"), "{text}");
}

#[test]
fn a_person_is_read_with_certificate_duties_and_flags() {
    let mut play = Play::with(Lang::Zh, (80, 40));
    listed(&mut play);
    play.keys("<Enter>");
    assert!(play.asked().contains(&Ask::Person("X1".into())));
    play.answer(Answer::Person("X1".into(), Some(Box::new(samples::person()))));
    play.shows("海执辅X1")
        .shows("岗前培训：合格")
        .shows("现在可以派")
        .shows("16.2 现场核查 2 次")
        .shows("疑似不当 1")
        .shows("陈述和申辩")
        .shows("是队长让我先进去的");
}

#[test]
fn the_provisions_behind_why_not_can_be_read() {
    let mut play = Play::new();
    listed(&mut play);
    play.keys("<Ctrl-G>").shows_no("看哪一条");
    play.keys("<Down><Down><Ctrl-G>").shows("看哪一条").shows("第二十一条").keys("<Enter>").shows("[F7 法规]");
}

#[test]
fn for_a_duty_a_person_is_read_as_for_that_duty() {
    let mut play = Play::with(Lang::Zh, (80, 40));
    listed(&mut play);
    play.keys("<Ctrl-E>").types("17.1:decision").keys("<Enter>");
    play.answer(Answer::People(String::new(), samples::people())).keys("<Enter>");
    play.answer(Answer::Person("X1".into(), Some(Box::new(samples::person()))));
    play.shows("派去：17.1").shows("第十七条").shows_no("现在可以派");
}

#[test]
fn the_list_and_a_person_are_drawn() {
    let opened = |play: &mut Play| {
        listed(play);
        play.keys("<Enter>").answer(Answer::Person("X1".into(), Some(Box::new(samples::person()))));
    };
    insta::assert_snapshot!("staff_list", shot(listed));
    insta::assert_snapshot!("staff_person", shot(opened));
}
