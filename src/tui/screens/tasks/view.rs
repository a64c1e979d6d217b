//! How the list of tasks and an opened task look.

use ratatui::layout::Rect;

use super::{Front, Opened, Tasks};
use crate::canvas::{Canvas, centred};
use crate::shared::Shared;
use crate::task::{detail, rows};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, table};
use crate::words::say;

/// From this width on the selected task is read beside the list.
const WIDE: u16 = 120;

pub(super) fn draw(tasks: &Tasks, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    match &tasks.opened {
        Some(opened) => draw_opened(opened, shared, canvas, area),
        None => draw_list(tasks, shared, canvas, area),
    }
    let hint = say!(shared.words, "prompt-hint");
    match &tasks.front {
        Some(Front::Annulling(prompt)) => prompt.view(canvas, centred(area, 70, 8), &hint),
        Some(Front::Path(_, prompt)) => prompt.view(canvas, centred(area, 76, 6), &hint),
        Some(Front::Views(browser)) => browser.view(&shared.words, canvas, area),
        Some(Front::Form(picker)) => {
            let placeholder = say!(shared.words, "export-hint");
            picker.view(&shared.words, canvas, centred(area, 70, 9), &placeholder);
        }
        None => {}
    }
}

fn draw_list(tasks: &Tasks, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let label = say!(words, "tasks-filter");
    let total = say!(words, "tasks-total", total = tasks.pages.list.total());
    let used = u16::try_from(text::width(&label) + 1).unwrap_or(8);
    let right = u16::try_from(text::width(&total) + 1).unwrap_or(10);
    canvas.text(area.x, area.y, &label, used, Meaning::Dim);
    let field = Rect { x: area.x + used, width: area.width.saturating_sub(used + right), height: 1, ..area };
    tasks.filter_line.view(canvas, field, tasks.filtering, &say!(words, "tasks-filter-hint"));
    canvas.text_right(Rect { height: 1, ..area }, &total, Meaning::Dim);

    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let (body, side) = if area.width >= WIDE {
        let width = body.width * 3 / 5;
        (Rect { width, ..body }, Some(Rect { x: body.x + width, width: body.width - width, ..body }))
    } else {
        (body, None)
    };
    if tasks.pages.list.total() == 0 {
        let said = if tasks.filter.is_empty() { say!(words, "tasks-none") } else { say!(words, "tasks-none-found") };
        canvas.paragraph(body, &said, 0, Meaning::Dim);
        return;
    }
    let today = shared.now.china_date();
    let glyphs = canvas.glyphs;
    table(canvas, body, &rows::columns(words, body.width), &tasks.pages.list, true, |place| {
        match tasks.pages.row(place) {
            Some(row) => rows::cells(row, words, &glyphs, body.width, today),
            None => vec![Cell::new(say!(words, "loading"), Meaning::Dim)],
        }
    });
    if let (Some(side), Some(row)) = (side, tasks.pages.selected()) {
        let inner = canvas.frame(side, &row.reference, false);
        let lines = detail::brief(row, shared, &glyphs, usize::from(inner.width));
        for (y, line) in (inner.top()..inner.bottom()).zip(&lines) {
            canvas.text(inner.x, y, &line.text, inner.width, line.meaning);
        }
    }
}

fn draw_opened(opened: &Opened, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let Some(task) = &opened.detail else {
        canvas.text(area.x, area.y, &say!(shared.words, "loading"), area.width, Meaning::Dim);
        return;
    };
    let columns = usize::from(area.width.saturating_sub(2)).min(110);
    let lines = detail::lines(task, shared, &canvas.glyphs, columns);
    opened.reader.view(canvas, area, &lines);
}
