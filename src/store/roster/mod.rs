//! The roster as agencies keep it: reading and writing their workbooks and csv files.

mod column;
mod export;
mod grid;
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
pub use problem::{Place, RosterFileError, RosterProblem, What};
pub use sample::sample_workbook;
