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
use crate::stage::{Look, Stage};
use crate::theme::Theme;

fn open() -> Stage {
    Stage::open(&Look::default())
}

#[test]
fn function_keys_lead_to_the_screens_and_esc_back() {
    let mut stage = open();
    stage.keys("<F7><F8>");
    assert_eq!(stage.model.current.command(), Command::GoSync);
    stage.keys("<Esc>");
    assert_eq!(stage.model.current.command(), Command::GoLaw);
    stage.keys("<Esc><Esc>");
    assert_eq!(stage.model.current.command(), Command::GoToday, "where it began");
}

#[test]
fn full_width_keys_mean_the_plain_ones() {
    let mut stage = open();
    stage.keys("？");
    assert!(stage.text().contains("帮助：此处可用的命令"), "{}", stage.text());
}

#[test]
fn a_chinese_character_where_a_command_was_meant_is_answered_with_a_hint() {
    let mut stage = open();
    stage.keys("<F8>今");
    assert!(stage.text().contains("输入法处于中文状态"), "{}", stage.text());
    stage.keys("<F8>");
    assert!(!stage.text().contains("输入法处于中文状态"), "the next key takes it away");
    stage.type_text("今日");
    assert!(stage.text().contains("输入法处于中文状态"), "also when it comes as a paste");
}

#[test]
fn the_palette_finds_by_initials_and_runs() {
    let mut stage = open();
    stage.keys("<F9>").type_text("fg").keys("<Enter>");
    assert_eq!(stage.model.current.command(), Command::GoLaw);
    assert!(stage.model.layers.is_empty());
}

#[test]
fn help_runs_what_is_chosen() {
    let mut stage = open();
    stage.keys("<F8><F1>").type_text("锁屏").keys("<Enter>");
    assert!(stage.model.is_locked());
}

#[test]
fn help_misses_no_command_of_what_has_the_focus() {
    for id in ScreenId::all() {
        let mut stage = Stage::open(&Look { size: (120, 80), ..Look::default() });
        stage.send(Msg::Run(id.command()));
        let scopes = crate::update::scopes(stage.model.front());
        stage.keys("<F1>");
        let shown = stage.text();
        for command in Command::ALL.iter().filter(|command| scopes.contains(&command.scope())) {
            assert!(shown.contains(&command.doc(&stage.model.shared.words)), "{} on {id:?}\n{shown}", command.id());
        }
    }
}

#[test]
fn what_the_bar_and_header_show_can_be_clicked() {
    let mut stage = open();
    stage.click(Hit::Command(Command::GoSync));
    assert_eq!(stage.model.current.command(), Command::GoSync);
    stage.click(Hit::Command(Command::Help));
    assert_eq!(stage.model.layers.len(), 1);
}

#[test]
fn locking_forgets_everything_and_closes_the_ledger() {
    let mut stage = open();
    stage.answer(Answer::Counts(Counts { stored: 7, ..Counts::default() }));
    assert!(stage.text().contains("本机已存 7"));
    stage.take_effects();
    stage.keys("<F7><F12>");
    assert!(stage.model.is_locked());
    assert!(stage.take_effects().contains(&Effect::Lock));
    assert!(!stage.text().contains('7') && !stage.text().contains("王建国"), "{}", stage.text());
    stage.keys("<F7><F9>");
    assert!(stage.model.is_locked() && stage.model.layers.is_empty(), "nothing works while locked");
}

#[test]
fn it_locks_after_five_idle_minutes_and_not_before() {
    let mut stage = open();
    let start = stage.model.shared.now;
    let later = |seconds: i64| auxlog_record::Moment(start.0 + chrono::Duration::seconds(seconds));
    stage.model.shared.now = later(200);
    stage.keys("<F7>");
    stage.take_effects();
    stage.model.shared.now = later(300);
    stage.answer(Answer::Woke(Alarm::Idle));
    let left = std::time::Duration::from_secs(200);
    assert_eq!(stage.take_effects(), [Effect::Wake { alarm: Alarm::Idle, after: left }]);
    stage.model.shared.now = later(501);
    stage.answer(Answer::Woke(Alarm::Idle));
    assert!(stage.model.is_locked());
}

#[test]
fn a_sequence_shows_what_can_follow() {
    let mut stage = Stage::open(&Look { preset: Preset::Vim, ..Look::default() });
    stage.keys("<F7>g");
    insta::assert_snapshot!(stage.text());
    stage.keys("y");
    assert_eq!(stage.model.current.command(), Command::GoSync);
    assert!(stage.model.pending.is_empty());
}

#[test]
fn a_tiny_terminal_says_so_and_comes_back() {
    let mut stage = open();
    for (width, height) in [(20, 5), (59, 30), (80, 17), (1, 1), (0, 0)] {
        stage.send(Msg::Input(Input::Resize(Size { width, height })));
    }
    stage.send(Msg::Input(Input::Resize(Size { width: 30, height: 5 })));
    assert!(stage.text().contains("窗口太小"), "{}", stage.text());
    stage.send(Msg::Input(Input::Resize(Size { width: 80, height: 24 })));
    assert!(stage.text().contains("F1 帮助"), "{}", stage.text());
}

#[test]
fn every_screen_draws_at_every_size() {
    for id in ScreenId::all() {
        let mut stage = open();
        stage.send(Msg::Run(id.command()));
        for (width, height) in [(60, 18), (61, 19), (79, 23), (80, 24), (119, 39), (200, 60), (300, 18)] {
            stage.send(Msg::Input(Input::Resize(Size { width, height })));
            stage.keys("<F1><Esc><F9><Esc>");
        }
    }
}

#[test]
fn a_chinese_screen_has_no_english_and_an_english_one_no_chinese_names() {
    let mut stage = Stage::open(&Look { lang: Lang::En, ..Look::default() });
    stage.keys("<F8>");
    assert!(stage.text().contains("Three counts"), "{}", stage.text());
    stage.keys("<Ctrl-L>");
    assert!(stage.text().contains("三个数") && !stage.text().contains("Stored"), "{}", stage.text());
}

#[test]
fn themes_change_and_mono_has_no_colour() {
    let mut stage = Stage::open(&Look { theme: Theme::Sunlight, ..Look::default() });
    stage.keys("<Ctrl-T><F7>");
    assert_eq!(stage.model.shared.theme, Theme::Mono);
    let plain = |cell: &ratatui::buffer::Cell| {
        cell.fg == ratatui::style::Color::Reset && cell.bg == ratatui::style::Color::Reset
    };
    assert!(stage.buffer().content.iter().all(plain));
}

#[test]
fn unlocking_asks_for_the_passphrase_and_never_shows_it() {
    let mut stage = Stage::locked(&Look::default());
    stage.answer(Answer::OfficersHere(Ok(vec!["O1".into(), "O2".into()])));
    stage.keys("<Down>").type_text("秘密口令").keys("<Enter>");
    let effects = stage.take_effects();
    let unlock = effects.iter().find_map(|effect| match effect {
        Effect::Unlock { officer, passphrase } => Some((officer.0.as_str(), passphrase.0.as_str())),
        _ => None,
    });
    assert_eq!(unlock, Some(("O2", "秘密口令")));
    assert!(!format!("{effects:?}{:?}", stage.model).contains("秘密"));
    insta::assert_snapshot!(stage.text());
}

#[test]
fn what_is_typed_before_it_is_known_who_has_keys_here_counts() {
    for (here, tried) in [(&["O1"][..], true), (&["O1", "O2"], false)] {
        let mut stage = Stage::locked(&Look::default());
        stage.type_text("typed ahead").keys("<Enter>");
        assert!(!stage.take_effects().iter().any(|effect| matches!(effect, Effect::Unlock { .. })), "nobody is known");
        stage.answer(Answer::OfficersHere(Ok(here.iter().copied().map(Into::into).collect())));
        let unlocks = |stage: &mut Stage| {
            stage.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Unlock { officer, passphrase } => Some((officer.0, passphrase.0.to_string())),
                _ => None,
            })
        };
        let asked = Some((here[here.len() - 1].to_owned(), "typed ahead".to_owned()));
        if !tried {
            assert_eq!(unlocks(&mut stage), None, "he has to choose whose");
            stage.keys("<Down><Enter>");
        }
        assert_eq!(unlocks(&mut stage), asked);
    }
}

#[test]
fn after_a_wrong_passphrase_the_next_must_wait() {
    let mut stage = Stage::locked(&Look::default());
    stage.answer(Answer::OfficersHere(Ok(vec!["O1".into()])));
    stage.type_text("wrong").keys("<Enter>");
    stage.take_effects();
    let delay = std::time::Duration::from_secs(4);
    let wrong = auxlog_store::OpenError::WrongPassphrase { delay };
    stage.answer(Answer::NotOpened(std::sync::Arc::new(wrong)));
    assert!(stage.text().contains("口令不对；4 秒后可以再试"), "{}", stage.text());
    assert_eq!(stage.take_effects(), [Effect::Wake { alarm: Alarm::Unlock, after: delay }]);
    stage.type_text("again").keys("<Enter>");
    assert_eq!(stage.take_effects(), [], "not before the time is over");
    stage.answer(Answer::Woke(Alarm::Unlock));
    stage.type_text("again").keys("<Enter>");
    assert!(matches!(stage.take_effects()[..], [Effect::Unlock { .. }]));
}

#[test]
fn what_lies_over_the_screens_looks_right() {
    let mut stage = Stage::locked(&Look::default());
    stage.answer(Answer::OfficersHere(Ok(vec!["O1".into(), "O2".into()])));
    insta::assert_snapshot!("unlock", stage.text());
    let mut stage = open();
    stage.keys("<F8><F1>");
    insta::assert_snapshot!("help", stage.text());
    stage.keys("<Esc><F9>");
    insta::assert_snapshot!("palette", stage.text());
    stage.keys("<Esc>");
    insta::assert_snapshot!("sync-alone", stage.text());
}

#[test]
fn every_scope_of_a_screen_is_a_table_of_keymaps() {
    let stage = open();
    for scope in Scope::ALL {
        assert!(!stage.model.shared.keymap.in_scope(*scope).is_empty(), "[{}] is empty", scope.id());
    }
}
