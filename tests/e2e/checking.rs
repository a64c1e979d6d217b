//! `auxlog check` and `auxlog rules`: what other programs rely on.

use serde_json::{Value, json};

use crate::support::{Laptop, expect_exit, json_lines, repository, text};

fn inventory() -> Value {
    json!({
        "id": "t-1", "at": "2026-11-23T09:30:00+08:00", "agency": "A01", "text": "协助执法队员清点占道物品",
        "items": ["16.3:inventory"], "mode": "assisted", "presence": "on_scene",
        "officers": [{"id": "O1", "certificate_valid": true, "agency": "A01"},
                     {"id": "O2", "certificate_valid": true, "agency": "A01"}],
        "auxiliaries": [{"id": "X1", "status": "active", "certificate_valid": true, "training": "passed",
                         "assessment": "passed", "agency": "A01", "recused": false, "qualified": false,
                         "born": "1990-05-01"}],
        "circumstances": [], "legal_basis": null, "arranged": "yes", "place": "人民中路", "counterpart": "某便利店",
    })
}

fn alone() -> Value {
    let mut task = inventory();
    task["id"] = json!("t-2");
    task["mode"] = json!("independent");
    task["presence"] = json!("none");
    task["text"] = json!(null);
    task
}

fn lines(tasks: &[Value]) -> String {
    tasks.iter().map(|task| task.to_string() + "\n").collect()
}

#[test]
fn a_supervised_inventory_is_permitted_under_its_item_and_article_six() {
    let checked = Laptop::new().feed(["check", "--format", "json"], &lines(&[inventory()]));
    expect_exit(&checked, 0);
    let verdict = &json_lines(&checked)[0];
    assert_eq!(verdict["id"], "t-1");
    assert_eq!(verdict["verdict"], "permitted");
    assert_eq!(verdict["basis"], json!(["16.3", "6"]));
    assert_eq!(verdict["findings"], json!([]));
    assert_eq!(verdict["rulebook"], "haian-2022-7");
    assert!(verdict["digest"].as_str().expect("a digest").starts_with("sha256:"));
    assert!(verdict["suggested"]["items"].is_array(), "{verdict}");
}

#[test]
fn done_alone_it_is_improper_and_the_finding_says_why_and_what_to_do() {
    let checked = Laptop::new().feed(["check", "--format", "json", "-"], &lines(&[alone()]));
    expect_exit(&checked, 1);
    let verdict = &json_lines(&checked)[0];
    assert_eq!(verdict["verdict"], "improper");
    assert!(verdict.get("suggested").is_none(), "there is no text to suggest from");
    let finding = &verdict["findings"][0];
    assert_eq!(finding["rule"], "supervision.alone");
    assert_eq!(finding["item"], "16.3");
    assert_eq!(finding["person"], Value::Null);
    let cites = finding["cites"].as_array().expect("cites");
    for cite in ["16.3", "6", "17.2", "23.2"] {
        assert!(cites.contains(&json!(cite)), "{cite} in {finding}");
    }
    assert!(finding["message"].as_str().is_some_and(|message| !message.is_empty()));
    assert!(finding["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
}

#[test]
fn a_finding_about_a_person_names_the_person() {
    let mut task = inventory();
    task["auxiliaries"][0]["certificate_valid"] = json!(false);
    let checked = Laptop::new().feed(["check", "--format", "json"], &lines(&[task]));
    expect_exit(&checked, 1);
    let finding = &json_lines(&checked)[0]["findings"][0];
    assert_eq!((&finding["rule"], &finding["person"]), (&json!("person.no-certificate"), &json!("X1")));
}

#[test]
fn who_is_named_by_number_alone_is_unknown_without_a_data_directory() {
    let mut task = inventory();
    task["auxiliaries"] = json!([{"id": "X9"}]);
    let checked = Laptop::new().feed(["check", "--format", "json"], &lines(&[task]));
    expect_exit(&checked, 1);
    assert_eq!(json_lines(&checked)[0]["findings"][0]["rule"], "person.unknown");
}

#[test]
fn bad_lines_are_named_by_line_and_field_and_the_others_go_on() {
    let mut unknown_code = inventory();
    unknown_code["items"] = json!(["16.9:flying"]);
    let mut unknown_field = inventory();
    unknown_field["colour"] = json!("red");
    let mut bad_date = inventory();
    bad_date["auxiliaries"][0]["born"] = json!("1990-02-30");
    let input = format!("{}{{\n{}", lines(&[inventory(), unknown_code, unknown_field, bad_date]), lines(&[alone()]));

    let checked = Laptop::new().feed(["check", "--format", "json"], &input);
    expect_exit(&checked, 2);
    let judged: Vec<Value> = json_lines(&checked).iter().map(|verdict| verdict["id"].clone()).collect();
    assert_eq!(judged, ["t-1", "t-2"]);
    let said = text(&checked.stderr);
    for (line, field) in [("第 2 行", "items[0]"), ("第 3 行", "colour"), ("第 4 行", "auxiliaries[0].born")] {
        assert!(said.lines().any(|said| said.contains(line) && said.contains(field)), "{line} {field} in:\n{said}");
    }
    assert!(said.contains("第 5 行"), "{said}");

    let strict = Laptop::new().feed(["check", "--format", "json", "--strict"], &input);
    expect_exit(&strict, 2);
    assert_eq!(json_lines(&strict).len(), 1);
}

#[test]
fn verdicts_come_in_the_language_asked_for() {
    let laptop = Laptop::new();
    let chinese = laptop.feed(["check"], &lines(&[alone()]));
    assert!(text(&chinese.stdout).contains("疑似不当"), "{}", text(&chinese.stdout));
    let english = laptop.feed(["--lang", "en", "check"], &lines(&[alone()]));
    assert!(text(&english.stdout).contains("improper?"), "{}", text(&english.stdout));
    assert!(!text(&english.stdout).contains("疑似不当"));
}

#[test]
fn every_labelled_description_is_judged_without_an_error() {
    let labelled = std::fs::read_to_string(repository("src/law/training/notices.jsonl")).expect("the descriptions");
    let tasks: Vec<Value> = labelled
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect(line))
        .map(|labelled| json!({ "id": labelled["id"], "text": labelled["text"] }))
        .collect();
    let checked = Laptop::new().feed(["check", "--format", "json"], &lines(&tasks));
    expect_exit(&checked, 1);
    assert_eq!(text(&checked.stderr), "");
    let verdicts = json_lines(&checked);
    assert_eq!(verdicts.len(), tasks.len());
    for (verdict, task) in verdicts.iter().zip(&tasks) {
        assert_eq!(verdict["id"], task["id"]);
        assert!(verdict["suggested"].is_object(), "{verdict}");
    }
}

#[test]
fn the_regulation_is_shown_verbatim() {
    let shown = Laptop::new().run(["rules", "show", "16.2"]);
    expect_exit(&shown, 0);
    let (shown, notice) = (text(&shown.stdout), text(&shown.stderr));
    assert!(shown.contains("第十六条（二）"), "{shown}");
    assert!(shown.contains("检查") && shown.contains("取证"), "{shown}");
    assert!(notice.contains("试行"), "who reads it is told that its being in force was not verified: {notice}");
}

#[test]
fn every_activity_listed_is_taken_by_check() {
    let laptop = Laptop::new();
    let listed = laptop.run(["rules", "list", "--format", "json"]);
    expect_exit(&listed, 0);
    let codes: Vec<Value> = json_lines(&listed).into_iter().map(|activity| activity["code"].clone()).collect();
    assert!(codes.len() > 60, "{} activities", codes.len());
    let tasks: Vec<Value> = codes.iter().map(|code| json!({ "id": code, "items": [code] })).collect();
    let checked = laptop.feed(["check", "--format", "json"], &lines(&tasks));
    expect_exit(&checked, 1);
    assert_eq!(json_lines(&checked).len(), codes.len());
}

#[test]
fn the_embedded_rulebook_has_no_fault_and_a_broken_layer_is_named_by_line() {
    let laptop = Laptop::new();
    expect_exit(&laptop.run(["rules", "lint"]), 0);
    let broken = laptop.write("mine.toml", "\n\nthis is no rulebook\n");
    let linted = laptop.run([std::ffi::OsStr::new("rules"), "lint".as_ref(), broken.as_os_str()]);
    expect_exit(&linted, 1);
    assert!(text(&linted.stdout).contains("mine.toml:3"), "{}", text(&linted.stdout));
}

#[test]
fn usage_faults_exit_with_two_in_the_language_asked_for() {
    let laptop = Laptop::new();
    let wrong = laptop.run(["check", "--colour"]);
    expect_exit(&wrong, 2);
    assert!(text(&wrong.stderr).contains("不认识"), "{}", text(&wrong.stderr));
    let english = laptop.run(["--lang", "en", "chekc"]);
    expect_exit(&english, 2);
    assert!(text(&english.stderr).contains("no command chekc"), "{}", text(&english.stderr));
    assert!(text(&english.stderr).contains("check"), "{}", text(&english.stderr));
}

#[test]
fn help_completions_and_man_page_are_made_from_the_commands() {
    let laptop = Laptop::new();
    let help = laptop.run(["check", "--help"]);
    expect_exit(&help, 0);
    assert!(text(&help.stdout).contains("用法"), "{}", text(&help.stdout));
    let completions = laptop.run(["completions", "bash"]);
    expect_exit(&completions, 0);
    assert!(text(&completions.stdout).contains("auxlog__check") || text(&completions.stdout).contains("check"));
    let man = laptop.run(["--lang", "en", "man"]);
    expect_exit(&man, 0);
    assert!(text(&man.stdout).contains(".TH auxlog"), "{}", text(&man.stdout));
}
