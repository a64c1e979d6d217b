//! From a key to the frame that answers it, in a register of many entries: the screens as they are, an open ledger
//! behind them, a buffer in the place of the terminal. The answer from the ledger is part of it.
//!
//! `cargo bench -p auxlog-tui --bench entries`; `AUXLOG_BENCH_ENTRIES` says how many (100,000). Prints the quantiles
//! beside what criterion says; asserts nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use auxlog_law::{Lang, RulebookSet};
use auxlog_record::{Clock as _, Data, Datum, SystemClock};
use auxlog_registers::{NewEntry, Reading as _, Writing};
use auxlog_store::{InitOptions, Ledger, OpenOptions};
use auxlog_tui::canvas::Canvas;
use auxlog_tui::effect::{Effect, Passphrase};
use auxlog_tui::effects::{Host, Runner};
use auxlog_tui::event::Input;
use auxlog_tui::keymap::Preset;
use auxlog_tui::model::{Model, Settings};
use auxlog_tui::msg::Msg;
use auxlog_tui::theme::Theme;
use auxlog_tui::update::update;
use auxlog_tui::view::view;
use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use tokio::sync::mpsc;

const PASSPHRASE: &str = "measured in a register";

/// How often a row of keys is pressed for its quantiles.
const ROUNDS: usize = 60;

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

/// A laptop with the results of trainings, so many, of a hundred courses.
fn make(dir: &Path, count: usize) {
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir, &who, PASSPHRASE, options()).expect("made");
    let writing: &dyn Writing = &ledger;
    let register = |name| auxlog_registers::named(name).expect("a register");
    let data = |name, said: &[(&str, Datum)]| {
        let number = |key| register(name).field(key).expect("a field").n;
        let data: Data = said.iter().map(|(key, datum)| (number(key), datum.clone())).collect();
        NewEntry { data, ..NewEntry::default() }
    };
    let text = |text: &str| Datum::Text(text.to_owned());
    let course = |n: usize| {
        data(
            "course",
            &[
                ("title", text(&format!("{}年度岗前培训第{n}期", 2016 + n / 10))),
                ("strand", text("law")),
                ("from", text("2026-05-01T09:00:00+08:00")),
                ("until", text("2026-05-01T17:00:00+08:00")),
                ("hours", Datum::Number(8)),
            ],
        )
    };
    let courses = writing.enter(register("course"), (0..100).map(course).collect()).expect("entered");
    let result = |n: usize| {
        data(
            "result",
            &[
                ("person", text(&format!("X{n:06}"))),
                ("course", text(&courses[n % courses.len()].to_string())),
                ("attended", Datum::Flag(true)),
                ("score", text(&(60 + n % 41).to_string())),
                ("passed", Datum::Flag(!n.is_multiple_of(7))),
                ("examiner", text("O1")),
            ],
        )
    };
    for from in (0..count).step_by(10_000) {
        let some = (from..count.min(from + 10_000)).map(result).collect();
        writing.enter(register("result"), some).expect("entered");
    }
    ledger.close();
}

/// The screens, with what answers them.
struct Screens {
    model: Model,
    runner: Runner,
    answers: mpsc::UnboundedReceiver<Msg>,
    terminal: Terminal<TestBackend>,
}

impl Screens {
    /// Opens the ledger in `dir`.
    fn open(runtime: &tokio::runtime::Runtime, dir: &Path) -> Self {
        let size = Size { width: 120, height: 40 };
        let settings = Settings {
            lang: Lang::Zh,
            theme: Theme::Dark,
            theme_given: false,
            glyphs: auxlog_tui::glyph::UNICODE,
            keymap: Preset::Default.keymap(),
            rulebooks: RulebookSet::default(),
        };
        let (messages, answers) = mpsc::unbounded_channel();
        let host = Host { dir: dir.to_owned(), options: options(), exporter: None };
        let mut screens = Self {
            model: Model::new(settings, SystemClock.now(), size),
            runner: Runner::new(runtime.handle().clone(), host, messages),
            answers,
            terminal: Terminal::new(TestBackend::new(size.width, size.height)).expect("a buffer"),
        };
        let passphrase = Passphrase(PASSPHRASE.to_owned().into());
        screens.runner.run(Effect::Unlock { officer: "O1".into(), passphrase });
        let opened =
            |screens: &Self| screens.model.shared.session.as_ref().is_some_and(|session| !session.entries.is_empty());
        while !opened(&screens) {
            let news = screens.answers.blocking_recv().expect("an answer");
            screens.take(news);
        }
        screens
    }

    /// Changes the model, and waits for the answers to what it asks the ledger.
    fn take(&mut self, msg: Msg) {
        let mut awaited = 0;
        let mut effects = update(&mut self.model, msg);
        loop {
            for effect in effects.drain(..) {
                awaited += usize::from(matches!(effect, Effect::Ask(..)));
                self.runner.run(effect);
            }
            if awaited == 0 {
                return;
            }
            let answer = self.answers.blocking_recv().expect("an answer");
            awaited -= usize::from(matches!(answer, Msg::Answer(Some(_), _)));
            effects = update(&mut self.model, answer);
        }
    }

    /// Presses a key and draws what comes of it; how long that took.
    fn press(&mut self, key: &str) -> Duration {
        let began = Instant::now();
        self.take(Msg::Input(Input::Key(key.parse().expect("a key"))));
        let model = &self.model;
        let draw = |frame: &mut ratatui::Frame| {
            let mut canvas = Canvas::new(frame.buffer_mut(), model.shared.theme, model.shared.glyphs);
            view(model, &mut canvas);
            canvas.finish();
        };
        self.terminal.draw(draw).expect("drawn");
        began.elapsed()
    }
}

fn entries(criterion: &mut Criterion) {
    let count = std::env::var("AUXLOG_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let dir = tempfile::tempdir().expect("a directory");
    make(&dir.path().join("data"), count);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let mut screens = Screens::open(&runtime, &dir.path().join("data"));
    for key in ["F6", "Tab", "Down"] {
        screens.press(key);
    }
    println!("| the list of {count} entries opened for the first time | {:.1?} | |", screens.press("Enter"));
    let measured: [(&str, &[&str]); 6] = [
        ("down", &["Down"]),
        ("by pages", &["PageDown"]),
        ("last and first", &["End", "Home"]),
        (
            "filtered: a course",
            &[
                "岗",
                "前",
                "培",
                "训",
                "第",
                "7",
                "Backspace",
                "Backspace",
                "Backspace",
                "Backspace",
                "Backspace",
                "Backspace",
            ],
        ),
        (
            "filtered: a person",
            &["x", "0", "7", "7", "7", "Backspace", "Backspace", "Backspace", "Backspace", "Backspace"],
        ),
        ("filtered: nothing", &["无", "此", "Backspace", "Backspace"]),
    ];
    for (name, keys) in measured {
        let mut times: Vec<Duration> = (0..ROUNDS).flat_map(|_| keys).map(|key| screens.press(key)).collect();
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        println!("| {count} entries, key to frame: {name} | p50 {:.2?} | p99 {:.2?} |", at(50), at(99));
        let mut pressed = keys.iter().cycle();
        criterion.bench_function(&format!("{count} entries/{name}"), |bencher| {
            bencher.iter(|| screens.press(pressed.next().expect("a key")));
        });
        // What criterion left in the filter goes.
        while let Some(key) = pressed.next().filter(|key| **key != keys[0]) {
            screens.press(key);
        }
    }
}

criterion_group!(benches, entries);
criterion_main!(benches);
