//! However the program ends or stops, the terminal is given back and nothing typed is lost.

use auxlog_tui::app::Surface as _;
use auxlog_tui::terminal::{Screen, restore_on_panic};
use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::support::{Laptop, PASSPHRASE};
use crate::terminal::{Terminal, key};

/// Set in the process that panics.
const PANICS: &str = "AUXLOG_E2E_PANICS";

fn unlocked(laptop: &Laptop) -> Terminal {
    let mut screen = Terminal::open(laptop, &[]);
    screen.sees("口令").keys(PASSPHRASE).keys(key::ENTER);
    screen
}

#[test]
fn ended_by_a_signal_it_keeps_what_was_being_typed_and_where_it_was() {
    let laptop = Laptop::initialised();
    for (signal, text) in [(Signal::TERM, "写到一半"), (Signal::HUP, "写到一半又被打断")] {
        let mut screen = unlocked(&laptop);
        screen.sees("今日登记");
        // Not a moment passes between the last key and the signal.
        screen.keys(key::F3).sees("▸ 辅助人员").keys(&key::TAB.repeat(5)).sees("▸ 内容");
        screen.keys(&key::ctrl('U')).keys(text).sees(text).signal(signal);
        assert!(screen.ends().success(), "{signal:?}");
        let mut again = unlocked(&laptop);
        again.sees("[F3 登记]").sees(text).keys(key::F2).sees("今日登记").keys(&key::ctrl('Q'));
        assert!(again.ends().success());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn stopped_and_continued_it_gives_the_terminal_to_the_shell_and_takes_it_again() {
    let laptop = Laptop::initialised();
    let mut screen = unlocked(&laptop);
    screen.sees("今日登记").keys(key::F3).sees("▸ 辅助人员").keys(&key::TAB.repeat(5)).keys("现场核查");
    screen.sees("现场核查");
    for _ in 0..2 {
        assert!(screen.is_raw());
        screen.signal(Signal::TSTP);
        screen.is_stopped();
        assert!(!screen.is_raw(), "the shell gets whole lines");
        // The window may be another when it comes back.
        screen.resize(100, 30);
        screen.signal(Signal::CONT);
        screen.sees("[F3 登记]").sees("现场核查").sees("Ctrl-S 保存");
        assert!(screen.is_full_screen());
    }
    screen.keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}

#[test]
fn a_paste_is_typed_text_and_never_a_command() {
    let laptop = Laptop::initialised();
    let mut screen = unlocked(&laptop);
    screen.sees("今日登记").keys(key::F3).sees("▸ 辅助人员").keys(&key::TAB.repeat(5)).sees("▸ 内容");
    // As Alacritty commits a word of an input method, and as a clipboard holds what was copied:
    // lines, an escape sequence, a key that would save.
    screen.keys("\x1b[200~现场核查\x1b[201~").sees("现场核查");
    screen.keys("\x1b[200~甲店\r\n乙店\x1b[31m\x13\x11丙店\x1b[201~").sees("丙店");
    screen.until("nothing saved, nothing ended", |screen| !screen.contains("已保存") && screen.contains("乙店"));
    let long = "占道经营物品清点".repeat(1200);
    screen.keys(&format!("\x1b[200~{long}终\x1b[201~")).sees("终").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}

#[test]
fn resized_while_chinese_is_typed_it_draws_whole_characters() {
    let laptop = Laptop::initialised();
    let mut screen = unlocked(&laptop);
    screen.sees("今日登记").keys(key::F3).sees("▸ 辅助人员").keys(&key::TAB.repeat(5)).sees("▸ 内容");
    for (cols, rows) in [(121, 41), (61, 18), (20, 5), (79, 23), (200, 50), (80, 24)] {
        screen.keys("清点").resize(cols, rows);
    }
    screen.sees(&"清点".repeat(6)).keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}

/// The parts that every panic of the screen's thread goes through, with a real panic in the
/// middle of a frame.
#[expect(clippy::panic, reason = "it is what is tested")]
fn panic_while_drawing() {
    restore_on_panic();
    let mut screen = Screen::take(true).expect("a terminal");
    screen.show(&mut |_| None).expect("drawn");
    let drawn = screen.show(&mut |_| panic!("half a frame"));
    assert!(drawn.is_err(), "it is not drawn");
}

#[test]
fn a_panic_while_drawing_gives_the_terminal_back_and_is_told() {
    if std::env::var_os(PANICS).is_some() {
        return panic_while_drawing();
    }
    let this = "signals::a_panic_while_drawing_gives_the_terminal_back_and_is_told";
    let mut command = CommandBuilder::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", this, "--nocapture"]);
    command.env(PANICS, "1");
    command.env("RUST_BACKTRACE", "0");
    let mut screen = Terminal::running(command, 80, 24);
    screen.sees("half a frame");
    assert!(!screen.ends().success());
}
