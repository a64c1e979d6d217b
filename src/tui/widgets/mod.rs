//! The parts that screens are made of. Each keeps its own state, handles input and commands, and
//! draws itself on a [`crate::canvas::Canvas`].

pub mod cites;
mod field;
mod list;
mod note;
pub mod pages;
mod picker;
mod prompt;
mod reader;
pub mod shelf;
mod table;

pub use field::Field;
pub use list::List;
pub use note::Note;
pub use picker::{Entry, Finder, Picked, Picker};
pub use prompt::{Asked, Prompt};
pub use reader::{Line, Reader};
pub use table::{Align, Cell, Column, table};
