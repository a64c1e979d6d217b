//! The engine as a whole: keys, layers, locking, hints.

use auxlog_law::Lang;
use auxlog_store::Counts;
use ratatui::layout::Size;

use crate::canvas::Hit;
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Effect};
use crate::event::Input;
use crate::keymap::Preset;
use crate::msg::Msg;
use crate::screens::ScreenId;
use crate::testing::dry_run::{DryRun, Look};
use crate::theme::Theme;

fn open() -> DryRun {
    DryRun::open(&Look::default())
}

#[test]
fn function_keys_lead_to_the_screens_and_esc_back() {
    let mut run = open();
    run.keys("<F7><F8>");
    assert_eq!(run.model.current.command(), Command::GoSync);
    run.keys("<Esc>");
    assert_eq!(run.model.current.command(), Command::GoLaw);
    run.keys("<Esc><Esc>");
    assert_eq!(run.model.current.command(), Command::GoToday, "where it began");
}

#[test]
fn full_width_keys_mean_the_plain_ones() {
    let mut run = open();
    run.keys("？");
    assert!(run.text().contains("帮助：此处可用的命令"), "{}", run.text());
}

#[test]
fn a_chinese_character_where_a_command_was_meant_is_answered_with_a_hint() {
    let mut run = open();
    run.keys("<F8>今");
    assert!(run.text().contains("输入法处于中文状态"), "{}", run.text());
    run.keys("<F8>");
    assert!(!run.text().contains("输入法处于中文状态"), "the next key takes it away");
    run.type_text("今日");
    assert!(run.text().contains("输入法处于中文状态"), "also when it comes as a paste");
}

#[test]
fn the_palette_finds_by_initials_and_runs() {
    let mut run = open();
    run.keys("<F9>").type_text("fg").keys("<Enter>");
    assert_eq!(run.model.current.command(), Command::GoLaw);
    assert!(run.model.layers.is_empty());
}

#[test]
fn help_runs_what_is_chosen() {
    let mut run = open();
    run.keys("<F8><F1>").type_text("锁屏").keys("<Enter>");
    assert!(run.model.is_locked());
}

#[test]
fn help_misses_no_command_of_what_has_the_focus() {
    for id in ScreenId::all() {
        let mut run = DryRun::open(&Look { size: (120, 80), ..Look::default() });
        run.send(Msg::Run(id.command()));
        let scopes = crate::update::scopes(run.model.front());
        run.keys("<F1>");
        let shown = run.text();
        for command in Command::ALL.iter().filter(|command| scopes.contains(&command.scope())) {
            assert!(shown.contains(&command.doc(&run.model.shared.words)), "{} on {id:?}\n{shown}", command.id());
        }
    }
}

#[test]
fn what_the_bar_and_header_show_can_be_clicked() {
    let mut run = open();
    run.click(Hit::Command(Command::GoSync));
    assert_eq!(run.model.current.command(), Command::GoSync);
    run.click(Hit::Command(Command::Help));
    assert_eq!(run.model.layers.len(), 1);
}

#[test]
fn locking_forgets_everything_and_closes_the_ledger() {
    let mut run = open();
    run.answer(Answer::Counts(Counts { stored: 7, ..Counts::default() }));
    assert!(run.text().contains("本机已存 7"));
    run.take_effects();
    run.keys("<F7><F12>");
    assert!(run.model.is_locked());
    assert!(run.take_effects().contains(&Effect::Lock));
    assert!(!run.text().contains('7') && !run.text().contains("王建国"), "{}", run.text());
    run.keys("<F7><F9>");
    assert!(run.model.is_locked() && run.model.layers.is_empty(), "nothing works while locked");
}

#[test]
fn it_locks_after_five_idle_minutes_and_not_before() {
    let mut run = open();
    let start = run.model.shared.now;
    let later = |seconds: i64| auxlog_record::Moment(start.0 + chrono::Duration::seconds(seconds));
    run.model.shared.now = later(200);
    run.keys("<F7>");
    run.take_effects();
    run.model.shared.now = later(300);
    run.answer(Answer::Woke(Alarm::Idle));
    let left = std::time::Duration::from_secs(200);
    assert_eq!(run.take_effects(), [Effect::Wake { alarm: Alarm::Idle, after: left }]);
    run.model.shared.now = later(501);
    run.answer(Answer::Woke(Alarm::Idle));
    assert!(run.model.is_locked());
}

#[test]
fn a_sequence_shows_what_can_follow() {
    let mut run = DryRun::open(&Look { preset: Preset::Vim, ..Look::default() });
    run.keys("<F7>g");
    insta::assert_snapshot!(run.text());
    run.keys("y");
    assert_eq!(run.model.current.command(), Command::GoSync);
    assert!(run.model.pending.is_empty());
}

#[test]
fn a_tiny_terminal_says_so_and_comes_back() {
    let mut run = open();
    for (width, height) in [(20, 5), (59, 30), (80, 17), (1, 1), (0, 0)] {
        run.send(Msg::Input(Input::Resize(Size { width, height })));
    }
    run.send(Msg::Input(Input::Resize(Size { width: 30, height: 5 })));
    assert!(run.text().contains("窗口太小"), "{}", run.text());
    run.send(Msg::Input(Input::Resize(Size { width: 80, height: 24 })));
    assert!(run.text().contains("F1 帮助"), "{}", run.text());
}

#[test]
fn every_screen_draws_at_every_size() {
    for id in ScreenId::all() {
        let mut run = open();
        run.send(Msg::Run(id.command()));
        for (width, height) in [(60, 18), (61, 19), (79, 23), (80, 24), (119, 39), (200, 60), (300, 18)] {
            run.send(Msg::Input(Input::Resize(Size { width, height })));
            run.keys("<F1><Esc><F9><Esc>");
        }
    }
}

#[test]
fn a_chinese_screen_has_no_english_and_an_english_one_no_chinese_names() {
    let mut run = DryRun::open(&Look { lang: Lang::En, ..Look::default() });
    run.keys("<F8>");
    assert!(run.text().contains("Three counts"), "{}", run.text());
    run.keys("<Ctrl-L>");
    assert!(run.text().contains("三个数") && !run.text().contains("Stored"), "{}", run.text());
}

#[test]
fn themes_change_and_mono_has_no_colour() {
    let mut run = DryRun::open(&Look { theme: Theme::Sunlight, ..Look::default() });
    run.keys("<Ctrl-T><F7>");
    assert_eq!(run.model.shared.theme, Theme::Mono);
    let plain = |cell: &ratatui::buffer::Cell| {
        cell.fg == ratatui::style::Color::Reset && cell.bg == ratatui::style::Color::Reset
    };
    assert!(run.buffer().content.iter().all(plain));
}

#[test]
fn unlocking_asks_for_the_passphrase_and_never_shows_it() {
    let mut run = DryRun::locked(&Look::default());
    run.answer(Answer::OfficersHere(Ok(vec!["O1".into(), "O2".into()])));
    run.keys("<Down>").type_text("秘密口令").keys("<Enter>");
    let effects = run.take_effects();
    let unlock = effects.iter().find_map(|effect| match effect {
        Effect::Unlock { officer, passphrase } => Some((officer.0.as_str(), passphrase.0.as_str())),
        _ => None,
    });
    assert_eq!(unlock, Some(("O2", "秘密口令")));
    assert!(!format!("{effects:?}{:?}", run.model).contains("秘密"));
    insta::assert_snapshot!(run.text());
}

#[test]
fn what_is_typed_before_it_is_known_who_has_keys_here_counts() {
    for (here, tried) in [(&["O1"][..], true), (&["O1", "O2"], false)] {
        let mut run = DryRun::locked(&Look::default());
        run.type_text("typed ahead").keys("<Enter>");
        assert!(!run.take_effects().iter().any(|effect| matches!(effect, Effect::Unlock { .. })), "nobody is known");
        run.answer(Answer::OfficersHere(Ok(here.iter().copied().map(Into::into).collect())));
        let unlocks = |run: &mut DryRun| {
            run.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Unlock { officer, passphrase } => Some((officer.0, passphrase.0.to_string())),
                _ => None,
            })
        };
        let asked = Some((here[here.len() - 1].to_owned(), "typed ahead".to_owned()));
        if !tried {
            assert_eq!(unlocks(&mut run), None, "they have to choose whose");
            run.keys("<Down><Enter>");
        }
        assert_eq!(unlocks(&mut run), asked);
    }
}

#[test]
fn after_a_wrong_passphrase_the_next_must_wait() {
    let mut run = DryRun::locked(&Look::default());
    run.answer(Answer::OfficersHere(Ok(vec!["O1".into()])));
    run.type_text("wrong").keys("<Enter>");
    run.take_effects();
    let delay = std::time::Duration::from_secs(4);
    let wrong = auxlog_store::OpenError::WrongPassphrase { delay };
    run.answer(Answer::NotOpened(std::sync::Arc::new(wrong)));
    assert!(run.text().contains("口令不对，4 秒后可再试"), "{}", run.text());
    assert_eq!(run.take_effects(), [Effect::Wake { alarm: Alarm::Unlock, after: delay }]);
    run.type_text("again").keys("<Enter>");
    assert_eq!(run.take_effects(), [], "not before the time is over");
    run.answer(Answer::Woke(Alarm::Unlock));
    run.type_text("again").keys("<Enter>");
    assert!(matches!(run.take_effects()[..], [Effect::Unlock { .. }]));
}

#[test]
fn what_lies_over_the_screens_looks_right() {
    let mut run = DryRun::locked(&Look::default());
    run.answer(Answer::OfficersHere(Ok(vec!["O1".into(), "O2".into()])));
    insta::assert_snapshot!("unlock", run.text());
    let mut run = open();
    run.keys("<F8><F1>");
    insta::assert_snapshot!("help", run.text());
    run.keys("<Esc><F9>");
    insta::assert_snapshot!("palette", run.text());
    run.keys("<Esc>");
    insta::assert_snapshot!("sync-alone", run.text());
}

#[test]
fn every_scope_of_a_screen_is_a_table_of_keymaps() {
    let run = open();
    for scope in Scope::ALL {
        assert!(!run.model.shared.keymap.in_scope(*scope).is_empty(), "[{}] is empty", scope.id());
    }
}
