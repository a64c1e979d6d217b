//! Laptops and a server: enrolment, synchronisation, revocation, an unreachable server, the demo.

use serde_json::{Value, json};

use crate::office::Office;
use crate::recording::{alone, supervised};
use crate::support::{Laptop, Serving, expect_exit, json_lines, text};

fn tasks(laptop: &Laptop, officer: &str) -> Vec<Value> {
    let listed = laptop.run(["tasks", "--format", "json", "--as", officer]);
    expect_exit(&listed, 0);
    json_lines(&listed)
}

#[test]
fn what_one_laptop_logs_another_of_the_agency_pulls() {
    let office = Office::open();
    let (first, second) = (Laptop::new(), Laptop::new());
    office.enrol(&first, "O1", None);
    office.enrol(&second, "O3", None);
    first.sync("O1");
    assert_eq!(json_lines(&first.run(["roster", "--format", "json", "--search", "swei"]))[0]["id"], "X1");

    let logged = first.feed(["log"], &format!("{}\n{}\n", supervised("t-1"), alone("t-2")));
    expect_exit(&logged, 0);
    assert!(tasks(&first, "O1").iter().all(|task| task["synced"] == false));
    let synced = first.sync("O1");
    assert_eq!((&synced["sent"], &synced["refused"]), (&json!(2), &json!(0)));
    assert_eq!(synced["acked"], json_lines(&logged)[1]["seq"]);
    assert!(tasks(&first, "O1").iter().all(|task| task["synced"] == true));

    let pulled = second.sync("O3");
    assert!(pulled["received"].as_u64().expect("a number") >= 2, "{pulled}");
    let there = tasks(&second, "O3");
    assert_eq!(there.len(), 2);
    let flag = there.iter().find(|task| task["id"] == "t-2").expect("pulled");
    assert_eq!((&flag["verdict"], &flag["status"]), (&json!("improper"), &json!("open")));

    // An officer at the other laptop decides, and the first one learns of it.
    let dismiss = ["review", "t-2", "--decision", "dismiss", "--reason", "队长在场，误记"];
    expect_exit(&second.run(dismiss), 0);
    second.sync("O3");
    first.sync("O1");
    let decided = tasks(&first, "O1").into_iter().find(|task| task["id"] == "t-2").expect("there");
    assert_eq!(decided["status"], "dismissed");
    for (laptop, officer) in [(&first, "O1"), (&second, "O3")] {
        expect_exit(&laptop.run(["verify", "--as", officer]), 0);
    }
    assert!(office.server.end().success(), "SIGTERM ends the server cleanly");
}

#[test]
fn a_bundle_bears_the_servers_word_and_verify_checks_it() {
    let office = Office::open();
    let (first, second) = (Laptop::new(), Laptop::new());
    office.enrol(&first, "O1", None);
    office.enrol(&second, "O3", None);
    expect_exit(&first.feed(["log"], &format!("{}\n{}\n", alone("t-1"), supervised("t-2"))), 0);
    let export = |laptop: &Laptop, name: &str| {
        let file = laptop.path(name).display().to_string();
        let exported = laptop.run(["export", "--evidence", "t-1", "--output", &file]);
        expect_exit(&exported, 0);
        (file, text(&exported.stderr))
    };
    let elsewhere = Laptop::new();
    let servers = |file: &str| elsewhere.finds_whole(file)["servers"].as_array().expect("a list").clone();
    assert!(servers(&export(&first, "unsent.html").0).is_empty(), "the server has not got it");
    first.sync("O1");
    second.sync("O3");
    let dismiss = ["review", "t-1", "--decision", "dismiss", "--reason", "队长在场，误记"];
    expect_exit(&second.run(dismiss), 0);
    second.sync("O3");
    first.sync("O1");

    let (file, said) = export(&first, "proven.html");
    assert_eq!(said, "", "the server was asked");
    let found = servers(&file);
    assert_eq!((&found[0]["in_log"], &found[0]["of"], &found[0]["by_receipt"]), (&json!(2), &json!(2), &json!(0)));
    let key = found[0]["key"].as_str().expect("a key").to_owned();
    assert_eq!(key.len(), 64);
    let page = std::fs::read_to_string(&file).expect("written");
    assert!(page.contains(&key) && page.contains("RFC 6962"), "whoever reads the page sees it");
    assert_eq!(found[0]["complete"], true, "and that nothing was left out");
    expect_exit(&elsewhere.run(["verify", &file, "--server-key", &key.to_uppercase()]), 0);
    let other = elsewhere.run(["verify", &file, "--server-key", &"0".repeat(64)]);
    expect_exit(&other, 1);
    assert!(text(&other.stdout).contains("没有为其作证"), "{}", text(&other.stdout));
    for (lang, word) in
        [("zh-CN", "2 条记录中有 2 条在其日志中"), ("en", "2 of 2 records about the task are in its log")]
    {
        let said = text(&elsewhere.run(["verify", &file, "--lang", lang]).stdout);
        assert!(said.contains(word), "{said}");
    }

    // Out of reach the server still stands in for by its receipt for what was sent from here.
    assert!(office.server.end().success());
    let (file, said) = export(&first, "offline.html");
    assert!(said.contains("未能请服务器出具收录证明"), "{said}");
    let found = servers(&file);
    assert_eq!((&found[0]["in_log"], &found[0]["by_receipt"], &found[0]["of"]), (&json!(0), &json!(1), &json!(2)));
    assert_eq!(found[0]["key"], key.as_str());
}

#[test]
fn an_enrolment_waits_for_approval_and_goes_on_with_the_same_command() {
    let office = Office::open();
    let laptop = Laptop::new();
    let code = office.admin(&["code", "--agency", "A01", "--officer", "O1"]);
    let (url, code) = (office.server.url(), code.trim());
    let enroll = ["enroll", "--server", &url, "--code", code, "--cheap-keys", "--format", "json"];
    let pending = laptop.run(enroll);
    expect_exit(&pending, 3);
    let digits = json_lines(&pending)[0]["digits"].as_str().expect("digits").to_owned();
    assert_eq!(digits.len(), 6);
    expect_exit(&laptop.run(["sync"]), 3);

    let devices = office.machine.run(["admin", "devices", "--format", "json"]);
    expect_exit(&devices, 0);
    let device = json_lines(&devices)[0]["device"].as_str().expect("a device").to_owned();
    assert_eq!(json_lines(&devices)[0]["digits"], digits.as_str(), "the same on both sides");
    assert!(office.admin(&["devices"]).contains(&digits));
    let approve = |digits: &[&str]| office.machine.run([&["admin", "approve", &device[..8]], digits].concat());
    let unsaid = approve(&[]);
    expect_exit(&unsaid, 2);
    assert!(text(&unsaid.stderr).contains("--digits"), "{}", text(&unsaid.stderr));
    let wrong = approve(&["--digits", if digits == "000000" { "000001" } else { "000000" }]);
    expect_exit(&wrong, 1);
    assert!(text(&wrong.stderr).contains("核对码与该设备不符"), "{}", text(&wrong.stderr));
    let again = laptop.run(enroll);
    expect_exit(&again, 3);
    assert_eq!(json_lines(&again)[0]["digits"], digits.as_str(), "the same command, the same digits");
    expect_exit(&approve(&["--digits", &format!("{} {}", &digits[..3], &digits[3..])]), 0);
    expect_exit(&laptop.run(enroll), 0);
    laptop.sync("O1");

    office.admin(&["revoke", &device[..8], "--reason", "电脑遗失"]);
    expect_exit(&laptop.feed(["log"], &supervised("t-1").to_string()), 0);
    // What a revoked laptop still sends is held, not lost; its officer is told.
    let held = laptop.run(["sync", "--format", "json"]);
    expect_exit(&held, 7);
    assert_eq!(json_lines(&held)[0]["refused"], 1);
    expect_exit(&laptop.run(["manage", "devices"]), 7);
    assert!(text(&held.stderr).contains("吊销"), "{}", text(&held.stderr));
    assert_eq!(tasks(&laptop, "O1").len(), 1, "and it stays here");
    let audit = office.admin(&["log"]);
    assert!(audit.contains("电脑遗失"), "{audit}");
}

#[test]
fn a_code_works_once_and_a_wrong_one_not_at_all() {
    let office = Office::open();
    let laptop = Laptop::new();
    let (url, code) = (office.server.url(), office.code("O1"));
    let enroll = |laptop: &Laptop, code: &str| {
        laptop.run(["enroll", "--server", &url, "--code", code, "--cheap-keys"].map(str::to_owned))
    };
    expect_exit(&enroll(&laptop, &code), 0);
    let again = Laptop::new();
    expect_exit(&enroll(&again, &code), 2);
    assert!(!again.data_dir().join("keys").exists(), "nothing was made");
    let nonsense = enroll(&again, "not a code");
    expect_exit(&nonsense, 2);
    assert!(text(&nonsense.stderr).contains("not a code"), "{}", text(&nonsense.stderr));
}

#[test]
fn an_unreachable_server_leaves_everything_as_it_is() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    expect_exit(&laptop.feed(["log"], &supervised("t-1").to_string()), 0);
    assert!(office.server.end().success());
    let failed = laptop.run(["sync"]);
    expect_exit(&failed, 5);
    assert!(text(&failed.stderr).contains("记录都在本机"), "{}", text(&failed.stderr));
    assert_eq!(tasks(&laptop, "O1").len(), 1);
}

#[test]
fn plain_http_beyond_this_machine_is_refused_on_both_sides() {
    let laptop = Laptop::new();
    expect_exit(&laptop.run(["serve", "--listen", "0.0.0.0:0"]), 2);
    let enroll = ["enroll", "--server", "http://192.0.2.1:8470", "--code", "0000-0000-0000-0000"];
    expect_exit(&laptop.run(enroll), 2);
    assert!(!laptop.data_dir().join("keys").exists());
}

#[test]
fn the_demo_serves_what_it_prints() {
    let place = Laptop::new();
    let root = place.path("demo").display().to_string();
    let command = || place.command(["--data-dir", &root, "demo", "--no-ui", "--format", "json"]);
    let demo = Serving::start(command());
    let ready = demo.ready.clone();
    let dirs: Vec<&str> = ready["data_dirs"].as_array().expect("dirs").iter().filter_map(Value::as_str).collect();
    assert!(dirs.len() >= 2);
    let passphrase = place.write("demo-passphrase", ready["passphrase"].as_str().expect("a passphrase"));
    let on = |dir: &str, args: &[&str]| {
        let mut command = place.command(args);
        command.env("AUXLOG_DATA_DIR", dir).env("AUXLOG_PASSPHRASE_FILE", &passphrase);
        command.output().expect("the program runs")
    };
    let listed = on(dirs[0], &["tasks", "--format", "json", "--as", "O1"]);
    expect_exit(&listed, 0);
    assert!(json_lines(&listed).len() >= 12, "sample tasks are there, the other laptop's too");
    let roster = on(dirs[0], &["roster", "--format", "json", "--as", "O1"]);
    assert!(json_lines(&roster).iter().filter(|person| person["kind"] == "auxiliary").count() >= 20);
    expect_exit(&on(dirs[1], &["sync", "--as", "O3"]), 0);

    // A third laptop joins with one of the codes.
    let url = ready["server"].as_str().expect("an address");
    let code = ready["codes"][0].as_str().expect("a code");
    expect_exit(&place.run(["enroll", "--server", url, "--code", code, "--cheap-keys"]), 0);
    expect_exit(&place.run(["sync"]), 0);
    assert!(demo.end().success());

    // It goes on where it was, and never in a directory that is not its own.
    let again = Serving::start(command());
    expect_exit(&on(dirs[1], &["sync", "--as", "O3"]), 0);
    assert!(again.end().success());
    let other = place.path("data").display().to_string();
    expect_exit(&place.run(["--data-dir", &other, "demo", "--no-ui"]), 2);
}
