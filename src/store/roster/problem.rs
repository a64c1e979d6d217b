//! What an import could not take, and where it stands in the file.

use auxlog_sheet::{FileError, Place, Wrong};

use super::Kind;

/// What is wrong with a cell, a row or a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// As with any table.
    #[error(transparent)]
    Table(#[from] Wrong),
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
}

impl What {
    /// Whether the row was taken all the same.
    pub fn is_note(&self) -> bool {
        match self {
            Self::Table(wrong) => wrong.is_note(),
            Self::AgencyDiffers { .. } => true,
            Self::NoAgency | Self::Duplicate { .. } | Self::BirthDiffers => false,
        }
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
    /// No file of tables.
    #[error(transparent)]
    File(#[from] FileError),
    /// No sheet has a heading row with number and name.
    #[error("no sheet has the headings 编号 and 姓名; start from `auxlog roster template`")]
    NoPeople,
}
