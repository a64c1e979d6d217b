//! Administration: on the server's machine, and from a laptop as far as its officer's role allows.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::office::{Office, ROSTER};
use crate::recording::alone;
use crate::support::{Laptop, Serving, expect_exit, json_lines, text};

#[test]
fn the_database_is_copied_while_the_server_runs_and_serves_again() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    laptop.sync("O1");
    let copy = office.machine.path("copy.sqlite");
    let file = copy.display().to_string();
    office.admin(&["backup", &file]);
    expect_exit(&office.machine.run(["admin", "backup", &file]), 2);

    // Another server over the copy knows the device.
    let other = Laptop::new();
    let db = format!("sqlite://{file}");
    let listed = other.run(["admin", "--db", &db, "devices", "--format", "json"]);
    expect_exit(&listed, 0);
    assert_eq!(json_lines(&listed)[0]["acked"], 1);
}

#[test]
fn an_edit_of_the_roster_reaches_the_laptop_and_stays_in_its_history() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    laptop.sync("O1");
    let set = ["roster", "set", "--agency", "A01", "--auxiliary", "X2", "status=suspended", "--reason", "证件到期"];
    office.admin(&set);
    laptop.sync("O1");
    let people = json_lines(&laptop.run(["roster", "--format", "json"]));
    let person = people.iter().find(|person| person["id"] == "X2").expect("there");
    assert_eq!(person["status"], "suspended");
    let history =
        office.machine.run(["admin", "roster", "history", "--agency", "A01", "--person", "X2", "--format", "json"]);
    expect_exit(&history, 0);
    let newest = &json_lines(&history)[0];
    assert_eq!(newest["fields"]["status"], json!({ "before": "active", "after": "suspended" }));
    assert_eq!((&newest["actor"], &newest["source"]), (&json!("local"), &json!("证件到期")));
    let wrong = ["admin", "roster", "set", "--agency", "A01", "--auxiliary", "X2", "state=away", "--reason", "x"];
    let wrong = office.machine.run(wrong);
    expect_exit(&wrong, 2);
    assert!(text(&wrong.stderr).contains("state"), "{}", text(&wrong.stderr));
}

#[test]
fn whoever_left_the_roster_is_masked_by_order() {
    let office = Office::open();
    let order = ["--order", "个保〔2026〕1号", "--authority", "局办公室", "--reason", "本人请求"];
    let mask = [["admin", "roster", "mask", "--agency", "A01", "--auxiliary", "X2"].as_slice(), &order].concat();
    let early = office.machine.run(&mask);
    expect_exit(&early, 1);
    assert!(text(&early.stderr).contains("X2 仍在最新名册上"), "{}", text(&early.stderr));
    let without: String = ROSTER.lines().filter(|line| !line.contains("X2")).flat_map(|line| [line, "\n"]).collect();
    let file = office.machine.write("名册2.csv", &without);
    office.admin(&["roster", "import", &file.display().to_string()]);
    let masked = office.machine.run([mask.as_slice(), &["--format", "json"]].concat());
    expect_exit(&masked, 0);
    let masked = &json_lines(&masked)[0];
    assert_eq!((&masked["pieces"], &masked["changes"], &masked["left"]), (&json!(1), &json!(2), &json!(0)));
    let history = office.admin(&["roster", "history", "--agency", "A01", "--person", "X2", "--format", "json"]);
    assert!(history.lines().all(|line| line.contains(r#""fields":{}"#)), "{history}");
    expect_exit(&office.machine.run(["admin", "verify"]), 0);
}

#[test]
fn a_role_decides_what_can_be_done_from_a_laptop() {
    let office = Office::open();
    let (officer, boss) = (Laptop::new(), Laptop::new());
    office.enrol(&officer, "O1", None);
    let code = office.admin(&["code", "--agency", "A01", "--officer", "O2", "--role", "admin", "--approve"]);
    let url = office.server.url();
    expect_exit(&boss.run(["enroll", "--server", &url, "--code", code.trim(), "--cheap-keys"]), 0);
    officer.sync("O1");

    expect_exit(&officer.run(["manage", "devices"]), 1);
    let listed = boss.run(["manage", "devices", "--format", "json"]);
    expect_exit(&listed, 0);
    let devices = json_lines(&listed);
    let device = devices.iter().find(|device| device["officer"] == "O1").expect("listed")["device"].clone();
    let device = device.as_str().expect("a number");
    expect_exit(&boss.run(["manage", "revoke", device, "--reason", "电脑遗失"]), 0);
    expect_exit(&officer.feed(["log"], &crate::recording::alone("t-1").to_string()), 0);
    let told = officer.run(["sync", "--as", "O1", "--format", "json"]);
    expect_exit(&told, 7);
    // What waits is listed, at the server and from a laptop, for whoever may look.
    for held in [boss.run(["manage", "held"]), office.machine.run(["admin", "held", "--agency", "A01"])] {
        expect_exit(&held, 0);
        let said = text(&held.stdout);
        assert!(said.contains("暂扣") && said.contains("O1") && said.contains(device), "{said}");
    }
    expect_exit(&officer.run(["manage", "held"]), 1);
    expect_exit(&boss.run(["manage", "approve", device]), 2);
    let digits = devices.iter().find(|listed| listed["device"] == device).expect("listed")["digits"].clone();
    let digits = digits.as_str().expect("six digits");
    let other = if digits == "000000" { "000001" } else { "000000" };
    let refused = boss.run(["manage", "approve", device, "--digits", other]);
    expect_exit(&refused, 1);
    assert!(text(&refused.stderr).contains("核对码"), "{}", text(&refused.stderr));
    expect_exit(&boss.run(["manage", "approve", device, "--digits", digits]), 0);
    expect_exit(&boss.run(["manage", "set", "--officer", "O9", "name=钱进", "--reason", "新调入"]), 0);
    let refused = boss.run(["manage", "set", "--officer", "O9", "nme=钱进", "--reason", "新调入"]);
    expect_exit(&refused, 1);
    assert!(text(&refused.stderr).contains("nme"), "{}", text(&refused.stderr));
    let history = boss.run(["manage", "history", "--person", "O9"]);
    expect_exit(&history, 0);
    assert!(text(&history.stdout).contains("钱进"), "{}", text(&history.stdout));
    let log = boss.run(["manage", "log", "--format", "json"]);
    let acts: Vec<Value> = json_lines(&log).into_iter().map(|entry| entry["act"].clone()).collect();
    for act in ["device_revoked", "wrong_digits", "device_active", "roster_edit", "read_devices"] {
        assert!(acts.contains(&json!(act)), "{act} in {acts:?}");
    }
}

#[test]
fn a_server_logs_in_json_when_asked() {
    let machine = Laptop::new();
    let mut command = machine.command(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--log", "json"]);
    command.stderr(Stdio::from(std::fs::File::create(machine.path("log")).expect("a file")));
    let server = Serving::start(command);
    assert!(server.end().success());
    let log = std::fs::read_to_string(machine.path("log")).expect("a log");
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let serving = lines.iter().find(|line| line["message"] == "serving").expect("it says that it serves");
    assert!(serving["timestamp"].is_string() && serving["level"] == "INFO", "{serving}");
}

#[test]
fn a_server_whose_key_is_lost_goes_on_and_its_laptops_prove_what_they_recorded_before() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    expect_exit(&laptop.feed(["log"], &alone("t-1").to_string()), 0);
    laptop.sync("O1");
    let (before, after) = (laptop.path("before.html"), laptop.path("after.html"));
    let export = |file: &std::path::Path| {
        expect_exit(&laptop.run(["export", "--evidence", "t-1", "--output", &file.display().to_string()]), 0);
    };
    export(&before);
    let old = office.admin(&["key"]).trim().to_owned();

    let Office { machine, server } = office;
    let new_key = ["admin", "new-key", "--reason", "磁盘损坏", "--format", "json"];
    expect_exit(&machine.run(new_key), 4);
    server.end();
    let here = machine.run(new_key);
    expect_exit(&here, 2);
    assert!(text(&here.stderr).contains("--although-the-key-is-here"), "{}", text(&here.stderr));
    std::fs::remove_file(machine.data_dir().join("server.key")).expect("lost");
    let lost = machine.run(["serve", "--listen", "127.0.0.1:0"]);
    assert!(text(&lost.stderr).contains("admin new-key"), "{}", text(&lost.stderr));
    let made = machine.run(new_key);
    expect_exit(&made, 0);
    let made = json_lines(&made).remove(0);
    let (key, code) = (made["key"].as_str().expect("a key"), made["codes"][0]["code"].as_str().expect("a code"));
    assert_eq!((&made["codes"][0]["officer"], made["codes"].as_array().map(Vec::len)), (&json!("O1"), Some(1)));

    let office = Office { server: Serving::server(&machine), machine };
    let url = office.server.url();
    let enroll = ["enroll", "--server", &url, "--code", code];
    let refused = laptop.run(enroll);
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("--server-key"), "{}", text(&refused.stderr));
    expect_exit(&laptop.run(enroll.into_iter().chain(["--server-key", &old])), 1);
    expect_exit(&laptop.run(enroll.into_iter().chain(["--server-key", key])), 0);
    let synced = laptop.sync("O1");
    assert_eq!((&synced["sent"], &synced["refused"]), (&json!(1), &json!(0)), "that it was exported: {synced}");
    export(&after);

    // Each by the key of its day, who wrote it among it.
    for (file, key, other) in [(&before, old.as_str(), key), (&after, key, old.as_str())] {
        let file = file.display().to_string();
        let found = Laptop::new().run(["verify", &file, "--server-key", key, "--format", "json"]);
        expect_exit(&found, 0);
        let said = json_lines(&found).remove(0);
        assert_eq!((&said["vouched"], &said["writers"][0]["certified"]), (&json!(true), &json!(true)), "{said}");
        expect_exit(&Laptop::new().run(["verify", &file, "--server-key", other]), 1);
    }
}
