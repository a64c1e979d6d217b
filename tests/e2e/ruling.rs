//! The rulebook as it is shown and proved, and `check` over more than fits on a screen.

use std::io::Write as _;
use std::process::Stdio;

use portable_pty::CommandBuilder;
use serde_json::{Value, json};

use crate::support::{AUXLOG, Laptop, expect_exit, json_lines, text, wait};
use crate::terminal::Terminal;

/// A task as contracts between programs have it, every field stated.
fn task(id: usize) -> Value {
    json!({
        "id": format!("t-{id}"), "at": "2026-11-23T09:30:00+08:00", "agency": "A01",
        "items": ["16.3:inventory"], "mode": "assisted", "presence": "on_scene",
        "officers": [{"id": "O1", "certificate_valid": true, "agency": "A01"},
                     {"id": "O2", "certificate_valid": true, "agency": "A01"}],
        "auxiliaries": [{"id": "X1", "status": "active", "certificate_valid": true, "training": "passed",
                         "assessment": "passed", "agency": "A01", "recused": false, "qualified": false,
                         "born": "1990-05-01"}],
        "circumstances": [], "legal_basis": null, "arranged": "yes", "place": "人民中路", "counterpart": "某便利店",
    })
}

fn lines(tasks: impl Iterator<Item = Value>) -> String {
    tasks.map(|task| task.to_string() + "\n").collect()
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_provision_shows_every_way_of_doing_it_and_what_would_make_it_proper() {
    let laptop = Laptop::new();
    let shown = laptop.run(["rules", "show", "16.2"]);
    expect_exit(&shown, 0);
    let shown = text(&shown.stdout);
    for words in ["可以", "疑似不当", "待复核", "责任主体：辅助人员", "可能的后果：第二十九条", "如何才可以：", "单独"]
    {
        assert!(shown.contains(words), "{words} in:\n{shown}");
    }
    assert!(shown.contains("至少有两名持有效执法证件的执法人员"), "{shown}");
    let bribe = text(&laptop.run(["--lang", "en", "rules", "show", "17.4"]).stdout);
    assert!(bribe.contains("No change of facts would make it permitted."), "{bribe}");
    let program = laptop.run(["rules", "show", "16.2:inspection", "--format", "json"]);
    let ways = json_lines(&program)[0]["outlooks"].clone();
    let alone = ways.as_array().expect("ways").iter().find(|way| way["verdict"] == "improper").expect("alone");
    assert_eq!(alone["findings"][0]["rule"], "supervision.alone");
    assert_eq!(alone["proper"].as_array().map(Vec::len), Some(3), "{alone}");
}

#[test]
fn a_row_is_shown_with_its_worked_example_judged() {
    let shown = text(&Laptop::new().run(["rules", "show", "supervision.alone"]).stdout);
    assert!(shown.contains("监督情形：单独"), "its conditions in words: {shown}");
    assert!(shown.contains("示例：") && shown.contains("如何才可以："), "{shown}");
}

#[test]
fn a_proof_says_how_far_it_went_how_long_it_took_and_that_the_groups_are_independent() {
    let laptop = Laptop::new();
    let proved = laptop.run(["rules", "prove"]);
    expect_exit(&proved, 0);
    let said = text(&proved.stdout);
    for words in ["已证明", "互不影响", "用时"] {
        assert!(said.contains(words), "{words} in:\n{said}");
    }
    let proof = json_lines(&laptop.run(["rules", "prove", "--format", "json"])).remove(0);
    assert_eq!(proof["proved"], true);
    assert!(proof["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{proof}");
    let rows = proof["rows"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["combinations"].as_u64() > Some(0)), "every row is reached");
    assert!(rows.iter().any(|row| row["rule"] == "national.two-officers"));
}

#[test]
fn the_verdict_object_has_the_fields_that_programs_rely_on() {
    let mut alone = task(2);
    alone["mode"] = json!("independent");
    alone["presence"] = json!("none");
    let mut told = task(1);
    told["text"] = json!("协助执法队员清点占道物品");
    let checked = Laptop::new().feed(["check", "--format", "json"], &lines([told, alone].into_iter()));
    expect_exit(&checked, 1);
    let [permitted, improper] = &json_lines(&checked)[..] else { panic!("two verdicts") };
    assert_eq!(keys(permitted), ["basis", "digest", "findings", "id", "rulebook", "suggested", "verdict"]);
    assert_eq!(
        keys(&permitted["suggested"]),
        ["arranged", "because", "confidence", "items", "mode", "person", "presence"]
    );
    assert_eq!(permitted["suggested"]["person"], json!({}), "nothing is said of a person");
    assert_eq!(keys(improper), ["basis", "digest", "findings", "id", "proper", "rulebook", "verdict"]);
    assert_eq!(
        keys(&improper["findings"][0]),
        ["answers", "cites", "consequence", "item", "message", "person", "remedy", "rule", "severity"]
    );
    assert_eq!(improper["findings"][0]["answers"], json!(["agency", "auxiliary"]));
    assert_eq!(improper["findings"][0]["consequence"], json!(["29", "31"]));
}

/// Most memory that a process has held so far, in KiB.
fn most_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("what it held");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

#[test]
fn checking_ten_times_as_much_holds_no_more_memory() {
    let laptop = Laptop::new();
    let verdicts = std::fs::File::create(laptop.path("verdicts.jsonl")).expect("a file");
    let mut child = laptop
        .command(["check", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(verdicts)
        .spawn()
        .expect("the program runs");
    let mut input = child.stdin.take().expect("piped");
    // What a write has handed over is read but for what the pipe holds.
    input.write_all(lines((0..1_500).map(task)).as_bytes()).expect("read");
    let few = most_memory(child.id());
    input.write_all(lines((1_500..15_000).map(task)).as_bytes()).expect("read");
    let many = most_memory(child.id());
    drop(input);
    assert_eq!(wait(&mut child).code(), Some(0));
    let written = std::fs::read_to_string(laptop.path("verdicts.jsonl")).expect("verdicts");
    assert_eq!(written.lines().count(), 15_000);
    assert!(many < few + 2_048, "{few} KiB after 1,500 tasks, {many} KiB after 15,000");
}

#[test]
fn a_progress_bar_shows_on_a_terminal_while_the_verdicts_go_elsewhere() {
    let laptop = Laptop::new();
    let file = laptop.write("tasks.jsonl", lines((0..15_000).map(task)));
    let mut command = CommandBuilder::new("sh");
    let verdicts = laptop.path("verdicts.jsonl");
    command.args(["-c", &format!("'{AUXLOG}' check '{}' > '{}'", file.display(), verdicts.display())]);
    for (name, value) in laptop.surroundings() {
        command.env(name, value);
    }
    Terminal::running(command, 80, 24).sees("正在判定");
}
