//! A play on the screens: keys in, questions to the ledger and text out, answers by hand.

use auxlog_law::Lang;
use auxlog_store::Counts;
use ratatui::layout::Position;

use super::{enrolment, roster};
use crate::effect::{Answer, Ask, Effect, Ticket};
use crate::model::Model;
use crate::msg::Msg;
use crate::testing::dry_run::{DryRun, Look};
use crate::theme::Theme;

/// Officer O1 at their laptop, unlocked, joined to a server.
pub(crate) struct Play {
    run: DryRun,
    /// Keys pressed so far; text that is typed or committed does not count.
    pub(crate) pressed: usize,
}

impl Play {
    /// In Chinese at 80×24.
    pub(crate) fn new() -> Self {
        Self::with(Lang::Zh, (80, 24))
    }

    /// In another language or size.
    pub(crate) fn with(lang: Lang, size: (u16, u16)) -> Self {
        Self::in_look(&Look { lang, size, theme: Theme::Mono, ..Look::default() })
    }

    pub(crate) fn in_look(look: &Look) -> Self {
        let mut run = DryRun::with(look, roster(), Some(enrolment()));
        run.answer(Answer::Counts(Counts { stored: 12, received_by_server: 10, pending: 2, ..Counts::default() }));
        run.model.shared.exports_to = Some("/home/o1".into());
        Self { run, pressed: 0 }
    }

    pub(crate) fn model(&self) -> &Model {
        &self.run.model
    }

    /// Presses keys: names in angle brackets, characters as themselves (`<F3>wxm<Enter>`).
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.pressed += crate::testing::dry_run::parse_keys(keys).len();
        self.run.keys(keys);
        self
    }

    /// Types text, as an input method commits it.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        self.run.type_text(text);
        self
    }

    /// Lets an effect's answer come back.
    pub(crate) fn answer(&mut self, answer: Answer) -> &mut Self {
        self.run.answer(answer);
        self
    }

    /// The same, to this question or to none of the screens'.
    pub(crate) fn answer_to(&mut self, ticket: Option<Ticket>, answer: Answer) -> &mut Self {
        self.run.send(Msg::Answer(ticket, Box::new(answer)));
        self
    }

    /// What the ledger was asked since the last time.
    pub(crate) fn asked(&mut self) -> Vec<Ask> {
        let effects = self.run.take_effects().into_iter();
        effects.filter_map(|effect| if let Effect::Ask(_, ask) = effect { Some(ask) } else { None }).collect()
    }

    pub(crate) fn caret(&self) -> Option<Position> {
        self.run.caret()
    }

    /// The last frame, with its styles.
    pub(crate) fn buffer(&self) -> &ratatui::buffer::Buffer {
        self.run.buffer()
    }

    /// What the screen shows.
    pub(crate) fn text(&self) -> String {
        self.run.text()
    }

    /// Asserts that the screen shows `said`.
    #[track_caller]
    pub(crate) fn shows(&mut self, said: &str) -> &mut Self {
        let text = self.text();
        assert!(text.contains(said), "{said:?} is not on the screen:\n{text}");
        self
    }

    /// Asserts that the screen does not show `said`.
    #[track_caller]
    pub(crate) fn shows_no(&mut self, said: &str) -> &mut Self {
        let text = self.text();
        assert!(!text.contains(said), "{said:?} is on the screen:\n{text}");
        self
    }
}
