//! Effects carried out: the only place of the screen crate that touches the ledger.

mod background;
mod entries;
mod ledger;
mod runner;

pub use runner::{Host, Runner};
