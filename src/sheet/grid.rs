//! A file as sheets of cells, whatever program wrote it.

use std::fmt;

use auxlog_record::Date;
use chrono::NaiveDateTime;

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, as [`fold`](crate::value::fold) leaves it.
    Text(String),
    /// A number.
    Number {
        /// As its format shows it: 2008.10, 000123.
        shown: String,
        /// The day that it is where days are counted, by the workbook's own count.
        day: Option<Date>,
    },
    /// A date kept as a date.
    Date(Date),
    /// The same with a time.
    Time(NaiveDateTime),
    /// The spreadsheet program's error.
    Error(String),
}

impl Cell {
    /// What the cell shows.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) | Self::Number { shown: text, .. } => text.clone(),
            Self::Date(date) => date.0.to_string(),
            Self::Time(time) => time.format("%F %H:%M").to_string(),
        }
    }
}

/// A sheet: rows of cells from its first row and column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Its name; the file's name for csv.
    pub name: String,
    /// Its rows; may differ in length.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A cell; empty beyond the edge.
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        const NOTHING: &Cell = &Cell::Empty;
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(NOTHING)
    }

    /// A place on it: `row` from 1 (0 is the sheet as a whole), `column` from 0.
    pub fn place(&self, row: usize, column: Option<usize>) -> Place {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place { sheet: self.name.clone(), row: number(row), column: column.map(number) }
    }
}

/// A place in a file, as a spreadsheet program shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The sheet's name; the file's name for csv.
    pub sheet: String,
    /// Row, from 1; 0 where the sheet as a whole is meant.
    pub row: u32,
    /// Column, from 0, where a single cell is meant.
    pub column: Option<u32>,
}

impl Place {
    /// The column as letters: `A`, `B`, … `AA`.
    pub fn column_letters(&self) -> Option<String> {
        let mut rest = self.column? + 1;
        let mut letters = Vec::new();
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
            rest /= 26;
        }
        Some(letters.iter().rev().collect())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sheet)?;
        match (self.column_letters(), self.row) {
            (_, 0) => Ok(()),
            (Some(letters), row) => write!(f, "!{letters}{row}"),
            (None, row) => write!(f, "!{row}"),
        }
    }
}
