//! A list of entries: a register's, a person's, or what falls due.

use std::sync::Arc;

use auxlog_record::RecordId;
use auxlog_registers::{Dossier, Field as Declared, Kind};
use ratatui::layout::Constraint;

use super::own;
use crate::effect::Ask;
use crate::entries::{EntryList, Sheet, Within};
use crate::labels;
use crate::shared::Shared;
use crate::theme::Meaning;
use crate::widgets::register::Book;
use crate::widgets::{Cell, Column, Field, LongList, PART, Page};
use crate::words::{Words, say};

/// What a choice is made or words are written for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wish {
    /// The step with this number.
    Step(u16),
    /// That this is annulled.
    Annul(Arc<Dossier>),
}

/// Entries.
#[derive(Debug)]
pub(super) struct Entries {
    /// Whose.
    pub(super) of: Within,
    /// What is searched for.
    pub(super) search: Field,
}

impl Entries {
    pub(super) fn of(of: Within) -> Self {
        Self { of, search: Field::new() }
    }

    /// Whether a part of a list is one of this list's as it is now, and not what a form offers.
    pub(super) fn is(&self, list: &EntryList) -> bool {
        self.of == list.of && self.search.text() == list.text && list.limit == PART
    }
}

/// Where an entry stands, in a word, and what that means.
pub(super) fn state(sheet: &Sheet, shared: &Shared) -> (String, Meaning) {
    let words = &shared.words;
    if sheet.entry.is_annulled() {
        return (say!(words, "entry-annulled"), Meaning::Bad);
    }
    let today = shared.now.china_date();
    let state = sheet.entry.state_on(today);
    let name = state.name(shared.lang());
    if !sheet.entry.conflicts.is_empty() {
        return (format!("{name} {}", say!(words, "entry-contradiction")), Meaning::Warn);
    }
    let meaning = if state.ended { Meaning::Dim } else { Meaning::Text };
    (name.to_owned(), meaning)
}

/// The day by which an entry stands in time.
fn day(sheet: &Sheet, words: &Words) -> String {
    sheet.entry.day().map(|day| labels::date(words, day)).unwrap_or_default()
}

/// How wide a field's column is.
fn width(field: &Declared, shared: &Shared) -> u16 {
    let least = crate::text::width(field.name(shared.lang()));
    let least = u16::try_from(least).unwrap_or(8);
    let wanted = match field.kind {
        Kind::Flag | Kind::Number => 4,
        Kind::Choice | Kind::Money | Kind::Time => 8,
        Kind::Date => 10,
        Kind::Person | Kind::Officer => 14,
        _ => 18,
    };
    least.max(wanted).min(24)
}

/// The listed fields of a register that there is room for, and the state behind them.
fn listed(of: &Within, shared: &Shared, room: u16) -> Vec<(&'static Declared, u16)> {
    const STATE: u16 = 12;
    let Within::Register(register) = of else { return Vec::new() };
    let mut left = room.saturating_sub(STATE + 3);
    let fields = register.fields.iter().filter(|field| !field.unlisted);
    let fits = |field: &'static Declared| {
        let width = width(field, shared);
        left = left.checked_sub(width + 1)?;
        Some((field, width))
    };
    fields.filter_map(fits).collect()
}

impl Book for Entries {
    type Row = Sheet;
    type Id = RecordId;
    type Detail = Sheet;
    type Wish = Wish;

    fn id(&self, sheet: &Sheet) -> RecordId {
        sheet.entry.id
    }

    fn ask_list(&self, offset: usize, _shared: &Shared) -> Ask {
        let text = self.search.text().to_owned();
        Ask::Entries(EntryList { of: self.of.clone(), text, offset, limit: PART })
    }

    fn ask(&self, id: &RecordId) -> Ask {
        Ask::Entry(*id)
    }

    fn columns(&self, _rows: &LongList<Sheet>, shared: &Shared, width: u16) -> Vec<Column> {
        let (words, lang) = (&shared.words, shared.lang());
        let status = say!(words, "column-status");
        match &self.of {
            Within::Register(_) => {
                let fields = listed(&self.of, shared, width).into_iter();
                let mut columns: Vec<Column> =
                    fields.map(|(field, width)| Column::fixed(field.name(lang), width)).collect();
                // A name may use what is left.
                if let Some(column) = columns.iter_mut().max_by_key(|column| match column.width {
                    Constraint::Length(width) => width,
                    _ => 0,
                }) && let Constraint::Length(width) = column.width
                {
                    column.width = Constraint::Min(width);
                }
                columns.push(Column::fixed(status, 12));
                columns
            }
            Within::Person(_) => vec![
                Column::fixed(say!(words, "column-day"), 10),
                Column::fixed(say!(words, "registers-register"), 14),
                Column::rest(say!(words, "column-entry"), 20),
                Column::fixed(status, 12),
            ],
            Within::Due => vec![
                Column::fixed(say!(words, "column-left"), 10),
                Column::fixed(say!(words, "column-due"), 8),
                Column::fixed(say!(words, "registers-register"), 14),
                Column::rest(say!(words, "column-entry"), 20),
                Column::fixed(status, 12),
            ],
        }
    }

    fn cells(&self, sheet: &Sheet, shared: &Shared, width: u16) -> Vec<Cell> {
        let (words, lang) = (&shared.words, shared.lang());
        let (said, meaning) = state(sheet, shared);
        let look = if sheet.entry.is_annulled() { Meaning::Dim } else { Meaning::Text };
        let first = match &self.of {
            Within::Register(_) => {
                let of = |n: u16| sheet.in_field(n).map(|said| said.of(lang).replace('\n', " ")).unwrap_or_default();
                let fields = listed(&self.of, shared, width).into_iter();
                let cells = fields.map(|(field, _)| Cell::new(of(field.n), look));
                return cells.chain([Cell::new(said, meaning)]).collect();
            }
            Within::Person(_) => Cell::new(day(sheet, words), Meaning::Dim),
            Within::Due => {
                let due = sheet.due.first();
                let days = due.map_or(0, |due| (due.day.0 - shared.now.china_date().0).num_days());
                let look = if days <= 7 { Meaning::Bad } else { Meaning::Warn };
                let what = due.map_or("", |due| due.what.of(lang));
                let first = if days < 0 {
                    Cell::new(say!(words, "entry-overdue", days = days.abs()), look)
                } else {
                    Cell::new(say!(words, "entry-left", days = days), look)
                };
                let register = Cell::new(sheet.entry.register.name(lang), Meaning::Dim);
                return vec![
                    first,
                    Cell::new(what, look),
                    register,
                    Cell::new(sheet.title.of(lang), look),
                    Cell::new(said, meaning),
                ];
            }
        };
        let register = Cell::new(sheet.entry.register.name(lang), Meaning::Dim);
        vec![first, register, Cell::new(sheet.title.of(lang), look), Cell::new(said, meaning)]
    }

    fn brief(&self, sheet: &Sheet, page: &mut Page) -> String {
        own::write(sheet, page);
        sheet.title.of(page.shared.lang()).to_owned()
    }

    fn write(&self, sheet: &Sheet, page: &mut Page) {
        own::write(sheet, page);
    }
}
