//! Measuring suggestions against labelled descriptions.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

use crate::{Mode, Presence, Suggestion};

/// A description with the answer that a careful reader gives.
#[derive(Debug, Clone, Deserialize)]
pub struct Labelled {
    /// Its id in the file.
    pub id: String,
    /// The description.
    pub text: String,
    /// The provisions it shows, as `article.item`.
    pub items: Vec<String>,
    /// The mode it shows.
    pub mode: Mode,
    /// The officer's presence it shows.
    pub presence: Presence,
    /// Whether the text alone makes it improper; `None` where careful readers differ.
    pub improper: Option<bool>,
}

/// Hits and misses of one yes-or-no question.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// Said and true.
    pub right: u32,
    /// Said but not true.
    pub wrong: u32,
    /// True but not said.
    pub missed: u32,
}

impl Count {
    fn tally(&mut self, said: bool, truth: bool) {
        match (said, truth) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Share of what was said that is true.
    #[must_use]
    pub fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    /// Share of what is true that was said.
    #[must_use]
    pub fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }

    /// Harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        2.0 * f64::from(self.right) / f64::from((2 * self.right + self.wrong + self.missed).max(1))
    }
}

/// The figures over a set of descriptions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Descriptions counted.
    pub texts: u32,
    /// Items, over all descriptions (micro-averaged).
    pub items: Count,
    /// The verdict `improper` from the text alone, where it is labelled.
    pub improper: Count,
    /// Descriptions whose mode is right.
    pub mode_right: u32,
    /// Descriptions whose presence is right.
    pub presence_right: u32,
}

impl Figures {
    /// Counts one description.
    pub fn tally(&mut self, label: &Labelled, suggestion: &Suggestion, improper: bool) {
        let said = items_of(suggestion);
        let truth: BTreeSet<&str> = label.items.iter().map(String::as_str).collect();
        self.texts += 1;
        for item in said.union(&truth) {
            self.items.tally(said.contains(item), truth.contains(item));
        }
        if let Some(truth) = label.improper {
            self.improper.tally(improper, truth);
        }
        self.mode_right += u32::from(suggestion.mode == label.mode);
        self.presence_right += u32::from(suggestion.presence == label.presence);
    }

    /// Share of descriptions whose mode is right.
    #[must_use]
    pub fn mode_accuracy(&self) -> f64 {
        f64::from(self.mode_right) / f64::from(self.texts.max(1))
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "n {:4}  items F1 {:.3} (P {:.3} R {:.3})  improper P {:.3} R {:.3}  mode {:.3}  presence {:.3}",
            self.texts,
            self.items.f1(),
            self.items.precision(),
            self.items.recall(),
            self.improper.precision(),
            self.improper.recall(),
            self.mode_accuracy(),
            f64::from(self.presence_right) / f64::from(self.texts.max(1)),
        )
    }
}

/// The items of a suggestion, each once, as `article.item`.
#[must_use]
pub fn items_of(suggestion: &Suggestion) -> BTreeSet<&str> {
    suggestion.items.iter().map(|i| i.code.split(':').next().unwrap_or_default()).collect()
}

/// The part of five that a description belongs to, by its id.
#[must_use]
pub fn fold(id: &str) -> u32 {
    id.bytes().fold(0_u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b))) % 5
}
