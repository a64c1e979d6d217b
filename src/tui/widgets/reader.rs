//! Lines to be read, scrolled by the commands of a list.

use std::cell::Cell;

use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::command::Command;
use crate::widgets::Line;

/// What of a text is seen.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    top: Cell<usize>,
    /// Lines in all and lines seen, as last drawn.
    total: Cell<usize>,
    rows: Cell<usize>,
}

impl Reader {
    /// Runs a command that moves; whether it was one.
    pub fn run(&mut self, command: Command) -> bool {
        let page = self.rows.get().saturating_sub(1).max(1);
        let last = self.total.get().saturating_sub(self.rows.get());
        let top = match command {
            Command::ListUp => self.top.get().saturating_sub(1),
            Command::ListDown => self.top.get() + 1,
            Command::ListPageUp => self.top.get().saturating_sub(page),
            Command::ListPageDown => self.top.get() + page,
            Command::ListFirst => 0,
            Command::ListLast => last,
            _ => return false,
        };
        self.top.set(top.min(last));
        true
    }

    /// Draws the lines that are seen.
    pub fn view(&self, canvas: &mut Canvas, area: Rect, lines: &[Line]) {
        self.total.set(lines.len());
        self.rows.set(usize::from(area.height));
        let top = self.top.get().min(lines.len().saturating_sub(usize::from(area.height)));
        self.top.set(top);
        let width = area.width.saturating_sub(2);
        for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
            canvas.text(area.x, y, &line.text, width, line.meaning);
        }
        canvas.scroll_bar(area, top, lines.len());
    }
}
