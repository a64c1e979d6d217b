use auxlog_law::Rulebook;

use super::Law;
use crate::event::Input;
use crate::screen::{Screen as _, Target};
use crate::shared::Cx;
use crate::testing;
use crate::testing::dry_run::{DryRun, Look};
use crate::testing::gallery::shot;
use crate::testing::play::Play;

fn law() -> DryRun {
    let mut run = DryRun::open(&Look::default());
    run.keys("<F7>");
    run
}

#[test]
fn an_article_is_found_by_number_by_words_and_by_sound() {
    for typed in ["17", "17.2", "第十七条", "行政强制", "xingzhengqiangzhi"] {
        let mut run = law();
        run.keys("<Ctrl-F>").type_text(typed).keys("<Enter>");
        assert!(run.text().contains("第十七条"), "{typed}\n{}", run.text());
        assert_eq!(run.caret(), None, "Enter leads into the list");
        run.keys("<Esc>");
        assert!(run.text().contains("条文 33 "), "Esc shows everything again\n{}", run.text());
    }
}

#[test]
fn while_searching_the_caret_is_behind_what_was_typed() {
    let mut run = law();
    let before = run.keys("<Ctrl-F>").caret().unwrap();
    run.type_text("协助");
    assert_eq!(run.caret().unwrap().x, before.x + 4);
}

#[test]
fn tab_goes_from_the_regulation_to_the_laws_above_it_and_the_rules() {
    let mut run = law();
    run.keys("<Tab><Tab>");
    assert!(run.text().contains("行政处罚法"), "{}", run.text());
    run.keys("<Tab>").keys("<Ctrl-F>").type_text("supervision.alone");
    assert!(run.text().contains("supervision.alone"), "{}", run.text());
    insta::assert_snapshot!("law-rule", run.text());
}

#[test]
fn the_duties_are_listed_found_and_judged_in_every_way() {
    let mut run = law();
    run.keys("<Tab>").keys("<Ctrl-F>").type_text("xchc").keys("<Enter>");
    let text = run.text();
    for said in ["[事项]", "16.2", "现场核查", "✔ 可以", "▲ 待复核", "✘ 疑似不当", "16.2:site-verification"]
    {
        assert!(text.contains(said), "{said}\n{text}");
    }
    insta::assert_snapshot!("law-duty", text);
}

#[test]
fn a_finding_leads_to_its_item() {
    let mut run = law();
    let (mut law, target) = (Law::default(), Target::Provision("17.2".into()));
    let mut cx = Cx::new(&run.model.shared);
    law.enter(&target, &mut cx);
    assert_eq!(law.item.as_deref(), Some("17.2"));
    let place = law.found[law.list.selected().unwrap()];
    assert_eq!(Rulebook::embedded().provisions()[place].cite, "17");
    run.model.screens.get_mut(run.model.current).enter(&target, &mut cx);
    run.keys("<F1><Esc>");
    insta::assert_snapshot!("law-jump", run.text());
}

#[test]
fn an_item_asked_for_by_its_number_is_marked() {
    let mut law = Law::default();
    law.input(&Input::Text("16.3".into()), &mut Cx::new(&testing::shared()));
    assert_eq!(law.item.as_deref(), Some("16.3"));
}

#[test]
fn its_parts_are_drawn() {
    for (name, tabs) in [("law_article", 0), ("law_duty", 1), ("law_rule", 3)] {
        let part = |play: &mut Play| {
            play.keys("<F7>").keys(&"<Tab>".repeat(tabs)).keys("<Down>");
        };
        insta::assert_snapshot!(name, shot(part));
    }
}
