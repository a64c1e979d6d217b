//! The officer's screens.
//!
//! State ([`model::Model`]), how it changes ([`update::update`]: synchronous, without I/O), how it
//! looks ([`view::view`]) and what is to be done outside ([`effect::Effect`], plain data) are kept
//! apart. [`app::App`] is the only loop: it waits for messages, events and signals, and draws when
//! something changed; idle it does nothing at all.
//!
//! A screen implements [`screen::Screen`]. What it wants done it says to its [`shared::Cx`]; the
//! answers come back to every screen. A list of which one is opened is a [`widgets::Register`].
//! Keys, bar, palette and help all come from the one table in [`command`].

pub mod app;
pub mod canvas;
pub mod command;
mod dropped;
pub mod edit;
pub mod effect;
pub mod effects;
#[cfg(test)]
mod engine_tests;
pub mod entries;
pub mod event;
pub mod export;
pub mod glyph;
pub mod key;
pub mod keymap;
pub mod labels;
#[cfg(test)]
mod language_tests;
pub mod layers;
pub mod model;
pub mod msg;
pub mod probe;
#[cfg(test)]
mod reach_tests;
pub mod remembered;
mod run;
pub mod screen;
pub mod screens;
pub mod search;
pub mod shared;
pub mod signals;
#[cfg(test)]
mod story_tests;
pub mod sync_state;
pub mod task;
pub mod terminal;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
pub mod when;
pub mod widgets;
pub mod words;

pub use run::{Ended, Look, Options, run};
