//! Several lines of text, wrapped.

use std::cell::Cell;

use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};

use crate::canvas::Canvas;
use crate::command::Command;
use crate::edit::Editor;
use crate::event::Input;
use crate::text;
use crate::theme::Meaning;

/// A text of several lines. Up and Down move within it and are left to the form at its edges.
#[derive(Debug, Clone)]
pub struct Note {
    /// The text.
    pub editor: Editor,
    /// Columns and first line shown, as last drawn.
    columns: Cell<usize>,
    top: Cell<usize>,
}

impl Default for Note {
    fn default() -> Self {
        Self { editor: Editor::lines(), columns: Cell::new(40), top: Cell::new(0) }
    }
}

impl Note {
    /// An empty note.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.editor.text()
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        self.editor.set(text);
    }

    /// Handles a key or text; whether it was taken. Enter is left to the form, so that one key
    /// goes on from field to field; a line feed comes by pasting.
    pub fn input(&mut self, input: &Input) -> bool {
        match input {
            Input::Key(key) if key.modifiers.is_empty() => match key.code {
                KeyCode::Up => self.move_line(-1),
                KeyCode::Down => self.move_line(1),
                KeyCode::Enter => false,
                _ => self.editor.input(input),
            },
            _ => self.editor.input(input),
        }
    }

    /// Runs a text command; whether it was one.
    pub fn run(&mut self, command: Command) -> bool {
        self.editor.run(command)
    }

    fn lines(&self) -> Vec<std::ops::Range<usize>> {
        text::wrap_ranges(self.text(), self.columns.get())
    }

    /// The line and column of the caret.
    fn place(&self, lines: &[std::ops::Range<usize>]) -> (usize, usize) {
        let caret = self.editor.caret();
        let line = lines.iter().rposition(|line| line.start <= caret).unwrap_or(0);
        let start = lines.get(line).map_or(0, |line| line.start);
        (line, text::column_of(self.text().get(start..).unwrap_or_default(), caret - start))
    }

    fn move_line(&mut self, by: isize) -> bool {
        let lines = self.lines();
        let (line, column) = self.place(&lines);
        let Some(range) = line.checked_add_signed(by).and_then(|line| lines.get(line)) else { return false };
        let target = range.start + text::byte_at_column(self.text().get(range.clone()).unwrap_or_default(), column);
        self.editor.go(target);
        true
    }

    /// Draws it into `area`; with the focus it owns the caret.
    pub fn view(&self, canvas: &mut Canvas, area: Rect, focus: bool, placeholder: &str) {
        if area.width < 3 || area.height == 0 {
            return;
        }
        // The last column stays free for a caret behind a full line.
        self.columns.set(usize::from(area.width) - 1);
        for y in area.top()..area.bottom() {
            canvas.text(area.x, y, &" ".repeat(usize::from(area.width)), area.width, Meaning::Field);
        }
        if self.editor.is_empty() {
            for (y, line) in (area.top()..area.bottom()).zip(text::wrap(placeholder, usize::from(area.width))) {
                canvas.text(area.x, y, line, area.width, Meaning::Placeholder);
            }
        }
        let lines = self.lines();
        let (line, column) = self.place(&lines);
        let rows = usize::from(area.height);
        let top = self.top.get().clamp((line + 1).saturating_sub(rows), line).min(lines.len().saturating_sub(rows));
        self.top.set(top);
        for (y, range) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
            canvas.text(area.x, y, self.text().get(range.clone()).unwrap_or_default(), area.width, Meaning::Field);
        }
        if focus {
            let x = area.x + u16::try_from(column).unwrap_or(u16::MAX).min(area.width - 1);
            let y = area.y + u16::try_from(line.saturating_sub(top)).unwrap_or(0);
            canvas.set_caret(Position { x, y: y.min(area.bottom() - 1) });
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::glyph::UNICODE;
    use crate::theme::Theme;

    #[test]
    fn the_caret_follows_the_wrapped_text() {
        let mut note = Note::new();
        note.input(&Input::Text("协助执法队员清点占道物品".into()));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 11, 3));
        let mut canvas = Canvas::new(&mut buffer, Theme::Mono, UNICODE);
        note.view(&mut canvas, Rect::new(0, 0, 11, 3), true, "");
        assert_eq!(canvas.finish().0, Some(Position { x: 4, y: 2 }));
        assert!(note.input(&Input::Key("Up".parse().unwrap())));
        note.input(&Input::Text("，".into()));
        assert_eq!(note.text(), "协助执法队员清，点占道物品");
    }

    #[test]
    fn leaving_at_the_edge_is_left_to_the_form() {
        let mut note = Note::new();
        note.set("一行");
        assert!(!note.input(&Input::Key("Down".parse().unwrap())));
        assert!(!note.input(&Input::Key("Enter".parse().unwrap())));
    }
}
