//! Lines of columns.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::canvas::{Canvas, Hit};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::List;

/// Which side a column's text keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its width.
    pub width: Constraint,
    /// Which side its text keeps to.
    pub align: Align,
}

impl Column {
    /// A column of fixed width.
    pub fn fixed(title: impl Into<String>, columns: u16) -> Self {
        Self { title: title.into(), width: Constraint::Length(columns), align: Align::Left }
    }

    /// A column that takes what is left, but no less than this.
    pub fn rest(title: impl Into<String>, least: u16) -> Self {
        Self { title: title.into(), width: Constraint::Min(least), align: Align::Left }
    }

    /// The same, its text to the right.
    #[must_use]
    pub fn right(self) -> Self {
        Self { align: Align::Right, ..self }
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// What it means.
    pub meaning: Meaning,
}

impl Cell {
    /// A cell.
    pub fn new(text: impl Into<String>, meaning: Meaning) -> Self {
        Self { text: text.into(), meaning }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(text, Meaning::Text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text, Meaning::Text)
    }
}

/// Draws a table with a line of headings (none where all are empty); `row` gives the cells of the
/// lines seen, and only of these. A click on a line is [`Hit::Row`]. The selected line carries a
/// pointer, and the look of a selection while the table has the focus.
pub fn table(
    canvas: &mut Canvas,
    area: Rect,
    columns: &[Column],
    list: &List,
    focus: bool,
    mut row: impl FnMut(usize) -> Vec<Cell>,
) {
    if area.width < 4 || area.height == 0 {
        return;
    }
    let head = u16::from(columns.iter().any(|column| !column.title.is_empty()));
    let body = Rect { y: area.y + head.min(area.height), height: area.height.saturating_sub(head), ..area };
    // The pointer at the left, the scroll bar at the right.
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
    let places = Layout::horizontal(columns.iter().map(|column| column.width)).spacing(1).split(inner);
    if head == 1 {
        for (column, place) in columns.iter().zip(places.iter()) {
            write(canvas, *place, area.y, &column.title, column.align, Meaning::Dim);
        }
    }
    let window = list.window(usize::from(body.height));
    for (index, y) in window.clone().zip(body.top()..body.bottom()) {
        let line = Rect { x: area.x, y, width: area.width.saturating_sub(1), height: 1 };
        for ((cell, column), place) in row(index).iter().zip(columns).zip(places.iter()) {
            write(canvas, *place, y, &cell.text, column.align, cell.meaning);
        }
        if list.selected() == Some(index) {
            let pointer = canvas.glyphs.pointer;
            canvas.text(area.x, y, pointer, 2, Meaning::Accent);
            if focus {
                canvas.mark(line, Meaning::Selected);
            }
        }
        canvas.hit(line, Hit::Row(index));
    }
    canvas.scroll_bar(body, window.start, list.total());
}

fn write(canvas: &mut Canvas, place: Rect, y: u16, text: &str, align: Align, meaning: Meaning) {
    let line = Rect { y, height: 1, ..place };
    match align {
        Align::Left => {
            canvas.text(line.x, y, text, line.width, meaning);
        }
        Align::Right => {
            let fitted = text::truncate(text, usize::from(line.width), canvas.glyphs.cut).into_owned();
            canvas.text_right(line, &fitted, meaning);
        }
    }
}
