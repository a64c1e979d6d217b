//! The screens at the size of a city, in a pseudo-terminal, beside `btm` and `htop` in the same run.
//!
//! `cargo bench -p auxlog-benches --bench screen`; measures `target/release/auxlog`, or the program
//! that `AUXLOG_BIN` names, with 20,000 auxiliaries and 1,000,000 tasks (`AUXLOG_BENCH_TASKS`), in a
//! directory that is made first (`AUXLOG_BENCH_DIR` keeps it). `btm` (crates.io: bottom) and `htop`
//! are measured where they are on the path, or `BTM_BIN` and `HTOP_BIN` name them. Prints a table;
//! asserts nothing.

mod pty;
mod town;
mod usage;

use std::path::{Path, PathBuf};
use std::time::Duration;

use pty::Screen;
use usage::Usage;

/// How often each program is started.
const STARTS: usize = 30;

/// How often it is unlocked.
const UNLOCKS: usize = 9;

/// How long it is left alone.
const IDLE: Duration = Duration::from_secs(10);

/// Keys as a terminal sends them.
const DOWN: &str = "\x1b[B";
const UP: &str = "\x1b[A";
const PAGE_DOWN: &str = "\x1b[6~";
const END: &str = "\x1b[F";
const HOME: &str = "\x1b[H";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const BACKSPACE: &str = "\x7f";

fn main() {
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/auxlog");
    let program = std::env::var_os("AUXLOG_BIN").map_or(usual, PathBuf::from);
    let root = tempfile::tempdir().expect("a directory");
    let kept = std::env::var_os("AUXLOG_BENCH_DIR").map(PathBuf::from);
    let tasks = std::env::var("AUXLOG_BENCH_TASKS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let town = town::make(&program, kept.as_deref().unwrap_or(root.path()), tasks);

    starts(&program, &town);
    let mut screen = unlocks(&program, &town);
    keys(&mut screen);
    idle(&mut screen);
}

/// From start to the first full frame: ours, and the peers'.
fn starts(program: &Path, town: &town::Town) {
    let report = |name: &str, marked: &str, open: &dyn Fn() -> Screen| {
        let mut times: Vec<Duration> = (0..STARTS).map(|_| open().until(marked)).collect();
        times.sort_unstable();
        let (middle, high) = (times[STARTS / 2], times[STARTS - 1]);
        println!("| start to first full frame: {name} | p50 {middle:.1?} | worst of {STARTS} {high:.1?} |");
    };
    report("auxlog", "解锁", &|| Screen::auxlog(program, &town.dir));
    for (name, variable, marked) in [("btm", "BTM_BIN", "CPU"), ("htop", "HTOP_BIN", "Load average")] {
        match pty::found(name, variable) {
            Some(peer) => report(name, marked, &|| Screen::open(&peer, &[])),
            None => println!("| start to first full frame: {name} | not installed | |"),
        }
    }
}

/// From the passphrase to today's page; gives the last screen.
fn unlocks(program: &Path, town: &town::Town) -> Screen {
    let unlocked = || {
        // Where a kept town was left is where it would open.
        let drafts = std::fs::read_dir(town.dir.join("drafts")).into_iter().flatten().flatten();
        drafts.for_each(|draft| std::fs::remove_file(draft.path()).expect("removed"));
        let mut screen = Screen::auxlog(program, &town.dir);
        screen.until("解锁");
        let time = screen.pressed_until(&format!("{}\r", town::PASSPHRASE), "今日登记");
        (screen, time)
    };
    let mut times: Vec<Duration> = (1..UNLOCKS).map(|_| unlocked().1).collect();
    let (screen, time) = unlocked();
    times.push(time);
    times.sort_unstable();
    let (middle, high) = (times[UNLOCKS / 2], times[UNLOCKS - 1]);
    println!(
        "| passphrase (cheap key derivation) to today's page | p50 {middle:.1?} | worst of {UNLOCKS} {high:.1?} |"
    );
    screen
}

/// From a key to the frame that answers it, on every screen.
fn keys(screen: &mut Screen) {
    let letters = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    let there_and_back = |there: &str, back: &str| vec![there.to_owned(), back.to_owned()];
    let erased = |text: &str| [letters(text), vec![BACKSPACE.to_owned(); text.chars().count()]].concat();
    let tab = "\t".repeat(5);
    let measured: [(&str, &str, Vec<String>, &str); 14] = [
        ("今日 today: up and down", "\x1bOQ", there_and_back(DOWN, UP), ""),
        ("登记 log: a name by initials", "\x1bOR", erased("zw"), ""),
        ("登记 log: the description", &format!("\x1bOR{tab}"), erased("队员在车上等我一个人进店核查"), ""),
        ("台账 tasks: down", "\x1bOS", vec![DOWN.to_owned()], ""),
        ("台账 tasks: by pages", "\x1bOS", vec![PAGE_DOWN.to_owned()], ""),
        ("台账 tasks: first and last", "\x1bOS", there_and_back(END, HOME), ""),
        ("复核 review: down", "\x1b[15~", vec![DOWN.to_owned()], ""),
        ("复核 review: opened and closed", "\x1b[15~", there_and_back(ENTER, ESC), ""),
        ("人员 staff: by initials", "\x1b[17~", erased("zhw"), ""),
        ("人员 staff: down", "\x1b[17~", vec![DOWN.to_owned()], ""),
        ("法规 law: down", "\x1b[18~", there_and_back(DOWN, DOWN), ""),
        ("法规 law: searched by sound", "\x1b[18~\x06", erased("xingzheng"), ESC),
        ("同步 sync", "\x1b[19~", there_and_back(DOWN, UP), ""),
        ("命令 palette: searched", "\x1b[20~", erased("tongbu"), ESC),
    ];
    let mut all = Vec::new();
    for (name, there, pressed, back) in measured {
        screen.press(there);
        let mut times = screen.answers(&pressed, 120);
        screen.press(back);
        all.extend_from_slice(&times);
        println!("| key to frame: {name} | {} |", quantiles(&mut times));
    }
    println!("| key to frame: every screen | {} |", quantiles(&mut all));
}

fn quantiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |hundredth: usize| times.get((times.len() * hundredth / 100).min(times.len() - 1)).copied();
    let (middle, high) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    format!("p50 {middle:.2?} | p99 {high:.2?}")
}

/// What it costs while nobody types, and what it holds.
fn idle(screen: &mut Screen) {
    screen.press("\x1bOQ");
    screen.quiet(Duration::from_secs(2));
    let process = screen.process();
    let before = Usage::of(process);
    std::thread::sleep(IDLE);
    let used = Usage::of(process).since(&before);
    let seconds = IDLE.as_secs();
    println!("| idle {seconds} s: own threads | CPU {:.2} ms | {} wake-ups |", used.own.cpu_ms, used.own.switches);
    println!("| idle {seconds} s: sled's threads | CPU {:.2} ms | {} wake-ups |", used.sled.cpu_ms, used.sled.switches);
    let (now, most) = usage::resident(process);
    println!("| resident memory | {now} MiB | at most {most} MiB |");
}
