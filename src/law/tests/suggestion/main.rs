//! Suggesting from text: how well, and what for.

mod accuracy;
mod kinds;
mod readings;
mod robustness;
