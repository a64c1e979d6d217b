//! The agency's registers through the real program: training, certificates and inspections, agreements.

use serde_json::{Value, json};

use crate::office::Office;
use crate::screens::unlock;
use crate::support::{Laptop, expect_exit, json_lines, text};
use crate::terminal::{Terminal, key};

/// Runs `auxlog register …`, and gives what it printed.
#[track_caller]
pub(crate) fn register(laptop: &Laptop, args: &[&str], exit: i32) -> String {
    let output = laptop.run(["register"].iter().chain(args));
    expect_exit(&output, exit);
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn shown(laptop: &Laptop, kind: &str, entry: &str) -> Value {
    let output = laptop.run(["register", kind, "show", entry, "--format", "json"]);
    expect_exit(&output, 0);
    json_lines(&output).remove(0)
}

fn listed(laptop: &Laptop, kind: &str) -> Vec<Value> {
    json_lines(&laptop.run(["register", kind, "list", "--format", "json"]))
}

/// The id in what an `add` printed.
fn id_in(said: &str) -> String {
    said.trim().rsplit(['：', ' ']).next().expect("an id").to_owned()
}

/// The rules that a patrol of X1 on a day is found against.
fn found(laptop: &Laptop, day: &str) -> Vec<String> {
    let task = json!({ "id": "t", "items": ["15.2:patrol"], "mode": "independent", "arranged": "yes",
        "at": format!("{day}T09:00:00+08:00"), "auxiliaries": [{ "id": "X1" }] });
    let judged = json_lines(&laptop.feed(["check", "--format", "json"], &format!("{task}\n"))).remove(0);
    let rule = |finding: &Value| finding["rule"].as_str().unwrap_or_default().to_owned();
    judged["findings"].as_array().expect("findings").iter().map(rule).collect()
}

/// A laptop whose roster knows X1 and X2, neither trained nor certified.
fn with_people() -> Laptop {
    let laptop = Laptop::initialised();
    let file = laptop.write("名册.csv", "编号,姓名,单位编码,在岗状态,出生日期,工作证号,岗前培训,考核结果\nX1,单伟,A01,在岗,1990-05-01,,未参加,合格\nX2,王晓梅,A01,在岗,1991-06-02,,未参加,合格\n");
    expect_exit(&laptop.run(["roster", "import", &file.display().to_string()]), 0);
    laptop
}

const COURSE: [&str; 8] = [
    "course",
    "add",
    "title=岗前培训第一期",
    "strand=法律知识",
    "pre_post=是",
    "from=2026-03-01 09:00",
    "until=2026-03-05 17:00",
    "hours=40",
];

#[test]
fn a_certificate_follows_training_and_its_standing_is_a_verdicts() {
    let laptop = with_people();
    register(&laptop, &COURSE, 0);
    let rows = "人员编号,培训班,出勤,成绩,是否通过,审核人\nX1,岗前培训第一期,出勤,90,合格,O1\n王晓梅,岗前培训第一期,到,40,不及格,O1\n";
    let bad = laptop.write("成绩.csv", format!("{rows}张三,岗前培训第一期,是,1,是,O1\nX1,没有这一期,是,1,大概,O1\n"));
    let said = register(&laptop, &["result", "import", &bad.display().to_string()], 2);
    for told in ["!A4", "张三", "!B5", "没有这一期", "!E5", "大概", "一条也没有录入"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(listed(&laptop, "result").len(), 0, "a row whole or not at all");
    let good = laptop.write("成绩.csv", rows);
    let before = laptop.run(["verify"]).stdout;
    register(&laptop, &["result", "import", &good.display().to_string(), "--dry-run"], 0);
    assert_eq!(laptop.run(["verify"]).stdout, before, "a dry run changes nothing");
    register(&laptop, &["result", "import", &good.display().to_string()], 0);
    assert_eq!(listed(&laptop, "result")[0]["source"], json!({ "file": "成绩.csv", "row": 3 }));

    assert_eq!(
        found(&laptop, "2026-03-04"),
        ["person.no-certificate", "person.untrained"],
        "a later training clears nothing"
    );
    let issue = |person: &'static str, no: &'static str| {
        [
            "certificate",
            "add",
            person,
            no,
            "agency=A01",
            "from=2026-03-10",
            "until=2028-03-09",
            "issuer=海安市城市管理局",
        ]
    };
    register(&laptop, &issue("person=X1", "no=FZ-1"), 0);
    let refused = register(&laptop, &issue("person=X2", "no=FZ-2"), 2);
    assert!(refused.contains("第二十一条"), "{refused}");
    register(&laptop, &[&issue("person=X2", "no=FZ-2")[..], &["--reason", "经批准"]].concat(), 0);
    assert_eq!(shown(&laptop, "certificate", "FZ-2")["findings"][0]["rule"], "certificate.without-training");
    assert!(found(&laptop, "2026-03-11").is_empty(), "{:?}", found(&laptop, "2026-03-11"));

    let suspended = ["certificate", "step", "FZ-1", "suspend", "on=2026-11-01"];
    register(&laptop, &suspended, 2);
    register(&laptop, &[&suspended[..], &["--reason", "转岗待审"]].concat(), 0);
    register(&laptop, &[&suspended[..], &["--reason", "再停"]].concat(), 2);
    assert_eq!(found(&laptop, "2026-10-31"), [""; 0], "from that day on");
    assert_eq!(found(&laptop, "2026-11-01"), ["person.no-certificate"]);
    register(&laptop, &["certificate", "step", "FZ-1", "reinstate", "on=2026-11-05", "--reason", "审毕"], 0);
    let inspected = [
        "inspection",
        "add",
        "person=X1",
        "certificate=FZ-1",
        "year=2026",
        "on=2026-11-10",
        "conclusion=不合格",
        "basis=年审",
        "by=O1",
    ];
    register(&laptop, &inspected, 0);
    assert_eq!(found(&laptop, "2026-11-09"), [""; 0]);
    assert_eq!(found(&laptop, "2026-11-10"), ["person.no-certificate"], "failed suspends the same day");
    assert_eq!(shown(&laptop, "certificate", "FZ-1")["findings"][0]["rule"], "certificate.failed-still-active");

    register(&laptop, &["certificate", "correct", "FZ-1", "until=2027-03-09", "--reason", "抄错"], 0);
    register(&laptop, &["certificate", "correct", "FZ-1", "until=2027-03-09", "--reason", "再改"], 2);
    assert_eq!(shown(&laptop, "certificate", "FZ-1")["fields"]["until"], "2027-03-09");
    register(&laptop, &["certificate", "annul", "FZ-2", "--reason", "误发"], 0);
    assert_eq!(listed(&laptop, "certificate").len(), 1, "annulled ones are asked for");
    let verified = laptop.run(["verify"]);
    expect_exit(&verified, 0);
}

#[test]
fn what_is_written_out_is_read_back_and_its_evidence_proves_it() {
    let laptop = with_people();
    register(&laptop, &COURSE, 0);
    let company =
        ["company", "add", "name=海安人力", "uscc=913206210000000000", "licence=苏派1", "licence_until=2099-01-01"];
    register(&laptop, &company, 0);
    let agreement = [
        "agreement",
        "add",
        "no=P-1",
        "company=海安人力",
        "signed=2026-01-01",
        "from=2026-01-01",
        "until=2026-10-31",
        "posts=巡查、劝导",
        "persons=X1、王晓梅",
        "terms=2026-01-01至2026-10-31",
        "pay.amount=4200",
        "pay.how=按月",
        "clause=是",
    ];
    register(&laptop, &agreement, 0);
    let lacks: Vec<String> = shown(&laptop, "agreement", "P-1")["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        lacks,
        ["agreement.no-insurance", "agreement.no-fund", "agreement.no-liability", "agreement.contract-missing"]
    );
    let refused = register(&laptop, &["agreement", "step", "P-1", "sign"], 2);
    assert!(refused.contains("住房公积金") && refused.contains("劳动合同法第五十九条"), "{refused}");
    register(&laptop, &["agreement", "step", "P-1", "sign", "--reason", "试行"], 0);
    assert!(!found(&laptop, "2026-10-31").contains(&"person.agreement-lapsed".to_owned()));
    assert!(found(&laptop, "2026-11-01").contains(&"person.agreement-lapsed".to_owned()), "it ran out the day before");

    for (kind, format) in [("agreement", "xlsx"), ("agreement", "csv"), ("course", "xlsx"), ("company", "csv")] {
        let file = laptop.path(&format!("{kind}.{format}")).display().to_string();
        register(&laptop, &[kind, "list", "--format", format, "-o", &file], 0);
        let first = listed(&laptop, kind).remove(0);
        register(&laptop, &[kind, "import", &file], 0);
        let again = listed(&laptop, kind);
        assert_eq!(again.len(), 2, "{kind} {format}");
        assert!(again.iter().all(|entry| entry["fields"] == first["fields"]), "{kind} {format}: {again:?}");
        let id = again.iter().find(|entry| entry["source"] != Value::Null).expect("the one read in")["id"].clone();
        register(&laptop, &[kind, "annul", id.as_str().expect("an id"), "--reason", "重复"], 0);
    }

    let id = shown(&laptop, "agreement", "P-1")["id"].as_str().expect("an id").to_owned();
    let bundle = laptop.path("bundle.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", &id, "-o", &bundle]), 0);
    let page = std::fs::read_to_string(&bundle).expect("written");
    for told in ["劳务派遣协议 P-1", "海安人力", "4200.00", "签订", "试行"] {
        assert!(page.contains(told) || told == "海安人力", "{told}");
    }
    laptop.finds_whole(&bundle);

    expect_exit(
        &laptop.run(["mask", &id, "--order", "海法〔2026〕1号", "--authority", "法院", "--reason", "个人信息"]),
        0,
    );
    assert!(listed(&laptop, "agreement").is_empty(), "what it said is gone");
    expect_exit(&laptop.run(["verify"]), 0);
}

#[test]
fn entries_travel_and_what_somebody_may_not_do_has_no_effect_anywhere() {
    let office = Office::open();
    let (first, second) = (Laptop::new(), Laptop::new());
    let admin = |officer: &str, role: &str, laptop: &Laptop| {
        let code = office.admin(&["code", "--agency", "A01", "--officer", officer, "--role", role, "--approve"]);
        let file = laptop.path("passphrase").display().to_string();
        let (url, code) = (office.server.url(), code.trim().to_owned());
        let args = ["enroll", "--server", &url, "--code", &code, "--cheap-keys", "--new-passphrase-file", &file];
        expect_exit(&laptop.run(args), 0);
    };
    admin("O1", "clerk", &first);
    admin("O2", "officer", &second);
    first.sync("O1");
    let made = register(
        &first,
        &["certificate", "add", "person=X1", "no=FZ-1", "agency=A01", "from=2026-03-10", "issuer=局"],
        0,
    );
    first.sync("O1");
    second.sync("O2");
    assert_eq!(shown(&second, "certificate", "FZ-1")["id"], id_in(&made));
    let step = ["certificate", "step", "FZ-1", "suspend", "on=2026-11-01", "--reason", "代办"];
    let refused = register(&second, &step, 2);
    assert!(refused.contains("角色"), "{refused}");
    register(&first, &step, 0);
    first.sync("O1");
    second.sync("O2");
    assert_eq!(shown(&second, "certificate", "FZ-1")["state"], "suspended");
    assert_eq!(found(&second, "2026-11-02"), ["person.no-certificate"]);

    // What an officer logs by it is judged alike by the server.
    let task = json!({ "id": "t-1", "items": ["15.2:patrol"], "mode": "independent", "arranged": "yes",
        "at": "2026-11-02T09:00:00+08:00", "auxiliaries": [{ "id": "X1" }] });
    expect_exit(&second.feed(["log"], &format!("{task}\n")), 0);
    second.sync("O2");
    let row = json_lines(&second.run(["tasks", "--format", "json"])).remove(0);
    let rules: Vec<&str> =
        row["findings"].as_array().expect("findings").iter().filter_map(|finding| finding["rule"].as_str()).collect();
    assert_eq!(rules, ["person.no-certificate"], "the server gives the same: {row}");
}

#[test]
fn nothing_is_due_for_inspection_until_the_agency_sets_an_interval_and_who_set_it_is_on_record() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    let on_server = |args: &[&str]| office.admin(&[&["register"], args].concat());
    let day = |days: i64| {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() + 8 * 3600;
        let then = i64::try_from(now).expect("a time") + days * 86_400;
        chrono::DateTime::from_timestamp(then, 0).expect("a day").date_naive().to_string()
    };
    let from = format!("from={}", day(-350));
    on_server(&["certificate", "add", "person=X1", "no=FZ-1", "agency=A01", &from, "issuer=局"]);
    let rules = |laptop: &Laptop| -> Vec<String> {
        let entry = shown(laptop, "certificate", "FZ-1");
        let findings = entry["findings"].as_array().expect("findings");
        findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
    };
    let due = |laptop: &Laptop| {
        laptop.sync("O1");
        shown(laptop, "certificate", "FZ-1")["due"].clone()
    };
    assert_eq!(due(&laptop), json!([]), "no interval is set");

    // The office sets it, and nobody else; the record says who and when.
    let set = ["interval", "add", "months=12", "from=2020-01-01", "basis=海城管〔2026〕3号"];
    let refused = register(&laptop, &set, 2);
    assert!(refused.contains("角色"), "{refused}");
    on_server(&set);
    let soon = due(&laptop);
    assert_eq!((soon.as_array().map(Vec::len), &soon[0]["zh"]), (Some(1), &json!("应审验")), "{soon}");
    assert_eq!(listed_due(&laptop, "30").len(), 1, "thirty days ahead");
    assert_eq!(listed_due(&laptop, "3").len(), 0);
    assert!(!rules(&laptop).contains(&"certificate.inspection-overdue".to_owned()));
    let interval = shown(&laptop, "interval", "2020-01-01");
    assert!(interval["made_ms"].as_i64().is_some_and(|at| at > 0), "{interval}");
    let mut screen = Terminal::open(&laptop, &[]);
    unlock(&mut screen, 0);
    screen.sees("30 天内到期 1 条").keys(key::F6).keys(&key::TAB.repeat(2)).sees("应审验").sees("工作证件");
    screen.keys(key::ENTER).sees("应审验：").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());

    // A shorter one makes it overdue; an inspection clears that, and an interval that ended makes nothing due.
    let shorter = format!("from={}", day(-1));
    on_server(&["interval", "add", "months=6", &shorter]);
    due(&laptop);
    assert!(rules(&laptop).contains(&"certificate.inspection-overdue".to_owned()));
    let on = format!("on={}", day(0));
    on_server(&[
        "inspection",
        "add",
        "person=X1",
        "certificate=FZ-1",
        "year=2026",
        &on,
        "conclusion=合格",
        "basis=年审",
        "by=O1",
    ]);
    due(&laptop);
    assert!(!rules(&laptop).contains(&"certificate.inspection-overdue".to_owned()));
    for interval in listed(&laptop, "interval") {
        on_server(&["interval", "step", interval["id"].as_str().expect("an id"), "end", "--reason", "改按省里规定"]);
    }
    assert_eq!(due(&laptop), json!([]));
}

fn listed_due(laptop: &Laptop, days: &str) -> Vec<Value> {
    json_lines(&laptop.run(["register", "certificate", "list", "--due-within", days, "--format", "json"]))
}
