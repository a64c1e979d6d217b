//! `init`, `log`, `tasks`, `flags`, `review`, `roster`, `verify` on a laptop without a server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Laptop, expect_exit, json_lines, text};

pub(crate) fn supervised(id: &str) -> Value {
    json!({
        "id": id, "at": "2026-11-20T09:30:00+08:00", "text": "在李强带领下现场核查占道经营", "agency": "A01",
        "items": ["16.2:site-verification"], "mode": "assisted", "presence": "on_scene",
        "officers": [{"id": "O1", "certificate_valid": true}, {"id": "O2", "certificate_valid": true}],
        "auxiliaries": [{"id": "X1", "certificate_valid": true}], "place": "人民中路",
    })
}

pub(crate) fn alone(id: &str) -> Value {
    let mut task = supervised(id);
    task["mode"] = json!("independent");
    task["presence"] = json!("none");
    task["officers"] = json!([]);
    task["text"] = json!("独自到店现场核查");
    task
}

fn lines(tasks: &[Value]) -> String {
    tasks.iter().map(|task| task.to_string() + "\n").collect()
}

fn ids(output: &std::process::Output) -> Vec<String> {
    json_lines(output).iter().map(|line| line["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn what_is_acknowledged_is_listed_and_what_is_improper_is_flagged() {
    let laptop = Laptop::initialised();
    let logged = laptop.feed(["log"], &lines(&[supervised("t-1"), alone("t-2"), supervised("t-3")]));
    expect_exit(&logged, 0);
    let acks = json_lines(&logged);
    assert_eq!(ids(&logged), ["t-1", "t-2", "t-3"]);
    let seqs: Vec<u64> = acks.iter().map(|ack| ack["seq"].as_u64().expect("a seq")).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
    assert_eq!(acks[0]["verdict"], "permitted");
    assert_eq!(acks[1]["verdict"], "improper");

    let tasks = laptop.run(["tasks", "--format", "json"]);
    expect_exit(&tasks, 0);
    assert_eq!(json_lines(&tasks).len(), 3);
    let first = json_lines(&tasks).into_iter().find(|task| task["id"] == "t-1").expect("listed");
    assert_eq!(first["seq"], seqs[0]);
    assert_eq!(first["synced"], false);
    assert_eq!(first["status"], "clear");

    let flags = laptop.run(["flags", "--format", "json"]);
    expect_exit(&flags, 0);
    assert_eq!(ids(&flags), ["t-2"]);
    let flag = &json_lines(&flags)[0];
    assert_eq!((&flag["status"], &flag["verdict"]), (&json!("open"), &json!("improper")));
    assert!(flag["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{flag}");

    expect_exit(&laptop.run(["verify"]), 0);
}

#[test]
fn filters_narrow_the_list() {
    let laptop = Laptop::initialised();
    let mut patrol = supervised("t-9");
    patrol["items"] = json!(["15.2:patrol"]);
    patrol["at"] = json!("2026-10-01T09:00:00+08:00");
    patrol["text"] = json!("巡查河道");
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1"), alone("t-2"), patrol])), 0);
    let listed = |filter: &[&str]| {
        let output = laptop.run(["tasks", "--format", "json"].iter().chain(filter));
        expect_exit(&output, 0);
        let mut ids = ids(&output);
        ids.sort();
        ids
    };
    assert_eq!(listed(&["--verdict", "improper"]), ["t-2"]);
    assert_eq!(listed(&["--item", "15"]), ["t-9"]);
    assert_eq!(listed(&["--item", "16.2"]), ["t-1", "t-2"]);
    assert_eq!(listed(&["--until", "2026-10-31"]), ["t-9"]);
    assert_eq!(listed(&["--since", "2026-11-01"]), ["t-1", "t-2"]);
    assert_eq!(listed(&["--text", "河道"]), ["t-9"]);
    assert_eq!(listed(&["--person", "X1", "--limit", "2"]).len(), 2);
    assert_eq!(listed(&["--person", "X2"]), [""; 0]);
}

#[test]
fn the_same_task_again_is_acknowledged_again_and_another_under_its_id_is_refused() {
    let laptop = Laptop::initialised();
    let first = laptop.feed(["log"], &lines(&[supervised("t-1")]));
    let again = laptop.feed(["log"], &lines(&[supervised("t-1")]));
    expect_exit(&again, 0);
    assert_eq!(json_lines(&first), json_lines(&again));
    let other = laptop.feed(["log"], &lines(&[alone("t-1"), supervised("t-2")]));
    expect_exit(&other, 2);
    assert!(text(&other.stderr).contains("第 1 行"), "{}", text(&other.stderr));
    assert_eq!(ids(&other), ["t-2"], "the other lines go on");
    assert_eq!(json_lines(&laptop.run(["tasks", "--format", "json"])).len(), 2);
}

#[test]
fn a_task_without_a_time_is_logged_as_done_now() {
    let laptop = Laptop::initialised();
    let mut task = supervised("t-1");
    task.as_object_mut().expect("an object").remove("at");
    expect_exit(&laptop.feed(["log"], &lines(&[task])), 0);
    let listed = json_lines(&laptop.run(["tasks", "--format", "json"]));
    assert!(listed[0]["at"].as_str().is_some_and(|at| at > "2026"), "{listed:?}");
}

/// Puts on record what 第三十条 asks for before a finding against a person is confirmed.
pub(crate) fn heard(laptop: &Laptop, task: &str, officer: &str) {
    for (decision, reason) in [("facts", "独自进店核查"), ("evidence", "现场照片"), ("statement", "请说明经过")]
    {
        expect_exit(&laptop.run(["review", task, "--decision", decision, "--reason", reason, "--as", officer]), 0);
    }
    let statement = ["--decision", "take_statement", "--reason", "队长不在", "--acknowledged"];
    expect_exit(&laptop.run(["review", task, "--as", officer].iter().chain(&statement)), 0);
}

#[test]
fn whoever_logged_may_note_and_another_officer_decides() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[alone("t-2")])), 0);
    laptop.add_second_officer();

    let confirm = ["review", "t-2", "--decision", "confirm", "--reason", "属实", "--measure", "批评教育"];
    let own = laptop.run(confirm.iter().chain(&["--as", "O1"]));
    expect_exit(&own, 2);
    assert!(text(&own.stderr).contains("另一名执法人员"), "{}", text(&own.stderr));
    let note = ["review", "t-2", "--decision", "note", "--reason", "当时人手不足", "--as", "O1"];
    expect_exit(&laptop.run(note), 0);

    heard(&laptop, "t-2", "O2");
    let without_measure = ["review", "t-2", "--decision", "confirm", "--reason", "属实", "--as", "O2"];
    let missing = laptop.run(without_measure);
    expect_exit(&missing, 2);
    assert!(text(&missing.stderr).contains("--measure"), "{}", text(&missing.stderr));
    let decided = laptop.run(confirm.iter().chain(&["--as", "O2", "--format", "json"]));
    expect_exit(&decided, 0);
    assert_eq!(json_lines(&decided)[0]["status"], "confirmed");

    let task = &json_lines(&laptop.run(["tasks", "--format", "json", "--as", "O2"]))[0];
    assert_eq!((&task["status"], &task["verdict"]), (&json!("confirmed"), &json!("improper")), "nothing disappears");
    assert_eq!(json_lines(&laptop.run(["flags", "--format", "json", "--as", "O1"])), [] as [Value; 0]);
    expect_exit(&laptop.run(["verify", "--as", "O1"]), 0);
}

#[test]
fn a_second_writer_is_turned_away_while_readers_read() {
    let laptop = Laptop::initialised();
    let mut writing =
        laptop.command(["log"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program runs");
    let mut stdin = writing.stdin.take().expect("piped");
    writeln!(stdin, "{}", supervised("t-1")).expect("read");
    let mut ack = String::new();
    BufReader::new(writing.stdout.as_mut().expect("piped")).read_line(&mut ack).expect("an acknowledgement");

    let second = laptop.feed(["log"], &lines(&[supervised("t-2")]));
    expect_exit(&second, 4);
    let listed = laptop.run(["tasks", "--format", "json"]);
    expect_exit(&listed, 0);
    assert_eq!(ids(&listed), ["t-1"]);
    expect_exit(&laptop.run(["verify"]), 0);

    drop(stdin);
    assert!(writing.wait().expect("ends").success());
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-2")])), 0);
}

#[test]
fn a_wrong_passphrase_changes_nothing() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1")])), 0);
    let wrong = laptop.write("wrong", "不是这个口令\n");
    let refused = laptop.command(["tasks"]).env("AUXLOG_PASSPHRASE_FILE", wrong).output().expect("the program runs");
    expect_exit(&refused, 3);
    assert!(text(&refused.stderr).contains("口令"), "{}", text(&refused.stderr));
    // A wrong try delays the next one, whoever makes it.
    let listed = laptop.until_unlocked(["tasks", "--format", "json"]);
    assert_eq!(ids(&listed), ["t-1"]);
}

#[test]
fn a_damaged_configuration_is_named_by_line_and_left_alone() {
    let laptop = Laptop::initialised();
    let config = laptop.write("auxlog.toml", "lang = \"zh-CN\"\ntheme = 3\n");
    let refused = laptop.command(["tasks"]).env("AUXLOG_CONFIG", &config).output().expect("the program runs");
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("第 2 行"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read_to_string(config).expect("there"), "lang = \"zh-CN\"\ntheme = 3\n");
}

#[test]
fn lists_go_to_csv_and_to_workbooks() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1")])), 0);
    let csv = laptop.run(["tasks", "--format", "csv"]);
    expect_exit(&csv, 0);
    assert!(csv.stdout.starts_with("\u{feff}".as_bytes()), "spreadsheet programs know its characters by the mark");
    assert!(text(&csv.stdout).lines().nth(1).is_some_and(|row| row.starts_with("t-1,")), "{}", text(&csv.stdout));
    expect_exit(&laptop.run(["tasks", "--format", "xlsx"]), 2);
    let path = laptop.path("tasks.xlsx");
    let written = laptop
        .run(["tasks", "--format", "xlsx", "--output"].map(Into::into).iter().chain([&path.clone().into_os_string()]));
    expect_exit(&written, 0);
    assert!(std::fs::read(path).expect("written").starts_with(b"PK"), "a workbook is a zip file");
}

#[test]
fn a_roster_is_imported_row_by_row_and_people_are_looked_up_in_it() {
    let laptop = Laptop::initialised();
    let roster = laptop.write(
        "名册.csv",
        "编号,姓名,所属单位,在岗状态,出生日期,工作证号,有效期至,岗前培训,考核结果\n\
         X1,单伟,海安市城市管理局,在岗,1990-05-01,FZ-1,2099-12-31,合格,合格\n\
         X2,王秀英,海安市城市管理局,在岗,1991-13-01,FZ-2,2099-12-31,合格,合格\n\
         X3,仇建国,海安市城市管理局,离职,1988-01-02,FZ-3,2099-12-31,合格,合格\n",
    );
    let imported = laptop.run(["roster".into(), "import".into(), roster.into_os_string()]);
    expect_exit(&imported, 2);
    let said = text(&imported.stderr);
    assert!(said.contains("E3") && said.contains("王秀英") && said.contains("1991-13-01"), "{said}");

    let listed = laptop.run(["roster", "--format", "json", "--search", "sw"]);
    expect_exit(&listed, 0);
    assert_eq!(json_lines(&listed)[0]["id"], "X1", "单 as a surname reads shàn");

    let mut task = supervised("t-1");
    task["agency"] = Value::Null;
    task["auxiliaries"] = json!([{"id": "X3"}]);
    let checked = laptop.feed(["check", "--format", "json"], &lines(&[task]));
    expect_exit(&checked, 1);
    let rules: Vec<Value> =
        json_lines(&checked)[0]["findings"].as_array().expect("findings").iter().map(|f| f["rule"].clone()).collect();
    assert!(rules.contains(&json!("person.departed")), "{rules:?}");
}

#[test]
fn a_measure_is_refused_until_facts_evidence_and_statement_are_on_record() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[alone("t-2")])), 0);
    laptop.add_second_officer();
    let step = |decision: &str, more: &[&str]| {
        let args = ["review", "t-2", "--as", "O2", "--format", "json", "--decision", decision];
        laptop.run(args.iter().chain(more))
    };
    let order = ["--reason", "单独核查", "--measure", "三日内重学第十六条"];
    for (awaited, decision, more) in [
        ("事实", "facts", &["--reason", "九时许独自进店核查"][..]),
        ("证据", "evidence", &["--reason", "现场照片"]),
        ("请其陈述", "statement", &["--reason", "请说明经过"]),
        ("放弃陈述", "take_statement", &["--reason", "是队长让我先进去的", "--acknowledged"]),
    ] {
        let refused = step("order_correction", &order);
        expect_exit(&refused, 2);
        assert!(text(&refused.stderr).contains(awaited), "{awaited}: {}", text(&refused.stderr));
        expect_exit(&step(decision, more), 0);
    }
    let unsaid = step("order_correction", &["--reason", "单独核查"]);
    expect_exit(&unsaid, 2);
    assert!(text(&unsaid.stderr).contains("--measure"), "{}", text(&unsaid.stderr));
    let ordered = step("order_correction", &order);
    expect_exit(&ordered, 0);
    assert_eq!(json_lines(&ordered)[0]["status"], "confirmed");
    // The finished file holds every step.
    let file = laptop.path("file.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", "t-2", "--output", &file, "--as", "O2"]), 0);
    let page = std::fs::read_to_string(&file).expect("written");
    for said in ["九时许独自进店核查", "现场照片", "请说明经过", "是队长让我先进去的", "责令改正", "三日内重学第十六条"]
    {
        assert!(page.contains(said), "{said}");
    }
    laptop.finds_whole(&file);
}
