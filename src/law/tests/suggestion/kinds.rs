//! The sixteen kinds of misreading (`training/kinds.jsonl`), and where a message put nobody.

use std::path::Path;

use auxlog_law::suggest::Suggester;
use auxlog_law::suggest::measure::Labelled;
use auxlog_law::{Facts, Presence, Rulebook, Severity};

fn kinds() -> Vec<Labelled> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("training/kinds.jsonl");
    let text = std::fs::read_to_string(path).expect("the examples");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn improper(text: &str) -> bool {
    let read = Suggester::embedded().read(text);
    Rulebook::embedded().judge_task(&Facts::default(), Some(&read)).verdict == Severity::Improper
}

/// Whether an alarm is raised or missed wrongly, still: this list may only get shorter.
const MISREAD: [&str; 6] = [
    "请示过了，景队电话里答应的，煤炉子先端回来",
    "老庞在单位看直播，喊我把药盒翻过来对镜头",
    "点到的那家是我丈母娘的摊，我照样跟着储队收",
    "外国客人问公厕在哪，拿手机翻译给他看",
    "跟老汉说烧秸秆伤地，他哈哈一笑走了",
    "运管老蒋查道路运输证，我站车头看着别让后车撞",
];

#[test]
fn the_examples_of_the_kinds_raise_an_alarm_where_they_should_and_nowhere_else() {
    let all = kinds();
    assert_eq!(all.len(), 37);
    let wrong: Vec<&str> =
        all.iter().filter(|k| k.improper != Some(improper(&k.text))).map(|k| k.text.as_str()).collect();
    assert_eq!(wrong, MISREAD);
}

#[test]
fn a_telephone_puts_nobody_on_the_scene() {
    for text in ["电话请示翟队后，口头劝阻占道摆摊", "视频连线队长，劝阻占道经营", "微信问了队长，劝阻占道经营"]
    {
        assert_ne!(Suggester::embedded().read(text).presence, Presence::OnScene, "{text}");
    }
}
