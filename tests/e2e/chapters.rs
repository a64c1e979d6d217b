//! Chapters two and four through the real program: posts, plans and conditions, discipline, leaving, and the
//! figures of it all.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::office::Office;
use crate::registers::register;
use crate::support::{Laptop, expect_exit, json_lines, text};

/// The rules that an entry is found against.
#[track_caller]
fn found(laptop: &Laptop, kind: &str, entry: &str) -> Vec<String> {
    let output = laptop.run(["register", kind, "show", entry, "--format", "json"]);
    expect_exit(&output, 0);
    let entry = json_lines(&output).remove(0);
    let findings = entry["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
}

fn with_people() -> Laptop {
    let laptop = Laptop::initialised();
    let file = laptop.write(
        "名册.csv",
        "编号,姓名,单位编码,在岗状态,出生日期,工作证号,岗前培训,考核结果\nX1,单伟,A01,在岗,1990-05-01,,未参加,合格\nX2,王晓梅,A01,在岗,1991-06-02,,未参加,合格\n",
    );
    expect_exit(&laptop.run(["roster", "import", &file.display().to_string()]), 0);
    laptop
}

#[test]
fn nobody_is_hired_over_the_limit_without_both_consents_or_unchecked() {
    let laptop = with_people();
    let limit = |approved: &'static str, document: &'static str| {
        ["limit", "add", "agency=A01", "field=城市管理", approved, "establishment=1", document, "from=2026-01-01"]
    };
    register(&laptop, &limit("approved=3", "document=海编〔2026〕1号"), 0);
    assert_eq!(found(&laptop, "limit", "海编〔2026〕1号"), ["limit.urban-ratio"], "three for one officer");
    let plan = |post: &'static str, applicant: &'static str| {
        [
            "plan",
            "add",
            "year=2026",
            post,
            "count=2",
            "mode=劳务派遣",
            "reason=夜间巡查",
            "duties=15.2",
            "town=是",
            "field=城市管理",
            applicant,
        ]
    };
    register(&laptop, &plan("post=夜巡", "applicant=某镇政府"), 0);
    assert_eq!(found(&laptop, "plan", "夜巡"), ["plan.wrong-applicant"]);
    register(&laptop, &["plan", "correct", "夜巡", "applicant=市综合行政执法局", "--reason", "改由市局申报"], 0);
    assert!(found(&laptop, "plan", "夜巡").is_empty());

    // The two consents come in any order, and one given before the plan came back does not count for what it
    // became.
    let consent = |step: &'static str| ["plan", "step", "夜巡", step, "document=文1", "on=2026-02-01"];
    register(&laptop, &consent("consent_labour"), 2);
    register(&laptop, &["plan", "step", "夜巡", "submit"], 0);
    register(&laptop, &consent("consent_labour"), 0);
    register(&laptop, &["plan", "step", "夜巡", "return", "--reason", "人数写错"], 0);
    register(&laptop, &["plan", "step", "夜巡", "submit"], 0);
    register(&laptop, &consent("consent_posts"), 0);
    let recruited = ["recruitment", "add", "plan=夜巡", "on=2026-03-01", "hired=X1"];
    let refused = register(&laptop, &recruited, 2);
    assert!(refused.contains("第七条") && refused.contains("编办"), "{refused}");
    register(&laptop, &consent("consent_labour"), 0);
    assert_eq!(found(&laptop, "limit", "海编〔2026〕1号"), ["limit.exceeded", "limit.urban-ratio"], "two and two");

    let mut checked = vec!["eligibility", "add", "name=单伟", "born=1990-05-01", "plan=夜巡", "person=X1"];
    let conditions: Vec<String> = (1..=6).map(|n| format!("c{n}_check.result=符合")).collect();
    let bars: Vec<String> = (1..=7).map(|n| format!("b{n}_check.result=无")).collect();
    checked.extend(conditions.iter().chain(&bars).map(String::as_str));
    register(&laptop, &checked, 0);
    assert_eq!(found(&laptop, "eligibility", "单伟"), ["bar.unchecked"], "the eighth");
    register(&laptop, &["eligibility", "correct", "单伟", "b8_check.result=有", "--reason", "查到"], 0);
    let refused = register(&laptop, &["eligibility", "step", "单伟", "pass"], 2);
    assert!(refused.contains("第九条"), "{refused}");
    register(&laptop, &recruited, 0);
    assert_eq!(found(&laptop, "recruitment", "2026-03-01"), ["recruitment.unchecked"]);
    register(&laptop, &["eligibility", "step", "单伟", "bar", "--reason", "有第九条情形"], 0);
    assert_eq!(found(&laptop, "recruitment", "2026-03-01"), ["recruitment.barred"]);

    let young = ["eligibility", "add", "name=小李", "born=2015-01-01", "plan=夜巡"];
    register(&laptop, &young, 0);
    assert!(found(&laptop, "eligibility", "小李").contains(&"condition.adult".to_owned()));
}

#[test]
fn nobody_leaves_with_kit_and_nothing_is_linked_to_fines() {
    let laptop = with_people();
    register(&laptop, &["kit", "add", "person=X1", "name=制服", "quantity=2", "issued=2026-01-05"], 0);
    register(&laptop, &["leaving", "add", "person=X1", "effective=2026-06-30", "kind=本人提出"], 0);
    register(&laptop, &["leaving", "step", "X1", "approve"], 0);
    let patrol = r#"{"id":"t","items":["15.2:patrol"],"mode":"independent","arranged":"yes","at":"2026-07-01T09:00:00+08:00","auxiliaries":[{"id":"X1"}]}"#;
    let judged = text(&laptop.feed(["check", "--format", "json"], &format!("{patrol}\n")).stdout);
    assert!(judged.contains("person.departed"), "gone from the day after: {judged}");
    let judged =
        text(&laptop.feed(["check", "--format", "json"], &format!("{}\n", patrol.replace("07-01", "06-30"))).stdout);
    assert!(!judged.contains("person.departed"), "there on the day itself: {judged}");
    let refused = register(&laptop, &["leaving", "step", "X1", "close"], 2);
    assert!(refused.contains("第二十二条"), "{refused}");
    register(&laptop, &["kit", "step", "X1", "lose"], 2);
    register(&laptop, &["kit", "step", "X1", "lose", "--reason", "遗失，本人签字"], 0);
    register(&laptop, &["leaving", "step", "X1", "close"], 0);

    let linked = ["pay", "add", "item=绩效", "formula=罚款总额的百分之五", "document=某文", "from=2026-01-01"];
    let refused = register(&laptop, &linked, 2);
    assert!(refused.contains("第二十三条"), "{refused}");
    register(&laptop, &["pay", "add", "item=补助", "formula=按罚单数计", "document=某文2", "from=2026-01-01"], 0);
    assert_eq!(found(&laptop, "pay", "补助"), ["pay.counts-cases"]);
    let mut scheme = vec!["scheme", "add", "name=年度方案", "period=年"];
    let criterion = |key: &str| [format!("{key}.items=守纪"), format!("{key}.weight=25")];
    let three: Vec<String> = ["discipline", "work", "conduct"].into_iter().flat_map(criterion).collect();
    scheme.extend(three.iter().map(String::as_str));
    let refused = register(&laptop, &scheme, 2);
    assert!(refused.contains("教育培训"), "{refused}");
    let fourth = criterion("learning");
    scheme.extend(fourth.iter().map(String::as_str));
    register(&laptop, &scheme, 0);
    let scores = ["discipline=25", "work=20", "conduct=25", "learning=25"];
    let sheet = ["assessment", "add", "person=X2", "scheme=年度方案", "period=2026", "level=合格", "by=O1"];
    register(&laptop, &[&sheet[..], &scores].concat(), 0);
    let ending = ["consequence", "add", "person=X2", "assessment=2026", "use=解除", "on=2026-12-31"];
    let refused = register(&laptop, &ending, 2);
    assert!(refused.contains("第二十六条"), "{refused}");
    register(&laptop, &["consequence", "add", "person=X2", "assessment=2026", "use=续聘", "on=2026-12-31"], 0);
    assert_eq!(found(&laptop, "consequence", "X2"), ["assess.not-final"], "nobody was told yet");
}

#[test]
fn a_discipline_file_takes_no_step_before_its_turn_and_nobody_is_on_both_sides() {
    let office = Office::open();
    let (first, second, third) =
        (office.laptop("O1", "officer"), office.laptop("O2", "supervisor"), office.laptop("O3", "supervisor"));
    let everyone = || {
        for _ in 0..2 {
            for (officer, laptop) in [("O1", &first), ("O2", &second), ("O3", &third)] {
                laptop.sync(officer);
            }
        }
    };
    let opened =
        ["discipline", "add", "person=X1", "registered=2026-05-01", "source=任务发现", "items=17.2", "facts=单独检查"];
    register(&first, &opened, 0);
    let step =
        |laptop: &Laptop, said: &[&str], exit| register(laptop, &[&["discipline", "step", "X1"], said].concat(), exit);
    step(&first, &["notice", "on=2026-05-02"], 2);
    let refused = register(&first, &["discipline", "annul", "X1", "--reason", "算了"], 2);
    assert!(refused.contains("角色"), "whoever proposed it does not take it away: {refused}");
    step(&first, &["investigate", "finding=有记录为证"], 0);
    step(&first, &["notice", "on=2026-05-02"], 0);
    let refused = step(&first, &["hear", "statement=无异议", "on=2026-05-03"], 2);
    assert!(refused.contains("须由他人"), "whoever opened the file does not hear: {refused}");
    everyone();
    let decide = ["decide", "gravity=一般", "measure=责令改正", "response=已采纳", "--reason", "事实清楚"];
    step(&third, &decide, 2);
    step(&second, &["hear", "statement=无异议", "on=2026-05-03"], 0);
    let refused = step(&second, &decide, 2);
    assert!(refused.contains("听取陈述申辩"), "whoever heard does not decide: {refused}");
    everyone();
    step(&third, &decide, 0);
    everyone();
    step(&first, &["serve", "on=2026-05-05"], 0);
    everyone();

    let shown = office.admin(&["register", "discipline", "show", "X1", "--format", "json"]);
    assert!(!shown.contains("单独检查"), "sealed: {shown}");
    let shown: Value = serde_json::from_str(shown.lines().next().expect("a line")).expect("JSON");
    assert_eq!(shown["state"], "served");
    figures_are_what_was_done(&office, &first);
}

/// The figures, against a count of what was done.
fn figures_are_what_was_done(office: &Office, laptop: &Laptop) {
    office.admin(&[
        "register",
        "complaint",
        "add",
        "no=T-1",
        "on=2026-05-06",
        "channel=窗口",
        "kind=信访",
        "cause=行为粗暴",
        "content=态度差",
    ]);
    office.admin(&["register", "complaint", "step", "T-1", "accept", "told=2026-05-07"]);
    office.admin(&[
        "register",
        "limit",
        "add",
        "agency=A01",
        "field=其他",
        "approved=12",
        "document=海编1",
        "from=2026-01-01",
    ]);
    let patrol = |id: &str, at: &str| {
        format!(
            r#"{{"id":"{id}","items":["15.2:patrol"],"mode":"independent","arranged":"yes","at":"{at}T09:00:00+08:00","auxiliaries":[{{"id":"X2"}}]}}"#
        )
    };
    let tasks =
        format!("{}\n{}\n{}\n", patrol("t1", "2026-05-08"), patrol("t2", "2026-05-09"), patrol("t3", "2026-07-01"));
    let logged = laptop.feed(["log"], &tasks);
    assert!(logged.status.success(), "{}", text(&logged.stderr));
    laptop.sync("O1");
    let output =
        office.machine.run(["admin", "figures", "--since", "2026-05-01", "--until", "2026-05-31", "--format", "json"]);
    expect_exit(&output, 0);
    let figures: BTreeMap<String, (u64, Option<u64>)> = json_lines(&output)
        .iter()
        .map(|line| {
            let key = line["figure"].as_str().expect("a key").to_owned();
            (key, (line["numerator"].as_u64().expect("a number"), line["denominator"].as_u64()))
        })
        .collect();
    for (key, told) in [
        ("limit-use", (3, Some(12))),
        ("certified", (0, Some(3))),
        ("pre-post-trained", (3, Some(3))),
        ("tasks-independent", (2, Some(2))),
        ("tasks-assisted", (0, Some(2))),
        ("improper", (0, Some(2))),
        ("complaints-answered", (0, Some(1))),
        ("heard", (1, Some(1))),
        ("measure-correct", (1, Some(1))),
        ("measure-return", (0, Some(1))),
        ("injuries", (0, None)),
    ] {
        assert_eq!(figures.get(key), Some(&told), "{key}: {figures:?}");
    }
    let book = office.machine.path("指标.xlsx").display().to_string();
    office.admin(&["figures", "--since", "2026-05-01", "--until", "2026-05-31", "--format", "xlsx", "-o", &book]);
    assert!(std::fs::read(&book).expect("written").starts_with(b"PK"));
}
