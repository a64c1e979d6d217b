//! Finding people by name, pinyin, number or agency while one types.

mod index;
mod keys;
mod readings;

pub use index::{Found, Match, PeopleIndex, Person};
