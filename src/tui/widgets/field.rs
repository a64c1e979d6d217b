//! One line of text.

use std::cell::Cell;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::canvas::Canvas;
use crate::command::Command;
use crate::edit::Editor;
use crate::event::Input;
use crate::text;
use crate::theme::Meaning;

/// A field of one line: scrolls sideways, the caret always seen.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The text.
    pub editor: Editor,
    /// The first column shown, as last drawn.
    scroll: Cell<usize>,
}

impl Field {
    /// An empty field.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field for a passphrase.
    pub fn secret() -> Self {
        Self { editor: Editor::secret(), scroll: Cell::default() }
    }

    /// A field that holds `text`.
    pub fn with(text: &str) -> Self {
        let mut field = Self::new();
        field.editor.set(text);
        field
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.editor.text()
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        self.editor.set(text);
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        self.editor.input(input)
    }

    /// Runs a text command; whether it was one.
    pub fn run(&mut self, command: Command) -> bool {
        self.editor.run(command)
    }

    /// Draws it on the first line of `area` between its label and what stands at the right.
    pub fn view_between(
        &self,
        canvas: &mut Canvas,
        area: Rect,
        label: &str,
        right: &str,
        focus: bool,
        placeholder: &str,
    ) {
        let columns = |text: &str| u16::try_from(text::width(text) + 1).unwrap_or(10);
        let (before, after) = (columns(label), columns(right));
        canvas.text(area.x, area.y, label, before, Meaning::Dim);
        let width = area.width.saturating_sub(before + after);
        self.view(canvas, Rect { x: area.x + before, width, height: 1, ..area }, focus, placeholder);
        canvas.text_right(Rect { height: 1, ..area }, right, Meaning::Dim);
    }

    /// Draws it on the first line of `area`; with the focus it owns the caret. `placeholder`
    /// stands there while it is empty.
    pub fn view(&self, canvas: &mut Canvas, area: Rect, focus: bool, placeholder: &str) {
        let area = Rect { height: area.height.min(1), ..area };
        let columns = usize::from(area.width);
        if columns == 0 || area.height == 0 {
            return;
        }
        canvas.text(area.x, area.y, &" ".repeat(columns), area.width, Meaning::Field);
        let masked;
        let (shown, caret) = if self.editor.is_secret() {
            let before = self.text().split_at(self.editor.caret()).0.graphemes(true).count();
            masked = canvas.glyphs.secret.repeat(self.text().graphemes(true).count());
            (masked.as_str(), before * text::width(canvas.glyphs.secret))
        } else {
            (self.text(), text::column_of(self.text(), self.editor.caret()))
        };
        if shown.is_empty() {
            canvas.text(area.x, area.y, placeholder, area.width, Meaning::Placeholder);
        }
        // One column stays free for the caret behind the last character.
        let scroll = self.scroll.get().clamp((caret + 1).saturating_sub(columns), caret);
        let start = text::byte_at_column(shown, scroll);
        let first = text::column_of(shown, start);
        // A wide character cut by the left edge is left out; its column stays blank.
        let (start, first) = if first < scroll {
            let cut = shown.get(start..).and_then(|rest| rest.graphemes(true).next()).map_or(0, str::len);
            let start = start + cut;
            (start, text::column_of(shown, start))
        } else {
            (start, first)
        };
        self.scroll.set(scroll);
        let indent = first - scroll;
        let visible = text::prefix(shown.get(start..).unwrap_or_default(), columns.saturating_sub(indent));
        let x = area.x + u16::try_from(indent).unwrap_or(0);
        canvas.text(x, area.y, visible, area.right().saturating_sub(x), Meaning::Field);
        if focus {
            let x = area.x + u16::try_from(caret - scroll).unwrap_or(0);
            canvas.set_caret(Position { x: x.min(area.right() - 1), y: area.y });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::glyph::UNICODE;
    use crate::theme::Theme;

    fn drawn(field: &Field, columns: u16) -> (String, Option<Position>) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, 1));
        let mut canvas = Canvas::new(&mut buffer, Theme::Mono, UNICODE);
        field.view(&mut canvas, Rect::new(0, 0, columns, 1), true, "");
        let (caret, _) = canvas.finish();
        ((0..columns).map(|x| buffer[(x, 0)].symbol().to_owned()).collect(), caret)
    }

    #[test]
    fn the_caret_stands_behind_the_last_character() {
        let (shown, caret) = drawn(&Field::with("张三"), 10);
        assert!(shown.starts_with("张 三 "));
        assert_eq!(caret, Some(Position { x: 4, y: 0 }));
    }

    #[test]
    fn long_text_scrolls_so_that_its_end_is_seen() {
        let (shown, caret) = drawn(&Field::with("协助执法队员清点占道物品"), 9);
        assert_eq!(shown, "占 道 物 品  ".get(..shown.len()).unwrap_or_default());
        assert_eq!(caret, Some(Position { x: 8, y: 0 }));
    }

    #[test]
    fn a_passphrase_is_shown_as_marks() {
        let mut field = Field::secret();
        field.editor.insert("密码1");
        let (shown, caret) = drawn(&field, 8);
        assert!(!shown.contains('密'));
        assert_eq!(caret, Some(Position { x: 3, y: 0 }));
    }

    proptest! {
        #[test]
        fn the_caret_column_is_the_width_of_what_is_before_it(
            text in "\\PC{0,20}", columns in 2u16..12, back in 0usize..20,
        ) {
            let mut field = Field::with(&text);
            for _ in 0..back {
                field.input(&Input::Key("Left".parse().unwrap()));
                let (_, caret) = drawn(&field, columns);
                let caret = usize::from(caret.unwrap().x);
                prop_assert!(caret < usize::from(columns));
                let column = text::column_of(field.text(), field.editor.caret());
                prop_assert_eq!(caret + field.scroll.get(), column);
            }
        }
    }
}
