//! The screens alone, for tests: keys and answers in, text and effects out; nothing is run.
//!
//! For what a screen shows and asks for. [`crate::testing::headless`] runs the effects on a real ledger.

use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_record::{Moment, Roster, WriterId};
use auxlog_store::{Draft, Enrolment, Identity};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::canvas::{Canvas, Hit};
use crate::effect::{Answer, Ask, Effect, Ticket};
use crate::event::Input;
use crate::glyph;
use crate::key::Key;
use crate::keymap::Preset;
use crate::model::{Model, Settings};
use crate::msg::Msg;
use crate::theme::Theme;
use crate::update::update;
use crate::view::view;

/// How a test wants it set up.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) preset: Preset,
    pub(crate) ascii: bool,
    pub(crate) size: (u16, u16),
}

impl Default for Look {
    fn default() -> Self {
        Self { lang: Lang::Zh, theme: Theme::Dark, preset: Preset::Default, ascii: false, size: (80, 24) }
    }
}

impl Look {
    /// The settings that give this look.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            lang: self.lang,
            theme: self.theme,
            theme_given: false,
            glyphs: if self.ascii { glyph::ASCII } else { glyph::UNICODE },
            keymap: self.preset.keymap(),
            rulebooks: auxlog_law::RulebookSet::default(),
        }
    }

    /// The looks in which what is seen most is kept as snapshots: each language, size, theme and set of
    /// marks at least once.
    pub(crate) fn gallery() -> [Self; 5] {
        let look = |lang, size, theme| Self { lang, theme, size, ..Self::default() };
        [
            look(Lang::Zh, (80, 24), Theme::Dark),
            look(Lang::En, (80, 24), Theme::Light),
            look(Lang::Zh, (120, 40), Theme::Sunlight),
            look(Lang::En, (120, 40), Theme::Dark),
            Self { ascii: true, ..look(Lang::Zh, (80, 24), Theme::Mono) },
        ]
    }

    /// Its name in the names of snapshots.
    pub(crate) fn name(&self) -> String {
        let (lang, theme) = (self.lang.pick("zh", "en"), self.theme.name());
        format!("{lang}-{}x{}-{theme}{}", self.size.0, self.size.1, if self.ascii { "-ascii" } else { "" })
    }
}

/// Half past nine on 23 November 2026, a Monday.
pub(crate) fn still() -> Moment {
    Moment("2026-11-23T09:30:00+08:00".parse().unwrap())
}

/// The screens alone.
#[derive(Debug)]
pub(crate) struct DryRun {
    pub(crate) model: Model,
    /// What was asked for since the last look.
    pub(crate) effects: Vec<Effect>,
    /// What was ever asked of the ledger.
    asked: Vec<(Ticket, Ask)>,
    buffer: Buffer,
    caret: Option<Position>,
    hits: Vec<(Rect, Hit)>,
}

/// Whether an answer can be the one to a question that stores something, or failed.
fn fits(ask: &Ask, answer: &Answer) -> bool {
    match answer {
        Answer::Logged(_) => matches!(ask, Ask::Log(_) | Ask::LogWith(..)),
        Answer::Planned(_) => matches!(ask, Ask::Plan(..)),
        Answer::Recorded(about) => match ask {
            Ask::Review(input) => input.target == *about,
            Ask::Statement(statement) => statement.target == *about,
            Ask::Amend { target, .. } | Ask::Annul(target, _) | Ask::Attach(target, _) => target == about,
            _ => false,
        },
        Answer::Entries(list, _) => matches!(ask, Ask::Entries(asked) if asked == list),
        Answer::Written(_) | Answer::Refused(_) => matches!(ask, Ask::Write(_)),
        Answer::Failed(failure) => failure.ask == *ask,
        _ => false,
    }
}

impl DryRun {
    /// Locked, before anything is known.
    pub(crate) fn locked(look: &Look) -> Self {
        let (width, height) = look.size;
        let model = Model::new(look.settings(), still(), Size { width, height });
        let buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let mut run = Self { model, effects: Vec::new(), asked: Vec::new(), buffer, caret: None, hits: Vec::new() };
        run.send(Msg::Start);
        run
    }

    /// Unlocked by officer O1 on a laptop without a server.
    pub(crate) fn open(look: &Look) -> Self {
        Self::with(look, Roster::default(), None)
    }

    /// Unlocked by officer O1 with this roster, perhaps enrolled.
    pub(crate) fn with(look: &Look, roster: Roster, enrolment: Option<Enrolment>) -> Self {
        let mut run = Self::locked(look);
        run.unlock(roster, enrolment, None);
        run
    }

    /// Unlocked by officer O1, who left the screens like this.
    pub(crate) fn unlock(&mut self, roster: Roster, enrolment: Option<Enrolment>, kept: Option<Box<Draft>>) {
        let identity = Identity {
            writer: WriterId::default(),
            officer: "O1".into(),
            officer_name: "王建国".into(),
            agency: "A01".into(),
            agency_name: "海安市城市管理局".into(),
            certificate: None,
        };
        self.answer(Answer::Opened { identity, roster: Arc::new(roster), enrolment, kept });
    }

    /// Handles a message.
    pub(crate) fn send(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.model, msg);
        let asked = effects.iter().filter_map(|effect| match effect {
            Effect::Ask(ticket, ask) => Some((*ticket, ask.clone())),
            _ => None,
        });
        self.asked.extend(asked);
        self.effects.extend(effects);
        self.draw();
        self
    }

    /// Gives an effect's answer; to the newest question that it can be the answer to.
    pub(crate) fn answer(&mut self, answer: Answer) -> &mut Self {
        let ticket = self.asked.iter().rev().find(|(_, ask)| fits(ask, &answer)).map(|(ticket, _)| *ticket);
        self.send(Msg::Answer(ticket, Box::new(answer)))
    }

    /// Presses keys: names in angle brackets, characters as themselves (`<F3>张<Enter>`).
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse_keys(keys) {
            self.send(Msg::Input(Input::Key(key)));
        }
        self
    }

    /// Types text, as an input method commits it.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        self.send(Msg::Input(Input::Text(text.to_owned())))
    }

    /// Clicks on the middle of the first place that means `hit`.
    pub(crate) fn click(&mut self, hit: Hit) -> &mut Self {
        assert!(self.hits.iter().any(|(_, there)| *there == hit), "nothing means {hit:?}:\n{}", self.text());
        self.send(Msg::Hit(hit))
    }

    fn draw(&mut self) {
        let size = self.model.shared.size;
        self.buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        let mut canvas = Canvas::new(&mut self.buffer, self.model.shared.theme, self.model.shared.glyphs);
        view(&self.model, &mut canvas);
        (self.caret, self.hits) = canvas.finish();
    }

    /// What the screen shows.
    pub(crate) fn text(&self) -> String {
        shown(&self.buffer)
    }

    pub(crate) fn caret(&self) -> Option<Position> {
        self.caret
    }

    /// The last frame, with its styles.
    pub(crate) fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// What was asked for since the last time.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

/// Keys as tests write them.
pub(crate) fn parse_keys(keys: &str) -> Vec<Key> {
    let mut rest = keys;
    let mut parsed = Vec::new();
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'));
        let (key, tail) = match named {
            Some((name, tail)) => (name.parse::<Key>().unwrap(), tail),
            None => (first.to_string().parse::<Key>().unwrap(), &rest[first.len_utf8()..]),
        };
        parsed.push(key);
        rest = tail;
    }
    parsed
}

/// A frame as text: a line for each row, without the blanks at its end.
pub(crate) fn shown(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in 0..area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(crate::text::width(symbol)).unwrap().max(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
