//! What the workspace may depend on: licences, banned crates, and the one direction of dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Licences that a binary under Apache-2.0 may carry.
const LICENCES: [&str; 15] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not enter, and why.
const BANNED: [(&str, &str); 4] = [
    ("openssl-sys", "TLS is rustls, so that no system library decides what is trusted"),
    ("native-tls", "TLS is rustls"),
    ("ring", "aws-lc-rs is the one provider: rustls panics at run time when it finds two"),
    ("libc-print", "prints behind the terminal's back"),
];

/// Each crate of ours and those it may use. `i18n` tells what those below it mean, for the crates
/// that speak.
const LAYERS: [(&str, &[&str]); 13] = [
    ("law", &[]),
    ("record", &["law"]),
    ("journal", &["law", "record"]),
    ("sheet", &["record"]),
    ("registers", &["law", "record", "sheet"]),
    ("store", &["law", "record", "journal", "registers", "sheet"]),
    ("sync", &["law", "record", "journal", "store"]),
    ("i18n", &["law", "record", "journal", "registers", "store", "sync"]),
    ("server", &["i18n", "law", "record", "journal", "registers", "sync"]),
    ("tui", &["i18n", "law", "record", "journal", "registers", "store", "sync"]),
    ("cli", &["i18n", "law", "record", "journal", "registers", "sheet", "store", "sync", "server", "tui"]),
    ("", &["cli"]),
    ("benches", &["law"]),
];

/// Crates that only one room may know.
const ROOMS: [(&str, &[&str]); 8] = [
    ("sled", &["store"]),
    ("ratatui", &["tui"]),
    ("sqlx", &["server"]),
    ("axum", &["server"]),
    ("reqwest", &["sync"]),
    ("calamine", &["sheet"]),
    ("rust_xlsxwriter", &["sheet"]),
    ("csv", &["sheet"]),
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}

/// A dependency that is built into the program or takes part in building it.
struct Dependency {
    name: String,
    version: String,
    licence: String,
}

fn dependencies() -> Vec<Dependency> {
    let tree = cargo(&["tree", "--package=auxlog", "--edges=normal,build", "--prefix=none", "--format={p}|{l}"]);
    let mut lines: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
        .into_iter()
        .map(|line| {
            let (package, licence) = line.split_once('|').expect("as formatted");
            let mut words = package.split(' ');
            let mut word = || words.next().expect("name and version").to_owned();
            // Old manifests write `/` for `OR`.
            let licence = licence.replace(" / ", " OR ").replace('/', " OR ");
            Dependency { name: word(), version: word(), licence }
        })
        .collect()
}

/// Whether a licence expression can be met by `LICENCES` alone: `OR` by any side, `AND` by both.
fn acceptable(expression: &str) -> bool {
    let expression = expression.trim();
    for (operator, any) in [(" OR ", true), (" AND ", false)] {
        let sides = split_outside_parentheses(expression, operator);
        if sides.len() > 1 {
            return if any { sides.iter().any(|s| acceptable(s)) } else { sides.iter().all(|s| acceptable(s)) };
        }
    }
    match expression.strip_prefix('(').and_then(|e| e.strip_suffix(')')) {
        Some(inner) => acceptable(inner),
        None => LICENCES.contains(&expression),
    }
}

fn split_outside_parentheses<'a>(expression: &'a str, operator: &str) -> Vec<&'a str> {
    let (mut sides, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, c) in expression.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && expression[at..].starts_with(operator) => {
                sides.push(&expression[from..at]);
                from = at + operator.len();
            }
            _ => {}
        }
    }
    sides.push(&expression[from..]);
    sides
}

#[test]
fn licence_expressions_are_read_as_written() {
    assert!(acceptable("MIT OR GPL-2.0-only"));
    assert!(!acceptable("MIT AND GPL-2.0-only"));
    assert!(acceptable("(MIT OR GPL-2.0-only) AND Unicode-3.0"));
    assert!(!acceptable("GPL-3.0-or-later"));
}

#[test]
fn every_dependency_has_a_licence_we_may_ship() {
    let unfit: Vec<String> = dependencies()
        .into_iter()
        .filter(|dependency| !acceptable(&dependency.licence))
        .map(|Dependency { name, licence, .. }| format!("{name}: {licence}"))
        .collect();
    assert!(unfit.is_empty(), "replace these or argue for their licence in tests/policy.rs: {unfit:#?}");
}

#[test]
fn banned_crates_stay_out_and_sled_stays_pinned() {
    for Dependency { name, version, .. } in dependencies() {
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            panic!("{name} has entered; {why}. `cargo tree -i {name}` shows by whom");
        }
        if name == "sled" {
            assert_eq!(version, "v0.34.7", "the wrapper around sled knows the faults of this version only");
        }
    }
}

#[test]
fn dependencies_between_our_crates_run_one_way() {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--no-deps"])).expect("JSON");
    let allowed: BTreeMap<String, BTreeSet<String>> =
        LAYERS.iter().map(|(of, on)| (crate_name(of), on.iter().map(|on| crate_name(on)).collect())).collect();
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeMap<&str, &Value> = packages.iter().map(|p| (p["name"].as_str().expect("a name"), p)).collect();
    assert_eq!(ours.keys().map(ToString::to_string).collect::<BTreeSet<_>>(), allowed.keys().cloned().collect());

    for (name, package) in ours {
        let normal = package["dependencies"].as_array().expect("dependencies").iter().filter(|d| d["kind"].is_null());
        for dependency in normal.map(|d| d["name"].as_str().expect("a name")) {
            if allowed.contains_key(dependency) {
                assert!(allowed[name].contains(dependency), "{name} must not depend on {dependency}");
            }
            if let Some((_, rooms)) = ROOMS.iter().find(|(krate, _)| *krate == dependency) {
                let at_home = rooms.iter().any(|room| crate_name(room) == name);
                assert!(at_home, "{dependency} is for {rooms:?} only, yet {name} uses it");
            }
        }
    }
}

fn crate_name(room: &str) -> String {
    if room.is_empty() { "auxlog".to_owned() } else { format!("auxlog-{room}") }
}

/// The Rust files within a directory, however deep.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let within = fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path());
    let (dirs, files): (Vec<_>, Vec<_>) = within.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    files.chain(dirs.iter().flat_map(|dir| sources(dir))).collect()
}

#[test]
fn what_is_declared_for_tests_is_in_no_program() {
    let tree = cargo(&["tree", "--package=auxlog", "--edges=normal,build,features", "--prefix=none"]);
    assert!(tree.contains("auxlog-registers") && !tree.contains("\"trial\""), "a register of tests is built in");
}

#[test]
fn no_screen_knows_another() {
    let screens = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/screens");
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in sources(&screens) {
        let within = file.strip_prefix(&screens).expect("found there").components().collect::<Vec<_>>();
        if let [screen, _, ..] = within[..] {
            files.entry(screen.as_os_str().to_string_lossy().into_owned()).or_default().push(file);
        }
    }
    assert!(files.len() >= 8, "the screens are elsewhere now");
    for (screen, file) in files.iter().flat_map(|(screen, files)| files.iter().map(move |file| (screen, file))) {
        let source = fs::read_to_string(file).expect("readable");
        for other in files.keys().filter(|other| *other != screen) {
            let paths = [format!("screens::{other}"), format!("super::{other}::"), "screens::{".to_owned()];
            let named = paths.iter().find(|path| source.contains(*path));
            assert_eq!(named, None, "{}: what is shared has a room outside the screens", file.display());
        }
    }
}
