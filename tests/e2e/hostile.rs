//! Text that a stranger wrote: whatever stands in a record, a roster or a name, the real program's
//! output holds no byte that acts on a terminal and no mark that reads otherwise than it stands.

use std::process::Output;

use auxlog_record::{
    Annulment, Attachment, Auxiliary, Decision, Event, ReviewStep, Roster, RosterReplaced, Statement, Task, TaskLogged,
    is_hidden,
};
use auxlog_store::{InitOptions, Ledger, OpenOptions};

use crate::office::Office;
use crate::recording::supervised;
use crate::support::{Laptop, PASSPHRASE, expect_exit, files, json_lines, text};

/// One of each kind: a title and a clipboard set by OSC, C1, a line over another, direction, zero width, a
/// tag, a line of its own.
const MARKS: &str =
    "\u{1b}]52;c;YQ==\u{7}\u{1b}[2J\u{9b}31m\r\u{8}\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\nFORGED";

/// What the forged line begins with.
const FORGED: &str = "FORGED";

fn hostile(word: &str) -> String {
    format!("{word}{MARKS}{word}")
}

/// Raw bytes, not characters alone: a byte that is no UTF-8 reaches the terminal too.
#[track_caller]
fn harmless(what: &str, bytes: &[u8]) {
    // Lines of csv end so; within a cell there is none.
    let said = text(bytes).replace("\r\n", "\n");
    let found = said.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\t'));
    assert_eq!(found, None, "{what} lets a mark out: {said:?}");
}

#[track_caller]
fn both(what: &str, output: &Output) {
    // In a table for spreadsheets a cell may have lines; it stands in quotation marks.
    for said in [&output.stdout, &output.stderr].into_iter().filter(|_| !what.contains("csv")) {
        let forged = text(said).lines().any(|line| line.trim_start().starts_with(FORGED));
        assert!(!forged, "{what} lets a line of somebody else's out: {}", text(said));
    }
    // A table for spreadsheets begins with the mark by which they know its characters.
    harmless(what, output.stdout.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&output.stdout));
    harmless(what, &output.stderr);
    assert_ne!(output.status.code(), Some(101), "{what} panics: {}", text(&output.stderr));
}

/// A laptop whose every text field holds all marks: written past the checks, as records of another
/// program may be.
fn poisoned() -> Laptop {
    let laptop = Laptop::new();
    let who = InitOptions {
        officer: "O1".into(),
        officer_name: hostile("李强"),
        agency: "A01".into(),
        agency_name: hostile("执法局"),
        certificate: None,
    };
    let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
    let ledger = Ledger::init(&laptop.data_dir(), &who, PASSPHRASE, options).expect("made");
    let mut roster = Roster::clone(&ledger.roster());
    let person = Auxiliary {
        id: hostile("X1").as_str().into(),
        name: hostile("赵敏"),
        agency: "A01".into(),
        unit: Some(hostile("中队")),
        dispatched_by: Some(hostile("公司")),
        qualifications: vec![hostile("资格")],
        pinyin: Some(hostile("zhao")),
        ..serde_json::from_value(serde_json::json!({
            "id": "X1", "name": "甲", "agency": "A01", "status": "active", "training": "passed", "assessment": "passed",
            "qualifications": [], "recusals": [],
        }))
        .expect("a person")
    };
    roster.auxiliaries.insert(person.id.clone(), person);
    // As another program may have written it: this one's own functions refuse all of it.
    let refused = ledger.import_roster(roster.clone(), "名册.csv").expect_err("refused");
    assert!(matches!(refused, auxlog_store::LedgerError::Beyond(_)), "{refused}");
    let version = roster.version + 1;
    let roster = Roster { version, ..roster };
    let replaced = RosterReplaced { roster, source: hostile("名册.csv") };
    ledger.record(&Event::RosterReplaced(replaced)).expect("recorded");
    let plain: Task = serde_json::from_value(supervised("t-0")).expect("a task");
    let judged = ledger.judge(&plain).judged;
    for reference in ["t-1".to_owned(), hostile("t-2")] {
        let mut task = plain.clone();
        task.id = reference;
        let field = || Some(hostile("某店"));
        (task.text, task.place, task.counterpart) = (field(), field(), field());
        (task.legal_basis, task.case_number) = (field(), field());
        task.items.push(hostile("16.2"));
        task.auxiliaries[0].id = hostile("X1").as_str().into();
        let mut judged = judged.clone();
        for person in &mut judged.people {
            (person.id, person.name) = (hostile("X1").as_str().into(), field());
        }
        let id = ledger.record(&Event::TaskLogged(TaskLogged { task, judged, plan: None })).expect("recorded");
        let mut staged = ledger.stage_bytes("a.txt", b"content").expect("kept");
        (staged.name, staged.media_type) = (hostile("附件"), hostile("text"));
        let refused = ledger.attach(id, &staged, Some(&hostile("说明"))).expect_err("refused");
        assert!(matches!(refused, auxlog_store::LedgerError::Beyond(_)), "{refused}");
        let (name, media_type, note) = (staged.name, staged.media_type, Some(hostile("说明")));
        let (sha256, size) = (staged.hash, staged.size);
        let attachment = Attachment { target: id, sha256, size, media_type, name, note, preview: None };
        ledger.record(&Event::Attachment(attachment)).expect("recorded");
        let step = |decision| ReviewStep {
            target: id,
            based_on: Vec::new(),
            decision,
            reason: hostile("理由"),
            measure: Some(hostile("措施")),
            against: Some(hostile("X1").as_str().into()),
        };
        ledger.record(&Event::ReviewStep(step(Decision::Propose))).expect("recorded");
        let given_at = plain.at.expect("a time");
        let auxiliary = hostile("X1").as_str().into();
        let statement = Statement {
            target: id,
            auxiliary,
            text: hostile("陈述"),
            acknowledged: true,
            given_at,
            based_on: Vec::new(),
        };
        ledger.record(&Event::Statement(statement)).expect("recorded");
    }
    // Wider than any number of columns that a format knows.
    let mut task = plain.clone();
    task.id = "宽".repeat(35_000);
    task.text = Some("宽".repeat(35_000));
    task.items = (0..70_000).map(|number| format!("{number}")).collect();
    ledger.record(&Event::TaskLogged(TaskLogged { task, judged, plan: None })).expect("recorded");
    let id = ledger.find("t-1").expect("readable").expect("there");
    assert!(matches!(ledger.annul(id, &hostile("理由")), Err(auxlog_store::LedgerError::Beyond(_))));
    let (reason, based_on) = (hostile("理由"), Vec::new());
    ledger.record(&Event::Annulment(Annulment { target: id, reason, based_on })).expect("recorded");
    ledger.close();
    laptop
}

#[test]
fn no_command_lets_a_mark_out() {
    let laptop = poisoned();
    let out = laptop.path("out");
    std::fs::create_dir(&out).expect("made");
    let file = |name: &str| out.join(name).display().to_string();
    let (csv, roster, bundle) = (file("tasks.csv"), file("roster.csv"), file("t-1.html"));
    let (workbook, people, saved) = (file("tasks.xlsx"), file("roster.xlsx"), file("saved"));
    let lines = laptop.write("tasks.jsonl", {
        let mut task = supervised("t-9");
        task["place"] = hostile("某店").into();
        task["items"] = serde_json::json!([hostile("16.2")]);
        task[hostile("field")] = 1.into();
        format!("{task}\n{{\"id\": \"{MARKS}\"\n")
    });
    let lines = lines.display().to_string();
    let missing = hostile("/nowhere/");
    let commands: &[&[&str]] = &[
        &["tasks"],
        &["tasks", "--format", "json"],
        &["tasks", "--format", "csv"],
        &["tasks", "--format", "csv", "--output", &csv],
        &["tasks", "--format", "xlsx", "--output", &workbook],
        &["tasks", "--person", MARKS],
        &["flags"],
        &["flags", "--format", "json"],
        &["roster"],
        &["roster", "--format", "json"],
        &["roster", "--format", "csv"],
        &["roster", "--format", "csv", "--output", &roster],
        &["roster", "--format", "xlsx", "--output", &people],
        &["attach", "t-1", "--save", &saved],
        &["rules", "list"],
        &["rules", "rejudge"],
        &["mask", "t-1", "--order", MARKS, "--authority", MARKS, "--reason", MARKS],
        &["passphrase", "--new-passphrase-file", &missing],
        &["attach", "t-1"],
        &["attach", "t-1", "--format", "json"],
        &["verify"],
        &["verify", "--format", "json"],
        &["export", "--evidence", "t-1", "--output", &bundle],
        &["export", "--evidence", MARKS, "--output", &bundle],
        &["verify", &bundle],
        &["verify", &missing],
        &["check", &lines],
        &["check", "--format", "json", &lines],
        &["log", &lines],
        &["review", "t-1", "--decision", "dismiss", "--reason", MARKS],
        &["officer", "list"],
        &["officer", "list", "--format", "json"],
        &["doctor"],
        &["rules", "show", MARKS],
        &["keys", "check", &missing],
        &["sync"],
        &["backup", &missing],
        &["roster", "import", &missing],
        &["admin", MARKS],
        &["manage", "devices"],
        &[MARKS],
        &["--config", &missing, "tasks"],
    ];
    for language in ["zh-CN", "en"] {
        for arguments in commands {
            let mut command = laptop.command(arguments.iter().filter(|argument| !argument.is_empty()));
            command.env("AUXLOG_LANG", language).stdin(std::process::Stdio::null());
            both(&format!("{arguments:?}"), &command.output().expect("the program runs"));
        }
    }
    for path in files(&out) {
        let name = path.file_name().expect("a name").to_str().expect("UTF-8");
        harmless("a file's name", name.as_bytes());
        if path.extension().is_some_and(|extension| extension == "csv" || extension == "html") {
            let content = std::fs::read(&path).expect("readable");
            harmless(name, content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&content));
        }
    }
}

#[test]
fn no_command_about_a_server_lets_a_mark_out() {
    let (office, laptop) = (Office::open(), poisoned());
    let url = office.server.url();
    let code = office.admin(&["code", "--agency", "A01", "--officer", "O1", "--role", "admin", "--approve"]);
    let joined = laptop.run(["enroll", "--server", &url, "--code", code.trim()]);
    expect_exit(&joined, 0);
    both("enroll", &joined);
    both("sync", &laptop.run(["sync"]));
    let listed = office.machine.run(["admin", "devices", "--format", "json"]);
    let device = json_lines(&listed)[0]["device"].as_str().expect("a number").to_owned();
    let (name, copy) = (hostile("局"), office.machine.path(&hostile("copy")).display().to_string());
    let acts: &[&[&str]] = &[
        &["agency", "add", &name, &name],
        &["agency", "add", "A07", &name],
        &["agency", "list"],
        &["agency", "list", "--format", "json"],
        &["code", "--agency", &name, "--officer", &name],
        &["code", "--agency", "A01", "--officer", &name],
        &["revoke", &device, "--reason", &name],
        &["release", &device, "--reason", &name],
        &["approve", &device, "--digits", &name],
        &["approve", &name, "--digits", "000000"],
        &["roster", "import", &name],
        &["roster", "set", "--agency", "A01", "--auxiliary", "X2", &name, "--reason", &name],
        &["roster", "set", "--agency", "A01", "--auxiliary", "X2", "unit=x", "--reason", &name],
        &["roster", "history", "--agency", "A01"],
        &["roster", "history", "--agency", "A01", "--format", "json"],
        &["devices"],
        &["devices", "--format", "json"],
        &["held", "--agency", "A01"],
        &["held", "--agency", "A01", "--format", "json"],
        &["incidents", "--agency", "A01"],
        &["incidents", "--agency", "A01", "--format", "json"],
        &["log"],
        &["log", "--format", "json"],
        &["verify"],
        &["backup", &copy],
    ];
    for act in acts {
        both(&format!("admin {act:?}"), &office.machine.run(["admin"].iter().chain(*act)));
    }
    let asked: &[&[&str]] = &[
        &["devices"],
        &["log"],
        &["log", "--format", "json"],
        &["incidents"],
        &["held"],
        &["history", "--person", &name],
        &["revoke", &device, "--reason", &name],
        &["approve", &name, "--digits", &name],
    ];
    for act in asked {
        both(&format!("manage {act:?}"), &laptop.run(["manage"].iter().chain(*act)));
    }
    both("sync", &laptop.run(["sync"]));
}

#[test]
fn a_task_with_a_hidden_mark_is_refused_by_its_field() {
    let laptop = Laptop::initialised();
    for mark in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{feff}'] {
        let mut task = supervised("t-1");
        task["place"] = format!("人民{mark}中路").into();
        let refused = laptop.feed(["log"], &task.to_string());
        assert_eq!(refused.status.code(), Some(2), "{mark:?}: {}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains("place"), "{}", text(&refused.stderr));
    }
}
