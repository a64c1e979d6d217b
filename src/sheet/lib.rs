//! Tables in and out: workbooks and csv as people keep them, read and written by a table of fields.
//!
//! A [`Fields`] says what columns a table may have: the headings that each goes by and the [`Shape`] of
//! its cells. From it follow the template ([`Book`] with no rows), the import ([`read`],
//! [`Heading::find`], [`Row::value`]), which names cell by cell what it cannot take, and the export
//! ([`Book`], [`csv()`]), which an import reads back as it was. What a table is about is for its owner to
//! say.

mod book;
mod field;
mod grid;
mod heading;
mod open;
mod room;
mod row;
mod text;
pub mod value;
mod wrong;

#[cfg(test)]
mod tests;

pub use book::{Book, Layout, Unwritten};
pub use field::{Column, Field, Fields, Shape, Value};
pub use grid::{Cell, Place, Sheet};
pub use heading::Heading;
pub use open::read;
pub use row::Row;
pub use text::csv;
pub use wrong::{FileError, Wrong};
