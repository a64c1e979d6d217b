//! Tasks as lines of a table.

use auxlog_record::Date;
use auxlog_store::{TaskRow, TaskStatus};

use crate::glyph::Glyphs;
use crate::labels;
use crate::task::panel;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column};
use crate::words::{Words, say};

/// From this width on places and officers are shown too.
const WIDE: u16 = 110;

/// The columns for an area so wide.
pub fn columns(words: &Words, width: u16) -> Vec<Column> {
    let mut columns = vec![
        Column::fixed(say!(words, "column-when"), 11),
        Column::fixed(say!(words, "column-verdict"), verdict_width(words)),
        Column::fixed(say!(words, "column-people"), 14),
        Column::rest(say!(words, "column-text"), 10),
    ];
    if width >= WIDE {
        columns.push(Column::fixed(say!(words, "column-place"), 16));
        columns.push(Column::fixed(say!(words, "column-officer"), 10));
    }
    columns.push(Column::fixed(say!(words, "column-status"), status_width(words)));
    columns
}

fn verdict_width(words: &Words) -> u16 {
    if words.lang() == auxlog_law::Lang::Zh { 10 } else { 13 }
}

fn status_width(words: &Words) -> u16 {
    if words.lang() == auxlog_law::Lang::Zh { 10 } else { 11 }
}

/// The cells of `row` in the columns for an area so wide.
pub fn cells(row: &TaskRow, words: &Words, glyphs: &Glyphs, width: u16, today: Date) -> Vec<Cell> {
    let verdict = format!("{} {}", panel::mark(row.verdict, glyphs), words.terms().verdict(row.verdict));
    let mut cells = vec![
        Cell::new(labels::when(row.at, today), Meaning::Text),
        Cell::new(verdict, panel::meaning(row.verdict)),
        Cell::new(people(row, words), Meaning::Text),
        Cell::new(gist(row, words), Meaning::Text),
    ];
    if width >= WIDE {
        cells.push(Cell::new(row.task.place.clone().unwrap_or_default(), Meaning::Dim));
        let by = row.logged_by.name.clone().unwrap_or_else(|| row.logged_by.id.0.clone());
        cells.push(Cell::new(by, Meaning::Dim));
    }
    cells.push(status(row, words, glyphs));
    cells
}

/// The auxiliaries' names.
pub fn people(row: &TaskRow, words: &Words) -> String {
    let name = |person: &auxlog_store::NamedAuxiliary| person.name.clone().unwrap_or_else(|| person.id.0.clone());
    row.auxiliaries.iter().map(name).collect::<Vec<_>>().join(&say!(words, "list-separator"))
}

/// What was done, in one line: the description, or the activities where there is none; what was
/// recorded late is marked.
pub fn gist(row: &TaskRow, words: &Words) -> String {
    let text = match row.task.text.as_deref() {
        Some(text) if !text.trim().is_empty() => text.replace('\n', " "),
        _ => labels::activities(words, &row.task.items),
    };
    let text = if row.late { say!(words, "row-late", text = text) } else { text };
    if row.doubtful { say!(words, "row-doubtful", text = text) } else { text }
}

/// Where the review stands; for a task with nothing to review, whether the server has it.
fn status(row: &TaskRow, words: &Words, glyphs: &Glyphs) -> Cell {
    if row.conflict {
        return Cell::new(say!(words, "task-conflict"), Meaning::Bad);
    }
    if row.annulled {
        return Cell::new(format!("{} {}", glyphs.improper, say!(words, "task-annulled")), Meaning::Dim);
    }
    match row.status {
        TaskStatus::Clear if row.synced => {
            Cell::new(format!("{} {}", glyphs.check, say!(words, "row-received")), Meaning::Dim)
        }
        TaskStatus::Clear => Cell::new(format!("{} {}", glyphs.empty, say!(words, "row-pending")), Meaning::Dim),
        status @ (TaskStatus::Open | TaskStatus::Statement) => Cell::new(words.terms().status(status), Meaning::Warn),
        status => Cell::new(words.terms().status(status), Meaning::Dim),
    }
}
