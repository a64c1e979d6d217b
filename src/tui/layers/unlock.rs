//! The unlock screen: which officer, which passphrase.

use auxlog_record::OfficerId;
use auxlog_store::OpenError;
use ratatui::layout::Rect;
use zeroize::Zeroizing;

use crate::canvas::{Canvas, Hit, centred};
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Effect, Passphrase};
use crate::event::Input;
use crate::screen::Screen;
use crate::shared::{Cx, Shared};
use crate::theme::Meaning;
use crate::widgets::{Field, List};
use crate::words::say;

/// Where the unlocking stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Stage {
    /// Finding out who has keys here.
    #[default]
    Looking,
    /// Waiting for the officer.
    Ready,
    /// Deriving the key, opening the ledger.
    Opening,
    /// The cache is rebuilt: records done, records in all.
    Rebuilding(u64, u64),
    /// A wrong passphrase: waiting until the next may be tried.
    Waiting,
}

/// The unlock screen's state.
#[derive(Debug)]
pub struct Unlock {
    officers: Vec<OfficerId>,
    list: List,
    passphrase: Field,
    /// Whether the passphrase has the focus; else the officer.
    typing: bool,
    stage: Stage,
    /// Enter was pressed before it was known who has keys here.
    hasty: bool,
    /// What went wrong.
    problem: Option<String>,
}

impl Default for Unlock {
    fn default() -> Self {
        Self {
            officers: Vec::new(),
            list: List::default(),
            passphrase: Field::secret(),
            typing: true,
            stage: Stage::Looking,
            hasty: false,
            problem: None,
        }
    }
}

impl Unlock {
    fn try_passphrase(&mut self, cx: &mut Cx) {
        let officer = self.list.selected().and_then(|at| self.officers.get(at)).cloned();
        let (Stage::Ready, Some(officer)) = (&self.stage, officer) else { return };
        if self.passphrase.editor.is_empty() {
            self.problem = Some(say!(cx.words(), "unlock-empty"));
            return;
        }
        let passphrase = Passphrase(Zeroizing::new(self.passphrase.editor.take()));
        self.stage = Stage::Opening;
        self.problem = None;
        cx.effect(Effect::Unlock { officer, passphrase });
    }
}

impl Screen for Unlock {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Form]
    }

    fn editing(&self) -> bool {
        self.typing
    }

    fn input(&mut self, input: &Input, _cx: &mut Cx) -> bool {
        matches!(self.stage, Stage::Looking | Stage::Ready) && self.passphrase.input(input)
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match command {
            Command::FormActivate if self.stage == Stage::Looking => self.hasty = true,
            Command::FormActivate => self.try_passphrase(cx),
            // With several officers Up and Down choose whose keys; the passphrase keeps the focus.
            Command::FormPrevious => self.list.step(-1),
            Command::FormNext => self.list.step(1),
            command => return self.passphrase.run(command),
        }
        true
    }

    fn click(&mut self, hit: Hit, _cx: &mut Cx) {
        if let Hit::Row(row) = hit {
            self.list.select(row);
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::OfficersHere(Ok(officers)) => {
                self.list.set_total(officers.len());
                self.officers.clone_from(officers);
                self.stage = Stage::Ready;
                // Whose keys of several, they have yet to choose.
                if std::mem::take(&mut self.hasty) && officers.len() == 1 {
                    self.try_passphrase(cx);
                }
            }
            Answer::OfficersHere(Err(error)) => self.problem = Some(cx.words().terms().open(error)),
            Answer::Rebuilding(done, all) => self.stage = Stage::Rebuilding(*done, *all),
            Answer::NotOpened(error) => {
                self.problem = Some(cx.words().terms().open(error));
                self.stage = Stage::Ready;
                if let OpenError::WrongPassphrase { delay } = error.as_ref()
                    && !delay.is_zero()
                {
                    self.stage = Stage::Waiting;
                    cx.effect(Effect::Wake { alarm: Alarm::Unlock, after: *delay });
                }
            }
            Answer::Woke(Alarm::Unlock) if self.stage == Stage::Waiting => {
                self.stage = Stage::Ready;
                self.problem = Some(say!(cx.words(), "unlock-again"));
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let shown = u16::try_from(self.officers.len()).unwrap_or(u16::MAX).clamp(1, 6);
        let inner = canvas.popup(centred(area, 56, shown + 8), &say!(words, "unlock-title"));
        let inner = Rect { x: inner.x + 2, width: inner.width.saturating_sub(4), ..inner };
        let row = |y: u16| Rect { y: inner.y + y, height: 1, ..inner }.intersection(inner);
        canvas.text(inner.x, row(0).y, &say!(words, "unlock-officer"), inner.width, Meaning::Dim);
        let pointer = canvas.glyphs.pointer;
        for (place, index) in self.list.window(usize::from(shown)).enumerate() {
            let line = row(1 + u16::try_from(place).unwrap_or(0));
            let chosen = self.list.selected() == Some(index);
            let mark = if chosen { pointer } else { " " };
            let look = if chosen { Meaning::Title } else { Meaning::Text };
            let name = self.officers.get(index).map(ToString::to_string).unwrap_or_default();
            canvas.line(line, &[(mark, Meaning::Accent), (" ", Meaning::Text), (&name, look)]);
            canvas.hit(line, Hit::Row(index));
        }
        canvas.text(inner.x, row(shown + 2).y, &say!(words, "unlock-passphrase"), inner.width, Meaning::Dim);
        self.passphrase.view(canvas, row(shown + 3), self.typing, "");
        let (said, meaning) = match (&self.stage, &self.problem) {
            (Stage::Opening, _) => (say!(words, "unlock-opening"), Meaning::Accent),
            (Stage::Rebuilding(done, all), _) => {
                (say!(words, "unlock-rebuilding", done = done.to_string(), all = all.to_string()), Meaning::Accent)
            }
            (_, Some(problem)) => (problem.clone(), Meaning::Bad),
            (Stage::Looking, None) => (say!(words, "unlock-looking"), Meaning::Dim),
            _ => match &shared.hint {
                Some(hint) => (hint.clone(), Meaning::Accent),
                None => (say!(words, "unlock-hint"), Meaning::Dim),
            },
        };
        let rest = Rect { y: inner.y + shown + 4, height: inner.height.saturating_sub(shown + 4), ..inner };
        canvas.paragraph(rest, &said, 0, meaning);
    }
}
