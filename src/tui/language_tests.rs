//! No English is left on a Chinese screen: every state that is played here is read word by word.

use std::sync::Arc;

use auxlog_store::{TaskPage, TaskRow, Waiting};
use auxlog_sync::message::{Disposition, Noted, Standing};
use auxlog_sync::{Notice, Outcome, Progress};

use crate::command::Command;
use crate::effect::Answer;
use crate::entries::Within;
use crate::key::Key;
use crate::sync_state::SyncNews;
use crate::testing::play::Play;
use crate::testing::{now, samples, sheets};

/// Words of Latin letters on a screen that are no words of a language: names of keys, numbers of
/// people and records, codes of duties and rules, addresses, and names of things that have no
/// other.
fn is_a_name(word: &str) -> bool {
    const NAMES: [&str; 13] = [
        "auxlog",
        "fg",
        "ASCII",
        "csv",
        "xlsx",
        "json",
        "jsonl",
        "html",
        "KiB",
        "MiB",
        "https",
        "auxlog.example",
        "home",
    ];
    let key = word.parse::<Key>().is_ok() || ["Ctrl", "Shift", "Alt"].contains(&word);
    let code = word.contains(['.', ':', '_', '-']) || word.chars().any(|c| c.is_ascii_digit());
    key || code || NAMES.contains(&word) || word.len() < 2 || word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The words of Latin letters on a screen.
fn latin(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || ".:_-/".contains(c);
    let words = text.split(|c| !part(c)).map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).map(str::to_owned).collect()
}

#[track_caller]
fn is_chinese(play: &mut Play, what: &str) {
    let text = play.text();
    let english: Vec<String> = latin(&text).into_iter().filter(|word| !is_a_name(word)).collect();
    assert!(english.is_empty(), "{what}: {english:?}\n{text}");
}

fn played(size: (u16, u16), what: &str, story: impl Fn(&mut Play)) {
    let mut play = Play::with(auxlog_law::Lang::Zh, size);
    story(&mut play);
    is_chinese(&mut play, what);
    play.keys("<F1>");
    is_chinese(&mut play, &format!("help of {what}"));
}

#[test]
fn no_english_is_left_on_a_chinese_screen() {
    for size in [(80, 24), (120, 40), (200, 50)] {
        played(size, "today", |play| {
            play.answer(Answer::Today(Box::new(samples::report())));
        });
        played(size, "log", |play| {
            play.keys("<F3>");
        });
        played(size, "tasks", |play| {
            play.keys("<F4>");
        });
        played(size, "review queue", |play| {
            play.keys("<F5>").answer(Answer::Flags(crate::screens::review::query(0), samples::flags()));
        });
        let opened = |play: &mut Play| {
            play.keys("<F5>").answer(Answer::Flags(crate::screens::review::query(0), samples::flags()));
            play.keys("<Enter>").answer(Answer::Task(Box::new(samples::detail(1, true))));
        };
        played(size, "review", opened);
        played(size, "review steps", |play| {
            opened(play);
            play.keys("<Enter>");
        });
        played(size, "review step", |play| {
            opened(play);
            play.keys("<Enter>").types("认定属实").keys("<Enter>");
        });
        played(size, "provisions", |play| {
            opened(play);
            play.keys("<Ctrl-G>");
        });
        played(size, "staff", |play| {
            play.keys("<F6>").answer(Answer::People(String::new(), samples::people()));
        });
        played(size, "person", |play| {
            play.keys("<F6>").answer(Answer::People(String::new(), samples::people()));
            play.keys("<Enter>").answer(Answer::Person("X1".into(), Some(Box::new(samples::person()))));
        });
        let certificates = || Within::Register(auxlog_registers::named("certificate").expect("a register"));
        let registers = |play: &mut Play| {
            play.keys("<F6><Tab>").answer(Answer::Holdings(Box::new(sheets::holdings())));
        };
        played(size, "registers", registers);
        let entries = |play: &mut Play| {
            registers(play);
            play.keys("<Down><Down><Enter>");
            play.answer(Answer::Entries(sheets::list(certificates()), sheets::page(vec![sheets::troubled()])));
        };
        played(size, "entries", entries);
        played(size, "entry form", |play| {
            entries(play);
            play.keys("<Ctrl-N>");
        });
        for part in 0..3 {
            played(size, "law", |play| {
                play.keys("<F7>").keys(&"<Tab>".repeat(part));
            });
        }
        played(size, "sync", synchronising);
    }
}

/// A synchronisation under way, after one that left something to look at.
pub(crate) fn synchronising(play: &mut Play) {
    let noted = |seq, disposition| Noted { writer: samples::id(1).writer, seq, disposition };
    let dispositions =
        [Disposition::VerdictDiffers, Disposition::ClockOff, Disposition::Held, Disposition::OrderRefused];
    let outcome = Outcome {
        standing: Standing::Frozen,
        noted: (7..).zip(dispositions).map(|(seq, disposition)| noted(seq, disposition)).collect(),
        notices: vec![Notice::ServerCameBack, Notice::LaptopCameBack, Notice::AttachmentsKept],
        ..Outcome::default()
    };
    let conflict = TaskRow { conflict: true, ..samples::row(3, false) };
    play.keys("<F8>");
    play.answer(Answer::Tasks(crate::screens::sync::conflicts(), TaskPage { rows: vec![conflict], total: 1 }));
    let waiting = Waiting { officer: "王建国".into(), first: 11, last: 12, since: now() };
    play.answer(Answer::Waiting(vec![waiting]));
    play.answer(Answer::Sync(SyncNews::Done { at: now(), outcome: Arc::new(outcome) }));
    let progress = Progress { sent: 1, to_send: 9, elapsed_ms: 10, ..Progress::default() };
    play.answer(Answer::Sync(SyncNews::Progress(progress)));
}

#[test]
fn every_command_is_named_and_explained_in_chinese() {
    let mut play = Play::new();
    let words = &play.model().shared.words;
    for command in Command::ALL {
        for said in [command.name(words), command.doc(words)] {
            let english: Vec<String> = latin(&said).into_iter().filter(|word| !is_a_name(word)).collect();
            assert!(english.is_empty(), "{}: {english:?}", command.id());
        }
    }
    play.keys("<F9>");
    is_chinese(&mut play, "palette");
}

#[test]
fn english_would_be_noticed() {
    let english: Vec<String> = latin("可以 and Ctrl-S (O1-20261123) 16.2:inspection").into_iter().collect();
    assert_eq!(english.into_iter().filter(|word| !is_a_name(word)).collect::<Vec<_>>(), ["and"]);
}
