//! What an import could not take, and where it stands in the file.

use std::fmt;

use super::{Column, Kind};

/// A place in a roster file, as a spreadsheet program shows it.
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

/// What is wrong with a cell, a row or a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// Not a date: write it as 2024-03-01 or 2024年3月1日.
    #[error("{0} is not a date; write it as 2024-03-01")]
    NotADate(String),
    /// The last day stands before the first.
    #[error("ends before it begins")]
    EndsBeforeItBegins,
    /// A date that lies ahead where it cannot.
    #[error("{0} lies in the future")]
    InTheFuture(String),
    /// None of 在岗, 停岗, 离职.
    #[error("{0} is no standing; write 在岗, 停岗 or 离职")]
    UnknownStatus(String),
    /// None of 合格, 不合格, 未培训.
    #[error("{0} is no outcome; write 合格, 不合格 or leave it blank")]
    UnknownOutcome(String),
    /// The number is missing.
    #[error("the person's number is missing")]
    NoNumber,
    /// The name is missing.
    #[error("the name is missing")]
    NoName,
    /// No agency is named, and there is none to take instead.
    #[error("no agency is named")]
    NoAgency,
    /// The number was used before in this file.
    #[error("number {number} stands at {first} already")]
    Duplicate {
        /// The number.
        number: String,
        /// Where it stands first.
        first: Place,
    },
    /// The cell holds an error of the spreadsheet program, e.g. `#REF!`.
    #[error("the cell holds the error {0}")]
    CellError(String),
    /// Longer than it may be.
    #[error("longer than {limit} characters")]
    TooLong {
        /// The most.
        limit: usize,
    },
    /// The date of birth differs from the one in the identity number.
    #[error("the date of birth differs from the one in the identity number")]
    BirthDiffers,
    /// An agency's code is given two names, or its name two codes.
    #[error("agency {code} is called {other} elsewhere")]
    AgencyDiffers {
        /// The code.
        code: String,
        /// Its other name.
        other: String,
    },
    /// No row of the sheet looks like a heading: the sheet was left aside.
    #[error("no heading row found; the sheet was left aside")]
    NoHeading,
    /// A heading that means nothing here: its column was left aside.
    #[error("heading {0} is not known; the column was left aside")]
    UnknownHeading(String),
    /// Two columns have the same meaning: the first counts.
    #[error("heading {0} stands twice; the first counts")]
    HeadingTwice(String),
    /// A column that the law's rows need is missing: it counts as blank for everyone.
    #[error("there is no column {}; it counts as blank for everyone", .0.heading())]
    MissingColumn(Column),
}

impl What {
    /// Whether the row was taken all the same.
    pub fn is_note(&self) -> bool {
        matches!(
            self,
            Self::NoHeading
                | Self::UnknownHeading(_)
                | Self::HeadingTwice(_)
                | Self::MissingColumn(_)
                | Self::AgencyDiffers { .. }
        )
    }
}

/// Something an import could not take, or wants noticed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct RosterProblem {
    /// Where.
    pub place: Place,
    /// Whose row: an auxiliary's or an officer's, where it is a row.
    pub kind: Option<Kind>,
    /// The name in that row, to find it by.
    pub name: Option<String>,
    /// What.
    pub what: What,
}

/// A roster file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum RosterFileError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not a workbook.
    #[error("{path} is not a workbook that can be read ({reason}); save it as xlsx or csv")]
    NotAWorkbook {
        /// The file.
        path: String,
        /// What the reader said.
        reason: String,
    },
    /// Protected by a password.
    #[error("{path} is protected by a password; save it without one")]
    Protected {
        /// The file.
        path: String,
    },
    /// Neither UTF-8 nor GBK.
    #[error("{path} is neither UTF-8 nor GBK text; save it as csv (UTF-8)")]
    NotText {
        /// The file.
        path: String,
    },
    /// No sheet has a heading row with number and name.
    #[error("{path} has no sheet with the headings 编号 and 姓名; start from `auxlog roster template`")]
    NoPeople {
        /// The file.
        path: String,
    },
    /// Larger than a roster may be.
    #[error("{path} has more than {limit} bytes")]
    TooLarge {
        /// The file.
        path: String,
        /// The most.
        limit: u64,
    },
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Write(String),
}
