//! A data directory on a read-only file system, as after a fault of the disk or on a copy kept as
//! evidence: what is stored is read, what would be written is refused with place and remedy.
//!
//! The directory is mounted over itself in a mount namespace of the program's own, which needs no
//! rights where user namespaces are allowed, and none but root's elsewhere. A machine that allows
//! neither says so by `AUXLOG_NO_MOUNT=1`; then the program runs on files that it may not write, as
//! a user whose they are not, for which it must not be root.

use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::recording::{alone, supervised};
use crate::support::{AUXLOG, Laptop, PASSPHRASE, expect_exit, files, json_lines, text};
use crate::terminal::{Terminal, key};

/// Mounts the first argument read-only over itself and becomes the rest. A mount's flags that the
/// user may not take away are set, so that they need not be known.
const MOUNT: &str = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro,nosuid,nodev \"$1\" && \
                     ! (: > \"$1/written\") 2> /dev/null || exit 99; shift; exec \"$@\"";

/// How a data directory is kept from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Mounted,
    Forbidden,
}

/// How this machine can do it; a machine that can't is told what to allow.
fn kept() -> Kept {
    if std::env::var_os("AUXLOG_NO_MOUNT").is_some() {
        assert!(!rustix::process::geteuid().is_root(), "root writes whatever the permissions: run as another user");
        return Kept::Forbidden;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let tried = Command::new("unshare").args(["-rm", "bash", "-c", MOUNT, "bash"]).arg(dir.path()).arg("true").output();
    let tried = tried.expect("unshare of util-linux is there");
    assert!(
        tried.status.success(),
        "no mount namespace here ({}): allow user namespaces, run as root, or set AUXLOG_NO_MOUNT=1 as another user",
        text(&tried.stderr)
    );
    Kept::Mounted
}

/// The command line that runs the program with `dir` read-only.
fn line(kept: Kept, dir: &Path, args: &[&str]) -> Vec<OsString> {
    let mount = ["unshare", "-rm", "bash", "-c", MOUNT, "bash"].map(OsString::from);
    let before = if kept == Kept::Mounted { [&mount[..], &[dir.into()]].concat() } else { Vec::new() };
    before.into_iter().chain([AUXLOG.into()]).chain(args.iter().map(OsString::from)).collect()
}

fn run(kept: Kept, laptop: &Laptop, dir: &Path, args: &[&str]) -> Output {
    let whole = line(kept, dir, args);
    let mut command = Command::new(&whole[0]);
    command.args(&whole[1..]);
    for (name, value) in laptop.surroundings() {
        command.env(name, value);
    }
    let input = std::fs::File::open(laptop.write("input", supervised("t-3").to_string())).expect("there");
    command.stdin(Stdio::from(input)).output().expect("it runs")
}

/// Takes the permission to write from everything below a directory, and gives it back at the end.
struct Forbidden(Vec<(std::path::PathBuf, u32)>);

impl Forbidden {
    fn below(dir: &Path) -> Self {
        let mut all = files(dir);
        for at in 0..all.len() {
            let above: Vec<_> =
                all[at].ancestors().skip(1).take_while(|path| path.starts_with(dir)).map(Path::to_owned).collect();
            all.extend(above);
        }
        all.sort();
        all.dedup();
        let modes = all.into_iter().map(|path| {
            let mode = path.metadata().expect("there").permissions().mode();
            (path, mode)
        });
        let modes: Vec<_> = modes.collect();
        for (path, mode) in &modes {
            std::fs::set_permissions(path, Permissions::from_mode(mode & !0o222)).expect("our own");
        }
        Self(modes)
    }
}

impl Drop for Forbidden {
    fn drop(&mut self) {
        for (path, mode) in &self.0 {
            let _ = std::fs::set_permissions(path, Permissions::from_mode(*mode));
        }
    }
}

#[test]
fn a_data_directory_that_cannot_be_written_is_read_and_every_refusal_names_place_and_remedy() {
    let kept = kept();
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &format!("{}\n{}\n", alone("t-1"), supervised("t-2"))), 0);
    let dir = laptop.data_dir();
    let before: Vec<_> = files(&dir).into_iter().map(|path| (std::fs::read(&path).expect("read"), path)).collect();
    let forbidden = (kept == Kept::Forbidden).then(|| Forbidden::below(&dir));
    let here = |args: &[&str]| run(kept, &laptop, &dir, args);
    let calm = |output: &Output| {
        let said = text(&output.stderr);
        assert!(!said.contains("panicked") && output.status.code() != Some(101), "{said}");
        assert!(!said.contains("os error"), "no system's word without ours: {said}");
        said
    };

    // What is stored is read, taken out and proven.
    let listed = here(&["tasks", "--format", "json"]);
    expect_exit(&listed, 0);
    assert_eq!(json_lines(&listed).len(), 2);
    let unnoted = calm(&listed);
    assert!(unnoted.contains("未能留痕"), "that it could not be noted is said: {unnoted}");
    let (bundle, backup) = (laptop.path("t-1.html"), laptop.path("usb"));
    let (bundle_name, backup_name) = (bundle.display().to_string(), backup.display().to_string());
    for args in [
        &["flags"][..],
        &["roster"],
        &["verify"],
        &["attach", "t-1"],
        &["officer", "list"],
        &["export", "--evidence", "t-1", "--output", &bundle_name],
        &["backup", &backup_name],
    ] {
        let output = here(args);
        expect_exit(&output, 0);
        calm(&output);
    }
    Laptop::new().finds_whole(&bundle_name);
    let elsewhere = Laptop::new();
    expect_exit(&elsewhere.run(["restore", &backup_name]), 0);
    assert_eq!(json_lines(&elsewhere.run(["tasks", "--format", "json"])).len(), 2);

    // What would be written is refused, acknowledges nothing, and says what to do.
    let new = laptop.path("passphrase").display().to_string();
    let photo = laptop.write("photo", [7; 9]).display().to_string();
    let (reason, remedy) = match kept {
        Kept::Mounted => ("只读", "可写挂载"),
        Kept::Forbidden => ("无权写入", "授权"),
    };
    for args in [
        &["log"][..],
        &["attach", "t-1", &photo],
        &["review", "t-1", "--decision", "note", "--reason", "x"],
        &["mask", "t-1", "--order", "1", "--authority", "2", "--reason", "3"],
        &["passphrase", "--new-passphrase-file", &new],
        &["sync"],
    ] {
        let output = here(args);
        expect_exit(&output, 1);
        assert_eq!(text(&output.stdout), "", "{args:?} acknowledges nothing");
        let said = calm(&output);
        for word in [dir.display().to_string().as_str(), reason, remedy, "仍可读取", "backup"] {
            assert!(said.contains(word), "{args:?}: {word} in {said}");
        }
    }
    let english = here(&["log", "--lang", "en"]);
    let said = calm(&english);
    assert!(said.contains("can still be read") && said.contains(&dir.display().to_string()), "{said}");
    let made = here(&[
        "init",
        "--agency",
        "A01",
        "--officer",
        "O1",
        "--cheap-keys",
        "--data-dir",
        &format!("{}/new", dir.display()),
    ]);
    expect_exit(&made, 1);
    assert!(calm(&made).contains(reason), "{}", text(&made.stderr));
    let served = here(&["serve", "--listen", "127.0.0.1:0"]);
    expect_exit(&served, 1);
    assert!(calm(&served).contains(remedy), "{}", text(&served.stderr));

    // On the screen too.
    let mut screen = Terminal::through(&laptop, &line(kept, &dir, &[]));
    screen.sees("口令").keys(PASSPHRASE).keys(key::ENTER);
    // Lines are broken where they are full, between any two characters.
    screen.sees(reason.get(..6).expect("two characters")).sees("请");
    screen.keys(&key::ctrl('Q'));
    assert!(screen.ends().success());

    drop(forbidden);
    for (bytes, path) in before {
        assert!(std::fs::read(&path).expect("still there") == bytes, "{} is as it was", path.display());
    }
    expect_exit(&laptop.feed(["log"], &supervised("t-3").to_string()), 0);
    expect_exit(&laptop.run(["verify"]), 0);
}
