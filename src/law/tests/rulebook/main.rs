//! The rulebook from outside: what it decides, what it refuses, and what it can prove.

mod common;
mod properties;
mod refusals;
mod table;
mod versions;
mod words;
