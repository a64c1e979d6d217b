//! How the queue and an opened flag look.

use auxlog_store::TaskRow;
use ratatui::layout::Rect;

use super::{Opened, Review};
use crate::canvas::{Canvas, centred};
use crate::glyph::Glyphs;
use crate::labels;
use crate::shared::Shared;
use crate::task::{detail, panel, rows};
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, table};
use crate::words::{Words, say};

/// From this width on the selected flag is read beside the queue.
const WIDE: u16 = 120;

pub(super) fn draw(review: &Review, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    match &review.opened {
        Some(opened) => draw_opened(opened, shared, canvas, area),
        None => draw_queue(review, shared, canvas, area),
    }
    if let Some(picker) = &review.choosing {
        picker.view(&shared.words, canvas, centred(area, 76, 16), &say!(shared.words, "review-steps-hint"));
    }
    if let Some(picker) = &review.citing {
        picker.view(&shared.words, canvas, centred(area, 76, 14), &say!(shared.words, "cites-hint"));
    }
    if let Some(writing) = &review.writing {
        writing.view(shared, canvas, centred(area, 72, 12));
    }
}

fn draw_queue(review: &Review, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let total = review.queue.list.total();
    if total == 0 {
        canvas.paragraph(area, &say!(words, "review-none"), 0, Meaning::Good);
        return;
    }
    let head = Rect { height: 1, ..area };
    let flags = usize::try_from(shared.counts.open_flags).unwrap_or(usize::MAX).min(total);
    let number = |count: usize| labels::grouped(u64::try_from(count).unwrap_or(u64::MAX));
    let (flags, sampled) = (number(flags), number(total - flags));
    let said = say!(words, "review-total", flags = flags, sampled = sampled);
    canvas.text(head.x, head.y, &said, head.width, Meaning::Title);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let (body, side) = if area.width >= WIDE {
        let width = body.width * 3 / 5;
        (Rect { width, ..body }, Some(Rect { x: body.x + width, width: body.width - width, ..body }))
    } else {
        (body, None)
    };
    let zh = words.lang() == auxlog_law::Lang::Zh;
    let columns = [
        Column::fixed(say!(words, "column-verdict"), if zh { 10 } else { 13 }),
        Column::fixed(say!(words, "column-age"), 8),
        Column::fixed(say!(words, "column-people"), 14),
        Column::rest(say!(words, "column-text"), 10),
        Column::fixed(say!(words, "column-turn"), if zh { 10 } else { 14 }),
    ];
    let glyphs = canvas.glyphs;
    table(canvas, body, &columns, &review.queue.list, true, |place| match review.queue.row(place) {
        Some(row) => cells(row, shared, &glyphs),
        None => vec![Cell::new(say!(words, "loading"), Meaning::Dim)],
    });
    if let (Some(side), Some(row)) = (side, review.queue.selected()) {
        let inner = canvas.frame(side, &row.reference, false);
        let lines = detail::brief(row, shared, &glyphs, usize::from(inner.width));
        for (y, line) in (inner.top()..inner.bottom()).zip(&lines) {
            canvas.text(inner.x, y, &line.text, inner.width, line.meaning);
        }
    }
}

fn cells(row: &TaskRow, shared: &Shared, glyphs: &Glyphs) -> Vec<Cell> {
    let words = &shared.words;
    let word = if row.sampled { say!(words, "row-sampled") } else { words.terms().verdict(row.verdict) };
    let verdict = format!("{} {word}", panel::mark(row.verdict, glyphs));
    let days = (shared.now.china_date().0 - row.at.china_date().0).num_days();
    vec![
        Cell::new(verdict, panel::meaning(row.verdict)),
        Cell::new(age(words, days), if days > 7 { Meaning::Warn } else { Meaning::Text }),
        Cell::new(rows::people(row, words), Meaning::Text),
        Cell::new(rows::gist(row, words), Meaning::Text),
        turn(row, words),
    ]
}

fn age(words: &Words, days: i64) -> String {
    match days {
        ..=0 => say!(words, "age-today"),
        days => say!(words, "age-days", days = days),
    }
}

/// Whose turn it is: the own task waits for another officer.
fn turn(row: &TaskRow, words: &Words) -> Cell {
    if row.barred {
        Cell::new(say!(words, "turn-another"), Meaning::Dim)
    } else if row.status == auxlog_store::TaskStatus::Statement {
        Cell::new(say!(words, "turn-statement"), Meaning::Warn)
    } else {
        Cell::new(say!(words, "turn-you"), Meaning::Accent)
    }
}

fn draw_opened(opened: &Opened, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let Some(task) = &opened.detail else {
        canvas.text(area.x, area.y, &say!(words, "loading"), area.width, Meaning::Dim);
        return;
    };
    // What the officer may do stands above the task, so that it is read before the keys.
    let may = if detail::is_open(task) && detail::is_sample(&task.row) && !task.standing.own {
        say!(words, "review-sample")
    } else if !detail::is_open(task) {
        say!(words, "review-decided")
    } else if !task.standing.own {
        say!(words, "review-yours")
    } else if task.nobody_left {
        say!(words, "review-nobody-left")
    } else {
        say!(words, "review-own")
    };
    canvas.text(area.x, area.y, &may, area.width, Meaning::Accent);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let columns = usize::from(area.width.saturating_sub(2)).min(110);
    let lines = detail::lines(task, shared, &canvas.glyphs, columns);
    opened.reader.view(canvas, body, &lines);
}
