//! The law's text, and findings in plain words.

use auxlog_law::{Arranged, Change, Lang, Mode, Person, Presence, Provision, Recusal, Rulebook};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::common::{Stated, task};

fn book() -> &'static Rulebook {
    Rulebook::embedded()
}

fn provision(cite: &str) -> &'static Provision {
    book().provision(cite).expect("a provision of the rulebook")
}

#[test]
fn all_33_articles_stand_in_their_five_chapters() {
    let articles: Vec<_> =
        book().provisions().iter().filter(|provision| provision.law.is_empty() && provision.item.is_none()).collect();
    assert_eq!(articles.iter().map(|article| article.article).collect::<Vec<_>>(), (1..=33).collect::<Vec<_>>());
    assert!(articles.iter().all(|article| article.chapter.is_some_and(|chapter| (1..=5).contains(&chapter))));
    assert_eq!(book().chapters().len(), 5);
    let items = |article: u16| {
        book()
            .provisions()
            .iter()
            .filter(|provision| provision.law.is_empty() && provision.article == article && provision.item.is_some())
            .count()
    };
    assert_eq!([8, 9, 15, 16, 17, 18, 19, 23].map(items), [6, 8, 6, 7, 8, 6, 7, 6]);
}

/// SHA-256 over the articles as published, line by line: a slip in the data changes it. What is quoted
/// second-hand was not compared with what was published, and is left out.
#[test]
fn the_text_is_the_published_one() {
    let digest = |own: bool| {
        let compared = |law: &str| !["so54", "lcl"].contains(&law);
        let articles =
            book().provisions().iter().filter(|provision| provision.item.is_none() && compared(&provision.law));
        let texts: Vec<_> =
            articles.filter(|article| article.law.is_empty() == own).map(|article| article.text.as_str()).collect();
        HEXLOWER.encode(&Sha256::digest(texts.join("\n").as_bytes()))
    };
    assert_eq!(digest(true), "54d61600a494572d5dc01930963f7444e158567ebbe3c027ab0b29ca4bb2d668");
    assert_eq!(digest(false), "49bd76d9fe5539dd9c09c2f3ca0130ee2579a09ab5a9095ba3976ae4c24a6dba");
}

#[test]
fn provisions_are_verbatim() {
    assert_eq!(provision("16.2").text, "开展行政检查、现场核查、调查取证、纠纷调处工作；");
    assert_eq!(
        provision("16.2").verbatim(),
        "行政执法辅助人员协助行政执法人员承担以下工作：（二）开展行政检查、现场核查、调查取证、纠纷调处工作；"
    );
    assert!(provision("8").text.ends_with("可以适当提高条件。"), "paragraphs after the items belong to the article");
    assert!(provision("33").text.starts_with("本办法自 2022 年 8 月 1 日起施行。"));
    assert!(provision("cfl/42").text.contains("执法人员不得少于两人"));
    assert!(provision("ccl/17").text.contains("其他人员不得实施"));
    assert_eq!(provision("ccl/18.2").text, "由两名以上行政执法人员实施；");
    assert!(book().laws()[0].promulgation.contains("海政规〔2022〕7号"));
}

#[test]
fn its_being_in_force_is_said_to_be_unverified() {
    assert!(book().notice(Lang::Zh).contains("试行") && book().notice(Lang::Zh).contains("未经核实"));
    assert!(book().notice(Lang::En).contains("not been verified"));
}

#[test]
fn cites_are_written_as_the_law_is_cited() {
    for (cite, zh, en) in [
        ("16.2", "第十六条（二）", "Art. 16(2)"),
        ("6", "第六条", "Art. 6"),
        ("cfl/42", "行政处罚法第四十二条", "Art. 42 Administrative Penalty Law"),
        ("ccl/18.2", "行政强制法第十八条（二）", "Art. 18(2) Administrative Coercion Law"),
    ] {
        assert_eq!(book().cite_label(cite, Lang::Zh), zh);
        assert_eq!(book().cite_label(cite, Lang::En), en);
    }
}

#[test]
fn a_finding_says_what_is_wrong_who_answers_what_follows_and_what_it_asks() {
    let verdict = book().judge(&task(&["16.2:inspection"]).alone());
    let zh = book().explain(&verdict.findings[0], Lang::Zh);
    assert!(zh.message.starts_with("开展行政检查只能协助执法人员进行"), "{}", zh.message);
    assert!(zh.remedy.contains("执法人员在场主导"));
    assert!(zh.asks.is_some_and(|asks| asks.contains("第二十三条（二）")));
    assert_eq!(zh.consequence[0].0, "29");
    assert!(zh.consequence[0].1.contains("退回劳务派遣机构"));
    let cites: Vec<_> = zh.verbatim.iter().map(|(cite, _)| cite.as_str()).collect();
    assert_eq!(cites, ["16.2", "6", "17.2"]);
    let en = book().explain(&verdict.findings[0], Lang::En);
    assert!(en.message.starts_with("administrative inspection may only be done assisting an officer"));
    let arranged = book().judge(&task(&["16.2:inspection"]).alone().arranged(Arranged::Yes));
    assert_eq!(book().explain(&arranged.findings[0], Lang::Zh).asks, None);
}

#[test]
fn a_finding_about_a_person_names_the_person() {
    let verdict = book().judge(&task(&["15.1"]).person(|person| person.certificate_valid = false));
    let named = book().explain_for(&verdict.findings[0], Lang::Zh, Some("王小明"));
    assert!(named.message.starts_with("王小明当时没有有效的"));
    assert!(book().explain(&verdict.findings[0], Lang::En).message.starts_with("The auxiliary held no"));
}

#[test]
fn every_row_speaks_both_languages_and_never_of_guilt() {
    for row in book().rows() {
        for case in &row.cases {
            for words in [&case.message_zh, &case.message_en, &case.remedy_zh, &case.remedy_en] {
                assert!(!words.trim().is_empty(), "{}", row.id);
                // 违法行为 is what the public may do; of an auxiliary the words are 疑似、核实.
                assert!(!words.contains("违法"), "{}: {words}", row.id);
            }
        }
    }
}

#[test]
fn conditions_are_read_out_in_both_languages() {
    let row = book().row("supervision.alone").expect("the row");
    let zh = book().conditions_label(&row.when, Lang::Zh);
    assert_eq!(zh[1], "除外：第十六条（一） 口头劝阻违法行为");
    assert_eq!(zh[2], "监督情形：单独（独立从事，或者没有执法人员）");
    let en = book().conditions_label(&row.when, Lang::En);
    assert_eq!(en[2], "supervision: alone (independently, or with no officer)");
}

#[test]
fn an_inspection_alone_is_made_proper_by_two_officers_on_the_scene() {
    let changes = book().make_proper(&task(&["16.2:inspection"]).alone()).expect("it can be");
    assert_eq!(changes, [Change::Mode(Mode::Assisted), Change::Presence(Presence::OnScene), Change::Officers(2)]);
    let words: Vec<_> = changes.iter().map(|change| book().change_label(change, Lang::Zh, None)).collect();
    assert_eq!(words, ["改为协助执法人员进行", "执法人员到场主导", "至少有两名持有效执法证件的执法人员"]);
}

#[test]
fn the_smallest_change_is_computed_from_the_facts() {
    let labels = |facts: &auxlog_law::Facts| -> Option<Vec<String>> {
        let changes = book().make_proper(facts)?;
        Some(changes.iter().map(|change| book().change_label(change, Lang::En, Some("Li"))).collect())
    };
    assert_eq!(labels(&task(&["15.1"])), Some(vec![]), "nothing to change");
    assert_eq!(labels(&task(&["17.1:decision"]).supervised()), None, "nothing makes a decision proper");
    assert_eq!(labels(&task(&["17.7"]).supervised()), None);
    let one = |text: &str| Some(vec![text.to_owned()]);
    let officer = "at least two officers with valid certificates take part";
    assert_eq!(labels(&task(&["16.2:inspection"]).supervised_by(1)), one(officer));
    assert_eq!(labels(&task(&["16.7"]).supervised()), one("name the law, regulation or rule relied on"));
    let mixed = task(&["15.1", "17.1:decision"]).supervised();
    assert_eq!(labels(&mixed), one("the auxiliary leaves this out: making an enforcement decision"));
    let lapsed = task(&["15.1"]).person(|person| person.certificate_valid = false);
    assert_eq!(labels(&lapsed), one("Li holds a valid work certificate"));
    let related = task(&["15.1"]).person(|person| person.recusal = Recusal::Decided);
    assert_eq!(labels(&related), one("somebody eligible takes part instead of Li"));
    let nobody = task(&["15.1"]).people(Vec::<Person>::new());
    assert_eq!(labels(&nobody), one("name an auxiliary who is on the roster"));
}
