//! `export --evidence`, `verify FILE`, `backup`, `restore`, and that nothing lies on the disk in
//! the clear.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use auxlog_record::{Access, Clock, Event, Moment, SystemClock, Task, china};
use auxlog_store::{InitOptions, Ledger, OpenOptions, Reader};
use chrono::TimeZone as _;
use serde_json::{Value, json};

use crate::recording::{alone, heard, supervised};
use crate::support::{Laptop, PASSPHRASE, expect_exit, files, json_lines, text};

fn lines(tasks: &[Value]) -> String {
    tasks.iter().map(|task| task.to_string() + "\n").collect()
}

#[test]
fn a_bundle_is_checked_on_a_machine_with_nothing_and_notices_any_change() {
    let laptop = Laptop::initialised();
    laptop.add_second_officer();
    expect_exit(&laptop.feed(["log", "--as", "O1"], &lines(&[supervised("t-1"), alone("t-2"), supervised("t-3")])), 0);
    heard(&laptop, "t-2", "O2");
    let review = ["review", "t-2", "--as", "O2", "--decision", "confirm", "--reason", "属实", "--measure", "批评教育"];
    expect_exit(&laptop.run(review), 0);
    let file = laptop.path("t-2.html");
    let name = file.display().to_string();
    let exported = laptop.run(["export", "--as", "O1", "--evidence", "t-2", "--output", &name, "--format", "json"]);
    expect_exit(&exported, 0);
    assert_eq!(json_lines(&exported)[0]["file"], name.as_str());

    let page = std::fs::read_to_string(&file).expect("written");
    for word in ["独自到店现场核查", "第十六条（二）", "确认", "批评教育", "李强", "王芳", "ZF-1", "疑似不当"]
    {
        assert!(page.contains(word), "the page shows {word}");
    }
    assert!(!page.contains("t-3"), "other matters stay private");

    let elsewhere = Laptop::new();
    let checked = elsewhere.finds_whole(&name);
    assert_eq!((&checked["whole"], &checked["task"]), (&json!(true), &json!("t-2")));
    assert_eq!((&checked["exporter"], &checked["provisions_compared"]), (&json!("O1"), &json!(true)));

    for (lang, first) in [("zh-CN", "没有您认识的人为它作证"), ("en", "Nobody whom you know vouches for it")]
    {
        let said = text(&elsewhere.run(["verify", &name, "--lang", lang]).stdout);
        assert!(said.starts_with(first) && said.contains("Ed25519"), "{said}");
    }

    let altered = elsewhere.write("altered.html", page.replace("独自到店", "一同到店"));
    let none = elsewhere.write("none.html", "<html></html>");
    let cut = elsewhere.write("cut.html", &page[..page.rfind("</script>").expect("the bundle's end")]);
    for (file, zh, en) in [
        (&altered, "导出之后，证据包或页面被改动", "was changed after"),
        (&none, "证据包有问题：这不是 auxlog 的证据包：文件中没有", "there is none in the file"),
        (&cut, "证据包有问题：文件在证据包中间断了", "the file ends within the bundle"),
    ] {
        for (lang, words) in [("zh-CN", zh), ("en", en)] {
            let found = elsewhere.run(["verify", &file.display().to_string(), "--lang", lang]);
            expect_exit(&found, 1);
            assert!(text(&found.stdout).contains(words), "{}", text(&found.stdout));
        }
    }
    expect_exit(&elsewhere.run(["verify", "/nowhere/at/all.html"]), 2);
    expect_exit(&laptop.run(["export", "--as", "O1", "--evidence", "t-9", "--output", &name]), 2);
}

/// Frozen: what every later version must find whole and vouched for, its page rendered again to the letter.
/// Never edit the files; a new renderer gets a bundle of its own.
#[test]
fn golden_bundles_verify_as_ever() {
    const KEY: &str = "a939f9b5437ac206cfa16a227d3a9e90ffadf78da204bf05b09f8d3528e27330";
    const WRITER: &str = "c3b330a6745a63be275f606d48a86bf92adae6a8c48e4b794ad23bc83c2ec545";
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/evidence-2.html");
    let found = Laptop::new().run(["verify", golden, "--server-key", KEY, "--format", "json"]);
    expect_exit(&found, 0);
    let said = json_lines(&found).remove(0);
    assert_eq!((&said["task"], &said["vouched"], &said["records"]), (&json!("t-1"), &json!(true), &json!(4)));
    assert_eq!(said["servers"][0]["complete"], true);
    // What 0.1.0 itself exported, in both languages: the page is rendered as it did.
    for file in ["evidence-page-1.html", "evidence-page-1-en.html"] {
        let golden = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
        let found = Laptop::new().run(["verify", &golden, "--writer-key", WRITER, "--format", "json"]);
        expect_exit(&found, 0);
        assert_eq!(json_lines(&found)[0]["vouched"], true, "{file}");
    }
}

#[test]
fn a_backup_restores_to_another_machine_and_is_only_added_to() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1")])), 0);
    let file = laptop.path("usb.auxbackup").display().to_string();
    expect_exit(&laptop.run(["backup", &file]), 0);
    expect_exit(&laptop.feed(["log"], &lines(&[alone("t-2")])), 0);
    let again = laptop.run(["backup", &file, "--format", "json"]);
    expect_exit(&again, 0);
    let report = &json_lines(&again)[0];
    assert!(report["written"].as_u64() < report["bytes"].as_u64(), "{report}");

    let other = Laptop::new();
    expect_exit(&other.run(["restore", &file]), 0);
    expect_exit(&other.run(["verify"]), 0);
    let tasks = json_lines(&other.run(["tasks", "--format", "json"]));
    assert_eq!(tasks.len(), 2);
    expect_exit(&other.run(["restore", &file]), 2);
    let broken = other.write("broken", "no backup");
    expect_exit(&Laptop::new().run(["restore", &broken.display().to_string()]), 6);
    expect_exit(&Laptop::new().run(["backup", &file]), 2);
}

#[test]
fn no_name_place_or_text_lies_on_the_disk_in_the_clear() {
    let laptop = Laptop::initialised();
    let mut task = alone("canary-task");
    task["text"] = json!("金丝雀描述文字");
    task["place"] = json!("金丝雀路");
    task["counterpart"] = json!("金丝雀便利店");
    task["auxiliaries"] = json!([{"id": "CANARY-X1", "certificate_valid": true, "born": "1990-05-01"}]);
    expect_exit(&laptop.feed(["log"], &lines(&[task])), 0);
    expect_exit(&laptop.run(["tasks", "--format", "json"]), 0);
    let backup = laptop.path("usb.auxbackup");
    expect_exit(&laptop.run(["backup", &backup.display().to_string()]), 0);
    let mut looked = files(&laptop.data_dir());
    assert!(looked.len() > 5, "{looked:?}");
    looked.push(backup);
    for path in looked {
        let bytes = std::fs::read(&path).expect("readable");
        for canary in ["金丝雀", "canary-task", "CANARY-X1", "李强", "综合行政执法局", "独自"] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} in {}", path.display());
            assert!(!path.display().to_string().contains(canary), "{}", path.display());
        }
    }
}

#[test]
fn the_recovery_key_opens_what_a_forgotten_passphrase_locked() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1")])), 0);
    let key = laptop.path("recovery.key").display().to_string();
    let made = laptop.run(["recover", "new", "--output", &key]);
    expect_exit(&made, 0);
    let said = text(&made.stdout);
    let public = said.split_whitespace().last().expect("the public half");
    expect_exit(&laptop.run(["recover", "trust", public]), 0);
    expect_exit(&laptop.run(["recover", "trust", "nonsense"]), 2);

    laptop.write("passphrase", "a new passphrase\n");
    expect_exit(&laptop.run(["tasks"]), 3);
    let file = laptop.path("passphrase").display().to_string();
    let open = ["recover", "open", "--officer", "O1", "--new-passphrase-file", &file, "--key-file"];
    let wrong = Laptop::new();
    let other = wrong.path("other.key").display().to_string();
    expect_exit(&wrong.run(["recover", "new", "--output", &other]), 0);
    expect_exit(&laptop.run(open.iter().copied().chain([other.as_str()])), 3);
    expect_exit(&laptop.run(open.iter().copied().chain([key.as_str()])), 0);
    assert_eq!(json_lines(&laptop.run(["tasks", "--format", "json"])).len(), 1);
    expect_exit(&laptop.feed(["log"], &lines(&[alone("t-2")])), 0);
    expect_exit(&laptop.run(["verify"]), 0);
}

/// A clock that the test sets.
#[derive(Debug, Default)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        let at = china().timestamp_millis_opt(self.0.load(Ordering::Relaxed));
        Moment(at.single().expect("a moment"))
    }
}

#[test]
fn verify_lists_each_jump_of_the_clock_and_the_records_after_it() {
    let laptop = Laptop::new();
    let clock = Arc::new(SetClock(AtomicI64::new(1_790_000_000_000)));
    let options = OpenOptions { cheap_keys: true, clock: clock.clone(), ..OpenOptions::default() };
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(&laptop.data_dir(), &who, PASSPHRASE, options).expect("made");
    let log = |id: &str| {
        let task = Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() };
        ledger.log(&[task]).pop().expect("an answer").expect("stored").id
    };
    log("t-1");
    let steady = laptop.run(["verify", "--format", "json"]);
    assert_eq!(json_lines(&steady), [json!({ "whole": true, "records": 2, "clock_jumps": [], "clock_offsets": [] })]);
    clock.0.fetch_add(3 * 24 * 3_600_000, Ordering::Relaxed);
    let (first, last) = (log("t-2").to_string(), log("t-3").to_string());
    ledger.close();

    let found = laptop.run(["verify", "--format", "json"]);
    expect_exit(&found, 0);
    let found = &json_lines(&found)[0];
    let [jump] = found["clock_jumps"].as_array().expect("a list").as_slice() else { panic!("{found}") };
    assert_eq!((&jump["jump"], &jump["restarted"], &jump["officer"]), (&json!("ahead"), &json!(false), &json!("O1")));
    assert_eq!(jump["records_after"], json!({ "first": first, "last": last, "count": 2 }));
    assert!(jump["from"].as_str() < jump["to"].as_str() && jump["boot"] == jump["boot_before"], "{jump}");
    for (lang, words) in
        [("zh-CN", ["时钟跳快 7", "2026-09-2", "第 4–5 条"]), ("en", ["ahead by 7", "2026-09-2", "4–5"])]
    {
        let said = text(&laptop.run(["verify", "--lang", lang]).stdout);
        for word in words {
            assert!(said.contains(word), "{word} in {said}");
        }
    }
}

#[test]
fn a_damaged_journal_is_told_in_the_readers_language() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1"), alone("t-2"), supervised("t-3")])), 0);
    let segment = files(&laptop.data_dir().join("journal")).pop().expect("a segment");
    let mut bytes = std::fs::read(&segment).expect("read");
    let frames: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"AXF")).collect();
    bytes[frames[frames.len() - 2] + 100] ^= 1;
    std::fs::write(&segment, bytes).expect("altered");

    let found = laptop.run(["verify", "--lang", "zh-CN"]);
    expect_exit(&found, 1);
    let said = text(&found.stdout);
    assert!(said.contains("有问题：00000001.seg 第 ") && said.contains(" 字节处：一条内容被改动（日志第 "), "{said}");
    let listed = laptop.run(["tasks", "--lang", "zh-CN"]);
    expect_exit(&listed, 6);
    let warned = text(&listed.stderr);
    assert!(warned.contains("记录损坏：00000001.seg 第 ") && warned.contains("一条内容被改动"), "{warned}");
    let english = text(&laptop.run(["verify", "--lang", "en"]).stdout);
    assert!(english.contains("00000001.seg at byte ") && english.contains("an entry was altered"), "{english}");
    let program = json_lines(&laptop.run(["verify", "--format", "json"]));
    assert!(program[0]["problem"].as_str().is_some_and(|why| why.contains("an entry was altered")), "{program:?}");
}

#[test]
fn whoever_reads_or_takes_a_list_is_on_record() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &lines(&[supervised("t-1"), alone("t-2")])), 0);
    for list in [
        &["tasks"][..],
        &["tasks"],
        &["tasks", "--format", "json"],
        &["flags", "--item", "16.2"],
        &["tasks", "--text", "无此内容"],
        &["roster", "--format", "csv"],
    ] {
        expect_exit(&laptop.run(list), 0);
    }
    // What became a file is on record with the next one written, what was read hour by hour.
    let noted = || -> Vec<(Access, String, u64)> {
        expect_exit(&laptop.feed(["log"], &supervised("t-3").to_string()), 0);
        let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
        let reader = Reader::open(&laptop.data_dir(), None, PASSPHRASE, &options).expect("opens");
        let notices = reader.notices(999).expect("read").into_iter().rev();
        let noted = notices.filter_map(|entry| match entry.event {
            Event::DataAccessed(access) => Some((access.access, access.subject, access.count)),
            _ => None,
        });
        noted.collect()
    };
    expect_exit(&laptop.run(["tasks", "--format", "csv"]), 0);
    assert!(noted().contains(&(Access::Exported, "tasks".to_owned(), 2)));
    // An hour later, by the clock of whoever writes.
    let hence = Arc::new(SetClock(AtomicI64::new(SystemClock.now().millis() + 3_600_000)));
    let options = OpenOptions { cheap_keys: true, clock: hence, ..OpenOptions::default() };
    Ledger::open(&laptop.data_dir(), None, PASSPHRASE, options).expect("opens").close();
    let noted = noted();
    let sum = |access, subject: &str| -> u64 {
        let same = noted.iter().filter(|noted| (noted.0, noted.1.as_str()) == (access, subject));
        same.map(|(_, _, count)| count).sum()
    };
    assert_eq!(sum(Access::Read, "tasks"), 4, "{noted:?}");
    assert_eq!(sum(Access::Exported, "tasks"), 4, "as CSV and to another program: {noted:?}");
    assert_eq!(sum(Access::Read, "flags item=16.2"), 1, "{noted:?}");
    assert!(!noted.iter().any(|(_, subject, _)| subject.contains("text=") || subject == "roster"), "{noted:?}");
    expect_exit(&laptop.run(["verify"]), 0);
}
