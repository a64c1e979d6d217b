//! Where views draw: text by column, frames and popups, the caret, places to click.

use auxlog_record::visible_line;
use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Block, Widget as _};

use crate::command::Command;
use crate::glyph::Glyphs;
use crate::text;
use crate::theme::{Meaning, Theme};

/// What a click on a place means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Runs a command.
    Command(Command),
    /// A line of the list in front, by its place in the whole list.
    Row(usize),
    /// A field of the form, by its number.
    Field(usize),
}

/// A drawing surface for one frame.
#[derive(Debug)]
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// The colours.
    pub theme: Theme,
    /// The marks.
    pub glyphs: Glyphs,
    caret: Option<Position>,
    hits: Vec<(Rect, Hit)>,
}

impl<'a> Canvas<'a> {
    /// A canvas over `buffer`.
    pub fn new(buffer: &'a mut Buffer, theme: Theme, glyphs: Glyphs) -> Self {
        let area = buffer.area;
        buffer.set_style(area, theme.style(Meaning::Text));
        Self { buffer, theme, glyphs, caret: None, hits: Vec::new() }
    }

    /// The whole of it.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// How a meaning looks.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.theme.style(meaning)
    }

    /// Writes `text` from `x` in at most `columns`; the column after it. A mark that would change how the
    /// rest reads without being seen is shown by its number.
    pub fn text(&mut self, x: u16, y: u16, text: &str, columns: u16, meaning: Meaning) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x >= area.right() {
            return x;
        }
        let seen = visible_line(text);
        // Where ambiguous characters are wide, those of the texts must go as those of the frames do.
        let plain = if self.glyphs.ascii { text::unambiguous(&seen) } else { seen.as_ref().into() };
        let fitted = text::truncate(&plain, usize::from(columns), self.glyphs.cut);
        self.buffer.set_stringn(x, y, fitted, usize::from(columns), self.theme.style(meaning)).0
    }

    /// Writes pieces of different meaning one after another on the first line of `area`; the
    /// column after the last.
    pub fn line(&mut self, area: Rect, pieces: &[(&str, Meaning)]) -> u16 {
        let mut x = area.x;
        for (piece, meaning) in pieces {
            x = self.text(x, area.y, piece, area.right().saturating_sub(x), *meaning);
        }
        x
    }

    /// Writes `text` so that it ends at the right edge of the first line of `area`.
    pub fn text_right(&mut self, area: Rect, text: &str, meaning: Meaning) {
        let columns = u16::try_from(text::width(&visible_line(text))).unwrap_or(u16::MAX).min(area.width);
        self.text(area.right().saturating_sub(columns), area.y, text, columns, meaning);
    }

    /// Writes `text` wrapped into `area`, without its first `skip` lines; the number of lines that
    /// the whole takes.
    pub fn paragraph(&mut self, area: Rect, text: &str, skip: usize, meaning: Meaning) -> usize {
        let lines = text::wrap(text, usize::from(area.width));
        for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(skip)) {
            self.text(area.x, y, line, area.width, meaning);
        }
        lines.len()
    }

    /// Gives what stands in `area` the look of `meaning`.
    pub fn mark(&mut self, area: Rect, meaning: Meaning) {
        let style = self.theme.style(meaning);
        self.buffer.set_style(area, style);
    }

    /// A horizontal rule over the first line of `area`.
    pub fn rule(&mut self, area: Rect) {
        let rule = self.glyphs.rule.repeat(usize::from(area.width));
        self.text(area.x, area.y, &rule, area.width, Meaning::Border);
    }

    /// A frame with a title; what is inside it. `focus` says whether the keys go there: then the
    /// title is marked too, not the colour alone.
    pub fn frame(&mut self, area: Rect, title: &str, focus: bool) -> Rect {
        let meaning = if focus { Meaning::Focus } else { Meaning::Border };
        let title = visible_line(title);
        let title = if focus { format!(" {} {title} ", self.glyphs.pointer) } else { format!(" {title} ") };
        let title = text::truncate(&title, usize::from(area.width.saturating_sub(2)), self.glyphs.cut).into_owned();
        let block = Block::bordered().border_set(self.glyphs.border).border_style(self.style(meaning));
        let block = block.title_top(ratatui::text::Line::styled(title, self.style(Meaning::Title)));
        let inner = block.inner(area);
        block.render(area, self.buffer);
        inner
    }

    /// A framed popup over whatever stands there; what is inside it.
    pub fn popup(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        self.clear(area);
        // What lies behind a popup can't be clicked.
        self.hits.retain(|(hit, _)| hit.intersection(area).is_empty());
        self.caret = None;
        self.frame(area, title, true)
    }

    /// Empties `area`. A wide character that straddles an edge goes as a whole: half of one would
    /// shift the rest of the line.
    fn clear(&mut self, area: Rect) {
        if area.is_empty() {
            return;
        }
        let style = self.theme.style(Meaning::Text);
        for y in area.top()..area.bottom() {
            if let Some(left) = area.left().checked_sub(1)
                && let Some(cell) = self.buffer.cell_mut((left, y))
                && cell.symbol().cell_width() > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// A scroll bar along the right edge of `area`, when not all `total` lines are seen.
    pub fn scroll_bar(&mut self, area: Rect, top: usize, total: usize) {
        let rows = usize::from(area.height);
        if total <= rows || rows == 0 || area.width == 0 {
            return;
        }
        let thumb = (rows * rows / total).max(1);
        let at = (top * (rows - thumb)).div_ceil((total - rows).max(1)).min(rows - thumb);
        let x = area.right() - 1;
        for (row, y) in (area.top()..area.bottom()).enumerate() {
            let mark = if (at..at + thumb).contains(&row) { self.glyphs.thumb } else { self.glyphs.track };
            self.text(x, y, mark, 1, Meaning::Border);
        }
    }

    /// Says where the caret is. The last to say so owns it: what is drawn last lies in front.
    pub fn set_caret(&mut self, at: Position) {
        self.caret = Some(at);
    }

    /// Says what a click on `area` means.
    pub fn hit(&mut self, area: Rect, hit: Hit) {
        self.hits.push((area, hit));
    }

    /// The caret, and the places to click.
    pub fn finish(self) -> (Option<Position>, Vec<(Rect, Hit)>) {
        (self.caret, self.hits)
    }
}

/// A rectangle of at most `columns` × `rows` in the middle of `area`.
pub fn centred(area: Rect, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(area.width), rows.min(area.height));
    Rect::new(area.x + (area.width - columns) / 2, area.y + (area.height - rows) / 2, columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glyph::{ASCII, UNICODE};

    fn shown(buffer: &Buffer) -> Vec<String> {
        let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..buffer.area.height).map(row).collect()
    }

    #[test]
    fn a_popup_over_chinese_leaves_no_half_character() {
        for left in 2..6 {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
            let mut canvas = Canvas::new(&mut buffer, Theme::Dark, ASCII);
            for y in 0..3 {
                canvas.text(0, y, "占道经营物品清点登记", 20, Meaning::Text);
            }
            canvas.popup(Rect::new(left, 0, 7, 3), "");
            for x in 0..20_u16 {
                let wide = buffer[(x, 1)].symbol().cell_width() > 1;
                assert!(!(wide && x + 1 == left), "half a character before column {left}");
            }
            assert_eq!(buffer[(left, 1)].symbol(), "|");
            assert_eq!(buffer[(left + 6, 1)].symbol(), "|");
        }
    }

    #[test]
    fn text_is_cut_at_the_edge() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        let mut canvas = Canvas::new(&mut buffer, Theme::Mono, UNICODE);
        canvas.text(1, 0, "现场核查笔录", 7, Meaning::Text);
        assert_eq!(shown(&buffer), [" 现 场 核 …"]);
    }

    #[test]
    fn a_mark_that_is_not_seen_is_shown_by_its_number() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        let mut canvas = Canvas::new(&mut buffer, Theme::Mono, UNICODE);
        assert_eq!(canvas.text(0, 0, "a\u{202e}b\u{1b}", 12, Meaning::Text), 12);
        canvas.text_right(Rect::new(0, 1, 12, 1), "\u{200b}c", Meaning::Text);
        assert_eq!(shown(&buffer), ["a‹202E›b‹1B›", "     ‹200B›c"]);
    }
}
