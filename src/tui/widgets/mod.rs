//! The parts that screens are made of. Each keeps its own state, handles input and commands, and
//! draws itself on a [`crate::canvas::Canvas`].

mod field;
mod list;
mod long_list;
mod note;
mod page;
mod picker;
mod prompt;
mod reader;
pub mod register;
pub mod shelf;
mod table;

pub use field::Field;
pub use list::List;
pub use long_list::{LongList, PART};
pub use note::Note;
pub use page::{Line, Page};
pub use picker::{Entry, Finder, Picked, Picker};
pub use prompt::{Asked, Prompt};
pub use reader::Reader;
pub use register::Register;
pub use table::{Align, Cell, Column, table};
