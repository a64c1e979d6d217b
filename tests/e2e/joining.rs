//! A laptop and its server after the unusual: joining late, a disk that lost something, a disk that
//! came back from an old copy.

use serde_json::{Value, json};

use crate::office::Office;
use crate::recording::{alone, supervised};
use crate::support::{Laptop, expect_exit, json_lines, text};

fn tasks(laptop: &Laptop, officer: &str) -> Vec<Value> {
    let listed = laptop.run(["tasks", "--format", "json", "--as", officer]);
    expect_exit(&listed, 0);
    json_lines(&listed)
}

fn ids(tasks: &[Value]) -> Vec<&str> {
    let mut ids: Vec<&str> = tasks.iter().map(|task| task["id"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_laptop_that_worked_alone_joins_with_its_records_as_they_were_signed() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &format!("{}\n{}\n", supervised("t-1"), alone("t-2"))), 0);
    let before = tasks(&laptop, "O1");
    let office = Office::open();
    office.enrol(&laptop, "O1", None);
    let synced = laptop.sync("O1");
    assert_eq!((&synced["sent"], &synced["refused"]), (&json!(3), &json!(0)), "the opening record and two tasks");

    let after = tasks(&laptop, "O1");
    for (before, after) in before.iter().zip(&after) {
        for kept in ["id", "writer", "seq", "agency", "verdict", "logged_by"] {
            assert_eq!(before[kept], after[kept], "{kept}");
        }
        assert_eq!(after["synced"], true);
    }
    let other = Laptop::new();
    office.enrol(&other, "O3", None);
    other.sync("O3");
    assert_eq!(ids(&tasks(&other, "O3")), ["t-1", "t-2"]);
    assert!(tasks(&other, "O3").iter().all(|task| task["writer"] == before[0]["writer"]));
    for (laptop, officer) in [(&laptop, "O1"), (&other, "O3")] {
        expect_exit(&laptop.run(["verify", "--as", officer]), 0);
    }
}

#[test]
fn what_a_disk_lost_is_named_and_fetched_back() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    for n in 0..4 {
        expect_exit(&laptop.feed(["log"], &supervised(&format!("t-{n}")).to_string()), 0);
    }
    laptop.sync("O1");
    let lost = tasks(&laptop, "O1").into_iter().find(|task| task["id"] == "t-1").expect("there");

    // A byte of the frame of t-1 rots: the frames behind it are whole.
    let path = laptop.data_dir().join("journal/00000001.seg");
    let mut bytes = std::fs::read(&path).expect("read");
    let frames: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| matches!(bytes[*at..], [b'A', b'X', b'F', b'1' | b'2', ..])).collect();
    // Tasks are by far the longest entries that one commit writes alone; roster and notes aside,
    // the damage is tried frame by frame until it is that one.
    let mut hit = None;
    for frame in frames {
        bytes[frame + 90] ^= 1;
        std::fs::write(&path, &bytes).expect("written");
        let listed = laptop.run(["tasks", "--format", "json"]);
        if listed.status.code() == Some(6) && ids(&json_lines(&listed)) == ["t-0", "t-2", "t-3"] {
            assert!(text(&listed.stderr).contains("00000001.seg"), "{}", text(&listed.stderr));
            hit = Some(frame);
            break;
        }
        bytes[frame + 90] ^= 1;
    }
    assert!(hit.is_some(), "no frame is that of t-1");
    let found = laptop.run(["verify", "--format", "json"]);
    expect_exit(&found, 1);
    let named = format!("{}:{}", lost["writer"].as_str().expect("a writer"), lost["seq"]);
    assert_eq!(json_lines(&found)[0]["record"], named.as_str());

    // The officer goes on; the next synchronisation brings it back.
    expect_exit(&laptop.feed(["log"], &supervised("t-4").to_string()), 0);
    laptop.sync("O1");
    laptop.sync("O1");
    let back = tasks(&laptop, "O1");
    assert_eq!(ids(&back), ["t-0", "t-1", "t-2", "t-3", "t-4"]);
    assert_eq!(back.iter().find(|task| task["id"] == "t-1"), Some(&lost));
    expect_exit(&laptop.run(["verify"]), 0);
}

#[test]
fn a_restored_old_copy_is_recognised_and_its_key_retired() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    expect_exit(&laptop.feed(["log"], &supervised("t-1").to_string()), 0);
    let usb = laptop.path("usb").display().to_string();
    expect_exit(&laptop.run(["backup", &usb]), 0);
    expect_exit(&laptop.feed(["log"], &supervised("t-2").to_string()), 0);
    laptop.sync("O1");
    let old = tasks(&laptop, "O1")[0]["writer"].clone();

    let restored = Laptop::new();
    expect_exit(&restored.run(["restore", &usb]), 0);
    assert_eq!(ids(&tasks(&restored, "O1")), ["t-1"]);
    let synced = restored.run(["sync"]);
    expect_exit(&synced, 0);
    let said = text(&synced.stderr) + &text(&synced.stdout);
    assert!(said.contains("auxlog officer renew"), "{said}");
    assert_eq!(ids(&tasks(&restored, "O1")), ["t-1", "t-2"]);

    // The server has all that the old key signed: it takes the new one by the old one's word.
    expect_exit(&restored.run(["officer", "renew"]), 0);
    expect_exit(&restored.feed(["log"], &supervised("t-3").to_string()), 0);
    restored.sync("O1");
    let after = tasks(&restored, "O1");
    assert_eq!(ids(&after), ["t-1", "t-2", "t-3"]);
    let new = after.iter().find(|task| task["id"] == "t-3").expect("there");
    assert_ne!(new["writer"], old);
    assert_eq!(new["synced"], true);
    expect_exit(&restored.run(["verify"]), 0);
}

#[test]
fn two_copies_that_both_went_on_come_to_be_two_laptops_in_order() {
    let office = Office::open();
    let (laptop, other) = (Laptop::new(), Laptop::new());
    office.enrol(&laptop, "O1", None);
    office.enrol(&other, "O3", None);
    laptop.sync("O1");
    let copy = Laptop::new();
    copy_dir(&laptop.data_dir(), &copy.data_dir());
    expect_exit(&laptop.feed(["log"], &supervised("m-a").to_string()), 0);
    expect_exit(&copy.feed(["log"], &supervised("m-b").to_string()), 0);
    laptop.sync("O1");
    let caught = copy.run(["sync"]);
    assert_ne!(caught.status.code(), Some(0));
    assert!(text(&caught.stderr).contains("officer renew"), "{}", text(&caught.stderr));

    // The copy becomes a laptop of its own; what it acknowledged is shown, and nothing is lost of it.
    expect_exit(&copy.run(["officer", "renew"]), 0);
    let code = office.admin(&["code", "--agency", "A01", "--officer", "O1", "--approve"]);
    let url = office.server.url();
    expect_exit(&copy.run(["enroll", "--server", &url, "--code", code.trim()]), 0);
    let synced = copy.run(["sync"]);
    expect_exit(&synced, 0);
    assert!(text(&synced.stderr).contains("1 条记录只在本机"), "{}", text(&synced.stderr));
    expect_exit(&copy.feed(["log"], &supervised("m-c").to_string()), 0);
    copy.sync("O1");
    let here = tasks(&copy, "O1");
    let synced = |id: &str| here.iter().find(|task| task["id"] == id).map(|task| task["synced"].clone());
    assert_eq!((synced("m-b"), synced("m-c")), (Some(json!(false)), Some(json!(true))), "{here:?}");

    // The other was frozen for the fork; a supervisor releases what it sent since, and lets it go on.
    let devices = office.machine.run(["admin", "devices", "--format", "json"]);
    let devices = json_lines(&devices);
    let frozen = devices.iter().find(|device| device["standing"] == "frozen").expect("the key that is on both");
    let device = frozen["device"].as_str().expect("a number");
    let digits = frozen["digits"].as_str().expect("digits");
    expect_exit(&office.machine.run(["admin", "approve", &device[..8], "--digits", digits]), 0);
    expect_exit(&laptop.feed(["log"], &supervised("m-d").to_string()), 0);
    laptop.sync("O1");
    other.sync("O3");
    assert_eq!(ids(&tasks(&other, "O3")), ["m-a", "m-c", "m-d"]);
    copy.sync("O1");
    for laptop in [&laptop, &copy, &other] {
        expect_exit(&laptop.run(["verify"]), 0);
    }
}

fn copy_dir(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_dir(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("copied");
        }
    }
}
