//! What the list of tasks lists, and how that looks.

use auxlog_record::RecordId;
use auxlog_store::{TaskDetail, TaskQuery, TaskRow};

use super::filter::Filter;
use crate::effect::Ask;
use crate::export::Form;
use crate::shared::Shared;
use crate::task::{detail, rows};
use crate::widgets::register::Book;
use crate::widgets::{Cell, Column, LongList, PART, Page};

/// What is asked for in front of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// To annul a task.
    Annul(RecordId),
    /// To have a file written.
    Export(Form),
}

/// The tasks that pass a filter.
#[derive(Debug, Default)]
pub(super) struct Filtered {
    pub(super) filter: Filter,
}

impl Filtered {
    /// The question for the part of the list that begins at `offset`.
    pub(super) fn query(&self, offset: usize) -> TaskQuery {
        self.filter.query(offset, PART)
    }
}

impl Book for Filtered {
    type Row = TaskRow;
    type Id = RecordId;
    type Detail = TaskDetail;
    type Wish = Wish;

    fn id(&self, row: &TaskRow) -> RecordId {
        row.id
    }

    fn ask_list(&self, offset: usize, _shared: &Shared) -> Ask {
        Ask::Tasks(self.query(offset))
    }

    fn ask(&self, id: &RecordId) -> Ask {
        Ask::Task(*id)
    }

    fn columns(&self, _rows: &LongList<TaskRow>, shared: &Shared, width: u16) -> Vec<Column> {
        rows::columns(&shared.words, width)
    }

    fn cells(&self, row: &TaskRow, shared: &Shared, width: u16) -> Vec<Cell> {
        rows::cells(row, &shared.words, &shared.glyphs, width, shared.now.china_date())
    }

    fn brief(&self, row: &TaskRow, page: &mut Page) -> String {
        detail::brief(row, page);
        row.reference.clone()
    }

    fn write(&self, detail: &TaskDetail, page: &mut Page) {
        detail::write(detail, page);
    }
}
