//! A task, its verdict and its duties, as several screens show them.

pub mod detail;
pub mod duties;
pub mod panel;
pub mod rows;
