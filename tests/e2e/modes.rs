//! What the machine allows: files are their owner's alone whatever the umask was, and a server lives
//! within the number of files that it may open.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::recording::{alone, supervised};
use crate::support::{AUXLOG, Laptop, Serving, expect_exit, files, json_lines, text};

/// The program after `first` was done in its shell.
fn after(first: &str, laptop: &Laptop, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{first}; exec \"$@\""), "sh", AUXLOG]).args(args);
    command.envs(laptop.surroundings());
    command
}

#[track_caller]
fn private(path: &Path) {
    let mode = path.symlink_metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
}

#[test]
fn whatever_is_written_is_its_owners_alone() {
    for umask in ["000", "022"] {
        let first = format!("umask {umask}");
        let machine = Laptop::new();
        let server = Serving::start(after(&first, &machine, &["serve", "--listen", "127.0.0.1:0", "--format", "json"]));
        let admin = |args: &[&str]| {
            let output = after(&first, &machine, &[&["admin"], args].concat()).output().expect("the program runs");
            expect_exit(&output, 0);
            text(&output.stdout)
        };
        admin(&["agency", "add", "A01", "海安市城市管理局"]);
        let copy = machine.path("copy.sqlite").display().to_string();
        admin(&["backup", &copy]);
        private(Path::new(&copy));

        let laptop = Laptop::new();
        let run = |args: &[&str]| {
            let output = after(&first, &laptop, args).output().expect("the program runs");
            expect_exit(&output, 0);
        };
        let code = admin(&["code", "--agency", "A01", "--officer", "O1", "--approve"]);
        run(&["enroll", "--server", &server.url(), "--code", code.trim(), "--cheap-keys"]);
        let tasks = laptop.write("tasks.jsonl", format!("{}\n{}\n", alone("t-1"), supervised("t-2")));
        run(&["log", &tasks.display().to_string()]);
        run(&["attach", "t-1", &tasks.display().to_string()]);
        run(&["sync"]);
        let out = laptop.path("out");
        std::fs::create_dir(&out).expect("made");
        let file = |name: &str| out.join(name).display().to_string();
        run(&["export", "--evidence", "t-1", "--output", &file("t-1.html")]);
        for form in ["csv", "xlsx", "json"] {
            run(&["tasks", "--format", form, "--output", &file(&format!("tasks.{form}"))]);
        }
        run(&["roster", "--format", "csv", "--output", &file("roster.csv")]);
        run(&["backup", &file("backup")]);
        let written = files(&out);
        assert!(written.len() >= 6, "{written:?}");
        let kept = [files(&machine.data_dir()), files(&laptop.data_dir())].concat();
        assert!(kept.iter().any(|path| path.ends_with("server.sqlite")), "{kept:?}");
        for path in written.iter().chain(&kept) {
            private(path);
        }
        private(&machine.data_dir());
        private(&laptop.data_dir());
        assert!(server.end().success());
    }
}

/// What a command says of a link that stands where it keeps something, and leaves alone what that leads to.
#[track_caller]
fn refuses_the_link(laptop: &Laptop, args: &[&str], link: &Path) {
    let output = laptop.command(args).env("AUXLOG_LANG", "en").output().expect("the program runs");
    assert!(!output.status.success(), "{args:?}");
    let said = text(&output.stderr);
    assert!(said.contains(&link.display().to_string()) && said.contains("symbolic link"), "{args:?}: {said}");
}

#[test]
fn no_symbolic_link_is_followed() {
    let add = ["agency", "add", "A01", "海安市城市管理局"];
    // The server: its database, what lies beside it, its data directory.
    for end in ["", "-lock", "-wal"] {
        let machine = Laptop::new();
        let (victim, link) = (machine.path("victim"), machine.path(&format!("db.sqlite{end}")));
        symlink(&victim, &link).expect("linked");
        let url = format!("sqlite://{}", machine.path("db.sqlite").display());
        refuses_the_link(&machine, &[&["admin", "--db", &url][..], &add].concat(), &link);
        refuses_the_link(&machine, &["serve", "--db", &url, "--listen", "127.0.0.1:0"], &link);
        assert!(victim.symlink_metadata().is_err(), "nothing was made through {}", link.display());
    }
    let machine = Laptop::new();
    let elsewhere = machine.path("elsewhere");
    std::fs::create_dir(&elsewhere).expect("made");
    symlink(&elsewhere, machine.data_dir()).expect("linked");
    refuses_the_link(&machine, &[&["admin"][..], &add].concat(), &machine.data_dir());
    refuses_the_link(&machine, &["serve", "--listen", "127.0.0.1:0"], &machine.data_dir());
    let init =
        ["init", "--agency", "A01", "--agency-name", "x", "--officer", "O1", "--officer-name", "x", "--cheap-keys"];
    refuses_the_link(&machine, &init, &machine.data_dir());
    assert!(files(&elsewhere).is_empty(), "{:?}", files(&elsewhere));

    // A laptop: each of its directories, and a file that is read and written.
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &alone("t-1").to_string()), 0);
    for name in ["keys", "journal", "cache", "keys/keyring"] {
        let (place, kept) = (laptop.data_dir().join(name), laptop.path("kept"));
        std::fs::rename(&place, &kept).expect("moved");
        symlink(&kept, &place).expect("linked");
        refuses_the_link(&laptop, &["tasks"], &place);
        std::fs::remove_file(&place).expect("removed");
        std::fs::rename(&kept, &place).expect("moved back");
    }
    let (victim, lock) = (laptop.path("victim"), laptop.data_dir().join("lock"));
    std::fs::remove_file(&lock).expect("removed");
    symlink(&victim, &lock).expect("linked");
    refuses_the_link(&laptop, &["log", "-"], &lock);
    assert!(victim.symlink_metadata().is_err());
    std::fs::remove_file(&lock).expect("removed");
    expect_exit(&laptop.run(["tasks"]), 0);

    // A link above is the owner's: /tmp is one in some systems.
    let behind = Laptop::new();
    std::fs::create_dir(behind.path("real")).expect("made");
    symlink(behind.path("real"), behind.path("way")).expect("linked");
    let dir = behind.path("way").join("data");
    let made = behind.command(init).env("AUXLOG_DATA_DIR", dir).output().expect("the program runs");
    expect_exit(&made, 0);
}

#[test]
fn twice_as_many_silent_connections_as_files_shut_nobody_out() {
    const FILES: usize = 128;
    let machine = Laptop::new();
    let limited = format!("ulimit -n {FILES}");
    let server = Serving::start(after(&limited, &machine, &["serve", "--listen", "127.0.0.1:0", "--format", "json"]));
    let admin = |args: &[&str]| {
        let output = machine.run([&["admin"], args].concat());
        expect_exit(&output, 0);
        text(&output.stdout)
    };
    admin(&["agency", "add", "A01", "海安市城市管理局"]);
    let code = admin(&["code", "--agency", "A01", "--officer", "O1", "--approve"]);
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut standing = Vec::new();
    let laptop = Laptop::new();
    for number in 0..2 * FILES {
        let mut stream = TcpStream::connect(&address).expect("connected");
        if number % 2 == 1 {
            stream.write_all(b"POST /v1/sync HTTP/1.1\r\nhost: x\r\n").expect("half a request");
        }
        standing.push(stream);
    }
    expect_exit(&laptop.run(["enroll", "--server", &server.url(), "--code", code.trim(), "--cheap-keys"]), 0);
    expect_exit(&laptop.feed(["log"], &supervised("t-1").to_string()), 0);
    let synced = laptop.run(["sync", "--format", "json"]);
    expect_exit(&synced, 0);
    assert_eq!(json_lines(&synced)[0]["acked"], 2);
    let mut closed = 0;
    for stream in &standing {
        stream.set_nonblocking(true).expect("set");
        let left = stream.peek(&mut [0]);
        closed += usize::from(!left.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
    assert!(closed >= 2 * FILES - FILES / 4, "{closed} made room");
    drop(standing);
    assert!(server.end().success());
}
