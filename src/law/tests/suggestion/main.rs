//! Suggesting from text: how well, and what for.

mod accuracy;
mod readings;
mod robustness;
