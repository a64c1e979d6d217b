//! What stands between an acknowledgement and the disk: the calls the program makes, a disk that is
//! full at every write, and that a crash writes nothing of the officer's to the disk.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::recording::{alone, supervised};
use crate::support::{AUXLOG, Laptop, expect_exit, files, json_lines, signal, text};

/// What one line of a trace says: which call, on which file or descriptor, and how it ended.
fn calls<'a>(trace: &'a str, names: &[&str]) -> Vec<&'a str> {
    let is = |line: &&str| names.iter().any(|name| line.contains(&format!("{name}(")));
    trace.lines().filter(is).collect()
}

#[test]
fn the_disk_confirms_each_write_before_its_acknowledgement_leaves() {
    let laptop = Laptop::initialised();
    let trace = laptop.path("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-e", "trace=pwrite64,write,fdatasync,fsync", "-o"]).arg(&trace).arg(AUXLOG).arg("log");
    for (name, value) in laptop.surroundings() {
        command.env(name, value);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("strace runs");
    let mut stdin = child.stdin.take().expect("piped");
    let mut answers = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("piped")));
    for n in 0..5 {
        std::io::Write::write_all(&mut stdin, format!("{}\n", supervised(&format!("t-{n}"))).as_bytes()).expect("read");
        answers.next().expect("an answer").expect("read");
    }
    drop(stdin);
    let ended = child.wait_with_output().expect("it ends");
    expect_exit(&ended, 0);

    let trace = std::fs::read_to_string(&trace).expect("written");
    let lines = calls(&trace, &["pwrite64", "write", "fdatasync", "fsync"]);
    let (mut dirty, mut synced, mut acknowledged) = (false, 0, 0);
    for line in lines {
        if line.contains("journal/") && line.contains("pwrite64(") {
            dirty = true;
        } else if line.contains("journal/") && line.contains("fdatasync(") && line.ends_with("= 0") {
            dirty = false;
            synced += 1;
        } else if line.contains("write(1<") && line.contains("\\\"seq\\\"") {
            assert!(!dirty, "acknowledged before the disk had it: {line}");
            acknowledged += 1;
            assert!(synced >= acknowledged, "an fdatasync of its own for each: {line}");
        }
    }
    assert_eq!(acknowledged, 5, "{trace}");
}

/// Runs the program where no file may grow beyond `kibibytes`: every write past it fails, as on a
/// full disk.
fn on_a_full_disk(laptop: &Laptop, kibibytes: u64, args: &[&str], input: Option<&Path>) -> Output {
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "bash", &kibibytes.to_string(), AUXLOG]);
    command.args(args);
    for (name, value) in laptop.surroundings() {
        command.env(name, value);
    }
    let input = input.map_or_else(Stdio::null, |path| std::fs::File::open(path).expect("there").into());
    command.stdin(input).output().expect("it runs")
}

#[test]
fn a_disk_that_is_full_at_any_write_loses_nothing_and_acknowledges_nothing_false() {
    // From not a byte to where everything fits; the steps between are where the write sites lie:
    // keyring, lock, segment head, slots, frames, cache, attachment, backup, bundle, draft.
    for room in [0, 1, 4, 8, 12, 16, 64, 512, 2048, 4096] {
        let laptop = Laptop::initialised();
        expect_exit(&laptop.feed(["log"], &alone("t-0").to_string()), 0);
        let photo = laptop.write("photo", vec![7; 90_000]);
        let tasks =
            laptop.write("tasks", (1..4).map(|n| supervised(&format!("t-{n}")).to_string() + "\n").collect::<String>());
        let (photo, usb, page) = (photo.display().to_string(), laptop.path("usb"), laptop.path("t-0.html"));
        let new = laptop.write("new-passphrase", "另一个口令2022\n").display().to_string();
        let (usb_name, page_name) = (usb.display().to_string(), page.display().to_string());

        let logged = on_a_full_disk(&laptop, room, &["log"], Some(&tasks));
        let attached = on_a_full_disk(&laptop, room, &["attach", "t-0", &photo, "--format", "json"], None);
        let backed = on_a_full_disk(&laptop, room, &["backup", &usb_name], None);
        let exported = on_a_full_disk(&laptop, room, &["export", "--evidence", "t-0", "--output", &page_name], None);
        let nowhere = Laptop::new();
        let init = ["init", "--agency", "A01", "--officer", "O1", "--cheap-keys"];
        let made = on_a_full_disk(&nowhere, room, &init, None);
        for output in [&logged, &attached, &backed, &exported, &made] {
            let said = text(&output.stderr);
            assert!(
                output.status.code().is_some_and(|code| code != 101) && !said.contains("panicked"),
                "{room} KiB: {said}"
            );
            assert!(output.status.success() || !said.trim().is_empty(), "{room} KiB: a failure is told");
        }
        let changed = on_a_full_disk(&laptop, room, &["passphrase", "--new-passphrase-file", &new], None);
        if changed.status.success() {
            std::fs::copy(laptop.path("new-passphrase"), laptop.path("passphrase")).expect("copied");
        }

        // With room again: all that was acknowledged is there, and all is whole.
        let listed = laptop.run(["tasks", "--format", "json"]);
        expect_exit(&listed, 0);
        let there: Vec<String> = json_lines(&listed).iter().map(|task| task["id"].to_string()).collect();
        for ack in json_lines(&logged) {
            assert!(there.contains(&ack["id"].to_string()), "{room} KiB: {ack} was acknowledged: {there:?}");
        }
        let kept = json_lines(&laptop.run(["attach", "t-0", "--format", "json"])).len();
        assert_eq!(kept, usize::from(attached.status.success()), "{room} KiB: {}", text(&attached.stderr));
        expect_exit(&laptop.run(["verify"]), 0);
        if backed.status.success() {
            expect_exit(&Laptop::new().run(["restore", &usb_name]), 0);
        }
        if exported.status.success() {
            Laptop::new().finds_whole(&page_name);
        }
        if made.status.success() {
            expect_exit(&nowhere.run(["verify"]), 0);
        }
        expect_exit(&laptop.feed(["log"], &supervised("after").to_string()), 0);
    }
}

#[test]
fn a_crash_leaves_no_core_and_the_log_says_no_name() {
    let laptop = Laptop::initialised();
    let mut task = alone("canary-task");
    task["text"] = json!("金丝雀描述文字");
    task["auxiliaries"] = json!([{"id": "CANARY-X1", "certificate_valid": true, "born": "1990-05-01"}]);
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -c unlimited; exec \"$0\" -vv log", AUXLOG]).current_dir(laptop.path(""));
    for (name, value) in laptop.surroundings() {
        command.env(name, value);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut stdin, format!("{task}\n").as_bytes()).expect("read");
    let mut answers = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("piped")));
    answers.next().expect("an answer").expect("read");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("readable");
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(cores.split_whitespace().nth(4), Some("0"), "{cores}");
    signal(&child, rustix::process::Signal::ABORT);
    drop(stdin);
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.signal(), ended.status.core_dumped()), (Some(6), false));
    let log = String::from_utf8_lossy(&ended.stderr).into_owned();
    let lying: Vec<_> =
        files(&laptop.path("")).into_iter().filter(|path| path.to_string_lossy().contains("core")).collect();
    assert!(lying.is_empty(), "{lying:?}");
    for canary in ["金丝雀", "CANARY-X1", "1990-05-01"] {
        assert!(!log.contains(canary), "{canary} in the log: {log}");
        for path in files(&laptop.data_dir()) {
            let bytes = std::fs::read(&path).expect("readable");
            assert!(
                !bytes.windows(canary.len()).any(|window| window == canary.as_bytes()),
                "{canary} in {}",
                path.display()
            );
        }
    }
}
