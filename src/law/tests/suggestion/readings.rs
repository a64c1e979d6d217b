//! What particular turns of phrase mean.

use auxlog_law::suggest::Suggester;
use auxlog_law::suggest::measure::items_of;
use auxlog_law::{Arranged, Facts, Mode, Outcome, Presence, Recusal, Rulebook, Severity, Status, Suggestion};

fn read(text: &str) -> Suggestion {
    Suggester::embedded().read(text)
}

fn items(text: &str) -> Vec<String> {
    items_of(&read(text)).into_iter().map(str::to_owned).collect()
}

fn verdict(text: &str) -> Severity {
    Rulebook::embedded().judge_task(&Facts::default(), Some(&Rulebook::embedded().suggest(text))).verdict
}

#[test]
fn what_is_denied_is_not_suggested() {
    assert_eq!(items("没有开罚单，只做宣传"), ["15.1"]);
    assert_eq!(items("没劝没拦，巡查后只记录上报"), ["15.2"]);
    assert!(!items("未检查，只送普法小册子").contains(&"16.2".to_owned()));
}

#[test]
fn denying_that_he_was_alone_does_not_deny_the_work() {
    let suggestion = read("未单独送达，和两名队员一起留置送达");
    assert_eq!(items_of(&suggestion).into_iter().collect::<Vec<_>>(), ["16.4"]);
    assert_eq!(suggestion.mode, Mode::Assisted);
}

#[test]
fn carrying_a_penalty_notice_is_service_and_writing_one_is_a_penalty() {
    assert_eq!(items("把罚单送到店里请店主签收"), ["16.4"]);
    assert_eq!(items("小李当场开了罚单"), ["17.2"]);
    assert_eq!(items("把会议通知送到村委会"), ["15.6"]);
}

#[test]
fn an_officers_act_is_not_the_auxiliarys() {
    assert_eq!(items("开罚单的是张队，小李只管给打印机换纸"), ["15.5"]);
    let suggestion = read("两名执法人员询问，小赵在旁录像");
    assert_eq!((suggestion.mode, suggestion.presence), (Mode::Assisted, Presence::OnScene));
}

#[test]
fn company_and_absence_of_an_officer() {
    for text in ["在执法队员带领下检查饭店", "跟张队一起检查工地", "配合路政员检查货车", "随监督员检查诊所"]
    {
        let suggestion = read(text);
        assert_eq!((suggestion.mode, suggestion.presence), (Mode::Assisted, Presence::OnScene), "{text}");
        assert_ne!(verdict(text), Severity::Improper, "{text}");
    }
    for text in [
        "队员在车上等，我一个人进去查台账",
        "没队员在，小周检查了仓库",
        "队员没来，协管进店查许可证",
        "队员刚走，协管接着查货",
        "辅助独自检查工地",
    ] {
        let suggestion = read(text);
        assert_eq!((suggestion.mode, suggestion.presence), (Mode::Independent, Presence::None), "{text}");
        assert_eq!(verdict(text), Severity::Improper, "{text}");
    }
}

#[test]
fn an_officer_who_is_told_afterwards_was_not_there() {
    let suggestion = read("巡查见乱堆放，拍照报中队");
    assert_eq!((suggestion.mode, suggestion.presence), (Mode::Unstated, Presence::Unstated));
}

#[test]
fn guidance_from_afar_is_remote() {
    let suggestion = read("队长视频连线指挥，小李进店看后厨");
    assert_eq!(suggestion.presence, Presence::Remote);
    assert_eq!(verdict("队长视频连线指挥，小李进店看后厨"), Severity::NeedsReview);
}

#[test]
fn having_it_done_is_another_provision_than_doing_it() {
    let sent = read("安排小杨一人上船查采砂证");
    assert_eq!(sent.arranged, Arranged::Yes);
    assert_eq!(items("安排小杨一人上船查采砂证"), ["16.2", "23.2"]);
    assert_eq!(items("小杨一人上船查采砂证"), ["16.2", "17.2"]);
    assert_eq!(items("小马独自给司机做询问笔录"), ["16.2", "17.1"]);
}

#[test]
fn refusing_a_gift_is_no_finding_and_taking_one_is() {
    assert_eq!(items("收了水果店两条烟，没登记"), ["17.4"]);
    assert!(items("店主塞红包，小李当场退还并登记").is_empty());
}

#[test]
fn facts_of_the_person() {
    let person = read("小赵考核不合格仍派去守卡点").person;
    assert_eq!(person.assessment, Some(Outcome::Failed));
    let person = read("没参加岗前培训就去巡查").person;
    assert_eq!(person.training, Some(Outcome::None));
    let person = read("小周工作证过期了还上岗").person;
    assert_eq!(person.certificate_valid, Some(false));
    let person = read("离职人员还穿制服帮忙维持秩序").person;
    assert_eq!(person.status, Some(Status::Departed));
    let person = read("小郑与排污企业老板是战友，跟两名队员去采样").person;
    assert_eq!(person.recusal, Some(Recusal::Known));
    assert_eq!(read("跟两名队员去采样").person, auxlog_law::SuggestedPerson::default());
}

#[test]
fn what_is_no_work_of_this_kind_suggests_nothing() {
    for text in ["天气预报明天有中雨", "体检中心约了周三上午", "", "。。。", "ok"] {
        assert!(items(text).is_empty(), "{text}: {:?}", items(text));
    }
}

#[test]
fn the_words_shown_are_words_of_the_text() {
    let text = "协助两名执法队员清点占道物品";
    let suggestion = read(text);
    let item = suggestion.items.iter().find(|i| i.code.starts_with("16.3")).expect("16.3");
    assert!(item.because.iter().any(|range| text[range.clone()].contains("清点")));
    assert!(suggestion.because.iter().any(|range| text[range.clone()].contains("执法队员")));
}

#[test]
fn a_rulebook_only_suggests_its_own_activities() {
    let suggestion = Rulebook::embedded().suggest("辅助独自检查工地");
    assert!(suggestion.items.iter().all(|i| Rulebook::embedded().activity(&i.code).is_some()));
    assert!(!suggestion.items.is_empty());
}
