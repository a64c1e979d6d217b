//! The roster as a table of people: its columns, and what stands in them.

mod column;
mod export;
mod import;
mod problem;
mod row;
mod sample;
#[cfg(test)]
mod tests;
mod value;

pub use column::{Column, Kind};
pub use export::{csv_text, template, workbook};
pub use import::{ImportContext, RosterImport, RosterImportReport, read_roster};
pub use problem::{RosterFileError, RosterProblem, What};
pub use sample::sample_workbook;
