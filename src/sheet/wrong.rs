//! What an import could not take.

/// What is wrong with a cell or a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not a date: write it as 2024-03-01 or 2024年3月1日.
    #[error("{0} is not a date; write it as 2024-03-01")]
    NotADate(String),
    /// Not a number, or none that such a column holds.
    #[error("{0} is not a number")]
    NotANumber(String),
    /// None of the words that the column knows.
    #[error("{heading} cannot be {value}; write {}", choices.join(", "))]
    NotOneOf {
        /// The column's heading.
        heading: String,
        /// What stands there.
        value: String,
        /// What may stand there.
        choices: Vec<String>,
    },
    /// The last day stands before the first.
    #[error("ends before it begins")]
    EndsBeforeItBegins,
    /// A date that lies ahead where it cannot.
    #[error("{0} lies in the future")]
    InTheFuture(String),
    /// Nothing stands where something must.
    #[error("{0} is missing")]
    Missing(String),
    /// The cell holds an error of the spreadsheet program, e.g. `#REF!`.
    #[error("the cell holds the error {0}")]
    CellError(String),
    /// Longer than it may be.
    #[error("longer than {limit} characters")]
    TooLong {
        /// The most.
        limit: usize,
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
    /// A column that matters is missing: it counts as blank for every row.
    #[error("there is no column {0}; it counts as blank for every row")]
    MissingColumn(String),
}

impl Wrong {
    /// Whether the row was taken all the same.
    pub fn is_note(&self) -> bool {
        matches!(self, Self::NoHeading | Self::UnknownHeading(_) | Self::HeadingTwice(_) | Self::MissingColumn(_))
    }
}

/// A file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not a workbook; what the reader said.
    #[error("not a workbook that can be read ({0}); save it as xlsx or csv")]
    NotAWorkbook(String),
    /// Protected by a password.
    #[error("protected by a password; save it without one")]
    Protected,
    /// No sheet has the headings of the table that is meant.
    #[error("no sheet has the headings that are needed")]
    NoTable,
    /// Text in no encoding that is known.
    #[error("neither UTF-8 nor GBK text; save it as csv (UTF-8)")]
    NotText,
    /// Larger than is read.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The most.
        limit: u64,
    },
    /// It unpacks to more than is read, as a small file can that means ill.
    #[error("unpacks to more than {limit} bytes")]
    UnpacksTooLarge {
        /// The most.
        limit: u64,
    },
}
