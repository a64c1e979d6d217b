//! What the queue of flags lists, and how that looks.

use auxlog_law::Lang;
use auxlog_record::RecordId;
use auxlog_store::{TaskDetail, TaskRow};

use super::query;
use super::steps::Step;
use crate::effect::Ask;
use crate::shared::Shared;
use crate::task::{detail, panel, rows};
use crate::theme::Meaning;
use crate::widgets::register::Book;
use crate::widgets::{Cell, Column, LongList, Page};
use crate::words::{Words, say};

/// The flags that await a decision.
#[derive(Debug, Default)]
pub(super) struct Flags;

impl Book for Flags {
    type Row = TaskRow;
    type Id = RecordId;
    type Detail = TaskDetail;
    /// A step to be written.
    type Wish = Step;

    fn id(&self, row: &TaskRow) -> RecordId {
        row.id
    }

    fn ask_list(&self, offset: usize, _shared: &Shared) -> Ask {
        Ask::Flags(query(offset))
    }

    fn ask(&self, id: &RecordId) -> Ask {
        Ask::Task(*id)
    }

    fn columns(&self, _rows: &LongList<TaskRow>, shared: &Shared, _width: u16) -> Vec<Column> {
        let words = &shared.words;
        let zh = words.lang() == Lang::Zh;
        vec![
            Column::fixed(say!(words, "column-verdict"), if zh { 10 } else { 13 }),
            Column::fixed(say!(words, "column-age"), 8),
            Column::fixed(say!(words, "column-people"), 14),
            Column::rest(say!(words, "column-text"), 10),
            Column::fixed(say!(words, "column-turn"), if zh { 10 } else { 14 }),
        ]
    }

    fn cells(&self, row: &TaskRow, shared: &Shared, _width: u16) -> Vec<Cell> {
        let words = &shared.words;
        let word = if row.sampled { say!(words, "row-sampled") } else { words.terms().verdict(row.verdict) };
        let verdict = format!("{} {word}", panel::mark(row.verdict, &shared.glyphs));
        let days = (shared.now.china_date().0 - row.at.china_date().0).num_days();
        vec![
            Cell::new(verdict, panel::meaning(row.verdict)),
            Cell::new(age(words, days), if days > 7 { Meaning::Warn } else { Meaning::Text }),
            Cell::new(rows::people(row, words), Meaning::Text),
            Cell::new(rows::gist(row, words), Meaning::Text),
            turn(row, words),
        ]
    }

    fn brief(&self, row: &TaskRow, page: &mut Page) -> String {
        detail::brief(row, page);
        row.reference.clone()
    }

    fn write(&self, detail: &TaskDetail, page: &mut Page) {
        detail::write(detail, page);
    }
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
