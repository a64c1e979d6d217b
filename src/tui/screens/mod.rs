//! The screens, a module each, and what several of them show in the same way.

pub mod cites;
pub mod detail;
pub mod labels;
pub mod law;
pub mod log;
pub mod panel;
pub mod plan;
pub mod prompt;
pub mod reader;
pub mod review;
pub mod rows;
pub mod shelf;
pub mod staff;
pub mod sync;
pub mod tasks;
pub mod today;

#[cfg(test)]
pub(crate) mod testing;
