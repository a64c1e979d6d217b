//! A question that is answered with yes or no.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, centred};
use crate::command::{Command, Scope};
use crate::screen::Screen;
use crate::shared::{Act, Cx, Shared};
use crate::text;
use crate::theme::Meaning;
use crate::words::say;

/// A question. No is chosen at first: Enter alone changes nothing.
#[derive(Debug)]
pub struct Confirm {
    question: String,
    yes: Vec<Act>,
    chosen: bool,
}

impl Confirm {
    /// Asks `question`; `yes` is done on yes.
    pub fn new(question: String, yes: Vec<Act>) -> Self {
        Self { question, yes, chosen: false }
    }
}

impl Screen for Confirm {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Form]
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match command {
            Command::FormNext | Command::FormPrevious => self.chosen = !self.chosen,
            Command::FormActivate => {
                cx.close();
                if self.chosen {
                    cx.extend(self.yes.clone());
                }
            }
            _ => return false,
        }
        true
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let columns = 50.min(area.width);
        let lines = text::wrap(&self.question, usize::from(columns.saturating_sub(4)));
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
        let title = say!(shared.words, "confirm-title");
        let inner = canvas.popup(centred(area, columns, rows), &title);
        let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        canvas.paragraph(inner, &self.question, 0, Meaning::Text);
        let bottom = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
        let button = |name: String, chosen: bool| {
            if chosen { format!("[{name}]") } else { format!(" {name} ") }
        };
        let no = button(say!(shared.words, "confirm-no"), !self.chosen);
        let yes = button(say!(shared.words, "confirm-yes"), self.chosen);
        let look = |chosen: bool| if chosen { Meaning::Selected } else { Meaning::Text };
        canvas.line(bottom, &[(&no, look(!self.chosen)), ("  ", Meaning::Text), (&yes, look(self.chosen))]);
    }
}
