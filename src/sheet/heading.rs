//! Finding a table on a sheet: its heading row among titles, its rows among what surrounds them.

use crate::value::is_blank;
use crate::{Cell, Fields, Shape, Sheet, Wrong};

/// Rows above the heading that may hold titles.
const TITLE_ROWS: usize = 30;

/// A sheet's heading row.
#[derive(Debug, Clone)]
pub struct Heading<K> {
    /// The row itself, from 0, for messages.
    pub row: usize,
    /// First row below it.
    pub below: usize,
    /// What each column means, in the sheet's order, each meaning once.
    pub columns: Vec<(K, usize)>,
    /// The headings as they stand.
    pub texts: Vec<String>,
    /// Columns left aside, and why.
    pub aside: Vec<(usize, Wrong)>,
    /// The text of the rows above.
    pub title: String,
}

impl<K: Copy + PartialEq> Heading<K> {
    /// Finds the heading row: the one among the first rows with the most known headings, in one row
    /// or, where headings are split (工作证 over 证号 and 有效期至), two. `table` says whether a row's
    /// columns make the table that is looked for.
    pub fn find(sheet: &Sheet, fields: &Fields<K>, table: impl Fn(&Self) -> bool) -> Option<Self> {
        let mut best: Option<Self> = None;
        for row in 0..sheet.rows.len().min(TITLE_ROWS) {
            for double in [false, true] {
                let found = Self::at(sheet, fields, row, double);
                if table(&found) && best.as_ref().is_none_or(|best| found.columns.len() > best.columns.len()) {
                    best = Some(found);
                }
            }
        }
        best
    }

    fn at(sheet: &Sheet, fields: &Fields<K>, row: usize, double: bool) -> Self {
        let width = sheet.rows.iter().skip(row).take(1 + usize::from(double)).map(Vec::len).max().unwrap_or(0);
        let mut found = Self {
            row: row + usize::from(double),
            below: row + 1 + usize::from(double),
            columns: Vec::new(),
            texts: Vec::new(),
            aside: Vec::new(),
            title: sheet.rows.iter().take(row).flatten().map(Cell::text).collect(),
        };
        for position in 0..width {
            let upper = sheet.cell(row, position).text();
            let lower = if double { sheet.cell(row + 1, position).text() } else { String::new() };
            let (text, field) = if lower.is_empty() || lower == upper {
                let field = fields.meant_by(&upper);
                (upper, field)
            } else {
                let joined = format!("{upper}{lower}");
                let field = fields.meant_by(&joined).or_else(|| fields.meant_by(&lower));
                (joined, field)
            };
            match field {
                Some(field) if field.shape == Shape::Ignored => {}
                Some(field) if found.has(field.key) => found.aside.push((position, Wrong::HeadingTwice(text.clone()))),
                Some(field) => found.columns.push((field.key, position)),
                None if text.is_empty() => {}
                None => found.aside.push((position, Wrong::UnknownHeading(text.clone()))),
            }
            found.texts.push(text);
        }
        found
    }

    /// Whether there is a column for `key`.
    pub fn has(&self, key: K) -> bool {
        self.position(key).is_some()
    }

    /// Where the column stands on the sheet.
    pub fn position(&self, key: K) -> Option<usize> {
        self.columns.iter().find(|(known, _)| *known == key).map(|(_, position)| *position)
    }

    /// The rows below, from 0: those that say something in a column that is read, without headings
    /// repeated on each printed page, totals, and who drew the list up.
    pub fn rows(&self, sheet: &Sheet, fields: &Fields<K>) -> impl Iterator<Item = usize> {
        (self.below..sheet.rows.len()).filter(|row| {
            let says = |(_, position): &(K, usize)| !is_blank(&sheet.cell(*row, *position).text());
            self.columns.iter().any(says) && !self.is_furniture(sheet, fields, *row)
        })
    }

    fn is_furniture(&self, sheet: &Sheet, fields: &Fields<K>, row: usize) -> bool {
        let again = |(key, position): &&(K, usize)| {
            let meant = fields.meant_by(&sheet.cell(row, *position).text());
            meant.is_some_and(|field| field.key == *key)
        };
        let says = |(_, position): &&(K, usize)| !is_blank(&sheet.cell(row, *position).text());
        let (again, all) = (self.columns.iter().filter(again).count(), self.columns.iter().filter(says).count());
        // A value may be a heading's word as well, as 合格.
        if again >= 2 && again * 2 > all {
            return true;
        }
        let mut cells = sheet.rows[row].iter().map(Cell::text).filter(|text| !text.trim().is_empty());
        let footer = cells.next().is_some_and(|first| {
            ["合计", "总计", "填表", "制表", "审核", "说明", "备注", "注:", "填报", "示例"]
                .iter()
                .any(|word| first.starts_with(word))
        });
        footer && cells.count() < 6
    }
}
