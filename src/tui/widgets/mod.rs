//! The parts that screens are made of. Each keeps its own state, handles input and commands, and
//! draws itself on a [`crate::canvas::Canvas`].

mod field;
mod list;
mod note;
mod picker;
mod table;

pub use field::Field;
pub use list::List;
pub use note::Note;
pub use picker::{Entry, Finder, Picked, Picker};
pub use table::{Align, Cell, Column, table};
